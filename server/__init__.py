"""The server of chainrule: sessions around `engine` trainers, streamed to a page over one WebSocket."""

VERSION = "0.1.0"
"""By hand and here alone: the package's own data, ``chainrule --version`` and the guide take it from here. What a run computes
has a version of its own (``engine.numbers_version``): a release that changes no number keeps it."""
