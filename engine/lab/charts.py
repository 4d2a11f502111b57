"""What an experiment draws, as data: axes, series and words. A page, a file or a notebook draws it; nobody adds a number."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from engine.array import Array

Scale = Literal["linear", "log"]
SeriesKind = Literal["line", "points", "line+points", "bars", "steps"]


@dataclass(frozen=True)
class Axis:
    """`labels`: of an axis of categories, in order; the numbers on it are then their indices."""

    title: str
    unit: str = ""
    scale: Scale = "linear"
    range: tuple[float, float] | None = None
    labels: tuple[str, ...] = ()


@dataclass(frozen=True)
class Series:
    """`x` and `y` (n,). `low` and `high` (n,) bound a band around a line, or whiskers of points. `colour`: the lane colour, by
    its number; None: ink. Told apart by dashes and names too, never by colour alone. A NaN is a gap."""

    name: str
    x: Array
    y: Array
    kind: SeriesKind = "line"
    low: Array | None = None
    high: Array | None = None
    colour: int | None = None
    dashed: bool = False


@dataclass(frozen=True)
class Mark:
    """A line across the chart at a value of one axis, with its words: a crossing, a knee, a bound."""

    axis: Literal["x", "y"]
    at: float
    words: str


@dataclass(frozen=True)
class Chart:
    """Series over common axes. `stacked`: bars stand on each other."""

    name: str
    title: str
    x: Axis
    y: Axis
    series: tuple[Series, ...]
    marks: tuple[Mark, ...] = ()
    stacked: bool = False
    kind: Literal["chart"] = field(default="chart", init=False)


@dataclass(frozen=True)
class Heat:
    """`values` (rows, columns) as colours with their bar, row 0 at the top where `y` has labels, else at the bottom.
    `signed`: blue is positive, orange negative, 0 is paper. `written`: the numbers stand in the cells. NaN: not there yet."""

    name: str
    title: str
    x: Axis
    y: Axis
    values: Array
    at_x: Array | None = None
    at_y: Array | None = None
    measure: str = ""
    signed: bool = False
    log: bool = False
    written: bool = False
    kind: Literal["heat"] = field(default="heat", init=False)


Figure = Chart | Heat
