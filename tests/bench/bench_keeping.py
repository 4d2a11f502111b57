"""What it costs to keep a class: so many playing sessions, each offering a record a second. Prints the share of a core that the
keeper takes, and how long one beat takes: `python -m tests.bench.bench_keeping [sessions] [url]`."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from server.keeping.database import Database
from server.keeping.keeper import Keeper
from server.keeping.leases import Renewed
from server.keeping.records import Piece, Record
from server.settings import Settings

SECONDS = 10
SCRIPT, PLACE, SNAPSHOT, POINTS = 600, 400, 12_000, 250
"""Bytes of a [2, 8, 8, 1] network under Adam that plays a hundred updates a second."""


class Timed(Keeper):
    """Notes how long a write takes."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, 1e6, 10_000)
        self.beats: list[float] = []

    def _write(self, ids: Sequence[str], records: Mapping[str, tuple[int, Record]]) -> dict[str, Renewed]:
        started = time.perf_counter()
        written = super()._write(ids, records)
        self.beats.append(time.perf_counter() - started)
        return written


async def measure(url: str, sessions: int) -> None:
    database = Database(Settings(database_url=url))
    keeper = Timed(database)
    keeper.start(lambda lost: None, lambda lease: None)
    leases = [await keeper.create(f"session {number}") for number in range(sessions)]
    for lease in leases:
        piece = Piece(0, 0, 0, os.urandom(POINTS))
        keeper.put(lease, Record(os.urandom(SCRIPT), os.urandom(PLACE), os.urandom(SNAPSHOT), (piece,)))
    await asyncio.sleep(1)
    keeper.beats.clear()
    spent, started = time.process_time(), time.perf_counter()
    for second in range(SECONDS):
        for number, lease in enumerate(leases):
            piece = Piece(0, 0, 1 + second, os.urandom(POINTS))
            keeper.put(lease, Record(None, os.urandom(PLACE), os.urandom(SNAPSHOT), (piece,)))
            if number % 10 == 9:
                await asyncio.sleep(10 / sessions)
    passed = time.perf_counter() - started
    share = (time.process_time() - spent) / passed
    for lease in leases:
        await keeper.release(lease)
    await keeper.close()
    database.close()
    beats, kind = keeper.beats, url.partition(":")[0]
    print(f"{kind}: {sessions} sessions, a record a second: {100 * share:.1f} % of a core in this process", end="; ")
    usual, longest = 1000 * np.median(beats), 1000 * max(beats)
    print(f"{len(beats) / passed:.1f} writes a second, {usual:.1f} ms each, {longest:.1f} ms at most")


def main() -> None:
    sessions = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    with tempfile.TemporaryDirectory() as folder:
        url = sys.argv[2] if len(sys.argv) > 2 else f"sqlite:///{(Path(folder) / 'kept.sqlite3').as_posix()}"
        asyncio.run(measure(url, sessions))


if __name__ == "__main__":
    main()
