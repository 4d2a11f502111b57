"""A room in a test's own hand, in place of the server's: it answers commands at once, and tells what the test wants told.

For what the page draws of states that a class takes minutes to come to; how a class itself goes, `test_class_lesson` shows on a
real one.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from playwright.sync_api import Page, WebSocketRoute

from server.protocol.room.events import RoomEvent
from server.wire.frames import encode

MEMBERS: list[dict[str, Any]] = [
    {"member": 1, "name": "Quiet Otter", "state": "in", "here": True},
    {"member": 2, "name": "<b>Brave</b> Heron", "state": "waiting", "here": True},
    {"member": 3, "name": "Slow Fox", "state": "in", "here": False},
]
QUESTION: dict[str, Any] = {
    "number": 1,
    "kind": "choose",
    "ask": "How much of the error signal of layer 10 reaches layer 1?",
    "texts": ["about all", "a tenth", "a thousandth", "a millionth"],
    "source": "card",
    "has_twin": True,
}
VOTED: dict[str, Any] = {"answered": 24, "unknown": 3, "right": 0.42, "counts": [5, 6, 10, 0]}
WALL: dict[str, Any] = {"number": {"title": "test accuracy", "form": "share", "best": "most"}}


class FakeRoom:
    """Every `/room` of a page."""

    def __init__(self, page: Page, role: str) -> None:
        self.said: list[dict[str, Any]] = []
        """The commands that came, without those that enter."""
        self.refusals: dict[str, dict[str, Any]] = {}
        """By the command: what is wrong with it."""
        self.fields: dict[str, Any] = {
            "role": role,
            "version": 0,
            "code": "K7FQ",
            "here": 2,
            "line": "lead",
            "members": MEMBERS,
        }
        self._sockets: list[WebSocketRoute] = []
        page.route_web_socket("**/room", self._open)

    def _open(self, socket: WebSocketRoute) -> None:
        self._sockets.append(socket)

        def heard(text: str | bytes) -> None:
            command = json.loads(text)
            name, number = command["type"], command.pop("id")
            if name == "ping":
                socket.send(json.dumps({"type": "done", "id": number, "command": name, "result": None}))
                return
            refusal = self.refusals.get(name)
            if refusal is not None:
                socket.send(json.dumps({"type": "error", "id": number, "field": None, "allowed": None, **refusal}))
                return
            result = {"code": "K7FQ", "key": "k" * 22} if name == "open" else {}
            socket.send(json.dumps({"type": "done", "id": number, "command": name, "result": result}))
            if name in ("open", "enter"):
                self.tell()
            else:
                self.said.append(command)

        socket.on_message(heard)

    def tell(self, **changes: Any) -> None:
        """How the room stands from now on."""
        self.fields |= changes | {"version": self.fields["version"] + 1}
        text = RoomEvent.model_validate(self.fields).model_dump_json()
        self._sockets[-1].send(text)

    def cut(self) -> None:
        """The line breaks, and is refused from then on."""
        self.refusals["enter"] = {"code": "limit", "message": "The server is busy."}
        self._sockets[-1].close(code=1011)

    def pieces(self, rows: list[dict[str, Any]], *, whole: bool = True, curves: bool = False, seed: int = 7) -> None:
        """A frame of the wall: what a row does not say is made up."""
        random = np.random.default_rng(seed)
        told = [
            {"value": 0.5, "met": None, "seed": row["member"], "offered": True, "name": None, "step": 100, **row}
            for row in rows
        ]
        grid = np.linspace(0, 255, 256).astype(np.uint8).reshape(16, 16)
        maps = (
            np.stack([np.roll(grid, int(random.integers(16)), axis=0) for _ in rows])
            if rows
            else np.zeros((0, 16, 16), np.uint8)
        )
        losses = np.stack([np.linspace(0, -random.uniform(0.2, 3), 32) for _ in rows]) if rows else np.zeros((0, 32))
        arrays = {"curves": losses.astype(np.float32)} if curves else {"maps": maps}
        header = {"channel": "wall", "frame": 1, "run": 0, "branch": 0, "step": 0, "meta": {"whole": whole, "pieces": told}}
        self._sockets[-1].send(encode(header, arrays))

    def of(self, name: str) -> list[dict[str, Any]]:
        """The fields of each command of that name."""
        return [
            {key: value for key, value in command.items() if key != "type"} for command in self.said if command["type"] == name
        ]
