"""Dropout's masks, jitter and shifts: from the seed and the place alone, in training alone."""

import numpy as np
import problems
import pytest
import reference_chance
from network_problems import network_problem
from network_runs import TOGETHER, last_results, state, trainer_of
from reference_network import Layer, Network

from engine import RunSpec, Trainer


def test_the_hash_is_splitmix64():
    """Its published first numbers from seed 0."""
    expected = (0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4, 0x06C45D188009454F, 0xF88BB8A8724C81EC)
    assert tuple(reference_chance.mix((i + 1) * reference_chance.GAMMA) for i in range(4)) == expected


def masks_of(trainer):
    told = last_results(trainer.trace())
    return {name: value for name, value in told.items() if name.startswith("mask")}


def test_masks_depend_on_the_place_alone():
    """(seed, update, layer, unit, column): not on how the run came there, on the data, or on what else the network has."""
    whole, cut, sought = trainer_of(), trainer_of(), trainer_of()
    whole.step(37)
    for size in (1, 5, 17, 14):
        cut.step(size)
        cut.trace()
    cut.advance_op()
    sought.step(60)
    sought.seek(37)
    count = 9 if 37 % whole.steps_per_epoch != whole.steps_per_epoch - 1 else 56 % 9
    for trainer in (whole, cut, sought):
        masks = masks_of(trainer)
        assert set(masks) == {"mask1", "mask3"}
        for layer, share, units in ((1, 0.2, 6), (3, 0.3, 4)):
            expected = reference_chance.dropout_mask(12, 37, layer, share, units, count)
            assert np.array_equal(masks[f"mask{layer}"], expected)
    other = {**TOGETHER, "data": {"name": "moons", "samples": 200}, "shuffle": False, "optimizer": {"name": "sgd"}}
    other["network"] = {"layers": [{"units": 6, "dropout": 0.2}]}
    other = Trainer(RunSpec.model_validate(other))
    other.step(37)
    assert np.array_equal(masks_of(other)["mask1"], reference_chance.dropout_mask(12, 37, 1, 0.2, 6, 9))


def test_a_fork_draws_the_masks_of_its_steps():
    """Masks count updates of the run, not of the branch; another batch size gives other masks, from the same rule."""
    trainer = trainer_of()
    trainer.step(30)
    trainer.seek(11)
    trainer.edit({"kind": "set", "path": "batch_size", "value": 7})
    trainer.step(2)
    expected = reference_chance.dropout_mask(12, 13, 1, 0.2, 6, 7)
    assert np.array_equal(masks_of(trainer)["mask1"], expected)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_the_share_that_is_dropped(share):
    """Over 50 updates of 64 units and 32 samples; what is kept is scaled so that the mean is 1. Seeds and updates differ."""
    network = Network(2, (Layer(64, "tanh", dropout=share),), 1)
    made = network_problem(network, task="regression", samples=32)
    trainer, masks = made.trainer(seed=3), []
    for _ in range(50):
        masks.append(masks_of(trainer)["mask1"])
        trainer.step(1)
    stack = np.array(masks)
    assert set(np.unique(stack)) == {0.0, 1.0 / (1.0 - share)}
    spread = np.sqrt(share * (1 - share) / stack.size)
    assert abs(np.mean(stack == 0.0) - share) <= 5 * spread
    for axis in ((0, 1), (0, 2), (1, 2)):  # no sample, unit or update is favoured
        rates = np.mean(stack == 0.0, axis=axis)
        own = np.sqrt(share * (1 - share) / (stack.size / len(rates)))
        assert np.max(np.abs(rates - share)) <= 5 * own
    assert not np.array_equal(stack[0], stack[1])
    assert not np.array_equal(masks_of(made.trainer(seed=4))["mask1"], stack[0])


def test_without_dropout_there_is_no_mask():
    assert not masks_of(trainer_of(network={"layers": [{"units": 4, "norm": "batch", "skip": 1}]}))


def test_jitter_reaches_training_alone():
    """The mini-batch is nudged; what is looked at is not, and the data stay as they are."""
    network = Network(3, (Layer(4, "tanh"),), 1)
    made = network_problem(network, task="regression", samples=13, seed=2)
    nudged, plain = made.trainer(regularization={"jitter": 0.5}, seed=9), made.trainer(seed=9)
    assert nudged.loss("train") == plain.loss("train")
    assert nudged.objective("train") == plain.objective("train")
    assert problems.gradient_distance(nudged.gradient("train"), plain.gradient("train")) == 0.0
    for update in range(3):
        noise = reference_chance.jitter(9, update, 0.5, 3, 13)
        told = last_results(nudged.trace())
        assert told["h0"] == pytest.approx(made.x.T + noise, rel=1e-13, abs=1e-15)
        nudged.step(1)
    loud = np.array([reference_chance.jitter(1, update, 1.0, 20, 50) for update in range(20)])
    assert abs(loud.mean()) <= 5 / np.sqrt(loud.size)
    assert abs(loud.std() - 1.0) <= 5 / np.sqrt(2 * loud.size)


def test_jitter_set_during_the_run():
    """An edit like any other: felt from its step on, sought across bit for bit."""
    trainer, seen = trainer_of(regularization={"jitter": 0.0}), {}
    trainer.step(10)
    still = trainer_of(regularization={"jitter": 0.0})
    still.step(13)
    trainer.edit({"kind": "set", "path": "regularization.jitter", "value": 0.4})
    for step in range(11, 31):
        trainer.step(1)
        seen[step] = state(trainer)
    for step in (12, 30, 5, 11, 10, 22):
        trainer.seek(step)
        assert step not in seen or state(trainer) == seen[step]
    trainer.seek(9)
    still.seek(9)
    assert state(trainer) == state(still)
    trainer.seek(13)
    still.seek(13)
    nudge = last_results(trainer.trace())["h0"] - last_results(still.trace())["h0"]
    assert nudge == pytest.approx(reference_chance.jitter(12, 13, 0.4, *nudge.shape), rel=1e-9, abs=1e-12)


def test_pictures_are_shifted():
    trainer = trainer_of("pictures", shuffle=False, regularization={"shift": 2}, seed=77)
    height, width = trainer.dataset.image_shape
    pictures = trainer.dataset.splits["train"].x
    before = trainer.loss("train")
    assert before == trainer_of("pictures", regularization={}, seed=77).loss("train")
    seen = set()
    for update in range(4):
        told = last_results(trainer.trace())["h0"]
        for column, (dx, dy) in enumerate(reference_chance.offsets(77, update, 2, 32)):
            picture = pictures[update * 32 + column].reshape(height, width)
            assert np.array_equal(told[:, column], reference_chance.shifted(picture, dx, dy).ravel()), (update, column)
            seen.add((dx, dy))
        trainer.step(1)
    assert {dx for dx, _ in seen} == {dy for _, dy in seen} == {-2, -1, 0, 1, 2}
    assert np.array_equal(pictures, trainer_of("pictures").dataset.splits["train"].x)
