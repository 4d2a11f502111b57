"""Heights as they are drawn: above the least, on a logarithmic scale, in bands whose edges are round numbers."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from engine.array import Array

BANDS = 12


def floor_of(gap: Array) -> float:
    """What is added to heights above the least, so that the least itself has a logarithm. Not all may be NaN."""
    return max(float(np.nanquantile(gap, 0.005)), 1e-9 * float(np.nanmax(gap)), 1e-300)


def ends_of(level: Array) -> tuple[float, float]:
    """The lowest and the highest that is drawn."""
    return (float(np.nanmin(level)), float(np.nanmax(level))) if np.isfinite(level).any() else (0.0, 1.0)


def contours_of(low: float, high: float) -> dict[str, Any]:
    """The contours' first, last and distance."""
    size = level_size((high - low) / BANDS)
    return {"start": math.ceil(low / size) * size, "end": math.floor(high / size) * size, "size": size}


def level_size(value: float) -> float:
    """1, 2 or 5 times a power of ten, at least as large."""
    if not (value > 0.0 and math.isfinite(value)):
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(factor * power for factor in (1.0, 2.0, 5.0, 10.0) if factor * power >= value * (1.0 - 1e-9))
