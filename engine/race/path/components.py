"""A lane's error split along the directions of curvature: on a quadratic each part goes its own way, and that is why momentum
works (Goh 2017, "Why momentum really works").

Along an eigenvector of the Hessian with eigenvalue λ plain descent multiplies the error by 1 − ηλ at every update, momentum
(error, velocity) by a matrix of two by two. The steep part sets the limit of the rate, the flat one how long it takes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from engine.array import Array
from engine.landscape.stability import growth
from engine.race.on_surface import Race
from engine.surfaces.row import Minimum

POINTS = 1000
"""Of a path, at most."""
MOMENTA = {"momentum": "momentum", "nesterov": "nesterov"}

At = Literal["minimum", "point"]
AT: tuple[At, ...] = ("minimum", "point")


@dataclass(frozen=True)
class Components:
    """Of one lane after each of `steps` (n,), along the unit eigenvectors `vectors` (n, 2, 2), a row each, of the Hessian at
    the minimum or at the lane's own point, with `eigenvalues` (n, 2), ascending: of x − x* (`error`), of the gradient there,
    and of the `step` that follows, each (n, 2), NaN where there is none. `minimum` is x*, the known one nearest to where the
    lane stands; None where none is known.

    `factors` (2,): by what the error along each is multiplied at the next update, were f the quadratic with the newest
    eigenvalues: 1 − ηλ of plain descent, of momentum and Nesterov in size, and in the long run. None of all others."""

    lane: int
    at: At
    steps: NDArray[np.int64]
    minimum: Minimum | None
    eigenvalues: Array
    vectors: Array
    error: Array
    gradient: Array
    step: Array
    factors: Array | None


def components(race: Race, number: int, at: str = "minimum", points: int = POINTS) -> Components:
    """Of a lane up to the present step, by the Hessian `at` the minimum that it is nearest to, or at each of its points.

    Raises ValueError where no such lane or place is, and at a minimum that is not known or where f has no second derivative.
    """
    if at not in AT:
        raise ValueError(f"at: there is no '{at}'; allowed: {', '.join(AT)}")
    if not 2 <= points <= 100_000:
        raise ValueError(f"points: {points} given; allowed: 2 to 100000")
    trail, kind = race.trail(number), next(each for each in AT if each == at)
    steps = np.unique(np.linspace(0, len(trail) - 1, points).round().astype(np.int64))
    minimum = _nearest(race.surface.minima, trail[-1])
    there = race.surface.at(trail[steps])
    if kind == "point":
        hessians = there.hessian
    elif minimum is None:
        raise ValueError("at: no minimum is known here; allowed: point")
    else:
        hessians = race.surface.at([[minimum.x, minimum.y]]).hessian
        if not np.isfinite(hessians).all():
            raise ValueError("at: f is not smooth at its minimum; allowed: point")
    values, vectors = _turned(*_eigen(hessians))
    values, vectors = np.broadcast_to(values, (len(steps), 2)), np.broadcast_to(vectors, (len(steps), 2, 2))
    ways = np.full((len(steps), 2), np.nan)
    on = steps + 1 < len(trail)
    ways[on] = trail[steps[on] + 1] - trail[steps[on]]
    if not on[-1] and (following := race.next_step(number)) is not None:
        ways[-1] = following
    errors = np.full_like(ways, np.nan) if minimum is None else trail[steps] - (minimum.x, minimum.y)
    with np.errstate(all="ignore"):  # a lane that left the surface may end at infinity
        error, gradient, step = (np.einsum("nij,nj->ni", vectors, each) for each in (errors, there.gradient, ways))
    factors = _factors(race, number, values[-1])
    return Components(number, kind, steps, minimum, values, vectors, error, gradient, step, factors)


def _nearest(minima: list[Minimum], point: Array) -> Minimum | None:
    finite = minima if np.isfinite(point).all() else []
    return min(finite, key=lambda minimum: float(np.hypot(minimum.x - point[0], minimum.y - point[1])), default=None)


def _eigen(hessians: Array) -> tuple[Array, Array]:
    """Eigenvalues (n, 2), ascending, and eigenvectors (n, 2, 2), a row each; NaN where a Hessian is not finite."""
    values, vectors = np.full((len(hessians), 2), np.nan), np.full((len(hessians), 2, 2), np.nan)
    finite = np.isfinite(hessians).all(axis=(1, 2))
    values[finite], columns = np.linalg.eigh(hessians[finite])
    vectors[finite] = columns.transpose(0, 2, 1)
    return values, vectors


def _turned(values: Array, vectors: Array) -> tuple[Array, Array]:
    """Each eigenvector the way that it points at the place before: of either sign it is one."""
    signs = np.ones(values.shape)
    for row in (0, 1):
        same = np.einsum("ni,ni->n", vectors[1:, row], vectors[:-1, row])
        signs[1:, row] = np.cumprod(np.where(same < 0.0, -1.0, 1.0))
    return values, vectors * signs[:, :, None]


def _factors(race: Race, number: int, eigenvalues: Array) -> Array | None:
    optimizer, rate = race.lane(number).spec.in_force(race.step)[0], race.rate(number)
    if rate is None or not np.isfinite(eigenvalues).all():
        return None
    if optimizer.name == "sgd":
        return 1.0 - rate * eigenvalues
    if optimizer.name not in MOMENTA:
        return None
    beta = float(optimizer.parameters["beta"])
    return np.array([float(growth(MOMENTA[optimizer.name], rate, beta, [value])) for value in eigenvalues])
