"""uvicorn's HTTP, whose connections are told to `Connections`: which of them wait, and for how long."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

from server.wire.connections import Connections


class Http(H11Protocol):
    """One connection, until it is closed or becomes a socket."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in uvicorn's own
        super().connection_made(transport)
        self._all = Connections.of(self.app_state)
        self._all.opened(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self._all.closed(self.transport)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._tell()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._tell()

    def handle_websocket_upgrade(self, event: Any) -> None:
        self._all.busy(self.transport)  # whose end the socket tells
        super().handle_websocket_upgrade(event)

    def _tell(self) -> None:
        """Whether a request is under way. What comes after an answer, the rest of a body say, is none."""
        if self.transport.get_protocol() is not self or (self.cycle is not None and not self.cycle.response_complete):
            self._all.busy(self.transport)
        else:
            self._all.waits(self.transport)
