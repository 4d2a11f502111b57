"""What those in a room are told."""
