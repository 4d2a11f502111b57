"""What was measured, as sentences, table and charts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.array import Array
from engine.lab.batch.products import Products
from engine.lab.batch.reaching import GRIDS, Reached
from engine.lab.batch.throughput import KNEE, Throughput
from engine.lab.charts import Axis, Chart, Mark, Series
from engine.lab.experiment import Cell, Choices, Column, Result, Table
from engine.spec import RunSpec

COLUMNS = (
    Column("batch_size", "Batch size"),
    Column("updates_per_second", "Updates/s"),
    Column("samples_per_second", "Samples/s"),
    Column("fixed_updates", "Updates, fixed η"),
    Column("fixed_time", "Time, fixed η", "ms"),
    Column("tuned_rate", "Tuned η"),
    Column("tuned_updates", "Updates, tuned η"),
    Column("tuned_time", "Time, tuned η", "ms"),
)
FEW = 16
"""The batch size from which on updates are compared in words: below it mini-batches are hardly ever chosen."""


@dataclass
class Found:
    """What is known so far. `loss` is the one to reach."""

    spec: RunSpec
    sizes: list[int]
    choices: Choices
    present: bool
    throughput: Throughput | None = None
    loss: float = float("nan")
    reached: Reached | None = None
    products: Products | None = None

    @property
    def seconds(self) -> Array:
        """Median seconds of an update, by size."""
        assert self.throughput is not None
        return np.asarray(1.0 / self.throughput.updates_per_second, dtype=np.float64)

    def updates(self, of: str) -> Array:
        """Median and quartiles of the updates to the loss, (3, sizes); NaN where it is not reached, or not yet known."""
        found = np.full((3, len(self.sizes)), np.nan)
        if self.reached is not None:
            known = self.reached.columns(of)
            found[:, : known.shape[1]] = known
        return found

    def rates(self) -> list[float | None]:
        known = [] if self.reached is None else self.reached.rates
        return [*known, *[None] * (len(self.sizes) - len(known))]


def told(found: Found, final: bool = False) -> Result:
    """What is known so far; the spec, which may hold data of one's own, goes with the last word."""
    figures = [_speed(found)]
    if found.reached is not None and found.reached.rates:
        figures += [_updates(found), _time(found)]
    if found.products is not None:
        figures.append(_products(found.products))
    values: dict[str, Any] = {
        "knee": found.sizes[found.throughput.knee] if found.throughput is not None and _whole(found) else None,
        "finish": None if np.isnan(found.loss) else found.loss,
        "rates": found.rates(),
        "sizes": found.sizes,
        "grid": list(GRIDS[found.spec.optimizer.name]),
    }
    if final:
        values["spec"] = found.spec.as_plain()
    return Result(" ".join(_said(found)), _table(found), tuple(figures), values)


def _whole(found: Found) -> bool:
    return found.throughput is not None and len(found.throughput.sizes) == len(found.sizes)


def _number(value: float) -> Cell:
    return float(value) if np.isfinite(value) else None


def _table(found: Found) -> Table:
    speed = found.throughput
    known = 0 if speed is None else len(speed.sizes)
    fixed, tuned = found.updates("fixed")[0], found.updates("tuned")[0]
    rows: list[tuple[Cell, ...]] = []
    for place, (size, rate) in enumerate(zip(found.sizes[:known], found.rates(), strict=False)):
        assert speed is not None
        each = found.seconds[place]
        rows.append(
            (
                size,
                _number(speed.updates_per_second[place]),
                _number(speed.samples_per_second[place]),
                _number(fixed[place]),
                _number(1e3 * fixed[place] * each),
                rate,
                _number(tuned[place]),
                _number(1e3 * tuned[place] * each),
            )
        )
    return Table(COLUMNS, tuple(rows))


# Charts --------------------------------------------------------------------------------------------------------------

SIZE = Axis("batch size", scale="log")


def _speed(found: Found) -> Chart:
    speed, marks = found.throughput, []
    series: list[Series] = []
    if speed is not None:
        low, high = speed.quartiles()
        series = [
            Series(
                "samples/s",
                speed.sizes,
                speed.samples_per_second,
                "line+points",
                low * speed.samples,
                high * speed.samples,
                colour=0,
            ),
            Series("updates/s", speed.sizes, speed.updates_per_second, "line+points", low, high, colour=1, dashed=True),
        ]
        if _whole(found):
            marks = [Mark("x", float(found.sizes[speed.knee]), f"knee: {KNEE:.0%} of the most samples/s")]
    return Chart("speed", "Speed on this machine", SIZE, Axis("a second", scale="log"), tuple(series), tuple(marks))


def _updates(found: Found) -> Chart:
    fixed, tuned = found.updates("fixed"), found.updates("tuned")
    x = np.array(found.sizes, dtype=np.float64)
    series = [
        Series(f"η = {found.choices['rate']:g}", x, fixed[0], "line+points", fixed[1], fixed[2], colour=0),
        Series("η tuned", x, tuned[0], "line+points", tuned[1], tuned[2], colour=1, dashed=True),
    ]
    known = np.flatnonzero(np.isfinite(tuned[0]))
    if len(known):
        first = known[0]
        line = tuned[0, first] * x[first] / x
        kept = (line >= 1.0) & (x >= x[first])
        series.append(Series("half at twice the size", x, np.where(kept, line, np.nan), dashed=True))
    title = f"Updates to a train loss of {found.loss:.3g}"
    return Chart("updates", title, SIZE, Axis("updates", scale="log"), tuple(series))


def _time(found: Found) -> Chart:
    each, x = 1e3 * found.seconds, np.array(found.sizes, dtype=np.float64)
    series, marks = [], []
    for colour, (of, name) in enumerate((("fixed", f"η = {found.choices['rate']:g}"), ("tuned", "η tuned"))):
        median, low, high = found.updates(of) * each
        series.append(Series(name, x, median, "line+points", low, high, colour=colour, dashed=of == "tuned"))
    best = _quickest(found)
    if best is not None:
        marks = [Mark("x", float(found.sizes[best]), "quickest")]
    title = f"Time to a train loss of {found.loss:.3g}"
    return Chart("time", title, SIZE, Axis("time", "ms", scale="log"), tuple(series), tuple(marks))


def _products(layers: Products) -> Chart:
    rates = layers.rates / 1e9
    names = (("the engine's loops", 0, False), ("the engine, as it chooses", None, True), ("NumPy's BLAS", 1, False))
    series = tuple(
        Series(name, layers.widths, rate, "line" if dashed else "line+points", colour=colour, dashed=dashed)
        for (name, colour, dashed), rate in zip(names, rates, strict=True)
    )
    marks = () if layers.blas_from is None else (Mark("x", layers.blas_from, "from here the engine uses BLAS"),)
    x = Axis("units of the layer and of the one below", scale="log")
    y = Axis("multiplications a second", "10⁹/s", scale="log")
    return Chart("products", f"A layer's product over {layers.columns} samples", x, y, series, marks)


# Words ---------------------------------------------------------------------------------------------------------------


def _quickest(found: Found) -> int | None:
    """The place of the size that is at the loss first in time, by tuned rates; None before all are known."""
    if found.reached is None or len(found.reached.rates) < len(found.sizes):
        return None
    times = found.updates("tuned")[0] * found.seconds
    return None if np.isnan(times).all() else int(np.nanargmin(times))


def _said(found: Found) -> list[str]:
    words = []
    if _whole(found):
        speed = found.throughput
        assert speed is not None
        most = speed.samples_per_second.max()
        words.append(
            f"On this machine batch size {found.sizes[speed.knee]} is the smallest with {KNEE:.0%} of the most samples a "
            f"second, {_rounded(most)}."
        )
    if found.reached is not None and len(found.reached.rates) == len(found.sizes):
        words += _compared(found)
    if found.products is not None:
        words.append(_winner(found.products))
    return words


def _compared(found: Found) -> list[str]:
    first = next((place for place, size in enumerate(found.sizes) if size >= FEW), 0)
    sizes = found.sizes[first], found.sizes[-1]
    fixed, tuned = found.updates("fixed")[0][[first, -1]], found.updates("tuned")[0][[first, -1]]
    budget, grid = found.choices["budget"], GRIDS[found.spec.optimizer.name]
    rate = f"$\\eta = {found.choices['rate']:g}$"
    said = [
        f"From batch size {sizes[0]} to {sizes[1]} the updates to a train loss of {found.loss:.3g} "
        f"{_from_to(fixed, budget)} at {rate}. With $\\eta$ tuned for each size, as the best of {len(grid)} rates from "
        f"{grid[0]:g} to {grid[-1]:g}, they {_from_to(tuned, budget)}."
    ]
    edge = [size for size, rate in zip(found.sizes, found.rates(), strict=True) if rate in (grid[0], grid[-1])]
    if edge:
        said.append(f"At batch size {', '.join(map(str, edge))} the best is at the end of that grid.")
    best = _quickest(found)
    if best is not None:
        time = 1e3 * found.updates("tuned")[0][best] * found.seconds[best]
        said.append(f"In time batch size {found.sizes[best]} is there first, after {time:.3g}\u202fms.")
    return said


def _from_to(counts: Array, budget: int) -> str:
    words = [f"{count:,.0f}" if np.isfinite(count) else f"more than {budget:,}" for count in counts]
    return f"go from {words[0]} to {words[1]}" if words[0] != words[1] else f"stay at {words[0]}"


def _winner(layers: Products) -> str:
    ahead, rule = layers.numpy_from, layers.blas_from
    if ahead is None:
        found = "NumPy's BLAS is behind the engine's loops at some of the widest layers"
    elif ahead == layers.widths[0]:
        found = "NumPy's BLAS is ahead of the engine's loops at every width"
    else:
        found = f"NumPy's BLAS is ahead of the engine's loops from {ahead:g} units on"
    changes = "the engine itself stays with loops" if rule is None else f"the engine itself goes to BLAS from {rule:g} on"
    return f"{found}, over {layers.columns} samples; {changes}."


def _rounded(value: float) -> str:
    """Three digits: 4.31 million."""
    return f"{value / 1e6:.3g} million" if value >= 1e6 else f"{float(f'{value:.3g}'):,.0f}"
