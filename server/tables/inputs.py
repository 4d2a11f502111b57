"""What a column is to a network: its numbers, a 0 and 1 for each category, or parts of a date; how many inputs that makes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from server.tables.columns import MAX_CATEGORIES, Column, word
from server.tables.dates import PARTS, WEEKDAYS, Part, number, parts_of
from server.tables.files.headers import unique
from server.tables.limits import Bounds, TableError, TableLimitError

if TYPE_CHECKING:
    from engine.array import Array

USUAL: tuple[Part, ...] = ("year", "month", "weekday")
"""Parts of a date that are taken where nothing is chosen."""


@dataclass(frozen=True)
class Use:
    """A way to take a column, and the names of the inputs that come of it."""

    name: str
    title: str
    inputs: tuple[str, ...]

    def summary(self) -> dict[str, Any]:
        return {"name": self.name, "title": self.title, "width": len(self.inputs)}


def uses_of(column: Column) -> tuple[Use, ...]:
    """The ways in which a column can be taken; of a date several at once."""
    if column.no_input is not None:
        return ()
    if column.kind == "date":
        return tuple(_part(column, part) for part in parts_of(map(str, column.counts)))
    found = []
    if column.kind == "number":
        found.append(Use("number", "a number", (column.name,)))
    levels = [word(level) for level in column.levels] if len(column.counts) <= MAX_CATEGORIES else []
    if column.kind != "number" and len(levels) <= 2:
        found.append(Use("category", "0 or 1", (column.name,)))
    elif len(levels) == 2:
        found.append(Use("category", "0 or 1", (f"{column.name} = {levels[1]}",)))
    elif 2 < len(levels) <= MAX_CATEGORIES:
        names = tuple(f"{column.name} = {level}" for level in levels)
        found.append(Use("category", f"{len(levels)} inputs of 0 or 1, one for each value", names))
    return tuple(found)


def _part(column: Column, part: Part) -> Use:
    if part == "weekday":
        return Use(part, "weekday, 7 inputs of 0 or 1", tuple(f"{column.name} = {day}" for day in WEEKDAYS))
    return Use(part, PARTS[part], (f"{column.name}: {part}",))


def usual(uses: Sequence[Use]) -> tuple[str, ...]:
    """What a column is taken as where nobody chooses: its first, of a date its year, month and weekday."""
    names = tuple(use.name for use in uses)
    return tuple(name for name in names if name in USUAL) or names[:1]


@dataclass(frozen=True)
class Inputs:
    """The inputs that chosen columns make: their `names`, `x` (rows, inputs) with NaN where there is no value, and of each the
    column that it comes from. A missing number can be filled by a mean; of a category or a date there is none: `blank`."""

    names: tuple[str, ...]
    x: Array
    sources: tuple[Column, ...]
    blank: frozenset[int]


def inputs_of(columns: Sequence[Column], chosen: Mapping[int, Sequence[str]], bounds: Bounds) -> Inputs:
    """The inputs of columns, taken as `chosen`, by index. TableError where one cannot be taken so, or they are too many."""
    names: list[str] = []
    sources: list[Column] = []
    arrays: list[Array] = []
    blank: set[int] = set()
    taken = [(column, _taken(column, chosen.get(column.index, ()))) for column in columns]
    _bounded(taken, bounds)
    for column, uses in taken:
        for use in uses:
            if not (use.name == "number" and column.kind == "number"):
                blank.add(column.index)
            made = _values(column, use)
            names += use.inputs
            arrays += made
            sources += [column] * len(made)
    return Inputs(unique(names), np.column_stack(arrays), tuple(sources), frozenset(blank))


def _taken(column: Column, names: Sequence[str]) -> tuple[Use, ...]:
    uses = {use.name: use for use in uses_of(column)}
    for name in names:
        if name not in uses:
            raise TableError(f"{column.name} cannot be taken as “{name}”; it can be as {', '.join(uses)}.")
    if len(names) > 1 and column.kind != "date":
        raise TableError(f"{column.name} can be taken in one way only, not as {' and '.join(names)}.")
    wanted = names or usual(tuple(uses.values()))
    return tuple(use for name, use in uses.items() if name in wanted)


def _bounded(taken: Sequence[tuple[Column, Sequence[Use]]], bounds: Bounds) -> None:
    widths = {column.name: sum(len(use.inputs) for use in uses) for column, uses in taken}
    total = sum(widths.values())
    if total > bounds.columns:
        widest = sorted(widths, key=lambda name: -widths[name])[:3]
        which = ", ".join(f"{name} {widths[name]}" for name in widest)
        words = f"The chosen columns make {total:,} inputs ({which} …); at most {bounds.columns:,} can be taken."
        raise TableLimitError("max_table_columns", words, f"at most {bounds.columns} columns")


def _values(column: Column, use: Use) -> list[Array]:
    """The arrays (rows,) of one use of a column."""
    if use.name == "number":
        return [numbers(column)]
    if use.name in PARTS:
        return _of_dates(column, use)
    index = {level: float(position) for position, level in enumerate(column.levels)}
    places = np.array([np.nan if value is None else index[value] for value in column.values])
    return [places] if len(use.inputs) == 1 else _one_hot(places, len(index))


def _of_dates(column: Column, use: Use) -> list[Array]:
    read = {text: datetime.fromisoformat(str(text)) for text in column.counts}
    first, part = min(read.values()), next(part for part in PARTS if part == use.name)
    made = {text: number(date, part, first) for text, date in read.items()}
    values = np.array([np.nan if text is None else made[text] for text in column.values])
    return _one_hot(values, len(WEEKDAYS)) if part == "weekday" else [values]


def _one_hot(places: Array, count: int) -> list[Array]:
    """A column of 0 and 1 for each of `count` places, none dropped; NaN where there is no place."""
    return [np.where(np.isnan(places), np.nan, places == place) for place in range(count)]


def numbers(column: Column) -> Array:
    """The numbers of a column (rows,), NaN where there is none."""
    return np.array([np.nan if value is None else value for value in column.values], dtype=np.float64)
