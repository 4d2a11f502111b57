"""A run that goes non-finite is traced back to the first entry that is: which unit, which sample, from which numbers."""

import numpy as np
import problems
import pytest
import reference

from engine import RunSpec, Trainer


def regression(x, y, parameters, activations, **fields):
    return problems.Problem("regression", activations, "mse", np.array(x), np.array(y), parameters).trainer(**fields)


def test_the_unit_the_sample_and_the_largest_term():
    """Unit 2 of layer 2 alone overflows, for the third sample alone: 2e200 · 3e200 is beyond the largest double."""
    w1 = np.array([[1e200], [1.0]])
    w2 = np.array([[1.0, 1.0], [2e200, 5.0], [1.0, 1.0]])
    parameters = [(w1, np.zeros(2)), (w2, np.zeros(3))]
    x, y = [[0.0], [1e-300], [3.0]], np.zeros((3, 3))
    trainer = regression(x, y, parameters, ("identity", "identity"))
    trainer.step(4)
    stopped = trainer.stopped
    assert (stopped.kind, stopped.step, stopped.op) == ("non_finite", 0, "affine 2")
    assert stopped.message == "update 1 gave a value that is not finite, first in 'affine 2'"
    found = stopped.first_nonfinite
    assert (found.update, found.op, found.tensor, found.layer, found.unit) == (1, "affine 2", "z2", 2, 2)
    assert (found.column, found.sample, found.entry, found.value, found.count) == (3, 3, (2, 3), np.inf, 1)
    operands = {operand.name: operand for operand in found.operands}
    assert operands["W2"].largest == 2e200 and operands["W2"].index == (2, 1)
    assert operands["h1"].largest == 3e200 and operands["h1"].index == (1, 3)
    assert "W2[2, 1] × h1[1], 2e+200 × 3e+200" in found.words and "infinite" in found.words
    assert stopped.detail == found.words


def test_the_sample_behind_a_shuffled_column():
    """One sample of twenty overflows; whatever column of whatever mini-batch it comes in, it is named by its row."""
    x, y = np.ones((20, 1)), np.ones(20)
    x[13] = 1e200
    for seed in range(5):
        trainer = regression(
            x, y, [(np.array([[1.0]]), np.zeros(1))], ("identity",), batch_size=4, shuffle=True, seed=seed,
            optimizer={"name": "sgd", "lr": 0.01},
        )  # fmt: skip
        trainer.step(10)
        found = trainer.stopped.first_nonfinite
        assert (found.op, found.sample, found.update) == ("loss", 14, trainer.steps_done + 1)
        kept = trainer.machine.copy_buffers()
        trainer.machine.one_op()
        assert trainer.tape.layout.view(trainer.machine.work, "h0", 4)[0, found.column - 1] == 1e200
        trainer.machine.restore_buffers(kept)


@pytest.mark.parametrize("rule", ["sgd", "momentum", "nesterov", "rmsprop", "adam"])
def test_a_weight_that_overflows_in_the_update(rule):
    """|g| = 1e150 and a rate of 1e9: the step, or the square in the state, is infinite."""
    parameters = [(np.array([[0.0, 1.0]]), np.zeros(1))]
    trainer = regression([[0.0, 1e150]], [0.0], parameters, ("identity",), optimizer={"name": rule})
    trainer.edit({"kind": "set", "path": "optimizer.lr", "value": 1e9})
    trainer.step(3)
    found = trainer.stopped.first_nonfinite
    assert found.op == trainer.stopped.op
    assert found.tensor.rpartition(".")[2] == "W1" and found.entry == (1, 2) and found.sample is None
    gradient = next(operand for operand in found.operands if operand.name == "dW1")
    assert gradient.index == (1, 2) and gradient.largest == pytest.approx(trainer.named_gradient()["W1"][0, 1])


def test_a_growing_run_is_traced_after_many_updates():
    """The reference, from the last good state, finds its first overflow in the same unit."""
    spec = {"data": {"name": "plane"}, "network": {"layers": [{"units": 5, "activation": "identity"}]}, "batch_size": "full"}
    trainer = Trainer(RunSpec.model_validate(spec | {"optimizer": {"name": "sgd", "lr": 1.5}}))
    trainer.step(500)
    found = trainer.stopped.first_nonfinite
    assert trainer.stopped.step == trainer.steps_done == found.update - 1 > 0
    assert found.tensor == "z2"
    row = trainer.dataset.splits["train"].x[found.sample - 1]
    with np.errstate(over="ignore", invalid="ignore"):
        zs, hs = reference.forward(trainer.parameters, trainer.tape.activations, row)
    assert np.isfinite(zs[0]).all() and not np.isfinite(zs[1][found.unit - 1])
    operands = {operand.name: operand.largest for operand in found.operands}
    assert operands["h1"] == pytest.approx(np.abs(hs[1]).max(), rel=1e-12)
    assert operands["W2"] == np.abs(trainer.parameters[1][0]).max()


def test_tracing_leaves_the_run_as_it_was():
    """State, parameters and last gradient are those of the run stopped one update earlier; seeking back and on stops alike."""
    spec = RunSpec.model_validate({"data": {"name": "plane"}, "optimizer": {"name": "momentum", "lr": 100.0}})
    trainer, other = Trainer(spec), Trainer(spec)
    trainer.step(100)
    other.step(trainer.steps_done)
    assert problems.bits(trainer) == problems.bits(other)
    for name, values in other.last_gradient.items():
        assert np.array_equal(values, trainer.last_gradient[name])
    first = trainer.stopped
    trainer.seek(0)
    trainer.step(100)
    assert trainer.stopped == first
    stepped = Trainer(spec)
    stepped.step(first.step)
    while stepped.stopped is None:
        stepped.advance_op()
    assert stepped.stopped == first
