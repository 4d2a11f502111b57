"""The teacher's session of a class: what all see, measure and are handed."""
