"""Clipping by the joint norm of all gradients, after penalties."""

import numpy as np
import problems
import pytest
import reference


def joint_norm(gradient):
    return np.sqrt(sum(np.sum(tensor**2) for pair in gradient for tensor in pair))


def update(made, **fields):
    """θ before − θ after one update of plain descent at rate 1: the gradient that the update used."""
    trainer = made.trainer(optimizer={"name": "sgd", "lr": 1.0} | fields.pop("optimizer", {}), **fields)
    trainer.step(1)
    return [(w - v, b - c) for (w, b), (v, c) in zip(made.parameters, trainer.parameters, strict=True)]


@pytest.fixture
def made():
    return problems.problem((3, 5, 4), "tanh", "cross_entropy", "softmax", seed=31)


@pytest.mark.parametrize("dialect", ["textbook", "pytorch"])
def test_a_long_gradient_is_shortened_to_the_threshold(made, dialect):
    whole = joint_norm(update(made))
    clipped = update(made, clip={"norm": whole / 10}, optimizer={"dialect": dialect})
    stated = reference.gradient(made.parameters, made.activations, made.loss, made.x, made.targets)
    tensors = reference.clip_by_norm([g for pair in stated for g in pair], whole / 10, dialect)
    assert joint_norm(clipped) == pytest.approx(whole / 10, rel=1e-12 if dialect == "textbook" else 1e-5)
    assert problems.gradient_distance(clipped, reference.pairs(tensors)) <= 1e-12


def test_the_dialects_differ_by_torchs_millionth(made):
    whole = joint_norm(update(made))
    textbook, torch_like = (
        joint_norm(update(made, clip={"norm": whole / 10}, optimizer={"dialect": dialect}))
        for dialect in ("textbook", "pytorch")
    )
    assert torch_like / textbook == pytest.approx(whole / (whole + 1e-6), rel=1e-12)


@pytest.mark.parametrize("dialect", ["textbook", "pytorch"])
def test_a_short_gradient_is_left_alone(made, dialect):
    plain, clipped = (
        made.trainer(clip={"norm": norm}, optimizer={"name": "sgd", "lr": 0.1, "dialect": dialect}) for norm in (None, 1e3)
    )
    plain.step(20)
    clipped.step(20)
    assert problems.bits(plain) == problems.bits(clipped)


def test_penalties_are_clipped_too(made):
    regularization = {"l1": 0.5, "l2": 2.0}
    clipped = update(made, clip={"norm": 0.01}, regularization=regularization)
    stated = reference.gradient(made.parameters, made.activations, made.loss, made.x, made.targets, 0.5, 2.0)
    tensors = reference.clip_by_norm([g for pair in stated for g in pair], 0.01)
    assert problems.gradient_distance(clipped, reference.pairs(tensors)) <= 1e-12


def test_the_gradient_shown_is_that_of_the_objective(made):
    """`gradient` is the derivative of `objective`: the threshold belongs to the update, not to it."""
    plain, clipped = made.trainer(), made.trainer(clip={"norm": 1e-3})
    assert problems.gradient_distance(clipped.gradient("train"), plain.gradient("train")) == 0.0


@pytest.mark.parametrize(("dialect", "factor"), [("textbook", 1.0), ("pytorch", 0.5 / (0.5 + 1e-6))])
def test_a_norm_just_at_the_threshold(dialect, factor):
    """‖g‖ = c exactly: the textbook leaves it, torch multiplies by min(1, c/(‖g‖ + 1e-6))."""
    made = problems.Problem(
        "regression", ("identity",), "mse", np.zeros((1, 1)), np.zeros((1, 1)), [(np.ones((1, 1)), np.array([0.5]))]
    )
    ((weight, bias),) = update(made, clip={"norm": 0.5}, optimizer={"dialect": dialect})
    assert weight[0, 0] == 0.0
    assert bias[0] == pytest.approx(0.5 * factor, rel=1e-14)


@pytest.mark.parametrize("dialect", ["textbook", "pytorch"])
def test_each_value_is_bounded(made, dialect):
    """As torch's clip_grad_value_: a value beyond the bound becomes the bound, the others stay."""
    stated = reference.gradient(made.parameters, made.activations, made.loss, made.x, made.targets, 0.1, 0.2)
    bound = float(np.median([abs(g) for pair in stated for tensor in pair for g in tensor.ravel()]))
    clipped = update(made, clip={"value": bound}, optimizer={"dialect": dialect}, regularization={"l1": 0.1, "l2": 0.2})
    expected = [tuple(np.clip(g, -bound, bound) for g in pair) for pair in stated]
    assert problems.gradient_distance(clipped, expected) <= 1e-12
    assert problems.gradient_distance(clipped, stated) > 1e-2


def test_the_norm_comes_before_the_values(made):
    stated = reference.gradient(made.parameters, made.activations, made.loss, made.x, made.targets)
    whole = joint_norm(stated)
    largest = max(np.max(np.abs(g)) for pair in stated for g in pair)
    limit, bound = whole / 2, largest / 4  # of the shortened gradient the largest values are cut in half
    both = [tuple(np.clip(g / 2, -bound, bound) for g in pair) for pair in stated]
    assert problems.gradient_distance(update(made, clip={"norm": limit, "value": bound}), both) <= 1e-12
    trainer = made.trainer(clip={"norm": limit, "value": bound})
    (shown,) = (step.results["norm"][0] for step in trainer.trace() if step.op == "clip")
    assert shown == pytest.approx(whole, rel=1e-12)


def test_bounds_can_be_changed_and_lifted_while_a_run_lasts(made):
    trainer = made.trainer(optimizer={"name": "sgd", "lr": 1.0})
    trainer.edit({"kind": "set", "path": "clip.value", "value": 1e-3})
    trainer.step(1)
    assert max(np.max(np.abs(g)) for g in trainer.last_update.values()) == pytest.approx(1e-3, rel=1e-12)
    trainer.edit({"kind": "set", "path": "clip.value", "value": None})
    trainer.step(1)
    assert max(np.max(np.abs(g)) for g in trainer.last_update.values()) > 2e-3
