"""At other steps of the same script, over the updates to come, and under one of the card's variants."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

from engine.lessons.building import Built, broken
from engine.lessons.scripts import UnmeasurableError
from engine.lessons.vocabulary.row import MOVING, Count, Measured, Step, Variant, measure
from engine.parts import give_way

MOST_AHEAD = 100_000
"""Updates that a measurement looks ahead."""
MOST_LOOKS = 4000
"""Of a value over the updates to come."""


def _ahead(built: Built, updates: int) -> Iterator[Built]:
    """After each of the updates to come."""
    if updates > MOST_AHEAD:
        raise UnmeasurableError(f"{updates} updates are too many", f"up to {MOST_AHEAD}")
    for step in range(built.step + 1, built.step + updates + 1):
        yield built.at(step)
        give_way()


@measure(kinds=MOVING, live=False, latex=r"{measurement}\ (\text{{step }}{step})")
def at(built: Built, step: Step, measurement: Measured) -> float:
    """A measurement at another step of the same script.

    >>> measured("at(12, step())", run={"data": {"name": "xor"}})
    12.0
    """
    return measurement.value(built.at(step))


@measure(kinds=MOVING, live=False, latex=r"{measurement}\ (\text{{{variant}}})")
def on(built: Built, variant: Variant, measurement: Measured) -> float:
    """A measurement under one of the card's variants, at the same step.

    >>> wide = {"wide": {"network.layers.0.units": 10}}
    >>> measured("on(wide, parameters())", wide, run={"data": {"name": "xor"}, "network": {"layers": [{"units": 3}]}})
    41.0
    """
    return measurement.value(built.varied(variant))


@measure(kinds=MOVING, live=False)
def first_below(built: Built, measurement: Measured, bound: float, last: Step) -> float:
    """The first step from here up to `last` at which a measurement is below a bound; infinity where it never is.

    >>> measured("first_below(0 - step(), -4, 10)", run={"data": {"name": "xor"}})
    5.0
    """
    return _first(built, last, lambda value: value < bound, measurement)


@measure(kinds=MOVING, live=False)
def first_above(built: Built, measurement: Measured, bound: float, last: Step) -> float:
    """The first step from here up to `last` at which a measurement is above a bound; infinity where it never is.

    >>> measured("first_above(step(), 4, 10)", run={"data": {"name": "xor"}})
    5.0
    """
    return _first(built, last, lambda value: value > bound, measurement)


def _first(built: Built, last: int, wanted: Callable[[float], bool], measurement: Measured) -> float:
    if wanted(measurement.value(built)):
        return float(built.step)
    for there in _ahead(built, max(0, last - built.step)):
        if wanted(measurement.value(there)):
            return float(there.step)
    return math.inf


@measure(live=False)
def rises(built: Built, updates: Count) -> float:
    """How many of the updates to come raise the loss over all training samples.

    >>> run = {"data": {"name": "xor"}, "optimizer": {"name": "sgd", "lr": 0.01}, "batch_size": "full"}
    >>> measured("rises(20)", run=run)
    0.0
    """
    before, found = built.trainer.loss("train"), 0
    for there in _ahead(built, updates):
        after = there.trainer.loss("train")
        found += after > before
        before = after
    return float(found)


@measure(live=False)
def first_nonfinite(built: Built, updates: Count) -> float:
    """The number of the first of so many updates to come in which a value is not finite; infinity where there is none.

    >>> run = {"data": {"name": "xor"}, "optimizer": {"name": "sgd", "lr": 1e9}, "numerics": "naive"}
    >>> measured("first_nonfinite(50)", run=run) < 50
    True
    """
    if updates > MOST_AHEAD:
        raise UnmeasurableError(f"{updates} updates are too many", f"up to {MOST_AHEAD}")
    goal = built.at(built.step + updates)
    stop = goal.stopped
    if stop is None or not broken(stop):
        return math.inf
    return float(stop.step + 1)


def _looks(built: Built, updates: int, measurement: Measured) -> list[tuple[float, int]]:
    """A measurement and its step, here and after every update to come; of very many evenly some."""
    if updates > MOST_AHEAD:
        raise UnmeasurableError(f"{updates} updates are too many", f"up to {MOST_AHEAD}")
    apart = -(-updates // MOST_LOOKS)
    found = []
    for step in range(built.step, built.step + updates + 1, apart):
        value = measurement.value(built.at(step))
        found.append((value, step))
        give_way()
    return [each for each in found if not math.isnan(each[0])]


@measure(kinds=MOVING, live=False, latex=r"\min {measurement}")
def lowest(built: Built, updates: Count, measurement: Measured) -> float:
    """The least that a measurement is from here over the updates to come.

    >>> measured("lowest(10, step())", run={"data": {"name": "xor"}}, step=3)
    3.0
    """
    return min(_looks(built, updates, measurement), default=(math.nan, 0))[0]


@measure(kinds=MOVING, live=False)
def lowest_step(built: Built, updates: Count, measurement: Measured) -> float:
    """The step at which a measurement is least, from here over the updates to come.

    >>> measured("lowest_step(10, 0 - step())", run={"data": {"name": "xor"}}, step=3)
    13.0
    """
    return float(min(_looks(built, updates, measurement), default=(0.0, math.nan))[1])


@measure(kinds=MOVING, live=False, latex=r"\max {measurement}")
def highest(built: Built, updates: Count, measurement: Measured) -> float:
    """The greatest that a measurement is from here over the updates to come.

    >>> measured("highest(10, step())", run={"data": {"name": "xor"}}, step=3)
    13.0
    """
    return max(_looks(built, updates, measurement), default=(math.nan, 0))[0]
