"""Every preset's claim, on the numbers of its race."""

import numpy as np
import pytest
from claims import claim

from engine.landscape.curvature import of_matrix
from engine.race.on_network import NetworkRace
from engine.race.on_surface import Race
from engine.race.presets import PRESETS
from engine.race.seeds import SeedRace


def run(name):
    preset = PRESETS[name]
    race = {"surface": Race, "network": NetworkRace}[preset.kind](preset.script)
    race.advance(preset.steps)
    assert race.step == preset.steps
    return race


def lengths(race, number):
    return np.linalg.norm(np.diff(race.trail(number), axis=0), axis=1)


@claim("preset ravine")
def test_ravine():
    race, preset = run("ravine"), PRESETS["ravine"]
    reached = {s.id: s.reached for s in race.standings(preset.threshold)}
    assert reached == {1: 254, 2: 102} and "254" in preset.summary and "momentum 102" in preset.summary
    y = race.trail(1)[:50, 1]
    assert (np.sign(y[1:]) == -np.sign(y[:-1])).all(), "plain descent zigzags: it crosses the floor at every step"
    assert race.lanes[0].spec.optimizer.lr == pytest.approx(1.8 / 100.0, rel=1e-12)


@claim("preset speed_limit")
def test_speed_limit():
    race = run("speed_limit")
    first, second = race.standings(PRESETS["speed_limit"].threshold)
    assert (first.id, first.reached) == (1, 687) and second.diverged is not None


def kinds(race):
    found = [race.surface.at([race.trail(lane.id)[-1]]) for lane in race.lanes]
    return [of_matrix(point.gradient[0], point.hessian[0], 0.05).kind for point in found]


@claim("preset saddle", "preset saddle_noise")
def test_saddle_without_and_with_noise():
    still, noisy = run("saddle"), run("saddle_noise")
    assert kinds(still) == ["saddle"] * 3 and all((still.trail(n)[:, 1] == 0.0).all() for n in (1, 2, 3))
    assert kinds(noisy) == ["minimum"] * 3
    assert all(abs(abs(noisy.trail(n)[-1, 1]) - 2.0) < 0.05 for n in (1, 2, 3))


@claim("preset newton")
def test_newton():
    race = run("newton")
    assert kinds(race) == ["saddle", "minimum", "minimum"]
    assert all(np.linalg.norm(race.surface.at([race.trail(n)[-1]]).gradient) < 1e-3 for n in (1, 2, 3))
    assert np.linalg.eigvalsh(race.surface.at([race.start]).hessian[0])[0] < 0.0, "not convex where it begins"
    ends = np.array([race.trail(n)[-1] for n in (1, 2, 3)])
    assert np.allclose(ends[1], ends[2], atol=1e-4) and (np.linalg.norm(ends - race.start, axis=1) < 3.0).all()


@claim("preset nesterov")
def test_nesterov():
    race = run("nesterov")
    textbook, torch = race.trail(1), race.trail(2)
    velocity = -np.diff(textbook, axis=0) / 1e-3  # θ − ηβv, v from the steps
    ahead = textbook[1:] - 1e-3 * 0.9 * velocity
    assert np.abs(torch[1:] - ahead).max() < 1e-12 and np.abs(torch - textbook).max() > 0.01


@claim("preset bias_correction")
def test_bias_correction():
    race = run("bias_correction")
    with_it, without = (np.abs(np.diff(race.trail(n), axis=0))[0] / 0.05 for n in (1, 2))
    assert with_it == pytest.approx([1, 1], rel=1e-6) and without == pytest.approx([3.1623, 3.1623], rel=1e-4)


@claim("preset adagrad")
def test_adagrad():
    race = run("adagrad")
    dying, kept = lengths(race, 1), lengths(race, 2)
    assert dying[99] / dying[0] == pytest.approx(0.1, rel=1e-6) and kept[99] == pytest.approx(0.1, rel=1e-3)


@claim("preset epsilon")
def test_epsilon():
    race = run("epsilon")
    outside, inside = (np.abs(np.diff(race.trail(n), axis=0))[0, 0] / 0.05 for n in (1, 2))
    assert outside == pytest.approx(0.99, abs=1e-3) and inside == pytest.approx(0.01, abs=1e-4)


@claim("preset warm_restarts")
def test_warm_restarts():
    """Over 40 seeds, so that the claim is of the rule and not of one noise."""
    race, before = run("warm_restarts"), []
    for seed in range(40):
        race.change(seed=seed)
        before.append([[race.losses(n)[step] for step in (100, 300, 700, 1500)] for n in (1, 2)])
    constant, restarted = np.mean(before, axis=0)
    assert (restarted < 0.25 * constant).all()


@claim("preset batches")
def test_batches():
    race = run("batches")
    rises = []
    for number in (1, 2, 3):
        series = race.lane(number).trainer.series.columns()
        rises.append(int((np.diff(series["train_loss"]) > 0).sum()))
    assert rises[0] > rises[1] > rises[2] == 0
    assert race.badges(1) == ("own batches",)


@claim("preset fifty_starts")
def test_fifty_starts():
    script = PRESETS["fifty_starts"].script
    race = SeedRace(script["run"], script["lanes"], script["seeds"], script["steps"], points=2).finish()
    assert 31 <= round(50 * race.share_below(0, PRESETS["fifty_starts"].threshold)) <= 39


def test_presets_are_plain_data():
    assert all(preset.as_json()["script"] == preset.script for preset in PRESETS.values())
