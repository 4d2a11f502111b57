"""Rates tried over a declared grid and budget; starts coloured by where they end."""

import numpy as np
import pytest

from engine import RunSpec, Trainer
from engine.parts import at_once
from engine.race.on_surface import Race
from engine.race.sweep import RATES, basins, network_rate_sweep_in_parts, rate_sweep, rate_sweep_in_parts


def test_the_best_rate_of_a_bowl_is_the_one_that_theory_names():
    """f = ½(x² + κy²): gradient descent is fastest at 2/(1 + κ)."""
    rates = np.linspace(0.001, 0.0202, 40)
    found = rate_sweep({"surface": "ravine"}, {"optimizer": {"name": "sgd"}}, rates, 300)
    assert found.best == pytest.approx(2 / 101, abs=0.0005) and found.losses.shape == (1, 40)
    assert found.words == "40 rates × 1 seed, 300 steps"


def test_sweep_is_lone_lanes_and_divergence_is_infinite():
    spec = {"surface": "rosenbrock", "noise": 0.2}
    found = rate_sweep(spec, {"optimizer": {"name": "momentum"}}, RATES, 200, (0, 5, 6))
    for row, seed in enumerate((0, 5, 6)):
        for column in (0, 1, 2):
            race = Race(spec | {"seed": seed, "lanes": [{"optimizer": {"name": "momentum", "lr": RATES[column]}}]})
            race.advance(200)
            assert found.losses[row, column] == race.losses(1)[-1]
    assert np.isinf(found.losses[:, -1]).all() and found.best == RATES[int(np.argmin(np.sort(found.losses, axis=0)[1]))]
    none = rate_sweep({"surface": "rosenbrock"}, {"optimizer": {"name": "sgd"}}, [1.0, 2.0], 50, (0, 1))
    assert none.best is None and none.seeds == (0,)


def test_basins_of_four_equal_minima():
    found = basins({"surface": "himmelblau"}, {"optimizer": {"name": "sgd", "lr": 0.005}}, 12, 1500)
    assert set(found.minimum.ravel()) == {0, 1, 2, 3}
    race = Race(
        {
            "surface": "himmelblau",
            "start": [found.x[3], found.y[8]],
            "lanes": [{"optimizer": {"name": "sgd", "lr": 0.005}}],
            "max_steps": 1500,
        }
    )
    race.advance(1500)
    assert np.array_equal(race.trail(1)[-1], found.ends[8, 3])
    nearest = race.surface.minima[found.minimum[8, 3]]
    assert np.hypot(nearest.x - found.ends[8, 3, 0], nearest.y - found.ends[8, 3, 1]) < 0.05


def test_basins_where_it_diverges_or_ends_nowhere():
    wild = basins({"surface": "himmelblau"}, {"optimizer": {"name": "sgd", "lr": 1.0}}, 4, 50)
    assert (wild.minimum == -2).all()
    slow = basins({"surface": "himmelblau"}, {"optimizer": {"name": "sgd", "lr": 1e-7}}, 4, 5)
    assert (slow.minimum == -1).all()
    own = basins({"surface": {"name": "formula", "formula": "x*log(y)"}}, {"optimizer": {"name": "sgd"}}, 4, 5)
    assert np.isnan(own.losses[own.y < 0]).all() and not np.isnan(own.losses[own.y > 0]).any()


def test_what_is_refused():
    with pytest.raises(ValueError, match="1 to 64"):
        rate_sweep({}, {}, [])
    with pytest.raises(ValueError, match="2 to 64"):
        basins({}, {}, 65)


def test_a_networks_sweep_is_lone_runs_and_may_be_left_between_two_parts():
    run = {"data": {"name": "moons", "samples": 60}, "network": {"layers": [{"units": 3}]}}
    found = at_once(
        network_rate_sweep_in_parts(run, {"optimizer": {"name": "adam"}, "seed": 4}, (0.001, 0.05, 1e-9), 90, (3, 5))
    )
    for row, seed in enumerate((3, 5)):
        for column, rate in enumerate((0.001, 0.05, 1e-9)):
            trainer = Trainer(RunSpec.model_validate(run | {"optimizer": {"name": "adam", "lr": rate}, "seed": seed}))
            trainer.step(90)
            assert found.losses[row, column] == trainer.loss("train")
    assert found.best == 0.05 and found.words == "3 rates × 2 seeds, 90 steps"
    shares = list(network_rate_sweep_in_parts(run, {}, steps=50))
    assert shares == sorted(shares) and shares[-1] == 1.0 and len(shares) > 2
    shares = list(rate_sweep_in_parts({"surface": "rosenbrock", "noise": 0.1}, {}, steps=5000, seeds=(0, 1)))
    assert shares == sorted(shares) and shares[-1] == 1.0 and len(shares) == 10
