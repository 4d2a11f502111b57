"""A class: a room whose learners follow their teacher, vote, and take their turn. A room is rows in the database, which any
process changes by a transaction; the bus says that it changed; a socket of its own tells those who are in it."""
