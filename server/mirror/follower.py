"""One who follows: events in order, of the pictures the newest that its page can take."""

from __future__ import annotations

import asyncio
import json
import time
from collections import deque
from collections.abc import AsyncIterator
from typing import Any

from server.mirror.packing import Item, Shown, Told
from server.protocol import CLOSE_OVERFLOW

BEHIND = 4_000_000
"""Bytes of a channel's pieces that wait; who has left more is told anew how all stands."""


class Waiting:
    """What waits of one channel, and which frame was sent and is not painted yet."""

    def __init__(self) -> None:
        self.frames: list[Shown] = []
        self.sent: int | None = None


class Follower:
    """What is put here is shared by all who follow: nothing is written or encoded anew."""

    def __init__(self, max_pending: int) -> None:
        self.member = 0
        self.fresh = True
        """Whether it waits to be told all that there is."""
        self.closing: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self.sending_since: float | None = None
        self._events: deque[Told] = deque()
        self._channels: dict[str, Waiting] = {}
        self._max_pending = max_pending
        self._something = asyncio.Event()

    @property
    def pending(self) -> tuple[int, int]:
        """Events and frames that wait."""
        return len(self._events), sum(len(waiting.frames) for waiting in self._channels.values())

    @property
    def behind(self) -> bool:
        return any(sum(len(each.frame) for each in waiting.frames) > BEHIND for waiting in self._channels.values())

    def close(self, code: int) -> None:
        if not self.closing.done():
            self.closing.set_result(code)

    def begin(self, items: tuple[Item, ...], attached: dict[str, Any]) -> None:
        """All that there is, in place of what waits."""
        self.fresh = False
        kept = [event for event in self._events if event.name == "mirror_room"]
        self._events = deque([Told("attached", False, json.dumps(attached)), *kept])
        self._channels = {}
        self.take(items)

    def take(self, items: tuple[Item, ...]) -> None:
        for item in items:
            if isinstance(item, Told):
                self.tell(item)
            else:
                self._show(item)
        if self.behind:
            self.fresh = True
        self._something.set()

    def tell(self, event: Told) -> None:
        if event.latest:
            self._events = deque(each for each in self._events if each.name != event.name)
        self._events.append(event)
        if len(self._events) > self._max_pending:
            self.close(CLOSE_OVERFLOW)
        self._something.set()

    def _show(self, shown: Shown) -> None:
        waiting = self._channels.setdefault(shown.channel, Waiting())
        if not shown.part:
            waiting.frames.clear()
        waiting.frames.append(shown)

    def acknowledge(self, channel: str, number: int) -> None:
        """A frame is painted, and those before it."""
        waiting = self._channels.get(channel)
        if waiting is not None and waiting.sent is not None and number >= waiting.sent:
            waiting.sent = None
            self._something.set()

    async def messages(self) -> AsyncIterator[str | bytes]:
        """What to send, as it comes."""
        while True:
            message = self._next()
            if message is None:
                self.sending_since = None
                self._something.clear()
                await self._something.wait()
                continue
            self.sending_since = time.monotonic()
            yield message

    def _next(self) -> str | bytes | None:
        if self._events:
            return self._events.popleft().text
        for channel, waiting in self._channels.items():
            if waiting.frames and waiting.sent is None:
                shown = waiting.frames.pop(0)
                # Of pieces the last one stands for all: they are painted together.
                if not waiting.frames:
                    waiting.sent = shown.number
                    self._channels[channel] = self._channels.pop(channel)  # the others come first next time
                return shown.frame
        return None
