"""Gradients against central differences of the engine's own objective, over all combinations of activation, loss and output."""

import numpy as np
import problems
import pytest
import reference

STEP = 1e-5
BOUND = 1e-6
MARGIN = 1e-4


def central_differences(made, **fields):
    """dJ/dθ, one parameter at a time: two objectives each."""
    slopes = [(np.zeros_like(w), np.zeros_like(b)) for w, b in made.parameters]
    for layer, pair in enumerate(made.parameters):
        for part, tensor in enumerate(pair):
            for index in np.ndindex(tensor.shape):
                value = []
                for sign in (1, -1):
                    moved = [(w.copy(), b.copy()) for w, b in made.parameters]
                    moved[layer][part][index] += sign * STEP
                    value.append(made.trainer(moved, **fields).objective("train"))
                slopes[layer][part][index] = (value[0] - value[1]) / (2 * STEP)
    return slopes


def without_kinks(made):
    """The problem without the samples within 1e-4 of a kink, of which there must be few."""
    left_out = reference.near_kink(made.parameters, made.activations, made.x, MARGIN)
    assert left_out.sum() <= 1, "too many samples left out for the comparison to mean something"
    made.x, made.y = made.x[~left_out], made.y[~left_out]
    return made


def check(made, **fields):
    made = without_kinks(made)
    found = made.trainer(**fields).gradient("train")
    assert all(np.linalg.norm(tensor) > 1e-6 for pair in found for tensor in pair), "a tensor without gradient shows nothing"
    assert problems.gradient_distance(found, central_differences(made, **fields)) <= BOUND


@pytest.mark.parametrize(("hidden", "loss", "output"), problems.SWEEP)
def test_every_combination(hidden, loss, output):
    check(problems.problem((2, 4, 3, 3), hidden, loss, output, seed=1))


@pytest.mark.parametrize(("hidden", "loss", "output"), problems.COMBINATIONS[3::7])
def test_with_penalties(hidden, loss, output):
    made = problems.problem((2, 3, 3), hidden, loss, output, seed=2)
    weights = np.concatenate([w.ravel() for w, _ in made.parameters])
    assert np.abs(weights).min() > MARGIN  # |w| has a kink too
    check(made, regularization={"l1": 0.03, "l2": 0.07})


@pytest.mark.parametrize(
    ("hidden", "output"), list(zip(problems.HIDDEN, problems.HIDDEN[2:] + problems.HIDDEN[:2], strict=True))
)
def test_regression_with_two_outputs(hidden, output):
    check(problems.problem((3, 3, 2), hidden, "mse", output, task="regression", seed=3))


@pytest.mark.parametrize(("loss", "output"), [("bce", "sigmoid"), *(("mse", output) for output in problems.HIDDEN)])
def test_two_classes_with_one_output(loss, output):
    check(problems.problem((2, 3, 1), ["tanh"], loss, output, seed=4))


def test_no_hidden_layer():
    check(problems.problem((3, 3), [], "cross_entropy", "softmax", seed=5))


def test_mixed_hidden_layers():
    check(problems.problem((2, 3, 3, 3, 3, 2), ["relu", "sigmoid", "leaky_relu", "tanh"], "mse", "softmax", seed=6))


@pytest.mark.parametrize(("hidden", "slope"), [("relu", 0.0), ("leaky_relu", 0.01)])
def test_at_the_kink(hidden, slope):
    """φ′(0) = 0 for ReLU and α for leaky (MATHS.md): z is exactly 0 here, and the blame that arrives is 1."""
    parameters = [(np.zeros((2, 1)), np.zeros(2)), (np.ones((1, 2)), np.zeros(1))]
    made = problems.Problem("regression", (hidden, "identity"), "mse", np.ones((1, 1)), -np.ones((1, 1)), parameters)
    (w1, b1), (w2, b2) = made.trainer().gradient("train")
    assert np.all(w1 == slope)
    assert np.all(b1 == slope)
    assert np.all(w2 == 0.0)
    assert b2[0] == 1.0


def test_the_output_at_its_kink():
    made = problems.Problem(
        "regression", ("relu",), "mse", np.ones((1, 1)), -np.ones((1, 1)), [(np.zeros((1, 1)), np.zeros(1))]
    )
    assert made.trainer().named_gradient("train")["W1"][0, 0] == 0.0


def test_the_penalties_pull_on_weights_alone_and_not_at_zero():
    """l1 sign(w) with sign(0) = 0, l2 w; biases feel neither. The data have no gradient here: ŷ = y = 0."""
    weights = np.array([[0.0, 2.0, -3.0]])
    made = problems.Problem("regression", ("identity",), "mse", np.zeros((1, 3)), np.zeros((1, 1)), [(weights, np.zeros(1))])
    found = made.trainer(regularization={"l1": 0.25, "l2": 0.5}).named_gradient("train")
    assert found["W1"].tolist() == [[0.0, 1.25, -1.75]]
    assert found["b1"].tolist() == [0.0]
    biased = problems.Problem("regression", ("identity",), "mse", np.zeros((1, 3)), np.ones((1, 1)), [(weights, np.ones(1))])
    assert biased.trainer(regularization={"l1": 0.25, "l2": 0.5}).named_gradient("train")["b1"].tolist() == [0.0]
    trainer = made.trainer(regularization={"l1": 0.25, "l2": 0.0})
    trainer.step(5)
    assert trainer.parameters[0][0][0, 0] == 0.0, "L1 does not push a weight off zero"
