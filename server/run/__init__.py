"""The run of a session: training, its commands and its pictures."""
