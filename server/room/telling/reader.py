"""One socket of a room, as the room sees it. Events and pictures, which are the same for many, go to its `outlet`, which keeps
the newest of each for one who reads slowly; answers wait in their order, and are bounded."""

from __future__ import annotations

import asyncio
from collections import deque

from server.protocol import CLOSE_OVERFLOW
from server.room.telling.told import Group
from server.wire.broadcast import Outlet

MOST_ANSWERS = 64
"""That wait: a page which asks on and takes nothing is let go of."""


class Reader:
    """`group` and `member` say who it is; none before it has entered."""

    def __init__(self) -> None:
        self.room: str | None = None
        self.group: Group | None = None
        self.role: str | None = None
        self.member: int | None = None
        self.address = "unknown"
        self.joined_by = ""
        """Where learners open the page, as seen from here."""
        self.outlet: Outlet | None = None
        """Once its socket is accepted."""
        self.me: object = None
        """What the last that it was told of itself was made of, …"""
        self.last: str | None = None
        """… and of the room."""
        self.closing: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self.sending_since: float | None = None
        self._answers: deque[str] = deque()
        self._waiter: asyncio.Future[None] | None = None

    def close(self, code: int) -> None:
        if not self.closing.done():
            self.closing.set_result(code)

    def answer(self, text: str) -> None:
        self._answers.append(text)
        if len(self._answers) > MOST_ANSWERS:
            self.close(CLOSE_OVERFLOW)
        self._wake()

    async def next(self) -> str:
        """The answer to send."""
        while not self._answers:
            self.sending_since = None
            self._waiter = asyncio.get_running_loop().create_future()
            await self._waiter
        return self._answers.popleft()

    def _wake(self) -> None:
        if self._waiter is not None:
            if not self._waiter.done():
                self._waiter.set_result(None)
            self._waiter = None
