"""However long a message is and whatever it holds, it is refused within bounds, with its id, its field and what is allowed."""

from __future__ import annotations

import gc
import itertools
import json
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path as File
from typing import Any

import pytest
from pages import Page
from processes import ServerProcess
from schema_fields import Path, fields, holding

from server.activities import vocabulary
from server.settings import Settings
from server.wire.bounds import DEEPEST, Bounds, Refusal, bounds_of, dotted, judge

SETTINGS = Settings()
VOCABULARY = vocabulary()
BOUNDS = bounds_of(SETTINGS, VOCABULARY.long)
LONG = 130_000
"""Characters with which every change tries each field; the slow sweep takes as many as a message may have."""


def texts(size: int) -> str:
    return f'["{",".join(["x"] * 3)}"' + ',"x"' * (size // 4) + "]"


def text(size: int) -> str:
    return f'"{"x" * size}"'


def rows(size: int) -> str:
    return "[" + ",".join(['["x"]'] * (size // 6)) + "]"


def names(size: int) -> str:
    return "{" + ",".join(f'"n{n}":0' for n in range(size // 12)) + "}"


def deep(size: int) -> str:
    return "[" * (size // 2) + "]" * (size // 2)


WRONG: tuple[Callable[[int], str], ...] = (texts, text, rows, names, deep)


def places() -> Iterator[tuple[str, Path]]:
    """Every field of a command that may hold a list, a text or an object."""
    schema = VOCABULARY.schema()["commands"]
    for choice in schema["oneOf"]:
        name = choice["$ref"].rpartition("/")[2]
        command = schema["$defs"][name]
        kind = command["properties"]["type"]["const"]
        for path, kinds in fields(command, schema):
            if kinds & {"array", "string", "object"} and path and path[0] != "type":
                yield kind, path


PLACES = list(places())


def message(kind: str, path: Path, wrong: str) -> str:
    head = {} if path[0] == "id" else {"id": "seventh"}
    return json.dumps({"type": kind, **head, **holding(path, "HERE")}).replace('"HERE"', wrong)


def refused(kind: str, path: Path, wrong: Callable[[int], str], size: int, bounds: Bounds = BOUNDS) -> Refusal:
    sent = message(kind, path, wrong(size))
    answer = judge(sent, bounds)
    if answer is None:  # of an amount that is allowed; then it is the protocol's to refuse
        assert path in (("script",), ("text",)) or path[0] == "id", (kind, path, wrong.__name__)
        return Refusal("invalid", "", dotted(path), "")
    about = (kind, path, wrong.__name__, answer)
    assert path[0] == "id" or answer.id == "seventh", about
    named = [part for part in path if isinstance(part, str)]
    told = [part for part in (answer.field or "").split(".") if not part.isdigit()]
    assert told[:1] == named[:1] and (len(told) >= len(named) or wrong is deep), about
    assert answer.allowed and re.search(r"\d|number|JSON", answer.allowed) and answer.message, about
    return answer


@pytest.fixture
def uncollected() -> Iterator[None]:
    """As in the process that reads."""
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("uncollected")
def test_every_field_that_may_hold_much_is_bounded() -> None:
    assert {"train_y", "classes", "edits", "features", "label", "channels"} <= {
        str(part) for _, path in PLACES for part in path
    }
    for (kind, path), wrong in zip(PLACES, itertools.cycle(WRONG), strict=False):
        refused(kind, path, wrong, LONG)


@pytest.mark.usefixtures("uncollected")
@pytest.mark.slow(seconds=35)
@pytest.mark.parametrize("half", [0, 1])
def test_the_largest_message_wrong_in_every_cell_costs_no_more_than_a_right_one(half: int) -> None:
    """In time: what a right one takes to be read, some times over where it is nothing but names."""
    numbers = "[" + ",".join(["0.25"] * 100) + "]"
    right = message("configure", ("spec", "data", "train_x"), "[" + ",".join([numbers] * 15_000) + "]")
    begun = time.perf_counter()
    assert judge(right, BOUNDS) is None
    usual = time.perf_counter() - begun
    worst = 0.0
    long = [(kind, path) for kind, path in PLACES if kind in VOCABULARY.long]
    for (kind, path), wrong in list(zip(long, itertools.cycle(WRONG), strict=False))[half::2]:
        begun = time.perf_counter()
        refused(kind, path, wrong, int(0.98 * SETTINGS.max_inline_bytes))
        worst = max(worst, (time.perf_counter() - begun) / usual)
    print(f"\n{len(long)} fields; a right message takes {usual:.2f} s, the worst wrong one {worst:.1f} times that")
    assert worst < 40


@pytest.mark.parametrize("kind", ["load", "race_load", "network_load"])
def test_a_script_as_text_is_bounded_like_an_object(kind: str) -> None:
    script = json.dumps({"spec": {"data": {"train_y": ["x"] * 5_000}}, "edits": []})
    answer = judge(json.dumps({"type": kind, "id": 3, "script": script}), BOUNDS)
    assert answer is not None and (answer.field, answer.id) == ("script.spec.data.train_y.0", 3)
    script = json.dumps({"spec": {}, "edits": [{"kind": "set"}] * 5_000})
    answer = judge(json.dumps({"type": kind, "id": 3, "script": script}), BOUNDS)
    assert answer is not None and (answer.field, answer.limit) == ("script.edits", "max_history")
    answer = judge(json.dumps({"type": kind, "id": 3, "script": '{"spec":' * 50_000}), BOUNDS)
    assert answer is not None and (answer.field, answer.allowed) == ("script.spec", f"at most {DEEPEST} levels")


def test_what_is_right_passes_whatever_its_size() -> None:
    data: dict[str, Any] = {"name": "inline", "task": "classification", "train_y": [n % 2 for n in range(15_000)]}
    data |= {"train_x": [[0.5, "1.5"]] * 15_000, "test_x": [[1, 2]] * 5_000, "test_y": [0] * 5_000, "classes": ["a", "b"]}
    assert judge(json.dumps({"type": "configure", "spec": {"data": data}}), BOUNDS) is None
    edits = [{"kind": "set", "path": "optimizer.lr", "value": 0.01, "step": n} for n in range(SETTINGS.max_history)]
    script = {"spec": {"data": data}, "edits": edits}
    assert judge(json.dumps({"type": "load", "script": json.dumps(script)}), BOUNDS) is None


def peak(pid: int) -> int:
    """Bytes that a process has had at most."""
    found = re.search(r"VmHWM:\s+(\d+) kB", File(f"/proc/{pid}/status").read_text())
    assert found is not None
    return int(found[1]) * 1024


@pytest.mark.skipif(not File("/proc/self/status").exists(), reason="reads the memory of a process from /proc")
@pytest.mark.slow(seconds=40)
def test_a_server_refuses_the_largest_message_at_once_and_forgets_it() -> None:
    """1.5 million cells of text for targets once took half a minute and gigabytes."""
    with ServerProcess("sqlite://") as server, Page(server.socket) as page:
        page.run_info()
        before, took = peak(server.process.pid), {}
        for name, sent in (
            ("right", {"train_x": [[0.25] * 10] * 20_000, "train_y": [0.5] * 20_000}),
            ("wrong", {"train_x": [[0.25]], "train_y": ["ab"] * 1_300_000}),
        ):
            begun = time.monotonic()
            answer = page.ask("configure", spec={"data": {"name": "inline", "task": "regression", **sent}})
            took[name] = time.monotonic() - begun
            grown = peak(server.process.pid) - before
            print(f"\n{name}: {took[name]:.2f} s, {grown / 1e6:.0f} MB more: {answer}")
        assert (answer["code"], answer["field"], answer["id"]) == ("limit", "spec.data.train_y", answer["id"])
        assert "20000" in answer["allowed"] and grown < 400_000_000
        page.do("step")
