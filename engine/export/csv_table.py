"""A table as CSV: every digit of its numbers, and texts that no spreadsheet takes for a formula."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence

from engine.parts import giving_way_between

Cell = str | int | float | None
_FORMULA = re.compile(r"[\t\r\n]|[\s\x00-\x1f]*[=+\-@＝＋－＠']")
"""What a spreadsheet takes for a formula, whatever blank is before it; and the apostrophe, so that one can be taken away."""


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """Numbers are written as they are, None as an empty cell. A text that might be taken for a formula has an apostrophe before
    it (https://owasp.org/www-community/attacks/CSV_Injection).

    >>> print(csv_text(["name", "loss"], [["=1+1", -0.25], ["plain", None]]), end="")
    name,loss
    '=1+1,-0.25
    plain,
    """
    lines = _Lines()
    table = csv.writer(lines, lineterminator="\r\n")
    table.writerow([guarded(name) for name in columns])
    for row in giving_way_between(rows):
        table.writerow([guarded(cell) if isinstance(cell, str) else cell for cell in row])
    return "".join(lines)


class _Lines(list[str]):
    """Rows that end with a newline, though cells with a carriage return are quoted too."""

    def write(self, row: str) -> None:
        self.append(row.removesuffix("\r\n") + "\n")


def guarded(text: str) -> str:
    """A text as a cell holds it."""
    return f"'{text}" if _FORMULA.match(text) else text


def unguarded(cell: str) -> str:
    """The text of a cell: without the apostrophe that it begins with, if it does."""
    return cell.removeprefix("'")
