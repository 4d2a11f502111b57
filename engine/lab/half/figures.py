"""What the runs came to, drawn and in a table."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.array import Array
from engine.lab.charts import Axis, Chart, Heat, Mark, Series
from engine.lab.experiment import Cell, Column, Table
from engine.lab.half.formats import BFLOAT16, FLOAT16, FLOAT32, FLOAT64, Format
from engine.lab.half.side_by_side import SideBySide, power
from engine.lab.half.spread import POWERS

LARGEST = math.frexp(FLOAT16.largest)[1]
"""The power of two that is too large for float16."""
WEIGHT_UPDATES, WEIGHT_CHANGE = 1000, 1e-4
COLUMNS = (
    Column("run", "run"),
    Column("loss", "training loss at the end"),
    Column("zero_deltas", "δ that became 0, first update", "%"),
    Column("zero_gradients", "gradients that became 0, first update", "%"),
    Column("distance", "distance of its weights from float64's, relative"),
    Column("skipped", "updates skipped: overflow"),
    Column("scale", "loss scale"),
)


def losses(runs: SideBySide) -> Chart:
    steps = runs.steps
    series = tuple(
        Series(lane.name, steps, np.array(lane.losses[: len(steps)]), colour=number, dashed=lane.name == "float64")
        for number, lane in enumerate(runs.lanes)
    )
    return Chart("losses", "Training loss", Axis("update"), Axis("training loss", scale="log"), series)


def marks(low: float) -> tuple[Mark, ...]:
    """Where the formats end; bfloat16 does far below."""
    found = (
        Mark("x", BFLOAT16.lowest, f"{power(BFLOAT16.lowest)}, bfloat16's smallest"),
        Mark("x", FLOAT16.lowest, f"float16: {power(FLOAT16.lowest)}"),
        Mark("x", FLOAT16.lowest_normal, f"{power(FLOAT16.lowest_normal)}"),
        Mark("x", LARGEST, power(LARGEST)),
    )
    return tuple(mark for mark in found if mark.at >= low)


@dataclass(frozen=True)
class Sizes:
    """Of all points so far, in percent, (points, powers): float64's δ and gradients, and the same times the loss scale."""

    powers: Array
    deltas: Array
    scaled_deltas: Array
    gradients: Array
    scaled_gradients: Array


def sizes(runs: SideBySide) -> Sizes:
    """Where there are any, and at least where float16 ends."""
    spreads, scales = runs.lanes[0].spreads, runs.lanes[2].scales
    count = min(len(spreads), len(scales))
    deltas = 100.0 * np.array([spread.all_deltas for spread in spreads[:count]])
    gradients = 100.0 * np.array([spread.gradients for spread in spreads[:count]])
    own = [deltas, _scaled(deltas, scales), gradients, _scaled(gradients, scales)]
    there = POWERS[np.any([each.any(axis=0) for each in own], axis=0)]
    low, high = min([FLOAT16.lowest - 6, *there[:1]]), max([LARGEST + 2, *there[-1:]])
    part = slice(int(low - POWERS[0]), int(high - POWERS[0]) + 1)
    return Sizes(POWERS[part].astype(np.float64), *(each[:, part] for each in own))


def _scaled(shares: Array, scales: Sequence[float]) -> Array:
    return np.array([_moved(own, _exponent(scale)) for own, scale in zip(shares, scales, strict=False)])


def _exponent(scale: float) -> int:
    return math.frexp(scale)[1] - 1


def _moved(shares: Array, by: int) -> Array:
    """The same shares as many powers up; those moved beyond the last are gone."""
    found = np.zeros(len(shares))
    found[max(by, 0) : len(shares) + min(by, 0)] = shares[max(-by, 0) : len(shares) - max(by, 0)]
    return found


def histograms(runs: SideBySide, own: Sizes, at: int) -> tuple[Chart, Chart]:
    """At a point: of δ and of gradients, each without a scale and with it."""

    def drawn(name: str, words: str, plain: Array, scaled: Array) -> Chart:
        series = (
            Series(words, own.powers, plain[at], kind="bars", colour=0),
            Series("× loss scale", own.powers, scaled[at], kind="steps", colour=2),
        )
        title = f"{words} in float64, update {runs.first + runs.points[at] + 1}"
        x = Axis(f"power of two (bfloat16 reaches down to {BFLOAT16.lowest})".replace("-", "−"))
        return Chart(name, title, x, Axis("share", "%"), series, marks(own.powers[0]))

    return (
        drawn("deltas", "δ", own.deltas, own.scaled_deltas),
        drawn("gradients", "gradients", own.gradients, own.scaled_gradients),
    )


def by_layer(runs: SideBySide) -> Heat:
    """At the first update."""
    spread = runs.lanes[0].spreads[0]
    there = POWERS[np.flatnonzero(spread.deltas.sum(axis=0))]
    part = slice(int(min([FLOAT16.lowest - 2, *there[:1]]) - POWERS[0]), int(max([2, *there[-1:] + 2]) - POWERS[0]))
    layers = tuple(f"δ{layer}" for layer in range(1, len(spread.deltas) + 1))
    return Heat(
        "by_layer",
        "δ by layer, first update",
        Axis("power of two"),
        Axis("layer", labels=layers),
        100.0 * spread.deltas[:, part],
        at_x=POWERS[part].astype(np.float64),
        measure="share of the layer's δ, %",
    )


def small_updates(number_format: Format, updates: int = WEIGHT_UPDATES, change: float = WEIGHT_CHANGE) -> Array:
    """A weight of the format, 1 at first, from which as often a small number is taken: (updates + 1,)."""
    found = np.ones(updates + 1)
    for number in range(updates):
        found[number + 1] = number_format.round(found[number : number + 1] - change)[0]
    return found


def one_weight() -> Chart:
    """A constant of the formats, whatever is run."""
    x = np.arange(WEIGHT_UPDATES + 1, dtype=np.float64)
    formats = (FLOAT64, FLOAT32, FLOAT16, BFLOAT16)
    series = tuple(
        Series(each.name, x[::50], small_updates(each)[::50], colour=colour, dashed=each in (FLOAT64, BFLOAT16))
        for colour, each in zip((0, 4, 1, 3), formats, strict=True)
    )
    return Chart("weight", "One weight, 1,000 updates of 1e-4", Axis("update"), Axis("weight"), series)


def scales(runs: SideBySide) -> Chart:
    lane = runs.lanes[2]
    steps = runs.steps[: len(lane.scales)]
    line = Series("loss scale", steps, np.array(lane.scales[: len(steps)]), kind="steps", colour=2)
    return Chart("scales", "Loss scale", Axis("update"), Axis("loss scale", scale="log"), (line,))


def table(runs: SideBySide) -> Table:
    rows = []
    for lane in runs.lanes:
        first = lane.spreads[0] if lane.spreads else None
        zero = (None, None) if first is None else (100.0 * first.all_zero_deltas, 100.0 * first.zero_gradients)
        distance: Cell = _number(runs.distance(lane))
        rows.append((lane.name, _number(lane.losses[-1]), *zero, distance, lane.run.scale.skipped, lane.run.scale.value))
    return Table(COLUMNS, tuple(rows))


def _number(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
