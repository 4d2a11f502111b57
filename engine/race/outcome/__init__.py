"""What comes of a race: who arrives when, and why."""
