"""What a replay plays: a stretch of a run, an update in micro-steps, a race, as plain data. Nothing here knows of pages."""
