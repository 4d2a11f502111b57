"""Of a list that is wrong in every entry the first is told: there may be a million."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from engine import RunSpec
from engine.race.on_network import NetworkRaceSpec
from engine.race.spec import RaceSpec
from engine.script.replay import ScriptData

MANY = 500
INLINE = {"name": "inline", "task": "regression", "train_x": [[1.0]], "train_y": [1.0]}
LANE = {"optimizer": {"name": "sgd"}}
WEIGHT = {"kind": "weight", "name": "W1", "value": 1.0}


@pytest.mark.parametrize(
    ("model", "given"),
    [
        *((RunSpec, {"data": INLINE | {name: [["x"] * MANY] * MANY}}) for name in ("train_x", "validation_x", "test_y")),
        *((RunSpec, {"data": INLINE | {name: [None] * MANY}}) for name in ("train_y", "classes", "columns", "features")),
        (RunSpec, {"data": {"features": [None] * MANY}}),
        (RunSpec, {"network": {"layers": [None] * MANY}}),
        (ScriptData, {"spec": {}, "edits": [{"kind": "set"}] * MANY}),
        (ScriptData, {"spec": {}, "edits": [WEIGHT | {"index": [None] * MANY}]}),
        (RaceSpec, {"lanes": [None] * MANY}),
        (RaceSpec, {"lanes": [LANE | {"retunes": [None] * MANY}]}),
        (NetworkRaceSpec, {"run": {}, "lanes": [None] * MANY}),
    ],
)
def test_the_first_wrong_entry_is_told(model: type[BaseModel], given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as refusal:
        model.model_validate(given)
    assert refusal.value.error_count() <= 2  # targets may be numbers, or lists of them
    assert 0 in refusal.value.errors()[0]["loc"]
