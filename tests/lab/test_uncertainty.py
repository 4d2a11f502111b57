"""How sure: answers under masks against NumPy with the same masks, bands against SciPy's normal distribution."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats

from engine.kernels import codes
from engine.lab import ChoiceError, carried_out
from engine.lab.experiment import Result, begun, chosen
from engine.lab.uncertainty import EXPERIMENT
from engine.lab.uncertainty.experiment import Plan
from engine.lab.uncertainty.predictions import Answers, drawn_masks, half_width, under_masks
from engine.trainer import Trainer

QUICK = {"members": 2, "updates": 400, "masks": 30}


def plan(**choices: Any) -> Plan:
    return Plan(chosen(EXPERIMENT, choices))


def by_numpy(run: Trainer, x: np.ndarray, masks: dict[int, np.ndarray], draw: int, activation: str = "tanh") -> np.ndarray:
    """The network's answers (n,) with the units of one mask dropped."""
    h, last = x, len(run.parameters)
    for layer, (W, b) in enumerate(run.parameters, 1):
        z = h @ W.T + b
        if layer == last:
            return z[:, 0]
        h = (np.tanh(z) if activation == "tanh" else np.maximum(z, 0.0)) * masks[layer][draw]
    raise AssertionError


@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_answers_under_masks_are_numpys_with_the_same_masks(activation: str) -> None:
    run = Trainer(plan(activation=activation, rate=0.3).spec(0.3, 0))
    run.step(200)
    masks = drawn_masks((32, 32), 0.3, 25, 7)
    x = np.linspace(-9, 9, 300)[:, None]
    found = under_masks(run.evaluator, x, masks)
    theirs = np.array([by_numpy(run, x, masks, draw, activation) for draw in range(25)])
    assert np.abs(found - theirs).max() < 1e-12
    answers = Answers.of(found)
    assert np.allclose(answers.mean, theirs.mean(axis=0), atol=1e-12)
    assert np.allclose(answers.spread**2, np.var(theirs, axis=0, ddof=1), atol=1e-12) and answers.spread.max() > 0.1


def test_masks_are_those_of_dropout_in_training() -> None:
    masks = drawn_masks((32, 16), 0.25, 2000, 3)
    assert masks[1].shape == (2000, 32) and masks[2].shape == (2000, 16)
    run = Trainer(plan(rate=0.25).spec(0.25, 0))
    for _ in run.evaluator.passes("activation_ops", np.zeros((40, 1)), np.zeros((40, 1)), codes.TRAINING):
        kernels = run.evaluator.values("mask1", 40)
    for mask in masks.values():
        assert np.array_equal(np.unique(mask), np.unique(kernels)), "0, or what makes up for those that are dropped"
        assert mask.mean() == pytest.approx(1.0, abs=0.02), "on the mean nothing changes"
        assert np.abs(np.corrcoef(mask.T) - np.eye(len(mask.T))).max() < 0.12, "each unit for itself"
    assert not np.array_equal(drawn_masks((8,), 0.25, 50, 1)[1], drawn_masks((8,), 0.25, 50, 2)[1])


def test_bands_and_coverage_are_those_of_the_normal_distribution() -> None:
    for level in (0.5, 0.9, 0.95, 0.99):
        assert half_width(level) == pytest.approx(stats.norm.interval(level)[1], abs=1e-12)
    random = np.random.default_rng(0)
    answers = Answers(random.standard_normal(5000), 0.5 + random.random(5000))
    targets = random.normal(answers.mean, answers.spread)
    low, high = stats.norm.interval(0.9, answers.mean, answers.spread)
    assert answers.coverage(targets, 0.9) == np.mean((low <= targets) & (targets <= high)) == pytest.approx(0.9, abs=0.015)
    wider = answers.widened(0.3)
    assert np.allclose(wider.spread, np.hypot(answers.spread, 0.3)) and wider.coverage(targets) > answers.coverage(targets)


@pytest.fixture(scope="module")
def quick() -> Result:
    return carried_out(EXPERIMENT, **QUICK)


def test_the_ensemble_is_lone_runs_of_other_seeds_on_the_same_data(quick: Result) -> None:
    own = plan(**QUICK)
    runs = [Trainer(own.spec(0.0, seed)) for seed in (1, 2)]
    for run in runs:
        run.step(400)
    assert np.array_equal(runs[0].dataset.splits["train"].x, runs[1].dataset.splits["train"].x)
    answers = np.array([run.predict(np.linspace(-9, 9, 241)[:, None])[:, 0] for run in runs])
    points, band, noisy, truth = quick.figures[1].series
    assert np.allclose(band.y, answers.mean(axis=0), rtol=0, atol=1e-13)
    spread = np.abs(answers[0] - answers[1]) / np.sqrt(2.0)
    assert np.allclose(band.high - band.low, 2 * 1.959963984540054 * spread, atol=1e-12)
    assert np.allclose(noisy.high - noisy.low, 2 * 1.959963984540054 * np.hypot(spread, 0.1), atol=1e-12)
    assert np.array_equal(truth.y, np.sin(truth.x)) and np.array_equal(points.y, runs[0].dataset.splits["train"].y[:, 0])
    assert len(points.x) == 100 and quick.values["held_out"] == 600


def test_the_dropout_network_is_a_lone_run_with_dropout(quick: Result) -> None:
    run = Trainer(plan(**QUICK).spec(0.1, 0))
    run.step(400)
    masks = drawn_masks((32, 32), 0.1, 30, 0)
    x, targets = run.evaluator.rows("test")
    theirs = np.array([by_numpy(run, x, masks, draw) for draw in range(30)])
    mean, spread = theirs.mean(axis=0), theirs.std(axis=0, ddof=1)
    row = quick.table.rows[0]
    off = np.abs(targets[:, 0] - mean)
    assert row[0] == "Dropout" and row[1] == pytest.approx(np.mean(off <= 1.959963984540054 * spread), abs=1e-12)
    assert row[2] == pytest.approx(np.mean(off <= 1.959963984540054 * np.hypot(spread, 0.1)), abs=1e-12)
    assert row[3] == pytest.approx(np.sqrt(np.mean(off**2)), abs=1e-10)
    curve = next(series for series in quick.figures[2].series if series.name == "dropout alone")
    assert curve.y[list(curve.x).index(0.95)] == row[1] and (np.diff(curve.y) >= 0.0).all()


@pytest.mark.parametrize(("noise", "alone", "added"), [(0.1, 0.85, 0.91), (0.3, 0.66, 0.93)])
def test_the_band_of_measurements_needs_the_noises_variance(noise: float, alone: float, added: float) -> None:
    found = carried_out(EXPERIMENT, noise=noise, members=2)
    row = found.table.rows[0]
    assert row[1] == pytest.approx(alone, abs=0.03) and row[2] == pytest.approx(added, abs=0.03)
    assert f"covers {row[1]:.2f} by dropout" in found.said and f"with the noise's variance {row[2]:.2f}" in found.said
    assert "By dropout the band is narrower where nothing is known: tanh units are saturated" in found.said.replace(
        "dropout and ensemble", "dropout"
    )
    band = found.figures[0].series[1]
    width = band.high - band.low
    assert width[[0, -1]].mean() < width[np.abs(band.x) <= 6].mean(), "it is drawn, not hidden"


@pytest.mark.slow(seconds=20)
@pytest.mark.parametrize("noise", [0.1, 0.3])
def test_for_five_seeds_the_noises_variance_is_what_lacks(noise: float) -> None:
    rows = [carried_out(EXPERIMENT, noise=noise, members=5, seed=seed).table.rows for seed in range(5)]
    for method in (0, 1):
        alone, added = np.array([[row[method][1], row[method][2]] for row in rows]).T
        assert (alone < added).all() and alone.mean() < 0.9 and added.mean() == pytest.approx(0.94, abs=0.04)


def test_relus_band_widens_beyond_the_samples() -> None:
    found = carried_out(EXPERIMENT, activation="relu", members=3, updates=1500, masks=60)
    for chart in found.figures[:2]:
        width = chart.series[1].high - chart.series[1].low
        assert width[[0, -1]].mean() > 2 * width[np.abs(chart.series[1].x) <= 6].mean()
    assert "it depends on the activation" in found.said and [mark.at for mark in found.figures[0].marks] == [-6.0, 6.0]


def test_on_a_plane_spreads_and_means_are_maps() -> None:
    found = carried_out(EXPERIMENT, data="hills (2-D)", **QUICK)
    own = plan(data="hills (2-D)", **QUICK)
    runs = [Trainer(own.spec(0.0, seed)) for seed in (1, 2)]
    for run in runs:
        run.step(400)
    names = [figure.name for figure in found.figures]
    assert names == ["dropout_spread", "ensemble_spread", "dropout_mean", "ensemble_mean", "coverage", "samples"]
    spread, mean = found.figures[1], found.figures[3]
    place = (5, 40)  # row: y, column: x
    at = np.array([[mean.at_x[place[1]], mean.at_y[place[0]]]])
    answers = [float(run.predict(at)[0, 0]) for run in runs]
    assert mean.values[place] == pytest.approx(np.mean(answers), abs=1e-12)
    assert spread.values[place] == pytest.approx(np.std(answers, ddof=1), abs=1e-12)
    x, y = np.concatenate([[series.x, series.y] for series in found.figures[5].series], axis=1)
    assert len(x) == 100 and np.abs([x, y]).max() <= 6.0 and mean.at_x[[0, -1]].tolist() == [-9.0, 9.0]


def test_something_is_seen_soon_and_the_updates_are_told_before() -> None:
    shares, first = [], None
    for progress in begun(EXPERIMENT, None, QUICK):
        shares.append(progress.share)
        first = first or progress.so_far
    assert shares == sorted(shares) and shares[0] == 0.0 and shares[-1] < 1.0
    assert first is not None and first.values["updates"] == 50, "an eighth of the way"
    assert EXPERIMENT.updates(None, chosen(EXPERIMENT, QUICK)) == 3 * 400


def test_the_same_choices_give_the_same_bits_and_another_seed_others(quick: Result) -> None:
    again, other = carried_out(EXPERIMENT, **QUICK), carried_out(EXPERIMENT, **QUICK, seed=1)
    assert again.table == quick.table and np.array_equal(again.figures[0].series[1].low, quick.figures[0].series[1].low)
    assert not np.array_equal(other.figures[0].series[1].y, quick.figures[0].series[1].y)


@pytest.mark.parametrize(
    ("choices", "words"),
    [
        ({"noise": -0.1}, r"noise: must be a number in \[0, 1\]"),
        ({"members": 1}, r"members: must be a whole number in \[2, 30\]"),
        ({"rate": 0.0}, r"rate: must be a number in \[0.01, 0.6\]"),
        ({"data": "moons"}, "data: must be one of: sine"),
        ({"depth": 3}, "depth: How sure has no such choice"),
    ],
)
def test_what_is_not_allowed_is_refused_by_name(choices: dict[str, Any], words: str) -> None:
    with pytest.raises(ChoiceError, match=words):
        carried_out(EXPERIMENT, **choices)
