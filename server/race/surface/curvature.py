"""The channel of one lane's curvature along its path: λ_max beside what its optimizer bears, and its error by the directions of
curvature."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np

from server.session.channel_types import Arrays, Picture, Want

if TYPE_CHECKING:
    from engine.race import Race
    from engine.race.path.components import Components
    from server.race.surface.controller import SurfaceRaceController

SHARPNESS_POINTS = 100
COMPONENT_POINTS = 400


def curvature(races: SurfaceRaceController, want: Want) -> Picture | None:
    """Of one lane, the leader's where none is chosen, up to the present step. After each of `steps` (n,) what
    `engine.race.path.sharpness.Sharpness` has: `losses`, `rates`, `largest` (λ_max), `felt` (what the optimizer meets of it)
    and `limit` (the largest that is stable), NaN where there is none. After each of `component_steps` (m,) what
    `engine.race.path.components.Components` has: `eigenvalues` (m, 2), `vectors` (m, 2, 2), `error`, `gradient` and `step`
    (m, 2) along these, of the Hessian `meta.at` the `meta.minimum` that is nearest, or at each point where none is known;
    `meta.factors` is what the error is multiplied by at the next update, or null. Nothing in a race without lanes."""
    from engine.race.path.sharpness import surface_sharpness

    race = races.present()
    told, _ = races.told_lane(want.lane)
    if told is None:
        return None
    sharp, parts = surface_sharpness(race, told.id, SHARPNESS_POINTS), _components(race, told.id)
    meta: dict[str, Any] = {"lane": told.id, "change": races.changes, "at": parts.at}
    meta["minimum"] = None if parts.minimum is None else asdict(parts.minimum)
    meta["factors"] = None if parts.factors is None else parts.factors.tolist()
    arrays: Arrays = {"steps": sharp.steps.astype(np.int32), "losses": sharp.losses, "rates": sharp.rates}
    arrays |= {"largest": sharp.largest, "felt": sharp.felt, "limit": sharp.limit}
    arrays |= {"component_steps": parts.steps.astype(np.int32)}
    arrays |= {name: np.ascontiguousarray(getattr(parts, name)) for name in ("eigenvalues", "vectors")}
    arrays |= {"error": parts.error, "gradient": parts.gradient, "step": parts.step}
    return Picture(meta, arrays)


def _components(race: Race, number: int) -> Components:
    from engine.race.path.components import components

    try:
        return components(race, number, "minimum", COMPONENT_POINTS)
    except ValueError:  # none is known, or f is not smooth there
        return components(race, number, "point", COMPONENT_POINTS)


def evaluations(races: SurfaceRaceController, want: Want) -> Picture | None:
    """What the lanes evaluated that go by a solver at any time: of each in `meta.lanes` `count` rows of `evaluations` (n, 3),
    f, its gradient and its Hessian up to steps 0, 1, …; beyond them it evaluated nothing more. Every other lane evaluates one
    gradient an update."""
    from engine.parts import giving_way_between

    race = races.present()
    lanes, rows = [], [np.zeros((0, 3), dtype=np.int32)]
    for lane in giving_way_between(race.lanes, 1):
        if not lane.spec.solvers:
            continue
        counts = race.evaluations(lane.id)
        last = int(np.argmax((counts == counts[-1]).all(axis=1)))
        lanes.append({"id": lane.id, "count": last + 1})
        rows.append(counts[: last + 1].astype(np.int32))
    return Picture({"lanes": lanes, "change": races.changes}, {"evaluations": np.concatenate(rows)})
