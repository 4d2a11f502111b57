"""Who gave something to be kept, as far as it needs to be known to keep one from taking the room of all: two letters at the end
of its id, which a thousand addresses share. No address is kept."""

from __future__ import annotations

import base64
import hashlib
import heapq
import secrets
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

MARK = 2
"""Letters that stand for a giver: one of 4096."""


class Given(NamedTuple):
    """Something kept; `since` when it was used last, or, of a session, since when nobody has it."""

    id: str
    since: float
    free: bool = True
    """Whether it may go."""


def new_id(size: int, address: str) -> str:
    """An unguessable id of so many random bytes, and where an address is known the mark of who asked for it."""
    return secrets.token_urlsafe(size) + _mark(address)


def giver(id: str, size: int) -> str | None:
    """The mark of an id that was made of so many bytes; None of one that has none: an earlier version's, say."""
    plain = len(base64.urlsafe_b64encode(bytes(size)).rstrip(b"="))
    return id[plain:] if len(id) == plain + MARK else None


def surplus(given: Sequence[Given], count: int, size: int, spared: Callable[[str], bool] = lambda id: False) -> Iterator[str]:
    """The ids of so many, in the order in which they are to go: of who has the most what was used longest ago, again and again,
    but for what is `spared`. What has no mark is its own giver's alone."""
    groups: dict[str, list[Given]] = defaultdict(list)
    counts: dict[str, int] = defaultdict(int)
    for each in given:
        whose = giver(each.id, size) or each.id
        counts[whose] += 1
        if each.free:
            groups[whose].append(each)
    for own in groups.values():
        own.sort(key=lambda each: -each.since)  # the oldest last
    line = [(-counts[whose], own[-1].since, whose) for whose, own in groups.items()]
    heapq.heapify(line)
    while line and count > 0:
        held, _, whose = heapq.heappop(line)
        own = groups[whose]
        id = own.pop().id
        if not spared(id):
            yield id
            count, held = count - 1, held + 1
        if own:
            heapq.heappush(line, (held, own[-1].since, whose))


def _mark(address: str) -> str:
    if not address:
        return ""
    return base64.urlsafe_b64encode(hashlib.sha256(address.encode()).digest())[:MARK].decode()
