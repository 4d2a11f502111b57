"""One socket of a room, as the room sees it: what waits to be sent to it. Of each event, and of each channel's pictures, only
the newest waits, so that one who reads slowly gets fewer, and newer ones; answers wait in their order, and are bounded."""

from __future__ import annotations

import asyncio
from collections import deque

from server.protocol import CLOSE_OVERFLOW
from server.room.telling.told import Group

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
        self.me: str | None = None
        """The last that it was told of itself, …"""
        self.last: str | None = None
        """… and of the room."""
        self.frames_sent = 0
        self.closing: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self.sending_since: float | None = None
        self._answers: deque[str] = deque()
        self._events: dict[str, str] = {}
        self._frames: dict[str, bytes] = {}
        self._waiter: asyncio.Future[None] | None = None

    @property
    def pending(self) -> int:
        return len(self._answers) + len(self._events) + len(self._frames)

    def close(self, code: int) -> None:
        if not self.closing.done():
            self.closing.set_result(code)

    def answer(self, text: str) -> None:
        self._answers.append(text)
        if len(self._answers) > MOST_ANSWERS:
            self.close(CLOSE_OVERFLOW)
        self._wake()

    def tell(self, kind: str, text: str) -> None:
        """An event; it takes the place of the one of its kind that waits."""
        self._events[kind] = text
        self._wake()

    def show(self, channel: str, frame: bytes) -> None:
        """A picture; it takes the place of the one of its channel that waits."""
        self._frames[channel] = frame
        self._wake()

    async def next(self) -> str | bytes:
        """What to send: events before answers, so that who hears that a command was done knows what it did; pictures last."""
        while True:
            if self._events:
                return self._events.pop(next(iter(self._events)))
            if self._answers:
                return self._answers.popleft()
            if self._frames:
                self.frames_sent += 1
                return self._frames.pop(next(iter(self._frames)))
            self.sending_since = None
            self._waiter = asyncio.get_running_loop().create_future()
            await self._waiter

    def _wake(self) -> None:
        if self._waiter is not None:
            if not self._waiter.done():
                self._waiter.set_result(None)
            self._waiter = None
