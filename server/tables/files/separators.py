"""What parts the cells of a text: a line of Excel's own says it, or the first lines show it."""

from __future__ import annotations

import csv
import itertools
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from server.tables.number_forms import is_number

WIDE = "  "
"""Two blanks or more, where cells have single ones."""
PARTING = ("\t", ";", ",", "|", " ", WIDE)
WIDE_GAP = re.compile(r"(?<=\S)(?:  +|[ ]*\t\s*)(?=\S)")
SHEET = "sheet"
"""What stands for a separator where a workbook has cells."""
SEPARATORS = {"\t": "tab", ";": "semicolon", ",": "comma", "|": "pipe", " ": "blank", WIDE: "wide blank", SHEET: "sheet"}
DECLARED = re.compile(r'"?sep=([^"\w\r\n])"?\s*', re.IGNORECASE)
"""Excel's own first line; nobody else's."""
SAMPLE = 60
LONGEST_SAMPLE = 20_000
"""Characters that the search looks at."""
COMMENT = "#"
OF_BLANKS = 0.8
"""Blanks stand in cells, too: where something else parts the lines as evenly, it is that."""
WITHOUT_NAMES = 0.9
"""The first line names the columns and knows best how many there are, unless it is a title."""
AFTER_MARKS = re.compile(r'"[ \t]+(?=[;,|\t]|$)')
DIGITS_PARTED = re.compile(r"[\d.,+-]+(?: +[\d.,+-]+)+")


def declared(line: str) -> str | None:
    """The separator that a first line of Excel's own names."""
    match = DECLARED.fullmatch(line)
    return match[1] if match else None


def reader(lines: Iterable[str], separator: str, escape: str | None = None) -> Any:
    """What cuts lines into cells, one by one, and raises `csv.Error` for those that it cannot. Where blanks part cells, tabs do
    too, and there is nothing after the last one."""
    if separator == " ":
        lines = (line.replace("\t", " ").rstrip() + "\n" for line in lines)
    elif separator == WIDE:
        lines, separator = (WIDE_GAP.sub("\t", line.strip()) + "\n" for line in lines), "\t"
    return csv.reader(lines, delimiter=separator, escapechar=escape, strict=True, skipinitialspace=True)


def cut_leniently(line: str, separator: str) -> list[str] | None:
    """The cells of one line, though blanks stand after its closing quotation marks; None where it has none that can be told."""
    for text in (line, AFTER_MARKS.sub('"', line)):
        try:
            return cut(text, separator)
        except csv.Error:
            continue
    return None


def cut(line: str, separator: str, escape: str | None = None) -> list[str]:
    """The cells of one line; `csv.Error` where it has none that can be told."""
    cells: list[str] = next(reader([line], separator, escape), [])
    return cells


def separator_of(lines: Sequence[str]) -> str:
    """What cuts most of the first lines into the same number of cells, two at least, that look like cells. In doubt a comma."""
    sample = list(_sample(lines))
    scores = {separator: _score(sample, separator) for separator in PARTING}
    best = max(scores, key=lambda separator: scores[separator])
    return best if scores[best] > 0 else ","


def _sample(lines: Sequence[str]) -> Iterator[str]:
    budget = LONGEST_SAMPLE
    filled = (line for line in lines if line.strip() and not line.lstrip().startswith(COMMENT))
    for line in itertools.islice(filled, SAMPLE):
        yield line[:budget]
        budget -= len(line)
        if budget <= 0:
            return


def _score(sample: Sequence[str], separator: str) -> float:
    rows = [cells for line in sample if (cells := cut_leniently(line, separator)) is not None]
    widths = Counter(len(cells) for cells in rows)
    if not widths:
        return 0.0
    width, count = max(widths.items(), key=lambda item: (item[1], item[0]))
    if width < 2:
        return 0.0
    cells = [cell for row in rows if len(row) == width for cell in row]
    clean = sum(_clean(cell.strip(), separator) for cell in cells) / len(cells)
    score = count / len(sample) * (0.1 + 0.9 * clean) * (1.0 if len(rows[0]) == width else WITHOUT_NAMES)
    return score * (OF_BLANKS if separator in (" ", WIDE) else 1.0)


def _clean(cell: str, separator: str) -> bool:
    """Whether it looks like one cell: a number, or words without another separator in them."""
    if is_number(cell):
        return True
    return not any(other in cell for other in "\t;,|" if other != separator) and not DIGITS_PARTED.fullmatch(cell)
