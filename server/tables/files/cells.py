"""Lines of text -> rows of cells, each with the number of its first line; after a broken one reading goes on at the next."""

from __future__ import annotations

import csv
import itertools
import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from server.tables.files.separators import AFTER_MARKS, SAMPLE, cut, cut_leniently, reader
from server.tables.limits import Bounds, TableError

MAX_BROKEN = 100
"""Rows with broken quotation marks; with more of them the file is no table."""
LONGEST_CELL = 131_072
RULE = re.compile(r"[\s|:+=-]+")
"""Drawn below the names of a table between pipes."""
csv.field_size_limit(LONGEST_CELL)


class Fault(NamedTuple):
    """What is wrong with a row. `columns`: indices of those at fault; none where the whole row cannot be used."""

    line: int
    message: str
    columns: tuple[int, ...] = ()


class Rows(NamedTuple):
    """`rows`: (line, cells) of every row that can be read; `faults`: the others."""

    rows: list[tuple[int, list[str]]]
    faults: list[Fault]


def rows_of(lines: list[str], start: int, separator: str, bounds: Bounds) -> Rows:
    """The rows from a line on (from 0). TableError where the quotation marks make no sense."""
    if separator == "|":
        lines = _without_frame(lines)
    width = _usual_width(lines[start : start + SAMPLE], separator)
    if not any('\\"' in line for line in lines):
        return _rows(lines, start, separator, None, width, bounds)
    # A backslash before a mark: it stands for the mark, or it is the last character of a cell.
    found, problem = [], None
    for escape in (None, "\\"):
        try:
            found.append(_rows(lines, start, separator, escape, width, bounds))
        except TableError as error:
            problem = error
    if not found:
        assert problem is not None
        raise problem
    return min(found, key=lambda read: len(read.faults) + sum(len(cells) != width for _, cells in read.rows))


def _without_frame(lines: list[str]) -> list[str]:
    """Lines without the rules and pipes that are drawn around cells."""
    framed = sum(line.startswith("|") for line in lines) > len(lines) / 2
    bare = (line.strip().removeprefix("|").removesuffix("|") + "\n" if framed else line for line in lines)
    return ["\n" if "--" in line and RULE.fullmatch(line) else line for line in bare]


def _usual_width(sample: Sequence[str], separator: str) -> int:
    rows = (cut_leniently(line, separator) for line in sample)
    widths = Counter(len(cells) for cells in rows if cells)
    return max(widths, key=lambda width: (widths[width], width), default=1)


def _rows(lines: list[str], start: int, separator: str, escape: str | None, width: int, bounds: Bounds) -> Rows:
    rows: list[tuple[int, list[str]]] = []
    faults: list[Fault] = []
    cleaned = False
    while start < len(lines):
        reading = reader(itertools.islice(lines, start, None), separator, escape)
        first = start
        try:
            for cells in reading:
                after = start + reading.line_num
                if rows and after - first > 1 and _swallowed(lines[first + 1 : after - 1], cells, width, separator):
                    raise csv.Error("a mark left open, that another one further down has closed")
                if len(cells) > 1 or (cells and cells[0].strip()):
                    rows.append((first + 1, cells))
                    if len(rows) == 1:
                        bounds.check_columns(len(cells))
                    elif len(rows) > bounds.rows + 1:  # the first may be the names
                        # To the end of the file there is a row a line, more or less.
                        rest = sum(not line.isspace() for line in lines[after:])
                        bounds.check_rows(len(rows) - 1 + rest, max(width, 1))
                first = after
            break
        except csv.Error as error:
            several = first + 1 < start + reading.line_num
            if not cleaned and _blank_after_mark(lines[first], separator, escape):
                # Whoever writes one such line writes all of them so.
                lines = [*lines[:first], *(AFTER_MARKS.sub('"', line) for line in lines[first:])]
                start, cleaned = first, True
                continue
            start = first + 1
            faults.append(Fault(start, _in_words(str(error), several)))
            if len(faults) > MAX_BROKEN:
                raise TableError(
                    f"More than {MAX_BROKEN} lines have broken quotation marks, line {faults[0].line} the first: this is no"
                    " table. Marks inside a cell are doubled, and each cell that begins with one ends with one."
                ) from None
    return Rows(rows, faults)


def _blank_after_mark(line: str, separator: str, escape: str | None) -> bool:
    """Whether all that is wrong with a line are blanks after its closing quotation marks."""
    try:
        return bool(AFTER_MARKS.search(line) and cut(AFTER_MARKS.sub('"', line), separator, escape))
    except csv.Error:
        return False


def _swallowed(between: list[str], cells: list[str], width: int, separator: str) -> bool:
    """Whether a row of several lines has rows of the table within one of its cells."""
    return len(cells) != width or any(line.count(separator) == width - 1 for line in between)


def _in_words(error: str, several: bool) -> str:
    if "field larger" in error and not several:
        return f"a cell longer than {LONGEST_CELL:,} characters"
    if several or "unexpected end" in error:
        return "a quotation mark that is not closed"
    return "something other than a delimiter after a closing quotation mark"
