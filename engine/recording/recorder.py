"""Taking the recorded series: which points are due, which are new to the branch, and which the rules see."""

from __future__ import annotations

import numpy as np

from engine.array import Array, pieces, sum_in_order
from engine.dataset import SPLITS
from engine.evaluation.evaluator import Evaluator
from engine.kernels import codes
from engine.machine.machine import Machine
from engine.parts import give_way, giving_way_between
from engine.recording import rules
from engine.recording.series import Series
from engine.script.script import Script


class SeriesRecorder:
    """Asks a machine for the points that the present branch of a script lacks, and adds them to its series."""

    def __init__(self, machine: Machine, script: Script) -> None:
        self.machine, self.script = machine, script

    @property
    def series(self) -> Series:
        """The recorded series of the present branch."""
        return self.script.branch.series

    def record_start(self) -> None:
        """The first point, of the state before any update; in the place of any that the line has."""
        if len(self.series):
            self.series.points = self.series.points[:0]
            self.series.revision += 1
        row = [0.0, 0.0, *self._losses(), np.nan, float(np.linalg.norm(self.machine.theta))]
        self.series.append(np.array([row]))
        self.machine.observe(self.series.points[0])
        self.record_on()

    def measure(self) -> None:
        """A point where the machine stands, as its kernel takes it: the same bits, but in pieces that give way."""
        machine, own = self.machine, self.machine.int_state
        epoch = own[codes.EPOCH] + own[codes.CURSOR] / own[codes.TRAIN_ROWS]
        norms = [_norm(values) for values in giving_way_between((machine.grad, machine.theta), 1)]
        give_way()
        machine.series[own[codes.RECORDED]] = [machine.step, epoch, *self._losses(), *norms]
        own[codes.RECORDED] += 1
        own[codes.RECORD_AFTER] = machine.step

    def _losses(self) -> list[float]:
        """Of each split the data loss and the accuracy, NaN where there is none."""
        evaluator, found = Evaluator(self.machine), []
        for split, count in zip(SPLITS, self.machine.dataset.rows, strict=True):
            evaluation = evaluator.evaluate(split) if count else None
            accuracy = evaluation.accuracy if evaluation else None
            found += [evaluation.loss if evaluation else np.nan, np.nan if accuracy is None else accuracy]
        return found

    def record_on(self) -> None:
        """Record only beyond what the branch has; but where a rule is in force, it sees every measurement again."""
        int_state = self.machine.int_state
        watched = rules.in_force(self.machine.spec)
        every = 1 if self.script.spec.eval_every == "epoch" else self.script.spec.eval_every
        int_state[codes.RECORD_AFTER] = self.machine.step if watched else self._recorded_to
        int_state[codes.RECORD_EVERY] = every if watched else every * 2**self.series.doublings

    def keep(self) -> None:
        """Add the new points; of those that a rule has seen again, or at the undoubled interval, only what the line lacks."""
        points = self.machine.take_series()
        if len(points) and rules.in_force(self.machine.spec):
            by, every = ("epoch", 1) if self.script.spec.eval_every == "epoch" else ("step", self.script.spec.eval_every)
            due = points[:, self.series.names.index(by)] % (every * 2**self.series.doublings) == 0
            points = points[due & (points[:, self.series.names.index("step")] > self._recorded_to)]
        if self.series.append(points):
            self.record_on()

    @property
    def _recorded_to(self) -> int:
        """The last step whose point, if one is due there, the branch has; a fork has all that its parent had."""
        return max(self.series.last_step, self.script.branch.fork)


def _norm(values: Array) -> float:
    """`engine.kernels.ops.penalties.norm`: scaled by the largest, and the sum in the order of the values."""
    top = float(np.max([np.abs(values[piece]).max() for piece in pieces(values.size)], initial=0.0))
    top = 1.0 if top in (0.0, np.inf) else top
    return top * float(np.sqrt(sum_in_order(values, lambda piece: (piece / top) ** 2)))
