"""The same run in four formats, side by side: the same start, the same mini-batches."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from engine.array import Array
from engine.evaluation.evaluator import Evaluator
from engine.lab.experiment import Choices
from engine.lab.half.formats import BFLOAT16, FLOAT16, FLOAT32, FLOAT64, Format
from engine.lab.half.loss_scale import LossScale
from engine.lab.half.rounded_run import RoundedRun
from engine.lab.half.spread import Spread, spread_of
from engine.lab.subject import Subject

POINTS = 40
INTERVAL = 50
"""Updates without overflow after which a dynamic loss scale doubles; PyTorch's default is 2,000."""


@dataclass
class Lane:
    """One of the runs, and what was recorded of it: at each of the points so far the training loss of its weights, in double,
    and of the update before each the spread and the loss scale."""

    name: str
    run: RoundedRun
    evaluator: Evaluator
    losses: list[float] = field(default_factory=list)
    spreads: list[Spread] = field(default_factory=list)
    scales: list[float] = field(default_factory=list)
    over: bool = False
    """A float64 run that overflowed goes no further."""

    def record(self) -> None:
        x, y = self.evaluator.rows("train")
        self.losses.append(np.nan if self.over else self.evaluator.loss_and_outputs(x, y)[0])


def power(exponent: int) -> str:
    """2⁻¹⁴"""
    return "2" + str(exponent).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))


class SideBySide:
    """The runs from a subject's state on, and the updates at which they are looked at."""

    def __init__(self, subject: Subject, choices: Choices) -> None:
        self.choices, self.first = choices, subject.step
        updates = choices["updates"]
        self.points = np.unique(np.linspace(0, updates, min(POINTS, updates) + 1).astype(int)).tolist()
        scale = 2.0 ** choices["scale"]
        interval = INTERVAL if choices["dynamic"] else None
        scaled = "float16, dynamic scale" if choices["dynamic"] else f"float16 × {power(choices['scale'])}"
        self.lanes = [
            self._lane("float64", subject, FLOAT64, None),
            self._lane("float16", subject, FLOAT16, LossScale()),
            self._lane(scaled, subject, FLOAT16, LossScale(scale, interval)),
            self._lane("bfloat16", subject, BFLOAT16, LossScale()),
        ]

    def _lane(self, name: str, subject: Subject, number_format: Format, scale: LossScale | None) -> Lane:
        machine = subject.machine()
        master = number_format if self.choices["weights"] == "half" else FLOAT32
        return Lane(name, RoundedRun(machine, number_format, scale, master), Evaluator(machine))

    def going(self) -> Iterator[float]:
        """All of it, in parts; the share that is done."""
        for lane in self.lanes:
            lane.record()
        made, whole = 0, self.points[-1] * len(self.lanes)
        for before, point in zip(self.points, self.points[1:], strict=False):
            for lane in self.lanes:
                self._between(lane, point - before)
                lane.record()
                made += point - before
                yield made / whole

    def _between(self, lane: Lane, updates: int) -> None:
        """Of the first of these updates the spread is kept."""
        for number in range(updates):
            if lane.over:
                return
            if number == 0:
                lane.scales.append(lane.run.scale.value)
                made = lane.run.update(lambda: lane.spreads.append(spread_of(lane.run)))
            else:
                made = lane.run.update()
            lane.over = lane.run.exact and not made

    @property
    def steps(self) -> Array:
        """Of the points so far, as updates of the run."""
        return self.first + np.array(self.points[: len(self.lanes[-1].losses)], dtype=np.float64)

    def distance(self, lane: Lane) -> float:
        """‖θ − θ₆₄‖ / ‖θ₆₄‖."""
        own, double = lane.run.machine.theta, self.lanes[0].run.machine.theta
        return float(np.linalg.norm(own - double) / np.linalg.norm(double))
