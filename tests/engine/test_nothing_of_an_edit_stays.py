"""Nothing of an edit outlives its undo, or a seek to before it: a walk over every field of the spec that can be edited.

The fields come from the schema: the models of a spec's parts, with the parameters of every optimizer in both dialects and of
every schedule. Each is edited, undone, redone and sought past; whatever a run tells must be a fresh run's, bit for bit.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from engine import EditError, RunSpec, Trainer
from engine.optimizers import DIALECTS, OPTIMIZERS
from engine.rows.schedules import SCHEDULES
from engine.script.edits import PARTS, WHOLE, with_set

RULED = {"name": "plateau", "patience": 0, "factor": 0.7, "threshold": 0.3}
BASE: dict[str, Any] = {
    "data": {"name": "moons", "samples": 26, "noise": 0.3, "validation_fraction": 0.2, "test_fraction": 0.1, "seed": 3},
    "network": {"layers": [{"units": 3, "norm": "batch"}, {"units": 2, "activation": "sigmoid", "dropout": 0.2}]},
    "optimizer": {"name": "adam", "lr": 0.05},
    "schedule": RULED,
    "stop": {"patience": 100, "min_change": 1e-12},
    "batch_size": 6,
    "seed": 7,
}
PICTURES = BASE | {
    "data": {"name": "digits", "validation_fraction": 0.9, "test_fraction": 0.04},
    "network": {"layers": [{"units": 2}]},
    "batch_size": 40,
}
NEW_RUN = {"data", "network", "loss", "eval_every", "seed", "stop", "stop.max_steps"}
"""What begins a new run: no edit. A run's end is moved by an edit of its own."""
WHOLES = {
    "optimizer": {"name": "lion", "lr": 0.02},
    "schedule": {"name": "cosine", "length": 30},
    "regularization": {"l2": 0.1},
    "clip": {"norm": 0.1},
}
NUMBERS = (0.5, 0.25, 2, 3, 7, 1e-3, 20, 1)
BEGIN, HALF, EDIT, LAST = 0, 5, 13, 20
"""Steps that are looked at: an epoch is three updates, so EDIT is in the middle of one."""


def told(trainer: Trainer) -> tuple[Any, ...]:
    """All that a run tells where it stands, but for its curves, as bytes."""
    groups = [
        trainer.named_parameters,
        trainer.running_statistics,
        trainer.last_gradient or {},
        trainer.last_update or {},
        trainer.named_gradient("train"),
        *trainer.optimizer_state.values(),
        *(trainer.nesterov_points or {}).values(),
    ]
    arrays = [value for group in groups for value in group.values()]
    arrays += [trainer.machine.rules, trainer.machine.clock]
    numbers = [trainer.loss("train"), trainer.objective("train"), trainer.accuracy("train"), trainer.rate]
    where = trainer.steps_done, trainer.epoch, trainer.effective_spec, trainer.max_steps, trainer.stopped
    return where, np.array(numbers).tobytes(), b"".join(array.tobytes() for array in arrays)


def curves(trainer: Trainer) -> bytes:
    return trainer.series.points.tobytes()


def fields(base: dict[str, Any]) -> Iterator[str]:
    """Every path that the schema has: a part, its fields, those of the row that is in force in it."""
    spec = RunSpec.model_validate(base)
    for head in RunSpec.model_fields:
        yield head
        if head in PARTS:
            yield from (f"{head}.{name}" for name in getattr(spec, head).model_dump())


def candidates(path: str, before: Any) -> list[Any]:
    """Values that the field at `path` might take."""
    if path in WHOLES:
        return [WHOLES[path]]
    names = {"optimizer.name": list(OPTIMIZERS), "schedule.name": list(SCHEDULES)}.get(path, [])
    after = names.index(before) + 1 if names else 0
    words = [*names[after:], *names[:after], *DIALECTS, "step", "epoch", "naive", "stable", "full", "mse", "tanh"]
    pairs = [(0.5, 1.3), (0.25, 3.0), (1e-3, 7.0)] if isinstance(before, tuple) else []
    return [*pairs, *([not before] if isinstance(before, bool) else []), *NUMBERS, *words, {}]


@functools.cache
def begins_a_new_run(path: str) -> bool:
    with pytest.raises(EditError) as caught:
        with_set(RunSpec.model_validate(BASE), path, 1)
    return "begins a new run" in str(caught.value)


def edited(base: dict[str, Any], path: str) -> Any:
    """A value that makes another spec; LookupError: there is none here."""
    spec = RunSpec.model_validate(base)
    head, _, tail = path.partition(".")
    part = getattr(spec, head)
    before = part.model_dump().get(tail) if tail else part
    for value in candidates(path, before):
        try:
            if with_set(spec, path, value) != spec:
                return value
        except EditError:
            continue
    raise LookupError(path)


@functools.cache
def plain(kind: str, optimizer: str, dialect: str, schedule: str) -> tuple[dict[int, Any], bytes]:
    """What a run that was never edited tells at each step, and its curves."""
    trainer, seen = Trainer(RunSpec.model_validate(base_of(kind, optimizer, dialect, schedule))), {}
    for step in range(LAST + 1):
        trainer.advance(step - trainer.steps_done)
        seen[step] = told(trainer)
    return seen, curves(trainer)


def base_of(kind: str, optimizer: str, dialect: str, schedule: str) -> dict[str, Any]:
    moves = RULED if schedule == "plateau" else {"name": schedule, "unit": "epoch", "warmup": 1}
    own = {"name": optimizer, "dialect": dialect, "lr": 0.05}
    return (PICTURES if kind == "pictures" else BASE) | {"optimizer": own, "schedule": moves}


SAME = ("stop", "stop.patience", "stop.min_change", "shuffle", "schedule.warmup", "schedule.unit")
"""May be other settings under which these few updates are the same."""


def walk(edit: dict[str, Any], *base: str) -> None:
    """Edit, go on, undo, seek to and fro, redo: at each place as a fresh run, and the edited future as a fresh one's."""
    seen, line = plain(*base)
    spec = RunSpec.model_validate(base_of(*base))
    trainer, fresh, future = Trainer(spec), Trainer(spec), {}
    fresh.advance(EDIT)
    fresh.edit(edit)
    for step in range(EDIT, LAST + 1):
        fresh.advance(step - fresh.steps_done)
        future[step] = told(fresh)
    assert future[LAST][1:] != seen[LAST][1:] or edit["kind"] == "extend" or edit.get("path") in SAME, (
        "an edit that changes nothing shows nothing"
    )
    trainer.advance(LAST)
    trainer.seek(EDIT)
    trainer.edit(edit)
    assert told(trainer) == future[EDIT]
    trainer.advance(LAST - EDIT)
    assert told(trainer) == future[LAST] and curves(trainer) == curves(fresh)
    for step in (HALF, BEGIN, EDIT - 1):  # sought past, to before it
        trainer.seek(step)
        assert told(trainer) == seen[step], step
    trainer.seek(LAST - 1)
    trainer.undo()
    for step in (EDIT, HALF, LAST, BEGIN, EDIT):
        trainer.seek(step)
        assert told(trainer) == seen[step], step
    assert curves(trainer) == line
    trainer.redo()
    for step in (EDIT, LAST, EDIT + 1):
        trainer.seek(step)
        assert told(trainer) == future[step], step
    trainer.undo()
    assert told(trainer) == seen[EDIT] and curves(trainer) == line


def walk_all(head: str, *base: str) -> list[str]:
    walked = []
    for path in fields(base_of(*base)):
        if path.partition(".")[0] != head or path in NEW_RUN:
            continue
        try:
            value = edited(base_of(*base), path)
        except LookupError:
            assert base[0] == "points" and path == "regularization.shift", f"{path}: no value was accepted"
            continue
        walk({"kind": "set", "path": path, "value": value}, *base)
        walked.append(path)
    return walked


@pytest.mark.sampled(3, seconds=2)
@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_field_of_every_optimizer(name: str, dialect: str) -> None:
    own = {parameter.name for parameter in OPTIMIZERS[name].parameters_in(dialect)}
    walked = walk_all("optimizer", "points", name, dialect, "plateau")
    assert {path.partition(".")[2] for path in walked} == {"", "name", "dialect"} | own


@pytest.mark.parametrize("name", SCHEDULES)
def test_every_field_of_every_schedule(name: str) -> None:
    own = {parameter.name for parameter in SCHEDULES[name].parameters}
    walked = walk_all("schedule", "points", "adamw", "textbook", name)
    assert {path.partition(".")[2] for path in walked} == {"", "name", "unit", "warmup"} | own


HEADS = [head for head in (*PARTS, *WHOLE) if head not in ("optimizer", "schedule")]


@pytest.mark.parametrize("head", HEADS)
def test_every_other_field(head: str) -> None:
    assert walk_all(head, "points", "rprop", "textbook", "plateau")


def test_shifted_pictures() -> None:
    edit = {"kind": "set", "path": "regularization.shift", "value": 2}
    walk(edit, "pictures", "sgd", "textbook", "plateau")


def test_what_is_walked_is_all_there_is() -> None:
    """A field that the spec comes to have is walked, or is said to begin a new run."""
    unwalked = {path for path in fields(BASE) if path.partition(".")[0] not in (*PARTS, *WHOLE)} | {"stop", "stop.max_steps"}
    assert unwalked == NEW_RUN and all(begins_a_new_run(path) for path in NEW_RUN)


@pytest.mark.parametrize(
    "edit",
    [
        {"kind": "weight", "name": name, "index": index, "value": 1.25}
        for name, index in (("W1", [0, 1]), ("b2", [1]), ("gamma1", [2]), ("beta1", [0]), ("W3", [0, 0]))
    ]
    + [
        {"kind": "freeze", "action": action, "entries": [{"name": "W1", "index": [0, 1]}, {"name": "W2", "index": [None, 0]}]}
        for action in ("freeze", "remove")
    ]
    + [{"kind": "extend", "max_steps": 5000}],
    ids=lambda edit: edit.get("name") or edit.get("action", "extend"),
)
def test_weights_and_the_end(edit: dict[str, Any]) -> None:
    walk(edit, "points", "nesterov", "textbook", "plateau")


WIDE = {
    "data": {"name": "inline", "task": "classification", "train_x": [[800.0], [-1.0]], "train_y": [0, 1]},
    "network": {"layers": []},
    "optimizer": {"name": "sgd", "lr": 1e-12},
    "batch_size": "full",
}


@pytest.mark.parametrize(("way", "steps"), [("undo", 0), ("undo", 4), ("seek", 4)])
def test_naive_numerics_leave_with_their_edit(way: str, steps: int) -> None:
    """Logits of 800 of the wrong class and of −1 of the right one's other side: the losses are 800 and ln(1 + e), the slopes
    1 and 1/(1 + e) − 1, which the naive forms cannot tell."""
    start = [(np.array([[1.0]]), np.zeros(1))]
    trainer = Trainer(RunSpec.model_validate(WIDE), parameters=start)
    assert trainer.loss("train") == pytest.approx((800 + np.log1p(np.e)) / 2, rel=1e-12)
    assert trainer.gradient("train")[0][1][0] == pytest.approx((1 + 1 / (1 + np.e) - 1) / 2, rel=1e-12)
    trainer.advance(steps)
    before = told(trainer)
    trainer.edit({"kind": "set", "path": "numerics", "value": "naive"})
    assert not np.isfinite(trainer.loss("train"))
    if way == "undo":
        trainer.undo()
        assert told(trainer) == before
    else:
        trainer.seek(steps - 1)
        assert np.isfinite(trainer.loss("train")) and np.isfinite(trainer.gradient("train")[0][1]).all()
