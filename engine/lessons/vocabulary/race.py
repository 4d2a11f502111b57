"""Of a race: where a lane stands and goes next, and who arrives when. Lanes are named by their numbers, the first is 1."""

from __future__ import annotations

import math

import numpy as np

from engine.array import Array
from engine.lessons.building import Built, broken
from engine.lessons.scripts import UnmeasurableError
from engine.lessons.vocabulary.row import NETWORK, RACE, RACES, Lane, Measured, Tells, measure
from engine.race.on_network import NetworkRace
from engine.race.on_surface import Race
from engine.race.outcome.arrival import Arrival, in_order
from engine.race.outcome.arrival import arrival as arrival_of
from engine.surfaces.row import Minimum

HERE: tuple[Tells, ...] = ("race_standings", "race_point", "race_trails", "race_arrows")
NEXT: tuple[Tells, ...] = ("race_arrows", "race_point", "race_trails")
AHEAD: tuple[Tells, ...] = ("race_outcome", "race_fan", "study", "network_curves", "network_outcome")
NETWORK_HERE: tuple[Tells, ...] = ("network_standings", "network_curves", "network_ways", "network_outcome")
NETWORK_FINISH = 0.05
"""The training loss at which a lane on a network arrives, where the card says no other."""


def check_lane(race: Race | NetworkRace, lane: int | None) -> int:
    """Raises where there is no such lane."""
    known = [each.id for each in race.lanes]
    if lane not in known:
        problem = "a lane is to be named" if lane is None else f"there is no lane {lane}"
        raise UnmeasurableError(problem, ", ".join(map(str, known)) or "none: the race has none")
    return lane


def gone(built: Built, lane: int) -> bool:
    """Whether a lane has left the surface where the race stands."""
    left = built.race.diverged(lane)
    return left is not None and left <= built.step


def point_of(built: Built, lane: int | None) -> Array:
    """Where a lane stands, (2,); NaN where it left the surface."""
    number = check_lane(built.race, lane)
    if gone(built, number):
        return np.full(2, np.nan)
    point: Array = built.race.trail(number)[-1]
    return point


def gradient_at(built: Built, lane: int | None) -> Array:
    """∇f there, (2,)."""
    gradient: Array = built.race.surface.at([point_of(built, lane)]).gradient[0]
    return gradient


def _next(built: Built, lane: int | None) -> Array:
    """What the lane's coming update adds to its point, (2,)."""
    race = built.race
    number = check_lane(race, lane)
    found = None if gone(built, number) else race.next_step(number)
    return np.full(2, np.nan) if found is None else found


def nearest_minimum(race: Race, point: Array) -> Minimum:
    """The known one that is nearest to a point."""
    if not race.surface.minima:
        raise UnmeasurableError("no minimum is known here", "a surface with a known minimum")
    return min(race.surface.minima, key=lambda each: float(np.hypot(each.x - point[0], each.y - point[1])))


def promised_on_surface(built: Built, lane: int | None) -> float:
    """∇f · Δ of a lane's coming update."""
    return float(gradient_at(built, lane) @ _next(built, lane))


def actual_on_surface(built: Built, lane: int | None) -> float:
    """The change of f by it."""
    point = point_of(built, lane)
    before, after = built.race.surface.at([point, point + _next(built, lane)]).value
    return float(after - before)


@measure(kinds=RACE, tells=HERE, latex=r"f")
def value(built: Built, lane: Lane) -> float:
    """f where a lane stands.

    >>> measured("value(1)", race={"surface": "bowl", "start": [1, 0], "lanes": [{}]}) > 0
    True
    """
    return float(built.race.surface.at([point_of(built, lane)]).value[0])


@measure(kinds=RACE, tells=HERE, latex=r"x")
def x(built: Built, lane: Lane) -> float:
    """The first coordinate of a lane.

    >>> measured("x(1)", race={"surface": "bowl", "start": [1, 0], "lanes": [{}]})
    1.0
    """
    return float(point_of(built, lane)[0])


@measure(kinds=RACE, tells=HERE, latex=r"y")
def y(built: Built, lane: Lane) -> float:
    """The second coordinate of a lane.

    >>> measured("y(1)", race={"surface": "bowl", "start": [1, 0], "lanes": [{}]})
    0.0
    """
    return float(point_of(built, lane)[1])


@measure(kinds=RACE, tells=NEXT, latex=r"\partial f/\partial x")
def slope_x(built: Built, lane: Lane) -> float:
    """∂f/∂x where a lane stands.

    >>> measured("slope_x(1)", race={"surface": {"name": "formula", "formula": "3 * x"}, "start": [1, 0], "lanes": [{}]})
    3.0
    """
    return float(gradient_at(built, lane)[0])


@measure(kinds=RACE, tells=NEXT, latex=r"\partial f/\partial y")
def slope_y(built: Built, lane: Lane) -> float:
    """∂f/∂y where a lane stands.

    >>> measured("slope_y(1)", race={"surface": {"name": "formula", "formula": "3 * x"}, "start": [1, 0], "lanes": [{}]})
    0.0
    """
    return float(gradient_at(built, lane)[1])


@measure(kinds=RACE, tells=NEXT, latex=r"\|\nabla f\|")
def slope_length(built: Built, lane: Lane) -> float:
    """‖∇f‖ where a lane stands.

    >>> surface = {"name": "formula", "formula": "3 * x + 4 * y"}
    >>> measured("slope_length(1)", race={"surface": surface, "start": [1, 0], "lanes": [{}]})
    5.0
    """
    return float(np.linalg.norm(gradient_at(built, lane)))


@measure(kinds=RACE, tells=NEXT, latex=r"\Delta x")
def step_x(built: Built, lane: Lane) -> float:
    """What a lane's coming update adds to x.

    >>> lane = {"optimizer": {"name": "sgd", "lr": 0.5}}
    >>> surface = {"name": "formula", "formula": "3 * x"}
    >>> measured("step_x(1)", race={"surface": surface, "start": [1, 0], "lanes": [lane]})
    -1.5
    """
    return float(_next(built, lane)[0])


@measure(kinds=RACE, tells=NEXT, latex=r"\Delta y")
def step_y(built: Built, lane: Lane) -> float:
    """What a lane's coming update adds to y.

    >>> surface = {"name": "formula", "formula": "3 * x"}
    >>> lane = {"optimizer": {"name": "sgd", "lr": 0.5}}
    >>> measured("step_y(1)", race={"surface": surface, "start": [1, 0], "lanes": [lane]})
    0.0
    """
    return float(_next(built, lane)[1])


@measure(kinds=RACE, tells=NEXT, latex=r"\|\Delta\|")
def step_length(built: Built, lane: Lane) -> float:
    """The length of a lane's coming step.

    >>> surface = {"name": "formula", "formula": "3 * x"}
    >>> lane = {"optimizer": {"name": "sgd", "lr": 0.5}}
    >>> measured("step_length(1)", race={"surface": surface, "start": [1, 0], "lanes": [lane]})
    1.5
    """
    return float(np.linalg.norm(_next(built, lane)))


@measure(kinds=RACE, tells=NEXT)
def angle(built: Built, lane: Lane) -> float:
    """The angle between −∇f and the way to the nearest known minimum, in degrees.

    >>> round(measured("angle(1)", race={"surface": "bowl", "start": [1, 0], "lanes": [{}]}), 6)
    0.0
    """
    point, downhill = point_of(built, lane), -gradient_at(built, lane)
    minimum = nearest_minimum(built.race, point)
    way = np.array([minimum.x, minimum.y]) - point
    return math.degrees(abs(math.atan2(downhill[0] * way[1] - downhill[1] * way[0], float(downhill @ way))))


@measure(kinds=RACE, tells=("race_surface",))
def minimum_x(built: Built) -> float:
    """x of the least known minimum.

    >>> measured("minimum_x()", race={"surface": "rosenbrock"})
    1.0
    """
    return _least(built.race).x


@measure(kinds=RACE, tells=("race_surface",))
def minimum_y(built: Built) -> float:
    """y of the least known minimum.

    >>> measured("minimum_y()", race={"surface": "rosenbrock"})
    1.0
    """
    return _least(built.race).y


def _least(race: Race) -> Minimum:
    if not race.surface.minima:
        raise UnmeasurableError("no minimum is known here", "a surface with a known minimum")
    return min(race.surface.minima, key=lambda each: each.value)


# Who arrives ----------------------------------------------------------------------------------------------------------


def _ended(built: Built) -> Built:
    return built.at(built.end)


def _arrived(ended: Built, lane: int | None) -> int | None:
    """The step since which a lane stays at the finish at the race's end."""
    return None if diverges(ended, lane) else _arrival(ended, lane).arrived


def _arrival(ended: Built, lane: int | None) -> Arrival:
    """When a lane first comes to the finish, and since when it stays there, as the standings of a race tell it."""
    if ended.kind == "race":
        race = ended.race
        number = check_lane(race, lane)
        usual = race.usual_threshold() if ended.finish is None else ended.finish
        return arrival_of(race.losses(number, 0, ended.step), race.finish(usual))
    network = ended.network_race
    number = check_lane(network, lane)
    found = network.standings(NETWORK_FINISH if ended.finish is None else ended.finish)
    return next(Arrival(each.reached, each.arrived) for each in found if each.id == number)


def _in_order(ended: Built) -> list[tuple[int, int | None]]:
    """Lanes as they arrived, and when; the others after them by their loss."""
    found = []
    for lane in (ended.race if ended.kind == "race" else ended.network_race).lanes:
        at = _arrived(ended, lane.id)
        left = diverges(ended, lane.id) > 0.0
        loss = math.inf if left else _loss(ended, lane.id)
        found.append((in_order(at, loss, diverged=left), lane.id, at))
    return [(number, at) for _, number, at in sorted(found)]


def _loss(ended: Built, lane: int) -> float:
    if ended.kind == "race":
        return float(ended.race.losses(lane)[-1])
    return ended.network_race.lane(lane).trainer.loss("train")


@measure(kinds=RACES, live=False, tells=AHEAD)
def arrival(built: Built, lane: Lane) -> float:
    """The step at which a lane comes to the finish and stays there up to the race's end; infinity where it does not.

    >>> lane = {"optimizer": {"name": "sgd", "lr": 0.1}}
    >>> measured("arrival(1)", race={"surface": "bowl", "start": [1, 0], "lanes": [lane]}) < 100
    True
    """
    at = _arrived(_ended(built), lane)
    return math.inf if at is None else float(at)


@measure(kinds=RACES, live=False, tells=AHEAD)
def reached(built: Built, lane: Lane) -> float:
    """The step at which a lane first comes to the finish, whether it stays there or not; infinity where it does not.

    >>> lane = {"optimizer": {"name": "sgd", "lr": 0.1}}
    >>> measured("reached(1)", race={"surface": "bowl", "start": [1, 0], "lanes": [lane]}) < 100
    True
    """
    at = _arrival(_ended(built), lane).touched
    return math.inf if at is None else float(at)


@measure(kinds=RACES, live=False, tells=AHEAD)
def first(built: Built) -> float:
    """The lane that arrives first; 0 where none does.

    >>> lanes = [{"optimizer": {"name": "sgd", "lr": lr}} for lr in (0.01, 0.1)]
    >>> measured("first()", race={"surface": "bowl", "start": [1, 0], "lanes": lanes})
    2.0
    """
    order = _in_order(_ended(built))
    return float(order[0][0]) if order and order[0][1] is not None else 0.0


@measure(kinds=RACES, live=False, tells=AHEAD)
def rank(built: Built, lane: Lane) -> float:
    """The place of a lane at the race's end, 1 the first: by when it arrived, the others after them by their loss.

    >>> lanes = [{"optimizer": {"name": "sgd", "lr": lr}} for lr in (0.01, 0.1)]
    >>> measured("rank(1)", race={"surface": "bowl", "start": [1, 0], "lanes": lanes})
    2.0
    """
    ended = _ended(built)
    check_lane(ended.race if ended.kind == "race" else ended.network_race, lane)
    return 1.0 + [number for number, _ in _in_order(ended)].index(lane)


@measure(kinds=RACES, live=False, tells=AHEAD)
def arrived(built: Built) -> float:
    """How many lanes arrive by the race's end.

    >>> lanes = [{"optimizer": {"name": "sgd", "lr": lr}} for lr in (0.1, 10)]
    >>> measured("arrived()", race={"surface": "bowl", "start": [1, 0], "lanes": lanes})
    1.0
    """
    return float(sum(at is not None for _, at in _in_order(_ended(built))))


@measure(kinds=RACES, live=False, tells=AHEAD)
def left(built: Built, lane: Lane) -> float:
    """The step at which a lane left the surface, or its values were no longer finite; infinity where that does not happen.

    >>> lane = {"optimizer": {"name": "sgd", "lr": 10}}
    >>> measured("left(1)", race={"surface": "bowl", "start": [1, 0], "lanes": [lane]}) < 10
    True
    """
    ended = _ended(built)
    if ended.kind == "race":
        at = ended.race.diverged(check_lane(ended.race, lane))
        return math.inf if at is None else float(at)
    stop = ended.network_race.lane(check_lane(ended.network_race, lane)).stopped
    return float(stop.step) if stop is not None and broken(stop) else math.inf


@measure(kinds=RACES, live=False, tells=AHEAD)
def diverges(built: Built, lane: Lane) -> float:
    """1 where a lane leaves the surface, or its values are no longer finite, before the race's end; else 0.

    >>> lane = {"optimizer": {"name": "sgd", "lr": 10}}
    >>> measured("diverges(1)", race={"surface": "bowl", "start": [1, 0], "lanes": [lane]})
    1.0
    """
    return float(left(built, lane) < math.inf)


@measure(kinds=RACE, tells=("race_standings", "race_evaluations"))
def evaluations(built: Built, lane: Lane) -> float:
    """How many gradients a lane has asked for so far.

    >>> measured("evaluations(1)", race={"surface": "bowl", "start": [1, 0], "lanes": [{}]}, step=7)
    7.0
    """
    number = check_lane(built.race, lane)
    return float(built.race.evaluations(number)[-1, 1])


@measure(kinds=NETWORK, live=False, tells=NETWORK_HERE, latex="{measurement}")
def lane(built: Built, lane: Lane, measurement: Measured) -> float:
    """A measurement of the run of a lane of a race on a network.

    >>> lanes = [{"optimizer": {"name": "sgd", "lr": 0.1}}]
    >>> measured("lane(1, parameters())", network={"run": {"data": {"name": "xor"}}, "lanes": lanes})
    33.0
    """
    check_lane(built.network_race, lane)
    return measurement.value(built.lane(lane))
