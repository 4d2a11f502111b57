"""What is written of a session, and what is found of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple


class Piece(NamedTuple):
    """A stretch of a branch's recorded series: it replaces the branch's line where `start` is 0, else follows its first `start`
    points."""

    branch: int
    revision: int
    start: int
    points: bytes


class Record(NamedTuple):
    """What is to be written; None is as it was written last. `place` is small, and always whole. An empty snapshot: the one
    that was written before is not this run's, and there is none. `written` is called when it was, and where it cannot be."""

    script: bytes | None
    place: bytes
    snapshot: bytes | None
    series: tuple[Piece, ...] = ()
    written: tuple[Callable[[], None], ...] = ()

    def told(self) -> Record:
        """Tell whoever waits for it; nobody does then."""
        for call in self.written:
            call()
        return self._replace(written=())


class Kept(NamedTuple):
    """What is found: the pieces in the order in which they were written."""

    script: bytes
    place: bytes
    snapshot: bytes | None
    series: tuple[Piece, ...] = ()
