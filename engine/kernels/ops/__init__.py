"""What each op of a tape does, forward and backward."""
