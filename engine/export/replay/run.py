"""A stretch of a run, frame by frame: every parameter, the losses, the rate, and what the network answers over the plane."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from engine.export.replay.recording import SECONDS, Recording, RecordingError, frames_of, span
from engine.export.replay.words import run_in_words
from engine.kernels import codes
from engine.parts import give_way
from engine.rows.losses import LOSSES

if TYPE_CHECKING:
    from engine.trainer import Trainer

GRID = 50
"""Points along a side of the plane."""
LINE_POINTS = 200
MOST_POINTS = 2000
"""Samples that are drawn, those of the training set first."""
SPLITS = ("train", "validation", "test")


class RunRecorder:
    """Records the updates from `first` to `last` on a clone of a run, which is left alone: `advance` makes one frame.

    `seconds`: how long it plays, which bounds the number of frames. Raises RecordingError by field.
    """

    def __init__(self, trainer: Trainer, first: int, last: int, seconds: int) -> None:
        if trainer.end == 0:
            raise RecordingError(
                "last", "nothing has been trained yet, so there is nothing to replay", "after the first update"
            )
        if not 0 <= first < trainer.end:
            raise RecordingError("first", f"{first} given", span(0, trainer.end - 1))
        if not first < last <= trainer.end:
            raise RecordingError("last", f"{last} given", f"{span(first + 1, trainer.end)}, the last update that was made")
        if not SECONDS[0] <= seconds <= SECONDS[1]:
            raise RecordingError("seconds", f"{seconds} given", f"{SECONDS[0]} to {SECONDS[1]}")
        self._trainer = trainer
        self._clone: Trainer | None = None
        once = _once(trainer)
        self.steps = frames_of(first, last, seconds, _bytes_each(trainer), sum(array.nbytes for array in once.values()))
        self._once, self._seconds = once, seconds
        self._frames: dict[str, list[Any]] = {}
        self.done = 0

    def advance(self) -> bool:
        """One frame; true at the end."""
        if self.done == len(self.steps):
            return True
        step = int(self.steps[self.done])
        if self._clone is None:
            self._clone = self._trainer.clone_at(step)
        clone = self._clone
        for _ in clone.seeking(step, updates=64):
            give_way()
        if clone.steps_done != step:  # a run that stopped here stands at its best step
            clone = self._clone = self._trainer.clone_at(step)
        for name, value in _frame(clone).items():
            self._frames.setdefault(name, []).append(value)
        self.done += 1
        return self.done == len(self.steps)

    @property
    def recording(self) -> Recording:
        """What is recorded so far."""
        trainer, tape = self._trainer, self._trainer.tape
        arrays = dict(self._once)
        for name, values in self._frames.items():
            give_way()
            arrays[name] = np.stack(values)
        dataset = trainer.dataset
        meta: dict[str, Any] = {
            "sizes": list(tape.sizes),
            "activations": list(tape.activations),
            "inputs": list(dataset.inputs),
            "outputs": list(dataset.outputs),
            "classes": list(dataset.classes or ()),
            "columns": list(dataset.columns),
            "task": dataset.task,
            "shape": dataset.kind,
            "domain": [list(pair) for pair in dataset.domain or ()],
            "loss": LOSSES[tape.loss].title,
            "samples": {name: len(dataset.splits[name]) for name in SPLITS if name in dataset.splits},
            "slots": [
                {"name": slot.name, "start": slot.offset, "shape": list(slot.shape), "layer": slot.layer} for slot in tape.slots
            ],
            "edits": [{"step": edit.step, "label": edit.describe()} for edit in trainer.edits],
            "epoch_steps": trainer.steps_per_epoch,
        }
        return Recording("run", run_in_words(trainer), self.steps[: self.done], float(self._seconds), meta, arrays)


def _frame(trainer: Trainer) -> dict[str, Any]:
    """The run where it stands. Scalars and parameters are float64, the engine's own bits."""
    found: dict[str, Any] = {
        "epoch": np.int32(trainer.machine.int_state[codes.EPOCH]),
        "rate": np.float64(trainer.rate),
        "theta": trainer.machine.theta.copy(),
    }
    for name in SPLITS:
        if name in trainer.dataset.splits and len(trainer.dataset.splits[name]):
            give_way()
            result = trainer.evaluate(name)
            found[f"{name}_loss"] = np.float64(result.loss)
            if trainer.dataset.task == "classification" and result.accuracy is not None:
                found[f"{name}_accuracy"] = np.float64(result.accuracy)
    give_way()
    if trainer.dataset.kind == "plane":
        maps = trainer.unit_maps(GRID, slice(len(trainer.tape.sizes) - 1, None))
        assert maps is not None
        if maps.classes is not None:
            found["map"] = maps.classes
        else:
            found |= {"map": maps.maps[0], "low": np.float64(maps.units[0]["low"]), "high": np.float64(maps.units[0]["high"])}
    elif trainer.dataset.kind == "line":
        found["line"] = trainer.response(LINE_POINTS)[1].astype(np.float32)
    return found


def _bytes_each(trainer: Trainer) -> int:
    """Of a frame."""
    picture = {"plane": GRID * GRID + 16, "line": 4 * LINE_POINTS * trainer.tape.sizes[-1]}.get(trainer.dataset.kind, 0)
    return 8 * trainer.tape.parameter_count + picture + 8 * (2 + 2 * len(SPLITS))


def _once(trainer: Trainer) -> dict[str, Any]:
    """What does not change: the samples that are drawn, the line's places. Rounded to float32, as the page draws them."""
    dataset = trainer.dataset
    found: dict[str, Any] = {}
    if dataset.kind not in ("plane", "line"):
        return found
    room = MOST_POINTS
    for name in SPLITS:
        split = dataset.splits.get(name)
        if split is None or not len(split) or not room:
            continue
        count = min(len(split), room)
        room -= count
        target = split.labels if split.labels is not None else split.y[:, 0]
        found[f"{name}_x"] = split.raw[:count].astype(np.float32)
        found[f"{name}_target"] = target[:count].astype(np.float32)
    if dataset.kind == "line":
        found["places"] = trainer.response(LINE_POINTS)[0].astype(np.float32)
    return found
