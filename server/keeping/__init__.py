"""What outlives the server: sessions and named experiments, in a database; which process a session belongs to."""
