"""How many updates to a given loss, by batch size: at one rate for all sizes, and at a rate tuned for each.

Every size has the same grid of rates, the same seeds and the same budget of updates. A rate that comes later than one already
tried is not run on: it is cut where it can no longer be the best, which changes nothing of what is found.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from engine.array import Array
from engine.dataset import Dataset
from engine.kernels import codes
from engine.machine.machine import Machine
from engine.machine.pieces import MADE, Pieces
from engine.recording.recorder import SeriesRecorder
from engine.script.script import Script
from engine.spec import OptimizerSpec, RunSpec

GRIDS = {
    "sgd": (0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0),
    "momentum": (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0),
    "adam": (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5),
}
"""Rates tried for each size, by optimizer: 1, 2 and 5 times a power of ten, as many of each."""
TRAIN_LOSS = codes.SERIES_COLUMNS.index("train_loss")
FINE = 64
"""Between a number of updates and its double it is looked so often, or more: counts are right to one part in so many."""


def at(spec: RunSpec, size: int, rate: float, seed: int) -> RunSpec:
    """The run of a size: nothing else differs."""
    optimizer = OptimizerSpec.model_validate(spec.optimizer.model_dump() | {"lr": rate})
    return spec.model_copy(update={"batch_size": size, "optimizer": optimizer, "seed": seed})


def first_loss(spec: RunSpec, dataset: Dataset) -> float:
    """The train loss of the untrained network."""
    machine = Machine(spec, dataset)
    recorder = SeriesRecorder(machine, Script(spec))
    recorder.record_start()
    return float(recorder.series.points[0, TRAIN_LOSS])


def updates_to(spec: RunSpec, dataset: Dataset, loss: float, most: int) -> Iterator[float | None]:
    """The first update, of those after which it is looked, with a train loss over all training samples at or below `loss`: the
    last that is yielded; infinite where `most` updates do not lead there. None before, between pieces. It is looked after every
    update up to 128, then after every second up to 256, and so on (`every_at`). `dataset` has no other split: a look is at all
    of it."""
    machine = Machine(spec.model_copy(update={"eval_every": 1}), dataset)
    pieces = Pieces(machine, SeriesRecorder(machine, Script(spec)).measure)
    while machine.step < most:
        every = every_at(machine.step)
        machine.int_state[codes.RECORD_EVERY] = every
        goal = min(most, machine.step - machine.step % (FINE * every) + FINE * every)
        status = pieces.updates(goal - machine.step)
        points = machine.series[: machine.int_state[codes.RECORDED]]
        machine.int_state[codes.RECORDED] = 0
        there = np.flatnonzero(points[:, TRAIN_LOSS] <= loss)
        if len(there):
            yield float(points[there[0], 0])
            return
        if status not in MADE:
            break
        yield None
    yield np.inf


def every_at(step: int) -> int:
    """From an update on, the updates between two looks: a power of two."""
    return max(1, (1 << step.bit_length()) // (2 * FINE))


def middle(counts: Sequence[float]) -> tuple[float, float, float]:
    """Median and quartiles, as nearest measured values: infinity is a value like any other."""
    low, median, high = np.quantile(np.array(counts), (0.25, 0.5, 0.75), method="inverted_cdf")
    return float(median), float(low), float(high)


@dataclass
class Reached:
    """Of each size, in order, so far: `fixed` and `tuned` (median, quartiles) of the updates over the seeds, and the tuned
    `rates`, None where none of them leads to the loss within the budget."""

    fixed: list[tuple[float, float, float]] = field(default_factory=list)
    tuned: list[tuple[float, float, float]] = field(default_factory=list)
    rates: list[float | None] = field(default_factory=list)

    def columns(self, of: str) -> Array:
        """Median and quartiles by size, (3, n); NaN where the loss is not reached."""
        found = np.array(getattr(self, of), dtype=np.float64).reshape(-1, 3).T
        return np.where(np.isfinite(found), found, np.nan)


class Reaching:
    """The runs of one spec at every size. `seeds` differ in start and mini-batches; the data are the same."""

    def __init__(self, spec: RunSpec, dataset: Dataset, loss: float, most: int, seeds: int) -> None:
        self.spec, self.dataset, self.loss, self.most = spec, dataset, loss, most
        self.seeds = tuple(range(spec.seed, spec.seed + seeds))
        self.rates = GRIDS[spec.optimizer.name]
        self.found = Reached()

    def going(self, sizes: Sequence[int], fixed: float) -> Iterator[float]:
        """Size by size; yields the share that is done."""
        near = fixed
        for place, size in enumerate(sizes):
            for share in self._size(size, fixed, near):
                yield (place + share) / len(sizes)
            near = self.found.rates[-1] or near
            yield (place + 1) / len(sizes)

    def _size(self, size: int, fixed: float, near: float) -> Iterator[float]:
        counts: list[float] = []
        for seed in self.seeds:
            yield from self._run(at(self.spec, size, fixed, seed), self.most, counts)
        found = middle(counts)
        best: float = self.most + 1.0
        rate: float | None = None
        if np.isfinite(found[0]) and fixed in self.rates:
            best, rate = found[0], fixed
        # From where the last size was best outwards: a good one soon is a short budget for all others.
        tried = sorted(self.rates, key=lambda each: (abs(np.log(each / near)), each))
        for number, each in enumerate(tried, 1):
            if each == fixed:
                continue
            median = yield from self._median(size, each, best)
            if median < best or (median == best and rate is not None and each < rate):
                best, rate = median, each
            yield number / (len(tried) + 1)
        self.found.fixed.append(found)
        self.found.rates.append(rate)
        if rate is None:
            self.found.tuned.append((np.inf, np.inf, np.inf))
            return
        counts = []
        for seed in self.seeds:
            yield from self._run(at(self.spec, size, rate, seed), self.most, counts)
        self.found.tuned.append(middle(counts))

    def _median(self, size: int, rate: float, best: float) -> Generator[float, None, float]:
        """Of the seeds' updates; infinite where it is beyond `best`."""
        counts: list[float] = []
        most = int(min(self.most, best))
        for seed in self.seeds:
            yield from self._run(at(self.spec, size, rate, seed), most, counts)
            if 2 * int(np.sum(np.isinf(counts))) > len(self.seeds):
                return np.inf
        return middle(counts)[0]

    def _run(self, spec: RunSpec, most: int, counts: list[float]) -> Iterator[float]:
        for count in updates_to(spec, self.dataset, self.loss, most):
            if count is None:
                yield 0.0
            else:
                counts.append(count)
