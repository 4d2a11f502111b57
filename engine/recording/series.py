"""The recorded series: losses, accuracies and norms at steps fixed by the spec, watched or not.

Every branch has its line, which begins as a copy of its parent's up to the fork. At 4,000 points the line's interval doubles.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.array import Array
from engine.kernels.codes import SERIES_COLUMNS

MOST_POINTS = 4000
STEP = SERIES_COLUMNS.index("step")
FIRST_COLUMNS = (
    "step",
    "epoch",
    "train_loss",
    "train_accuracy",
    "validation_loss",
    "validation_accuracy",
    "test_loss",
    "test_accuracy",
    "gradient_norm",
    "weight_norm",
)
"""The columns of series that were kept without their names: as they were before the names were kept."""


class Series:
    """One line of points, (n, columns); `revision` changes when points that were there are not any more."""

    names = SERIES_COLUMNS

    def __init__(self, points: Array | None = None, revision: int = 0, doublings: int = 0) -> None:
        self.points = np.zeros((0, len(SERIES_COLUMNS))) if points is None else points
        self.revision = revision
        self.doublings = doublings

    @staticmethod
    def arranged(points: Array, columns: Sequence[str]) -> Array:
        """Points that were kept with these columns, as points of a line: what they lack is NaN, what is no more is left out."""
        if tuple(columns) == SERIES_COLUMNS:
            return points
        at = {name: points[:, i] for i, name in enumerate(columns)}
        return np.column_stack([at.get(name, np.full(len(points), np.nan)) for name in SERIES_COLUMNS])

    def __len__(self) -> int:
        return len(self.points)

    def columns(self, start: int = 0) -> dict[str, Array]:
        """Name -> values from point `start` on, (n - start,) each."""
        return {name: np.ascontiguousarray(self.points[start:, i]) for i, name in enumerate(self.names)}

    @property
    def last_step(self) -> int:
        return int(self.points[-1, STEP]) if len(self.points) else -1

    def until(self, step: int) -> Series:
        """The line up to a step, on its own from here on."""
        kept = int(np.searchsorted(self.points[:, STEP], step, side="right"))
        return Series(self.points[:kept].copy(), self.revision + (kept < len(self.points)), self.doublings)

    def append(self, points: Array) -> bool:
        """Add points (n, columns); true where the interval was doubled."""
        if not len(points):
            return False
        self.points = np.vstack([self.points, points])
        if len(self.points) < MOST_POINTS:
            return False
        self.thin()
        return True

    def thin(self) -> None:
        """Double the interval: every second point is left out."""
        self.points = np.ascontiguousarray(self.points[::2])
        self.revision += 1
        self.doublings += 1
