"""A surface on paper: its contours over a part of the plane, as lines of an SVG."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from engine.array import Array
    from engine.surfaces.function import SurfaceFunction

GRID = 49
"""Points of it along each side."""
SHARES = (0.02, 0.06, 0.13, 0.22, 0.33, 0.45, 0.58, 0.72, 0.86)
"""Of the picture that lie below each contour."""


def contours(surface: SurfaceFunction) -> list[Array]:
    """Of each contour its pieces (n, 2 ends, 2), as parts of the plane's width and height from its lower left."""
    heights = surface.grid(GRID, GRID)[2]
    finite = heights[np.isfinite(heights)]
    if finite.size == 0:
        return []
    return [pieces(heights, float(level)) for level in np.unique(np.quantile(finite, SHARES))]


def pieces(heights: Array, level: float) -> Array:
    """Where a height is crossed within each triangle of the grid (rows, columns): a straight line each. Of a square all four
    sides may be crossed, and nothing would say which belong together."""
    rows, columns = heights.shape
    down, across = np.meshgrid(np.arange(rows - 1), np.arange(columns - 1), indexing="ij")
    corners = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    found = []
    for triangle in ((0, 1, 3), (0, 2, 3)):
        y, x = (
            np.stack([start + corners[corner][side] for corner in triangle], axis=-1).reshape(-1, 3)
            for side, start in enumerate((down, across))
        )
        z = heights[y, x] - level
        above, known = z > 0.0, np.isfinite(z).all(axis=1)
        for alone in range(3):  # the corner on the other side of the level
            a, b, c = alone, (alone + 1) % 3, (alone + 2) % 3
            cut = known & (above[:, a] != above[:, b]) & (above[:, a] != above[:, c])
            ends = [_between(x, y, z, cut, a, other) for other in (b, c)]
            found.append(np.stack(ends, axis=1))
    crossed: Array = np.concatenate(found) / (columns - 1, rows - 1)
    return crossed


def _between(x: Array, y: Array, z: Array, cut: Array, one: int, other: int) -> Array:
    """Where the line from a corner to another is at 0."""
    part = z[cut, one] / (z[cut, one] - z[cut, other])
    return np.stack([side[cut, one] + part * (side[cut, other] - side[cut, one]) for side in (x, y)], axis=-1)
