"""Of a lane's path over a surface: how far it went, along the walls' direction and the floor's."""

from __future__ import annotations

import numpy as np

from engine.array import Array
from engine.lessons.building import Built
from engine.lessons.scripts import UnmeasurableError
from engine.lessons.vocabulary.race import check_lane, gone, nearest_minimum, point_of
from engine.lessons.vocabulary.row import RACE, Count, Lane, Tells, measure
from engine.parts import give_way
from engine.race.fan import MOST_STARTS, fan

PATH: tuple[Tells, ...] = ("race_trails", "race_point", "race_outcome")


def _steps(built: Built, lane: int) -> Array:
    """All steps made so far, (n, 2)."""
    trail = built.race.trail(check_lane(built.race, lane))
    return np.diff(trail[:-1] if gone(built, lane) else trail, axis=0)


def _directions(built: Built, lane: int) -> Array:
    """Unit eigenvectors (2, 2), rows, of the Hessian at the nearest minimum: of the least curvature, and of the largest."""
    race = built.race
    minimum = nearest_minimum(race, point_of(built, lane))
    H = race.surface.at([[minimum.x, minimum.y]]).hessian[0]
    if not np.isfinite(H).all():
        raise UnmeasurableError("f has no curvature at its minimum", "a smooth minimum")
    found: Array = np.linalg.eigh(H)[1].T
    return found


@measure(kinds=RACE, tells=PATH)
def travelled(built: Built, lane: Lane) -> float:
    """How far a lane has gone so far: the lengths of its steps together.

    >>> surface = {"name": "formula", "formula": "3 * x"}
    >>> lane = {"optimizer": {"name": "sgd", "lr": 0.5}}
    >>> measured("travelled(1)", race={"surface": surface, "start": [1, 0], "lanes": [lane]}, step=2)
    3.0
    """
    return float(np.linalg.norm(_steps(built, lane), axis=1).sum())


@measure(kinds=RACE, tells=PATH)
def across(built: Built, lane: Lane) -> float:
    """How far a lane has gone so far, there and back, in the direction of the largest curvature at its nearest minimum: across
    a valley.

    >>> lane = {"optimizer": {"name": "sgd", "lr": 0.01}}
    >>> measured("across(1)", race={"surface": "ravine", "start": [1, 0], "lanes": [lane]}, step=20)
    0.0
    """
    return float(np.abs(_steps(built, lane) @ _directions(built, lane)[1]).sum())


@measure(kinds=RACE, tells=PATH)
def along(built: Built, lane: Lane) -> float:
    """How far a lane has gone so far, there and back, in the direction of the least curvature at its nearest minimum: along a
    valley.

    >>> lane = {"optimizer": {"name": "sgd", "lr": 0.01}}
    >>> measured("along(1)", race={"surface": "ravine", "start": [0, 1], "lanes": [lane]}, step=20)
    0.0
    """
    return float(np.abs(_steps(built, lane) @ _directions(built, lane)[0]).sum())


@measure(kinds=RACE, live=False, tells=("race_fan",))
def starts_arrived(built: Built, lane: Lane, side: Count) -> float:
    """Of side × side starts, evenly over the surface's domain, how many lead a lane to the finish by the race's end.

    >>> lane = {"optimizer": {"name": "sgd", "lr": 0.1}}
    >>> measured("starts_arrived(1, 3)", race={"surface": "bowl", "lanes": [lane], "max_steps": 300})
    9.0
    """
    race, number = built.race, check_lane(built.race, lane)
    if side * side > MOST_STARTS:
        raise UnmeasurableError(f"{side * side} starts are too many", f"up to {MOST_STARTS}")
    (x0, x1), (y0, y1) = race.surface.domain
    shares = (np.arange(side) + 0.5) / side
    starts = [(float(x0 + a * (x1 - x0)), float(y0 + b * (y1 - y0))) for a in shares for b in shares]
    usual = race.usual_threshold() if built.finish is None else built.finish
    give_way()
    return float(np.sum(fan(race.script, race.lane(number).spec, starts, usual).arrived >= 0))
