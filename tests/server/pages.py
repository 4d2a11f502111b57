"""A page without a screen: what the tests talk to the server with."""

from __future__ import annotations

import contextlib
import itertools
import json
import time
from collections.abc import Callable
from typing import Any, Self

import numpy as np
from websockets.sync.client import ClientConnection, connect

from server.wire.frames import decode

PATIENCE = 60.0
"""Seconds after which a test gives up waiting for something that should have come (kernels may have to compile first)."""

Event = dict[str, Any]
Frame = tuple[dict[str, Any], dict[str, np.ndarray]]


class Page:
    """Attaches on entering; remembers every event and frame in the order of arrival."""

    def __init__(self, url: str, session: str | None = None, *, attach: bool = True, **options: Any) -> None:
        self.events: list[Event] = []
        self.frames: dict[str, list[Frame]] = {}
        self.state: Event = {}
        self.acknowledging = True
        self._ids = itertools.count(1)
        self._open = contextlib.ExitStack()
        self.socket: ClientConnection = self._open.enter_context(connect(url, max_size=None, **options))
        if attach:
            self.attached = self.do("attach", session=session) if session else self.do("attach")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._open.close()

    def send(self, type: str, **fields: Any) -> None:
        self.socket.send(json.dumps({"type": type, **fields}))

    def ask(self, type: str, **fields: Any) -> Event:
        """Send a command and wait for its answer."""
        id = next(self._ids)
        self.send(type, id=id, **fields)
        return self.until(lambda event: event.get("id") == id)

    def do(self, type: str, **fields: Any) -> Event:
        """The same, and it has to be done."""
        answer = self.ask(type, **fields)
        assert answer["type"] in ("done", "attached"), answer
        return answer

    def until(self, wanted: Callable[[Event], bool]) -> Event:
        """Receive until an event is as wanted."""
        deadline = time.monotonic() + PATIENCE
        while True:
            event = self.receive(deadline - time.monotonic())
            if event is not None and wanted(event):
                return event

    def until_state(self, wanted: Callable[[Event], bool]) -> Event:
        if self.state and wanted(self.state):
            return self.state
        return self.until(lambda event: event["type"] == "state" and wanted(event))

    def frame(self, channel: str, wanted: Callable[[dict[str, Any]], bool] = lambda header: True) -> Frame:
        """The newest frame of a channel, once there is one as wanted."""
        deadline = time.monotonic() + PATIENCE
        while not (self.frames.get(channel) and wanted(self.frames[channel][-1][0])):
            self.receive(deadline - time.monotonic())
        return self.frames[channel][-1]

    def receive(self, timeout: float = PATIENCE) -> Event | None:
        """One message; None if it was a frame (acknowledged at once, unless told not to)."""
        message = self.socket.recv(max(timeout, 0.01))
        if isinstance(message, bytes):
            header, arrays = decode(message)
            self.frames.setdefault(header["channel"], []).append((header, arrays))
            if self.acknowledging:
                self.acknowledge(header)
            return None
        event: Event = json.loads(message)
        self.events.append(event)
        if event["type"] == "state":
            self.state = event
        return event

    def acknowledge(self, header: dict[str, Any]) -> None:
        self.send("acknowledge", channel=header["channel"], frame=header["frame"])

    def run_info(self) -> Event:
        """The run, once it is told (a new session configures its first one)."""
        found = [event for event in self.events if event["type"] == "run"]
        return found[-1] if found else self.until(lambda event: event["type"] == "run")


def parameters(page: Page) -> dict[str, np.ndarray]:
    """The parameters at the step where the session stands. The page must watch ``parameters``."""
    state = page.state
    place = (state["run"], state["branch"], state["step"])
    return page.frame("parameters", lambda header: (header["run"], header["branch"], header["step"]) == place)[1]


def same(found: dict[str, np.ndarray], expected: dict[str, np.ndarray]) -> bool:
    """Bit for bit."""
    return found.keys() == expected.keys() and all(
        np.array_equal(found[name], expected[name], equal_nan=True) for name in expected
    )
