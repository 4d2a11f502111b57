"""Start values: spread and limits of every row on a large layer, independence of seeds and layers."""

import itertools

import numpy as np
import pytest
from scipy import stats

from engine import RunSpec, Trainer
from engine.rows import initializers

INPUTS, UNITS, NEXT = 300, 200, 150


def weights(name, seed=0, **network):
    random = np.random.default_rng(0)
    x = random.normal(size=(4, INPUTS)).tolist()
    trainer = Trainer(
        RunSpec.model_validate(
            {
                "data": {"name": "inline", "task": "regression", "train_x": x, "train_y": [0.0, 1.0, 2.0, 3.0]},
                "network": {
                    "layers": [{"units": UNITS, "activation": "tanh"}, {"units": NEXT, "activation": "tanh"}],
                    "initializer": name if isinstance(name, dict) else {"name": name},
                }
                | network,
                "seed": seed,
            }
        )
    )
    return {key: value.copy() for key, value in trainer.named_parameters.items()}


FANS = {"W1": (INPUTS, UNITS), "W2": (UNITS, NEXT)}
UNIFORM = {
    "xavier_uniform": lambda fan_in, fan_out: np.sqrt(6 / (fan_in + fan_out)),
    "he_uniform": lambda fan_in, _: np.sqrt(6 / fan_in),
}
NORMAL = {
    "xavier_normal": lambda fan_in, fan_out: np.sqrt(2 / (fan_in + fan_out)),
    "he_normal": lambda fan_in, _: np.sqrt(2 / fan_in),
}


@pytest.mark.parametrize("name", UNIFORM)
@pytest.mark.parametrize("tensor", FANS)
def test_uniform_rows(name, tensor):
    found, limit = weights(name)[tensor].ravel(), UNIFORM[name](*FANS[tensor])
    assert np.abs(found).max() <= limit
    assert np.abs(found).max() > 0.999 * limit
    assert found.std() == pytest.approx(limit / np.sqrt(3), rel=0.02)
    assert stats.kstest(found, stats.uniform(-limit, 2 * limit).cdf).pvalue > 1e-3


@pytest.mark.parametrize("name", NORMAL)
@pytest.mark.parametrize("tensor", FANS)
def test_normal_rows(name, tensor):
    found, deviation = weights(name)[tensor].ravel(), NORMAL[name](*FANS[tensor])
    assert found.std() == pytest.approx(deviation, rel=0.02)
    assert stats.kstest(found / deviation, stats.norm.cdf).pvalue > 1e-3


def test_normal_has_the_deviation_it_is_given():
    """𝒩(0, s): s is a standard deviation, not a variance."""
    assert weights({"name": "normal", "scale": 0.3})["W1"].std() == pytest.approx(0.3, rel=0.02)
    assert weights("normal")["W1"].std() == pytest.approx(0.01, rel=0.02)


def test_zeros_and_biases():
    start = weights("zeros", bias=0.25)
    assert all(np.all(start[f"W{layer}"] == 0.0) and np.all(start[f"b{layer}"] == 0.25) for layer in (1, 2, 3))
    assert all(np.all(weights("he_normal")[f"b{layer}"] == 0.0) for layer in (1, 2, 3))


def test_constant_is_what_it_is_given():
    start = weights({"name": "constant", "value": -0.3}, bias=0.5)
    assert all(np.all(start[f"W{layer}"] == -0.3) and np.all(start[f"b{layer}"] == 0.5) for layer in (1, 2, 3))
    assert np.all(weights("constant")["W2"] == 0.1)


@pytest.mark.parametrize("gain", [1.0, 1.7])
def test_orthogonal_rows_or_columns(gain):
    """The wide W has orthonormal rows, and so would the tall one's transpose; every singular value is the gain."""
    for layer, w in weights({"name": "orthogonal", "gain": gain}).items():
        if layer.startswith("W"):
            gram = w @ w.T if w.shape[0] <= w.shape[1] else w.T @ w
            assert np.abs(gram - gain**2 * np.eye(len(gram))).max() <= 1e-13 * INPUTS
    tall = weights("orthogonal", layers=[{"units": UNITS}, {"units": 2 * UNITS}])["W2"]
    assert tall.shape == (2 * UNITS, UNITS) and np.abs(tall.T @ tall - np.eye(UNITS)).max() <= 1e-12


def test_orthogonal_has_no_favoured_direction():
    """Uniform over all rotations: entries have mean 0, variance 1 / n and no favoured sign, the diagonal's neither."""
    draws = [initializers.draw("orthogonal", {"gain": 1.0}, 6, 6, seed, 1) for seed in range(600)]
    assert np.abs(np.mean(draws, axis=0)).max() < 4.5 / np.sqrt(6 * 600)
    assert np.abs(np.var(draws, axis=0) * 6 - 1).max() < 0.25
    turns = np.linalg.det(draws)
    assert np.allclose(np.abs(turns), 1.0) and 230 < np.sum(turns > 0) < 370
    angles = np.angle(np.linalg.eigvals(np.stack(draws))).ravel()  # of a Haar matrix: spread evenly, without a sign fix not
    angles = angles[np.abs(np.sin(angles)) > 1e-6]
    assert stats.kstest(angles, stats.uniform(-np.pi, 2 * np.pi).cdf).pvalue > 1e-3


def test_every_number_is_a_draw_of_its_own():
    start = weights("xavier_normal")
    every = np.concatenate([start[f"W{layer}"].ravel() for layer in (1, 2, 3)])
    assert len(np.unique(every)) == len(every)
    for rows in (start["W1"], start["W1"].T):
        assert np.abs(np.corrcoef(rows) - np.eye(len(rows))).max() < 0.5
    assert abs(np.corrcoef(start["W1"].ravel()[:20_000], start["W2"].ravel()[:20_000])[0, 1]) < 0.03


def test_a_seed_says_it_all():
    one, again, other = (weights("he_uniform", seed=seed) for seed in (5, 5, 6))
    assert all(np.array_equal(one[key], again[key]) for key in one)
    assert abs(np.corrcoef(one["W1"].ravel(), other["W1"].ravel())[0, 1]) < 0.02


def test_given_values_are_the_start():
    random = np.random.default_rng(1)
    sizes = (INPUTS, UNITS, NEXT, 1)
    given = [(random.normal(size=(m, n)), random.normal(size=m)) for n, m in itertools.pairwise(sizes)]
    spec = {
        "data": {"name": "inline", "task": "regression", "train_x": np.zeros((2, INPUTS)).tolist(), "train_y": [0.0, 1.0]},
        "network": {"layers": [{"units": UNITS}, {"units": NEXT}]},
    }
    trainer = Trainer(RunSpec.model_validate(spec), parameters=given)
    for (w, b), (v, c) in zip(trainer.parameters, given, strict=True):
        assert np.array_equal(w, v) and np.array_equal(b, c)
    with pytest.raises(ValueError, match="shape"):
        Trainer(RunSpec.model_validate(spec), parameters=[(w.T, b) for w, b in given])
