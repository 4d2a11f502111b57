"""uvicorn's WebSocket with fewer calls of the system, which are most of what the event loop does for a class of learners."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, cast

from uvicorn._types import ASGISendEvent
from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.exceptions import InvalidState
from websockets.http11 import Request

from server.wire.connections import Connections

RESTARTS = 1012
SWITCHING = 101
WIRE = "chainrule.wire"
"""By which an application finds the line beneath its socket (`Wire.of`)."""
FAREWELL = 1.0
"""Seconds that a page is given to take leave when the server ends."""
NO_REQUEST = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
MOST = 65_536
"""Bytes that wait for the others of their pass of the event loop; the transport itself pauses its writers at as many."""
PIECE = 500_000
"""Characters of a text that are sent in one frame."""


class Gathering:
    """A transport that sends together what is written in one pass of the event loop, and that pauses reading only where more
    has come before the last message was taken."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport, self._loop = transport, loop
        self._parts: list[bytes] = []
        self._size = 0
        self._untaken = self._paused = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        if not self._parts:
            self._loop.call_soon(self.flush)
        self._parts.append(data)
        self._size += len(data)
        if self._size >= MOST:
            self.flush()

    def flush(self) -> None:
        parts, self._parts, self._size = self._parts, [], 0
        if parts and not self._transport.is_closing():
            self._transport.write(b"".join(parts))

    def close(self) -> None:
        self.flush()
        self._transport.close()

    def pause_reading(self) -> None:
        self._untaken = True

    def arrived(self) -> None:
        """More has come."""
        if self._untaken and not self._paused:
            self._paused = True
            self._transport.pause_reading()

    def resume_reading(self) -> None:
        self._untaken = False
        if self._paused:
            self._paused = False
            self._transport.resume_reading()


class Wire(WebSocketsSansIOProtocol):
    """One socket. When the server ends, the page's own farewell is waited for: a socket that is shut while messages of the page
    are on their way is reset, and the page would not hear why."""

    _asked = False
    """Whether there was a request that could be read."""
    _amid_pieces = False
    """Whether a part of a message is sent: no other may come between its frames."""
    drained: Callable[[], None] | None = None
    """Called when the line has taken all of what was too much for it at once."""

    @staticmethod
    def of(scope: Mapping[str, Any]) -> Wire:
        """The line beneath a socket of an application."""
        return cast(Wire, scope["extensions"][WIRE]["line"])

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._all, self._line = Connections.of(self.app_state), transport
        self._gathering = Gathering(cast(asyncio.Transport, transport), self.loop)
        super().connection_made(cast(asyncio.Transport, self._gathering))

    def data_received(self, data: bytes) -> None:
        """A request that is none, by a letter in one of its headers say, is answered: uvicorn would leave it open for ever."""
        self._gathering.arrived()
        super().data_received(data)
        self._all.holds(self._line, len(self.conn.reader.buffer) + (self.conn.current_size or 0))
        if self.conn.handshake_exc is not None and not self._asked and not self.transport.is_closing():
            self.transport.write(NO_REQUEST)
            self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        self._all.closed(self._line)
        super().connection_lost(exc)

    def handle_connect(self, event: Request) -> None:
        self._asked = True
        super().handle_connect(event)
        if self.response.status_code == SWITCHING:
            extensions = cast(dict[str, dict[str, Any]], self.scope["extensions"])
            extensions[WIRE] = {"line": self}

    def resume_writing(self) -> None:
        super().resume_writing()
        if self.drained is not None:
            self.drained()

    def pass_on(self, framed: bytes) -> bool:
        """Write a whole message, framed, where the line takes it now; true, too, where nobody is there to take it."""
        if self.disconnected or self.close_sent:
            return True
        if not self.writable.is_set() or self._amid_pieces:
            return False
        self.transport.write(framed)
        return True

    async def send(self, message: ASGISendEvent) -> None:
        """Past the close frame nobody hears, whoever sent it (the page, this server's end, a line found dead): for the writer,
        which does not know of it yet, the page is gone. uvicorn takes it for a mistake of the application's."""
        if self.close_sent and message["type"] == "websocket.send":
            raise ClientDisconnected
        text = message.get("text") if message["type"] == "websocket.send" else None
        if isinstance(text, str) and len(text) > PIECE:
            await self._send_in_pieces(text)
            return
        await super().send(message)
        if message["type"] == "websocket.http.response.body" and self.close_sent:
            self.handshake_complete = True  # refused, in words: uvicorn takes it for one that was forgotten

    async def _send_in_pieces(self, text: str) -> None:
        """One message in several frames: a file may be a hundred megabytes, and nobody else has a turn while one is written."""
        send: Callable[[bytes, bool], None] = self.conn.send_text
        self._amid_pieces = True
        try:
            for first in range(0, len(text), PIECE):
                await self.writable.wait()
                if self.disconnected or self.close_sent:
                    raise ClientDisconnected
                try:
                    send(text[first : first + PIECE].encode(), first + PIECE >= len(text))
                except InvalidState:
                    raise ClientDisconnected from None
                self.transport.write(b"".join(self.conn.data_to_send()))
                send = self.conn.send_continuation
                await asyncio.sleep(0)
        finally:
            self._amid_pieces = False
        if self.drained is not None and self.writable.is_set():
            self.drained()

    def shutdown(self) -> None:
        if not self.handshake_complete or self.close_sent or self.disconnected:
            super().shutdown()
            return
        self.stop_keepalive()
        self.queue.put_nowait({"type": "websocket.disconnect", "code": RESTARTS})
        self.conn.send_close(RESTARTS)
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        self.close_timer = self.loop.call_later(FAREWELL, self.transport.close)
