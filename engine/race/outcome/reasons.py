"""Why a lane of a race on a surface arrives before another, from what is measured along their paths.

The number of updates is the length of the path over the mean length of a step, so of two lanes that have arrived one is first
by as many times as its path is shorter times as its steps are longer: n₂/n₁ = (L₂/L₁)·(s₁/s₂). The larger factor is told, with
what makes it: steps beside the slope, turns, each rate beside its bound where the path is steepest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from engine.array import Array
from engine.landscape.curvature import Kind, of_matrix
from engine.landscape.degeneracy import along_newton_step
from engine.landscape.stability import limit_of
from engine.parts import give_way
from engine.race.on_surface import Race, Standing
from engine.rows.rates import rates_at

PLACES = 200
"""Of a path at which curvatures are looked at, evenly spaced in updates, at most."""
AT_REST = 1e-3
"""Of the path so far: the last tenth of the updates went no further than that."""


Told = Literal["longer steps", "shorter path", "tie", "rests", "under way", "alone", "nobody", "all left"]


@dataclass(frozen=True)
class LanePath:
    """A lane's path from the start to where it arrived, or stands: `updates` made, `length` of the polyline, mean `step`, mean
    `slope` ‖∇f‖ at the points that updates were made from, share of `turns` (steps at more than 90° to the one before),
    `steepest` the largest λ_max at the places looked at, `rate` η of the update made there, None of a solver, `bound` c/λ_max
    of an optimizer whose steps are gradients times its rate, None of others; `tail` the length of its last tenth."""

    lane: int
    updates: int
    length: float
    step: float
    slope: float
    turns: float
    steepest: float
    rate: float | None
    bound: float | None
    tail: float


@dataclass(frozen=True)
class Place:
    """Where a lane stands that has not arrived; `rests`: its last tenth went next to nowhere."""

    lane: int
    loss: float
    gradient_norm: float
    kind: Kind
    rests: bool


@dataclass(frozen=True)
class Reason:
    """`first` is the lane that it is about: the winner, or the leader where nobody has arrived; `other` the one after it.
    `told`:

    - of two that have arrived, what makes the larger part of the difference: "longer steps" or a "shorter path"; "tie" where
      they arrive with one step;
    - of one that has arrived and one that has not, whether that one "rests" or is "under way"; "alone": there is no other;
    - "nobody" has arrived; "all left" the surface.

    `paths` by lane, `place` where the one stands that has not arrived, `noise` the least and the largest of the first one's
    last hundred losses, where gradients are noisy."""

    told: Told
    first: int
    other: int | None
    paths: dict[int, LanePath]
    place: Place | None
    noise: tuple[float, float] | None


def reason(race: Race, threshold: float = 0.01) -> Reason | None:
    """Of the race as it stands; None before its first step and without lanes."""
    ranked = race.standings(threshold)
    if not ranked or race.step == 0:
        return None
    first, *rest = ranked
    other = next((each for each in rest if each.diverged is None), None)
    paths = {each.id: path_of(race, each.id, _until(each)) for each in (first, other) if each is not None}
    late = first if first.arrived is None else other if other is not None and other.arrived is None else None
    place = None if late is None or late.diverged is not None else _place(race, late, paths[late.id])
    noise = None
    if race.spec.noise > 0.0 and first.diverged is None:
        last = race.losses(first.id)[-100:]
        noise = float(last.min()), float(last.max())
    return Reason(_told(first, other, paths, place), first.id, None if other is None else other.id, paths, place, noise)


def _told(first: Standing, other: Standing | None, paths: dict[int, LanePath], place: Place | None) -> Told:
    if first.diverged is not None:
        return "all left"
    if first.arrived is None:
        return "nobody"
    if other is None:
        return "alone"
    if place is not None:
        return "rests" if place.rests else "under way"
    if first.arrived == other.arrived:
        return "tie"
    one, two = paths[first.id], paths[other.id]
    return "longer steps" if one.step * one.length >= two.step * two.length else "shorter path"


def _until(standing: Standing) -> int:
    return standing.step if standing.arrived is None else standing.arrived


def _place(race: Race, standing: Standing, path: LanePath) -> Place:
    here = np.array([standing.x, standing.y])
    found = race.surface.at([here])
    curvature = of_matrix(found.gradient[0], found.hessian[0])
    curvature = along_newton_step(curvature, found.gradient[0], lambda offset: race.surface.at([here + offset]).hessian[0])
    return Place(standing.id, standing.loss, standing.gradient_norm, curvature.kind, path.tail <= AT_REST * path.length)


def path_of(race: Race, number: int, last: int) -> LanePath:
    """Of a lane up to the point after `last` updates."""
    give_way()
    points = race.trail(number, 0, last)
    steps = np.diff(points, axis=0)
    lengths = np.hypot(steps[:, 0], steps[:, 1])
    slopes = np.hypot(*race.surface.at(points[:last]).gradient.T)
    turned = np.einsum("ij,ij->i", steps[1:], steps[:-1]) < 0.0
    places = np.unique(np.linspace(0, max(0, last - 1), PLACES).round().astype(np.int64))
    hessians = race.surface.at(points[places]).hessian
    tops = np.array([np.linalg.eigvalsh(each)[-1] if np.isfinite(each).all() else -np.inf for each in hessians])
    at = int(places[int(np.argmax(tops))])
    steepest = float(tops.max())
    optimizer, schedule = race.lane(number).spec.in_force(at)
    limit = limit_of(optimizer)
    plain = limit is not None and limit.divisor is None and steepest > 0.0
    return LanePath(
        number,
        last,
        float(lengths.sum()),
        _mean(lengths),
        _mean(slopes),
        _mean(turned.astype(np.float64)),
        steepest,
        None if optimizer.lr is None else float(rates_at(schedule, optimizer.lr, np.array([at]))[0]),
        limit.factor(optimizer.parameters, at) / (steepest + limit.added(optimizer.parameters)) if plain and limit else None,
        float(lengths[-max(1, last // 10) :].sum()),
    )


def _mean(values: Array) -> float:
    return float(values.mean()) if len(values) else 0.0
