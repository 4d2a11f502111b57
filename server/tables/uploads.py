"""Who may send a table now: as many at a time as there are places, shared among addresses. Where there is none left, one that
has fewer than another takes over a place of that other's, and whoever comes the place of a file that trickles."""

from __future__ import annotations

import asyncio
import time
from collections import Counter

PATIENCE = 60.0
"""Seconds that a file may take to come."""
SILENCE = 10.0
"""Seconds that may pass between two pieces of it."""
GRACE = 5.0
"""Seconds after which one that still comes keeps its place only as long as nobody else wants it."""


class NoPlaceError(Exception):
    """There is no place, or it went to somebody else."""


class Upload:
    """One file on its way, from its first piece to its answer."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.coming = True
        self.gave_way = False
        self.since = time.monotonic()
        self._until: asyncio.Timeout | None = None

    def begin(self, until: asyncio.Timeout) -> None:
        """From now on it may be ended."""
        self._until = until
        self.piece()

    def piece(self) -> None:
        """More of it came."""
        if self._until is not None and not self.gave_way:
            now = asyncio.get_running_loop().time()
            left = self.since + PATIENCE - time.monotonic()
            self._until.reschedule(now + min(SILENCE, max(0.0, left)))

    def came(self) -> None:
        """It is there whole; now it is read."""
        self.coming = False
        if self._until is not None and not self.gave_way:
            self._until.reschedule(None)

    def give_way(self) -> None:
        self.gave_way = True
        if self._until is not None:
            self._until.reschedule(asyncio.get_running_loop().time())


class Uploads:
    """Those under way in a worker. Belongs to one event loop at a time."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._under_way: list[Upload] = []

    def enter(self, address: str) -> Upload:
        """A place; raises `NoPlaceError`. The caller gives it back by `leave`."""
        if len(self._under_way) >= self._most:
            other = self._to_give_way(address)
            if other is None:
                raise NoPlaceError
            other.give_way()
            self._under_way.remove(other)
        upload = Upload(address)
        self._under_way.append(upload)
        return upload

    def leave(self, upload: Upload) -> None:
        if upload in self._under_way:
            self._under_way.remove(upload)

    def _to_give_way(self, address: str) -> Upload | None:
        counts = Counter(upload.address for upload in self._under_way)
        greediest, most = counts.most_common(1)[0]
        if most > counts[address] + 1:
            # What came last is the least of a loss; what still comes has cost nobody anything yet.
            of_it = [upload for upload in self._under_way if upload.address == greediest]
            return max(of_it, key=lambda upload: (upload.coming, upload.since))
        now = time.monotonic()
        trickling = [upload for upload in self._under_way if upload.coming and now - upload.since > GRACE]
        own = [upload for upload in trickling if upload.address in (address, greediest)]
        return min(own, key=lambda upload: upload.since, default=None)
