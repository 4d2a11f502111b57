"""Messages that nobody means well with, or that came to harm on the way: every one of them has to be refused."""

from __future__ import annotations

import json
import random
import string
from collections.abc import Callable, Iterator
from typing import Any

from pydantic import ValidationError

from server import activities

COMMANDS = activities.vocabulary().commands

Wire = str | bytes
VALID: list[dict[str, Any]] = [
    {"type": "configure", "spec": {"data": {"name": "spiral"}}},
    {"type": "play", "speed": {"unit": "steps", "rate": 10}},
    {"type": "speed", "speed": {"unit": "epochs", "rate": 1}},
    {"type": "step", "count": 3},
    {"type": "seek", "step": 2},
    {"type": "edit", "edit": {"kind": "set", "path": "optimizer.lr", "value": 0.1}},
    {"type": "load", "script": {"spec": {}, "edits": [], "step": 0}},
    {"type": "compare", "branch": 0, "points": 100},
    {"type": "find_rate", "low": 1e-6, "high": 1.0, "updates": 50},
    {"type": "check_gradient", "weights": 10, "samples": 10},
    {"type": "predict", "x": [0.5, -1.0]},
    {"type": "sketch", "data": {"name": "formula", "formula": "y = x", "samples": 20}},
    {"type": "subscribe", "channels": ["series", "maps"], "grid": 25, "ahead": 1, "plane": [[0, 1], [0, 1]]},
    {"type": "acknowledge", "channel": "series", "frame": 1},
    {"type": "look", "micro": 1, "notation": "theory", "sample": 0, "depth": "layer", "row": 0},
    {"type": "sample_chain", "name": "W1", "index": [0, 0]},
    {"type": "verify", "entries": [{"name": "W1", "index": [0, 0]}]},
    {"type": "graph", "text": "x * x", "inputs": {"x": 2}},
    {"type": "take_away", "format": "latex", "micro": 0},
    {"type": "answer", "question": 1, "answer": 1.0},
    {"type": "race", "spec": {}, "threshold": 0.01},
    {"type": "race_change", "surface": "rosenbrock", "start": [0, 0], "noise": 0.1, "max_steps": 100},
    {"type": "race_rates", "how": "tuned", "rates": [0.1, 0.2], "steps": 10},
    {"type": "race_lane_retune", "lane": 1, "optimizer": {"name": "sgd"}},
    {"type": "network", "lanes": [{}, {}], "threshold": 0.1},
    {"type": "network_rates", "how": "tuned", "rates": [0.1, 0.2], "steps": 10},
    {"type": "network_plane", "kind": "weights", "weights": [0, 1], "corners": [1, 2, 0], "zoom": 1.0},
    {"type": "study_seeds", "lanes": [1], "seeds": 4, "steps": 10},
    {"type": "study_edge", "on": "race", "lane": 1, "points": 3},
    {"type": "study_rates", "low": 0.1, "high": 1.0, "rates": 3, "seeds": 1, "steps": 10},
]
NESTED: Any = 0
for _ in range(90):  # deeper, it is no JSON here
    NESTED = {"a": [NESTED]}
REFUSED_BY_THE_ENGINE: list[dict[str, Any]] = [
    # Fit for the protocol, and still nothing that can be done.
    {"type": "configure", "spec": {"seed": 10**400}},
    {"type": "configure", "spec": {"network": {"layers": [{"units": 10**30}]}}},
    {"type": "configure", "spec": {"network": {"layers": [{}] * 2000}}},
    {"type": "configure", "spec": {"network": {"layers": "x" * 10_000}}},
    {"type": "configure", "spec": {"data": {"samples": "NaN"}}},
    {"type": "configure", "spec": {"data": {"noise": "Infinity"}}},
    {"type": "configure", "spec": {"data": {"name": "../../etc/passwd"}}},
    {"type": "configure", "spec": {"data": {"name": "inline", "task": "regression", "train_x": [[]], "train_y": [1]}}},
    {"type": "configure", "spec": {"data": {"name": "inline", "task": "regression", "train_x": [["NaN"]], "train_y": [1]}}},
    {"type": "configure", "spec": {"data": {"name": "inline", "task": "regression", "train_x": [[1]], "train_y": [[]]}}},
    {"type": "configure", "spec": {"data": {"name": "inline", "task": "classification", "train_x": [[1]], "train_y": [1e308]}}},
    {"type": "configure", "spec": {"optimizer": {"name": "adam", "lr": "NaN"}}},
    {"type": "configure", "spec": {"optimizer": {"name": {"a": 1}}}},
    {"type": "configure", "spec": {"optimizer": {"name": "rprop", "etas": ["Infinity", 10**400]}}},
    {"type": "configure", "spec": {"schedule": {"name": "step", "every": 10**400}}},
    {"type": "configure", "spec": {"x" * 10_000: 1}},
    {"type": "configure", "spec": NESTED},
    {"type": "configure", "spec": {"optimizer": NESTED}},
    {"type": "configure", "spec": {"data": {"features": [NESTED]}}},
    {"type": "edit", "edit": NESTED},
    {"type": "edit", "edit": {"kind": "set", "path": "optimizer", "value": NESTED}},
    {"type": "edit", "edit": {"kind": "set", "path": "optimizer.lr", "value": 10**400}},
    {"type": "edit", "edit": {"kind": "set", "path": "batch_size", "value": 10**400}},
    {"type": "edit", "edit": {"kind": "set", "path": "__class__.__init__", "value": 1}},
    {"type": "edit", "edit": {"kind": "set", "path": "optimizer.__class__", "value": 1}},
    {"type": "edit", "edit": {"kind": "set", "path": "stop.patience", "value": [1]}},
    {"type": "edit", "edit": {"kind": "weight", "name": "W1", "index": [10**30, 0], "value": 1}},
    {"type": "edit", "edit": {"kind": "weight", "name": "W1", "index": [0] * 1000, "value": 1}},
    {"type": "edit", "edit": {"kind": "weight", "name": "W1", "index": [-1, 0], "value": 1}},
    {"type": "edit", "edit": {"kind": "weight", "name": "W1", "index": [], "value": 1}},
    {"type": "edit", "edit": {"kind": "freeze", "entries": [{"name": "W1", "index": [None] * 1000}]}},
    {"type": "edit", "edit": {"kind": "freeze", "entries": [{"name": "W1", "index": [10**30, None]}]}},
    {"type": "edit", "edit": {"kind": "freeze", "entries": [{"name": "W1", "index": [None, None]}] * 1000}},
    {"type": "edit", "edit": {"kind": "freeze", "entries": NESTED}},
    {"type": "edit", "edit": {"kind": "extend", "max_steps": 10**30}},
    {"type": "load", "script": "[" * 100_000},
    {"type": "load", "script": '{"spec": ' * 5000},
    {"type": "load", "script": "\x00"},
    {"type": "load", "script": NESTED},
    {"type": "load", "script": {"spec": {}, "edits": [{"kind": "set", "path": "x", "value": 1}] * 3000}},
    {"type": "load", "experiment": "../../../etc/passwd"},
    {"type": "load", "experiment": "\x00"},
    {"type": "load", "experiment": "' OR 1=1 --"},
    {"type": "compare", "branch": 10**30},
    {"type": "graph", "text": "9**9**9**9*x", "inputs": {"x": 1}},
    {"type": "graph", "text": "(" * 99 + "x" + ")" * 99, "inputs": {"y": 1}},
    {"type": "graph", "text": "-" * 190 + "x", "inputs": {"x": 1}},
    {"type": "graph", "text": "__import__('os').system('true')", "inputs": {"x": 1}},
    {"type": "graph", "text": "x\x00", "inputs": {"x": 1}},
    {"type": "graph", "text": "x.__class__", "inputs": {"x": 1}},
    {"type": "graph", "text": f"x + 1e{'9' * 50}", "inputs": {"x": 1}},
    {"type": "graph", "text": "(lambda: x)()", "inputs": {"x": 1}},
    {"type": "graph", "text": "x\nx", "inputs": {"x": 1}},
    {"type": "sample_chain", "name": "__class__", "index": [0, 0]},
    {"type": "sample_chain", "name": "W1", "index": [2**31 - 1, 0]},
    {"type": "dissect", "name": "W1", "index": [0]},
    {"type": "verify", "entries": [{"name": "W9", "index": [0, 0]}] * 256},
    {"type": "take_away", "format": "latex", "micro": 2**31 - 1},
    {"type": "ask", "micro": 2**31 - 1},
    {"type": "ask", "micro": 0, "notation": "\x00"},
    {"type": "reveal", "question": 2**53 - 1},
    {"type": "look", "notation": "../theory"},
    {"type": "race", "spec": NESTED},
    {"type": "race", "spec": {"lanes": [{}] * 1000}},
    {"type": "race", "spec": {"start": ["NaN", 0]}},
    {"type": "race", "spec": {"start": [10**400, 0]}},
    {"type": "race", "spec": {"noise": 10**400}},
    {"type": "race", "spec": {"surface": {"name": "formula", "formula": "__import__('os')"}}},
    {"type": "race", "spec": {"surface": {"name": "formula", "formula": "x.real"}}},
    {"type": "race", "spec": {"surface": {"name": "formula", "formula": "(" * 150}}},
    {"type": "race", "spec": {"surface": {"name": "formula", "formula": "-" * 150 + "x"}}},
    {"type": "race", "spec": {"surface": {"name": "formula", "formula": "9**9**9**9"}}},
    {"type": "race", "spec": {"surface": {"name": "formula", "formula": "\x00"}}},
    {"type": "race", "spec": {"surface": {"name": "formula", "formula": "x" * 100_000}}},
    {"type": "race_load", "script": "[" * 100_000},
    {"type": "race_load", "script": {"spec": {}, "step": 10**400}},
    {"type": "race_load", "script": {"spec": {}, "threshold": 10**400}},
    {"type": "race_load", "script": "\ud800".encode("utf-8", "replace").decode()},
    {"type": "race_change", "start": ["NaN", 0]},
    {"type": "race_lane_add", "lane": {"optimizer": NESTED}},
    {"type": "race_lane_remove", "lane": 2**31},
    {"type": "race_dissect", "lane": 2**31, "coordinate": "x"},
    {"type": "network_load", "script": "[" * 100_000},
    {"type": "network_load", "script": {"spec": {"run": NESTED}}},
    {"type": "network", "lanes": [{"batch_size": 10**400}]},
    {"type": "network", "lanes": [{"batch_size": "x" * 10_000}]},
    {"type": "network", "lanes": [{"retunes": [{"step": 1, "optimizer": {}}] * 5000}]},
    {"type": "network_plane", "kind": "points", "corners": [10**400, 0, 0]},
    {"type": "network_open", "lane": 7},
    {"type": "study_basins", "lane": 2**31},
    {"type": "attach", "session": "\x00"},
    {"type": "attach", "session": "../x"},
    {"type": "attach"},
]
WRONG: list[Any] = [
    None, True, -1, 0, 10**400, -(10**400), 1e308, "", "x", "NaN", "Infinity", "\x00", "é" * 50, [], {}, [[]], {"a": 1}, NESTED,
]  # fmt: skip


def _fits(command: Any) -> bool:
    try:
        COMMANDS.validate_python(command)
    except ValidationError:
        return False
    return True


class Hostile:
    """An endless supply of them, the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._kinds: list[Callable[[], Wire]] = [
            self.text, self.truncated, self.binary, self.other_json, self.deep, self.surrogate, self.number, self.twice,
            self.mutated, self.mutated, self.mutated, self.impossible, self.impossible,
        ]  # fmt: skip

    def __iter__(self) -> Iterator[Wire]:
        while True:
            yield self._random.choice(self._kinds)()

    def _command(self) -> dict[str, Any]:
        return dict(self._random.choice(VALID))

    def text(self) -> str:
        letters = self._random.choice([string.printable, '{}[]",:0123456789.eE+-', "\x00\x01\x7f", "äß日本\U0001f40d\u202e"])
        return "".join(self._random.choices(letters, k=self._random.randrange(200)))

    def truncated(self) -> str:
        whole = json.dumps(self._command())
        return whole[: self._random.randrange(len(whole))]

    def binary(self) -> bytes:
        return self._random.randbytes(self._random.randrange(500))

    def other_json(self) -> str:
        return json.dumps(
            self._random.choice([0, -1.5, True, None, "pause", [], [self._command()], {}, {"type": None}, {"a": 1}])
        )

    def deep(self) -> str:
        depth = self._random.randrange(200, 50_000)
        return self._random.choice(["[" * depth, '{"type":' * depth, "[" * depth + "]" * depth])

    def surrogate(self) -> str:
        escape = self._random.choice(["\\ud800", "\\udfff", "\\ud800\\ud800", "\\u12", "\\x00"])
        return f'{{"type": "pause", "id": "{escape}"}}'

    def number(self) -> str:
        value = self._random.choice(
            ["1e999", "9" * 5000, "-" + "9" * 400, "NaN", "-Infinity", "0x10", "01", "1.", "1e-999999999"]
        )
        return f'{{"type": "step", "count": {value}}}'

    def twice(self) -> str:
        return '{"type": "pause", "type": "step", "count": 1, "count": 0}'

    def mutated(self) -> str:
        """A command with something left out, added or replaced, that does not fit the protocol any more."""
        while True:
            command = self._command()
            name = self._random.choice(list(command))
            change = self._random.randrange(4)
            if change == 0:
                del command[name]
            elif change == 1:
                command[self._random.choice(["x", "Type", "__proto__", "count ", "\x00"])] = self._random.choice(WRONG)
            elif change == 2 or not isinstance(command[name], dict | list):
                command[name] = self._random.choice(WRONG)
            elif isinstance(command[name], list):
                command[name] = [*command[name], self._random.choice(WRONG)] * self._random.randrange(1, 40)
            else:
                command[name] = command[name] | {self._random.choice([*command[name], "y"]): self._random.choice(WRONG)}
            if not _fits(command):
                return json.dumps(command)

    def impossible(self) -> str:
        return json.dumps(self._random.choice(REFUSED_BY_THE_ENGINE))

    def long(self) -> Wire:
        """Longer than a command may be, in one way or another."""
        size = self._random.choice([1_100_000, 2_000_000, 9_000_000])
        return self._random.choice(
            [
                "x" * size,
                json.dumps({"type": "pause", "id": "x" * size}),
                json.dumps({"type": "x" * size}),
                json.dumps({"type": "step", "y" * size: 1}),
                json.dumps({"type": "configure", "spec": {"x" * 1_000_000: "y" * (size - 1_000_000)}}),
                json.dumps({"type": "race_load", "script": "[" * size}),
                json.dumps([0] * (size // 4)),
                bytes(size),
                '{"type": "step", "count": ' + "9" * size + "}",
            ]
        )
