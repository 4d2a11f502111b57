"""Published numbers, and the numbers a class is to see (TEACHING.md)."""

import numpy as np
import problems
import pytest


def inline(x, y, task="regression"):
    return {"name": "inline", "task": task, "train_x": x, "train_y": y}


def two_two_two():
    """The published 2-2-2 example: sigmoids, ½ squared error, rate 0.5."""
    return problems.Problem(
        "regression",
        ("sigmoid", "sigmoid"),
        "mse",
        np.array([[0.05, 0.10]]),
        np.array([[0.01, 0.99]]),
        [
            (np.array([[0.15, 0.20], [0.25, 0.30]]), np.array([0.35, 0.35])),
            (np.array([[0.40, 0.45], [0.50, 0.55]]), np.array([0.60, 0.60])),
        ],
    )


def test_the_2_2_2_example():
    """Its biases stay as they are, ours do not; within one update no weight can tell."""
    trainer = two_two_two().trainer(optimizer={"name": "sgd", "lr": 0.5})
    assert trainer.predict([[0.05, 0.10]])[0] == pytest.approx([0.75136507, 0.772928465], abs=1e-8)
    assert trainer.step(1) == pytest.approx(0.298371109, abs=1e-9)
    (w1, _), (w2, _) = trainer.parameters
    assert w1.ravel() == pytest.approx([0.149780716, 0.19956143, 0.24975114, 0.29950229], abs=1e-8)
    assert w2.ravel() == pytest.approx([0.35891648, 0.408666186, 0.511301270, 0.561370121], abs=1e-8)


def test_blame_first_change_after():
    """0.14978072 with the weights before the update; 0.14981764 if w5 … w8 had changed on the way back."""
    trainer = two_two_two().trainer(optimizer={"name": "sgd", "lr": 0.5})
    trainer.step(1)
    assert trainer.named_parameters["W1"][0, 0] == pytest.approx(0.14978072, abs=5e-9)


@pytest.mark.parametrize(("loss", "delta"), [("mse", -0.0066), ("bce", -0.9933)])
def test_confidently_wrong(loss, delta):
    """z = −5, y = 1: one weight, one sample, x = 1, so the bias' gradient is δ itself."""
    trainer = one_sigmoid(loss)
    assert trainer.named_gradient("train")["b1"][0] == pytest.approx(delta, abs=5e-5)


def test_confidently_wrong_150_times():
    squared, entropy = (one_sigmoid(loss).named_gradient("train")["b1"][0] for loss in ("mse", "bce"))
    assert entropy / squared == pytest.approx(150.4, abs=0.05)


def one_sigmoid(loss):
    start = [(np.array([[-5.0]]), np.array([0.0]))]
    made = problems.Problem("classification", ("sigmoid",), loss, np.array([[1.0], [-1.0]]), np.array([1, 0]), start)
    return made.trainer(batch_size=1, data=inline([[1.0]], [1], "classification") | {"test_x": [[-1.0]], "test_y": [0]})


def test_weights_from_a_zero_input_get_exactly_zero():
    """XOR at x = (1, 0): the second column of the outer product is empty."""
    made = problems.problem((2, 4, 1), "tanh", "bce", "sigmoid", seed=41)
    made.x, made.y = np.array([[1.0, 0.0], [0.0, 1.0], [0.0, 0.0], [1.0, 1.0]]), np.array([1, 1, 0, 0])
    trainer = made.trainer(batch_size=1)
    before = trainer.named_parameters["W1"].copy()
    trainer.step(1)
    first = trainer.last_gradient["W1"]
    assert np.all(first[:, 1] == 0.0) and np.all(first[:, 0] != 0.0)
    assert np.array_equal(trainer.named_parameters["W1"][:, 1], before[:, 1])


XOR_X, XOR_Y = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]), np.array([0, 1, 1, 0])


def twins(nudge=0.0):
    start = [(np.full((4, 2), 0.5), np.zeros(4)), (np.full((1, 4), 0.5), np.zeros(1))]
    start[0][0][0, 0] += nudge
    return problems.Problem("classification", ("tanh", "sigmoid"), "bce", XOR_X, XOR_Y, start)


@pytest.mark.parametrize("rule", problems.TEXTBOOK)
def test_twins_stay_twins(rule):
    """Equal weights get equal gradients: the largest difference between units is exactly 0, whatever the rule."""
    trainer = twins().trainer(optimizer={"name": rule} | problems.TEXTBOOK[rule])
    for _ in range(5):
        trainer.step(100)
        (w1, b1), (w2, _) = trainer.parameters
        assert np.max(np.abs(w1 - w1[0])) == 0.0
        assert np.max(np.abs(b1 - b1[0])) == 0.0
        assert np.max(np.abs(w2 - w2[0, 0])) == 0.0


def test_twins_cannot_learn_xor():
    """They act as one unit, and the loss is stuck at 0.480."""
    trainer = twins().trainer(optimizer={"name": "sgd", "lr": 0.5})
    trainer.step(3000)
    assert trainer.loss("train") == pytest.approx(0.480, abs=5e-4)
    trainer.step(10_000)
    assert trainer.loss("train") > 0.477


def test_a_nudge_parts_the_twins():
    """A millionth on one weight is enough for the units to go different ways, ever further."""
    trainer = twins(nudge=1e-6).trainer(optimizer={"name": "adam", "lr": 0.05})
    apart = []
    for _ in range(4):
        trainer.step(50)
        apart.append(float(np.ptp(trainer.parameters[0][0], axis=0).max()))
    assert apart[0] > 1e-5
    assert apart[-1] > 100e-6
    assert apart == sorted(apart)
