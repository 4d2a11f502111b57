"""What is kept of rooms."""
