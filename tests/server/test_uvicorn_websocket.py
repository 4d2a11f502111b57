"""What `server.wire.websocket_protocol` and `server.logs` lean on of uvicorn's WebSocket: see `test_uvicorn_contract`."""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
import uvicorn
from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from uvicorn.server import ServerState
from websockets.client import ClientProtocol
from websockets.frames import Frame, Opcode
from websockets.uri import parse_uri

from server.app import create_app
from server.commands.serve import config
from server.logs import NotOurs
from server.settings import Settings
from server.wire import websocket_protocol as wire
from server.wire.websocket_protocol import RESTARTS, Wire


class Transport(asyncio.Transport):
    """Remembers what is done to it."""

    def __init__(self) -> None:
        super().__init__({"peername": ("127.0.0.1", 5000), "sockname": ("127.0.0.1", 8000)})
        self.written: list[bytes] = []
        self.reading = True
        self.closed = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written.append(bytes(data))

    def pause_reading(self) -> None:
        self.reading = False

    def resume_reading(self) -> None:
        self.reading = True

    def close(self) -> None:
        self.closed = True

    def is_closing(self) -> bool:
        return self.closed


class Socket:
    """A protocol of uvicorn's with an application behind it and a page before it, and no network."""

    def __init__(self, kind: type[WebSocketsSansIOProtocol]) -> None:
        self.received: list[Any] = []
        self.scope: dict[str, Any] = {}
        self.taking = asyncio.Event()
        self.state = ServerState()
        options = uvicorn.Config(
            self._app, interface="asgi3", ws=kind, ws_per_message_deflate=False, log_config=None, ws_ping_interval=30.0
        )
        options.load()
        self.protocol = kind(config=options, server_state=self.state, app_state={}, _loop=asyncio.get_running_loop())
        self.transport = Transport()
        self.page = ClientProtocol(parse_uri("ws://127.0.0.1:8000/ws"))

    async def _app(self, scope: Any, receive: Any, send: Any) -> None:
        self.scope = scope
        await receive()
        await send({"type": "websocket.accept"})
        while True:
            await self.taking.wait()
            message = await receive()
            self.received.append(message)
            if message["type"] == "websocket.disconnect":
                return

    async def open(self) -> None:
        self.protocol.connection_made(self.transport)
        self.page.send_request(self.page.connect())
        await self.carry()

    async def carry(self) -> list[Any]:
        """What is under way, both ways; what has come to the page."""
        found = []
        for _ in range(6):
            for data in self.page.data_to_send():
                if data:
                    self.protocol.data_received(data)
            await asyncio.sleep(0)
            for data in self.transport.written:
                self.page.receive_data(data)
            self.transport.written = []
            found += self.page.events_received()
        return found

    async def say(self, text: str) -> None:
        self.page.send_text(text.encode())
        await self.carry()


def play(scene: Callable[[], Coroutine[Any, Any, None]]) -> None:
    async def limited() -> None:
        async with asyncio.timeout(20):
            await scene()

    asyncio.run(limited())


BOTH = pytest.mark.parametrize("kind", [WebSocketsSansIOProtocol, Wire])


@pytest.mark.parametrize(
    ("name", "parameters"),
    [("connection_made", ["self", "transport"]), ("data_received", ["self", "data"]), ("shutdown", ["self"])],
)
def test_what_wire_overrides_is_there_to_be_overridden(name: str, parameters: list[str]) -> None:
    method = vars(WebSocketsSansIOProtocol).get(name)
    assert method is not None, f"uvicorn's WebSocket has no {name} of its own any more: Wire.{name} overrides nothing"
    assert list(inspect.signature(method).parameters) == parameters, f"{name} takes other arguments"
    assert not inspect.iscoroutinefunction(method), f"{name} is a coroutine now"
    assert name in vars(Wire)


def test_the_configuration_takes_the_class_itself() -> None:
    options = config(Settings(), create_app(Settings(database_url="sqlite://")))
    assert options.ws is Wire
    options.load()
    assert options.ws_protocol_class is Wire, "Config.ws no longer takes a class: sockets are not Wire's"
    assert options.ws_max_size == Settings().max_wire_bytes and options.ws_per_message_deflate is False


@BOTH
def test_the_transport_that_is_given_is_the_one_that_is_used(kind: type[WebSocketsSansIOProtocol]) -> None:
    """So that what Wire puts in its place gathers what is written, and hears when reading is to pause."""

    async def scene() -> None:
        socket = Socket(kind)
        assert socket.protocol.transport is None and socket.protocol.loop is asyncio.get_running_loop()
        socket.protocol.connection_made(socket.transport)
        used = socket.protocol.transport
        assert socket.protocol in socket.state.connections, "connection_made keeps the connection no more"
        if kind is Wire:
            assert isinstance(used, wire.Gathering) and used._transport is socket.transport, "Wire's transport is not used"
        else:
            assert used is socket.transport
        assert socket.protocol.client == ("127.0.0.1", 5000), "the page's address comes from get_extra_info"

    play(scene)


@BOTH
def test_the_flags_of_a_connection_rise_where_they_did(kind: type[WebSocketsSansIOProtocol]) -> None:
    async def scene() -> None:
        socket = Socket(kind)
        protocol = socket.protocol
        flags = lambda: (protocol.handshake_complete, protocol.close_sent, protocol.disconnected)  # noqa: E731
        assert flags() == (False, False, False) and protocol.close_timer is None
        await socket.open()
        assert flags() == (True, False, False), "handshake_complete is to say that the socket is accepted"
        assert socket.page.state.name == "OPEN"
        assert "websocket.http.response" in socket.scope["extensions"], "a refused handshake can have no answer any more"
        socket.taking.set()
        protocol.connection_lost(None)
        await socket.carry()
        assert protocol.disconnected, "disconnected is to say that the line is gone"
        assert socket.received[-1]["type"] == "websocket.disconnect" and socket.protocol not in socket.state.connections

    play(scene)


def test_reading_pauses_at_each_message_until_it_is_taken() -> None:
    """Which is what `Gathering` makes rarer."""

    async def scene() -> None:
        socket = Socket(WebSocketsSansIOProtocol)
        await socket.open()
        await socket.say("one")
        assert not socket.transport.reading, "uvicorn pauses reading no more by transport.pause_reading: Gathering is in vain"
        socket.taking.set()
        await socket.carry()
        assert socket.transport.reading, "and resumes it by transport.resume_reading"
        assert socket.received == [{"type": "websocket.receive", "text": "one"}]

    play(scene)


def test_wire_pauses_where_more_has_come_before_the_last_was_taken() -> None:
    async def scene() -> None:
        socket = Socket(Wire)
        await socket.open()
        await socket.say("one")
        assert socket.transport.reading
        await socket.say("two")
        assert not socket.transport.reading, "data_received comes before the messages in it are told"
        socket.taking.set()
        await socket.carry()
        assert socket.transport.reading and [message["text"] for message in socket.received] == ["one", "two"]

    play(scene)


def test_by_itself_uvicorn_shuts_a_socket_without_waiting_for_the_page() -> None:
    """The reason for `Wire.shutdown`. Where this fails because it waits, that may go."""

    async def scene() -> None:
        socket = Socket(WebSocketsSansIOProtocol)
        await socket.open()
        socket.protocol.shutdown()
        assert socket.transport.closed

    play(scene)


def test_wire_lets_the_page_take_leave(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "FAREWELL", 0.01)

    async def scene(answers: bool) -> None:
        socket = Socket(Wire)
        await socket.open()
        socket.taking.set()
        protocol = socket.protocol
        assert protocol.ping_timer is not None, "pings are no more timed by ping_timer"
        protocol.shutdown()
        assert protocol.ping_timer is None, "stop_keepalive no longer ends the pings"
        assert protocol.close_sent and not socket.transport.closed
        assert protocol.close_timer is not None
        timer = protocol.close_timer
        if answers:
            (frame,) = [event for event in await socket.carry() if isinstance(event, Frame)]
            assert frame.opcode is Opcode.CLOSE, "conn.send_close and conn.data_to_send make no close frame"
            assert socket.page.close_rcvd is not None and socket.page.close_rcvd.code == RESTARTS
            assert timer.cancelled() and protocol.close_timer is None, "handle_close cancels close_timer no more"
        else:
            await asyncio.sleep(0.05)
        assert socket.transport.closed
        await asyncio.sleep(0)
        assert {"type": "websocket.disconnect", "code": RESTARTS} in socket.received, "queue is no more what is received"
        protocol.connection_lost(None)
        assert protocol.close_timer is None

    play(lambda: scene(True))
    play(lambda: scene(False))


def test_wire_sends_a_long_text_in_pieces_and_others_have_their_turn_between(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "PIECE", 1000)
    text = "é" * (2 * wire.PIECE + 1)

    async def scene() -> None:
        socket = Socket(Wire)
        await socket.open()
        turns = []
        sending = asyncio.create_task(socket.protocol.send({"type": "websocket.send", "text": text}))
        while not sending.done():
            turns.append(None)
            await asyncio.sleep(0)
        await socket.protocol.send({"type": "websocket.send", "text": "short"})
        frames = [event for event in await socket.carry() if isinstance(event, Frame)]
        assert [frame.opcode for frame in frames] == [Opcode.TEXT, Opcode.CONT, Opcode.CONT, Opcode.TEXT]
        assert [frame.fin for frame in frames] == [False, False, True, True]
        assert b"".join(frame.data for frame in frames[:3]).decode() == text and frames[3].data == b"short"
        assert len(turns) > 3
        socket.protocol.close_sent = True
        with pytest.raises(ClientDisconnected):
            await socket.protocol.send({"type": "websocket.send", "text": text})

    play(scene)


@pytest.mark.parametrize("before", ["the handshake", "another close"])
def test_where_there_is_no_leave_to_take_uvicorn_shuts_the_socket(before: str) -> None:
    async def scene() -> None:
        socket = Socket(Wire)
        if before == "the handshake":
            socket.protocol.connection_made(socket.transport)
        else:
            await socket.open()
            socket.protocol.shutdown()
        socket.protocol.shutdown()
        assert socket.transport.closed and socket.protocol.close_timer is None

    play(scene)


def test_text_that_is_no_utf8_is_logged_where_it_is_looked_for(caplog: pytest.LogCaptureFixture) -> None:
    async def scene() -> None:
        socket = Socket(Wire)
        await socket.open()
        socket.taking.set()
        socket.page.send_text(b"\xff\xfe")
        await socket.carry()
        assert socket.page.close_rcvd is not None and socket.page.close_rcvd.code == 1007

    with caplog.at_level(logging.WARNING):
        play(scene)
    (record,) = [each for each in caplog.records if each.exc_info and isinstance(each.exc_info[1], UnicodeDecodeError)]
    assert record.name == "uvicorn.error", "logs.NotOurs looks for it there"
    NotOurs().filter(record)
    assert record.levelname == "WARNING" and record.exc_info is None
