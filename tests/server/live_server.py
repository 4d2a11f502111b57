"""A live server on a free port, in a thread of this process."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI
from pages import PATIENCE

from server.app import create_app
from server.commands.serve import config, listen
from server.session.activity import Kind
from server.session.hosting import Hosting
from server.settings import Settings


@dataclass(frozen=True)
class Live:
    app: FastAPI
    port: int

    @property
    def socket(self) -> str:
        return f"ws://127.0.0.1:{self.port}/ws"

    @property
    def hosting(self) -> Hosting:
        """What its sessions host."""
        found: Hosting = self.app.state.sessions.hosting
        return found

    def drawing(self, monkeypatch: pytest.MonkeyPatch, channel: str, make: Callable[..., Any]) -> None:
        """Let a channel be drawn by something else, for those who subscribe from now on; it is given what drew it before."""
        place, row = self.hosting.channels[channel]
        monkeypatch.setitem(self.hosting.channels, channel, (place, row._replace(make=partial(make, row.make))))

    def until(self, condition: Callable[[], bool]) -> None:
        """Wait for something inside the server."""
        deadline = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < deadline, "it did not happen"
            time.sleep(0.005)


@contextlib.contextmanager
def serving(settings: Settings, kinds: Sequence[Kind] | None = None) -> Iterator[Live]:
    listener = listen("127.0.0.1", 0)
    options = config(settings, create_app(settings, kinds))
    server = uvicorn.Server(options)
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    deadline = time.monotonic() + PATIENCE
    while not server.started:
        assert thread.is_alive() and time.monotonic() < deadline
        time.sleep(0.005)
    assert isinstance(options.app, FastAPI)
    try:
        yield Live(options.app, listener.getsockname()[1])
    finally:
        server.should_exit = True
        thread.join(PATIENCE)
