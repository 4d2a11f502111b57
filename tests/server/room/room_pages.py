"""Pages of a room without a screen: the teacher's, its second device's, the learners'."""

from __future__ import annotations

import contextlib
import itertools
import json
import time
from collections.abc import Callable
from typing import Any, Self

from live_server import Live
from pages import PATIENCE
from websockets.sync.client import ClientConnection, connect

Event = dict[str, Any]


class RoomPage:
    """Remembers every message, as it came."""

    def __init__(self, live: Live, **options: Any) -> None:
        self.texts: list[str] = []
        self.frames: list[bytes] = []
        self.room: Event = {}
        self.me: Event = {}
        self._ids = itertools.count(1)
        self._open = contextlib.ExitStack()
        url = f"ws://127.0.0.1:{live.port}/room"
        self.socket: ClientConnection = self._open.enter_context(connect(url, max_size=None, max_queue=None, **options))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._open.close()

    def send(self, type: str, **fields: Any) -> int:
        id = next(self._ids)
        self.socket.send(json.dumps({"type": type, "id": id, **fields}))
        return id

    def ask(self, type: str, **fields: Any) -> Event:
        """Send a command and wait for its answer."""
        id = self.send(type, **fields)
        return self.until(lambda event: event.get("id") == id)

    def do(self, type: str, **fields: Any) -> Any:
        """The same, and it has to be done; its result."""
        answer = self.ask(type, **fields)
        assert answer["type"] == "done", answer
        return answer["result"]

    def refused(self, type: str, **fields: Any) -> str:
        """The same, and it has to be refused; the code."""
        answer = self.ask(type, **fields)
        assert answer["type"] == "error", answer
        return str(answer["code"])

    def until(self, wanted: Callable[[Event], bool]) -> Event:
        """Receive until an event is as wanted."""
        deadline = time.monotonic() + PATIENCE
        while True:
            event = self.receive(deadline - time.monotonic())
            if event is not None and wanted(event):
                return event

    def told(self, wanted: Callable[[Event], bool]) -> Event:
        """The room, once it is as wanted."""
        if not (self.room and wanted(self.room)):
            self.until(lambda event: event["type"] == "room" and wanted(event))
        return self.room

    def told_me(self, wanted: Callable[[Event], bool]) -> Event:
        """What is told of itself, once it is as wanted."""
        if not (self.me and wanted(self.me)):
            self.until(lambda event: event["type"] == "me" and wanted(event))
        return self.me

    def receive(self, timeout: float = PATIENCE) -> Event | None:
        message = self.socket.recv(max(timeout, 0.01))
        if isinstance(message, bytes):
            self.frames.append(message)
            return None
        self.texts.append(message)
        event: Event = json.loads(message)
        if event["type"] == "room":
            self.room = event
        elif event["type"] == "me":
            self.me = event
        return event


class Class:
    """A room with its teacher's screen, a phone, and learners."""

    def __init__(self, live: Live, learners: int = 2, **opening: Any) -> None:
        self.live, self._open = live, contextlib.ExitStack()
        self.screen = self.page()
        opened = self.screen.do("open", **opening)
        self.code, self.key, self.room = opened["code"], opened["key"], opened["room"]
        self.remote = self.page()
        self.remote.do("enter", code=self.code, key=self.key, **{"as": "remote"})
        self.learners = [self.page() for _ in range(learners)]
        self.entered = [page.do("enter", code=self.code) for page in self.learners]
        for page in (self.screen, self.remote, *self.learners):
            page.told(lambda room: True)

    def page(self) -> RoomPage:
        return self._open.enter_context(RoomPage(self.live))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def ask(self, *choices: str, ask: str = "Which?", right: int | None = 0) -> int:
        """A question in words; its number."""
        given = {} if right is None else {"right": right}
        number = self.screen.do("ask", source="words", ask=ask, choices=list(choices or ("this", "that")), **given)["question"]
        return int(number)

    def all_told(self, wanted: Callable[[Event], bool]) -> None:
        for page in (self.screen, self.remote, *self.learners):
            page.told(wanted)
