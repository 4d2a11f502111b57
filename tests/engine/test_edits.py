"""Edits: what each does to the numbers, against the reference told the same; what cannot be done changes nothing."""

import numpy as np
import problems
import pytest
from pydantic import ValidationError

from engine import EditError

ADAM = {"lr": 0.02, "beta1": 0.8, "beta2": 0.95, "eps": 1e-6}
BATCH = 5


def side_by_side(rule="adam"):
    made = problems.golden_problem("classes")
    hyper = problems.TEXTBOOK[rule]
    return made.trainer(optimizer={"name": rule} | hyper, batch_size=BATCH), made.reference_run(rule, hyper, BATCH)


def both(trainer, run, count):
    for _ in range(count):
        run.step()
    trainer.step(count)
    assert problems.trajectory_distance(trainer.parameters, run.parameters) <= 1e-12


def set_to(trainer, path, value):
    trainer.edit({"kind": "set", "path": path, "value": value})


@pytest.mark.parametrize("rule", problems.TEXTBOOK)
def test_a_new_rate_keeps_the_state(rule):
    trainer, run = side_by_side(rule)
    both(trainer, run, 13)
    set_to(trainer, "optimizer.lr", 0.003)
    run.hyper["lr"] = 0.003
    both(trainer, run, 40)
    assert trainer.effective_spec.optimizer.lr == 0.003
    assert trainer.spec.optimizer.lr == problems.TEXTBOOK[rule]["lr"]


@pytest.mark.parametrize("rule", problems.TEXTBOOK)
def test_a_weight_edit_keeps_the_state(rule):
    trainer, run = side_by_side(rule)
    both(trainer, run, 13)
    trainer.edit({"kind": "weight", "name": "W2", "index": [3, 1], "value": -1.25})
    trainer.edit({"kind": "weight", "name": "b3", "index": [2], "value": 0.5})
    run.theta[2][3, 1], run.theta[5][2] = -1.25, 0.5
    both(trainer, run, 40)


RULES = list(problems.TEXTBOOK)
CHANGES = [(rule, RULES[(i + far) % len(RULES)]) for far in (0, 1, 6) for i, rule in enumerate(RULES)]


@pytest.mark.parametrize(("before", "after"), CHANGES)
def test_a_change_of_optimizer_resets_the_state(before, after):
    trainer, run = side_by_side(before)
    both(trainer, run, 13)
    trainer.edit({"kind": "set", "path": "optimizer", "value": {"name": after} | problems.TEXTBOOK[after]})
    if before != after:
        run.rule, run.hyper, run.state = after, dict(problems.TEXTBOOK[after]), {}
    both(trainer, run, 40)


def test_a_new_batch_size_begins_an_epoch():
    trainer, run = side_by_side()
    both(trainer, run, 13)  # two epochs and three batches
    assert trainer.epoch == 2
    set_to(trainer, "batch_size", 4)
    assert trainer.epoch == 3
    run.batch_size, run.position = 4, 0
    both(trainer, run, 40)
    set_to(trainer, "batch_size", "full")
    run.batch_size, run.position = 23, 0
    both(trainer, run, 10)
    assert trainer.steps_per_epoch == 1


def test_penalties_and_clipping_can_be_set():
    trainer, run = side_by_side()
    both(trainer, run, 7)
    for path, value in (("regularization.l2", 0.05), ("regularization.l1", 0.01), ("clip.norm", 0.1)):
        set_to(trainer, path, value)
    run.l2, run.l1, run.clip = 0.05, 0.01, 0.1
    both(trainer, run, 30)
    set_to(trainer, "clip.norm", None)
    run.clip = None
    both(trainer, run, 30)


def test_several_at_one_step_apply_in_order():
    trainer, run = side_by_side()
    both(trainer, run, 6)
    set_to(trainer, "optimizer.name", "momentum")
    set_to(trainer, "optimizer.lr", 0.03)
    set_to(trainer, "optimizer.beta", 0.5)
    trainer.edit({"kind": "weight", "name": "W1", "index": [0, 0], "value": 2.0})
    trainer.edit({"kind": "weight", "name": "W1", "index": [0, 0], "value": 1.0})
    run.rule, run.hyper, run.state = "momentum", {"lr": 0.03, "beta": 0.5}, {}
    run.theta[0][0, 0] = 1.0
    both(trainer, run, 30)
    trainer.seek(0)
    trainer.seek(36)
    assert problems.trajectory_distance(trainer.parameters, run.parameters) <= 1e-12


def test_an_edit_in_the_past_forks():
    trainer, run = side_by_side()
    both(trainer, run, 30)
    future, old = problems.bits(trainer), trainer.branch
    trainer.seek(13)
    set_to(trainer, "optimizer.lr", 0.005)
    assert trainer.branch != old
    assert trainer.end == trainer.steps_done == 13
    fork = trainer.branches[trainer.branch]
    assert (fork.parent, fork.fork, trainer.branches[old].end) == (old, 13, 30)
    _, other = side_by_side()
    for _ in range(13):
        other.step()
    other.hyper["lr"] = 0.005
    both(trainer, other, 30)
    trainer.undo()
    assert (trainer.branch, trainer.end, trainer.steps_done) == (old, 30, 13)
    trainer.seek(30)
    assert problems.bits(trainer) == future


def test_edits_say_what_they_are():
    trainer, _ = side_by_side()
    trainer.step(8)
    set_to(trainer, "optimizer.lr", 0.5)
    trainer.edit({"kind": "weight", "name": "W1", "index": [0, 1], "value": 0.3})
    first, second = trainer.edits
    assert (first.step, second.step) == (8, 8)
    assert "0.02" in first.describe() and "0.5" in first.describe()
    assert "W1" in second.describe() and "0.3" in second.describe()
    assert first.model_dump(mode="json")["path"] == "optimizer.lr"


@pytest.mark.parametrize(
    ("edit", "names"),
    [
        ({"kind": "set", "path": "optimizer.lr", "value": -1.0}, "lr"),
        ({"kind": "set", "path": "optimizer.lr", "value": "fast"}, "lr"),
        ({"kind": "set", "path": "optimizer.lr", "value": float("nan")}, "lr"),
        ({"kind": "set", "path": "optimizer.rho", "value": 0.5}, "rho"),
        ({"kind": "set", "path": "optimizer.name", "value": "sophia"}, "sophia"),
        ({"kind": "set", "path": "optimizer", "value": {"name": "sgd", "beta": 0.5}}, "beta"),
        ({"kind": "set", "path": "optimizer", "value": None}, "optimizer"),
        ({"kind": "set", "path": "regularization.l3", "value": 0.5}, "l3"),
        ({"kind": "set", "path": "schedule.name", "value": "linear"}, "linear"),
        ({"kind": "set", "path": "batch_size", "value": 0}, "batch_size"),
        ({"kind": "set", "path": "data.name", "value": "xor"}, "data"),
        ({"kind": "set", "path": "network.layers", "value": []}, "network"),
        ({"kind": "set", "path": "seed", "value": 3}, "seed"),
        ({"kind": "set", "path": "", "value": 3}, "allowed"),
        ({"kind": "set", "path": "model_config", "value": 3}, "model_config"),
        ({"kind": "weight", "name": "W9", "index": [0, 0], "value": 1.0}, "W9"),
        ({"kind": "weight", "name": "W1", "index": [6, 0], "value": 1.0}, "index"),
        ({"kind": "weight", "name": "W1", "index": [-1, 0], "value": 1.0}, "index"),
        ({"kind": "weight", "name": "W1", "index": [0], "value": 1.0}, "index"),
        ({"kind": "weight", "name": "b1", "index": [0, 0], "value": 1.0}, "index"),
        ({"kind": "weight", "name": "W1", "index": [0, 0], "value": float("inf")}, "value"),
        ({"kind": "extend", "max_steps": 5}, "max_steps"),
        ({"kind": "paint"}, "kind"),
        ({"kind": "set", "path": "optimizer.lr", "value": 0.1, "colour": "red"}, "colour"),
    ],
)
def test_what_cannot_be_done_is_refused_and_changes_nothing(edit, names):
    trainer, run = side_by_side()
    both(trainer, run, 10)
    kept = (trainer.branch, trainer.branches, trainer.edits, trainer.steps_done, problems.bits(trainer))
    with pytest.raises((EditError, ValidationError)) as caught:
        trainer.edit(edit)
    assert names in str(caught.value)
    if isinstance(caught.value, EditError):
        assert caught.value.allowed
    assert (trainer.branch, trainer.branches, trainer.edits, trainer.steps_done, problems.bits(trainer)) == kept
    both(trainer, run, 10)


def test_the_caller_may_change_the_optimizer_it_gave():
    """An edit holds its own copy: what is in the script cannot be changed from outside."""
    trainer, run = side_by_side()
    value = {"name": "sgd", "lr": 0.1}
    trainer.edit({"kind": "set", "path": "optimizer", "value": value})
    value["lr"] = 9.0
    run.rule, run.hyper, run.state = "sgd", {"lr": 0.1}, {}
    both(trainer, run, 10)
    trainer.seek(0)
    trainer.seek(10)
    assert problems.trajectory_distance(trainer.parameters, run.parameters) <= 1e-12


def test_an_edit_in_the_middle_of_an_update_comes_before_it():
    trainer, run = side_by_side("nesterov")
    both(trainer, run, 4)
    for _ in range(11):
        trainer.advance_op()
    set_to(trainer, "optimizer.lr", 0.01)
    assert trainer.steps_done == 4
    run.hyper["lr"] = 0.01
    both(trainer, run, 10)


def test_undo_without_an_edit_is_refused():
    trainer, _ = side_by_side()
    assert not trainer.can_undo
    assert not trainer.can_redo
    for action in (trainer.undo, trainer.redo):
        with pytest.raises(ValueError):
            action()
    assert np.all([np.isfinite(value).all() for value in trainer.named_parameters.values()])
