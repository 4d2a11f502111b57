"""One tape under all: `step(n)`, n times `step(1)`, op by op; batches, epochs, returned losses, limits."""

import numpy as np
import problems
import pytest
import reference

from engine import RunSpec, Trainer

SPECS = {
    "spiral-adam": {
        "data": {"name": "spiral", "samples": 101},
        "network": {"layers": [{"units": 8, "activation": "tanh"}, {"units": 8, "activation": "tanh"}]},
        "optimizer": {"name": "adam", "lr": 0.03},
    },
    "sine-rmsprop": {
        "data": {"name": "sine", "samples": 70},
        "network": {"layers": [{"units": 5, "activation": "sigmoid"}]},
        "optimizer": {"name": "rmsprop", "lr": 0.01, "dialect": "pytorch"},
        "batch_size": 1,
    },
    "blobs-nesterov": {
        "data": {"name": "blobs", "samples": 90, "features": ["x", "y", "xy"]},
        "network": {"layers": [{"units": 6, "activation": "relu"}, {"units": 4, "activation": "leaky_relu"}]},
        "optimizer": {"name": "nesterov", "lr": 0.01, "beta": 0.9},
        "regularization": {"l1": 0.001, "l2": 0.01},
        "clip": {"norm": 0.5},
        "batch_size": 7,
    },
    "xor-momentum": {
        "data": {"name": "xor", "samples": 60},
        "network": {"layers": [{"units": 4, "activation": "relu"}]},
        "optimizer": {"name": "momentum", "lr": 0.05, "beta": 0.8, "dialect": "pytorch"},
        "loss": "mse",
        "batch_size": "full",
    },
    "iris-adagrad": {
        "data": {"name": "iris", "standardize": True},
        "network": {"layers": []},
        "optimizer": {"name": "adagrad", "lr": 0.1, "eps": 1e-8},
        "shuffle": False,
    },
    "blas-sgd": {
        "data": {"name": "digits"},
        "network": {"layers": [{"units": 64, "activation": "relu"}, {"units": 48, "activation": "tanh"}]},
        "optimizer": {"name": "sgd", "lr": 0.05},
        "batch_size": 64,
    },
}


def trainer_of(name, **fields):
    return Trainer(RunSpec.model_validate(SPECS[name] | fields))


@pytest.mark.parametrize("name", SPECS)
def test_a_thousand_steps_at_once_or_one_by_one(name):
    together, singly = trainer_of(name), trainer_of(name)
    last = together.step(1000)
    losses = [singly.step(1) for _ in range(1000)]
    assert last == losses[-1]
    assert problems.bits(together) == problems.bits(singly)
    assert together.steps_done == singly.steps_done == 1000
    assert together.epoch == singly.epoch
    gradients = [{key: value.tobytes() for key, value in trainer.last_gradient.items()} for trainer in (together, singly)]
    assert gradients[0] == gradients[1]


@pytest.mark.parametrize("name", SPECS)
def test_op_by_op(name):
    """Stepping through the tape's ops makes the same update, bit for bit, across the end of an epoch too."""
    whole, by_op = trainer_of(name), trainer_of(name)
    for update in range(1, 25):
        whole.step(1)
        ops = 0
        while by_op.steps_done < update:
            assert isinstance(by_op.advance_op(), str)
            ops += 1
            assert ops < 200
        assert ops > 3, "an update has more ops than that"
        assert problems.bits(by_op) == problems.bits(whole), f"after update {update}"
    assert by_op.step(1) == whole.step(1)
    assert problems.bits(by_op) == problems.bits(whole)


def test_a_step_finishes_an_update_begun_op_by_op():
    whole, mixed = trainer_of("spiral-adam"), trainer_of("spiral-adam")
    for _ in range(4):
        mixed.advance_op()
    mixed.step(1)
    mixed.advance_op()
    mixed.step(30)
    whole.step(mixed.steps_done)
    assert problems.bits(mixed) == problems.bits(whole)


def test_any_slices_make_the_same_run():
    random = np.random.default_rng(0)
    whole, sliced = trainer_of("blobs-nesterov"), trainer_of("blobs-nesterov")
    whole.step(500)
    while sliced.steps_done < 500:
        sliced.step(min(int(random.integers(1, 40)), 500 - sliced.steps_done))
    assert problems.bits(whole) == problems.bits(sliced)


@pytest.mark.parametrize("rule", problems.TEXTBOOK)
def test_step_returns_the_loss_of_its_last_batch_before_the_update(rule):
    made = problems.golden_problem("classes")
    trainer = made.trainer(
        optimizer={"name": rule} | problems.TEXTBOOK[rule], batch_size=5, regularization={"l1": 0.0, "l2": 0.5}
    )
    trainer.step(7)
    before = [(w.copy(), b.copy()) for w, b in trainer.parameters]
    if rule == "nesterov":  # where its gradient is taken: ahead
        hyper, v = problems.TEXTBOOK[rule], trainer.optimizer_state["v"]
        before = [
            tuple(p - hyper["lr"] * hyper["beta"] * v[f"{letter}{layer}"] for p, letter in zip(pair, "Wb", strict=True))
            for layer, pair in enumerate(before, start=1)
        ]
    batch = slice(10, 15)  # updates 1 … 5 are an epoch; the 8th is the third batch of the second
    expected = reference.data_loss(before, made.activations, made.loss, made.x[batch], made.targets[batch])
    assert trainer.step(1) == pytest.approx(expected, rel=1e-12)


def test_last_gradient_is_that_of_the_last_batch():
    made = problems.golden_problem("classes")
    trainer = made.trainer(batch_size=5)
    assert trainer.last_gradient is None
    trainer.step(4)
    before = [(w.copy(), b.copy()) for w, b in trainer.parameters]
    trainer.step(1)
    expected = reference.gradient(before, made.activations, made.loss, made.x[20:], made.targets[20:])
    found = [(trainer.last_gradient[f"W{layer}"], trainer.last_gradient[f"b{layer}"]) for layer in range(1, 4)]
    assert problems.gradient_distance(found, expected) <= 1e-12


def test_epochs_are_counted():
    trainer = problems.golden_problem("classes").trainer(batch_size=5)
    assert (trainer.steps_per_epoch, trainer.epoch) == (5, 0)
    trainer.step(4)
    assert trainer.epoch == 0
    trainer.step(1)
    assert trainer.epoch == 1
    trainer.step(12)
    assert trainer.epoch == 3


def which_samples(batch_size, epochs, seed=0, shuffle=True):
    """The set of samples in each batch, read off the losses: at rate 0 a sample's loss says which it is."""
    count = 19
    y = 2.0 ** np.arange(count)
    made = problems.Problem(
        "regression", ("identity",), "mse", np.ones((count, 1)), y[:, None], [(np.zeros((1, 1)), np.zeros(1))]
    )
    trainer = made.trainer(optimizer={"name": "sgd", "lr": 0.0}, batch_size=batch_size, shuffle=shuffle, seed=seed)
    found = []
    for _ in range(epochs):
        batches, left = [], count
        while left:
            size = min(batch_size, left)
            code = round(trainer.step(1) * 2 * size)  # Σ y² = Σ 4^i
            batches.append([i for i in range(count) if (code >> (2 * i)) & 1])
            left -= size
        found.append(batches)
    return found


@pytest.mark.parametrize("batch_size", [1, 4, 19])
def test_every_epoch_is_a_permutation(batch_size):
    for batches in which_samples(batch_size, epochs=6):
        assert sorted(sample for batch in batches for sample in batch) == list(range(19))
        assert [len(batch) for batch in batches] == [min(batch_size, 19 - k) for k in range(0, 19, batch_size)]


def test_every_epoch_reshuffles():
    epochs = which_samples(1, epochs=6)
    assert len({str(order) for order in epochs}) == 6
    assert which_samples(1, epochs=6) == epochs
    assert which_samples(1, epochs=6, seed=1) != epochs
    first = [order[0][0] for order in which_samples(1, epochs=200)]
    assert len(set(first)) == 19, "every sample comes first some time"


def test_without_shuffle_batches_come_in_order():
    for batches in which_samples(4, epochs=3, shuffle=False):
        assert batches == [list(range(k, min(k + 4, 19))) for k in range(0, 19, 4)]


def test_max_steps_finishes_and_extend_continues():
    trainer = trainer_of("spiral-adam", stop={"max_steps": 25})
    trainer.step(100)
    assert trainer.steps_done == 25 == trainer.max_steps
    assert trainer.stopped.kind == "finished"
    trainer.edit({"kind": "extend", "max_steps": 60})
    assert trainer.stopped is None
    trainer.step(100)
    assert trainer.steps_done == 60
    plain = trainer_of("spiral-adam")
    plain.step(60)
    assert problems.bits(plain) == problems.bits(trainer)


@pytest.mark.parametrize(("steps", "error"), [(-1, ValueError), (1.5, TypeError), ("3", TypeError), (None, TypeError)])
def test_only_whole_numbers_of_steps(steps, error):
    trainer = trainer_of("spiral-adam")
    for go in (trainer.step, trainer.seek):
        with pytest.raises(error):
            go(steps)
    assert trainer.steps_done == 0
    trainer.step(np.int64(3))
    assert trainer.steps_done == 3


def test_parameters_are_views_that_cannot_be_written():
    made = problems.golden_problem("classes")
    start = [tensor.copy() for pair in made.parameters for tensor in pair]
    trainer = made.trainer(batch_size=5)
    held = trainer.parameters[0][0]
    with pytest.raises(ValueError, match="read-only"):
        held[0, 0] = 1.0
    trainer.step(3)
    assert np.array_equal(held, trainer.parameters[0][0]), "a view shows the present state"
    given = [tensor for pair in made.parameters for tensor in pair]
    assert all(np.array_equal(a, b) for a, b in zip(given, start, strict=True)), "the caller's arrays are the caller's"


def test_looking_changes_nothing():
    looked, plain = trainer_of("blobs-nesterov"), trainer_of("blobs-nesterov")
    for _ in range(30):
        looked.step(3)
        for split in ("train", "test"):
            looked.loss(split)
            looked.accuracy(split)
            looked.objective(split)
            looked.gradient(split)
            looked.evaluate(split)
        looked.predict(looked.dataset.splits["test"].raw)
        looked.unit_maps(20)
        looked.trace()
    plain.step(90)
    assert problems.bits(looked) == problems.bits(plain)


@pytest.mark.parametrize("rule", problems.TEXTBOOK)
def test_last_update_is_what_the_last_update_added(rule):
    """However it was reached: in one call, op by op, by seeking, after an edit."""
    made = problems.problem((3, 4, 2), "tanh", "mse", "identity", task="regression", samples=20, seed=71)
    trainer = made.trainer(optimizer={"name": rule} | problems.TEXTBOOK[rule], batch_size=6)
    assert trainer.last_update is None
    trainer.step(12)
    before = {name: value.copy() for name, value in trainer.named_parameters.items()}
    trainer.step(1)
    expected = {name: value - before[name] for name, value in trainer.named_parameters.items()}

    def same():
        return all(np.array_equal(trainer.last_update[name], value) for name, value in expected.items())

    assert same()
    trainer.seek(12)
    assert not same()
    while trainer.steps_done < 13:
        trainer.advance_op()
    assert same()
    trainer.step(30)
    trainer.seek(13)
    assert same()
    trainer.edit({"kind": "weight", "name": "W1", "index": [0, 0], "value": 3.0})
    assert same()
    trainer.trace()
    assert same()
