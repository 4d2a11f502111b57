"""A browser led over WebDriver BiDi, as Firefox speaks it: as much of it as a walk through the page needs."""

from __future__ import annotations

import itertools
import json
import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from real_server import end_process
from websockets.sync.client import ClientConnection, connect

NAMES = ("firefox-esr", "firefox")
PATIENCE = 60.0
"""Seconds for what the page is waited for."""


def find() -> str | None:
    """A Firefox on the PATH."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


class Browser:
    """One tab of it, and what it complained about."""

    def __init__(self, line: ClientConnection) -> None:
        self._line, self._numbers = line, itertools.count(1)
        self.complaints: list[str] = []
        self._say("session.new", capabilities={})
        self._say("session.subscribe", events=["log.entryAdded"])
        self._tab = self._say("browsingContext.create", type="tab")["context"]

    def _say(self, method: str, **params: Any) -> dict[str, Any]:
        number = next(self._numbers)
        self._line.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            said = json.loads(self._line.recv(PATIENCE))
            if said.get("method") == "log.entryAdded" and said["params"]["level"] == "error":
                self.complaints.append(said["params"]["text"])
            if said.get("id") != number:
                continue
            assert said["type"] == "success", said
            return dict(said["result"])

    def size(self, width: int, height: int) -> None:
        self._say("browsingContext.setViewport", context=self._tab, viewport={"width": width, "height": height})

    def open(self, url: str) -> None:
        self._say("browsingContext.navigate", context=self._tab, url=url, wait="complete")

    def evaluate(self, expression: str) -> Any:
        """Plain data, by way of its text."""
        found = self._say(
            "script.evaluate",
            expression=f"Promise.resolve({expression}).then((it) => JSON.stringify(it ?? null))",
            target={"context": self._tab},
            awaitPromise=True,
        )
        assert found["type"] == "success", found
        return json.loads(found["result"]["value"])

    def until(self, condition: str) -> None:
        end = time.monotonic() + PATIENCE
        while not self.evaluate(condition):
            assert time.monotonic() < end, f"it did not come: {condition}"

    def click(self, selector: str) -> None:
        """With the mouse, in the middle of it."""
        self.until(f"document.querySelector({json.dumps(selector)})?.checkVisibility()")
        place = f"document.querySelector({json.dumps(selector)}).getBoundingClientRect()"
        x, y = self.evaluate(f"(({{left, top, width, height}}) => [left + width / 2, top + height / 2])({place})")
        actions = [
            {"type": "pointerMove", "x": round(x), "y": round(y)},
            {"type": "pointerDown", "button": 0},
            {"type": "pointerUp", "button": 0},
        ]
        self._act({"type": "pointer", "id": "mouse", "actions": actions})

    def press(self, key: str) -> None:
        """A key as BiDi writes it: a letter, or a code of its own."""
        self._act(
            {"type": "key", "id": "keys", "actions": [{"type": "keyDown", "value": key}, {"type": "keyUp", "value": key}]}
        )

    def _act(self, source: dict[str, Any]) -> None:
        self._say("input.performActions", context=self._tab, actions=[source])


@contextmanager
def firefox(program: str, folder: Path) -> Iterator[Browser]:
    """One of this test's own, with a profile of its own."""
    command = [program, "--headless", "--no-remote", "--profile", str(folder), "--remote-debugging-port", "0", "about:blank"]
    environment = {**os.environ, "HOME": str(folder), "MOZ_CRASHREPORTER_DISABLE": "1"}
    said = folder / "said.txt"
    with said.open("w") as file:
        process = subprocess.Popen(command, env=environment, stdout=file, stderr=file)
    try:
        end = time.monotonic() + PATIENCE
        while not (address := re.search(r"ws://[\w.:\[\]]+", said.read_text())):
            assert process.poll() is None and time.monotonic() < end, f"it does not listen: {said.read_text()}"
            time.sleep(0.1)
        with connect(f"{address[0]}/session", max_size=None) as line:
            yield Browser(line)
    finally:
        end_process(process)
