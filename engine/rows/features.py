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


PLAYGROUND = "https://github.com/tensorflow/playground/blob/master/src/playground.ts"

FEATURES = by_name(
    (
        Feature(
            "x",
            "x",
            "The first coordinate, across.",
            "as in TensorFlow Playground",
            r"x",
            link=PLAYGROUND,
            example="""\
>>> from engine.rows.features import expand
>>> print(expand(np.array([[2.0, 3.0]]), ("x", "y"), ("x",)))
[[2.]]
""",
            of=("x",),
            function=lambda x: x,
        ),
        Feature(
            "y",
            "y",
            "The second coordinate, up.",
            "as in TensorFlow Playground",
            r"y",
            link=PLAYGROUND,
            example="""\
>>> from engine.rows.features import expand
>>> print(expand(np.array([[2.0, 3.0]]), ("x", "y"), ("y",)))
[[3.]]
""",
            of=("y",),
            function=lambda y: y,
        ),
        Feature(
            "x2",
            "x²",
            "The square of x.",
            "as in TensorFlow Playground",
            r"x^2",
            link=PLAYGROUND,
            example="""\
>>> from engine.rows.features import expand
>>> print(expand(np.array([[2.0, 3.0]]), ("x", "y"), ("x2",)))
[[4.]]
""",
            of=("x",),
            function=lambda x: x * x,
        ),
        Feature(
            "y2",
            "y²",
            "The square of y.",
            "as in TensorFlow Playground",
            r"y^2",
            link=PLAYGROUND,
            example="""\
>>> from engine.rows.features import expand
>>> print(expand(np.array([[2.0, 3.0]]), ("x", "y"), ("y2",)))
[[9.]]
""",
            of=("y",),
            function=lambda y: y * y,
        ),
        Feature(
            "xy",
            "xy",
            "The product of both.",
            "as in TensorFlow Playground",
            r"xy",
            link=PLAYGROUND,
            example="""\
>>> from engine.rows.features import expand
>>> print(expand(np.array([[2.0, 3.0]]), ("x", "y"), ("xy",)))
[[6.]]
""",
            of=("x", "y"),
            function=lambda x, y: x * y,
        ),
        Feature(
            "sin_x",
            "sin x",
            "A wave across.",
            "as in TensorFlow Playground",
            r"\sin x",
            link=PLAYGROUND,
            example="""\
>>> from engine.rows.features import expand
>>> print(np.round(expand(np.array([[2.0, 3.0]]), ("x", "y"), ("sin_x",)), 4))
[[0.9093]]
""",
            of=("x",),
            function=np.sin,
        ),
        Feature(
            "sin_y",
            "sin y",
            "A wave up.",
            "as in TensorFlow Playground",
            r"\sin y",
            link=PLAYGROUND,
            example="""\
>>> from engine.rows.features import expand
>>> print(np.round(expand(np.array([[2.0, 3.0]]), ("x", "y"), ("sin_y",)), 4))
[[0.1411]]
""",
            of=("y",),
            function=np.sin,
        ),
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
