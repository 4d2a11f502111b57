"""What a table becomes: inputs and a target are chosen, damaged rows left out or mended, and inline data come of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from server.tables.columns import MAX_CATEGORIES, Column, columns_of, faults_of, guess
from server.tables.headers import unique
from server.tables.limits import BOUNDS, Bounds, TableError
from server.tables.numbers import chosen_readings
from server.tables.rows import read_table

if TYPE_CHECKING:
    from engine.array import Array

Rows = NDArray[np.int64]
MAX_MESSAGES = 100
HALF_PLANE = 6.0


@dataclass(frozen=True)
class Choices:
    """What a person chose. `damaged`: rows with a number missing among the inputs are left out, or filled."""

    target: int
    task: Literal["classification", "regression"]
    inputs: tuple[int, ...]
    damaged: Literal["leave_out", "fill"] = "leave_out"
    test_fraction: float = 0.3
    standardize: bool = True
    seed: int = 0
    title: str = "own data"
    readings: tuple[str, ...] = ()
    """How columns of numbers are read where it is not as found: `<column>:<name of its reading>`."""


def describe(body: bytes, bounds: Bounds = BOUNDS, readings: Sequence[str] = ()) -> dict[str, Any]:
    """What a dropped file holds, for a person to choose from. `readings`: as in `Choices`."""
    table = read_table(body, bounds)
    columns = columns_of(table, chosen_readings(readings))
    if len(columns) == 1:
        raise TableError("The table has one column only; there must be one to predict and one to predict it from.")
    if all(column.no_input for column in columns):
        raise TableError("The table holds text only: there is no column of numbers, or of two categories, to learn from.")
    if all(column.no_target for column in columns):
        raise TableError("No column can be predicted: each has one value only, or too many that are no numbers.")
    faults = faults_of(table, columns)
    groups = Counter(fault.columns for fault in faults)
    return {
        "encoding": table.encoding,
        "delimiter": table.delimiter,
        "header": table.header,
        "notes": table.notes,
        "rows": table.total,
        "columns": [column.summary() for column in columns],
        "damaged": {
            "rows": len(faults),
            "messages": [{"line": f.line, "message": f.message, "columns": f.columns} for f in faults[:MAX_MESSAGES]],
            # Rows by the columns at fault in them (none: the row cannot be read), so that a choice can be counted.
            "groups": [{"columns": at, "rows": count} for at, count in groups.items()],
        },
        "guess": guess(columns),
    }


def shuffler(seed: int) -> np.random.Generator:
    """What shuffles rows as those of the built-in data are: the same order for the same seed."""
    from engine.randomness import generator

    return generator(seed, "split")


def inline_data(
    body: bytes, choices: Choices, bounds: Bounds = BOUNDS, shuffle: np.random.Generator | None = None
) -> dict[str, Any]:
    """{"data": the inline part of a spec, "rows": how many were trained on, tested, left out, filled}. `shuffle`: the seed's
    `shuffler`, for a process that does without the engine."""
    table = read_table(body, bounds)
    columns = columns_of(table, chosen_readings(choices.readings))
    target, inputs = _chosen(columns, choices)
    y, classes = _targets(target, choices.task)
    x = np.column_stack([_numbers(column) for column in inputs])
    unusable = np.isnan(y) | _blank([column for column in inputs if column.kind != "number"], len(y))
    damaged = np.isnan(x).any(axis=1)
    keep = ~unusable & (~damaged if choices.damaged == "leave_out" else np.ones(len(y), dtype=bool))
    x, y = x[keep], y[keep]
    if len(y) < 2:
        raise TableError(f"{len(y)} of {table.total} rows can be used; there must be two at least.")
    order: Rows = np.asarray((shuffle or shuffler(choices.seed)).permutation(len(y)))
    test = min(round(len(y) * choices.test_fraction), len(y) - 1)
    parts = {"train": order[: len(y) - test], "test": order[len(y) - test :]}
    filled = int(np.isnan(x).any(axis=1).sum())
    _fill(x, parts["train"], inputs)
    if classes is not None and len(set(y[parts["train"]])) < 2:
        raise TableError(_one_class(target, [classes[int(label)] for label in y[parts["train"]][:1]], len(set(y)) > 1))
    goal = target.name
    if classes is None and choices.standardize:
        y, goal = _standardized(y, parts["train"]), f"{goal}, standardized"
    plane = len(inputs) == 2 and bool((np.abs(x) <= HALF_PLANE).all())
    data: dict[str, Any] = {
        "name": "inline",
        "task": choices.task,
        "kind": "plane" if plane else "table",
        "title": unique([" ".join(choices.title.split()) or "own data"])[0],
        "columns": [column.name for column in inputs],
        "target": goal,
        "standardize": choices.standardize,
    }
    if classes is not None:
        data["classes"] = classes
    for name, part in parts.items():
        if len(part):
            data[f"{name}_x"] = x[part].tolist()
            data[f"{name}_y"] = (y[part].astype(int) if classes is not None else y[part]).tolist()
    counts = {"total": table.total, "train": len(parts["train"]), "test": test, "filled": filled}
    return {"data": data, "rows": counts | {"left_out": table.total - len(y)}}


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
        return _numbers(column), None
    levels = column.levels
    if len(levels) > MAX_CATEGORIES:
        advice = "; predict it as a number" if column.kind == "number" else ""
        raise TableError(
            f"{column.name} has {len(levels):,} different values; at most {MAX_CATEGORIES} classes are told apart{advice}."
        )
    if len(levels) < 2:
        raise TableError(_one_class(column, [_word(level) for level in levels], False))
    index = {level: float(position) for position, level in enumerate(levels)}
    values = [np.nan if value is None else index[value] for value in column.values]
    return np.array(values), list(unique([_word(level) for level in levels]))


def _one_class(column: Column, classes: list[str], elsewhere: bool) -> str:
    found = f"one class only ({classes[0]})" if classes else "no class"
    where = " in the training part" if elsewhere else " among the rows that can be used"
    return f"{column.name} has {found}{where}: there is nothing to tell apart."


def _word(level: float | str) -> str:
    return f"{level:g}" if isinstance(level, float) and float(f"{level:g}") == level else str(level)


def _numbers(column: Column) -> Array:
    """A column's numbers, two categories as 0 and 1; NaN where there is none."""
    if column.kind == "number":
        return np.array([np.nan if value is None else value for value in column.values], dtype=np.float64)
    index = {level: float(position) for position, level in enumerate(column.levels)}
    return np.array([np.nan if value is None else index[value] for value in column.values])


def _blank(columns: list[Column], rows: int) -> NDArray[np.bool_]:
    """Rows where a category is missing: there is no mean of those."""
    blank = np.zeros(rows, dtype=bool)
    for column in columns:
        blank[list(column.wrong)] = True
    return blank


def _standardized(y: Array, train: Rows) -> Array:
    """A target of mean 0 and deviation 1 in the training part: a network starts near 0, wherever the numbers lie."""
    deviation = y[train].std()
    return np.asarray((y - y[train].mean()) / (deviation if deviation > 0 else 1.0))


def _fill(x: Array, train: Rows, inputs: list[Column]) -> None:
    """Missing numbers become their column's mean over the training part, so that nothing is learned of the test part."""
    for index, column in enumerate(inputs):
        gone = np.isnan(x[:, index])
        if not gone.any():
            continue
        known = x[train, index][~gone[train]]
        if not len(known):
            raise TableError(f"{column.name} has no number in the training part to fill its gaps with.")
        x[gone, index] = known.mean()
