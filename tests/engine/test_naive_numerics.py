"""The naive forms of sigmoid, softmax and their losses: the same numbers while all is moderate, and their failure far out."""

import numpy as np
import problems
import pytest
import reference_network
from network_problems import network_problem
from reference_network import ALL_TOGETHER, Layer, Network


def at_logits(logits, label, loss, output, numerics):
    """Samples of class `label` and of every other whose logits, at x = 1 for the first, are those given."""
    logits = np.asarray(logits, dtype=float)
    data = {"name": "inline", "task": "classification", "train_x": [[1.0]], "train_y": [label]}
    classes = max(len(logits), 2)
    data |= {"test_x": [[0.0]] * classes, "test_y": list(range(classes))}  # so that every class is heard of
    made = problems.Problem(
        "classification", (output,), loss, np.ones((1, 1)), np.array([label]), [(logits[:, None], np.zeros(len(logits)))]
    )
    return made.trainer(data=data, numerics=numerics)


@pytest.mark.parametrize(("loss", "output"), problems.PAIRS)
def test_moderate_logits_agree(loss, output):
    """And with the reference, which is told nothing of the switch. The largest |z| is about 8."""
    made = network_problem(Network(3, (Layer(5, "sigmoid"), Layer(4, "silu", skip=1)), 3, output, loss), samples=15, seed=40)
    made.parameters["W3"] *= 4.0
    naive, stable = made.trainer(numerics="naive"), made.trainer()
    assert naive.objective("train") == pytest.approx(stable.objective("train"), rel=1e-12)
    assert naive.predict(made.x) == pytest.approx(stable.predict(made.x), rel=1e-12, abs=1e-15)
    expected = reference_network.gradient(made.network, made.parameters, made.x, made.targets)
    for name, value in stable.named_gradient("train").items():
        scale = np.linalg.norm(value) + 1e-3
        assert np.linalg.norm(naive.named_gradient("train")[name] - value) <= 1e-12 * scale, name
        assert np.linalg.norm(naive.named_gradient("train")[name] - expected[name]) <= 1e-12 * scale, name


@pytest.mark.parametrize(("loss", "output", "outputs"), [("cross_entropy", "softmax", 3), ("bce", "sigmoid", 1)])
def test_a_healthy_run_does_not_feel_the_switch(loss, output, outputs):
    made = network_problem(Network(3, ALL_TOGETHER.layers, outputs, output, loss), samples=14, seed=41)
    naive, stable = (
        made.trainer(numerics=numerics, batch_size=5, optimizer={"name": "momentum", "lr": 0.02, "beta": 0.8})
        for numerics in ("naive", "stable")
    )
    naive.step(100)
    stable.step(100)
    assert naive.stopped is None
    for name, value in stable.named_parameters.items():
        assert naive.named_parameters[name] == pytest.approx(value, rel=1e-9, abs=1e-9)
    naive.seek(40)
    stable.seek(40)
    assert naive.loss("train") == pytest.approx(stable.loss("train"), rel=1e-9)


FAR = [
    ("cross_entropy", "softmax", [1000.0, -1000.0, 500.0], 0),
    ("cross_entropy", "softmax", [1000.0, -1000.0, 500.0], 1),
    ("cross_entropy", "softmax", [1000.0, 1000.0, 1000.0], 2),
    ("cross_entropy", "softmax", [-1000.0, -1001.0, -1002.0], 1),  # every e^z is 0: 0/0
    ("mse", "softmax", [1000.0, 0.0, 0.0], 0),
    ("bce", "sigmoid", [1000.0], 0),  # ln(1 − 1)
    ("bce", "sigmoid", [-1000.0], 1),  # ln 0
    ("bce", "sigmoid", [40.0], 0),  # 1 − ŷ has rounded to 0 long before e^z overflows
]


@pytest.mark.parametrize(("loss", "output", "logits", "label"), FAR)
def test_far_out_naive_fails_and_stable_goes_on(loss, output, logits, label):
    naive, stable = (at_logits(logits, label, loss, output, numerics) for numerics in ("naive", "stable"))
    assert not np.isfinite(naive.loss("train"))
    before = problems.bits(naive)
    naive.step(3)
    assert naive.stopped is not None and naive.stopped.kind == "non_finite"
    assert naive.stopped.op in {step.op for step in stable.trace()}
    assert (naive.steps_done, problems.bits(naive)) == (0, before)
    expected = {"mse": None}.get(loss, reference_loss(loss, logits, label))
    if expected is not None:
        assert stable.loss("train") == pytest.approx(expected, rel=1e-12, abs=1e-300)
    stable.step(3)
    assert stable.stopped is None and stable.steps_done == 3
    assert all(np.all(np.isfinite(value)) for value in stable.named_parameters.values())


def reference_loss(loss, logits, label) -> float:
    z = np.asarray(logits)
    if loss == "bce":
        return float(np.logaddexp(0.0, -z[0] if label else z[0]))
    return float(np.logaddexp.reduce(z - z[label]))


def test_where_the_exponential_gives_out():
    """e^z is finite up to 709.78: at 700 the naive softmax is still right, at 710 it is NaN."""
    right, wrong = (at_logits([z, z - 1.0], 0, "cross_entropy", "softmax", "naive") for z in (700.0, 710.0))
    assert right.loss("train") == pytest.approx(np.log1p(np.exp(-1.0)), rel=1e-12)
    assert np.isnan(wrong.predict([[1.0]])).any()
    assert np.isnan(wrong.loss("train"))


def test_the_lost_digits_of_the_naive_sigmoid():
    """At z = 30 the loss of a wrong answer keeps three digits of the naive form's 1 − ŷ, all of the stable one's."""
    naive, stable = (at_logits([30.0], 0, "bce", "sigmoid", numerics) for numerics in ("naive", "stable"))
    assert stable.loss("train") == pytest.approx(30.0, rel=1e-13)
    assert naive.loss("train") == pytest.approx(30.0, rel=1e-3)
    assert abs(naive.loss("train") - 30.0) > 1e-7


def test_hidden_sigmoids_far_out():
    """1/(1 + e^1000) is 0 all the same: the naive sigmoid itself does no harm, its logarithm does."""
    network = Network(1, (Layer(2, "sigmoid"),), 1)
    made = network_problem(network, task="regression", samples=3, seed=42)
    made.parameters["W1"], made.x = np.array([[1000.0], [-1000.0]]), np.array([[1.0], [-1.0], [2.0]])
    naive, stable = made.trainer(numerics="naive"), made.trainer()
    assert naive.predict(made.x) == pytest.approx(stable.predict(made.x), rel=1e-15)
    naive.step(5)
    assert naive.stopped is None


def test_thrown_during_a_run():
    """The naive form fails at once where the stable one stood; undone, the run goes on as if nothing had been."""
    made = network_problem(Network(3, (Layer(4, "tanh", norm="batch"),), 3, "softmax", "cross_entropy"), samples=300, seed=43)
    made.parameters["W2"] *= 3000.0
    trainer, plain = (made.trainer(batch_size=30, optimizer={"name": "sgd", "lr": 1e-3}) for _ in range(2))
    trainer.step(5)
    stable = trainer.objective("train")
    assert np.isfinite(stable)
    trainer.edit({"kind": "set", "path": "numerics", "value": "naive"})
    assert np.isnan(trainer.loss("train"))
    assert np.isnan(trainer.objective("train"))
    assert np.isnan(trainer.named_gradient("train")["W1"]).any()
    trainer.step(1)
    assert trainer.stopped is not None and trainer.stopped.kind == "non_finite" and trainer.steps_done == 5
    trainer.undo()
    assert trainer.objective("train") == stable
    trainer.step(5)
    plain.step(10)
    assert trainer.stopped is None
    assert problems.bits(trainer) == problems.bits(plain)
