"""One lane from many starts: each path is a race of its own from there."""

import numpy as np
import pytest

from engine.race.fan import MOST_POINTS, fan
from engine.race.on_surface import Race

LANE = {"optimizer": {"name": "momentum", "lr": 0.002}, "retunes": [{"step": 40, "optimizer": {"name": "sgd", "lr": 0.01}}]}


def test_every_path_is_that_of_a_race_from_its_start():
    starts = [(float(x), float(y)) for x in (-4, -1, 0.5, 3) for y in (-3, 0.25, 4)]
    spec = {"surface": "himmelblau", "max_steps": 700, "noise": 0.1, "seed": 4}
    found = fan(spec, LANE, starts)
    assert found.points.shape == (12, MOST_POINTS, 2) and found.steps[0] == 0 and found.steps[-1] == 700
    for row, start in enumerate(starts):
        race = Race(spec | {"start": start, "lanes": [LANE]})
        race.seek(700)
        assert np.array_equal(found.points[row], race.trail(1)[found.steps])
        assert found.losses[row] == race.losses(1)[-1] and np.array_equal(found.ends[row], race.trail(1)[-1])
        standing = race.standings(0.01)[0]
        assert found.arrived[row] == (-1 if standing.arrived is None else standing.arrived)
        near = race.surface.minima[found.reaches[row]]
        assert np.hypot(near.x - found.ends[row, 0], near.y - found.ends[row, 1]) < 0.1
    assert len(set(found.reaches)) == 4, "all four minima are reached from somewhere"


def test_one_that_leaves_ends_where_it_left():
    found = fan(
        {"surface": "rosenbrock", "max_steps": 150}, {"optimizer": {"name": "sgd", "lr": 0.002}}, [(-1.3, 1.6), (2.0, -3.0)]
    )
    assert found.reaches[1] == found.arrived[1] == -1 and np.isnan(found.losses[1]) and np.isnan(found.ends[1]).all()
    gone = np.isnan(found.points[1, :, 0])
    assert gone[-1] and not gone[0] and (np.diff(gone.astype(int)) >= 0).all() and np.isfinite(found.points[0]).all()


def test_no_start_and_too_many_and_one_off_the_surface():
    assert fan({"surface": "bowl"}, {}, []).points.shape[0] == 0
    with pytest.raises(ValueError, match="201 given; allowed: up to 200"):
        fan({"surface": "bowl"}, {}, [(0.0, 0.0)] * 201)
    own = {"surface": {"name": "formula", "formula": "log(x) + y**2", "domain": [[0.1, 3.0], [-1.0, 1.0]]}}
    with pytest.raises(ValueError, match="no value at"):
        fan(own, {}, [(1.0, 0.0), (-1.0, 0.0)])


def test_many_starts_of_a_long_race_end_before_it():
    found = fan({"surface": "bowl", "max_steps": 100_000}, {"optimizer": {"name": "sgd", "lr": 0.01}}, [(1.0, 1.0)] * 200)
    assert found.steps[-1] == 5000
    assert fan({"surface": "bowl", "max_steps": 100_000}, {}, [(1.0, 1.0)]).steps[-1] == 100_000


def test_a_surface_without_minima_is_reached_nowhere():
    found = fan(
        {"surface": "monkey_saddle", "max_steps": 50}, {"optimizer": {"name": "sgd", "lr": 0.01}}, [(1.0, 0.0), (1.0, 0.5)]
    )
    assert (found.reaches == -1).all()
