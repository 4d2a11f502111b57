"""Minima of a formula, found in its domain: Newton's method from the lowest places of a grid.

The gradient vanishes where one is found, and nothing curves downwards. That there is no lower one between two places of the
grid is not proved; so whoever tells of it says that it was found, and where."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike

from engine.array import Array
from engine.surfaces.row import Minimum, minima_at

SIDE = 65
"""Points along a side of the grid: its middle is one of them."""
MOST_STARTS = 24
STEPS = 60
LEVEL = 1e-6
"""Of the largest curvature times a cell's length: a gradient no longer than that vanishes."""
FLAT = 1e-8
"""Of the largest curvature: less is none."""
SAME = 1e-5
"""Of the domain's reach: no farther apart are two ends the same minimum."""


class Values(Protocol):
    """f (n,), gradient (n, 2) and Hessian (n, 2, 2)."""

    @property
    def value(self) -> Array: ...
    @property
    def gradient(self) -> Array: ...
    @property
    def hessian(self) -> Array: ...


class Function(Protocol):
    """What `engine.surfaces.function.SurfaceFunction` is here."""

    def at(self, points: ArrayLike) -> Values: ...
    def grid(self, columns: int, rows: int) -> tuple[Array, Array, Array]: ...


def minima_of(surface: Function) -> list[Minimum]:
    """Those in its domain; none where f goes on falling beyond them, as towards the domain's edge, for then none is its
    least."""
    across, up, heights = surface.grid(SIDE, SIDE)
    heights = np.where(np.isfinite(heights), heights, np.inf)
    if not np.isfinite(heights).any():
        return []
    reach = max(across[-1] - across[0], up[-1] - up[0])
    found: list[tuple[float, float, float]] = []
    troughs: list[float] = []
    for j, i in _hollows(heights):
        end = _settle(surface, np.array([across[i], up[j]]), reach / (SIDE - 1))
        if end is None or not (across[0] <= end[0] <= across[-1] and up[0] <= end[1] <= up[-1]):
            continue
        here = surface.at([end])
        value, curvatures = float(here.value[0]), np.linalg.eigvalsh(here.hessian[0])
        if any(np.hypot(end[0] - x, end[1] - y) <= SAME * reach for x, y, _ in found):
            continue
        if curvatures[0] <= FLAT * np.abs(curvatures).max():  # of a line of equal minima one is enough
            if any(abs(value - other) <= 1e-9 * (1.0 + abs(other)) for other in troughs):
                continue
            troughs.append(value)
        found.append((float(end[0]), float(end[1]), value))
    least = min((value for _, _, value in found), default=np.inf)
    lowest = float(heights.min())
    if not found or lowest < least - 1e-9 * (1.0 + abs(least)):
        return []
    return minima_at(*sorted(found, key=lambda point: point[2]))


def _hollows(heights: Array) -> list[tuple[int, int]]:
    """Places of the grid as low as each of their neighbours, the lowest first."""
    padded = np.pad(heights, 1, constant_values=np.inf)
    rows, columns = heights.shape
    around = [padded[1 + j : 1 + j + rows, 1 + i : 1 + i + columns] for j in (-1, 0, 1) for i in (-1, 0, 1) if i or j]
    low = np.isfinite(heights) & np.all([heights <= other for other in around], axis=0)
    places = np.argwhere(low)
    order = np.argsort(heights[low], kind="stable")[:MOST_STARTS]
    return [(int(j), int(i)) for j, i in places[order]]


def _settle(surface: Function, point: Array, longest: float) -> Array | None:
    """Newton's method with curvatures made positive, steps no longer than a cell of the grid and halved until f falls, as far
    as it falls; None where that is no minimum."""
    for _ in range(STEPS):
        here = surface.at([point])
        if not (np.isfinite(here.gradient).all() and np.isfinite(here.hessian).all()):
            return None
        step = _newton_step(here.gradient[0], here.hessian[0], longest)
        for _ in range(STEPS):
            value = surface.at([point + step]).value[0]
            if np.isfinite(value) and value < here.value[0]:
                break
            step *= 0.5
        else:
            break
        point = point + step
    point = _polished(surface, point)
    here = surface.at([point])
    curvatures = np.linalg.eigvalsh(here.hessian[0])
    top = float(np.abs(curvatures).max())
    level = float(np.hypot(*here.gradient[0])) <= LEVEL * top * longest
    return point if level and curvatures[0] >= -FLAT * top else None


def _polished(surface: Function, point: Array) -> Array:
    """f falls no further to rounding; its gradient may: plain Newton steps, as long as they make it smaller."""
    for _ in range(3):
        here = surface.at([point])
        if np.linalg.matrix_rank(here.hessian[0]) < 2:
            break
        other = point - np.linalg.solve(here.hessian[0], here.gradient[0])
        there = surface.at([other])
        if not np.hypot(*there.gradient[0]) < np.hypot(*here.gradient[0]):
            break
        point = other
    return point


def _newton_step(gradient: Array, hessian: Array, longest: float) -> Array:
    curvatures, axes = np.linalg.eigh(hessian)
    sizes = np.abs(curvatures)
    step: Array = -axes @ ((axes.T @ gradient) / np.maximum(sizes, max(FLAT * sizes.max(), 1e-300)))
    length = float(np.hypot(*step))
    return step * min(1.0, longest / length) if 0.0 < length < np.inf else np.zeros(2)
