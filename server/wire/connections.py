"""The TCP connections of a process: none waits long, one address has so many at most, and what they hold is bounded.

A connection waits while no request of it is under way: it has said nothing yet, or not all, or was answered. That costs whoever
opened it nothing, so it is never a reason to turn others away: those that have waited longest go first.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from uvicorn.middleware.proxy_headers import _TrustedHosts

from server.memory import open_files
from server.settings import Settings
from server.wire.limits import address_of, met

log = logging.getLogger("chainrule")

STATE = "connections"
"""Where uvicorn's protocols find them in the application's state."""
SPARE = 128
"""Files that are not connections: the database, the log, the page's."""
WAITING = 512
"""Connections of one address that may wait at a time: a class opens a few each, and each speaks at once."""
SLOWEST = 4_000
"""Bytes a second that a page takes of an answer at least, be its line ever so slow."""
WHOLE = 120.0
"""Seconds within which a message of a socket is to come whole."""
LOOK = 1.0
"""Seconds between two looks at those that wait."""


@dataclass(eq=False, slots=True)
class Entry:
    """One connection."""

    transport: asyncio.Transport
    address: str
    proxy: bool
    """Whether it is a trusted proxy's, behind which are many."""
    since: float | None = None
    """Since when it waits; None while a request is under way, or a socket is open."""
    unsent: int = 0
    """Bytes of its answer that were not taken by then."""
    held: int = 0
    """Bytes of a message of it that is not whole yet …"""
    began: float = 0.0
    """… and when the first of them came."""


@dataclass(eq=False, slots=True)
class OfAddress:
    """Those of one address; `waiting` in the order in which they began to."""

    waiting: dict[asyncio.BaseTransport, Entry] = field(default_factory=dict)
    count: int = 0


class Connections:
    """Belongs to one event loop. uvicorn's protocols tell it what becomes of each."""

    def __init__(self, settings: Settings, files: int | None = None) -> None:
        self._patience, self._own = settings.header_timeout, settings.max_connections_per_address
        self._most = max(16, (open_files() if files is None else files) - SPARE)
        self._most_held = settings.max_unfinished_bytes
        self._trusted = _TrustedHosts(list(settings.trusted_proxies))
        self._entries: dict[asyncio.BaseTransport, Entry] = {}
        self._addresses: dict[str, OfAddress] = {}
        self._held: Counter[str] = Counter()
        """Bytes of unfinished messages, by address."""
        self._holding: dict[asyncio.BaseTransport, Entry] = {}
        """Those with such a message, in the order in which these began."""
        self._looking: asyncio.TimerHandle | None = None

    def __len__(self) -> int:
        return len(self._entries)

    @classmethod
    def of(cls, state: Mapping[str, Any]) -> Connections:
        """Those of an application, by its state; of one that has none, its own."""
        found = state.get(STATE)
        return found if isinstance(found, cls) else cls(Settings())

    # What becomes of a connection ---------------------------------------------------------------------------------------

    def opened(self, transport: asyncio.Transport) -> None:
        """A new one, which waits to say what it wants; where there are too many, one that has waited longest goes, or it."""
        peer = transport.get_extra_info("peername")
        host = peer[0] if isinstance(peer, tuple) else None
        address = address_of(host)
        entry = self._entries[transport] = Entry(transport, address, host is not None and host in self._trusted)
        own = self._addresses.setdefault(address, OfAddress())
        own.count += 1
        self.waits(transport)
        if len(own.waiting) > WAITING:
            self._drop_oldest(own)
        if own.count > self._own and not entry.proxy:
            met("max_connections_per_address")
            self._drop_oldest(own)
        if len(self._entries) > self._most:
            self._drop_oldest(max(self._addresses.values(), key=lambda each: len(each.waiting)))

    def waits(self, transport: asyncio.BaseTransport) -> None:
        """No request of it is under way; nothing where it waited before."""
        entry = self._entries.get(transport)
        if entry is None or entry.since is not None:
            return
        entry.since, entry.unsent = _now(), entry.transport.get_write_buffer_size()
        self._addresses[entry.address].waiting[transport] = entry
        self._look_again()

    def busy(self, transport: asyncio.BaseTransport) -> None:
        """A request of it has come, or it is a socket now."""
        entry = self._entries.get(transport)
        if entry is not None and entry.since is not None:
            entry.since = None
            del self._addresses[entry.address].waiting[transport]

    def holds(self, transport: asyncio.BaseTransport, size: int) -> None:
        """So many bytes of a message have come that is not whole yet. Where there are too many in all, who holds the most of
        the address that holds the most goes."""
        entry = self._entries.get(transport)
        if entry is None or entry.held == size:
            return
        self._hold(entry, size)
        while self._held.total() > self._most_held:
            met("max_unfinished_bytes")
            greediest = self._held.most_common(1)[0][0]
            own = [each for each in self._holding.values() if each.address == greediest]
            self._drop(max(own, key=lambda each: each.held))

    def closed(self, transport: asyncio.BaseTransport) -> None:
        self.busy(transport)
        entry = self._entries.pop(transport, None)
        if entry is None:
            return
        self._hold(entry, 0)
        own = self._addresses[entry.address]
        own.count -= 1
        if not own.count:
            del self._addresses[entry.address]

    # ------------------------------------------------------------------------------------------------------------------

    def _hold(self, entry: Entry, size: int) -> None:
        if size and not entry.held:
            entry.began = _now()
            self._holding[entry.transport] = entry
            self._look_again()
        elif not size:
            self._holding.pop(entry.transport, None)
        self._held[entry.address] += size - entry.held
        entry.held = size
        if not self._held[entry.address]:
            del self._held[entry.address]

    def _drop_oldest(self, own: OfAddress) -> None:
        """Of an address at which nothing waits nothing goes but the one that has just come, which waits."""
        oldest = next(iter(own.waiting.values()), None)
        if oldest is not None:
            self._drop(oldest)

    def _drop(self, entry: Entry) -> None:
        self.closed(entry.transport)
        entry.transport.abort()

    def _look(self) -> None:
        """Those that have waited too long go; who is still taking an answer is given time."""
        self._looking = None
        now = _now()
        for own in list(self._addresses.values()):
            for transport, entry in list(own.waiting.items()):
                assert entry.since is not None
                if now - entry.since < self._patience:
                    break
                left = entry.transport.get_write_buffer_size()
                if 0 < left <= entry.unsent - SLOWEST * self._patience:
                    self.busy(transport)
                    self.waits(transport)
                else:
                    self._drop(entry)
        for entry in list(self._holding.values()):
            if now - entry.began < WHOLE:
                break
            self._drop(entry)
        if self._holding or any(own.waiting for own in self._addresses.values()):
            self._look_again()

    def _look_again(self) -> None:
        if self._looking is None:
            self._looking = asyncio.get_running_loop().call_later(LOOK, self._look)


def _now() -> float:
    return asyncio.get_running_loop().time()
