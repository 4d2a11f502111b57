"""What is drawn and said of a search: the map of the grid, where the draws fell, and how the best so far came down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.array import Array
from engine.lab.charts import Axis, Chart, Heat, Series
from engine.lab.experiment import Column, Result, Table
from engine.lab.search.knobs import knobs_of
from engine.lab.search.plan import Kind, Plan
from engine.lab.search.runs import Outcome
from engine.spec import InlineData

Found = Mapping[int, Outcome]
"""By the cell's number."""
COLOURS: dict[Kind, int] = {"grid": 0, "random": 1}


@dataclass(frozen=True)
class Tested:
    """The selected run on the `count` test samples."""

    loss: float
    accuracy: float | None
    count: int


def score(plan: Plan, outcome: Outcome) -> float:
    """What is selected by, so that less is better; infinite where the run diverged."""
    if plan.by == "accuracy":
        return np.inf if outcome.accuracy is None else -outcome.accuracy
    return np.inf if outcome.loss is None else outcome.loss


def selected(plan: Plan, found: Found, kind: Kind | None = None) -> int | None:
    """The best cell's number, the first of equals (by loss, where accuracies are); None where none ended well."""
    ended = [number for number in found if kind in (None, plan.cells[number].kind)]
    good = [number for number in ended if np.isfinite(score(plan, found[number]))]
    return min(good, key=lambda number: (score(plan, found[number]), found[number].loss or np.inf, number), default=None)


def told(plan: Plan, found: Found, tested: Tested | None = None) -> Result:
    """`tested` once all is done."""
    over = len(found) == len(plan.cells)
    values: dict[str, Any] = {
        "knobs": list(knobs_of(plan.base)),
        "x": {
            "path": plan.x.knob.path,
            "title": plan.x.knob.title,
            "scale": plan.x.scale,
            "low": plan.x.low,
            "high": plan.x.high,
        },
        "y": {
            "path": plan.y.knob.path,
            "title": plan.y.knob.title,
            "scale": plan.y.scale,
            "low": plan.y.low,
            "high": plan.y.high,
        },
        "columns": list(plan.columns),
        "rows": list(plan.rows),
        "by": plan.by,
        "spec": _spec(plan),
        "cells": [
            {"kind": cell.kind, "row": cell.row, "column": cell.column, "x": cell.x, "y": cell.y}
            | ({"ended": True} | found[number].as_plain() if number in found else {"ended": False})
            for number, cell in enumerate(plan.cells)
        ],
        "best": {kind: selected(plan, found, kind) for kind in COLOURS},
        "selected": selected(plan, found),
        "test": None if tested is None else {"loss": tested.loss, "accuracy": tested.accuracy, "samples": tested.count},
        "runs": len(plan.cells),
        "updates": plan.updates,
    }
    return Result(_said(plan, found, tested) if over else "", _table(plan, found), _figures(plan, found), values)


def _spec(plan: Plan) -> dict[str, Any]:
    """Of a cell's run all but the two knobs; own data are the present run's."""
    spec = plan.base.model_copy(update={"stop": plan.base.stop.model_copy(update={"max_steps": plan.updates})})
    return spec.model_dump(mode="json", exclude={"data"} if isinstance(spec.data, InlineData) else None)


def _table(plan: Plan, found: Found) -> Table:
    """The runs that ended, the best first."""
    columns = (
        Column("run", "Run"),
        Column("x", plan.x.knob.title),
        Column("y", plan.y.knob.title),
        Column("loss", "Validation loss"),
        Column("accuracy", "Validation accuracy"),
        Column("train", "Train loss"),
        Column("updates", "Updates"),
    )
    order = sorted(found, key=lambda number: (score(plan, found[number]), found[number].loss or np.inf, number))
    rows = []
    for number in order:
        cell, outcome = plan.cells[number], found[number]
        name = f"grid {cell.column + 1}, {cell.row + 1}" if cell.kind == "grid" else f"random {cell.column + 1}"
        rows.append((name, cell.x, cell.y, outcome.loss, outcome.accuracy, outcome.train_loss, outcome.updates))
    return Table(columns, tuple(rows))


# Pictures ------------------------------------------------------------------------------------------------------------


def _measure(plan: Plan) -> str:
    return f"validation {plan.by}"


def _axes(plan: Plan) -> tuple[Axis, Axis]:
    x, y = (Axis(own.knob.title, scale=own.scale) for own in (plan.x, plan.y))
    return x, y


def _figures(plan: Plan, found: Found) -> tuple[Heat, Chart, Chart]:
    values = np.full((len(plan.rows), len(plan.columns)), np.nan)
    for number, outcome in found.items():
        cell = plan.cells[number]
        if cell.kind == "grid":
            value = outcome.loss if plan.by == "loss" else outcome.accuracy
            values[cell.row, cell.column] = np.nan if value is None else value
    x, y = _axes(plan)
    across, up = (np.array(ends, dtype=np.float64) for ends in (plan.columns, plan.rows))
    heat = Heat("grid", "The grid", x, y, values, across, up, _measure(plan), log=plan.by == "loss")
    return heat, _best_so_far(plan, found), _places(plan, found)


def _best_so_far(plan: Plan, found: Found) -> Chart:
    """By how many runs each search had made, the best on validation until then."""
    series = []
    for kind, colour in COLOURS.items():
        # in the order of the plan, as far as it is without a gap: which thread was faster changes nothing
        own = [number for number, cell in enumerate(plan.cells) if cell.kind == kind]
        ended: list[float] = []
        for number in own:
            if number not in found:
                break
            ended.append(score(plan, found[number]))
        if own:
            best: Array = np.minimum.accumulate(np.array([*ended]))
            best = np.where(np.isfinite(best), best if plan.by == "loss" else -best, np.nan)
            series.append(Series(kind, np.arange(1.0, len(best) + 1.0), best, "steps", colour=colour))
    y = Axis(f"best {_measure(plan)}", scale="log" if plan.by == "loss" else "linear")
    return Chart("best", "The best so far", Axis("runs"), y, tuple(series))


def _places(plan: Plan, found: Found) -> Chart:
    series = []
    for kind, colour in COLOURS.items():
        own = [plan.cells[number] for number in sorted(found) if plan.cells[number].kind == kind]
        if own:
            x, y = (np.array([getattr(cell, axis) for cell in own], dtype=np.float64) for axis in ("x", "y"))
            series.append(Series(kind, x, y, "points", colour=colour))
    best = selected(plan, found)
    if best is not None:
        cell = plan.cells[best]
        series.append(Series("best on validation", np.array([float(cell.x)]), np.array([float(cell.y)]), "points"))
    return Chart("places", "Where both looked", *_axes(plan), tuple(series))


# Words ---------------------------------------------------------------------------------------------------------------


def _said(plan: Plan, found: Found, tested: Tested | None) -> str:
    best = selected(plan, found)
    if best is None:
        return f"All {len(found)} runs diverged: no value of these knobs is of use."
    cell, outcome = plan.cells[best], found[best]
    where = f"{plan.x.knob.title} {cell.x:.3g}, {plan.y.knob.title} {cell.y:.3g}"
    said = (
        f"Of {len(found)} runs of {plan.updates} updates the best on validation is by {cell.kind} search, {where}:"
        f" {_figures_of(outcome)}."
    )
    other = selected(plan, found, "random" if cell.kind == "grid" else "grid")
    if other is not None:
        said += f" The best by {plan.cells[other].kind} search, with as many runs: {_figures_of(found[other])}."
    elif any(each.kind != cell.kind for each in plan.cells):
        said += " Of the other search no run ended well."
    if tested is not None:
        share = "" if tested.accuracy is None else f", accuracy {tested.accuracy:.3f}"
        said += f" Its test split, looked at once: loss {tested.loss:.3g}{share} ({tested.count} samples)."
        if outcome.loss is not None and tested.loss > outcome.loss:
            said += " That is worse than on validation, as is usual for the best of many."
    else:
        said += " The run has no test split to look at."
    gone = sum(each.loss is None for each in found.values())
    if gone:
        said += f" {gone} run{'s' if gone > 1 else ''} diverged."
    if plan.samples_taken:
        said += f" The run has no validation split: {plan.samples_taken} of its training samples served as one."
    return said


def _figures_of(outcome: Outcome) -> str:
    share = "" if outcome.accuracy is None else f", accuracy {outcome.accuracy:.3f}"
    return f"validation loss {outcome.loss:.3g}{share}"
