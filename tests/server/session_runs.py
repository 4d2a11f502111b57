"""The small run that a session's tests make, and the same run made directly."""

from __future__ import annotations

from typing import Any

from pages import Page

from engine import RunSpec, Trainer

SPEC: dict[str, Any] = {
    "data": {"name": "moons", "samples": 80, "noise": 0.1},
    "network": {"layers": [{"units": 4, "activation": "tanh"}, {"units": 3, "activation": "relu"}]},
    "optimizer": {"name": "momentum", "lr": 0.05},
    "batch_size": 8,
    "seed": 5,
}
FLAT = {"unit": "flat"}


def trainer(**changes: Any) -> Trainer:
    return Trainer(RunSpec.model_validate(SPEC | changes))


def begun(page: Page, *channels: str, **changes: Any) -> None:
    page.run_info()
    page.do("configure", spec=SPEC | changes)
    page.do("subscribe", channels=list(channels))
