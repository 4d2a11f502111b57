"""What is written of a session, and what is found of it."""

from __future__ import annotations

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
    that was written before is not this run's, and there is none."""

    script: bytes | None
    place: bytes
    snapshot: bytes | None
    series: tuple[Piece, ...] = ()


class Kept(NamedTuple):
    """What is found: the pieces in the order in which they were written."""

    script: bytes
    place: bytes
    snapshot: bytes | None
    series: tuple[Piece, ...] = ()
