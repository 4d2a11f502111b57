"""A lesson on paper: a handout for the class, and a sheet for its teacher."""
