"""The joining page before a room that is played to it: each state as the protocol has it, without a teacher's page and a room.

The page's own server serves its files; its socket is answered here, so that every state can be had at once and stays."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from playwright.sync_api import Page, WebSocketRoute, expect
from waiting import until

from server.protocol.room.events import Reveal, RoomEvent, RoomQuestion
from server.wire.frames import encode

CODE = "K7FQ"
ASK = "How much of the error signal of layer 10 reaches layer 1?"
CHOICES = ["about all", "a tenth", "a thousandth", "a millionth"]
Told = dict[str, Any]


def question(kind: str, **fields: Any) -> Told:
    """As a room tells it, checked against its protocol."""
    filled = {"number": 1, "kind": kind, "ask": ASK, "texts": CHOICES if kind in ("choose", "order") else [], **fields}
    return RoomQuestion.model_validate(filled).model_dump(mode="json")


def reveal(asked: Told, **fields: Any) -> Told:
    return Reveal.model_validate({"question": asked, **fields}).model_dump(mode="json")


class Room:
    """What the page is told, and what it said. `answers`: by a command's type, what it is answered with, or a refusal."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.said: list[Told] = []
        self.answers: dict[str, Told] = {}
        self.me: Told = {"name": "calm otter", "member": 3, "state": "in", "mine": None, "mine_known": False}
        self.me |= {"mines": [], "offered": False, "seed": None}
        filled = {"version": 1, "code": CODE, "role": "learner", "here": 27, "line": "lead", "joined_by": "host/join"}
        self.room: Told = RoomEvent.model_validate(filled).model_dump(mode="json")
        self.lines: list[WebSocketRoute] = []
        self.reachable = True
        page.route_web_socket("**/room", self._opened)

    def open(self, url: str, fragment: str = "") -> Room:
        self.page.goto(f"{url.rstrip('/')}/join{fragment}")
        expect(self.page.locator("main[data-screen]")).to_be_visible()
        return self

    def joined(self, url: str) -> Room:
        """With the code typed."""
        self.open(url)
        self.page.get_by_test_id("code").fill(CODE)
        self.page.get_by_test_id("join").click()
        self.screen("follow")
        return self

    def screen(self, name: str) -> None:
        expect(self.page.locator("main")).to_have_attribute("data-screen", name)

    def tell(self, **fields: Any) -> None:
        """Something of the room, or of oneself, is otherwise."""
        mine = {name: value for name, value in fields.items() if name in self.me}
        others = {name: value for name, value in fields.items() if name not in self.me}
        self.me |= mine
        self.room |= {**others, "version": self.room["version"] + 1}
        if mine:
            self._post({"type": "me", **self.me})
        if others or not mine:
            self._post(self._event())

    def ask(self, kind: str, round: int = 1, **fields: Any) -> Told:
        asked = question(kind, **fields)
        if round == 1:
            self.me["mines"] = []
            self.tell(mines=[])
        self.tell(phase="vote", round=round, question=asked, closes_in=84.0, answered=3, reveal=None, before=None)
        self.screen("vote")
        return asked

    def picture(self, meta: Told, **arrays: np.ndarray) -> None:
        header = {"channel": "follow", "frame": 1, "run": 1, "branch": 0, "step": meta.get("step", 0), "meta": meta}
        self._post(encode(header, arrays))

    def break_line(self, reachable: bool = False) -> None:
        self.reachable = reachable
        for line in self.lines:
            line.close(code=1011)
        self.lines = []

    def of(self, type: str) -> list[Told]:
        return [each for each in self.said if each["type"] == type]

    def heard(self, type: str, count: int = 1) -> Told:
        """The newest of its type, once so many were said."""
        until(self.page, lambda: len(self.of(type)) >= count)
        return self.of(type)[-1]

    def _event(self) -> Told:
        return {"type": "room", **self.room}

    def _post(self, message: Told | bytes) -> None:
        for line in self.lines:
            line.send(message if isinstance(message, bytes) else json.dumps(message))

    def _opened(self, line: WebSocketRoute) -> None:
        if not self.reachable:
            line.close(code=1011)
            return
        line.on_message(lambda text: self._said(line, json.loads(text)))

    def _said(self, line: WebSocketRoute, message: Told) -> None:
        self.said.append(message)
        kind, id = message["type"], message["id"]
        answer = self.answers.get(kind, {})
        if "code" in answer:
            line.send(json.dumps({"type": "error", "id": id, "field": None, "allowed": None, **answer}))
            return
        results = {"enter": {"key": "k" * 22, "name": self.me["name"], "member": 3}, "rename": {"name": message.get("name")}}
        if kind == "enter":
            self.lines.append(line)
        if kind == "rename":
            self.me["name"] = message["name"]
        result = answer.get("result", results.get(kind))
        line.send(json.dumps({"type": "done", "id": id, "command": kind, "result": result}))
        if kind == "enter":
            line.send(json.dumps({"type": "me", **self.me}))
            line.send(json.dumps(self._event()))
        if kind == "rename":
            line.send(json.dumps({"type": "me", **self.me}))


def plane(kind: str = "map", **meta: Any) -> tuple[Told, dict[str, np.ndarray]]:
    """A picture as of a small run: two classes around a bow, its samples and its curves."""
    x, y = np.meshgrid(np.linspace(-1, 1, 48), np.linspace(-1, 1, 48))
    heights = 1 / (1 + np.exp(-6 * (y - np.sin(2.5 * x) * 0.4)))
    steps = np.arange(0, 400, 10, dtype=np.float32)
    random = np.random.default_rng(0)
    points = random.uniform(-1, 1, (80, 2)).astype(np.float32)
    labels = (points[:, 1] > np.sin(2.5 * points[:, 0]) * 0.4).astype(np.uint8)
    told = {"kind": kind, "step": 390, "epoch": 19.5, "status": "playing", "train_loss": 0.0712, "test_loss": 0.0934}
    told |= {
        "accuracy": 0.962,
        "caption": "Two hidden layers of 8 tanh units, Adam",
        "words": "",
        "classes": 2,
        "names": ["0", "1"],
    }
    told |= {"low": 0.0, "high": 1.0, "middle": 0.5, "xs": [-1, 1], "ys": [-1, 1], "log": True, "lanes": [], **meta}
    losses = (0.7 * np.exp(-steps / 120) + 0.06).astype(np.float32)
    arrays = {"map": np.round(255 * heights).astype(np.uint8), "points": points, "labels": labels}
    arrays |= {"train": np.stack([steps, losses], 1), "test": np.stack([steps, losses * 1.2], 1).astype(np.float32)}
    return told, arrays


def race() -> tuple[Told, dict[str, np.ndarray]]:
    """Two lanes on a ravine."""
    x, y = np.meshgrid(np.linspace(-2, 2, 48), np.linspace(-2, 2, 48))
    heat = np.log1p(x**2 + 20 * y**2)
    told = {"kind": "race", "step": 120, "epoch": None, "status": "playing", "train_loss": None, "test_loss": None}
    told |= {"accuracy": None, "caption": "The ravine, κ = 20", "words": "", "xs": [-2, 2], "ys": [-2, 2]}
    told["lanes"] = [
        {"name": "SGD", "colour": 0, "loss": 0.31, "words": ""},
        {"name": "Momentum", "colour": 1, "loss": 0.0004, "words": "arrived at step 102"},
    ]
    time = np.linspace(0, 1, 60)
    slow = np.stack([-1.8 + 1.1 * time, 0.6 * np.exp(-6 * time)], 1)
    fast = np.stack([-1.8 + 1.8 * time, 0.9 * np.cos(18 * time) * np.exp(-3 * time)], 1)
    arrays = {"heat": np.round(255 * heat / heat.max()).astype(np.uint8)}
    return told, arrays | {"lane_0": slow.astype(np.float32), "lane_1": fast.astype(np.float32)}
