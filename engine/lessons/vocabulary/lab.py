"""Of an experiment of the lab: the numbers that it found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.lessons.building import Built
from engine.lessons.scripts import UnmeasurableError
from engine.lessons.vocabulary.row import LAB, Index, Word, measure


@measure(kinds=LAB, live=False, tells=("lab",))
def lab(built: Built, name: Word) -> float:
    """One of the values that an experiment tells beside its table.

    >>> measured("lab(off)", lab={"experiment": "modes"}) < 1e-12
    True
    """
    return _number(built.found.values, name)


@measure(kinds=LAB, live=False, tells=("lab",))
def lab_cell(built: Built, column: Word, row: Index) -> float:
    """A number of an experiment's table: a column by its name, a row counted from 0.

    >>> measured("lab_cell(passes, 1)", lab={"experiment": "modes", "choices": {"outputs": 2}})
    2.0
    """
    table = built.found.table
    names = [each.name for each in table.columns]
    if column not in names:
        raise UnmeasurableError(f"there is no column {column}", ", ".join(names))
    if row >= len(table.rows):
        raise UnmeasurableError(f"there is no row {row}", f"0 to {len(table.rows) - 1}")
    return _number(dict(zip(names, table.rows[row], strict=True)), column)


def _number(values: Mapping[str, Any], name: str) -> float:
    numbers = {key: value for key, value in values.items() if isinstance(value, int | float)}
    if name not in numbers:
        raise UnmeasurableError(f"there is no number {name}", ", ".join(numbers) or "none")
    return float(numbers[name])
