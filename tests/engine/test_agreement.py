"""Losses, predictions and gradients against the NumPy reference, to rounding."""

import numpy as np
import problems
import pytest
import reference

BOUND = 1e-12


def agree(made, l1=0.0, l2=0.0):
    """Everything a trainer says of its training set at the start, against the reference."""
    trainer = made.trainer(regularization={"l1": l1, "l2": l2})
    stated = (made.parameters, made.activations, made.loss, made.x, made.targets)
    assert trainer.loss("train") == pytest.approx(reference.data_loss(*stated), rel=BOUND)
    assert trainer.objective("train") == pytest.approx(reference.objective(*stated, l1, l2), rel=BOUND)
    predicted = reference.predict(made.parameters, made.activations, made.x)
    assert problems.tensor_distance(trainer.predict(made.x), predicted) <= BOUND
    assert problems.gradient_distance(trainer.gradient("train"), reference.gradient(*stated, l1, l2)) <= BOUND


@pytest.mark.parametrize(("hidden", "loss", "output"), problems.SWEEP)
def test_every_combination(hidden, loss, output):
    agree(problems.problem((3, 5, 4, 3), hidden, loss, output, seed=11))
    agree(problems.problem((3, 5, 4, 3), hidden, loss, output, seed=12), l1=0.02, l2=0.3)


@pytest.mark.parametrize("hidden", problems.HIDDEN)
def test_regression(hidden):
    agree(problems.problem((4, 6, 2), hidden, "mse", "identity", task="regression", seed=13))


@pytest.mark.parametrize(("loss", "output"), [("bce", "sigmoid"), *(("mse", output) for output in problems.HIDDEN)])
def test_two_classes_with_one_output(loss, output):
    agree(problems.problem((2, 3, 1), "tanh", loss, output, seed=14))


@pytest.mark.parametrize(
    "sizes", [(3, 2), (1, 1, 2), (40, 70, 30, 10), (5, 130, 3), (2, 8, 8, 8, 8, 8, 8, 2), (64, 64, 32, 10), (300, 20, 2)]
)
@pytest.mark.parametrize("samples", [1, 7, 65])
def test_shapes(sizes, samples):
    """Small layers and large ones, one sample and many: whatever code a shape is given to, the numbers are the same."""
    names = ["relu", "tanh", "sigmoid", "leaky_relu", "identity", "tanh"][: len(sizes) - 2]
    made = problems.problem(sizes, names, "mse", "identity", task="regression", samples=samples, seed=15)
    agree(made)


def test_large_weights():
    """Saturated units: φ′ is tiny and must not be lost to cancellation beyond the reference's own."""
    for loss, output in (("bce", "sigmoid"), ("cross_entropy", "softmax"), ("mse", "tanh")):
        made = problems.problem((3, 5, 3), "tanh", loss, output, seed=16, scale=6.0)
        stated = (made.parameters, made.activations, made.loss, made.x, made.targets)
        trainer = made.trainer()
        assert trainer.loss("train") == pytest.approx(reference.data_loss(*stated), rel=BOUND)
        assert problems.gradient_distance(trainer.gradient("train"), reference.gradient(*stated)) <= BOUND


@pytest.mark.parametrize(
    ("loss", "output", "outputs"), [("bce", "sigmoid", 1), ("mse", "tanh", 1), ("cross_entropy", "softmax", 3)]
)
def test_accuracy(loss, output, outputs):
    made = problems.problem((2, 6, outputs), "tanh", loss, output, samples=40, seed=17)
    raw = reference.predict(made.parameters, made.activations, made.x)
    predicted = (raw[:, 0] > 0.5).astype(int) if outputs == 1 else raw.argmax(axis=1)
    trainer = made.trainer()
    assert trainer.accuracy("train") == np.mean(predicted == made.y)
    evaluation = trainer.evaluate("train")
    assert np.array_equal(evaluation.predicted, predicted)
    assert evaluation.accuracy == trainer.accuracy("train")
    assert evaluation.loss == pytest.approx(trainer.loss("train"), rel=BOUND)
    for true in range(len(evaluation.confusion)):
        for named in range(len(evaluation.confusion)):
            assert evaluation.confusion[true, named] == np.sum((made.y == true) & (predicted == named))


def test_sets_are_kept_apart():
    """loss, objective, gradient and accuracy speak of the set named; an absent set is refused."""
    made = problems.problem((2, 4, 3), "tanh", "cross_entropy", "softmax", seed=18)
    other = problems.problem((2, 4, 3), "tanh", "cross_entropy", "softmax", seed=19, samples=9)
    data = {"name": "inline", "task": "classification", "train_x": made.x.tolist(), "train_y": made.y.tolist()}
    data |= {"test_x": other.x.tolist(), "test_y": other.y.tolist()}
    trainer = made.trainer(data=data)
    network = (made.parameters, made.activations, made.loss)
    assert trainer.loss("train") == pytest.approx(reference.data_loss(*network, made.x, made.targets), rel=BOUND)
    assert trainer.loss("test") == pytest.approx(reference.data_loss(*network, other.x, other.targets), rel=BOUND)
    expected = reference.gradient(*network, other.x, other.targets)
    assert problems.gradient_distance(trainer.gradient("test"), expected) <= BOUND
    with pytest.raises((KeyError, ValueError)):
        trainer.loss("validation")
