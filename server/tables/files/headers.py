"""Which row of a file names the columns, what stands above it, and how wide the table is."""

from __future__ import annotations

import csv
import itertools
import re
from collections import Counter
from typing import NamedTuple

from server.tables.files.separators import COMMENT, PARTING, SAMPLE, SEPARATORS, SHEET, cut
from server.tables.limits import TableError
from server.tables.number_forms import is_amount, is_number

Row = tuple[int, list[str]]
LONGEST_NAME = 60
THOUSANDS, HUNDREDS = re.compile(r"\D?[1-9][0-9]{0,2}"), re.compile(r"[0-9]{3}(\.[0-9]*)?")


class Head(NamedTuple):
    """`names` of the columns, whether the file gives them, the index of the first row below, the most cells of a row of which
    those beyond the names are empty, and what was made of the lines above, in words."""

    names: tuple[str, ...]
    given: bool
    first: int
    most: int
    notes: list[str]


def head_of(rows: list[Row], comments: list[Row], separator: str) -> Head:
    """The head of a table. `comments`: lines before the rows that begin as comments do, whole. TableError, with its line, for
    names that do not fit what is below."""
    counts = Counter(len(cells) for _, cells in rows)
    most = max(counts, key=lambda count: (counts[count], count))
    of_first = len(rows[0][1])
    if of_first > 1 and 2 * counts[of_first] > counts[most] and _is_header([cells for _, cells in rows[: SAMPLE + 1]]):
        most = of_first  # names know best, if there are rows like them
    width = max(_used(cells) for _, cells in rows if len(cells) == most)
    if not width:
        raise TableError("The file is empty: there are separators only.")
    at = next(index for index, (_, cells) in enumerate(rows) if _fits(cells, width, most))
    at += _titles(rows, at, width, most)
    below = [cells[:width] for _, cells in rows[at : at + SAMPLE + 1] if _fits(cells, width, most)]
    above = rows[at - 1] if at else (comments[-1] if comments else None)
    other = _separated_otherwise(above[1], separator, width) if above else None
    over_numbers = _over_numbers(below[0], below[1:])
    if _is_header(below) and (over_numbers or other is None or other[1].isspace()):
        return Head(_names(rows[at][1][:width]), True, at + 1, most, _left_out([*comments, *rows[:at]]))
    if above is None or not (other or any(map(is_number, below[0]))):
        return Head(_names([""] * width), False, 0, most, _left_out(comments))
    # What is right above the first row may be names that are separated in another way.
    line, cells = above
    before = _left_out([*comments, *rows[: at - 1]] if at else comments[:-1])
    if other is not None:
        names, by = other
        if by != separator:
            before.append(f"The names in line {line} are separated by {word(by)}s, the rows below by {word(separator)}s.")
        return Head(_names(names), True, at, most, before)
    if not at or len(cells) < 2 or not _words(cells):
        return Head(_names([""] * width), False, 0, most, _left_out(comments))
    if len(cells) == width - 1 and _row_names([row for _, row in rows[at:]], separator):
        before.append(f"Line {line} has a name less than the rows below have cells: the first column names the rows.")
        return Head(_names(["", *cells]), True, at, most, before)
    fits = sum(len(cells) == len(other_cells) for _, other_cells in rows[at:])
    as_many = f"only {counted(fits, 'row')} below it have as many" if fits else "no row below it has as many"
    words = f"Line {line} has {counted(len(cells), 'name')}, and {as_many} cells; line {rows[at][0]} has {len(rows[at][1])}."
    raise TableError(f"{words} Where a name or a cell holds a {word(separator)}, put it in quotation marks.")


def _titles(rows: list[Row], at: int, width: int, most: int) -> int:
    """How many rows from `at` on are titles, though they have as many separators: below them is a row of names over numbers."""
    for count in range(min(5, len(rows) - at - 2), 0, -1):
        head, *below = [cells[:width] for _, cells in rows[at + count : at + SAMPLE + 1 + count]]
        below = [cells for cells in below if len(cells) == width]
        if len(head) < width or any(map(is_amount, head)) or not _over_numbers(head, below):
            continue
        if all(_is_title(cells, head, below) for _, cells in rows[at : at + count]):
            return count
    return 0


def _is_title(cells: list[str], head: list[str], below: list[list[str]]) -> bool:
    """Whether a row above names is none of the table: a comment, half empty, or neither names nor a row of its numbers."""
    if cells[0].lstrip().startswith(COMMENT) or 2 * _filled(cells) <= _filled(head):
        return True
    words = [cell if cell.strip() and not is_amount(cell) else "" for cell in cells[: len(head)]]
    return any(map(is_amount, cells)) and _over_numbers(words, below)


def _separated_otherwise(cells: list[str], separator: str, width: int) -> tuple[list[str], str] | None:
    """(names, their separator): as many as the table is wide."""
    if len(cells) > 1 or separator == SHEET:
        return None
    for other in [separator, *(other for other in PARTING if other != separator)]:
        try:
            names = [name.strip() for name in cut(cells[0].strip().lstrip(COMMENT).strip(), other)]
        except csv.Error:
            continue
        if len(names) == width > 1 and _words(names):
            return names, other
    return None


def _is_header(rows: list[list[str]]) -> bool:
    """The first row names the columns: words over numbers, or different words that do not come again below. The first cell may
    be empty: it is above the names of rows."""
    if not rows:
        return False
    first, below = [cell.strip() for cell in rows[0]], [row for row in rows[1:] if len(row) == len(rows[0])]
    if any(is_amount(cell) for cell in first) or not any(first):
        return False
    if _over_numbers(first, below):
        return True
    if not below:
        return True  # names without a row: what is missing is said by the caller
    again = any(row[index].strip() == cell for row in below for index, cell in enumerate(first))
    return all(first[1:]) and len(set(first)) == len(first) and not again


def _over_numbers(first: list[str], below: list[list[str]]) -> bool:
    for index, cell in enumerate(first):
        filled = [row[index] for row in below if row[index].strip()]
        if cell.strip() and filled and sum(map(is_number, filled)) > len(filled) / 2:
            return True
    return False


def _fits(cells: list[str], width: int, most: int) -> bool:
    """Whether a row is as long as the table is wide, or longer by empty cells only, of which there is one, or as many as most
    rows have."""
    return len(cells) == width or (width < len(cells) <= max(most, width + 1) and _used(cells) <= width)


def fitted(cells: list[str], width: int, most: int) -> list[str] | None:
    """A row's cells, as many as the table is wide; None where it has not so many."""
    if len(cells) == width:
        return cells
    return cells[:width] if _fits(cells, width, most) else None


def _used(cells: list[str]) -> int:
    """Cells up to the last that is not empty."""
    return next((index for index in range(len(cells), 0, -1) if cells[index - 1].strip()), 0)


def _filled(cells: list[str]) -> int:
    return sum(bool(cell.strip()) for cell in cells)


def _words(cells: list[str]) -> bool:
    return all(cell.strip() and not is_amount(cell) for cell in cells)


def _left_out(rows: list[Row]) -> list[str]:
    if not rows:
        return []
    text = " ".join(cell.strip() for cell in rows[0][1] if cell.strip())
    which = f"Line {rows[0][0]} is" if len(rows) == 1 else f"Lines {rows[0][0]} to {rows[-1][0]} are"
    return [f"{which} left out, as above the table: “{text if len(text) <= 60 else text[:59] + '…'}”."]


def word(separator: str) -> str:
    """A separator's name."""
    return SEPARATORS.get(separator, f"“{separator}”")


def _row_names(rows: list[list[str]], separator: str) -> bool:
    """Whether the first cells name the rows: no two are the same, and none is half of a number that a comma cut in two."""
    first = [row[0] for row in rows]
    if separator != ",":
        return len(set(first)) == len(first)
    halves = (any(THOUSANDS.fullmatch(a) and HUNDREDS.fullmatch(b) for a, b in itertools.pairwise(row)) for row in rows)
    return len(set(first)) == len(first) and not all(halves)


def _names(header: list[str]) -> tuple[str, ...]:
    shown = [" ".join(name.split()) for name in header]
    if any(shown) and not shown[0]:
        shown[0] = "row"
    return unique([name or f"column {index}" for index, name in enumerate(shown, 1)])


def unique(names: list[str], longest: int = LONGEST_NAME) -> tuple[str, ...]:
    """Names cut to a length that can be shown, told apart by a number where they are the same."""
    taken: set[str] = set()
    made = []
    for name in names:
        short = name if len(name) <= longest else f"{name[: longest - 1]}…"
        label, count = short, 2
        while label in taken:
            label, count = f"{short} ({count})", count + 1
        taken.add(label)
        made.append(label)
    return tuple(made)


def counted(count: int, word: str) -> str:
    """A number of things in words."""
    return f"{count:,} {word}{'' if count == 1 else 's'}"
