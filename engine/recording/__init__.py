"""The recorded series of a run, the rules that act on them, and where a run ends."""
