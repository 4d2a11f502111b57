"""The pictures of a race on a surface: one function per channel, from its controller to typed arrays. They run in a worker,
between slices."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from server.mathml import block
from server.race.levels import contour_values, contours_of, ends_of, floor_of
from server.race.surface.arrows import arrows
from server.race.surface.curvature import curvature, evaluations
from server.race.surface.outcome import outcome
from server.session.activity import Channel
from server.session.channel_types import READING, STUDY, Arrays, Picture, Want

if TYPE_CHECKING:
    from engine.array import Array
    from engine.race import Race
    from engine.race.on_surface import Lane
    from engine.solvers.spec import LaneOptimizer
    from server.race.surface.controller import SurfaceRaceController
    from server.session.viewer import Slot, Viewer

SIDE = 181
"""Points along a side of the surface's grid."""
MOST_POINTS = 40_000
"""Points of all trails together in one frame; what is left follows in the next."""


class TrailCursor(NamedTuple):
    """How much of which trails a viewer has: (id, revision, points) of each lane."""

    race: int
    lanes: tuple[tuple[int, int, int], ...]


def _lanes_key(races: SurfaceRaceController, viewer: Viewer, slot: Slot) -> Hashable:
    """A picture is made again only when this has changed; None where there is nothing to draw."""
    return None if races.race is None else (races.number, races.changes, races.race.step)


def _surface_key(races: SurfaceRaceController, viewer: Viewer, slot: Slot) -> Hashable:
    return None if races.race is None else (races.number, races.redrawn, viewer.plane)


def _trails_key(races: SurfaceRaceController, viewer: Viewer, slot: Slot) -> Hashable:
    here = _lanes_key(races, viewer, slot)
    return None if here is None else (here, slot.cursor)


def _point_key(races: SurfaceRaceController, viewer: Viewer, slot: Slot) -> Hashable:
    here = _lanes_key(races, viewer, slot)
    return None if here is None else (here, viewer.lane)


def _fan_key(races: SurfaceRaceController, viewer: Viewer, slot: Slot) -> Hashable:
    return None if races.race is None else (races.number, races.changes, races.fans.wish.number)


def _outcome_key(races: SurfaceRaceController, viewer: Viewer, slot: Slot) -> Hashable:
    return None if races.race is None else (races.number, races.changes, None if races.moving else races.race.step)


def surface(races: SurfaceRaceController, want: Want) -> Picture | None:
    """f over the plane that is looked at, (rows, columns), and `level`, the height that is drawn: log₁₀(f − least + floor) or f
    itself, as `meta.colour` says. That scale is the whole domain's, whatever part is looked at: `meta.ends` its ends,
    `meta.levels` round steps on it, `meta.range` the least and the largest f. `meta.contours` are the values of f at which
    contours are drawn, of the part that is looked at. `meta.minima` are those that are known; `meta.surface` counts the
    surfaces."""
    race = races.present()
    own = race.surface
    f = own.grid(SIDE, SIDE)[2]
    f[~np.isfinite(f)] = np.nan
    colour = "log" if own.row is None else own.row.colour
    known = np.nanmin(f) if np.isfinite(f).any() else 0.0
    least = min([float(known), *(minimum.value for minimum in own.minima)])
    gap = f - least
    floor = floor_of(gap) if np.isfinite(f).any() else 1.0

    def lifted(height: Array) -> Array:
        with np.errstate(all="ignore"):  # a part may lie lower than the least of the grid: it is drawn as low as the floor
            return np.log10(np.maximum(height - least, 0.0) + floor) if colour == "log" else height.copy()

    level = lifted(f)
    low, high = ends_of(level)
    meta: dict[str, Any] = {"domain": own.domain, "colour": colour, "least": least, "floor": floor, "surface": races.redrawn}
    meta["ends"] = (low, high)
    meta["range"] = (float(np.nanmin(f)), float(np.nanmax(f))) if np.isfinite(f).any() else None
    meta["levels"] = contours_of(low, high)
    meta["minima"] = [
        {"x": found.x, "y": found.y, "value": found.value, "kind": found.kind, "level": _level(found.value, meta)}
        for found in own.minima
    ]
    x, y, part = own.grid(SIDE, SIDE, want.plane)
    part[~np.isfinite(part)] = np.nan
    meta["contours"] = contour_values(part)
    return Picture(meta, {"x": x, "y": y, "f": part, "level": lifted(part)})


def _level(value: float, meta: Mapping[str, Any]) -> float:
    return math.log10(value - meta["least"] + meta["floor"]) if meta["colour"] == "log" else value


def trails(races: SurfaceRaceController, want: Want) -> Picture | None:
    """What a viewer lacks of the lanes' trails up to the present step: of each lane in `meta.lanes` `count` points from `from`
    on (0: drop what there was), one after the other in `points` (n, 2) and `losses` (n,). And at the present step of each lane
    its `gradients` (lanes, 2) and what the `next` update adds, NaN where it makes none; `meta.more`: another frame follows;
    `meta.surface` counts the surfaces."""
    race = races.present()
    have = want.cursor if isinstance(want.cursor, TrailCursor) and want.cursor.race == races.number else None
    known = {number: (revision, count) for number, revision, count in have.lanes} if have else {}
    room, more = MOST_POINTS // max(1, len(race.lanes)), False
    lanes, cursor = [], []
    points: list[Array] = [np.zeros((0, 2))]
    losses: list[Array] = [np.zeros(0)]
    for lane in race.lanes:
        revision = races.revisions.get(lane.id, 0)
        before, count = known.get(lane.id, (revision, 0))
        first = count if before == revision else 0
        whole = len(race.losses(lane.id))
        last = max(first, min(whole, first + room))
        points.append(race.trail(lane.id, first, last - 1))
        losses.append(race.losses(lane.id, first, last - 1))
        more |= last < whole
        gone = race.diverged(lane.id)
        left = gone is not None and gone <= race.step
        lanes.append({"id": lane.id, "from": first, "count": last - first, "diverged": gone if left else None})
        cursor.append((lane.id, revision, last))
    gradients, following = _arrows(race)
    meta = {"lanes": lanes, "more": more, "change": races.changes, "surface": races.redrawn}
    arrays: Arrays = {
        "points": np.concatenate(points),
        "losses": np.concatenate(losses),
        "gradients": gradients,
        "next": following,
    }
    return Picture(meta, arrays, TrailCursor(races.number, tuple(cursor)))


def _arrows(race: Race) -> tuple[Array, Array]:
    gradients, following = np.full((len(race.lanes), 2), np.nan), np.full((len(race.lanes), 2), np.nan)
    for row, lane in enumerate(race.lanes):
        gradients[row] = race.surface.at(race.trail(lane.id)[-1]).gradient[0]
        step = race.next_step(lane.id)
        if step is not None:
            following[row] = step
    return gradients, following


def standings(races: SurfaceRaceController, want: Want) -> Picture | None:
    """Every lane at the present step, in the order of arrival, then by loss, diverged ones last: what
    `engine.race.on_surface.Standing` has, the rate of its next update, its engine time so far in seconds, and its own stability
    bound at its point, null where the optimizer has none. The `meta.finish` lies `meta.threshold` above the least minimum that
    is known or was found; where there is none (`meta.minimum_known`), it is that value itself."""
    race = races.present()
    rows = []
    for found in race.standings(races.threshold):
        lane = race.lane(found.id)
        row: dict[str, Any] = {"id": found.id, "step": found.step, "x": found.x, "y": found.y, "loss": found.loss}
        row |= {"gradient_norm": found.gradient_norm, "diverged": found.diverged}
        row |= {"reached": found.reached, "arrived": found.arrived}
        row |= {"evaluations": found.evaluations, "rate": race.rate(found.id)}
        row |= {"seconds": _seconds(races, race, lane, found.step)}
        rows.append(row | {"bound": None if found.diverged is not None else _bound(race, lane)})
    finish = {"threshold": races.threshold, "finish": race.finish(races.threshold), "minimum_known": bool(race.surface.minima)}
    return Picture({"lanes": rows, "change": races.changes} | finish, {})


def _seconds(races: SurfaceRaceController, race: Race, lane: Lane, step: int) -> float:
    """Engine time up to a step, each stretch by the optimizer that was in force."""
    edges = [retune.step for retune in lane.spec.retunes if retune.step < step]
    optimizers = [lane.spec.optimizer, *(retune.optimizer for retune in lane.spec.retunes)]
    total = 0.0
    for optimizer, first, last in zip(optimizers, [0, *edges], [*edges, step], strict=False):
        total += (last - first) * races.seconds(race, optimizer)
    return total


def _bound(race: Race, lane: Lane) -> dict[str, Any] | None:
    from engine.landscape.stability import bound

    if _unbounded(race, lane) is not None:
        return None
    optimizer, state, updates = _optimizer_of(race, lane)
    hessian = race.surface.at(race.trail(lane.id)[-1]).hessian[0]
    if not np.isfinite(hessian).all():
        return None
    found = bound(optimizer, lambda v: hessian @ v, 2, state, updates)
    if found is None:
        return None
    return {"rate": found.rate, "formula": found.formula, "curvature": found.curvature, "frozen": found.frozen}


def _unbounded(race: Race, lane: Lane) -> str | None:
    """Why its optimizer has no bound, in words."""
    from engine.landscape.stability import unbounded

    return unbounded(*_optimizer_of(race, lane))


def _optimizer_of(race: Race, lane: Lane) -> tuple[LaneOptimizer, dict[str, Array] | None, int]:
    """The optimizer in force, its state and its updates: another began anew, and where it comes into force it has no state."""
    updates = race.updates(lane.id)
    return lane.spec.in_force(race.step)[0], race.state(lane.id) if updates else None, updates


def point(races: SurfaceRaceController, want: Want) -> Picture | None:
    """The place of one lane, the leader's where none is chosen: ‖∇f‖, the Hessian's eigenvalues, κ, the kind of point, and the
    lane's own stability bound with its formula in MathML beside its rate; whether its optimizer ever has one (`bounded`), or
    why it has none here, in words (`unbounded`), and whether its next update leaves it where it is (`rests`). Nothing in a race
    without lanes."""
    from engine.landscape.curvature import of_matrix
    from engine.landscape.degeneracy import along_newton_step
    from engine.landscape.stability import factor

    race = races.present()
    chosen, leads = races.told_lane(want.lane)
    if chosen is None:
        return None
    lane = race.lane(chosen.id)
    there = race.surface.at([[chosen.x, chosen.y]])
    curvature = of_matrix(there.gradient[0], there.hessian[0])
    here = np.array([chosen.x, chosen.y])
    curvature = along_newton_step(curvature, there.gradient[0], lambda offset: race.surface.at([here + offset]).hessian[0])
    bound = None if chosen.diverged is not None else _bound(race, lane)
    following = None if chosen.diverged is not None else race.next_step(lane.id)
    meta = {
        "lane": lane.id,
        "leads": leads,
        "step": chosen.step,
        "x": chosen.x,
        "y": chosen.y,
        "loss": chosen.loss,
        "diverged": chosen.diverged,
        "gradient": there.gradient[0].tolist(),
        "gradient_norm": curvature.gradient_norm,
        "newton_step": curvature.newton_step,
        "eigenvalues": None if curvature.spectrum is None else curvature.spectrum.tolist(),
        "condition": curvature.condition,
        "kind": curvature.kind,
        "rate": race.rate(lane.id),
        "bound": bound and bound | {"mathml": block(bound["formula"])},
        "bounded": factor(lane.spec.in_force(race.step)[0]) is not None,
        "unbounded": _unbounded(race, lane),
        "rests": following is not None and not following.any(),
    }
    return Picture(meta, {})


def fan(races: SurfaceRaceController, want: Want) -> Picture | None:
    """Of the lane `meta.lane` the paths of n starts: `steps` (k,) and `points` (n, k, 2) as `engine.race.fan.Fan` has them,
    with `arrived` and `reaches` (n,). Where none is wanted, `meta.lane` is null."""
    found = races.fan()
    if found is None:
        return Picture({"lane": None, "change": races.changes}, {})
    arrays: Arrays = {
        "steps": found.steps.astype(np.int32),
        "points": found.points.astype(np.float32),
        "arrived": found.arrived.astype(np.int32),
        "reaches": found.reaches.astype(np.int32),
    }
    return Picture({"lane": races.fans.wish.lane, "change": races.changes}, arrays)


CHANNELS = (
    Channel("race_surface", surface, _surface_key),
    Channel("race_trails", trails, _trails_key),
    Channel("race_standings", standings, _lanes_key, READING),
    Channel("race_point", point, _point_key, READING),
    Channel("race_outcome", outcome, _outcome_key, READING),
    Channel("race_fan", fan, _fan_key, READING),
    Channel("race_curvature", curvature, _point_key, STUDY),
    Channel("race_evaluations", evaluations, _lanes_key, READING),
    Channel("race_arrows", arrows, _point_key, READING),
)
