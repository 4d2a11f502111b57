"""What a table becomes: inputs and a target are chosen, damaged rows left out or filled in, and inline data come of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from server.tables.columns import MAX_CATEGORIES, Column, columns_of, faults_of, guess, word
from server.tables.files.headers import unique
from server.tables.inputs import Inputs, inputs_of, numbers, uses_of, usual
from server.tables.leaks import leaks_of
from server.tables.limits import BOUNDS, Bounds, TableError
from server.tables.numbers import chosen_readings
from server.tables.rows import Table, read_table
from server.tables.shares import Rows, drawn, generators, shared

if TYPE_CHECKING:
    from engine.array import Array

MAX_MESSAGES = 100
HALF_PLANE = 6.0
BEYOND = 10
"""Times the rows that are taken, which a file may have: of more than are taken a sample is drawn."""


@dataclass(frozen=True)
class Choices:
    """What a person chose. `uses`: how inputs are taken, by column (`server.tables.inputs`); as usual where it says nothing.
    `damaged`: rows with a number missing among the inputs are left out, or filled. `rows`: at most so many, drawn at random."""

    target: int
    task: Literal["classification", "regression"]
    inputs: tuple[int, ...]
    damaged: Literal["leave_out", "fill"] = "leave_out"
    test_fraction: float = 0.3
    standardize: bool = True
    seed: int = 0
    title: str = "own data"
    readings: tuple[str, ...] = ()
    """How columns of numbers or dates are read where it is not as found: `<column>:<name of its reading>`."""
    uses: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    validation_fraction: float = 0.0
    rows: int | None = None


def describe(
    body: bytes, bounds: Bounds = BOUNDS, readings: Sequence[str] = (), draw: np.random.Generator | None = None
) -> dict[str, Any]:
    """What a dropped file holds, for a person to choose from. `readings`: as in `Choices`. `draw`: what draws from a file of
    more rows than are taken."""
    table, whole = _table(body, bounds, None, draw)
    columns = columns_of(table, chosen_readings(readings))
    if len(columns) == 1:
        words = f"The table has one column only, “{columns[0].name}”; there must be one to predict and one to predict it from."
        raise TableError(f"{words} Cells are separated by commas, semicolons, tabs, pipes or blanks.")
    if all(column.no_input for column in columns):
        raise TableError("The table holds text only: there is no column of numbers, dates or categories to learn from.")
    if all(column.no_target for column in columns):
        raise TableError("No column can be predicted: each has one value only, or too many that are no numbers.")
    faults = faults_of(table, columns)
    leaks = leaks_of(columns)
    groups = Counter(fault.columns for fault in faults)
    return {
        "encoding": table.encoding,
        "delimiter": table.delimiter,
        "header": table.header,
        "notes": table.notes,
        "rows": table.total,
        "drawn_from": whole if whole > table.total else None,
        "columns": [
            column.summary()
            | {"uses": [use.summary() for use in uses_of(column)], "usual": usual(uses_of(column))}
            | {"leaks": [leak.summary() for leak in leaks.get(column.index, [])]}
            for column in columns
        ],
        "damaged": {
            "rows": len(faults),
            "messages": [{"line": f.line, "message": f.message, "columns": f.columns} for f in faults[:MAX_MESSAGES]],
            # Rows by the columns at fault in them (none: the row cannot be read), so that a choice can be counted.
            "groups": [{"columns": at, "rows": count} for at, count in groups.items()],
        },
        "guess": guess(columns),
    }


def _table(body: bytes, bounds: Bounds, most: int | None, draw: np.random.Generator | None) -> tuple[Table, int]:
    """The table of a file, or a sample of its rows where they are more than are taken; and how many it has."""
    table = read_table(body, replace(bounds, rows=BEYOND * bounds.rows))
    taken = min(bounds.rows, most or bounds.rows)
    return (table if table.total <= taken else drawn(table, taken, draw or generators(0)[1])), table.total


def inline_data(
    body: bytes,
    choices: Choices,
    bounds: Bounds = BOUNDS,
    randoms: tuple[np.random.Generator, np.random.Generator] | None = None,
) -> dict[str, Any]:
    """{"data": the inline part of a spec, "rows": how many were trained on, validated and tested on, left out, filled}.
    `randoms`: the seed's `generators`, for a process that does without the engine."""
    shuffle, draw = randoms or generators(choices.seed)
    table, whole = _table(body, bounds, choices.rows, draw)
    columns = columns_of(table, chosen_readings(choices.readings))
    target, chosen = _chosen(columns, choices)
    y, classes = _targets(target, choices.task)
    inputs = inputs_of(chosen, choices.uses, bounds)
    x = inputs.x
    keep = _usable(y, inputs, choices.damaged)
    if keep.sum() < 2:
        raise TableError(_emptied(table.total, int(keep.sum()), target, chosen))
    x, y = x[keep], y[keep]
    parts = shared(y, classes is not None, choices.validation_fraction, choices.test_fraction, shuffle)
    filled = int(np.isnan(x).any(axis=1).sum())
    _fill(x, parts["train"], inputs)
    if classes is not None and len(set(y[parts["train"]])) < 2:
        raise TableError(_one_class(target, [classes[int(label)] for label in y[parts["train"]][:1]], len(set(y)) > 1))
    goal = target.name
    if classes is None and choices.standardize:
        y, goal = _standardized(y, parts["train"]), f"{goal}, standardized"
    plane = x.shape[1] == 2 and len(chosen) == 2 and bool((np.abs(x) <= HALF_PLANE).all())
    data: dict[str, Any] = {
        "name": "inline",
        "task": choices.task,
        "kind": "plane" if plane else "table",
        "title": unique([" ".join(choices.title.split()) or "own data"])[0],
        "columns": list(inputs.names),
        "target": goal,
        "standardize": choices.standardize,
    }
    if classes is not None:
        data["classes"] = classes
    for name, part in parts.items():
        if len(part):
            data[f"{name}_x"] = x[part].tolist()
            data[f"{name}_y"] = (y[part].astype(int) if classes is not None else y[part]).tolist()
    counts = {"total": table.total} | {name: len(part) for name, part in parts.items()}
    counts |= {"filled": filled, "left_out": table.total - len(y)}
    return {"data": data, "rows": counts | ({"drawn_from": whole} if whole > table.total else {})}


def _chosen(columns: list[Column], choices: Choices) -> tuple[Column, list[Column]]:
    for index in (choices.target, *choices.inputs):
        if not 0 <= index < len(columns):
            raise TableError(f"There is no column {index + 1}; the table has {len(columns)}.")
    inputs = [columns[index] for index in sorted(set(choices.inputs))]
    if not inputs:
        raise TableError("No input is chosen; there must be one at least.")
    for column in inputs:
        if column.index == choices.target:
            raise TableError(f"{column.name} is the target; it cannot be an input too.")
        if column.no_input:
            raise TableError(f"{column.name} cannot be an input: {column.no_input}.")
    return columns[choices.target], inputs


def _targets(column: Column, task: str) -> tuple[Array, list[str] | None]:
    """Values, NaN where there is none, and the names of the classes."""
    if task == "regression":
        if column.kind != "number":
            raise TableError(f"{column.name} is not a column of numbers; it can be predicted as classes only.")
        return numbers(column), None
    levels = column.levels
    if len(levels) > MAX_CATEGORIES:
        advice = "; predict it as a number" if column.kind == "number" else ""
        raise TableError(
            f"{column.name} has {len(levels):,} different values; at most {MAX_CATEGORIES} classes can be classified{advice}."
        )
    if len(levels) < 2:
        raise TableError(_one_class(column, [word(level) for level in levels], False))
    index = {level: float(position) for position, level in enumerate(levels)}
    values = [np.nan if value is None else index[value] for value in column.values]
    return np.array(values), list(unique([word(level) for level in levels]))


def _one_class(column: Column, classes: list[str], elsewhere: bool) -> str:
    found = f"one class only ({classes[0]})" if classes else "no class"
    where = " in the training set" if elsewhere else " among the rows that can be used"
    return f"{column.name} has {found}{where}: there is nothing to classify."


def _usable(y: Array, inputs: Inputs, damaged: str) -> NDArray[np.bool_]:
    """Rows (n,) with a target and, in each input, a value or a gap to be filled: of categories and dates there is no mean."""
    gone = np.isnan(inputs.x)
    if damaged == "fill":
        gone = gone[:, [column.index in inputs.blank for column in inputs.sources]]
    return np.asarray(~np.isnan(y) & ~gone.any(axis=1))


def _emptied(total: int, left: int, target: Column, chosen: Sequence[Column]) -> str:
    """That next to no row is left, and in which column most values are missing."""
    words = f"{left} of {total} rows can be used; there must be two at least."
    worst = max((target, *chosen), key=lambda column: len(column.wrong))
    if not worst.wrong:
        return words
    advice = "predict another column" if worst is target else "choose the inputs without it"
    return f"{words} {worst.name} has no value in {len(worst.wrong):,} of them: {advice}, or fill its gaps."


def _standardized(y: Array, train: Rows) -> Array:
    """A target of mean 0 and deviation 1 in the training part: a network starts near 0, wherever the numbers lie."""
    deviation = y[train].std()
    return np.asarray((y - y[train].mean()) / (deviation if deviation > 0 else 1.0))


def _fill(x: Array, train: Rows, inputs: Inputs) -> None:
    """Missing numbers become their input's mean over the training part, so that nothing is learned of the others."""
    for index, name in enumerate(inputs.names):
        gone = np.isnan(x[:, index])
        if not gone.any():
            continue
        known = x[train, index][~gone[train]]
        if not len(known):
            raise TableError(f"{name} has no number in the training set to fill its gaps with.")
        x[gone, index] = known.mean()
