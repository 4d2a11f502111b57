"""How what followers are told travels over the bus: a line of JSON says what follows, then come events and frames as is."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, NamedTuple


class Told(NamedTuple):
    """An event as it is sent. `latest`: of its kind only the newest waits."""

    name: str
    latest: bool
    text: str


class Shown(NamedTuple):
    """A frame as it is sent. `part`: it goes on where the one before it ended, so that none may be left out."""

    channel: str
    number: int
    part: bool
    frame: bytes


Item = Told | Shown


class Parcel(NamedTuple):
    """`kind`: ``news`` and ``all`` are of a source and have items, which are all that there is in ``all``; ``here`` has none;
    ``home`` and ``gone`` say that a source begins or ends; ``want`` asks sources for what comes, and where `whole` for all that
    there is."""

    kind: str
    source: str
    number: int = 0
    """Counts what a source sends, so that who has missed something knows."""
    whole: bool = False
    items: tuple[Item, ...] = ()


def pack(parcel: Parcel) -> bytes:
    head: list[Any] = []
    bodies: list[bytes] = []
    for item in parcel.items:
        body = item.text.encode() if isinstance(item, Told) else item.frame
        head.append([*(item[:3] if isinstance(item, Shown) else (item.name, item.latest)), len(body)])
        bodies.append(body)
    line = json.dumps([parcel.kind, parcel.source, parcel.number, parcel.whole, head], separators=(",", ":"))
    return b"\n".join((line.encode(), b"".join(bodies)))


def unpack(packed: bytes) -> Parcel:
    """Raises `ValueError` where it is none."""
    line, _, bodies = packed.partition(b"\n")
    kind, source, number, whole, head = json.loads(line)
    return Parcel(kind, source, number, whole, tuple(_items(head, bodies)))


def _items(head: Sequence[Sequence[Any]], bodies: bytes) -> list[Item]:
    items: list[Item] = []
    first = 0
    for *about, size in head:
        body = bodies[first : first + size]
        first += size
        if len(about) == 3:
            channel, number, part = about
            items.append(Shown(channel, number, part, body))
        else:
            name, latest = about
            items.append(Told(name, latest, body.decode()))
    return items
