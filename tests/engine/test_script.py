"""A script as plain data: read back it gives the same bits, at every step; what cannot be made is refused by name."""

import itertools
import json

import numpy as np
import pytest

from engine import RunSpec, SpecError, Trainer, fingerprint
from engine.script.edits import EditError
from engine.script.replay import Replay, ReplayError, ScriptData

SPEC = {
    "data": {"name": "moons", "samples": 60, "noise": 0.2, "seed": 3},
    "network": {"layers": [{"units": 5}, {"units": 3, "activation": "relu"}]},
    "optimizer": {"name": "momentum", "lr": 0.05},
    "batch_size": 7,
    "seed": 11,
}
EDITS = [
    (9, {"kind": "set", "path": "optimizer.lr", "value": 0.1}),
    (9, {"kind": "weight", "name": "W2", "index": [1, 4], "value": -0.375}),
    (31, {"kind": "set", "path": "optimizer.name", "value": "adam"}),
    (31, {"kind": "weight", "name": "b1", "index": [0], "value": 1e-17}),
    (44, {"kind": "set", "path": "batch_size", "value": 4}),
    (44, {"kind": "set", "path": "optimizer.lr", "value": 0.03}),
    (60, {"kind": "set", "path": "regularization.l2", "value": 0.001}),
    (60, {"kind": "set", "path": "clip.norm", "value": 0.3}),
    (75, {"kind": "set", "path": "shuffle", "value": False}),
    (80, {"kind": "set", "path": "batch_size", "value": "full"}),
]


def run(spec=SPEC, edits=EDITS, end=120):
    trainer = Trainer(RunSpec.model_validate(spec))
    for step, edit in edits:
        trainer.step(step - trainer.steps_done)
        trainer.edit(edit)
    trainer.step(end - trainer.steps_done)
    return trainer


def bits(trainer):
    arrays = [*trainer.named_parameters.values(), *(a for s in trainer.optimizer_state.values() for a in s.values())]
    return b"".join(array.tobytes() for array in arrays)


def again(trainer):
    """Through JSON text, as a link or a file would carry it."""
    return Trainer.from_script(json.dumps(trainer.as_script()))


def test_a_script_read_back_gives_the_same_bits_at_every_step():
    original = run()
    copy = again(original)
    assert copy.steps_done == 120 and bits(copy) == bits(original)
    assert [edit.describe() for edit in copy.edits] == [edit.describe() for edit in original.edits]
    assert np.array_equal(copy.series.points, original.series.points, equal_nan=True)
    for step in (0, 1, 8, 9, 10, 31, 43, 44, 45, 60, 79, 80, 81, 119, 37):
        original.seek(step)
        copy.seek(step)
        assert bits(copy) == bits(original), step


def test_it_stands_where_it_stood_even_before_its_edits():
    original = run()
    original.seek(20)
    copy = again(original)
    assert copy.steps_done == 20 and bits(copy) == bits(original)
    copy.step(60)
    original.step(60)
    assert bits(copy) == bits(original)


def test_every_edit_of_a_copy_can_be_taken_back():
    original, copy = run(), again(run())
    for _ in EDITS:
        original.undo()
        copy.undo()
        assert copy.steps_done == original.steps_done and bits(copy) == bits(original)
    assert not copy.can_undo
    for _ in EDITS:
        original.redo()
        copy.redo()
    assert bits(copy) == bits(original)


def test_a_change_there_and_back_at_one_step_is_followed_in_both_parts():
    """Another rule and the first one again: its state begins anew, which one edit in place of two would not do."""
    original = run(edits=[(12, {"kind": "set", "path": "optimizer.name", "value": "sgd"})], end=20)
    original.seek(12)
    original.edit({"kind": "set", "path": "optimizer.name", "value": "momentum"})
    original.edit({"kind": "set", "path": "optimizer.lr", "value": 0.05})
    original.step(30)
    assert bits(again(original)) == bits(original)


def test_only_the_present_branch_is_written():
    original = run(end=90)
    original.seek(50)
    original.edit({"kind": "set", "path": "optimizer.lr", "value": 0.5})
    original.step(10)
    written = original.as_script()
    assert [edit["step"] for edit in written["edits"]] == [9, 9, 31, 31, 44, 44, 50]
    assert bits(again(original)) == bits(original)


def test_an_extended_run():
    original = run(SPEC | {"stop": {"max_steps": 50}}, [], 50)
    original.edit({"kind": "extend", "max_steps": 70})
    original.step(100)
    copy = again(original)
    assert copy.steps_done == 70 and bits(copy) == bits(original)


def test_own_data_travel_too():
    data = {"name": "inline", "task": "regression", "train_x": [[0.1], [1 / 3], [-0.0]], "train_y": [1.0, 2.0, 1e-300]}
    original = run({"data": data, "batch_size": 2}, [], 9)
    assert bits(again(original)) == bits(original)


def test_what_is_written():
    written = run().as_script()
    assert written["version"] == 1 and written["step"] == 120 and written["fingerprint"] == fingerprint()
    assert written["spec"] == RunSpec.model_validate(SPEC).model_dump(mode="json")
    assert written["edits"][0] == {"kind": "set", "step": 9, "path": "optimizer.lr", "value": 0.1}
    assert json.loads(json.dumps(written, allow_nan=False)) == written


def test_given_values_are_in_no_script():
    trainer = Trainer(RunSpec.model_validate({"network": {"layers": []}}), parameters=[([[1.0, 2.0]], [0.0])])
    with pytest.raises(ValueError, match="given values"):
        trainer.as_script()


SET = {"kind": "set", "step": 3, "path": "optimizer.lr", "value": 0.1}


@pytest.mark.parametrize(
    ("changes", "field", "allowed"),
    [
        ({"version": 2}, "version", "1"),
        ({"spec": {"batch_size": 0}}, "batch_size", "'full' or a whole number"),
        ({"step": -1}, "step", ""),
        ({"step": 2_000_000}, "step", "0 to 1000000"),
        ({"edits": [SET, SET | {"step": 2}]}, "edits.1.step", "3 to 1000000"),
        ({"edits": [SET | {"step": 1_000_001}]}, "edits.0.step", "0 to 1000000"),
        ({"edits": [SET | {"value": -1}]}, "edits.0.optimizer.lr", "0"),
        ({"edits": [SET | {"path": "data.noise"}]}, "edits.0.data.noise", "regularization"),
        ({"edits": [SET, {"kind": "extend", "step": 9, "max_steps": 9}]}, "edits.1.max_steps", "10 to"),
        ({"edits": [{"kind": "other"}]}, "edits", "set"),
        ({"surprise": 1}, "surprise", ""),
    ],
)
def test_what_cannot_be_made_is_refused_before_anything_runs(changes, field, allowed):
    with pytest.raises(SpecError) as refusal:
        Trainer.from_script({"spec": {}, **changes})
    first = refusal.value.errors()[0]
    context = first.get("ctx", {})
    assert field in ".".join(map(str, (*first["loc"], context.get("field", ""))))
    assert allowed in str(context)


@pytest.mark.parametrize(
    ("change", "field"), [({"name": "W9"}, "name"), ({"index": [0, 99]}, "index"), ({"index": [0]}, "index")]
)
def test_a_weight_that_is_not_there_is_refused(change, field):
    weight = {"kind": "weight", "step": 5, "name": "W1", "index": [0, 0], "value": 1.0} | change
    with pytest.raises(EditError) as refusal:
        Trainer.from_script({"spec": SPEC, "edits": [weight]})
    assert refusal.value.field == f"edits.0.{field}"


def test_a_run_that_fails_before_an_edit_says_so():
    """As it may on a machine of other bits: there is no later edit to make then."""
    spec = {"data": {"name": "plane"}, "optimizer": {"name": "sgd", "lr": 1e9}}
    edit = {"kind": "set", "step": 5000, "path": "optimizer.lr", "value": 0.1}
    with pytest.raises(ReplayError, match="before its edit of step 5000"):
        Trainer.from_script({"spec": spec, "edits": [edit]})


def test_a_replay_goes_by_slices():
    data = ScriptData.read(run().as_script())
    trainer = Trainer(data.spec)
    replay = Replay(trainer, data)
    seen = []
    while not replay.advance(10):
        seen.append(trainer.steps_done)
    assert max(b - a for a, b in itertools.pairwise(seen)) <= 10 and trainer.steps_done == data.furthest == 120
