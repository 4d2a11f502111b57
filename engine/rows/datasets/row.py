"""What a data set's row is.

A generator gives raw samples and their targets; splitting, features and scaling are `engine.dataset`'s matter. Plane data live
in [-6, 6]^2; `noise` is the standard deviation of a jitter: of the coordinates for classes, of the target for regression.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np

from engine.array import Array
from engine.randomness import generator
from engine.rows.row import Parameter, Row

Raw = tuple[Array, Array]  # samples (n, columns), targets (n,): class indices or values
Task = Literal["classification", "regression"]
Kind = Literal["plane", "line", "table", "image"]
HALF_WIDTH = 6.0

SAMPLES = Parameter(
    "samples", "samples", "N", 500, "int", minimum=10, maximum=20_000, summary="train, validation and test together"
)
NOISE = Parameter("noise", "noise", "", 0.1, minimum=0.0, maximum=5.0, summary="standard deviation of the jitter")


@dataclass(frozen=True)
class DatasetRow(Row):
    """A data set. `make(random, n, noise)` for drawn ones, `load()` for real ones; `standardize`: whether it is best scaled."""

    task: Task = "classification"
    kind: Kind = "plane"
    classes: tuple[str, ...] = ()
    make: Callable[[np.random.Generator, int, float], Raw] | None = None
    load: Callable[[], tuple[Array, Array, tuple[str, ...]]] | None = None
    standardize: bool = False
    image_shape: tuple[int, int] | None = None
    internal: ClassVar[tuple[str, ...]] = ("make", "load")

    def raw(self, samples: int, noise: float, seed: int) -> tuple[Array, Array, tuple[str, ...]]:
        """Samples (n, columns), targets (n,) and column names."""
        if self.load is not None:
            return self.load()
        assert self.make is not None
        x, y = self.make(generator(seed, "data"), samples, noise)
        return x, y, ("x", "y")[: x.shape[1]]

    def as_json(self) -> dict[str, Any]:
        row = super().as_json()
        preview = None
        if self.make is not None:
            x, y = self.make(generator(0, "data"), 80, 0.1)
            preview = {"x": x.round(3).tolist(), "y": y.round(3).tolist()}
        drawn = self.make is not None
        return row | {
            "samples": SAMPLES.default if drawn else None,
            "noise": NOISE.default if drawn else None,
            "preview": preview,
        }
