"""What a page does that races on the network, and the engine's own numbers beside it."""

from __future__ import annotations

from typing import Any

import numpy as np
from pages import Page

from engine import RunSpec, Trainer

SPEC: dict[str, Any] = {
    "data": {"name": "moons", "samples": 60, "noise": 0.1},
    "network": {"layers": [{"units": 4}]},
    "optimizer": {"name": "momentum", "lr": 0.05},
    "batch_size": 5,
    "seed": 3,
    "stop": {"max_steps": 4000},
}
CHANNELS = ["network_ways", "network_standings", "network_curves", "network_maps", "network_surface", "study"]


def begun(page: Page, lanes: list[dict[str, Any]] | None = None, **changes: Any) -> dict[str, Any]:
    page.run_info()
    page.do("configure", spec=SPEC | changes)
    page.do("subscribe", channels=CHANNELS)
    page.do("network", **({} if lanes is None else {"lanes": lanes}))
    return next(event for event in reversed(page.events) if event["type"] == "network")


def newest(page: Page, type: str) -> dict[str, Any]:
    return next(event for event in reversed(page.events) if event["type"] == type)


def alone(steps: int, **changes: Any) -> Trainer:
    trainer = Trainer(RunSpec.model_validate(SPEC | changes))
    trainer.step(steps)
    return trainer


def studied(page: Page, type: str, **fields: Any) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    number = page.do(type, **fields)["result"]["study"]
    header, arrays = page.frame(
        "study", lambda h: h["meta"]["study"]["number"] == number and h["meta"]["study"]["state"] != "running"
    )
    assert header["meta"]["study"]["state"] == "done", header["meta"]["study"]
    return header["meta"], arrays
