"""One message for many readers: framed once, and handed to each socket as it is.

A reader's outlet holds of each slot the newest message at most. It is written at once where the line has taken all that came
before, and else as soon as it has: who falls behind gets newer ones, and fewer.
"""

from __future__ import annotations

import socket
from collections.abc import Iterable
from typing import NewType

from starlette.websockets import WebSocket
from websockets.frames import Frame, Opcode

from server.metrics import FRAME_BYTES, TEXT_BYTES
from server.wire.websocket_protocol import Wire

Framed = NewType("Framed", bytes)
"""A whole message as it goes over a socket."""

UNSENT = 16_384
"""Bytes that the system holds of a line which takes no more: beyond, the outlet holds, and replaces."""


def framed(message: str | bytes) -> Framed:
    """A text, or binary."""
    if isinstance(message, str):
        return Framed(Frame(Opcode.TEXT, message.encode()).serialize(mask=False))
    return Framed(Frame(Opcode.BINARY, message).serialize(mask=False))


class Outlet:
    """Of one socket that was accepted; what else is sent over it goes between its messages."""

    def __init__(self, websocket: WebSocket) -> None:
        self._wire = Wire.of(websocket.scope)
        self._held: dict[str, Framed] = {}
        self._wire.drained = self._drained
        self._wire.transport.set_write_buffer_limits(0)
        line = self._wire.transport.get_extra_info("socket")
        if line is not None and hasattr(socket, "TCP_NOTSENT_LOWAT"):
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, UNSENT)

    def put(self, slot: str, message: Framed) -> bool:
        """Whether it was written at once; else it waits in its slot, in place of what waited there."""
        if not self._held and self._wire.pass_on(message):
            return True
        self._held[slot] = message
        return False

    def drop(self, slot: str) -> None:
        """What waits there is not sent any more."""
        self._held.pop(slot, None)

    def _drained(self) -> None:
        while self._held:
            slot = next(iter(self._held))
            if not self._wire.pass_on(self._held[slot]):
                return
            del self._held[slot]


def tell_all(outlets: Iterable[Outlet], slot: str, message: Framed) -> int:
    """Put it to all; to how many it went at once. What waits is counted as sent, too: it or a newer one will be."""
    reached, count = 0, 0
    for outlet in outlets:
        reached += outlet.put(slot, message)
        count += 1
    (TEXT_BYTES if message[0] & 0x0F == Opcode.TEXT else FRAME_BYTES).inc(count * len(message))
    return reached
