"""The race a room opens with: six rules in Rosenbrock's valley, each at the best of the rates 1, 3, 4 times a power of ten that
it was tried at."""

from __future__ import annotations

from typing import Any

OPENING: dict[str, Any] = {
    "surface": {"name": "rosenbrock"},
    "start": [-1.3, 1.6],
    "max_steps": 1000,
    "lanes": [
        {"optimizer": {"name": "sgd", "lr": 0.001}},
        {"optimizer": {"name": "momentum", "lr": 0.0004}},
        {"optimizer": {"name": "nesterov", "lr": 0.0004}},
        {"optimizer": {"name": "adagrad", "lr": 0.3}},
        {"optimizer": {"name": "rmsprop", "lr": 0.01}},
        {"optimizer": {"name": "adam", "lr": 0.03}},
    ],
}
