"""Over many seeds: the same script, its weights, batches and noise drawn anew, its data the same.

A card may be measured for several blocks of seeds (`Built.shift`): then each block has seeds of its own.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from statistics import fmean, median

from engine.kernels import codes
from engine.lessons.building import Built, update_work
from engine.lessons.scripts import UnmeasurableError
from engine.lessons.vocabulary.row import MOVING, Count, Measured, Step, measure
from engine.machine.work import heavy
from engine.parts import Pace, give_way
from engine.pool import side_by_side
from engine.trainer import Trainer

MOST_SEEDS = 100
AT_ONCE = 16
"""Runs that are brought on side by side."""
SECONDS = 0.01
"""About so long they go on between two places where they give way."""


def _values(
    built: Built, seeds: int, measurements: tuple[Measured, ...], updates: int | None = None
) -> list[tuple[float, ...]]:
    """Of each seed each measurement, at the built's step, or after so many updates from it."""
    if seeds > MOST_SEEDS:
        raise UnmeasurableError(f"{seeds} seeds are too many", f"up to {MOST_SEEDS}")
    found = []
    first = built.shift * (seeds - 1)  # so that the block of the next shift begins behind this one's end
    for some in range(0, seeds, AT_ONCE):
        builts = [built.shifted(first + seed) for seed in range(some, min(some + AT_ONCE, seeds))]
        for there in _brought_on(builts, built.step + (updates or 0), seeds if some == 0 else 0):
            found.append(tuple(each.value(there) for each in measurements))
            give_way()
    return found


def _brought_on(builts: list[Built], step: int, paying: int) -> Iterator[Built]:
    """Each at a step; runs go there side by side. The first pays for the updates of as many as there will be."""
    if builts[0].kind != "run":
        yield from (each.at(step) for each in builts)
        return
    first, _ = builts[0].begun(step)
    builts[0].budget.spend(paying * (step - first.steps_done) * update_work(first.machine))
    there = [each.begun(step) for each in builts]
    trainers = [trainer for trainer, _ in there]
    under_way = [trainer for trainer in trainers if trainer.steps_done < step]
    pace = Pace(SECONDS, 100_000)
    while under_way:
        updates = pace.begin()
        side_by_side(lambda trainer: _on(trainer, step, updates), under_way, heavy=_heavy(under_way))  # noqa: B023  done at once
        pace.end()
        give_way()
        under_way = [trainer for trainer in under_way if trainer.steps_done < step and trainer.stopped is None]
    yield from (made for _, made in there)


def _on(trainer: Trainer, step: int, updates: int) -> None:
    if trainer.stopped is None and trainer.steps_done < step:
        trainer.advance(min(updates, step - trainer.steps_done))


def _heavy(trainers: list[Trainer]) -> bool:
    machine = trainers[0].machine
    rows = int(machine.int_state[codes.BATCH_SIZE])
    return heavy(machine.theta.size, len(trainers) * rows, 3, len(trainers) * machine.tape.update_work)


@measure(kinds=MOVING, live=False, tells=("study",))
def count_below(built: Built, seeds: Count, measurement: Measured, bound: float, updates: Step | None = None) -> float:
    """For how many of so many seeds a measurement is below a bound, here or after so many updates.

    >>> measured("count_below(5, loss(train), 10)", run={"data": {"name": "xor"}})
    5.0
    """
    return float(sum(value < bound for (value,) in _values(built, seeds, (measurement,), updates)))


@measure(kinds=MOVING, live=False, tells=("study",))
def count_above(built: Built, seeds: Count, measurement: Measured, bound: float, updates: Step | None = None) -> float:
    """For how many of so many seeds a measurement is above a bound, here or after so many updates.

    >>> measured("count_above(5, loss(train), 10)", run={"data": {"name": "xor"}})
    0.0
    """
    return float(sum(value > bound for (value,) in _values(built, seeds, (measurement,), updates)))


@measure(kinds=MOVING, live=False, tells=("study",))
def median_of(built: Built, seeds: Count, measurement: Measured, updates: Step | None = None) -> float:
    """The median of a measurement over so many seeds, here or after so many updates.

    >>> measured("median_of(5, step(), 4)", run={"data": {"name": "xor"}})
    4.0
    """
    return median(_known(value for (value,) in _values(built, seeds, (measurement,), updates)))


@measure(kinds=MOVING, live=False, tells=("study",))
def mean_of(built: Built, seeds: Count, measurement: Measured, updates: Step | None = None) -> float:
    """The mean of a measurement over so many seeds, here or after so many updates.

    >>> measured("mean_of(5, step(), 4)", run={"data": {"name": "xor"}})
    4.0
    """
    return fmean(_known(value for (value,) in _values(built, seeds, (measurement,), updates)))


@measure(kinds=MOVING, live=False, tells=("study",))
def highest_of(built: Built, seeds: Count, measurement: Measured, updates: Step | None = None) -> float:
    """The greatest of a measurement over so many seeds, here or after so many updates.

    >>> measured("highest_of(5, step(), 4)", run={"data": {"name": "xor"}})
    4.0
    """
    return max(_known(value for (value,) in _values(built, seeds, (measurement,), updates)))


@measure(kinds=MOVING, live=False, tells=("study",))
def lowest_of(built: Built, seeds: Count, measurement: Measured, updates: Step | None = None) -> float:
    """The least of a measurement over so many seeds, here or after so many updates.

    >>> measured("lowest_of(5, step(), 4)", run={"data": {"name": "xor"}})
    4.0
    """
    return min(_known(value for (value,) in _values(built, seeds, (measurement,), updates)))


@measure(kinds=MOVING, live=False, tells=("study",))
def chosen(built: Built, seeds: Count, measurement: Measured, other: Measured, updates: Step | None = None) -> float:
    """Another measurement at that of so many seeds where a measurement is greatest: what one gets who chooses by it.

    >>> measured("chosen(5, loss(train), step(), 4)", run={"data": {"name": "xor"}})
    4.0
    """
    pairs = _values(built, seeds, (measurement, other), updates)
    return max(pairs, key=lambda pair: -math.inf if math.isnan(pair[0]) else pair[0])[1]


def _known(values: Iterator[float]) -> list[float]:
    """Those that are numbers; NaN alone where none is."""
    return [value for value in values if not math.isnan(value)] or [math.nan]
