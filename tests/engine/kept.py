"""A run kept and made again, as a server does: plain data through JSON, numbers and series as arrays."""

from __future__ import annotations

from engine import Trainer
from engine.array import Array
from engine.script.keeping import Cursor, Timeline, cursor, numbers, resume, timeline


def again(trainer: Trainer) -> Trainer:
    line = Timeline.model_validate_json(timeline(trainer).model_dump_json())
    at = Cursor.model_validate_json(cursor(trainer).model_dump_json())
    return resume(line, at, numbers(trainer), lines(trainer))


def lines(trainer: Trainer) -> dict[int, Array]:
    return {branch.index: branch.series.points.copy() for branch in trainer.branches}


def told(trainer: Trainer) -> object:
    """What a learner is told of a run besides its numbers: where it stands, its branches and their curves, why it stopped."""
    branches = [
        (each.parent, each.fork, each.edits, each.end, each.series.points.tobytes(), each.series.doublings)
        for each in trainer.branches
    ]
    stop = trainer.stopped
    why = None if stop is None else (stop.kind, stop.step, stop.op, stop.best, stop.message, stop.detail)
    return branches, trainer.branch, trainer.epoch, trainer.effective_spec, trainer.can_undo, trainer.can_redo, why
