"""The WebSocket's own part: what is sent when the socket is closed already."""

from __future__ import annotations

import threading
from typing import Any

import pytest
import uvicorn
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from server.commands.serve import listen
from server.wire.websocket_protocol import RESTARTS, Wire


@pytest.mark.parametrize("message", [{"text": "late"}, {"bytes": b"late"}])
def test_what_is_sent_past_the_close_frame_has_nobody_to_hear_it(message: dict[str, Any]) -> None:
    """A server that ends closes its sockets while writers are still at it: they are told that the page is gone, which is no
    mistake of theirs."""
    raised: list[BaseException] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        assert scope["type"] == "websocket"
        await receive()
        await send({"type": "websocket.accept"})
        (socket,) = server.server_state.connections
        socket.shutdown()
        with pytest.raises(OSError) as late:
            await send({"type": "websocket.send", **message})
        raised.append(late.value)

    listener = listen("127.0.0.1", 0)
    server = uvicorn.Server(uvicorn.Config(app, ws=Wire, lifespan="off", log_config=None))
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    try:
        with connect(f"ws://127.0.0.1:{listener.getsockname()[1]}/") as page, pytest.raises(ConnectionClosed) as closed:
            page.recv(20)
        assert closed.value.rcvd is not None and closed.value.rcvd.code == RESTARTS
    finally:
        server.should_exit = True
        thread.join(20)
    assert len(raised) == 1, "the application saw the end as one"
