"""Many seeds: bands, shares and wins, recomputed from lone trainers; TEACHING.md moment 8."""

import numpy as np
import pytest

from engine import RunSpec, Trainer
from engine.race.seeds import SeedRace

XOR = {
    "data": {
        "name": "inline",
        "task": "classification",
        "train_x": [[-1.0, -1.0], [-1.0, 1.0], [1.0, -1.0], [1.0, 1.0]],
        "train_y": [0, 1, 1, 0],
    },
    "network": {"layers": [{"units": 2, "activation": "tanh"}], "initializer": {"name": "normal", "scale": 1.0}},
    "batch_size": "full",
}


def test_fifty_starts():
    """XOR of ±1, 2-2-1 tanh, weights from 𝒩(0, 1), full batch, η = 0.5: about 35 of 50 get below 0.05 in 2,000 steps."""
    race = SeedRace(XOR, [{"optimizer": {"name": "sgd", "lr": 0.5}}], 50, 2000, points=2).finish()
    count = round(50 * race.share_below(0, 0.05))
    assert 31 <= count <= 39
    assert race.losses.shape == (1, 50, 2) and (race.losses[0, :, 0] > 0.2).all()


def test_bands_shares_and_wins_are_those_of_lone_runs():
    lanes = [{"optimizer": {"name": "adam", "lr": 0.05}}, {"optimizer": {"name": "sgd", "lr": 0.05}}]
    run = {"data": {"name": "moons", "samples": 60}, "network": {"layers": [{"units": 3}]}}
    race = SeedRace(run, lanes, [3, 8, 9, 11], 80, points=5).finish()
    assert race.steps.tolist() == [0, 20, 40, 60, 80]
    expected = np.empty((2, 4))
    for i, lane in enumerate(lanes):
        for j, seed in enumerate((3, 8, 9, 11)):
            trainer = Trainer(RunSpec.model_validate(run | lane | {"seed": seed}))
            trainer.step(80)
            expected[i, j] = trainer.loss("train")
            assert np.array_equal(race.endings[i, j].machine.theta, trainer.machine.theta)
    assert np.array_equal(race.losses[:, :, -1], expected)
    ordered = np.sort(expected, axis=1)
    band = race.band(0)
    assert (band.low[-1], band.median[-1], band.high[-1]) == tuple(ordered[0, :3])
    assert race.wins().tolist() == [np.mean(expected[0] < expected[1]), np.mean(expected[0] > expected[1])]
    assert race.share_below(1, ordered[1, 2]) == 0.5


def test_data_are_shared_and_starts_shared_per_seed():
    race = SeedRace(
        {"data": {"name": "circle"}}, [{"optimizer": {"name": n}} for n in ("sgd", "adam")], 2, 1, points=2
    ).finish()
    xs = {trainer.machine.x.tobytes() for trainer in race.endings.values()}
    assert len(xs) == 1
    assert race.losses[0, 0, 0] == race.losses[1, 0, 0] != race.losses[0, 1, 0]


def test_a_run_that_diverges_is_infinitely_high_and_wins_nothing():
    run = {
        "data": {"name": "circle"},
        "loss": "mse",
        "network": {"layers": [{"units": 3, "activation": "relu"}], "output_activation": "identity"},
    }
    race = SeedRace(
        run, [{"optimizer": {"name": "sgd", "lr": 1e9}}, {"optimizer": {"name": "sgd", "lr": 0.01}}], 3, 60
    ).finish()
    assert np.isinf(race.losses[0, :, -1]).all() and race.wins().tolist() == [0.0, 1.0]
    assert np.isinf(race.band(0).median[-1]) and race.share_below(0, 1e300) == 0.0


@pytest.mark.parametrize(
    ("lanes", "seeds", "steps"),
    [([], 2, 10), ([{}], 0, 10), ([{}], 65, 10), ([{}], 2, 0), ([{"seed": 3}], 2, 10)],
)
def test_what_is_refused(lanes, seeds, steps):
    with pytest.raises(ValueError, match="allowed"):
        SeedRace(XOR, lanes, seeds, steps)


def test_how_a_study_is_cut_changes_no_number(monkeypatch):
    lanes = [{"optimizer": {"name": "adam"}}, {"optimizer": {"name": "sgd", "lr": 0.3}}]
    run = {"data": {"name": "moons", "samples": 40}, "network": {"layers": [{"units": 3}]}}
    whole = SeedRace(run, lanes, 3, 40, points=5).finish()
    monkeypatch.setattr("engine.race.seeds.SECONDS", 1e-9)
    shares = list((cut := SeedRace(run, lanes, 3, 40, points=5)).slices())
    assert np.array_equal(cut.losses, whole.losses) and len(shares) > 40 and shares == sorted(shares)
