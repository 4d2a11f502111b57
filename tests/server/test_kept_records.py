"""Records put together before they are written are found as if each had been written by itself."""

from __future__ import annotations

import functools
import random

from server.keeping import shelf
from server.keeping.database import Database
from server.keeping.records import Kept, Piece, Record
from server.settings import Settings

Points = list[tuple[int, bytes]]


class Model:
    """What should be found: the last part of each kind, and every branch's line as it grew."""

    def __init__(self) -> None:
        self.parts: dict[str, bytes] = {}
        self.lines: dict[int, Points] = {}

    def write(self, record: Record) -> None:
        self.parts |= {name: part for name in ("script", "place", "snapshot") if (part := getattr(record, name)) is not None}
        for piece in record.series:
            line = self.lines[piece.branch] if piece.start else []
            self.lines[piece.branch] = [*line, (piece.revision, piece.points)]

    def check(self, kept: Kept | None) -> None:
        if "script" not in self.parts:
            assert kept is None
            return
        assert kept is not None
        assert {name: part for name, part in kept._asdict().items() if name != "series" and part is not None} == self.parts
        found: dict[int, Points] = {}
        for piece in kept.series:
            assert (piece.start == 0) == (piece.branch not in found)
            found.setdefault(piece.branch, []).append((piece.revision, piece.points))
        assert found == self.lines


def records(dice: random.Random, count: int) -> list[Record]:
    """A session's life: lines grow by pieces, and are begun anew when they are thinned."""
    lengths: dict[int, tuple[int, int]] = {}
    made = []
    for number in range(count):
        pieces = []
        for branch in range(dice.randint(0, 3)):
            revision, length = lengths.get(branch, (0, 0))
            if length and dice.random() < 0.2:
                revision, length = revision + 1, 0
            points = dice.randbytes(dice.randint(1, 20))
            pieces.append(Piece(branch, revision, length, points))
            lengths[branch] = revision, length + len(points)
        script = f"script {number}".encode() if dice.random() < 0.3 else None
        snapshot = dice.randbytes(50) if dice.random() < 0.5 else None
        made.append(Record(script, f"place {number}".encode(), snapshot, tuple(pieces)))
    return made


def test_merged_and_written_is_as_written_one_by_one(url: str) -> None:
    database = Database(Settings(database_url=url))
    dice = random.Random(11)
    for number in range(30):
        model, waiting = Model(), None
        for record in records(dice, dice.randint(1, 12)):
            model.write(record)
            waiting = shelf.merged(waiting, record)
            if dice.random() < 0.3:
                with database.writing() as connection:
                    shelf.write(connection, {str(number): waiting})
                waiting = None
        if waiting is not None:
            with database.writing() as connection:
                shelf.write(
                    connection, {str(number): waiting, "another": Record(b"its own", b"", None, (Piece(0, 0, 0, b"x"),))}
                )
        with database.reading() as connection:
            model.check(shelf.find(connection, str(number)))
    with database.reading() as connection:
        assert shelf.find(connection, "another") == Kept(b"its own", b"", None, (Piece(0, 0, 0, b"x"),))
    database.close()


def test_an_empty_snapshot_is_none(url: str) -> None:
    """A new run whose numbers are not kept does not go on from those of the run before."""
    database = Database(Settings(database_url=url))
    records = Record(b"old", b"p", b"numbers"), Record(b"new", b"q", b""), Record(None, b"r", None)
    for each in (records[:2], records[2:]):
        with database.writing() as connection:
            shelf.write(connection, {"it": functools.reduce(shelf.merged, each)})
        with database.reading() as connection:
            assert shelf.find(connection, "it") == Kept(b"new", each[-1].place, None)
    database.close()


def test_writing_a_record_twice_changes_nothing(url: str) -> None:
    """What may have been written, when the connection was lost before that was known, is written again."""
    database = Database(Settings(database_url=url))
    first = Record(b"s", b"p", b"n", (Piece(0, 1, 0, b"a"), Piece(0, 1, 1, b"b")))
    more = Record(None, b"q", None, (Piece(0, 1, 2, b"c"),))
    for record in (first, first, more, more):
        with database.writing() as connection:
            shelf.write(connection, {"it": record})
    with database.reading() as connection:
        assert shelf.find(connection, "it") == Kept(b"s", b"q", b"n", (*first.series, *more.series))
    database.close()
