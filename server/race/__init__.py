"""The race of a session: its clock, its commands, its channels and its files."""
