"""What is to be written: of each session whose lease this process has, what is new since the last time."""

from __future__ import annotations

import asyncio

from server.keeping import shelf
from server.keeping.records import Record

LARGE = 32_000_000
"""Bytes from which on a snapshot is not kept, lest the leases wait for it: the script leads to the same state, more slowly …"""
AT_ONCE = 16_000_000
"""… and from which on the records of other sessions wait for the next beat."""


class Lease:
    """A session's, as its owner knows it. `until` is by this process's own clock."""

    __slots__ = ("fence", "held", "id", "until")

    def __init__(self, id: str, fence: int, until: float) -> None:
        self.id, self.fence, self.until = id, fence, until
        self.held = asyncio.Event()
        """Set by every renewal; who finds the lease run out clears it, and waits."""


class Waiting:
    """Records by their leases, those that have waited longest first; false where there is none."""

    def __init__(self) -> None:
        self._records: dict[Lease, Record] = {}

    def __bool__(self) -> bool:
        return bool(self._records)

    def put(self, lease: Lease, record: Record) -> None:
        """After what waits of the same session already."""
        if record.snapshot is not None and len(record.snapshot) > LARGE:
            record = record._replace(snapshot=b"")
        self._records[lease] = shelf.merged(self._records.get(lease), record)

    def put_back(self, lease: Lease, record: Record) -> None:
        """One that could not be written: before what came meanwhile."""
        later = self._records.get(lease)
        self._records[lease] = record if later is None else shelf.merged(record, later)

    def pop(self, lease: Lease) -> Record | None:
        return self._records.pop(lease, None)

    def told(self) -> None:
        """Nothing is written for now: who waits for it waits no longer."""
        self._records = {lease: record.told() for lease, record in self._records.items()}

    def due(self) -> dict[Lease, Record]:
        """Those that have waited longest, as many as are written quickly; they do not wait any more."""
        batch: dict[Lease, Record] = {}
        size = 0
        while self._records and size < AT_ONCE:
            lease = next(iter(self._records))
            record = batch[lease] = self._records.pop(lease)
            size += len(record.script or b"") + len(record.snapshot or b"") + sum(len(piece.points) for piece in record.series)
        return batch
