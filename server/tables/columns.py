"""What the columns of a table hold: numbers, yes or no, categories, text; and every cell that does not fit its column."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from server.tables.cells import Fault
from server.tables.numbers import INFINITE, MISSING, Numbers, Wrong, numbers_of
from server.tables.rows import Table

Kind = Literal["number", "yes_no", "category", "text", "empty"]
MAX_CATEGORIES = 64
PAIRS = (("no", "yes"), ("n", "y"), ("false", "true"), ("nein", "ja"), ("non", "oui"), ("f", "t"))
TARGETS = ("target", "class", "label", "y", "diagnosis", "outcome", "species", "result")


@dataclass(frozen=True)
class Column:
    """A column with its cells made values: a number, or a category's text; None where there is none, `wrong` says why."""

    index: int
    name: str
    kind: Kind
    decimal: str | None
    values: list[float | str | None]
    wrong: dict[int, Wrong]
    counts: Counter[float | str]
    numbers: Numbers | None = None

    @property
    def levels(self) -> list[float | str]:
        """Its distinct values in order: numbers by size, no before yes, words by the alphabet."""
        if self.kind == "number":
            return sorted(value for value in self.counts if isinstance(value, float))
        pair = pair_of(self.counts) or ()
        return sorted(self.counts, key=lambda value: (pair.index(str(value).lower()) if pair else 0, str(value)))

    @property
    def no_input(self) -> str | None:
        """Why it cannot be an input; None where it can."""
        if self.kind == "empty":
            return "it has no values"
        if self.kind == "text":
            return "it is text; an input is a number, or one of two categories"
        if self.kind == "category" and len(self.counts) > 2:
            return f"it has {len(self.counts)} categories; only two can be coded as 0 and 1"
        return None

    @property
    def no_target(self) -> str | None:
        """Why it cannot be predicted; None where it can."""
        if len(self.counts) < 2:
            return f"it has {'one value only' if self.counts else 'no values'}"
        if self.kind != "number" and len(self.counts) > MAX_CATEGORIES:
            return f"it has {len(self.counts):,} different values; at most {MAX_CATEGORIES} classes are told apart"
        return None

    def summary(self) -> dict[str, Any]:
        """What a person is shown of it."""
        by = Counter(self.wrong.values())
        return {
            "index": self.index,
            "name": self.name,
            "kind": self.kind,
            "decimal": self.decimal,
            "reading": self.numbers.reading.summary() if self.numbers and self.numbers.reading else None,
            "examples": [shown(value) for value in list(self.counts)[:4]],
            "missing": by["missing"],
            "text_cells": by["text"],
            "non_finite": by["non_finite"],
            "distinct": len(self.counts),
            "no_input": self.no_input,
            "no_target": self.no_target,
            "coding": self.levels if self.kind != "number" and len(self.counts) == 2 else None,
            "few": few(self),
        }


def columns_of(table: Table, readings: Mapping[int, str] | None = None) -> list[Column]:
    """Every column, its kind inferred. `readings`: how numbers are to be read, by column; TableError where they cannot be."""
    cells = [list(map(str.strip, column)) for column in zip(*(cells for _, cells in table.rows), strict=True)]
    numbers = numbers_of(table.names, cells, table.delimiter, readings)
    return [_column(index, name, *of) for index, (name, *of) in enumerate(zip(table.names, cells, numbers, strict=True))]


def _column(index: int, name: str, cells: Sequence[str], numbers: Numbers | None) -> Column:
    if numbers is not None:
        values: list[float | str | None] = [*numbers.values]
        counts = Counter(value for value in values if value is not None)
        return Column(index, name, "number", numbers.decimal, values, numbers.wrong, counts, numbers)
    missing = [cell.lower() in MISSING for cell in cells]
    infinite = [cell.lower() in INFINITE for cell in cells]
    filled = len(cells) - sum(missing) - sum(infinite)
    if not filled:
        return Column(index, name, "empty", None, [None] * len(cells), dict.fromkeys(range(len(cells)), "missing"), Counter())
    values = [None if gone else cell for cell, gone in zip(cells, missing, strict=True)]
    counts = Counter(value for value in values if value is not None)
    kind: Kind = "text"
    if pair_of(counts):
        kind = "yes_no"
    elif len(counts) <= min(MAX_CATEGORIES, max(2, filled // 2)):
        kind = "category"
    return Column(index, name, kind, None, values, {row: "missing" for row, gone in enumerate(missing) if gone}, counts)


def pair_of(values: Counter[float | str]) -> tuple[str, str] | None:
    """The words for no and yes that these values are, whatever their case."""
    words = {str(value).lower() for value in values}
    return next((pair for pair in PAIRS if words <= set(pair) and len(values) == 2 == len(words)), None)


def shown(value: float | str | None) -> float | str | None:
    """An example: a number stays one, a long text is cut."""
    return f"{value[:39]}…" if isinstance(value, str) and len(value) > 40 else value


def faults_of(table: Table, columns: Sequence[Column]) -> list[Fault]:
    """A message for each damaged row, by line; cells of text columns are no damage, those columns are off."""
    found: dict[int, list[tuple[int, str]]] = {}
    for column in columns:
        if column.kind in ("text", "empty"):
            continue
        for row, wrong in column.wrong.items():
            found.setdefault(row, []).append((column.index, _in_words(column, wrong, table.rows[row][1][column.index])))
    faults = list(table.faults)
    for row, wrongs in found.items():
        words = [word for _, word in wrongs[:3]] + ([f"{len(wrongs) - 3} more"] if len(wrongs) > 3 else [])
        faults.append(Fault(table.rows[row][0], "; ".join(words), tuple(index for index, _ in wrongs)))
    return sorted(faults, key=lambda fault: fault.line)


def _in_words(column: Column, wrong: Wrong, cell: str) -> str:
    if wrong == "missing":
        return f"{column.name}: no value" if not cell.strip() else f"{column.name}: no value (“{cell.strip()}”)"
    if wrong == "non_finite":
        return f"{column.name}: “{shown(cell.strip())}” is not finite"
    assert column.numbers is not None, "other kinds have no such cells"
    return f"{column.name}: “{shown(cell.strip())}” {column.numbers.misfit(cell.strip())}"


def guess(columns: Sequence[Column]) -> dict[str, Any]:
    """The column to be predicted and the task: one with a telling name, else the last that could be."""
    possible = [column for column in columns if column.no_target is None]
    if not possible:
        return {"target": None, "task": None}
    named = [column for column in possible if column.name.lower() in TARGETS]
    target = (named or possible)[-1]
    return {"target": target.index, "task": "classification" if few(target) else "regression"}


def few(column: Column) -> bool:
    """Whether its values look like classes."""
    return column.kind != "number" or (len(column.counts) <= 10 and all(float(value).is_integer() for value in column.counts))
