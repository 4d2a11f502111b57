"""The prices of networks as table, curves and words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from engine.array import Array
from engine.lab.charts import Axis, Chart, Mark, Series
from engine.lab.experiment import Cell, Column, Result, Table
from engine.lab.price.measure import BACKWARD, DIFFERENCES, FORWARD, FORWARD_MODE, Price

NAMES = {
    FORWARD: "forward pass",
    BACKWARD: "backward pass",
    DIFFERENCES: "central differences",
    FORWARD_MODE: "forward mode",
}
PASS_BY_PASS = (DIFFERENCES, FORWARD_MODE)
COLUMNS = (
    Column("network", "Network"),
    Column("weights", "Weights P"),
    Column("parameters", "Parameters n"),
    Column("forward", "Forward", "multiplications"),
    Column("backward", "Backward", "multiplications"),
    Column("ratio", "Backward / forward, counted"),
    Column("differences", "Central differences", "multiplications"),
    Column("forward_mode", "Forward mode", "multiplications"),
    Column("forward_time", "Forward", "µs"),
    Column("backward_time", "Backward", "µs"),
    Column("ratio_time", "Backward / forward, measured"),
    Column("differences_time", "Central differences", "ms"),
    Column("forward_mode_time", "Forward mode", "ms"),
    Column("made", "All passes"),
    Column("differences_off", "Differences off by"),
    Column("forward_mode_off", "Forward mode off by"),
)
MADE, WORKED_OUT = "made", "median of one × passes"
Crossing = tuple[str, str, float]
"""Of two curves, by name, and the place on the axis."""


def result(prices: Sequence[Price], own: Price | None, *, done: bool) -> Result:
    """All so far. `own`: of the present run's network."""
    everyone = [*prices, *([own] if own else [])]
    crossed = crossings(prices)
    rows = tuple(_row(price, "" if price is not own else "this run: ") for price in everyone)
    words = _said(prices, own, crossed) if done else ""
    figures = (_time(prices, own, crossed), _operations(prices, own), _ratio(prices, own))
    values: dict[str, Any] = {
        "crossings": [{"of": NAMES[a], "and": NAMES[b], "at": at} for a, b, at in crossed],
        "batch": prices[0].batch if prices else None,
    }
    return Result(words, Table(COLUMNS, rows), figures, values)


def crossings(prices: Sequence[Price]) -> list[Crossing]:
    """Where measured curves cross, between networks on a log-log scale: of backward over forward, and of the two ways that go
    pass by pass, the last place from which on one of them stays the dearer."""
    found = []
    for a, b in ((FORWARD, BACKWARD), PASS_BY_PASS):
        known = [price for price in prices if a in price.seconds and b in price.seconds]
        ahead = np.array([math.log(price.seconds[b] / price.seconds[a]) for price in known])
        x = np.log([price.parameters for price in known])
        changes = np.flatnonzero(np.sign(ahead[1:]) != np.sign(ahead[:-1])) if len(known) > 1 else np.zeros(0, dtype=int)
        if len(changes):
            i = int(changes[-1])
            share = ahead[i] / (ahead[i] - ahead[i + 1])
            found.append((a, b, float(np.exp(x[i] + share * (x[i + 1] - x[i])))))
    return found


def _row(price: Price, prefix: str) -> tuple[Cell, ...]:
    seconds = price.seconds
    return (
        prefix + price.network,
        price.weights,
        price.parameters,
        price.operations[FORWARD],
        price.operations[BACKWARD],
        price.counted_ratio,
        price.operations[DIFFERENCES],
        price.operations.get(FORWARD_MODE),
        seconds[FORWARD] * 1e6,
        seconds[BACKWARD] * 1e6,
        price.measured_ratio,
        seconds[DIFFERENCES] * 1e3,
        seconds[FORWARD_MODE] * 1e3 if FORWARD_MODE in seconds else None,
        MADE if price.really[DIFFERENCES] else WORKED_OUT,
        _number(price.off.get(DIFFERENCES)),
        _number(price.off.get(FORWARD_MODE)),
    )


def _number(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


# Curves ---------------------------------------------------------------------------------------------------------------


def _time(prices: Sequence[Price], own: Price | None, crossed: list[Crossing]) -> Chart:
    x = _sizes(prices)
    series = [
        Series(NAMES[name], x, np.array([price.seconds.get(name, np.nan) for price in prices]), "line+points", colour=colour)
        for colour, name in enumerate(NAMES)
    ]
    marks = [Mark("x", at, f"{NAMES[b]} = {NAMES[a]}") for a, b, at in crossed]
    made = [price.parameters for price in prices if price.really[DIFFERENCES]]
    if 0 < len(made) < len(prices):
        marks.append(Mark("x", made[-1], "all passes made up to here"))
    if own is not None:
        series.append(_own(own, {name: own.seconds[name] for name in NAMES if name in own.seconds}))
    return Chart("time", "Time, measured", _across(), Axis("time", "s", "log"), tuple(series), tuple(marks))


def _operations(prices: Sequence[Price], own: Price | None) -> Chart:
    x = _sizes(prices)
    series = [
        Series(
            NAMES[name],
            x,
            np.array([float(price.operations[name]) for price in prices]),
            "line+points",
            colour=colour,
        )
        for colour, name in enumerate(NAMES)
    ]
    if own is not None:
        series.append(_own(own, {name: float(value) for name, value in own.operations.items()}))
    return Chart("operations", "Operations, counted", _across(), Axis("multiplications", scale="log"), tuple(series))


def _ratio(prices: Sequence[Price], own: Price | None) -> Chart:
    x = _sizes(prices)
    counted = Series("counted", x, np.array([price.counted_ratio for price in prices]), "line+points", colour=0)
    measured = Series("measured", x, np.array([price.measured_ratio for price in prices]), "line+points", colour=1, dashed=True)
    series = [counted, measured]
    if own is not None:
        series.append(_own(own, {"counted": own.counted_ratio, "measured": own.measured_ratio}))
    return Chart("ratio", "Backward over forward", _across(), Axis("times"), tuple(series), (Mark("y", 2.0, "2"),))


def _across() -> Axis:
    return Axis("parameters n", scale="log")


def _sizes(prices: Sequence[Price]) -> Array:
    return np.array([float(price.parameters) for price in prices])


def _own(own: Price, y: dict[str, float]) -> Series:
    return Series(f"this run, {own.network}", np.full(len(y), float(own.parameters)), np.array(list(y.values())), "points")


# Words ----------------------------------------------------------------------------------------------------------------


def _said(prices: Sequence[Price], own: Price | None, crossed: list[Crossing]) -> str:
    most = prices[-1]
    backpropagation = most.seconds[FORWARD] + most.seconds[BACKWARD]
    said = [
        f"For the {most.parameters:,} parameters of {most.network} backpropagation takes {duration(backpropagation)}, central "
        f"differences {duration(most.seconds[DIFFERENCES])}, forward mode {duration(most.seconds[FORWARD_MODE])}."
    ]
    made = [price for price in prices if price.off]
    if made:
        off = {name: max(price.off[name] for price in made) for name in PASS_BY_PASS}
        kink = " (a step leads across a kink)" if off[DIFFERENCES] > 1e-6 else ""
        said.append(
            f"Up to n = {made[-1].parameters:,} every pass was made: differences agree with backpropagation to "
            f"{off[DIFFERENCES]:.0e}{kink} of the largest entry, forward mode to {off[FORWARD_MODE]:.0e}."
        )
    said.append(_crossed(prices, crossed))
    if own is not None and FORWARD_MODE not in own.seconds:
        said.append("This run's network is no plain chain of layers, or too large: its forward mode is not measured.")
    return " ".join(said)


def _crossed(prices: Sequence[Price], crossed: list[Crossing]) -> str:
    """Where curves cross, and where they do not although one might think so."""
    told = []
    for a, b, at in crossed:
        more = "more" if _dearer(prices, a, b) else "less"
        told.append(f"{_short(b)} costs {more} than {_short(a)} from about n = {at:,.0f} on")
    if not told:
        return "No two curves cross, in time or in operations: these meet at a single weight, 2 multiplications each way."
    return f"In time {'; '.join(told)}: below, φ, φ′ and biases weigh more than products. Counted, no curves cross."


def _short(name: str) -> str:
    return NAMES[name].removesuffix(" pass")


def _dearer(prices: Sequence[Price], a: str, b: str) -> bool:
    """Whether b takes longer than a in the end."""
    last = [price for price in prices if a in price.seconds and b in price.seconds][-1]
    return last.seconds[b] > last.seconds[a]


def duration(seconds: float) -> str:
    """Three digits in the unit that suits."""
    for size, unit in ((86_400.0, "days"), (3600.0, "h"), (60.0, "min"), (1.0, "s"), (1e-3, "ms")):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds * 1e6:.3g} µs"
