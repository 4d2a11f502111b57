"""A run is its script: spec and edits, their branches, as plain data, replayed and kept."""
