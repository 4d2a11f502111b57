"""A run that is kept and made again goes on as if nothing had been: every kind of layer and rule, stops, and what does not fit.
Whole histories of steps, seeks, edits, undo and redo are in `test_seek`."""

import kept
import numpy as np
import problems
import pytest

from engine import RunSpec, Trainer
from engine.kernels import codes
from engine.machine.machine import Machine
from engine.script.edits import Entries, ExtendEdit, FreezeEdit, LoadEdit, SetEdit, WeightEdit
from engine.script.keeping import (
    BUFFERS,
    LAYOUT,
    NUMBERS,
    Cursor,
    KeptBranch,
    KeptStop,
    Timeline,
    cursor,
    numbers,
    resume,
    timeline,
)
from engine.script.replay import ScriptData

SPEC = {
    "data": {"name": "moons", "samples": 46, "test_fraction": 0.5},
    "network": {"layers": [{"units": 4, "activation": "tanh"}]},
    "batch_size": 5,
}
NETWORKS = {
    "plain": {},
    "normed": {"network": {"layers": [{"units": 4, "norm": "batch"}, {"units": 4, "norm": "layer", "skip": 1}]}},
    "dropped out": {"network": {"layers": [{"units": 6, "activation": "prelu", "dropout": 0.3}]}},
    "shaken": {"regularization": {"jitter": 0.1, "l1": 0.001}, "clip": {"norm": 1.0}},
    "scheduled": {"schedule": {"name": "one_cycle", "length": 300}},
}


def trainer_of(**fields):
    return Trainer(RunSpec.model_validate(SPEC | fields))


def all_numbers(trainer):
    gradient = b"".join(value.tobytes() for value in (trainer.last_gradient or {}).values())
    update = b"".join(value.tobytes() for value in (trainer.last_update or {}).values())
    return problems.bits(trainer), gradient, update, trainer.steps_done, trainer.rate, kept.told(trainer)


@pytest.mark.parametrize("rule", problems.TEXTBOOK)
@pytest.mark.parametrize("network", NETWORKS)
def test_it_goes_on_to_the_same_bits(rule, network):
    fields = {"optimizer": {"name": rule} | problems.TEXTBOOK[rule]} | NETWORKS[network]
    trainer = trainer_of(**fields)
    trainer.step(137)  # in the middle of an epoch
    clone = kept.again(trainer)
    for updates in (0, 1, 200):
        trainer.step(updates)
        clone.step(updates)
        assert all_numbers(clone) == all_numbers(trainer)
    for step in (60, 138, 137, 330):
        trainer.seek(step)
        clone.seek(step)
        assert all_numbers(clone) == all_numbers(trainer)


def test_the_start_is_kept_too():
    trainer = trainer_of()
    assert all_numbers(kept.again(trainer)) == all_numbers(trainer)
    trainer.edit({"kind": "set", "path": "optimizer.name", "value": "rprop"})
    clone = kept.again(trainer)
    trainer.step(50)
    clone.step(50)
    assert all_numbers(clone) == all_numbers(trainer)


def test_edits_at_the_step_itself_are_made_once():
    """Two changes of rule at one step: made again they would forget what the second kept."""
    trainer = trainer_of(optimizer={"name": "momentum", "lr": 0.05})
    trainer.step(33)
    trainer.edit({"kind": "weight", "name": "W1", "index": [0, 1], "value": 3.0})
    trainer.edit({"kind": "set", "path": "batch_size", "value": 7})
    trainer.edit({"kind": "set", "path": "optimizer.lr", "value": 0.5})
    clone = kept.again(trainer)
    assert all_numbers(clone) == all_numbers(trainer)
    for each in (trainer, clone):
        each.step(40)
        each.seek(33)
        each.undo()
    assert all_numbers(clone) == all_numbers(trainer)
    for each in (trainer, clone):
        each.redo()
        each.step(5)
    assert all_numbers(clone) == all_numbers(trainer)


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("finished", {"stop": {"max_steps": 40}}),
        (
            "non_finite",
            {"optimizer": {"name": "sgd", "lr": 1e9}, "network": {"layers": [{"units": 4, "activation": "relu"}]}},
        ),
        ("early", {"data": SPEC["data"] | {"validation_fraction": 0.3, "noise": 1.5}, "stop": {"patience": 3}}),
        ("small_change", {"stop": {"min_change": 0.05}}),
    ],
)
def test_a_stop_is_found_again(kind, fields):
    trainer = trainer_of(**fields)
    trainer.step(20_000)
    assert trainer.stopped is not None and trainer.stopped.kind == kind
    clone = kept.again(trainer)
    assert all_numbers(clone) == all_numbers(trainer)
    for each in (trainer, clone):
        each.edit({"kind": "set", "path": "optimizer.lr", "value": 0.01})
        each.step(10)
    assert all_numbers(clone) == all_numbers(trainer)


def test_nothing_is_taken_in_the_middle_of_an_update():
    trainer = trainer_of()
    trainer.step(3)
    trainer.advance_op()
    assert numbers(trainer) is None


@pytest.mark.parametrize("lost", ["all", "theta", "another shape", "another layout", "a later step"])
def test_without_fitting_numbers_the_script_leads_there(lost):
    """As when the engine's buffers changed between two versions: the run begins at 0, and its script leads to the same bits."""
    trainer = trainer_of()
    trainer.step(70)
    trainer.edit({"kind": "set", "path": "optimizer.lr", "value": 0.1})
    trainer.step(30)
    found = numbers(trainer)
    assert found is not None and set(found) == {*NUMBERS, LAYOUT}
    at = cursor(trainer)
    if lost == "theta":
        del found["theta"]
    elif lost == "another shape":
        found["hyper"] = np.append(found["hyper"], 0.0)
    elif lost == "another layout":
        found[LAYOUT] = found[LAYOUT] + 1
    elif lost == "a later step":
        trainer.step(1)
        found = numbers(trainer)
        trainer.seek(100)
    clone = resume(timeline(trainer), at, None if lost == "all" else found, {})
    assert clone.steps_done == 0 and clone.edits == trainer.edits
    clone.seek(100)
    assert all_numbers(clone)[:5] == all_numbers(trainer)[:5]


def test_numbers_without_a_layout_are_of_the_first(monkeypatch):
    """As they were kept before layouts were."""
    trainer = trainer_of()
    trainer.step(70)
    found = numbers(trainer)
    del found[LAYOUT]
    assert resume(timeline(trainer), cursor(trainer), found, {}).steps_done == (70 if codes.LAYOUT == 1 else 0)
    monkeypatch.setattr(codes, "LAYOUT", codes.LAYOUT + 1)
    assert resume(timeline(trainer), cursor(trainer), found, {}).steps_done == 0


def test_what_is_kept_has_keys_of_its_own(monkeypatch):
    """Another name of a buffer in the code is no other key: what was kept under it is still gone on with."""
    on_disk = "counters", "hyper", "theta", "change", "grad", "state", "rules"
    assert on_disk == NUMBERS, "keys of snapshots on disk never change"
    trainer = trainer_of()
    trainer.step(70)
    before = numbers(trainer)
    monkeypatch.setattr(Machine, "float_buffer", property(lambda machine: machine.float_state), raising=False)
    renamed = tuple(each._replace(attribute="float_buffer") if each.key == "hyper" else each for each in BUFFERS)
    monkeypatch.setattr("engine.script.keeping.BUFFERS", renamed)
    after = numbers(trainer)
    assert list(after) == list(before) and all(np.array_equal(after[key], before[key], equal_nan=True) for key in before)
    clone = resume(timeline(trainer), cursor(trainer), before, kept.lines(trainer))
    assert clone.steps_done == 70 and all_numbers(clone) == all_numbers(trainer)


KEYS = {
    Timeline: {"version", "fingerprint", "spec", "branches", "current", "undone"},
    KeptBranch: {"parent", "fork", "edits"},
    Cursor: {"step", "ends", "doublings", "stop"},
    KeptStop: {"kind", "step", "message", "best"},
    ScriptData: {"version", "spec", "edits", "step", "fingerprint"},
    SetEdit: {"kind", "step", "path", "value", "label"},
    WeightEdit: {"kind", "step", "name", "index", "value", "label"},
    FreezeEdit: {"kind", "step", "action", "entries", "label"},
    Entries: {"name", "index", "value"},
    LoadEdit: {"kind", "step", "source", "parameters", "statistics", "state", "updates", "product", "label"},
    ExtendEdit: {"kind", "step", "max_steps", "label"},
}


@pytest.mark.parametrize("model", KEYS, ids=lambda model: model.__name__)
def test_the_fields_of_what_is_kept_and_shared_are_its_keys(model):
    """They lie in databases, links and files: one that is renamed leaves them unread. New ones need a default."""
    assert KEYS[model] <= set(model.model_fields), f"{model.__name__}: a key on disk has gone"
    new = {name for name, field in model.model_fields.items() if field.is_required()} - KEYS[model]
    assert not new, f"{model.__name__}: what was kept before has no {new}"


@pytest.mark.parametrize("fields", [{}, {"schedule": {"name": "plateau", "patience": 1, "factor": 0.7}, "eval_every": 3}])
def test_older_numbers_lead_on_to_the_place(fields):
    """Numbers may be taken more rarely than a place is told: what was recorded since is not recorded twice."""
    trainer = trainer_of(**fields)
    trainer.step(50)
    trainer.edit({"kind": "set", "path": "optimizer.lr", "value": 0.1})
    found = numbers(trainer)
    trainer.step(5000)
    clone = resume(timeline(trainer), cursor(trainer), found, kept.lines(trainer))
    assert clone.steps_done == 50
    clone.seek(5050)
    assert all_numbers(clone) == all_numbers(trainer)


def test_each_edit_is_kept_once():
    """Each makes a branch, whose edits are its parent's and its own; some fork back from the middle, two are of one step."""
    trainer = trainer_of()
    for number in range(40):
        trainer.edit({"kind": "set", "path": "optimizer.lr", "value": 0.01 * (1 + number)})
        trainer.edit({"kind": "set", "path": "clip.norm", "value": 1.0 + number})
        trainer.step(2)
        if number % 7 == 6:
            trainer.seek(trainer.steps_done // 2)
    trainer.undo()
    line = timeline(trainer)
    assert len(line.branches) == len(trainer.branches) == 81 == 1 + sum(len(branch.edits) for branch in line.branches)
    told = Timeline.model_validate(line.model_dump(mode="json"))
    assert told.edits() == [branch.edits for branch in trainer.branches]
    before = line.model_dump(mode="json") | {"version": 1}  # as it was kept when each had its whole list
    for branch, edits in zip(before["branches"], line.edits(), strict=True):
        del branch["shared"]
        branch["edits"] = [edit.model_dump(mode="json") for edit in edits]
    found = numbers(trainer)
    for kept_line in (told, Timeline.model_validate(before)):
        clone = resume(kept_line, cursor(trainer), found, kept.lines(trainer))
        assert [branch.edits for branch in clone.branches] == [branch.edits for branch in trainer.branches]
        assert all_numbers(clone) == all_numbers(trainer)
    with pytest.raises(ValueError, match="shared"):
        Timeline.model_validate(before | {"branches": [before["branches"][0] | {"shared": 1}, *before["branches"][1:]]})


def test_what_does_not_hang_together_is_refused():
    trainer = trainer_of()
    trainer.step(10)
    trainer.edit({"kind": "set", "path": "optimizer.lr", "value": 0.1})
    line = timeline(trainer).model_dump(mode="json")
    for broken in (
        line | {"current": 2},
        line | {"undone": [5]},
        line | {"branches": []},
        line | {"branches": [line["branches"][1], line["branches"][0]]},
    ):
        with pytest.raises(ValueError):
            Timeline.model_validate(broken)
    with pytest.raises(ValueError):
        Cursor.model_validate({"step": -1, "ends": [1], "doublings": [0]})
    with pytest.raises(ValueError):
        resume(timeline(trainer), Cursor(step=10, ends=(10,), doublings=(0,)), numbers(trainer), {})
