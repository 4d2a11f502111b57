"""Features of plane and line data: what the network is given of a point (x, y)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from engine.array import Array
from engine.rows.row import Row, by_name


@dataclass(frozen=True)
class Feature(Row):
    """A function of the coordinates, (n,) each; `of`: the columns it needs."""

    of: tuple[str, ...] = ("x",)
    function: Callable[..., Array] = np.positive
    internal: ClassVar[tuple[str, ...]] = ("function",)


FEATURES = by_name(
    (
        Feature("x", "x", "across", "", r"x", of=("x",), function=lambda x: x),
        Feature("y", "y", "up", "", r"y", of=("y",), function=lambda y: y),
        Feature("x2", "x²", "the square of x", "", r"x^2", of=("x",), function=lambda x: x * x),
        Feature("y2", "y²", "the square of y", "", r"y^2", of=("y",), function=lambda y: y * y),
        Feature("xy", "xy", "the product", "", r"xy", of=("x", "y"), function=lambda x, y: x * y),
        Feature("sin_x", "sin x", "a wave across", "", r"\sin x", of=("x",), function=np.sin),
        Feature("sin_y", "sin y", "a wave up", "", r"\sin y", of=("y",), function=np.sin),
    )
)

ALIASES = {feature.title: name for name, feature in FEATURES.items()} | {
    "x^2": "x2",
    "y^2": "y2",
    "sin(x)": "sin_x",
    "sin(y)": "sin_y",
}


def features_for(columns: tuple[str, ...]) -> tuple[str, ...]:
    """Names of the features that can be made of these columns."""
    return tuple(name for name, feature in FEATURES.items() if set(feature.of) <= set(columns))


def expand(raw: Array, columns: tuple[str, ...], names: tuple[str, ...]) -> Array:
    """(n, columns) -> (n, features)."""
    at = {column: raw[:, i] for i, column in enumerate(columns)}
    return np.column_stack([FEATURES[name].function(*(at[column] for column in FEATURES[name].of)) for name in names])
