"""What is kept of a session, read; its activities take up each its own."""

from __future__ import annotations

from server.keeping.packing import unpack
from server.keeping.records import Kept
from server.session.activity import Restored


def generation_of(kept: Kept) -> int:
    """How often the session was attached to."""
    return int(unpack(kept.place)["generation"])


def read(kept: Kept) -> Restored:
    """In a worker: the scripts, the places, and what is packed by itself."""
    length = int.from_bytes(kept.script[:8], "little")
    head, rest = kept.script[8 : 8 + length], kept.script[8 + length :]
    return Restored(unpack(rest), unpack(kept.place), head, kept)
