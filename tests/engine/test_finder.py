"""The learning-rate range test, against the bound of gradient descent on a quadratic and against runs at single rates."""

import numpy as np
import problems
import pytest

from engine import RunSpec, Trainer


def linear_regression(seed=0, spread=1.0, far=1.0, **fields):
    """Full-batch least squares: J is a quadratic whose largest curvature is known. 2/λ_max bounds the rate (MATHS.md)."""
    random = np.random.default_rng(seed)
    x = random.normal(size=(40, 3)) * np.array([1.0, spread, spread])
    y = x @ np.array([1.0, -2.0, 0.5]) + 0.3 + random.normal(size=40)
    start = [(far * random.normal(size=(1, 3)), np.zeros(1))]
    made = problems.Problem("regression", ("identity",), "mse", x, y, start)
    with_bias = np.column_stack([x, np.ones(40)])
    top = np.linalg.eigvalsh(with_bias.T @ with_bias / 40).max()
    return made.trainer(**fields), 2.0 / top


@pytest.mark.parametrize("seed", range(4))
def test_a_quadratic_diverges_just_above_its_bound(seed):
    """From just below 2/λ_max, far from the minimum: the loss falls up to the last rate below it, and rises from there."""
    trainer, bound = linear_regression(seed, far=1000.0)
    found = trainer.find_rate(0.8 * bound, 4 * bound, 200)
    assert found.smoothing == 0.0 and np.array_equal(found.losses, found.smoothed)
    assert found.turned == found.rates[found.rates < bound].max()
    assert bound < found.diverged < 1.2 * bound


def test_a_wide_ladder_shows_the_bound_later():
    """Rates below the bound shrink the steepest error down to rounding, and above it that has to grow back first."""
    trainer, bound = linear_regression()
    found = trainer.find_rate(bound / 100, bound * 10, 400)
    assert bound < found.turned <= found.diverged < 4 * bound
    assert found.suggestion.rule == "steepest" and found.suggestion.rate < bound
    tenth = next(suggestion for suggestion in found.suggestions if suggestion.rule == "tenth")
    assert tenth.rate == found.diverged / 10 < bound


def test_the_bound_of_momentum_is_higher():
    """2(1 + β)/λ_max, 1.9 times that of plain descent at β = 0.9: the finder runs the run's own rule."""
    trainer, bound = linear_regression(optimizer={"name": "momentum", "lr": 0.1, "beta": 0.9})
    found = trainer.find_rate(bound / 10, bound * 40, 4000)
    assert 1.9 * bound < found.diverged < 1.4 * 1.9 * bound


def test_one_curvature_turns_exactly_at_the_bound():
    """One weight, λ = 4: the error is multiplied by 1 − ηλ, so the loss falls until η = 2/λ = 0.5 and rises from there."""
    start = [(np.zeros((1, 1)), np.zeros(1))]
    made = problems.Problem("regression", ("identity",), "mse", np.array([[2.0], [-2.0]]), np.array([3.0, -3.0]), start)
    found = made.trainer().find_rate(0.3, 2.0, 60)
    assert found.turned == found.rates[found.rates < 0.5].max()
    assert 0.5 < found.diverged < 0.6


def test_the_losses_are_those_of_the_run_at_these_rates():
    """Every update by hand: the rate set by an edit, the loss of the next mini-batch before its own update."""
    spec = RunSpec.model_validate({"optimizer": {"name": "adam"}, "network": {"layers": [{"units": 4}]}})
    trainer, other = Trainer(spec), Trainer(spec)
    trainer.step(30), other.step(30)
    found = trainer.find_rate(1e-3, 1e-1, 20)
    assert found.rates == pytest.approx(np.geomspace(1e-3, 1e-1, 20))
    losses = []
    for rate in [*found.rates, 1.0]:
        other.edit({"kind": "set", "path": "optimizer.lr", "value": float(rate)})
        losses.append(other.step(1))
    assert found.losses.tolist() == losses[1:]
    average, smoothed = 0.0, []
    beta = found.smoothing
    for count, loss in enumerate(losses[1:], 1):
        average = beta * average + (1 - beta) * loss
        smoothed.append(average / (1 - beta**count))
    assert found.smoothed == pytest.approx(smoothed, rel=1e-12)
    assert beta == pytest.approx(9 / 11)  # ten mini-batches of ten


@pytest.mark.parametrize("ops", [0, 3, 7])
def test_the_run_is_left_alone_even_in_the_midst_of_an_update(ops):
    spec = RunSpec.model_validate({"optimizer": {"name": "nesterov", "lr": 0.02}})
    trainer, other = Trainer(spec), Trainer(spec)
    for each in (trainer, other):
        each.step(11)
        for _ in range(ops):
            each.advance_op()
    kept = trainer.machine.copy_buffers()
    series = trainer.series.points.copy()
    found = trainer.find_rate()
    after = trainer.machine.copy_buffers()
    assert all(np.array_equal(kept[name], after[name], equal_nan=name == "rules") for name in kept)
    assert np.array_equal(series, trainer.series.points, equal_nan=True)
    assert found.finished and len(found.rates) > 50
    trainer.step(20), other.step(20)
    assert problems.bits(trainer) == problems.bits(other)


def test_in_slices_it_is_the_same_and_may_be_looked_at():
    trainer = Trainer(RunSpec.model_validate({}))
    finder = trainer.rate_finder()
    shares = []
    for share in finder.slices(15):
        shares.append(share)
        partial = finder.result
        assert not partial.finished and partial.suggestions == () and len(partial.losses) == round(share * 200)
    whole = trainer.find_rate()
    assert shares == sorted(shares) and len(shares) > 5
    assert finder.result.losses.tolist() == whole.losses.tolist()
    assert finder.result.as_json() == whole.as_json()


def test_a_flat_curve_suggests_nothing():
    """Zero weights throughout: no gradient but the output bias's, which is at its best already."""
    x = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]
    data = {"name": "inline", "task": "classification", "train_x": x, "train_y": [0, 1, 1, 0]}
    spec = {"data": data, "network": {"layers": [{"units": 3}], "initializer": {"name": "zeros"}}, "batch_size": "full"}
    found = Trainer(RunSpec.model_validate(spec | {"optimizer": {"name": "sgd", "lr": 0.1}})).find_rate()
    assert found.finished and found.diverged is None and found.turned is None
    assert found.suggestions == () and found.suggestion is None


def test_a_run_that_overflows_ends_the_test():
    trainer, _ = linear_regression(spread=1e3)
    found = trainer.find_rate(1e-9, 1e9, 300)
    assert found.finished and found.diverged is not None and len(found.losses) < 300
    assert np.isfinite(found.suggestions[-1].rate)


@pytest.mark.parametrize(
    ("data", "layers", "optimizer"),
    [("circle", 8, "sgd"), ("spiral", 16, "adam"), ("moons", 8, "momentum"), ("multi_gaussian", 12, "adam")],
)
def test_a_suggested_rate_trains_and_the_rate_of_divergence_does_not(data, layers, optimizer):
    def trained(rate):
        spec = {
            "data": {"name": data},
            "network": {"layers": [{"units": layers}]},
            "optimizer": {"name": optimizer, "lr": rate},
        }
        trainer = Trainer(RunSpec.model_validate(spec))
        before = trainer.loss("train")
        trainer.step(500)
        return trainer.loss("train") / before if trainer.stopped is None else np.inf

    spec = {"data": {"name": data}, "network": {"layers": [{"units": layers}]}, "optimizer": {"name": optimizer}}
    found = Trainer(RunSpec.model_validate(spec)).find_rate()
    best = min(trained(suggestion.rate) for suggestion in found.suggestions)
    assert best < 0.9
    if found.diverged is not None:
        assert trained(10 * found.diverged) > 2 * best


@pytest.mark.parametrize(("low", "high", "updates"), [(0.0, 1.0, 100), (1.0, 0.1, 100), (1e-6, 1e10, 100), (1e-6, 1.0, 9)])
def test_bad_ranges_are_refused_by_name(low, high, updates):
    with pytest.raises(ValueError, match="allowed"):
        Trainer(RunSpec.model_validate({})).rate_finder(low, high, updates)
