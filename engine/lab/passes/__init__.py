"""What experiments about the cost of derivatives share: networks of any size, passes over their tape, and counts of its
operations."""
