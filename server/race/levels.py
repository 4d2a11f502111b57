"""Heights as they are drawn: above the least, on a logarithmic scale; and at which of them contours are drawn: at round
numbers, as much of the picture between two as between the next two."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from engine.array import Array

BANDS = 12
FEWEST, MOST = 12, 18
"""Contours of a picture."""
FLOOR = (0.001, 0.006, 0.02, 0.05)
"""Shares of the picture that lie lower: minima and valleys are small, and it is there that lanes are told apart."""


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


def contour_values(heights: Array) -> list[float]:
    """The values at which contours are drawn, rising: of what is in view one in each of some equal parts, the roundest in the
    middle of it; 12 to 18 of them where the heights have so many values. What is not finite does not count."""
    seen = np.sort(heights[np.isfinite(heights)], axis=None)
    found: list[float] = []
    if not seen.size or seen[0] == seen[-1]:
        return found
    for parts in (12, 18, 30, 60, 120):  # more where much of the picture is flat: a flat part has none
        edges = np.quantile(seen, [*FLOOR[:-1], *np.linspace(FLOOR[-1], 1.0, parts + 1)]).tolist()
        found = []
        for low, high in pairwise(edges):
            inset = 0.15 * (high - low)
            value = roundest(low + inset, high - inset) if inset > 0.0 else low
            if inset > 0.0 and seen[0] < value < seen[-1] and (not found or value > found[-1]):
                found.append(value)
        if len(found) >= FEWEST:
            break
    if len(found) > MOST:
        found = [found[i] for i in np.linspace(0, len(found) - 1, MOST).round().astype(int)]
    return found


def roundest(low: float, high: float) -> float:
    """The number of the fewest digits between two, the nearest to their middle where there are several."""
    middle = (low + high) / 2.0
    if not low < high:
        return middle
    power = 10.0 ** (math.floor(math.log10(high - low)) + 1)
    for size in (power, power / 2.0, power / 5.0, power / 10.0):
        nearest = float(f"{round(middle / size) * size:.12g}")
        if low <= nearest <= high:
            return nearest
    return middle


def positions(heights: Array, contours: list[float]) -> tuple[Array, int]:
    """Where on the colour scale heights lie: a contour at its own number, 1 the first, 0 the least in view; and the scale's
    end, the highest."""
    seen = heights[np.isfinite(heights)]
    if not seen.size or seen.min() == seen.max():
        return np.where(np.isfinite(heights), 0.0, np.nan), 1
    edges = [float(seen.min()), *contours, float(seen.max())]
    return np.interp(heights, edges, np.arange(len(edges))), len(edges) - 1
