"""Pages of a class without a screen: they come back by themselves, elsewhere where their machine is gone, as the page does."""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from collections.abc import Callable
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from server.wire.frames import decode

Event = dict[str, Any]
AGAIN = 0.1
LATER = ("unavailable", "busy")


class ClassPage:
    """One page on `/room`. `enters` is what it says first, whenever its line is there: a learner's own key is added once it
    has one."""

    def __init__(self, urls: list[str], enters: Event) -> None:
        self.urls, self.enters = urls, enters
        self.room: Event = {}
        self.me: Event = {}
        self.entered: Event = {}
        self.pictures: list[tuple[float, Event]] = []
        self.lines = 0
        self._ids = itertools.count(1)
        self._answers: dict[int, asyncio.Future[Event]] = {}
        self._there, self._news = asyncio.Event(), asyncio.Event()
        self._socket: ClientConnection | None = None
        self._task = asyncio.create_task(self._live())

    async def end(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def do(self, type: str, **fields: Any) -> Event:
        """Asked until it is answered, on whichever line; its result."""
        while True:
            await self._there.wait()
            assert self._socket is not None
            try:
                answer = await self._ask(self._socket, type, **fields)
            except (ConnectionClosed, asyncio.CancelledError):
                if self._there.is_set() and self._task.cancelled():
                    raise
                await asyncio.sleep(AGAIN)
                continue
            if answer["type"] == "error" and answer["code"] in LATER:
                await asyncio.sleep(AGAIN)
                continue
            assert answer["type"] == "done", answer
            return answer["result"] or {}

    async def until(self, condition: Callable[[], object]) -> None:
        while not condition():
            assert not self._task.done(), self._task.exception()
            self._news.clear()
            await self._news.wait()

    async def vote(self, answer: Any) -> None:
        await self.until(lambda: self.room.get("phase") == "vote")
        question = self.room["question"]["number"]
        await self.do("vote", question=question, round=self.room["round"], answer=answer)

    def pictures_since(self, moment: float) -> list[Event]:
        return [header for at, header in self.pictures if at > moment]

    # What it does by itself -------------------------------------------------------------------------------------------

    async def _live(self) -> None:
        for turn in itertools.count():
            try:
                socket = await connect(self.urls[turn % len(self.urls)], max_size=None, open_timeout=30, compression=None)
            except (OSError, InvalidHandshake, EOFError):
                await asyncio.sleep(AGAIN)
                continue
            reader = asyncio.create_task(self._read(socket))
            try:
                answer = await self._ask(socket, **self.enters)
                if answer["type"] == "error":
                    assert answer["code"] in LATER, answer
                else:
                    self.entered = self.entered or answer["result"]
                    if self.enters["type"] == "open":
                        self.enters = {"type": "enter", "code": self.entered["code"], "as": "screen"}
                    self.enters |= {"key": self.entered["key"]} if "key" in self.entered else {}
                    self._socket, self.lines = socket, self.lines + 1
                    self._there.set()
                    self._news.set()
                    await reader
            except (ConnectionClosed, asyncio.CancelledError):
                if self._task.cancelling():
                    raise
            finally:
                self._there.clear()
                reader.cancel()
                await asyncio.gather(reader, return_exceptions=True)
                for asked in self._answers.values():
                    asked.cancel()
                self._answers.clear()
                await socket.close()
            await asyncio.sleep(AGAIN)

    async def _ask(self, socket: ClientConnection, type: str, **fields: Any) -> Event:
        id = next(self._ids)
        self._answers[id] = asyncio.get_running_loop().create_future()
        await socket.send(json.dumps({"type": type, "id": id, **fields}))
        return await self._answers[id]

    async def _read(self, socket: ClientConnection) -> None:
        async for message in socket:
            if isinstance(message, bytes):
                header, _ = decode(message)
                if header["channel"] == "follow":
                    self.pictures.append((time.monotonic(), header))
            else:
                self._hear(json.loads(message))
            self._news.set()
        for asked in self._answers.values():
            asked.cancel()

    def _hear(self, event: Event) -> None:
        if event["type"] in ("room", "me"):
            setattr(self, event["type"], event)
        answer = self._answers.pop(event.get("id") or 0, None)
        if answer is not None and not answer.done():
            answer.set_result(event)
