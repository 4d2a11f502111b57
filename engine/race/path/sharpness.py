"""λ_max along a lane's path, the sharpness, against the largest one at which its optimizer is stable: 2/η of plain descent.

Full-batch descent at a fixed rate sharpens until λ_max is there, and stays about it (Cohen et al. 2021, "Gradient descent on
neural networks typically occurs at the edge of stability"); an optimizer that divides by running squares does so with λ_max of
P⁻¹H (Cohen et al. 2022). It is the bound of `engine.landscape.stability` read the other way round: η < c/λ is λ < c/η.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.array import Array
from engine.kernels import codes
from engine.landscape.curvature import EXACT_UP_TO, Hessian, Product, hessian_in_parts, lanczos_in_parts
from engine.landscape.slices import Landscape
from engine.landscape.stability import bound_in_parts, factor
from engine.parts import Parts, at_once, give_way
from engine.race.on_network import NetworkRace
from engine.race.on_surface import Race
from engine.solvers.spec import LaneOptimizer

POINTS = 100
"""Of a path, at most."""
LARGEST = 1e140
"""Of a Hessian's entries: squares of larger ones, over what an optimizer divides by, are no numbers any more."""


class Place(NamedTuple):
    """A lane after update `step`: the rate of the update that comes next, and what its optimizer keeps, as it stood."""

    step: int
    optimizer: LaneOptimizer
    rate: float
    state: dict[str, Array] | None
    updates: int


@dataclass(frozen=True)
class Sharpness:
    """Of one lane after each of `steps` (n,): the objective (`losses`, over the whole training set), the rate of the update to
    come, `largest` λ_max of H, `felt` what the optimizer meets of it (λ_max of P⁻¹H where it divides by running squares, with
    what a decay adds; else the same), and `limit` c/η, above which felt is unstable. Each (n,); NaN where there is none, as a
    limit of a solver, or of Adam before its first update."""

    lane: int
    steps: NDArray[np.int64]
    losses: Array
    rates: Array
    largest: Array
    felt: Array
    limit: Array

    @property
    def beyond(self) -> NDArray[np.bool_]:
        """Where it is above the limit."""
        found: NDArray[np.bool_] = self.felt > self.limit
        return found


def surface_sharpness(race: Race, number: int, points: int = POINTS) -> Sharpness:
    """Of a lane on a surface, up to the present step, by the Hessian that is known by hand."""
    return at_once(surface_sharpness_in_parts(race, number, points))


def surface_sharpness_in_parts(race: Race, number: int, points: int = POINTS) -> Parts[Sharpness]:
    """`surface_sharpness`, a place at a time. It is about the lane as it is when this is called."""
    trail, losses = race.trail(number).copy(), race.losses(number).copy()
    steps = _spread(len(trail) - 1, points)
    hessians = race.surface.at(trail[steps]).hessian
    places = _on_surface(race, number, steps)
    found = yield from _along(number, steps, losses[steps], places, [_Matrix(H) for H in hessians], 2)
    return found


def network_sharpness(race: NetworkRace, number: int, points: int = POINTS, landscape: Landscape | None = None) -> Sharpness:
    """Of a lane on a network, up to where it stands, by Hessian products over the whole training set."""
    return at_once(network_sharpness_in_parts(race, number, points, landscape))


def network_sharpness_in_parts(
    race: NetworkRace, number: int, points: int = POINTS, landscape: Landscape | None = None
) -> Parts[Sharpness]:
    """`network_sharpness`, a product at a time. Its states are those of the very run, made once more on a clone."""
    trainer, surface = race.lane(number).trainer, landscape or race.landscape()
    steps = _spread(trainer.steps_done, points)
    clone = trainer.clone_at(0)
    places, thetas = [], []
    for index, step in enumerate(steps):
        for _ in clone.seeking(int(step)):
            yield 0.0
        machine = clone.machine
        state = {name: value.copy() for name, value in machine.state_tensors.items()}
        optimizer, updates = clone.effective_spec.optimizer, int(machine.clock[codes.UPDATES])
        places.append(Place(int(step), optimizer, float(clone.rate), state, updates))
        thetas.append(machine.theta.copy())
        yield 0.2 * index / len(steps)
    losses = surface.at(thetas)
    hessians = [surface.hessian(theta) for theta in thetas]
    found = yield from _along(number, steps, losses, places, hessians, thetas[0].size)
    return found


def _spread(last: int, points: int) -> NDArray[np.int64]:
    """Steps 0 … last, evenly."""
    if not 2 <= points <= 10_000:
        raise ValueError(f"points: {points} given; allowed: 2 to 10000")
    return np.unique(np.linspace(0, last, points).round().astype(np.int64))


def _on_surface(race: Race, number: int, steps: NDArray[np.int64]) -> Iterator[Place]:
    """The lane at each of these steps: it is run once more, by itself, for what its optimizer kept there."""
    alone = race.alone(number, 0)
    (lane,) = alone.lanes
    for step in steps.tolist():
        alone.seek(step)
        rate, updates = alone.rate(lane.id), alone.updates(lane.id)
        state = alone.state(lane.id) if updates else None
        yield Place(step, lane.spec.in_force(step)[0], np.nan if rate is None else rate, state, updates)


class _Matrix:
    """A Hessian (P, P) that is known, as products."""

    at_once, corners = 1, 0

    def __init__(self, H: Array) -> None:
        self.H = H

    def __call__(self, v: Array) -> Array:
        found: Array = v @ self.H  # symmetric: for rows v of (k, P), too
        return found


def _along(
    number: int, steps: NDArray[np.int64], losses: Array, places: Iterable[Place], hessians: Sequence[Hessian], size: int
) -> Parts[Sharpness]:
    found, rates = [], []
    for place, hessian in zip(places, hessians, strict=True):
        measured = yield from _measured(place, hessian, size)
        found.append(measured)
        rates.append(place.rate)
        give_way()
        yield len(found) / len(steps)
    largest, felt, limit = np.array(found, dtype=np.float64).reshape(-1, 3).T
    return Sharpness(number, steps, losses, np.array(rates), largest, felt, limit)


def _measured(place: Place, hessian: Hessian, size: int) -> Parts[tuple[float, float, float]]:
    """`largest`, `felt` and `limit`, the last two by the very bound that is told beside a lane's rate."""
    product: Product = hessian
    if isinstance(hessian, _Matrix) or size <= EXACT_UP_TO:
        H = hessian.H if isinstance(hessian, _Matrix) else (yield from hessian_in_parts(hessian, size, hessian.at_once))[0]
        if not (np.abs(H) <= LARGEST).all():
            return np.nan, np.nan, np.nan
        largest, product = float(np.linalg.eigvalsh(H)[-1]), _Matrix(H)
    else:
        _, largest, _ = yield from lanczos_in_parts(hessian, size)
    known = yield from bound_in_parts(place.optimizer, product, size, place.state, place.updates)
    share = factor(place.optimizer, place.updates)
    if known is None or share is None:
        return largest, np.nan, np.nan
    return largest, known.curvature, max(0.0, share[0]) / place.rate if place.rate > 0.0 else np.inf
