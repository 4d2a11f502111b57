"""Long JSON is read and written a piece at a time, and is what it is in one go."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from engine.parts import giving_way
from server.keeping.packing import pack, unpack
from server.protocol import long_json

DICE = random.Random(0)
ROWS = [[round(DICE.uniform(-9, 9), 3) for _ in range(50)] for _ in range(3000)]
LONG: dict[str, Any] = {
    "type": "configure",
    "spec": {"data": {"train_x": ROWS, "train_y": [1, 2.5e-3] * 30_000, "test_x": None}, "layers": [], "loss": {}},
    "edits": [{"step": 1, "value": [1, [2, 'é"\\']]}] * 700,
    "né": [True, None, "", [[]], [[1], [2, 3]]],
}
COMPACT = json.dumps(LONG, separators=(",", ":"), ensure_ascii=False)


class Counted:
    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> None:
        self.times += 1


def test_it_is_written_in_pieces_as_in_one_go() -> None:
    with giving_way(counted := Counted()):
        assert long_json.written(LONG) == COMPACT
    assert counted.times > 10
    for value in ({}, [], "x", None, 1.5, {"a": []}, [{}], LONG["né"], (1, 2)):
        assert json.loads(long_json.written(value)) == json.loads(json.dumps(value))
    with pytest.raises(ValueError, match="not JSON compliant"):
        long_json.written({"x": [1.0, float("nan")]})
    assert unpack(pack(LONG)) == LONG


@pytest.mark.parametrize("indent", [None, 1])
def test_it_is_read_in_pieces_as_in_one_go(indent: int | None) -> None:
    text = json.dumps(LONG, indent=indent)
    with giving_way(counted := Counted()):
        assert long_json.read(text) == LONG
    assert counted.times > 5
    within = json.dumps({"type": "load", "script": text})
    assert long_json.read(within) == json.loads(within), "what looks like a field within a text is none"


@pytest.mark.parametrize(
    ("old", "new"),
    [("}", ""), ("],[", ",,["), ("]],", "]],[[1]],"), ("[[", "[[["), ("null", "\ue0000"), ("2.5", "02.5"), ("2.5", "NaN")],
)
def test_what_is_no_json_is_refused_in_the_words_of_one_go(old: str, new: str) -> None:
    text = COMPACT[:-1] if not new else COMPACT.replace(old, new, 1)
    with pytest.raises(ValueError) as expected:
        long_json._read(text)
    with pytest.raises(ValueError, match="^" + str(expected.value).split(" at ")[0].replace("[", r"\[")):
        long_json.read(text)


@pytest.mark.parametrize("mark", ["\ue000", "\\ue000", "\\uE000"])
def test_a_text_that_looks_like_a_mark_is_a_text(mark: str) -> None:
    text = COMPACT[:-1] + f',"title":"{mark}0"}}'
    assert long_json.read(text)["title"] == "\ue0000"
