"""One framed message for many sockets: over a live server whose application does nothing but tell all."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import threading
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI, WebSocket, WebSocketDisconnect
from websockets.sync.client import ClientConnection, connect

from server.commands.serve import config, listen
from server.metrics import FRAME_BYTES
from server.settings import Settings
from server.wire import broadcast, connections, websocket_protocol
from server.wire.broadcast import Outlet, framed, tell_all
from server.wire.connections import Connections


class Fan:
    """A server whose sockets hear what is told here, and send a long text when they are asked for one."""

    def __init__(self) -> None:
        self.outlets: list[Outlet] = []
        self.loop: asyncio.AbstractEventLoop | None = None
        self.app = FastAPI(lifespan=self._live)
        self.app.websocket("/")(self._serve)

    @contextlib.asynccontextmanager
    async def _live(self, app: FastAPI) -> AsyncIterator[dict[str, Any]]:
        self.loop = asyncio.get_running_loop()
        yield {connections.STATE: Connections(Settings())}

    async def _serve(self, socket: WebSocket) -> None:
        await socket.accept()
        self.outlets.append(outlet := Outlet(socket))
        with contextlib.suppress(WebSocketDisconnect):
            while True:
                await socket.send_text(await socket.receive_text() * 1_000_000)
        self.outlets.remove(outlet)

    def tell(self, slot: str, message: str | bytes) -> int:
        """From the test's thread; to how many it went at once."""
        assert self.loop is not None

        async def told() -> int:
            return tell_all(self.outlets, slot, framed(message))

        return asyncio.run_coroutine_threadsafe(told(), self.loop).result(30)


@pytest.fixture
def fan() -> Iterator[tuple[Fan, str]]:
    fan, listener = Fan(), listen("127.0.0.1", 0)
    server = uvicorn.Server(config(Settings(), fan.app))
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    yield fan, f"ws://127.0.0.1:{listener.getsockname()[1]}/"
    server.should_exit = True
    thread.join(30)


def reach(fan: Fan, count: int) -> None:
    for _ in range(3000):
        if len(fan.outlets) == count:
            return
        threading.Event().wait(0.01)
    raise AssertionError(fan.outlets)


@pytest.mark.parametrize("message", ["φ", "a" * 125, "a" * 126, "a" * 65_536, b"", b"\x00" * 126, bytes(70_000)])
def test_all_read_it_as_it_was_told(fan: tuple[Fan, str], message: str | bytes) -> None:
    here, url = fan
    before = FRAME_BYTES._value.get()
    with connect(url) as one, connect(url) as other:
        reach(here, 2)
        assert here.tell("picture", message) == 2
        assert one.recv(30) == other.recv(30) == message
    if isinstance(message, bytes):
        assert FRAME_BYTES._value.get() - before == 2 * len(framed(message))
    reach(here, 0)


def test_who_reads_nothing_gets_the_newest_later_and_the_others_all(fan: tuple[Fan, str]) -> None:
    here, url = fan
    picture = bytes(200_000)
    with connect(url, max_queue=1) as slow, connect(url) as quick:
        reach(here, 2)
        count = 0
        while here.tell("picture", count.to_bytes(4, "big") + picture) == 2:  # until the slow one's line is full
            assert quick.recv(30)[:4] == count.to_bytes(4, "big")
            count += 1
            assert count < 500
        for number in range(count, last := count + 30):
            assert quick.recv(30)[:4] == number.to_bytes(4, "big")
            here.tell("picture", (number + 1).to_bytes(4, "big") + picture)
        assert quick.recv(30)[:4] == last.to_bytes(4, "big")
        here.tell("room", "a change")
        numbers = list(itertools.takewhile(lambda number: number is not None, numbers_of(slow)))
        # A line that takes a little more in between is given the newest by then.
        assert numbers[:count] == [*range(count)] and numbers == sorted(set(numbers)) and numbers[-1] == last
        assert len(numbers) < count + 15, "most in between were replaced"


def numbers_of(socket: ClientConnection) -> Iterator[int | None]:
    """Of pictures, until a text comes."""
    while True:
        message = socket.recv(30)
        yield None if isinstance(message, str) else int.from_bytes(message[:4], "big")


def test_nothing_comes_between_the_frames_of_a_long_text(fan: tuple[Fan, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(websocket_protocol, "PIECE", 10_000)
    here, url = fan
    with connect(url, max_size=None) as socket:
        reach(here, 1)
        socket.send("long")
        for number in range(20):
            here.tell("room", json.dumps(number))
        heard: list[str] = []
        while "19" not in heard or len(max(heard, key=len)) < 4_000_000:
            heard.append(str(socket.recv(30)))
        assert heard.count("long" * 1_000_000) == 1
        told = [int(message) for message in heard if len(message) < 3]
        assert told == sorted(told) and told[-1] == 19


def test_who_is_gone_is_told_nothing(fan: tuple[Fan, str]) -> None:
    here, url = fan
    with connect(url):
        reach(here, 1)
        outlet = here.outlets[0]
    reach(here, 0)
    assert outlet.put("picture", framed(b"x")) and outlet._held == {}


def test_what_is_held_can_be_dropped(fan: tuple[Fan, str], monkeypatch: pytest.MonkeyPatch) -> None:
    here, url = fan
    with connect(url) as socket:
        reach(here, 1)
        outlet = here.outlets[0]
        monkeypatch.setattr(outlet._wire, "_amid_pieces", True)
        assert here.tell("picture", b"dropped") == 0 and here.tell("room", "held") == 0
        outlet.drop("picture")
        monkeypatch.setattr(outlet._wire, "_amid_pieces", False)
        assert here.loop is not None
        here.loop.call_soon_threadsafe(outlet._drained)
        assert socket.recv(30) == "held"
    assert broadcast.UNSENT < 65_536
