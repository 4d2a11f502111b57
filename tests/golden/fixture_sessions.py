"""What the sessions of the fixtures live through, told by pages without a screen. Their numbers are tame: no last digit grows
to a visible one within some hundred updates, nor does any decide when a run stops."""

from __future__ import annotations

import random
from typing import Any

from pages import Page

MOONS: dict[str, Any] = {
    "data": {"name": "moons", "samples": 80, "noise": 0.1, "validation_fraction": 0.2, "test_fraction": 0.3},
    "network": {"layers": [{"units": 5, "activation": "tanh"}, {"units": 4, "activation": "relu"}]},
    "optimizer": {"name": "adam", "lr": 0.02},
    "regularization": {"l2": 0.001},
    "batch_size": 8,
    "seed": 3,
}
NORMALIZED: dict[str, Any] = {
    "data": {"name": "gaussians", "samples": 90, "features": ["x", "y", "xy"], "standardize": True},
    "network": {
        "layers": [
            {"units": 6, "activation": "gelu", "norm": "batch"},
            {"units": 6, "activation": "prelu", "dropout": 0.2},
            {"units": 4, "activation": "silu", "norm": "layer", "skip": 2},
        ],
        "initializer": {"name": "he_normal"},
    },
    "optimizer": {"name": "nesterov", "lr": 0.02},  # batch norm leaves a bias no slope; Adam would make rounding large
    "schedule": {"name": "cosine", "warmup": 10},
    "clip": {"norm": 1.0},
    "batch_size": 16,
    "eval_every": 4,
    "seed": 11,
}
STOPPED: dict[str, Any] = {
    "data": {"name": "circle", "samples": 80, "noise": 0.15, "validation_fraction": 0.3},
    "network": {"layers": [{"units": 6, "activation": "tanh"}]},
    "optimizer": {"name": "rmsprop", "lr": 0.01},
    "schedule": {"name": "plateau"},
    "batch_size": 10,
    "stop": {"patience": 4},
    "seed": 5,
}
DIVERGED: dict[str, Any] = {
    "data": {"name": "sine", "samples": 40},
    "network": {"layers": [{"units": 4, "activation": "relu"}]},
    "optimizer": {"name": "momentum", "lr": 50.0, "beta": 0.9},
    "batch_size": "full",
    "eval_every": 1,
    "seed": 2,
}
RACED: dict[str, Any] = {
    "data": {"name": "xor", "samples": 60},
    "network": {"layers": [{"units": 4}]},
    "batch_size": 5,
    "seed": 3,
}
SURFACE: dict[str, Any] = {
    "surface": {"name": "rosenbrock"},
    "start": [-1.2, 1.0],
    "noise": 0.05,
    "seed": 4,
    "max_steps": 400,
    "lanes": [
        {"optimizer": {"name": "sgd", "lr": 0.001}, "label": "plain"},
        {"optimizer": {"name": "adam", "lr": 0.03}, "schedule": {"name": "exponential"}},
        {"optimizer": {"name": "muon", "lr": 0.002}, "seed": 9},
    ],
}
FORMULA: dict[str, Any] = {
    "surface": {"name": "formula", "formula": "x**2 + 3*y**2 + sin(2*x)*y"},
    "start": [1.5, -1.0],
    "max_steps": 200,
    "lanes": [{"optimizer": {"name": "nesterov", "lr": 0.02}}, {"optimizer": {"name": "lion", "lr": 0.01}}],
}


def _set(path: str, value: Any) -> dict[str, Any]:
    return {"kind": "set", "path": path, "value": value}


def _begin(page: Page, spec: dict[str, Any], steps: int) -> None:
    page.run_info()
    page.do("configure", spec=spec)
    page.do("step", count=steps)


def history(page: Page) -> None:
    """Edits made in the past, each with the future it replaced; the last of them is taken back, and can be made again."""
    _begin(page, MOONS, 120)
    page.do("seek", step=60)
    page.do("edit", edit=_set("optimizer.lr", 0.05))
    page.do("step", count=60)
    page.do("edit", edit={"kind": "weight", "name": "W1", "index": [0, 1], "value": 0.75})
    page.do("step", count=30)
    page.do("edit", edit=_set("optimizer", {"name": "amsgrad", "lr": 0.01}))
    page.do("step", count=25)
    page.do("edit", edit=_set("batch_size", 5))
    page.do("step", count=15)
    page.do("undo")
    page.do("speed", speed={"unit": "epochs", "rate": 2})


def normalized(page: Page) -> None:
    """Norms, dropout, a skip, a schedule, clipping: all that a snapshot may hold."""
    _begin(page, NORMALIZED, 75)


def stopped(page: Page) -> None:
    page.run_info()
    page.do("configure", spec=STOPPED)
    page.do("play", speed={"unit": "flat"})
    page.until_state(lambda state: state["status"] == "stopped" and state["stop"]["kind"] == "early")


def diverged(page: Page) -> None:
    page.run_info()
    page.do("configure", spec=DIVERGED)
    page.do("play", speed={"unit": "flat"})
    page.until_state(lambda state: state["status"] == "stopped" and state["stop"]["kind"] == "non_finite")


def own_data(page: Page) -> None:
    """More of it than a link holds."""
    draw = random.Random(5)
    x = [[draw.gauss(0, 1), draw.gauss(0, 1)] for _ in range(500)]
    data = {"name": "inline", "task": "classification", "train_x": x, "train_y": [int(a * b > 0) for a, b in x]}
    _begin(page, {"data": data, "network": {"layers": [{"units": 4}]}, "batch_size": 20, "seed": 8}, 40)
    page.do("edit", edit=_set("optimizer.lr", 0.05))
    page.do("step", count=25)


def playing(page: Page) -> None:
    """Left while it plays, and not at its end for a day."""
    page.run_info()
    page.do("configure", spec={**MOONS, "seed": 6})
    page.do("play", speed={"unit": "steps", "rate": 100})
    page.until_state(lambda state: state["step"] > 60)


def surface(page: Page) -> None:
    page.run_info()
    page.do("race", spec=SURFACE, threshold=0.5)
    page.do("race_step", count=90)
    page.do("race_lane_retune", lane=1, optimizer={"name": "sgd", "lr": 0.0005})
    page.do("race_step", count=60)
    page.do("race_lane_add", lane={"optimizer": {"name": "rprop"}})
    page.do("race_seek", step=130)
    page.do("race_speed", speed={"unit": "steps", "rate": 30})


def formula(page: Page) -> None:
    page.run_info()
    page.do("race", spec=FORMULA)
    page.do("race_step", count=80)


def network(page: Page) -> None:
    """Beside a race on a surface, which every session may have too."""
    _begin(page, RACED, 10)
    lanes = [
        {"optimizer": {"name": "sgd", "lr": 0.1}},
        {"optimizer": {"name": "adam", "lr": 0.02}, "batch_size": 10, "label": "larger batches"},
        {"optimizer": {"name": "adagrad", "lr": 0.1}, "initializer": {"name": "orthogonal"}, "seed": 7},
    ]
    page.do("network", lanes=lanes, threshold=0.3)
    page.do("network_step", count=40)
    page.do("network_lane_retune", lane=1, optimizer={"name": "sgd", "lr": 0.05})
    page.do("network_step", count=30)
    page.do("network_seek", step=62)
    page.do("race", spec=FORMULA)


def questions(page: Page) -> None:
    """Two numbers withheld, one of them with its sign answered; a third answered to the end."""
    _begin(page, {**MOONS, "batch_size": 2, "network": {"layers": [{"units": 3}]}}, 12)
    for micro, row, column in ((2, 1, 0), (13, 2, 1), (15, 0, 1)):  # of z1, delta1, dW1
        page.do("ask", micro=micro, row=row, column=column)
    page.do("answer", question=2, answer=1)
    for _ in range(3):
        page.do("answer", question=3, answer=None)


LIVES = {
    "history": history,
    "normalized": normalized,
    "stopped": stopped,
    "diverged": diverged,
    "own_data": own_data,
    "surface": surface,
    "formula": formula,
    "network": network,
    "questions": questions,
    "playing": playing,
}
"""By the name under which a session is recorded; the one that plays is begun last."""
