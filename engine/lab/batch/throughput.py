"""How many updates and samples a second, by batch size: medians of repeated calls, in rounds over all sizes, so that whatever
else the machine does meanwhile falls on all of them alike."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from engine.array import Array
from engine.dataset import Dataset
from engine.machine.machine import Machine
from engine.machine.pieces import MADE, Pieces
from engine.spec import RunSpec

ROUNDS = 31
SECONDS = 0.001
"""Of one call, about: long beside what the clock and a call cost."""
MOST_CALLS = 4096
"""Updates in one call."""
KNEE = 0.8
"""Of the largest measured samples a second."""


@dataclass(frozen=True)
class Throughput:
    """Of each batch size, `sizes` (n,): updates a second (rounds, n), and the samples of an update (n,), of an epoch's last and
    smaller mini-batch, too, the mean."""

    sizes: Array
    updates: Array
    samples: Array

    @property
    def updates_per_second(self) -> Array:
        """Medians, (n,)."""
        return np.asarray(np.median(self.updates, axis=0), dtype=np.float64)

    @property
    def samples_per_second(self) -> Array:
        return self.updates_per_second * self.samples

    def quartiles(self) -> tuple[Array, Array]:
        """Of updates a second, (n,) each."""
        low, high = np.quantile(self.updates, (0.25, 0.75), axis=0)
        return low, high

    @property
    def knee(self) -> int:
        """The place of the smallest size with `KNEE` of the largest samples a second."""
        return knee_of(self.samples_per_second)


def knee_of(per_second: Array) -> int:
    """The first place with `KNEE` of the largest value."""
    return int(np.argmax(per_second >= KNEE * np.max(per_second)))


class Stopwatch:
    """One run, timed some updates at a time. What it learns is nobody's business: where a value is no longer finite it begins
    again."""

    def __init__(self, spec: RunSpec, dataset: Dataset) -> None:
        self.machine = Machine(spec, dataset)
        self.machine.record_nothing()
        self.start = self.machine.snapshot()
        self.pieces = Pieces(self.machine, lambda: None)
        self.count = 1

    def warm(self) -> None:
        """Until a call takes its `SECONDS`: the quickest of three, for others may have had the core in one of them."""
        for _ in range(16):
            each = min(self.seconds_per_update() for _ in range(3))
            wanted = max(1, min(MOST_CALLS, int(SECONDS / each)))
            if wanted <= 2 * self.count:
                break
            self.count = wanted

    def seconds_per_update(self) -> float:
        machine = self.machine
        if machine.heavy_update:
            return self._in_pieces()
        before, begun = machine.step, time.perf_counter()
        status = machine.updates(self.count)
        took, made = time.perf_counter() - begun, machine.step - before
        if status not in MADE:
            machine.restore(self.start)
        return took / max(1, made)

    def _in_pieces(self) -> float:
        """Of an update that is more than a piece: op by op, and what others do between two ops counts as well."""
        before, begun = self.machine.step, time.perf_counter()
        status = self.pieces.updates(1)
        took = time.perf_counter() - begun
        if status not in MADE:
            self.machine.abandon_update()
            self.machine.restore(self.start)
            return took
        return took / max(1, self.machine.step - before)


def measured(specs: Sequence[RunSpec], dataset: Dataset) -> Iterator[Throughput]:
    """Round by round; each yields what is known so far, the first after a whole round."""
    rows = dataset.rows[0]
    sizes = np.array([rows if spec.batch_size == "full" else min(spec.batch_size, rows) for spec in specs], dtype=np.float64)
    samples = rows / np.ceil(rows / sizes)
    watches = []
    updates = np.full((ROUNDS, len(specs)), np.nan)
    for place, spec in enumerate(specs):
        watch = Stopwatch(spec, dataset)
        watch.warm()
        watches.append(watch)
        updates[0, place] = 1.0 / watch.seconds_per_update()
        yield Throughput(sizes[: place + 1], updates[:1, : place + 1].copy(), samples[: place + 1])
    for turn in range(1, ROUNDS):
        for place, watch in enumerate(watches):
            updates[turn, place] = 1.0 / watch.seconds_per_update()
            yield Throughput(sizes, updates[: turn + 1].copy(), samples)


def sizes_of(spec: RunSpec, rows: int) -> list[int]:
    """1, 2, 4, … and all rows at once; what the network cannot be trained with (batch norm on one sample) is left out."""
    powers = [2**power for power in range(int(np.log2(rows)) + 1)]
    return [size for size in sorted({*powers, rows}) if fits(spec, size)]


def fits(spec: RunSpec, size: int) -> bool:
    try:
        spec.model_copy(update={"batch_size": size}).check_live()
    except ValueError:
        return False
    return True
