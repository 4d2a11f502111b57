"""Who has arrived, and since when: at the finish and not away from it again."""

import numpy as np
import pytest

from engine.race.on_network import NetworkRace
from engine.race.on_surface import Race
from engine.race.outcome.arrival import arrival, in_order


@pytest.mark.parametrize(
    ("losses", "touched", "arrived"),
    [
        ([3, 2, 1], None, None),
        ([3, 0.5, 0.4], 1, 1),
        ([3, 0.5, 2, 0.4, 0.3], 1, 3),
        ([3, 0.5, 2], 1, None),
        ([0.2, 0.1], 0, 0),
        ([0.2], 0, 0),
        ([3, 0.5, np.nan], 1, None),
        ([np.inf, 1.0, 0.5], 2, 2),
        ([3, 0.5, 0.5000001, 0.5], 1, 3),
    ],
)
def test_a_touch_that_does_not_last_is_none(losses, touched, arrived):
    assert arrival(np.array(losses, dtype=np.float64), 0.5) == (touched, arrived)


def test_against_a_loop_over_random_losses():
    rng = np.random.default_rng(5)
    for _ in range(300):
        losses = rng.integers(0, 4, rng.integers(1, 9)).astype(np.float64)
        inside = [loss <= 1 for loss in losses]
        touched = next((i for i, there in enumerate(inside) if there), None)
        arrived = next((i for i in range(len(losses)) if all(inside[i:])), None)
        assert arrival(losses, 1.0) == (touched, arrived)


def test_the_order():
    told = [(7, 0.3, False), (None, 0.1, False), (3, 0.4, False), (7, 0.2, False), (None, np.nan, False), (1, 0.0, True)]
    ranked = sorted(told, key=lambda lane: in_order(lane[0], lane[1], diverged=lane[2]))
    assert ranked[:4] == [(3, 0.4, False), (7, 0.2, False), (7, 0.3, False), (None, 0.1, False)]
    assert np.isnan(ranked[4][1]) and ranked[5][2]


def test_ranks_of_a_race_at_every_step_are_those_of_its_losses():
    lanes = [{"optimizer": {"name": "momentum", "lr": 0.018}}, {"optimizer": {"name": "adam", "lr": 0.2}}]
    race = Race({"surface": "ravine", "lanes": [*lanes, {"optimizer": {"name": "sgd", "lr": 0.018}}], "max_steps": 400})
    race.advance(400)
    led = set()
    for step in range(401):
        race.seek(step)
        ranked = race.standings(0.01)
        since = {}
        for lane in race.lanes:
            away = np.flatnonzero(race.losses(lane.id) > 0.01)
            since[lane.id] = 0 if not len(away) else int(away[-1]) + 1
            since[lane.id] = since[lane.id] if since[lane.id] <= step else np.inf
        expected = sorted(since, key=lambda number: (since[number], race.losses(number)[-1]))
        assert [standing.id for standing in ranked] == expected
        led.add(expected[0])
    assert len(led) > 1, "the lead changes on the way"


def test_lanes_on_the_network_are_ranked_alike():
    race = NetworkRace(
        {
            "run": {"data": {"name": "moons", "samples": 60}, "eval_every": 1, "stop": {"max_steps": 300}},
            "lanes": [{"optimizer": {"name": "sgd", "lr": 0.005}}, {"optimizer": {"name": "adam", "lr": 0.05}}],
        }
    )
    race.advance(300)
    first, second = race.standings(0.2)
    losses = race.lane(first.id).recorded
    away = losses["step"][losses["train_loss"] > 0.2]
    assert first.id == 2 and second.arrived is None
    assert first.arrived is not None and first.arrived > away.max() and first.arrived - 1 == away.max()
