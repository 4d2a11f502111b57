"""The loss of each update's mini-batch, before it: a curve between the points of the recorded series. It is drawn and no more:
not recorded, not kept, and no part of the script."""

from __future__ import annotations

import numpy as np

from engine.array import Array
from engine.kernels import codes
from engine.machine.machine import LOSSES, Machine
from engine.script.script import Script

MOST_POINTS = 2000
MOST_LINES = 16
"""Branches whose losses are remembered, those that were the present one last."""


class LossLine:
    """The losses of one branch: `points` (n, columns), of the updates at multiples of `every`, which doubles where there are
    too many. `revision` changes when the points are not those of before with more behind them."""

    names = ("step", "epoch", "batch_loss")

    def __init__(self, points: Array | None = None, every: int = 1) -> None:
        self.points = np.zeros((0, len(self.names))) if points is None else points
        self.every = every
        self.revision = 0

    def __len__(self) -> int:
        return len(self.points)

    def columns(self, start: int = 0) -> dict[str, Array]:
        """Name -> values from point `start` on, (n - start,) each."""
        return {name: np.ascontiguousarray(self.points[start:, i]) for i, name in enumerate(self.names)}

    def until(self, step: int) -> LossLine:
        """The line of the updates up to a step, on its own from here on."""
        return LossLine(self.points[self.points[:, 0] < step].copy(), self.every)

    def add(self, points: Array) -> None:
        """Points by ascending step, of which some may be known: a run that went back makes the same updates again."""
        if len(self.points) and len(points) and points[0, 0] <= self.points[-1, 0]:
            points = points[~np.isin(points[:, 0], self.points[:, 0])]
            if len(points) and points[0, 0] <= self.points[-1, 0]:
                self.revision += 1
        if not len(points):
            return
        self.points = np.vstack([self.points, points])
        if np.any(np.diff(self.points[:, 0]) < 0):
            self.points = self.points[np.argsort(self.points[:, 0])]
        while len(self.points) > MOST_POINTS:
            self.every *= 2
            self.points = np.ascontiguousarray(self.points[self.points[:, 0] % self.every == 0])
            self.revision += 1


class BatchLosses:
    """Takes the losses that a machine remembers, for the present branch of a script."""

    def __init__(self, machine: Machine, script: Script) -> None:
        self.machine, self.script = machine, script
        self._lines: dict[int, LossLine] = {}
        self._taken = machine.step

    def begin(self) -> None:
        """The machine stands elsewhere: what it remembers led to where it was."""
        self._taken = self.machine.step

    def keep(self) -> None:
        """Take them before they are forgotten."""
        if self.machine.step - self._taken >= LOSSES // 2:
            self.take()

    def take(self) -> None:
        """Take all there are: before the branch or the batches are others."""
        if self.machine.step > self._taken:
            line = self._line()
            line.add(self._remembered(line.every))
            self._taken = self.machine.step

    @property
    def line(self) -> LossLine:
        """The present branch's."""
        self.take()
        return self._line()

    def _remembered(self, every: int) -> Array:
        """Of every so many of the updates that are not taken yet, (n, 3): the updates made before it, the same in epochs, and
        the loss of its mini-batch then. Since they were begun to be taken, all batches are of one size."""
        machine, own = self.machine, self.machine.int_state
        here = machine.step
        first = max(self._taken, here - LOSSES)
        made = np.arange(-(-first // every) * every, here, every)
        size = int(own[codes.BATCH_SIZE])
        batches = -(-int(own[codes.TRAIN_ROWS]) // size)
        now = int(own[codes.EPOCH]) * batches - (-int(own[codes.CURSOR]) // size)
        return np.column_stack([made, (now - (here - made)) / batches, machine.losses[made % LOSSES]])

    def _line(self) -> LossLine:
        branch = self.script.branch
        line = self._lines.pop(branch.index, None)
        if line is None:
            parent = None if branch.parent is None else self._lines.get(branch.parent)
            line = LossLine() if parent is None else parent.until(branch.fork)
        self._lines[branch.index] = line  # the last, as the newest
        while len(self._lines) > MOST_LINES:
            del self._lines[next(iter(self._lines))]
        return line
