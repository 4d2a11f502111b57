"""What the columns of a table hold: numbers, yes or no, categories, dates, text; and the cells that do not fit their column."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from server.tables.dates import ORDERS, Dates, dates_of, parts_of, written
from server.tables.files.cells import Fault
from server.tables.limits import TableError
from server.tables.numbers import INFINITE, MISSING, SHARE, Numbers, Wrong, numbers_of
from server.tables.rows import Table

Kind = Literal["number", "yes_no", "category", "date", "text", "empty"]
MAX_CATEGORIES = 64
PAIRS = (("no", "yes"), ("n", "y"), ("false", "true"), ("nein", "ja"), ("non", "oui"), ("f", "t"))
TARGETS = ("target", "class", "label", "y", "diagnosis", "outcome", "species", "result")


@dataclass(frozen=True)
class Column:
    """A column with its cells made values: a number, a date as ISO text, a category's text; None where there is none, and
    `wrong` says why."""

    index: int
    name: str
    kind: Kind
    decimal: str | None
    values: list[float | str | None]
    wrong: dict[int, Wrong]
    counts: Counter[float | str]
    numbers: Numbers | None = None
    dates: Dates | None = None

    @property
    def levels(self) -> list[float | str]:
        """Its distinct values in order: numbers by size, no before yes, words by the alphabet."""
        if self.kind == "number":
            return sorted(value for value in self.counts if isinstance(value, float))
        pair = pair_of(self.counts) or ()
        return sorted(self.counts, key=lambda value: (pair.index(str(value).lower()) if pair else 0, str(value)))

    @property
    def reading(self) -> dict[str, Any] | None:
        """How its cells became numbers or dates, where that is to be told."""
        if self.dates is not None:
            return self.dates.summary()
        return self.numbers.reading.summary() if self.numbers and self.numbers.reading else None

    @property
    def no_input(self) -> str | None:
        """Why it cannot be an input; None where it can."""
        if self.kind == "empty":
            return "it has no values"
        if self.kind == "text":
            different = "different in every row" if max(self.counts.values()) == 1 else f"{len(self.counts):,} different ones"
            return f"it is text, {different}; an input is a number, a date, or one of at most {MAX_CATEGORIES} categories"
        if self.kind == "date" and not parts_of(map(str, self.counts)):
            return "it is the same date in every row"
        return None

    @property
    def no_target(self) -> str | None:
        """Why it cannot be predicted; None where it can."""
        if len(self.counts) < 2:
            return f"it has {'one value only' if self.counts else 'no values'}"
        if self.kind != "number" and len(self.counts) > MAX_CATEGORIES:
            return f"it has {len(self.counts):,} different values; at most {MAX_CATEGORIES} classes can be classified"
        return None

    def summary(self) -> dict[str, Any]:
        """What a person is shown of it."""
        by = Counter(self.wrong.values())
        return {
            "index": self.index,
            "name": self.name,
            "kind": self.kind,
            "decimal": self.decimal,
            "reading": self.reading,
            "examples": [shown(value) for value in list(self.counts)[:4]],
            "missing": by["missing"],
            "text_cells": by["text"],
            "non_finite": by["non_finite"],
            "distinct": len(self.counts),
            "no_input": self.no_input,
            "no_target": self.no_target,
            "coding": self.levels if self.kind in ("yes_no", "category") and len(self.counts) == 2 else None,
            "few": few(self),
        }


def columns_of(table: Table, readings: Mapping[int, str] | None = None) -> list[Column]:
    """Every column, its kind inferred. `readings`: how numbers or dates are to be read, by column; TableError where they cannot
    be."""
    cells = [list(map(str.strip, column)) for column in zip(*(cells for _, cells in table.rows), strict=True)]
    orders = {index: reading for index, reading in (readings or {}).items() if reading in ORDERS}
    others = {index: reading for index, reading in (readings or {}).items() if reading not in ORDERS}
    numbers = numbers_of(table.names, cells, table.delimiter, others)
    together = enumerate(zip(table.names, cells, numbers, strict=True))
    columns = [_column(index, name, texts, of, orders.get(index)) for index, (name, texts, of) in together]
    for index, order in orders.items():
        dates = columns[index].dates if index < len(columns) else None
        if dates is None or dates.order != order:
            name = columns[index].name if index < len(columns) else f"Column {index + 1}"
            possible = f"possible are: {', '.join((dates.order, *dates.others))}" if dates else "it is no column of dates"
            raise TableError(f"{name} cannot be read as “{order}”; {possible}.")
    return columns


def _column(index: int, name: str, cells: Sequence[str], numbers: Numbers | None, order: str | None) -> Column:
    if numbers is not None:
        values: list[float | str | None] = [*numbers.values]
        return Column(index, name, "number", numbers.decimal, values, numbers.wrong, _counted(values), numbers)
    different = Counter(cells)
    absent = {cell for cell in different if cell.lower() in MISSING}
    missing = [cell in absent for cell in cells] if absent else [False] * len(cells)
    filled = sum(count for cell, count in different.items() if cell not in absent and cell.lower() not in INFINITE)
    if not filled:
        return Column(index, name, "empty", None, [None] * len(cells), dict.fromkeys(range(len(cells)), "missing"), Counter())
    present = [cell for cell in cells if cell not in absent] if absent else cells
    dates = dates_of(present, SHARE, order)
    if dates is not None:
        return _dates(index, name, cells, missing, dates)
    values = [None if cell in absent else cell for cell in cells] if absent else list(cells)
    counts = _counted(values)
    kind: Kind = "text"
    if pair_of(counts):
        kind = "yes_no"
    elif len(counts) <= min(MAX_CATEGORIES, max(2, filled // 2)):
        kind = "category"
    return Column(index, name, kind, None, values, {row: "missing" for row, gone in enumerate(missing) if gone}, counts)


def _counted(values: Sequence[float | str | None]) -> Counter[float | str]:
    counts: Counter[Any] = Counter(values)
    del counts[None]
    return counts


def _dates(index: int, name: str, cells: Sequence[str], missing: Sequence[bool], dates: Dates) -> Column:
    texts = {cell: written(date) for cell, date in dates.values.items() if date is not None}
    values: list[float | str | None] = [None if gone else texts.get(cell) for cell, gone in zip(cells, missing, strict=True)]
    wrong: dict[int, Wrong] = {row: "missing" if missing[row] else "text" for row, value in enumerate(values) if value is None}
    counts = _counted(values)
    return Column(index, name, "date", None, values, wrong, counts, dates=dates)


def pair_of(values: Counter[float | str]) -> tuple[str, str] | None:
    """The words for no and yes that these values are, whatever their case."""
    if len(values) != 2:
        return None
    words = {str(value).lower() for value in values}
    return next((pair for pair in PAIRS if words == set(pair)), None)


def word(level: float | str) -> str:
    """A value as the name of a class or a category."""
    return f"{level:g}" if isinstance(level, float) and float(f"{level:g}") == level else str(level)


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
        words = [told for _, told in wrongs[:3]] + ([f"{len(wrongs) - 3} more"] if len(wrongs) > 3 else [])
        faults.append(Fault(table.rows[row][0], "; ".join(words), tuple(index for index, _ in wrongs)))
    return sorted(faults, key=lambda fault: fault.line)


def _in_words(column: Column, wrong: Wrong, cell: str) -> str:
    if wrong == "missing":
        return f"{column.name}: no value" if not cell.strip() else f"{column.name}: no value (“{cell.strip()}”)"
    if wrong == "non_finite":
        return f"{column.name}: “{shown(cell.strip())}” is not finite"
    if column.dates is not None:
        return f"{column.name}: “{shown(cell.strip())}” is no date with {ORDERS[column.dates.order]}"
    assert column.numbers is not None, "other kinds have no such cells"
    return f"{column.name}: “{shown(cell.strip())}” {column.numbers.misfit(cell.strip())}"


def guess(columns: Sequence[Column]) -> dict[str, Any]:
    """The column to be predicted and the task: one with a telling name, else the last that could be."""
    possible = [column for column in columns if column.no_target is None]
    if not possible:
        return {"target": None, "task": None}
    named = [column for column in possible if column.name.lower() in TARGETS]
    target = (named or [column for column in possible if column.kind != "date"] or possible)[-1]
    return {"target": target.index, "task": "classification" if few(target) else "regression"}


def few(column: Column) -> bool:
    """Whether its values look like classes."""
    return column.kind != "number" or (len(column.counts) <= 10 and all(float(value).is_integer() for value in column.counts))
