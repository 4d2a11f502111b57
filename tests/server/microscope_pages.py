"""A page whose run stands in the Step room: what it asks, and what it is refused."""

from __future__ import annotations

from typing import Any

from pages import Page

from engine import RunSpec, Trainer
from engine.microscope import (
    PRESETS,
)

SPEC: dict[str, Any] = {
    "data": {"name": "moons", "samples": 60, "noise": 0.1},
    "network": {"layers": [{"units": 5}, {"units": 4}]},
    "optimizer": {"name": "adam", "lr": 0.02},
    "regularization": {"l2": 0.01},
    "batch_size": 6,
    "seed": 4,
}
STEPS = 23


def begun(page: Page, steps: int = STEPS, **changes: Any) -> Trainer:
    """A run on the server, and the same one here."""
    page.run_info()
    page.do("configure", spec=SPEC | changes)
    page.do("step", count=steps)
    direct = Trainer(RunSpec.model_validate(SPEC | changes))
    direct.step(steps)
    return direct


def loaded(page: Page, preset: str) -> Trainer:
    page.run_info()
    page.do("load", script=PRESETS[preset].script)
    return Trainer.from_script(PRESETS[preset].script)


def result(page: Page, type: str, **fields: Any) -> dict[str, Any]:
    found: dict[str, Any] = page.do(type, **fields)["result"]
    return found


def refused(page: Page, type: str, **fields: Any) -> dict[str, Any]:
    answer = page.ask(type, **fields)
    assert answer["type"] == "error" and answer["code"] in ("invalid", "limit"), answer
    return answer
