"""What training holds in memory, and what checkpoints save of it: measured on the ops of a run's tape."""
