"""A room that a test makes up, in place of the server's: the page's own socket `/room` is answered from here. What the page
says is kept in `said`; `tell` is what the server would tell next."""

from __future__ import annotations

import json
from typing import Any

from playwright.sync_api import Page, WebSocketRoute

CODE, KEY = "K7FQ", "k" * 22
ROOM: dict[str, Any] = {
    "type": "room",
    "version": 1,
    "code": CODE,
    "title": "Deep networks",
    "role": "screen",
    "state": "in",
    "here": 27,
    "line": "lead",
    "phase": "follow",
    "round": 0,
    "question": None,
    "closes_in": None,
    "answered": 0,
    "eyes_up": None,
    "turn": None,
    "seen": None,
    "reveal": None,
    "before": None,
    "counts": None,
    "advice": None,
    "wall": None,
    "board": None,
    "put_up": None,
    "admit": "open",
    "names": False,
    "remotes": 0,
    "members": [],
    "joined_by": "learn.school.example/join",
}


def question(kind: str = "choose", **more: Any) -> dict[str, Any]:
    texts = {"choose": ["about all", "a tenth", "a thousandth", "a millionth"], "order": ["SGD", "momentum", "Adam"]}
    return {
        "number": 1,
        "kind": kind,
        "ask": "How much of the error signal of layer 10 reaches layer 1?",
        "texts": texts.get(kind, []),
        "unit": "",
        "axis": [0, 400, 0.001, 1] if kind == "sketch" else None,
        "log": kind == "sketch",
        "reading": {"sketch": "training loss", "place": "the point after the step"}.get(kind, ""),
        "source": "card",
        "votes": 2,
        "twin": False,
        "has_twin": True,
        **more,
    }


class MadeUpRoom:
    """Install before the page is opened."""

    def __init__(self, page: Page) -> None:
        self.said: list[dict[str, Any]] = []
        self.refusals: dict[str, dict[str, Any]] = {}
        self.room = dict(ROOM)
        self._line: WebSocketRoute | None = None
        page.route_web_socket("**/room", self._opened)

    def _opened(self, line: WebSocketRoute) -> None:
        self._line = line
        line.on_message(lambda text: self._heard(json.loads(text)))

    def _heard(self, message: dict[str, Any]) -> None:
        self.said.append(message)
        assert self._line is not None
        name = message["type"]
        if name in self.refusals:
            refusal = {"code": "value", "field": None, "allowed": None, **self.refusals[name]}
            self._line.send(json.dumps({"type": "error", "id": message["id"], **refusal}))
            return
        result = {"code": CODE, "key": KEY, "room": 1} if name == "open" else None
        self._line.send(json.dumps({"type": "done", "id": message["id"], "command": name, "result": result}))
        if name in ("open", "enter"):
            self.tell()

    def tell(self, **change: Any) -> None:
        self.room |= change
        assert self._line is not None
        self._line.send(json.dumps(self.room))

    def cut(self) -> None:
        """The line breaks."""
        assert self._line is not None
        self._line.close()

    def commands(self, name: str) -> list[dict[str, Any]]:
        return [{key: value for key, value in said.items() if key != "id"} for said in self.said if said["type"] == name]
