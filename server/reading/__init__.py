"""What takes long to read (tables, long messages) is read in a process of its own, so that nobody's pictures wait for it."""
