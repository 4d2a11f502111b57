"""Taking the recorded series: which points are due, which are new to the branch, and which the rules see."""

from __future__ import annotations

import numpy as np

from engine.dataset import Dataset
from engine.evaluation.evaluator import Evaluator
from engine.kernels import codes
from engine.machine.machine import Machine
from engine.recording import rules
from engine.recording.series import Series
from engine.script.script import Script


class SeriesRecorder:
    """Mixed into a trainer."""

    dataset: Dataset
    machine: Machine
    evaluator: Evaluator
    script: Script

    @property
    def series(self) -> Series:
        """The recorded series of the present branch."""
        return self.script.branch.series

    def record_on(self) -> None:
        """Record only beyond what the branch has; but where a rule is in force, it sees every measurement again."""
        int_state = self.machine.int_state
        watched = rules.in_force(self.machine.spec)
        every = 1 if self.script.spec.eval_every == "epoch" else self.script.spec.eval_every
        int_state[codes.RECORD_AFTER] = self.machine.step if watched else self._recorded_to
        int_state[codes.RECORD_EVERY] = every if watched else every * 2**self.series.doublings

    @property
    def _recorded_to(self) -> int:
        """The last step whose point, if one is due there, the branch has; a fork has all that its parent had."""
        return max(self.series.last_step, self.script.branch.fork)

    def _keep_series(self) -> None:
        """Add the new points; of those that a rule has seen again, or at the undoubled interval, only what the line lacks."""
        points = self.machine.take_series()
        if len(points) and rules.in_force(self.machine.spec):
            by, every = ("epoch", 1) if self.script.spec.eval_every == "epoch" else ("step", self.script.spec.eval_every)
            due = points[:, self.series.names.index(by)] % (every * 2**self.series.doublings) == 0
            points = points[due & (points[:, self.series.names.index("step")] > self._recorded_to)]
        if self.series.append(points):
            self.record_on()

    def _record_start(self) -> None:
        row = [0.0, 0.0]
        for split, count in zip(("train", "validation", "test"), self.dataset.rows, strict=True):
            found = self.evaluator.evaluate(split) if count else None
            accuracy = found.accuracy if found else None
            row += [found.loss if found else np.nan, np.nan if accuracy is None else accuracy]
        row += [np.nan, float(np.linalg.norm(self.machine.theta))]
        self.series.append(np.array([row]))
        self.machine.observe(self.series.points[0])
        self.record_on()
