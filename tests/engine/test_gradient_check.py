"""The gradient check finds right gradients right, wrong ones wrong, and says what it left out."""

import json

import numpy as np
import problems
import pytest
import reference

from engine import RunSpec, Trainer
from engine.diagnostics import differences, gradient_check


@pytest.mark.parametrize(("hidden", "loss", "output"), problems.COMBINATIONS[::2])
def test_right_gradients_agree(hidden, loss, output):
    trainer = problems.problem((2, 4, 3, 3), hidden, loss, output, seed=31).trainer(regularization={"l1": 0.01, "l2": 0.03})
    found = trainer.check_gradient()
    assert found.ok and found.worst is None and found.error < 1e-6
    assert found.done == found.total == found.weights == trainer.tape.parameter_count
    assert list(found.tensors) == list(trainer.named_parameters)
    for name, tensor in found.tensors.items():
        assert tensor.relative.shape == tensor.analytic.shape == trainer.named_parameters[name].shape
        assert tensor.ok and tensor.agrees.all() and np.nanmax(tensor.relative) < 1e-5
        assert np.linalg.norm(tensor.numeric) > 0


def test_both_sides_are_the_reference_s():
    made = problems.problem((2, 4, 3), "tanh", "cross_entropy", "softmax", seed=32)
    found = made.trainer().check_gradient()
    expected = reference.gradient(made.parameters, made.activations, made.loss, made.x, made.targets)
    for layer, (w, b) in enumerate(expected, 1):
        for name, value in ((f"W{layer}", w), (f"b{layer}", b)):
            assert problems.tensor_distance(found.tensors[name].analytic, value) < 1e-12
            assert problems.tensor_distance(found.tensors[name].numeric, value) < 1e-7


@pytest.mark.parametrize("entry", [("W1", (2, 1)), ("b2", (0,)), ("W3", (0, 3))])
@pytest.mark.parametrize("wrong", [1.001, 0.0, -1.0])
def test_one_wrong_entry_is_caught_and_named(entry, wrong, monkeypatch):
    """A check that cannot fail is no check: one entry of what backpropagation gave, changed by a thousandth."""
    name, index = entry
    trainer = problems.problem((2, 4, 4, 1), "tanh", "bce", "sigmoid", seed=33).trainer()
    original = type(trainer.evaluator).gradient

    def tampered(evaluator, split):
        flat = original(evaluator, split)
        slot = next(slot for slot in evaluator.tape.slots if slot.name == name)
        slot.view(flat)[index] *= wrong
        return flat

    monkeypatch.setattr(type(trainer.evaluator), "gradient", tampered)
    found = trainer.check_gradient()
    assert found.ok is False
    assert found.worst == (name, tuple(i + 1 for i in index))
    assert [tensor for tensor, check in found.tensors.items() if not check.ok] == [name]
    assert found.tensors[name].agrees.sum() == found.tensors[name].agrees.size - 1


def test_a_missing_derivative_is_caught(monkeypatch):
    """The op δ ⊙ φ′(z) left out of layer 1: all of layer 1's gradient is wrong, and nothing else."""
    from engine.kernels import codes
    from engine.machine.tape import Tape

    original = Tape.gradient_ops.func

    def without_slope(tape):
        ops = original(tape)
        return np.ascontiguousarray(ops[~((ops[:, codes.CODE] == codes.BACK_ACTIVATION) & (ops[:, codes.LAYER] == 1))])

    monkeypatch.setattr(Tape, "gradient_ops", property(without_slope))
    found = problems.problem((2, 4, 4, 1), "tanh", "bce", "sigmoid", seed=33).trainer().check_gradient()
    assert [name for name, check in found.tensors.items() if not check.ok] == ["W1", "b1"]
    assert found.ok is False and found.error > 0.01


def test_samples_at_a_kink_are_left_out_and_counted():
    """z = w x + b of a ReLU is 0, 0.5e-4 and 2e-4 for the first three samples: two lie within 1e-4."""
    x = np.array([[0.0], [0.5e-4], [2e-4], [1.0], [-1.0]])
    parameters = [(np.array([[1.0]]), np.zeros(1)), (np.ones((1, 1)), np.zeros(1))]
    made = problems.Problem("regression", ("relu", "identity"), "mse", x, np.full(5, 2.0), parameters)
    found = made.trainer().check_gradient()
    assert (found.samples, found.left_out) == (3, 2)
    assert found.ok
    kept = x[2:]
    expected = reference.gradient(parameters, made.activations, "mse", kept, made.targets[2:])
    assert problems.tensor_distance(found.tensors["W1"].analytic, expected[0][0]) < 1e-12
    with_tanh = problems.Problem("regression", ("tanh", "identity"), "mse", x, np.full(5, 2.0), parameters)
    assert with_tanh.trainer().check_gradient().left_out == 0
    every = problems.Problem("regression", ("relu", "identity"), "mse", x[:1], np.ones(1), parameters)
    with pytest.raises(ValueError, match="kink"):
        every.trainer().check_gradient()


def test_without_leaving_out_the_kink_would_show(monkeypatch):
    """At z = 0 central differences see half the slope: what leaving out spares us."""
    monkeypatch.setattr(gradient_check, "MARGIN", 0.0)
    parameters = [(np.array([[1.0]]), np.zeros(1)), (np.ones((1, 1)), np.zeros(1))]
    made = problems.Problem("regression", ("relu", "identity"), "mse", np.array([[0.0]]), np.full(1, 2.0), parameters)
    assert made.trainer().check_gradient().ok is False


def test_weights_at_zero_under_l1_are_left_out_and_counted():
    made = problems.problem((2, 3, 1), "tanh", "bce", "sigmoid", seed=34)
    made.parameters[0][0][1, 0] = 0.0
    found = made.trainer(regularization={"l1": 0.1, "l2": 0.0}).check_gradient()
    assert found.kinked == 1 and found.total == found.weights - 1 and found.ok
    assert np.isnan(found.tensors["W1"].relative[1, 0])


@pytest.mark.parametrize("data", ["wine", "breast_cancer"])
def test_inputs_of_a_thousand(data):
    """Not standardized: the step is divided by the input's size, so that z moves no further."""
    spec = {"data": {"name": data}, "network": {"layers": [{"units": 5, "activation": "relu"}]}, "seed": 3}
    found = Trainer(RunSpec.model_validate(spec)).check_gradient()
    assert found.ok, (found.worst, found.error)


def test_vanished_gradients_are_not_called_wrong():
    """Ten sigmoid layers: entries of 1e-9 are below what differences of J can resolve; the rest agrees to 1e-6."""
    layers = [{"units": 8, "activation": "sigmoid"}] * 10
    found = Trainer(RunSpec.model_validate({"network": {"layers": layers}})).check_gradient()
    assert found.ok and found.tensors["W11"].resolved and found.tensors["W11"].error < 1e-7
    assert not found.tensors["W1"].resolved and found.error == max(
        tensor.error for tensor in found.tensors.values() if tensor.resolved
    )


def test_a_strongly_curved_objective_is_looked_at_again(monkeypatch):
    """Weights of 1,000 into a sigmoid that stands at its steepest: J bends within h. Without a second look a right gradient is
    called wrong; with it, right ones agree and a wrong one is still caught."""
    x, y = np.array([[1.0, 0.5], [0.3, -1.0], [-0.7, 0.2]]), np.array([0, 1, 1])
    w1, b1, w2 = np.array([[1.0, -1.0], [0.5, 2.0]]), np.array([0.1, -0.2]), np.array([[2000.0, -1000.0]])
    b2 = 0.5 - w2 @ np.tanh(w1 @ x[0] + b1)
    made = problems.Problem("classification", ("tanh", "sigmoid"), "mse", x, y, [(w1, b1), (w2, b2)])
    trainer = made.trainer()
    assert trainer.check_gradient().ok
    original = type(trainer.evaluator).gradient
    with monkeypatch.context() as patch:
        patch.setattr(type(trainer.evaluator), "gradient", lambda evaluator, split: 1.0001 * original(evaluator, split))
        assert trainer.check_gradient().ok is False
    monkeypatch.setattr(gradient_check, "refined", lambda *asked: differences.Slope(np.nan, np.inf))
    assert trainer.check_gradient().ok is False


def test_a_large_network_on_a_subset():
    layers = [{"units": 40, "activation": "relu"}]
    spec = {"data": {"name": "digits"}, "network": {"layers": layers, "initializer": {"name": "he_normal"}}}
    trainer = Trainer(RunSpec.model_validate(spec))
    found = trainer.check_gradient(weights=60, samples=200)
    assert found.ok and found.weights == trainer.tape.parameter_count and 60 <= found.total < 120
    assert found.samples + found.left_out == 200
    for tensor in found.tensors.values():
        assert tensor.checked >= min(10, tensor.analytic.size)
        assert np.isnan(tensor.relative).sum() == tensor.relative.size - tensor.checked
    again = trainer.check_gradient(weights=60, samples=200)
    assert np.array_equal(found.tensors["W1"].relative, again.tensors["W1"].relative, equal_nan=True)
    other = trainer.check_gradient(weights=60, samples=200, seed=1)
    assert not np.array_equal(np.isnan(found.tensors["W1"].relative), np.isnan(other.tensors["W1"].relative))


def test_in_slices_on_a_copy():
    spec = RunSpec.model_validate({})
    trainer, other = Trainer(spec), Trainer(spec)
    trainer.step(25), other.step(25)
    checker = trainer.gradient_checker()
    at = trainer.named_gradient()["W1"].copy()
    shares = []
    for share in checker.slices(7):
        shares.append(share)
        assert checker.report.ok is None and checker.report.done == round(share * checker.report.total)
        trainer.step(3)  # the run goes on; the check stays where it began
    found = checker.report
    assert shares == sorted(shares) and len(shares) == 4
    assert found.ok and np.array_equal(found.tensors["W1"].analytic, at)
    other.step(12)
    assert problems.bits(trainer) == problems.bits(other)
    json.dumps(found.as_json())


@pytest.mark.parametrize("size", [1e-6, 1.0, 1e6])
@pytest.mark.parametrize("norm", ["layer", "batch", None])
def test_right_gradients_are_called_right_at_any_size(norm, size):
    """Units that are all alike, as a constant initializer makes them, leave a layer norm nothing to divide by but its ε: J
    bends within a step, where its slope is 0. A gradient off by a thousandth in its largest entry is still caught."""
    x = size * np.random.default_rng(5).normal(size=(12, 2))
    layers = [{"units": 4, "activation": "tanh", "norm": norm}, {"units": 3, "norm": norm}]
    data = {"name": "inline", "task": "regression", "train_x": x.tolist(), "train_y": np.sin(x[:, 0] / size).tolist()}
    for initializer in ({"name": "constant", "value": 0.3}, {"name": "xavier_uniform"}):
        spec = {"data": data, "network": {"layers": layers, "initializer": initializer}}
        trainer = Trainer(RunSpec.model_validate(spec))
        found = trainer.check_gradient()
        assert found.ok, (initializer, found.worst, {name: tensor.error for name, tensor in found.tensors.items()})
        original = type(trainer.evaluator).gradient

        def tampered(evaluator, split, original=original):
            flat = original(evaluator, split)
            flat[np.argmax(np.abs(flat))] *= 1.001
            return flat

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(type(trainer.evaluator), "gradient", tampered)
            assert trainer.check_gradient().ok is False, initializer


def test_slopes_from_differences_say_how_far_they_are_off():
    """Of functions whose size, curvature and noise differ by many orders: the error contains the difference, and is small where
    there is no noise."""
    noise = np.random.default_rng(1)
    for scale in (1e-6, 1.0, 1e4):
        for rounded in (0.0, 1e-9):

            def f(x, scale=scale, rounded=rounded):
                return np.sin(x / scale) + rounded * noise.uniform(-1, 1)

            def difference(h, f=f, scale=scale):
                return (f(0.3 * scale + h) - f(0.3 * scale - h)) / (2 * h)

            found = differences.refined(difference, 6e-6 * scale, 8 * max(rounded, 2.2e-16))
            assert abs(found.value - np.cos(0.3) / scale) <= found.error <= (1e-10 if not rounded else 1e-4) / scale
