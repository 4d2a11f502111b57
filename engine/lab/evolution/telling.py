"""What came out of the race and of the directions, as sentences, table and charts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.array import Array
from engine.lab.charts import Axis, Chart, Mark, Series
from engine.lab.evolution.alignment import Alignment
from engine.lab.evolution.race import METHODS, PASSES, RATES, Contest, Method, Race, Setting
from engine.lab.experiment import Cell, Column, Result, Table

COLUMNS = (
    Column("what", "What"),
    Column("rate", "Learning rate, tuned"),
    Column("updates", "Updates"),
    Column("evaluations", "Forward passes"),
    Column("time", "Time", "ms"),
    Column("loss", "Train loss, median"),
    Column("low", "Lower quartile"),
    Column("high", "Upper quartile"),
    Column("cosine", "Cosine, losses"),
    Column("ranked", "Cosine, ranks"),
    Column("law", "√(n/(n+P))"),
)
NAMES: dict[Method, str] = {"backpropagation": "backpropagation", "evolution": "evolution strategies"}
STRAIGHT = 0.97
"""Of the law, for the largest populations, where chance is small: below it the loss is not straight over the perturbations."""
ENOUGH = 8
"""Pairs from which on the cosine of a single draw is near the law, which is about its mean square."""


@dataclass
class Found:
    """What is known so far. `where` says whose network it is, and at which step the directions are compared."""

    setting: Setting
    where: str
    alignment: Alignment | None = None
    race: Race | None = None

    def contests(self) -> list[tuple[Method, Contest]]:
        """Those with a seed's run at least."""
        return [] if self.race is None else [(method, self.race.found[method]) for method in METHODS if self.over(method)]

    def over(self, method: Method) -> bool:
        return self.race is not None and len(self.race.found[method].losses) > 0


def told(found: Found, final: bool = False) -> Result:
    figures = []
    if found.contests():
        figures += [_loss(found, "evaluations"), _loss(found, "time")]
    if found.alignment is not None:
        figures.append(_cosines(found.alignment, found.setting.pairs))
    if found.race is not None:
        figures.append(_tried(found.race))
    return Result(" ".join(_said(found, final)), _table(found), tuple(figures), _values(found))


def _values(found: Found) -> dict[str, Any]:
    setting = found.setting
    tried = {} if found.race is None else {name: _losses_by_rate(contest) for name, contest in found.race.found.items()}
    return {
        "parameters": None if found.alignment is None else found.alignment.parameters,
        "passes": {method: setting.passes(method) for method in METHODS},
        "grid": list(RATES),
        "tried": tried,
        "seeds": [] if found.race is None else list(found.race.seeds),
        "where": found.where,
    }


def _losses_by_rate(contest: Contest) -> list[float | None]:
    return [_number(contest.tried.get(rate, np.inf)) for rate in RATES]


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _table(found: Found) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for method, contest in found.contests():
        median, low, high = (each[-1] for each in contest.band())
        updates, time = int(contest.points[-1]), 1e3 * float(contest.times[-1])
        ends = (_number(median), _number(low), _number(high))
        rows.append((NAMES[method], contest.rate, updates, updates * contest.passes, time, *ends, None, None, None))
    known = found.alignment
    if known is not None:
        for pairs, plain, ranked, law in zip(known.pairs, *known.root_mean_square, known.law, strict=True):
            name = f"direction, n = {pairs:.0f}"
            cosines = (float(plain), float(ranked), float(law))
            rows.append((name, None, None, int(2 * pairs), None, None, None, None, *cosines))
    return Table(COLUMNS, tuple(rows))


# Charts --------------------------------------------------------------------------------------------------------------


def _loss(found: Found, by: str) -> Chart:
    series = []
    for colour, (method, contest) in enumerate(found.contests()):
        x = contest.evaluations if by == "evaluations" else 1e3 * contest.times
        band = [each[1:] for each in contest.band()]  # the axis is logarithmic: no place for what was before any update
        series.append(Series(NAMES[method], x[1:], band[0], "line", band[1], band[2], colour=colour, dashed=bool(colour)))
    units = Axis("forward passes over a mini-batch", scale="log") if by == "evaluations" else Axis("time", "ms", scale="log")
    title = "Train loss by forward passes" if by == "evaluations" else "Train loss by time"
    return Chart(by, title, units, Axis("train loss", scale="log"), tuple(series))


def _cosines(known: Alignment, pairs: int) -> Chart:
    low, _, high = known.quartiles()
    plain, ranked = known.root_mean_square
    series = (
        Series("measured, losses", known.pairs, plain, "line+points", low[0], high[0], colour=1),
        Series("measured, ranks", known.pairs, ranked, "points", colour=2),
        Series("√(n/(n+P))", known.pairs, known.law, dashed=True),
    )
    marks = (Mark("x", float(pairs), "the race's n"),)
    x = Axis("pairs n", scale="log")
    return Chart("cosine", "Cosine with the gradient", x, Axis("cosine", range=(0.0, 1.0)), series, marks)


def _tried(race: Race) -> Chart:
    x = np.array(RATES)
    series = []
    for colour, (method, contest) in enumerate(race.found.items()):
        y = np.array([contest.tried.get(rate, np.nan) for rate in RATES])
        kept = np.where(np.isfinite(y), y, np.nan)
        series.append(Series(NAMES[method], x, kept, "line+points", colour=colour, dashed=bool(colour)))
    title = "Tuning: loss at the budget's end by rate"
    return Chart("tuning", title, Axis("learning rate η", scale="log"), Axis("train loss", scale="log"), tuple(series))


# Words ---------------------------------------------------------------------------------------------------------------


def _said(found: Found, final: bool) -> list[str]:
    said = []
    contests = dict(found.contests())
    if final and len(contests) == len(METHODS):
        said += _race_said(found.setting, contests)
    elif final:
        lost = [NAMES[method] for method in METHODS if method not in contests]
        said.append(f"No rate of the grid keeps {' or '.join(lost)} finite.")
    if found.alignment is not None:
        said += _direction_said(found)
    return said


def _race_said(setting: Setting, contests: dict[Method, Contest]) -> list[str]:
    back, evolved = contests["backpropagation"], contests["evolution"]
    level, most = float(evolved.band()[0][-1]), float(evolved.evaluations[-1])
    median = back.band()[0]
    there = np.flatnonzero(median <= level)
    updates = [1e6 * float(np.median(contest.seconds)) for contest in (back, evolved)]
    if np.isnan(level):
        reached = "With evolution strategies half of the seeds or more diverge at the rate that was best on the seed tuned on."
    elif not len(there):
        reached = f"Evolution strategies come to a median loss of {level:.3g} in {most:,.0f} forward passes; "
        reached += f"backpropagation to {float(median[-1]):.3g}: here it is behind."
    else:
        passes = float(back.evaluations[there[0]])
        ratio = f", {most / passes:,.0f} times fewer" if passes > 0.0 else ", before its first update"
        reached = f"What evolution strategies reach after {most:,.0f} forward passes, a median loss of {level:.3g}, "
        reached += f"backpropagation has after {passes:,.0f}{ratio}."
    each = (
        f"An update takes {_time(updates[0])} by backpropagation ({PASSES} passes) and {_time(updates[1])} by {setting.pairs} "
        f"pairs ({evolved.passes} passes), one after the other on one core."
    )
    return [reached, each]


def _direction_said(found: Found) -> list[str]:
    known, sigma = found.alignment, found.setting.sigma
    assert known is not None
    if known.length == 0.0:
        return [f"At {found.where} the gradient is zero: there is no direction to compare with."]
    enough = known.pairs >= ENOUGH
    plain, ranked = known.root_mean_square
    if not enough.any():
        return [f"{known.parameters:,} parameters are too many for populations of {ENOUGH} pairs here."]
    off, change = abs(_largest(plain - known.law, enough)), _largest(ranked - plain, enough)
    said = [
        f"At {found.where}, with $P = {known.parameters}$ and $\\sigma = {sigma:g}$, the cosine with the gradient is off "
        f"$\\sqrt{{n/(n+P)}}$ by at most {off:.2g} from {ENOUGH} pairs on; ranks change it by {change:+.2g} at most."
    ]
    if plain[-1] < STRAIGHT * known.law[-1]:
        said.append(
            "It stays below, for over this $\\sigma$ the loss is not straight: third derivatives count beside a small slope. A "
            "smaller $\\sigma$ comes nearer."
        )
    return said


def _largest(differences: Array, where: NDArray[np.bool_]) -> float:
    """The difference largest in size."""
    some = differences[where]
    return float(some[np.argmax(np.abs(some))])


def _time(microseconds: float) -> str:
    return f"{microseconds / 1e3:.3g}\u202fms" if microseconds >= 1e3 else f"{microseconds:.3g}\u202fµs"
