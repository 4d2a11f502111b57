"""A session: the actor that outlives its sockets, its viewers, pictures and records; how sessions are found."""
