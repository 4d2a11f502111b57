"""Every surface with the usual lanes at their tuned rates: how it ends, and that what is said of it is in the numbers."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import numpy as np
import pytest

from engine.race import Race
from engine.race.outcome.reasons import AT_REST, Reason, reason
from engine.surfaces.function import SurfaceFunction, SurfaceSpec
from engine.surfaces.rows import SURFACES
from server.race.surface.opening import opening

STEPS = 1000


@cache
def opened(name: str) -> tuple[Race, float]:
    """The race that the page begins there, at its end."""
    spec, words, threshold = opening(name, 16, STEPS)
    assert words == "22 rates × 1 seed, 1000 steps"
    race = Race(spec)
    race.seek(STEPS)
    return race, threshold


def rests(race: Race, number: int) -> bool:
    lengths = np.linalg.norm(np.diff(race.trail(number), axis=0), axis=1)
    return bool(lengths[-STEPS // 10 :].sum() <= AT_REST * lengths.sum())


@pytest.mark.parametrize("name", SURFACES)
def test_it_ends_as_its_row_says(name: str) -> None:
    race, threshold = opened(name)
    row = SURFACES[name]
    ranked = race.standings(threshold)
    assert [standing.diverged for standing in ranked] == [None] * 6
    minima = row.minima(row.defaults())
    there = [s for s in ranked if s.arrived is not None and minima]
    still = [lane for lane in race.lanes if rests(race, lane.id)]
    assert row.ending == ("arrives" if len(there) >= 3 else "rests" if not there and len(still) >= 3 else "roams")
    for standing in there:
        close = min(minima, key=lambda minimum: np.hypot(minimum.x - standing.x, minimum.y - standing.y))
        assert close.kind == "global" or close.value <= race.finish(threshold)
    arrivals = [np.inf if s.arrived is None else s.arrived for s in ranked]
    assert arrivals == sorted(arrivals)
    for standing in ranked:
        away = np.flatnonzero(~(race.losses(standing.id) <= race.finish(threshold)))
        since = int(away[-1]) + 1 if len(away) else 0
        assert standing.arrived == (since if since <= STEPS else None)


@pytest.mark.parametrize("name", SURFACES)
def test_the_facts_of_its_reason_are_in_the_numbers(name: str) -> None:
    race, threshold = opened(name)
    found = reason(race, threshold)
    assert found is not None
    ranked = race.standings(threshold)
    assert found.first == ranked[0].id and found.other == ranked[1].id
    for number in (found.first, found.other):
        measured(race, found, number, next(s for s in ranked if s.id == number))
    first, other = found.paths[found.first], found.paths[found.other]
    if ranked[0].arrived is None:
        assert found.told == "nobody" and found.place is not None and found.place.lane == found.first
    elif ranked[1].arrived is None:
        assert found.told == ("rests" if rests(race, found.other) else "under way")
    elif ranked[0].arrived == ranked[1].arrived:
        assert found.told == "tie"
    else:
        longer, shorter = first.step / other.step, other.length / first.length
        assert longer * shorter == pytest.approx(ranked[1].arrived / ranked[0].arrived, rel=1e-12)
        assert found.told == ("longer steps" if longer >= shorter else "shorter path")
        assert max(longer, shorter) > 1.0
    if found.place is not None:
        point = next(s for s in ranked if s.id == found.place.lane)
        assert (found.place.loss, found.place.gradient_norm) == (point.loss, point.gradient_norm)
        assert found.place.rests == rests(race, point.id)


def measured(race: Race, found: Reason, number: int, standing) -> None:
    """A path against its trail, by other means."""
    path = found.paths[number]
    assert path.updates == (STEPS if standing.arrived is None else standing.arrived)
    points = race.trail(number)[: path.updates + 1]
    length = sum(float(np.hypot(*(b - a))) for a, b in pairwise(points))
    assert path.length == pytest.approx(length, rel=1e-12) and path.step * path.updates == pytest.approx(length, rel=1e-12)
    slopes = [float(np.linalg.norm(race.surface.at([point]).gradient)) for point in points[:-1]]
    assert path.slope == pytest.approx(np.mean(slopes), rel=1e-12)
    turns = sum(float(np.dot(c - b, b - a)) < 0.0 for a, b, c in zip(points[:-2], points[1:-1], points[2:], strict=True))
    assert path.turns == pytest.approx(turns / max(1, path.updates - 1), abs=1e-12)
    tops = [float(np.linalg.eigvalsh(race.surface.at([point]).hessian[0])[-1]) for point in points[:-1]]
    if path.updates <= 200:
        assert path.steepest == pytest.approx(max(tops), rel=1e-12, abs=1e-300)
    assert path.steepest <= max(tops)
    optimizer = race.lane(number).spec.optimizer
    assert path.rate == optimizer.lr
    factor = {"sgd": 2.0, "momentum": 2.0 * 1.9, "nesterov": 2.0 * 1.9 / 2.8}.get(optimizer.name)  # β = 0.9: MATHS
    if factor is None or path.steepest <= 0.0:
        assert path.bound is None
    else:
        assert path.bound == pytest.approx(factor / path.steepest, rel=1e-12)


def test_a_race_that_has_not_begun_has_no_reason() -> None:
    race = Race({"lanes": [{"optimizer": {"name": "sgd"}}]})
    assert reason(race) is None
    race.advance(1)
    assert reason(race) is not None and reason(race).told == "nobody"
    race.remove(1)
    assert reason(race) is None


def test_lanes_that_left_and_one_that_is_alone() -> None:
    wild = {"optimizer": {"name": "sgd", "lr": 1.0}}
    race = Race({"surface": "rosenbrock", "lanes": [wild]})
    race.seek(100)
    found = reason(race)
    assert found is not None and found.told == "all left" and found.place is None and found.other is None
    race.add({"optimizer": {"name": "momentum", "lr": 0.002}})
    race.seek(1000)
    found = reason(race)
    assert found is not None and (found.told, found.first, found.other) == ("alone", 2, None)


def test_noise_is_told_by_the_last_losses() -> None:
    race = Race({"surface": "bowl", "noise": 1.0, "lanes": [{"optimizer": {"name": "sgd", "lr": 0.4}}]})
    race.seek(500)
    found = reason(race)
    losses = race.losses(1)[401:]
    assert found is not None and found.noise == (losses.min(), losses.max())


@pytest.mark.parametrize("name", SURFACES)
def test_a_finish_lies_below_the_start(name: str) -> None:
    race = Race({"surface": name})
    threshold = race.usual_threshold()
    height = SurfaceFunction(SurfaceSpec.model_validate(name)).at([race.start]).value[0] - race.finish(0.0)
    assert 0.0 < threshold <= 0.01 and (threshold == 0.01 or threshold == pytest.approx(0.01 * height, rel=0.5))
    if race.surface.minima:
        assert threshold < 0.02 * height
