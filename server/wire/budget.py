"""The memory of a process: what its sessions may take in all, and how each says beforehand what it will take.

Sizes are estimates, made from a checked spec before anything is built. What was not estimated is found in the process's own
size, which counts where it is more.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

from server.memory import give_back_now, resident
from server.settings import Settings
from server.wire.limits import beyond

OWN = 300_000_000
"""Bytes of a process without a session: the interpreter, the libraries, the compiled kernels (measured: 225 MB warm) …"""
LEAST = 100_000_000
"""… and that sessions have in any case, whatever the setting says."""
SMALL = 4_000_000
"""Bytes of a session that does what most do: one part in so many of the room is left for such."""
SPARE = 4
COMING = "coming"
"""What a session weighs until it is there."""
LOOK, SELDOM = 2.0, 10.0
"""Seconds between two looks at what is in memory, and between two searches for what is not used any more."""

Owner = object
MakeRoom = Callable[[Owner], Awaitable[bool]]
"""Puts away something that nobody looks at, not of this owner; false where there is nothing."""


async def _no_room(owner: Owner) -> bool:
    return False


class Budget:
    """Belongs to one event loop."""

    def __init__(self, settings: Settings) -> None:
        self.most = max(settings.max_memory // settings.workers, OWN + LEAST)
        """Bytes of this process, which is one of several workers."""
        self.taken = 0
        """What sessions have of it by their estimates."""
        self.make_room: MakeRoom = _no_room
        self._tidied = -SELDOM

    def fits(self, size: int) -> bool:
        """Whether there is room for so many bytes. A part is left for those that need little."""
        spare = 0 if size <= SMALL else (self.most - OWN) // SPARE
        return max(OWN + self.taken, resident()) + size + spare <= self.most

    async def find(self, size: int, owner: Owner = None) -> None:
        """Room for so many bytes, where need be by what nobody looks at; raises `CommandError` where there is none."""
        if not self.fits(size):
            await self._tidy()
        while not self.fits(size):
            if not await self.make_room(owner):
                words = f"This takes about {max(1, round(size / 1e6)):,} MB, and the server's memory is taken"
                advice = "Try something smaller, or again later"
                raise beyond("max_memory", f"{words}. {advice}", None, f"at most {self.most:,} bytes in all")

    async def keep(self) -> None:
        """Where more is in memory than was estimated, what nobody looks at goes; until cancelled."""
        while True:
            await asyncio.sleep(LOOK)
            if resident() > self.most:
                await self._tidy()
            while resident() > self.most and await self.make_room(None):
                pass

    async def _tidy(self) -> None:
        """What is not used any more goes; that takes a moment, so it is not done again and again."""
        now = time.monotonic()
        if now - self._tidied >= SELDOM:
            self._tidied = now
            await asyncio.to_thread(give_back_now)


class Share:
    """What one session has of the budget; `weigh` says what each of its activities holds now."""

    def __init__(self, budget: Budget, owner: Owner, weigh: Callable[[], Mapping[str, int]]) -> None:
        self._budget, self._owner, self._weigh = budget, owner, weigh
        self.weights: dict[str, int] = {}
        self._over = False

    @property
    def settled(self) -> bool:
        """Whether the session is there."""
        return COMING not in self.weights

    @property
    def total(self) -> int:
        return sum(self.weights.values())

    def coming(self, size: int) -> None:
        """It will be of this size, for which there is room: until it is there it is not refused half way."""
        self._set({COMING: size})

    def settle(self) -> None:
        """Its activities hold something else now, maybe."""
        self._set(self._weigh())

    def _set(self, weights: Mapping[str, int]) -> None:
        if self._over or weights == self.weights:
            return
        self._budget.taken += sum(weights.values()) - self.total
        self.weights = dict(weights)

    def release(self) -> None:
        """The session has left memory."""
        self._set({})
        self._over = True

    @contextlib.asynccontextmanager
    async def room(self, size: int) -> AsyncIterator[None]:
        """While something of that size is built, beside what is there. Raises `CommandError` where there is no room."""
        if self.settled:
            await self._budget.find(size, self._owner)
        self._budget.taken += size
        try:
            yield
        finally:
            self.settle()
            self._budget.taken -= size
