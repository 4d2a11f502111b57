"""Start values: no favoured direction, biases, and values that are given. What each row draws is in test_initializer_rows."""

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


def test_zeros_and_biases():
    start = weights("zeros", bias=0.25)
    assert all(np.all(start[f"W{layer}"] == 0.0) and np.all(start[f"b{layer}"] == 0.25) for layer in (1, 2, 3))
    assert all(np.all(weights("he_normal")[f"b{layer}"] == 0.0) for layer in (1, 2, 3))


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
