"""Many pages without a screen in one event loop. Each comes back by itself when its socket is cut, as the page does, and knows
what it was told, and when."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import time
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from pages import same
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from engine import Trainer
from server.wire.frames import decode

Event = dict[str, Any]
RATE = 60
"""Steps a second at which they play."""
AGAIN = 0.1
"""Seconds until a page that was not let in tries again."""
LATER = ("unavailable", "busy")
"""Refusals that are worth another try."""


@dataclass
class Return:
    """One absence, as the learner saw it."""

    cut: float
    last: int
    attached: Event = field(default_factory=dict)
    back: float | None = None
    """When its run was told to play again, …"""
    step: int = 0
    """… and from where."""
    behind: float = 0.0
    """Seconds of play that it has to see again."""


class Learner:
    def __init__(self, url: str, number: int) -> None:
        self.url, self.number = url, number
        self.session: str | None = None
        self.attached: Event = {}
        self.state: Event = {}
        self.frames: dict[str, tuple[Event, dict[str, np.ndarray]]] = {}
        self.told: list[tuple[float, int]] = []
        self.returns: list[Return] = []
        self.closed: list[int] = []
        self._ids = itertools.count(1)
        self._answers: dict[int, asyncio.Future[Event]] = {}
        self._socket: ClientConnection | None = None
        self._there = asyncio.Event()
        self._news = asyncio.Event()
        self._task = asyncio.create_task(self._live())

    async def end(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    # What a test asks of it -------------------------------------------------------------------------------------------

    async def ask(self, type: str, **fields: Any) -> Event:
        """Its answer; raises what ended the line for good, where something did."""
        await self._there.wait()
        assert self._socket is not None
        asked = asyncio.create_task(self._ask(self._socket, type, **fields))
        try:
            await asyncio.wait([asked, self._task], return_when=asyncio.FIRST_COMPLETED)
            if not asked.done():
                self._task.result()
            return await asked
        finally:
            asked.cancel()

    async def do(self, type: str, **fields: Any) -> Event:
        answer = await self.ask(type, **fields)
        assert answer["type"] == "done", answer
        return answer

    async def until(self, condition: Any) -> None:
        while not condition():
            assert not self._task.done(), self._task.exception()
            self._news.clear()
            await self._news.wait()

    async def play(self) -> None:
        """A run of its own, changed twice while it plays."""
        spec = {
            "data": {"name": "xor", "samples": 60},
            "network": {"layers": [{"units": 3 + self.number % 3}]},
            "seed": self.number,
        }
        await self.do("configure", spec=spec)
        await self.do("play", speed={"unit": "steps", "rate": RATE})
        await self.further(10)
        await self.do("edit", edit={"kind": "set", "path": "optimizer.lr", "value": 0.01 * (1 + self.number)})
        await self.further(10)
        await self.do("edit", edit={"kind": "weight", "name": "W1", "index": [0, 1], "value": 0.5})

    async def further(self, steps: int) -> None:
        """Until it was told of so many steps more."""
        here = self.state["step"]
        await self.until(lambda: self.state["step"] >= here + steps)

    async def check(self) -> None:
        """Pause, and hold what is there, bit for bit, against its script followed from the start."""
        await self.do("pause")
        await self.do("subscribe", channels=["parameters"])
        place = self.state["run"], self.state["branch"], self.state["step"]
        await self.until(lambda: "parameters" in self.frames and _place(self.frames["parameters"][0]) == place)
        script = json.loads((await self.do("share"))["result"]["script"])
        assert len(script["edits"]) == 2 and script["step"] == place[2]
        replayed = await asyncio.to_thread(Trainer.from_script, script)
        assert same(self.frames["parameters"][1], replayed.named_parameters)

    async def leave_for(self, url: str) -> ClientConnection:
        """Attach elsewhere, though the old socket is open still: a page that waits for a machine that does not answer. The old
        socket is read no more, and belongs to who asked."""
        old, self.url = self._socket, url
        assert old is not None
        self._absent()
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        self._task = asyncio.create_task(self._live())
        return old

    # What it does by itself -------------------------------------------------------------------------------------------

    async def _live(self) -> None:
        while True:
            try:
                socket = await connect(self.url, max_size=None, open_timeout=60)
            except (OSError, InvalidHandshake, EOFError):
                await asyncio.sleep(AGAIN)
                continue
            try:
                self._socket = socket
                reader = asyncio.create_task(self._read(socket))
                if await self._attach(socket):
                    await reader
                reader.cancel()
            except ConnectionClosed:
                await asyncio.gather(reader, return_exceptions=True)
                self.closed.append(socket.close_code or 0)
                self._absent()
            await socket.close()
            await asyncio.sleep(AGAIN)

    async def _attach(self, socket: ClientConnection) -> bool:
        answer = await self._ask(socket, "attach", **({"session": self.session} if self.session else {}))
        if answer["type"] != "attached":
            assert answer["code"] in LATER, answer
            return False
        assert self.session in (None, answer["session"])
        self.attached, self.session = answer, answer["session"]
        if self.returns:
            self.returns[-1].attached = answer
        self._there.set()
        return True

    async def _ask(self, socket: ClientConnection, type: str, **fields: Any) -> Event:
        id = next(self._ids)
        self._answers[id] = asyncio.get_running_loop().create_future()
        await socket.send(json.dumps({"type": type, "id": id, **fields}))
        return await self._answers[id]

    async def _read(self, socket: ClientConnection) -> None:
        async for message in socket:
            self._hear(message, socket)
            self._news.set()
        await socket.recv()  # raises, with the code

    def _hear(self, message: str | bytes, socket: ClientConnection) -> None:
        if isinstance(message, bytes):
            header, arrays = decode(message)
            self.frames[header["channel"]] = header, arrays
            return
        event: Event = json.loads(message)
        answer = self._answers.pop(event.get("id"), None)
        if answer is not None and not answer.done():  # nobody waits any more for one that is
            answer.set_result(event)
        if event["type"] == "error":
            assert event["code"] in LATER, event
        if event["type"] != "state":
            return
        self.state = event
        now = time.monotonic()
        if self.returns and self.returns[-1].back is None and event["status"] == "playing":
            back = self.returns[-1]
            back.back, back.step = now, event["step"]
            back.behind = max(0.0, (back.last - back.step) / RATE)
        self.told.append((now, event["step"]))

    def _absent(self) -> None:
        """Its line was cut: who waits for an answer will not have it."""
        self._there.clear()
        for answer in self._answers.values():
            answer.cancel()
        self._answers.clear()
        if not self.returns or self.returns[-1].back is not None:
            self.returns.append(Return(time.monotonic(), self.state["step"]))


def _place(header: Event) -> tuple[int, int, int]:
    return header["run"], header["branch"], header["step"]


@contextlib.asynccontextmanager
async def learners(url: str, count: int) -> Any:
    """So many of them, playing."""
    them = [Learner(url, number) for number in range(count)]
    try:
        await asyncio.gather(*(learner.play() for learner in them))
        yield them
    finally:
        await asyncio.gather(*(learner.end() for learner in them))
