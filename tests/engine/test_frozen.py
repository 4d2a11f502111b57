"""Frozen weights and biases: the optimizer goes on as if their gradient were 0 and leaves their bits alone, in the engine, in a
witness told the same and in PyTorch; what is frozen belongs to the script."""

from __future__ import annotations

import contextlib
import io
import json

import kept
import numpy as np
import problems
import pytest
import reference
from network_runs import state, trainer_of
from witnesses.optimizers import OPTIMIZERS as WITNESSES

from engine import EditError, RunSpec, Trainer
from engine.export import files as export
from engine.machine.tape import FrozenEntries
from engine.microscope.update_checks import change
from engine.microscope.update_equations import dissect
from engine.microscope.update_view import next_update
from engine.optimizers import DIALECTS, OPTIMIZERS
from engine.race import NetworkRace
from engine.race.chart import Chart, PlaneChoice
from engine.race.on_network import frozen_of
from engine.race.seeds import SeedRace
from engine.script.keeping import Cursor, Timeline, cursor, numbers, resume, timeline

ENTRIES = [{"name": "W1", "index": [0, 1]}, {"name": "W2", "index": [None, 2]}, {"name": "b2", "index": [1]}]
"""A connection, all that lead out of a unit, a bias."""


def freeze(trainer, action="freeze", entries=ENTRIES):
    trainer.edit({"kind": "freeze", "action": action, "entries": entries})


def mask_of(name, values, entries=ENTRIES):
    """Which entries of a parameter these are, found apart from the engine."""
    mask = np.zeros(values.shape, dtype=bool)
    for entry in entries:
        if entry["name"] == name:
            mask[tuple(slice(None) if i is None else i for i in entry["index"])] = True
    return mask


# Against a witness ------------------------------------------------------------------------------------------------------


class FrozenRun(reference.Run):
    """The reference with `masks` over its tensors: no gradient there, before clipping, and the values put back after the update
    and after a look ahead."""

    masks: tuple[np.ndarray, ...] = ()

    def step(self):
        first = self.position
        last = min(first + self.batch_size, len(self.x))
        self.position = 0 if last == len(self.x) else last
        x, y, before = self.x[first:last], self.y[first:last], [tensor.copy() for tensor in self.theta]

        def kept(theta):
            return [np.where(mask, old, new) for mask, old, new in zip(self.masks, before, theta, strict=True)]

        def slope(theta):
            found = reference.gradient(reference.pairs(kept(theta)), self.activations, self.loss, x, y, self.l1, self.l2)
            tensors = [g for pair in found for g in pair]
            masked = [np.where(mask, 0.0, g) for mask, g in zip(self.masks, tensors, strict=True)]
            return masked if self.clip is None else reference.clip_by_norm(masked, self.clip, self.dialect)

        self.theta = kept(WITNESSES[self.rule].rule(self.theta, self.state, slope, torch=False, **self.hyper))


@pytest.mark.parametrize("rule", problems.TEXTBOOK)
def test_every_rule_goes_on_around_what_is_frozen(rule):
    """Trained, frozen while its memory is warm, released, removed: under penalties and clipping, which take the gradient 0."""
    made, hyper = problems.golden_problem("classes"), problems.TEXTBOOK[rule]
    trainer = made.trainer(
        optimizer={"name": rule} | hyper, batch_size=5, regularization={"l1": 0.001, "l2": 0.02}, clip={"norm": 0.3}
    )
    told = (made.parameters, made.activations, made.loss, made.x, made.targets, rule, hyper, 5, 0.001, 0.02, 0.3)
    run, names = FrozenRun(*told), list(trainer.named_parameters)
    none = [np.zeros(tensor.shape, dtype=bool) for tensor in run.theta]
    masks = [mask_of(name, tensor) for name, tensor in zip(names, run.theta, strict=True)]
    assert sum(mask.sum() for mask in masks) >= 3
    for action in (None, "freeze", "release", "remove"):
        if action:
            freeze(trainer, action)
        if action == "remove":
            run.theta = [np.where(mask, 0.0, tensor) for mask, tensor in zip(masks, run.theta, strict=True)]
        run.masks = tuple(masks) if action in ("freeze", "remove") else tuple(none)
        before = {name: values.copy() for name, values in trainer.named_parameters.items()}
        for _ in range(13):
            run.step()
        trainer.step(13)
        assert problems.trajectory_distance(trainer.parameters, run.parameters) <= 1e-11, action
        for name, mask in zip(names, masks, strict=True):
            now, then = trainer.named_parameters[name][mask], before[name][mask]
            still = now.tobytes() == then.tobytes()
            assert still == (action in ("freeze", "remove")) or now.size == 0, (action, name)
            assert action != "remove" or not now.any()


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("rule", OPTIMIZERS)
def test_in_torch_it_goes_on_the_same(rule, dialect):
    """The script taken along, run by torch for twenty updates: losses, parameters, and the frozen ones to the bit."""
    torch = pytest.importorskip("torch")
    decay = {"weight_decay": 0.1} if "weight_decay" in {p.name for p in OPTIMIZERS[rule].parameters_in(dialect)} else {}
    described = {
        "data": {"name": "spiral", "samples": 60},
        "network": {"layers": [{"units": 5}, {"units": 3, "activation": "prelu", "skip": 1}]},
        "optimizer": {"name": rule, "dialect": dialect} | decay,
        "regularization": {"l2": 0.01},
        "clip": {"norm": 0.5},
        "batch_size": 9,
    }
    entries = [*ENTRIES, {"name": "alpha2", "index": [0]}, {"name": "P2", "index": [1, None]}]
    trainer = Trainer(RunSpec.model_validate(described))
    trainer.step(31)
    freeze(trainer, entries=entries)
    trainer.step(3)
    space = {"__name__": "__main__"}
    with contextlib.redirect_stdout(io.StringIO()):
        exec(compile(export.torch(trainer), "exported.py", "exec"), space)
    before = {name: values.copy() for name, values in trainer.named_parameters.items()}
    trainer.step(export.UPDATES)
    assert space["largest"] <= 1e-9
    for tensor, (name, values) in zip(space["parameters"], trainer.named_parameters.items(), strict=True):
        found, mask = tensor.detach().numpy(), mask_of(name, values, entries)
        assert np.max(np.abs(found - values)) <= 1e-9, name
        assert found[mask].tobytes() == values[mask].tobytes() == before[name][mask].tobytes(), name
    assert torch.float64 == space["parameters"][0].dtype


# In the script ----------------------------------------------------------------------------------------------------------

DEEP = [
    {"name": "W2", "index": [1, None]},
    {"name": "gamma1", "index": [0]},
    {"name": "alpha1", "index": [2]},
    {"name": "P3", "index": [None, None]},
]


def bits_of(trainer, entries):
    named = trainer.named_parameters
    return b"".join(values[mask_of(name, values, entries)].tobytes() for name, values in named.items())


@pytest.mark.parametrize("rule", ["nesterov", "muon"])
def test_it_is_sought_undone_kept_and_shared_to_the_same_bits(rule):
    """Where what would move them is largest: a look ahead with a warm momentum, iterations over a whole matrix."""
    trainer = trainer_of(optimizer={"name": rule, "lr": 0.02})
    trainer.step(40)
    plain = state(trainer)
    freeze(trainer, entries=DEEP)
    frozen = bits_of(trainer, DEEP)
    assert sum(int(mask.sum()) for mask in trainer.frozen.values()) == len(frozen) // 8 == 16
    trainer.step(30)
    end = state(trainer)
    assert bits_of(trainer, DEEP) == frozen
    moved = trainer.last_update
    assert not any(moved[name][mask].any() for name, mask in trainer.frozen.items())
    assert all((moved[name][~mask] != 0.0).all() for name, mask in trainer.frozen.items() if not mask.all())
    for step in (10, 55, 70):
        trainer.seek(step)
    assert state(trainer) == end
    trainer.seek(39)
    assert not trainer.frozen
    trainer.seek(70)
    line, at, held = timeline(trainer), cursor(trainer), numbers(trainer)
    again = resume(
        Timeline.model_validate_json(line.model_dump_json()), Cursor.model_validate(at.model_dump()), held, kept.lines(trainer)
    )
    shared = Trainer.from_script(json.loads(json.dumps(trainer.as_script())))
    clone = trainer.clone_at(60)
    assert state(again) == state(shared) == end and again.frozen.keys() == trainer.frozen.keys()
    clone.step(10)
    assert state(clone)[:1] == end[:1]
    for each in (trainer, again, shared):
        each.step(20)
    assert state(again) == state(shared) == state(trainer) and bits_of(trainer, DEEP) == frozen
    trainer.undo()
    assert state(trainer) == plain and not trainer.frozen
    trainer.redo()
    assert trainer.frozen and trainer.steps_done == 40
    trainer.edit({"kind": "weight", "name": "W2", "index": [1, 0], "value": 0.5})
    trainer.step(5)
    assert trainer.named_parameters["W2"][1, 0] == 0.5, "an edited value is frozen at once"


def test_an_edit_says_what_it_is_and_what_is_wrong_with_it():
    trainer = Trainer(RunSpec.model_validate(RACED))
    value = trainer.named_parameters["W1"][0, 1]
    freeze(trainer, entries=ENTRIES[:1])
    freeze(trainer, "remove", [{"name": "W2", "index": [0, None]}])
    freeze(trainer)
    freeze(trainer, "release", [{"name": "b1", "index": [None]}])
    labels = [edit.describe() for edit in trainer.edits]
    size = 2 + trainer.named_parameters["W2"].shape[0]
    assert labels[0] == f"W1[1, 2] frozen at {value:.4g}" and labels[1] == "W2[1, all] removed"
    assert labels[2] == f"{size} parameters, W1[1, 2] among them, frozen" and labels[3] == "b1[all] released"
    shape = list(trainer.named_parameters["W2"].shape)
    for wrong, field, allowed in (
        ({"name": "W9", "index": [0, 0]}, "entries.1.name", "W1, b1"),
        ({"name": "W2", "index": [shape[0], None]}, "entries.1.index", str(shape)),
        ({"name": "W2", "index": [0]}, "entries.1.index", str(shape)),
        ({"name": "b2", "index": [None, None]}, "entries.1.index", str(shape[:1])),
    ):
        before = (trainer.edits, problems.bits(trainer), trainer.branch)
        with pytest.raises(EditError) as caught:
            freeze(trainer, entries=[ENTRIES[0], wrong])
        assert caught.value.field == field and allowed in caught.value.allowed
        assert before == (trainer.edits, problems.bits(trainer), trainer.branch)
        script = trainer.as_script()
        script["edits"].append({"kind": "freeze", "step": 0, "entries": [ENTRIES[0], wrong]})
        with pytest.raises(EditError, match=r"edits\.4\.entries\.1"):
            Trainer.from_script(script)


# Under the microscope ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", ["adamw", "nesterov", "muon"])
def test_the_gradient_is_told_as_it_is_and_the_update_as_none(rule):
    trainer = trainer_of(optimizer={"name": rule, "lr": 0.02})
    trainer.step(30)
    whole = trainer.named_gradient()
    true = {step.op: step.results for step in trainer.trace()}
    freeze(trainer, entries=DEEP)
    assert all(np.array_equal(whole[name], found) for name, found in trainer.named_gradient().items())
    if rule != "nesterov":  # which looks ahead to another point where less moves
        made = {step.op: step.results for step in trainer.trace()}
        assert all(np.array_equal(made[op][name], true[op][name]) for op in true if op[:8] == "gradient" for name in true[op])
    update = next_update(trainer)
    holds = [step for step in update.steps if step.kind == "hold"]
    assert [step.results[0].name for step in holds] == ["dW2", "dgamma1", "dalpha1", "dP3"] or len(holds) == 4
    for step in holds:
        name = step.results[0].name[1:]
        mask = np.atleast_2d(trainer.frozen[name]).reshape(step.results[0].array.shape)
        assert not step.results[0].array[mask].any() and step.operands[0].array[mask].any()
        assert np.array_equal(step.results[0].array[~mask], step.operands[0].array[~mask])
        assert "frozen" in step.title and str(int(mask.sum())) in step.title
        moved = next(each for each in update.steps if each.kind == "update" and each.results[0].name == name)
        assert "frozen" in moved.note and np.array_equal(moved.results[0].array[mask], moved.operands[0].array[mask])
        row, column = (int(i) for i in np.argwhere(mask)[0])
        if moved.terms is not None:
            told = moved.equation(row, column)
            assert told.exact and told.computed == moved.operands[0].array[row, column]
    found = change(trainer)
    assert found.actual == pytest.approx(found.predicted, rel=0.5)
    if rule != "muon":
        trainer.step(4)
        told, theta = dissect(trainer, "W2", (1, 3)), trainer.named_parameters["W2"][1, 3]
        assert told.parts[-1].value == theta and "frozen" in told.parts[-1].words
        assert set(told.parts[-1].history[-5:]) == {theta} and len(set(told.parts[-1].history)) > 5
        free = dissect(trainer, "W2", (0, 3)).parts[-1]
        assert free.value != trainer.named_parameters["W2"][0, 3] and "frozen" not in free.words


def test_without_any_the_tape_is_as_it_was():
    """Nothing is paid where nothing is frozen: no op, no room, and the quick kernel."""
    trainer = problems.golden_problem("classes").trainer()
    before = trainer.tape
    freeze(trainer)
    assert not trainer.tape.core and len(trainer.tape.ops) == len(before.ops) + 3
    freeze(
        trainer, "release", [{"name": name, "index": [None] * values.ndim} for name, values in trainer.named_parameters.items()]
    )
    assert trainer.tape.core and np.array_equal(trainer.tape.ops, before.ops) and trainer.tape.layout == before.layout
    assert isinstance(trainer.tape.frozen, FrozenEntries) and len(trainer.tape.frozen.places) == 0


# In races ---------------------------------------------------------------------------------------------------------------

RACED = {
    "data": {"name": "moons", "samples": 80, "noise": 0.2},
    "network": {"layers": [{"units": 4}, {"units": 3}]},
    "batch_size": 8,
    "seed": 4,
}
LANES = [{"optimizer": {"name": name, "lr": 0.02}} for name in ("sgd", "adamw", "nesterov")]


def test_lanes_keep_what_is_frozen_in_the_run_and_planes_leave_it_alone():
    """Every lane from the run's start with the values that are frozen now; the lane's own run opens to the same bits."""
    trainer = Trainer(RunSpec.model_validate(RACED))
    trainer.step(25)
    freeze(trainer, entries=[{"name": "W1", "index": [1, None]}, {"name": "b2", "index": [2]}])
    freeze(trainer, "remove", [{"name": "W2", "index": [0, 0]}])
    frozen, wanted = frozen_of(trainer), trainer.named_parameters
    plain = NetworkRace({"run": RACED, "lanes": LANES})
    assert "frozen" not in plain.as_script()["spec"], "an older chainrule reads what freezes nothing"
    race = NetworkRace({"run": RACED, "lanes": LANES, "frozen": [each.model_dump() for each in frozen]})
    race.advance(30)
    again = NetworkRace.from_script(json.loads(json.dumps(race.as_script())))
    still = race.lanes[0].trainer.machine.frozen
    assert len(still) == 2 + 1 + 1
    for number, lane in enumerate(race.lanes):
        theta = lane.trainer.machine.theta
        for name, mask in trainer.frozen.items():
            assert np.array_equal(lane.trainer.named_parameters[name][mask], wanted[name][mask]), (number, name)
        assert np.array_equal(theta, again.lanes[number].trainer.machine.theta)
        assert not np.array_equal(theta, plain.lanes[number].trainer.machine.theta)
        own = Trainer.from_script(race.run_script(lane.id))
        assert np.array_equal(own.machine.theta, theta) and np.array_equal(own.machine.state, lane.trainer.machine.state)
        assert np.array_equal(own.machine.frozen, still)
    race.seek(11)
    race.seek(30)
    assert np.array_equal(race.lanes[2].trainer.machine.theta, again.lanes[2].trainer.machine.theta)
    for choice in (PlaneChoice("random"), PlaneChoice("random", others="normal"), PlaneChoice("pca")):
        directions = Chart.of(race, choice).plane.directions
        assert np.isfinite(directions).all() and np.abs(directions[:, still]).max() <= 1e-12
        assert (np.abs(directions).sum(axis=0) > 1e-9).sum() > 10
    seeds = SeedRace(RACED, LANES[:1], [3, 4], 20, frozen=frozen).finish()
    for ended in seeds.endings.values():
        assert np.array_equal(ended.machine.theta[still], race.lanes[0].trainer.machine.theta[still])
    for wrong, words in (
        ({"name": "W9", "places": [0], "values": [1.0]}, "no parameter W9; allowed: W1, b1"),
        ({"name": "b2", "places": [3], "values": [1.0]}, "b2 has no place 3; allowed: 0 to 2"),
        ({"name": "b2", "places": [1, 1], "values": [1.0, 2.0]}, "places: do not ascend"),
        ({"name": "b2", "places": [1], "values": [1.0, 2.0]}, "values: 2 given; allowed: 1"),
    ):
        with pytest.raises(ValueError, match=words):
            NetworkRace({"run": RACED, "lanes": LANES, "frozen": [wrong]})
