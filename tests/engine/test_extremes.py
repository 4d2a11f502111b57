"""Extreme numbers: matched pairs stay exact far out, functions keep their digits, a run that blows up stops and says where."""

import numpy as np
import problems
import pytest
import reference
from witnesses.activations import sigmoid
from witnesses.optimizers import OPTIMIZERS

from engine.evaluation.curves import curve

FAR = (-1e4, -800.0, -40.0, -1e-9, 0.0, 1e-9, 40.0, 800.0, 1e4)


def at_logits(logits, label, loss, output):
    """One sample of class `label` whose logits are those given: the weights, at x = 1. The bias' gradient is then δ."""
    logits = np.asarray(logits, dtype=float)
    classes = max(len(logits), 2)
    data = {"name": "inline", "task": "classification", "train_x": [[1.0]], "train_y": [label]}
    data |= {"test_x": [[1.0]] * classes, "test_y": list(range(classes))}  # so that every class is heard of
    made = problems.Problem(
        "classification", (output,), loss, np.ones((1, 1)), np.array([label]), [(logits[:, None], np.zeros(len(logits)))]
    )
    return made.trainer(data=data)


@pytest.mark.parametrize("label", [0, 1])
@pytest.mark.parametrize("z", FAR)
def test_sigmoid_with_bce(z, label):
    trainer = at_logits([z], label, "bce", "sigmoid")
    assert trainer.loss("train") == pytest.approx(np.logaddexp(0.0, -z if label else z), rel=1e-13, abs=1e-300)
    delta = trainer.named_gradient("train")["b1"][0]
    assert delta == pytest.approx(-sigmoid(-z) if label else sigmoid(z), rel=1e-12, abs=1e-16)
    assert trainer.step(1) == trainer.loss("train") or trainer.stopped is None
    assert trainer.stopped is None


@pytest.mark.parametrize("spread", [1.0, 800.0, 1e4])
@pytest.mark.parametrize("label", [0, 1, 2])
def test_softmax_with_cross_entropy(spread, label):
    logits = spread * np.array([1.0, -1.0, 0.5])
    trainer = at_logits(logits, label, "cross_entropy", "softmax")
    expected = np.logaddexp.reduce(logits) - logits[label]
    assert trainer.loss("train") == pytest.approx(expected, rel=1e-13, abs=1e-16)
    delta = trainer.named_gradient("train")["b1"]
    assert delta == pytest.approx(reference.activate("softmax", logits) - np.eye(3)[label], abs=1e-15)
    trainer.step(1)
    assert trainer.stopped is None
    assert all(np.all(np.isfinite(value)) for value in trainer.named_parameters.values())


@pytest.mark.parametrize(
    ("loss", "output"), [("bce", "softmax"), ("cross_entropy", "sigmoid"), ("mse", "softmax"), ("mse", "sigmoid")]
)
@pytest.mark.parametrize("spread", [30.0, 300.0])
def test_other_pairs_stay_finite_where_the_loss_is(loss, output, spread):
    logits, label = spread * np.array([1.0, -1.0, 0.5]), 1
    trainer = at_logits(logits, label, loss, output)
    expected = reference.sample_loss(loss, output, logits, np.eye(3)[label])
    assert trainer.loss("train") == pytest.approx(expected, rel=1e-12)
    assert all(np.all(np.isfinite(value)) for value in trainer.named_gradient("train").values())


@pytest.mark.parametrize("hidden", ["sigmoid", "tanh"])
def test_saturated_hidden_units(hidden):
    parameters = [(np.array([[1e4], [-1e4]]), np.zeros(2)), (np.array([[0.5, -0.25]]), np.zeros(1))]
    made = problems.Problem("regression", (hidden, "identity"), "mse", np.array([[1.0]]), np.array([[0.0]]), parameters)
    trainer = made.trainer()
    assert trainer.predict([[1.0]])[0, 0] == (0.5 if hidden == "sigmoid" else 0.75)
    assert np.all(trainer.named_gradient("train")["W1"] == 0.0)


def test_tanh_rises_but_for_the_last_bit():
    z = np.linspace(-40, 40, 4001)
    assert np.diff(curve("tanh", z).value).min() >= -np.finfo(float).eps


def diverging(**fields):
    made = problems.problem((3, 5, 2), "relu", "mse", "identity", task="regression", samples=20, seed=61)
    return made.trainer(**{"optimizer": {"name": "sgd", "lr": 100.0}, "batch_size": 5} | fields)


def test_a_run_that_blows_up_stops_and_says_where():
    trainer = diverging()
    trainer.step(10_000)
    stop = trainer.stopped
    assert stop is not None and stop.kind == "non_finite"
    assert trainer.steps_done < 10_000
    assert stop.step == trainer.steps_done, "the last good state; the update that failed is the next one"
    assert isinstance(stop.op, str) and stop.op and stop.op in stop.message
    assert str(stop.step + 1) in stop.message.replace(",", "")
    assert all(np.all(np.isfinite(value)) for value in trainer.named_parameters.values())


def test_the_state_kept_is_the_last_good_one():
    trainer, other = diverging(), diverging()
    trainer.step(10_000)
    for _ in range(trainer.steps_done):
        other.step(1)
    assert other.stopped is None
    assert problems.bits(other) == problems.bits(trainer)
    other.step(1)
    assert other.stopped == trainer.stopped
    assert problems.bits(other) == problems.bits(trainer)


def test_a_stopped_run_stays_until_sought_back():
    trainer = diverging()
    trainer.step(10_000)
    reached, kept = trainer.steps_done, problems.bits(trainer)
    trainer.step(10)
    assert (trainer.steps_done, problems.bits(trainer)) == (reached, kept)
    trainer.seek(0)
    assert trainer.stopped is None
    trainer.edit({"kind": "set", "path": "optimizer.lr", "value": 0.01})
    trainer.step(200)
    assert trainer.stopped is None and trainer.steps_done == 200


@pytest.mark.parametrize("rule", problems.TEXTBOOK)
def test_every_rule_stops_on_overflow(rule):
    """Targets near the largest float: the squared error overflows in the first forward pass."""
    made = problems.problem((2, 3, 1), "tanh", "mse", "identity", task="regression", seed=62)
    made.y = made.y * 1e200
    trainer = made.trainer(optimizer={"name": rule} | problems.TEXTBOOK[rule])
    before = problems.bits(trainer)
    trainer.step(5)
    assert trainer.stopped is not None and trainer.stopped.kind == "non_finite"
    assert (trainer.stopped.step, trainer.steps_done) == (0, 0)
    assert problems.bits(trainer) == before


def one_weight(x, weight, rule, **fields):
    """One weight, one sample, target 0: the gradient is weight · x²."""
    start = [(np.array([[weight]]), np.zeros(1))]
    made = problems.Problem("regression", ("identity",), "mse", np.array([[x]]), np.array([[0.0]]), start)
    return made.trainer(optimizer={"name": rule} | problems.TEXTBOOK[rule], **fields)


def bounded(rule):
    """Whether the step of the weight and its bias is about the rate, whatever the gradient: its witness overflows nowhere."""
    state, own = {}, OPTIMIZERS[rule].own | {"lr": 1e9}
    gradient = [np.full((1, 1), 1e300), np.full(1, 1e150)]
    with np.errstate(over="ignore", invalid="ignore"):
        new = OPTIMIZERS[rule].rule([np.ones((1, 1)), np.zeros(1)], state, lambda _: gradient, **own)
    return all(
        np.isfinite(value).all() for kept in (new, *state.values()) for value in (kept if isinstance(kept, list) else [kept])
    )


BOUNDED = [rule for rule in OPTIMIZERS if bounded(rule)]


@pytest.mark.parametrize("rule", BOUNDED)
def test_rules_that_do_not_square_the_gradient_stand_a_huge_one(rule):
    trainer = one_weight(1e150, 1.0, rule)
    trainer.step(1)
    assert trainer.stopped is None
    assert 0.0 < abs(trainer.parameters[0][0][0, 0] - 1.0) <= 1.0


@pytest.mark.parametrize("rule", [rule for rule in problems.TEXTBOOK if rule not in BOUNDED])
def test_an_update_that_overflows_is_taken_back(rule):
    """Loss and gradient are finite, the step is not (for rules that square the gradient: their state)."""
    trainer = one_weight(1e150, 1.0, rule)
    trainer.edit({"kind": "set", "path": "optimizer.lr", "value": 1e9})
    before = problems.bits(trainer)
    trainer.step(3)
    assert trainer.stopped is not None
    assert trainer.stopped.op is not None
    assert trainer.stopped.op.startswith("update")
    assert (trainer.steps_done, problems.bits(trainer)) == (0, before)
    assert all(np.all(value == 0.0) for state in trainer.optimizer_state.values() for value in state.values())


@pytest.mark.parametrize("rule", ["adagrad", "rmsprop", "adam"])
def test_a_state_that_overflows_is_not_gone_on_with(rule):
    """|g| = 1e160 is finite and so is the step, but g² is not: with it in the state the weight would never move again."""
    trainer = one_weight(1e160, 1e-160, rule)
    before = problems.bits(trainer)
    trainer.step(3)
    assert trainer.stopped is not None
    assert trainer.stopped.op is not None
    assert trainer.stopped.op.startswith("update")
    assert (trainer.steps_done, problems.bits(trainer)) == (0, before)


def test_a_norm_that_overflows_does_not_hide_the_gradient():
    """|g| = 1e160: its square is infinite. Clipped to 1 it moves the weight by the rate, or the run stops."""
    trainer = one_weight(1e160, 1e-160, "sgd", clip={"norm": 1.0})
    trainer.step(1)
    moved = trainer.parameters[0][0][0, 0]
    assert trainer.stopped is not None or moved == pytest.approx(-problems.TEXTBOOK["sgd"]["lr"], rel=1e-12)
