"""Where each layer puts the points of the input space, and how that is drawn in two dimensions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from engine.array import Array
from engine.dataset import Dataset
from engine.evaluation.evaluator import Evaluator
from engine.parts import give_way

LINES = 13
"""Lines of the grid, either way."""
ALONG = 97
"""Points of a line: enough that a bent one looks smooth."""


@dataclass(frozen=True)
class Stop:
    """A place on the way through the network: h_l, or z_l before the activation. Layer 0 is the input."""

    layer: int
    kind: Literal["h", "z"]


@dataclass(frozen=True)
class Placed:
    """Points (n, 2) and grid (g, 2) as one stop has them. `axes` (2, d) are the directions drawn: the units themselves where
    there are two, else principal components; `shares` (2,) of the variance that these tell, None where all is drawn."""

    stop: Stop
    units: int
    points: Array
    grid: Array
    axes: Array
    shares: Array | None
    half: float
    centre: tuple[float, float]


def stops_of(layers: int, with_z: bool) -> list[Stop]:
    """From the input to the output."""
    found = [Stop(0, "h")]
    for layer in range(1, layers + 1):
        found += [Stop(layer, "z")] if with_z else []
        found.append(Stop(layer, "h"))
    return found


def grid_of(dataset: Dataset) -> Array:
    """Inputs (g, d_0) along the lines of a grid over the drawn plane, or along the drawn line; NaN between two lines. None
    (0, d_0) for tables and pictures, whose inputs are no plane."""
    if len(dataset.domain) == 1:
        (x0, x1) = dataset.domain[0]
        return np.ascontiguousarray(dataset.inputs_of(np.linspace(x0, x1, 2 * ALONG)[:, None]))
    if len(dataset.domain) != 2:
        return np.zeros((0, len(dataset.inputs)))
    (x0, x1), (y0, y1) = dataset.domain
    lines = []
    for at in np.linspace(x0, x1, LINES):
        lines.append(np.column_stack([np.full(ALONG, at), np.linspace(y0, y1, ALONG)]))
    for at in np.linspace(y0, y1, LINES):
        lines.append(np.column_stack([np.linspace(x0, x1, ALONG), np.full(ALONG, at)]))
    gap = np.full((1, len(dataset.inputs)), np.nan)
    return np.vstack([part for line in lines for part in (dataset.inputs_of(line), gap)][:-1])


def carried(evaluator: Evaluator, x: Array, stops: list[Stop]) -> list[Array]:
    """Inputs (n, d_0) as every stop has them, (n, units) each, in inference mode; NaN stays NaN."""
    there = np.isfinite(x).all(axis=1)
    inside = np.ascontiguousarray(x[there])
    found = [np.full((len(x), evaluator.tape.sizes[stop.layer]), np.nan) for stop in stops]
    own = [np.empty((len(inside), values.shape[1])) for values in found]
    nothing = np.zeros((len(inside), evaluator.tape.sizes[-1]))
    for first, count in evaluator.passes("activation_ops", inside, nothing):
        for values, stop in zip(own, stops, strict=True):
            values[first : first + count] = evaluator.values(f"{stop.kind}{stop.layer}", count).T
        give_way()
    for values, inner in zip(found, own, strict=True):
        values[there] = inner
    return found


def principal_components(h: Array) -> tuple[Array, Array]:
    """The two directions (2, d) of largest variance of activations (n, d), d > 2, and their shares (2,) of all variance; by the
    covariance's eigenvectors. A component's sign is such that its entry of largest size is positive."""
    centred = h - h.mean(axis=0)
    values, vectors = np.linalg.eigh(centred.T @ centred)
    axes = vectors[:, :-3:-1].T
    total = float(np.sum(centred * centred))
    shares = np.maximum(values[:-3:-1], 0.0) / total if total > 0.0 else np.ones(2)
    largest = axes[np.arange(2), np.abs(axes).argmax(axis=1)]
    return axes * np.where(largest < 0.0, -1.0, 1.0)[:, None], shares


def placed(stop: Stop, fitted: Array, points: Array, grid: Array, before: Placed | None) -> Placed:
    """One stop's picture. Principal components are those of the `fitted` activations (n, d), drawn from their mean; each is
    turned the way in which the points go on from `before`, so that nothing is mirrored that the layer does not mirror."""
    units = points.shape[1]
    if units > 2:
        axes, shares = principal_components(fitted)
        middle = fitted.mean(axis=0)
        at, lines = (points - middle) @ axes.T, (grid - middle) @ axes.T
        if before is not None:
            earlier = before.points - before.points.mean(axis=0)
            turned = np.where(np.sum(earlier * at, axis=0) < 0.0, -1.0, 1.0)
            axes, at, lines = axes * turned[:, None], at * turned, lines * turned
    else:
        axes, shares = np.eye(2, units), None
        at, lines = points @ axes.T, grid @ axes.T
    everything = np.vstack([at, lines])
    low, high = np.nanmin(everything, axis=0), np.nanmax(everything, axis=0)
    half = 0.55 * float((high - low).max()) or 1.0
    return Placed(stop, units, at, lines, axes, shares, half, (float(low[0] + high[0]) / 2, float(low[1] + high[1]) / 2))
