"""What the columns of a table hold: numbers, yes or no, categories, dates, text; and the cells that do not fit their column."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from server.tables.dates import ORDERS, Dates, dates_of, parts_of, written
from server.tables.rows import Fault, Table

Kind = Literal["number", "yes_no", "category", "date", "text", "empty"]
Wrong = Literal["missing", "text", "non_finite"]
MAX_CATEGORIES = 64
SHARE = 0.8
"""Of a column's filled cells that are numbers, from which on the others are damage."""
MISSING = frozenset({"", "na", "n/a", "#n/a", "nan", "null", "none", "?", "-", "–", ".", "missing"})
INFINITE = frozenset({"inf", "infinity", "-inf", "-infinity", "+inf", "+infinity", "#div/0!"})
PAIRS = (("no", "yes"), ("n", "y"), ("false", "true"), ("nein", "ja"), ("non", "oui"), ("f", "t"))
NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:([.,])[0-9]*)?|([.,])[0-9]+)(?:[eE][+-]?[0-9]{1,4})?")
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
    dates: Dates | None = None

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
            "reading": None if self.dates is None else self.dates.summary(),
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


def columns_of(table: Table) -> list[Column]:
    """Every column, its kind inferred."""
    return [_column(index, name, [cells[index].strip() for _, cells in table.rows]) for index, name in enumerate(table.names)]


def _column(index: int, name: str, cells: Sequence[str]) -> Column:
    matches = [NUMBER.fullmatch(cell) for cell in cells]
    missing = [not match and cell.lower() in MISSING for cell, match in zip(cells, matches, strict=True)]
    infinite = [not match and cell.lower() in INFINITE for cell, match in zip(cells, matches, strict=True)]
    filled = len(cells) - sum(missing) - sum(infinite)
    if not filled:
        return Column(index, name, "empty", None, [None] * len(cells), dict.fromkeys(range(len(cells)), "missing"), Counter())
    if sum(match is not None for match in matches) >= SHARE * filled:
        return _numbers(index, name, cells, matches, missing, infinite)
    present = [cell for cell, gone in zip(cells, missing, strict=True) if not gone]
    if dates := dates_of(present, SHARE):
        return _dates(index, name, cells, missing, dates)
    values: list[float | str | None] = [None if gone else cell for cell, gone in zip(cells, missing, strict=True)]
    counts = Counter(value for value in values if value is not None)
    kind: Kind = "text"
    if pair_of(counts):
        kind = "yes_no"
    elif len(counts) <= min(MAX_CATEGORIES, max(2, filled // 2)):
        kind = "category"
    return Column(index, name, kind, None, values, {row: "missing" for row, gone in enumerate(missing) if gone}, counts)


def _dates(index: int, name: str, cells: Sequence[str], missing: Sequence[bool], dates: Dates) -> Column:
    texts = {cell: written(date) for cell, date in dates.values.items() if date is not None}
    values: list[float | str | None] = [None if gone else texts.get(cell) for cell, gone in zip(cells, missing, strict=True)]
    wrong: dict[int, Wrong] = {row: "missing" if missing[row] else "text" for row, value in enumerate(values) if value is None}
    return Column(index, name, "date", None, values, wrong, Counter(value for value in values if value is not None), dates)


def _numbers(
    index: int,
    name: str,
    cells: Sequence[str],
    matches: Sequence[re.Match[str] | None],
    missing: Sequence[bool],
    infinite: Sequence[bool],
) -> Column:
    signs = [(match[1] or match[2]) if match else None for match in matches]
    decimal = "," if signs.count(",") > signs.count(".") else "." if "." in signs else None
    values: list[float | str | None] = []
    wrong: dict[int, Wrong] = {}
    for row, (cell, match, sign) in enumerate(zip(cells, matches, signs, strict=True)):
        value = None
        if missing[row]:
            wrong[row] = "missing"
        elif infinite[row]:
            wrong[row] = "non_finite"
        elif match is None or sign not in (None, decimal):
            wrong[row] = "text"
        else:
            value = float(cell.replace(",", ".") if sign == "," else cell)
            if not math.isfinite(value):
                value, wrong[row] = None, "non_finite"
        values.append(value)
    return Column(index, name, "number", decimal, values, wrong, Counter(value for value in values if value is not None))


def pair_of(values: Counter[float | str]) -> tuple[str, str] | None:
    """The words for no and yes that these values are, whatever their case."""
    words = {str(value).lower() for value in values}
    return next((pair for pair in PAIRS if words <= set(pair) and len(values) == 2 == len(words)), None)


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
        words = [word for _, word in wrongs[:3]] + ([f"{len(wrongs) - 3} more"] if len(wrongs) > 3 else [])
        faults.append(Fault(table.rows[row][0], "; ".join(words), tuple(index for index, _ in wrongs)))
    return sorted(faults, key=lambda fault: fault.line)


def _in_words(column: Column, wrong: Wrong, cell: str) -> str:
    if wrong == "missing":
        return f"{column.name}: no value" if not cell.strip() else f"{column.name}: no value (“{cell.strip()}”)"
    if wrong == "non_finite":
        return f"{column.name}: “{shown(cell.strip())}” is not finite"
    if column.dates is not None:
        return f"{column.name}: “{shown(cell.strip())}” is no date with {ORDERS[column.dates.order]}"
    if NUMBER.fullmatch(cell.strip()):
        return (
            f"{column.name}: “{cell.strip()}” where the others have a decimal {'comma' if column.decimal == ',' else 'point'}"
        )
    return f"{column.name}: “{shown(cell.strip())}” is not a number"


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
