"""TEACHING.md moment 7: per-sample gradients, their mini-batch means, and how the spread shrinks with the batch."""

import itertools

import numpy as np
import pytest

from engine import RunSpec, Trainer
from engine.landscape.slices import Landscape
from engine.parts import at_once
from engine.race.gradient_noise import gradient_noise, gradient_noise_in_parts


def trainer(samples=24, **fields):
    spec = {"data": {"name": "xor", "samples": samples, "test_fraction": 0.0}, "network": {"layers": [{"units": 4}]}} | fields
    made = Trainer(RunSpec.model_validate(spec))
    made.step(20)
    return made


def test_arrows_are_gradients_of_single_samples_and_their_mean_the_full_one():
    made = trainer()
    before = made.machine.theta.copy()
    found = gradient_noise(made.evaluator, 2, 9)
    assert np.allclose(found.full, made.evaluator.gradient("train")[[2, 9]], rtol=1e-12, atol=1e-15)
    apart = at_once(gradient_noise_in_parts(Landscape(made.machine), before, 2, 9))
    assert np.array_equal(apart.samples, found.samples) and np.array_equal(apart.full, found.full)
    x, y = made.evaluator.rows("train")
    for row in (0, 7, 23):
        for column, place in enumerate((2, 9)):
            h, ends = 1e-5, []
            for sign in (1, -1):
                made.machine.theta[place] += sign * h
                ends.append(made.evaluator.loss_and_outputs(x[row : row + 1], y[row : row + 1])[0])
                made.machine.theta[...] = before
            assert found.samples[row, column] == pytest.approx((ends[0] - ends[1]) / (2 * h), abs=1e-8)


def test_spread_is_that_of_all_mini_batches():
    found = gradient_noise(trainer(12).evaluator, 0, 5)
    for size in (1, 3, 11, 12):
        means = np.array([found.mean(np.array(rows)) for rows in itertools.combinations(range(12), size)])
        assert found.spread(size) == pytest.approx(np.sqrt(np.mean(np.sum((means - found.full) ** 2, axis=1))), abs=1e-14)
    assert found.spread(12) == 0.0


def test_a_drawn_batch_is_drawn_again_by_its_number():
    found = gradient_noise(trainer().evaluator, 0, 5)
    rows = found.draw(6, 3)
    assert (
        len(set(rows.tolist())) == 6 and np.array_equal(rows, found.draw(6, 3)) and not np.array_equal(rows, found.draw(6, 4))
    )
    assert np.allclose(found.mean(found.draw(24, 0)), found.full, rtol=1e-13)


def test_what_is_refused():
    with pytest.raises(ValueError, match="batch norm"):
        gradient_noise(trainer(network={"layers": [{"units": 3, "norm": "batch"}]}).evaluator, 0, 1)
    with pytest.raises(ValueError, match="two different"):
        gradient_noise(trainer().evaluator, 1, 1)
    with pytest.raises(ValueError, match="1 to 24"):
        gradient_noise(trainer().evaluator, 0, 1).draw(25, 0)
