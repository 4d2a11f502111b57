"""Reading a table: bytes of a CSV or TSV file -> text -> rows of cells, every row of it accounted for by its line.

What a column holds is `server.tables.columns`'s matter, what becomes of it `server.tables.training_data`'s.
"""

from __future__ import annotations

import csv
import io
import itertools
from collections import Counter
from dataclasses import dataclass

from server.tables.limits import BOUNDS, Bounds, TableError

MAX_BROKEN = 100
"""Rows with broken quotation marks; with more of them the file is no table."""
DELIMITERS = {"\t": "tab", ";": "semicolon", ",": "comma"}
SAMPLE = 60
LONGEST_SAMPLE = 20_000
"""Characters that the search for the delimiter looks at."""
SIGNATURES = {
    b"PK\x03\x04": "an Excel or ZIP file; save the sheet as CSV",
    b"%PDF": "a PDF",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"\x1f\x8b": "compressed; unpack it first",
    b"\xff\xfe": "UTF-16 text; save it as CSV in UTF-8",
    b"\xfe\xff": "UTF-16 text; save it as CSV in UTF-8",
}
csv.field_size_limit(131_072)


@dataclass(frozen=True)
class Fault:
    """What is wrong with a row. `columns`: indices of those at fault; none where the whole row cannot be used."""

    line: int
    message: str
    columns: tuple[int, ...] = ()


@dataclass(frozen=True)
class Table:
    """`rows`: (line, cells), every one as long as `names`; `faults`: rows that could not be read as such."""

    encoding: str
    delimiter: str
    header: bool
    names: tuple[str, ...]
    rows: list[tuple[int, list[str]]]
    faults: list[Fault]

    @property
    def total(self) -> int:
        return len(self.rows) + len(self.faults)


def read_table(body: bytes, bounds: Bounds = BOUNDS) -> Table:
    """The table a file holds; TableError where it holds none."""
    bounds.check_bytes(len(body))
    text, encoding = _decoded(body)
    lines = list(io.StringIO(text, newline=""))
    if not text.strip("\ufeff \t\r\n,;"):
        raise TableError("The file is empty.")
    delimiter = _delimiter(lines)
    rows, faults = _rows(lines, delimiter, bounds)
    if not rows:
        raise TableError("No line of the file can be read as a row of a table.")
    header = _has_header([cells for _, cells in rows[: SAMPLE + 1]])
    width = len(rows[0][1]) if header else _usual_width(rows)
    bounds.check_columns(width)
    names = _names(rows.pop(0)[1] if header else [], width)
    bounds.check_rows(len(rows) + len(faults))
    whole = [(line, cells) for line, cells in rows if len(cells) == width]
    if not whole:
        ending = "there is no row below it" if not rows else f"no row below it has as many; the first has {len(rows[0][1])}"
        raise TableError(f"The header has {_counted(width, 'cell')}, and {ending}.")
    faults += [
        Fault(line, f"{_counted(len(cells), 'cell')} where {width} are expected") for line, cells in rows if len(cells) != width
    ]
    faults.sort(key=lambda fault: fault.line)
    return Table(encoding, DELIMITERS[delimiter], header, names, whole, faults)


def _decoded(body: bytes) -> tuple[str, str]:
    for signature, kind in SIGNATURES.items():
        if body.startswith(signature):
            raise TableError(f"The file is not a table in text form: it is {kind}.")
    controls = sum(body.count(byte) for byte in range(32) if byte not in b"\t\n\v\f\r")
    if b"\0" in body or controls > len(body) / 100:
        raise TableError("The file is not text: it holds control characters. A CSV or TSV file is needed.")
    try:
        return body.decode("utf-8-sig"), "UTF-8"
    except UnicodeDecodeError:
        return body.decode("latin-1"), "Latin-1"


def _delimiter(lines: list[str]) -> str:
    """The one that cuts most of the first lines into the same number of cells, two at least; the earlier named wins."""
    budget = LONGEST_SAMPLE
    sample = []
    for line in itertools.islice((line for line in lines if line.strip()), SAMPLE):
        sample.append(line[:budget])
        budget -= len(line)
        if budget <= 0:
            break
    best, best_share = ",", 0.0
    for delimiter in DELIMITERS:
        widths = []
        for line in sample:
            try:
                widths.append(len(next(csv.reader([line], delimiter=delimiter))))
            except csv.Error:
                continue
        width, count = Counter(widths).most_common(1)[0] if widths else (0, 0)
        share = count / len(sample) if width > 1 else 0.0
        if widths and widths[0] != width:  # the names of the columns know best
            share /= 2
        if share > best_share + (0.1 if best_share else 0.0):
            best, best_share = delimiter, share
    return best


def _rows(lines: list[str], delimiter: str, bounds: Bounds) -> tuple[list[tuple[int, list[str]]], list[Fault]]:
    """Every row with the number of its first line. After a broken one reading goes on at the next line."""
    rows: list[tuple[int, list[str]]] = []
    faults: list[Fault] = []
    start = 0
    while start < len(lines):
        reader = csv.reader(itertools.islice(lines, start, None), delimiter=delimiter, strict=True)
        first = start
        try:
            for cells in reader:
                if rows and _swallowed(lines[first : start + reader.line_num], cells, len(rows[0][1]), delimiter):
                    raise csv.Error("a mark left open, that another one further down has closed")
                if len(cells) > 1 or any(cell.strip() for cell in cells):
                    rows.append((first + 1, cells))
                bounds.check_rows(len(rows) - 1)  # the first may be the header
                if len(rows) == 1:
                    bounds.check_columns(len(cells))
                first = start + reader.line_num
            break
        except csv.Error as error:
            several = first + 1 < start + reader.line_num
            faults.append(Fault(first + 1, _in_words(str(error), several)))
            start = first + 1
            if len(faults) > MAX_BROKEN:
                raise TableError(f"More than {MAX_BROKEN} lines have broken quotation marks: this is no table.") from None
    return rows, faults


def _swallowed(lines: list[str], cells: list[str], width: int, delimiter: str) -> bool:
    """Whether a row of several lines has rows of the table within one of its cells."""
    if len(lines) < 2:
        return False
    return len(cells) != width or any(line.count(delimiter) == width - 1 for line in lines[1:-1])


def _in_words(error: str, several: bool) -> str:
    if "field larger" in error and not several:
        return "a cell longer than 131,072 characters"
    if several or "unexpected end" in error:
        return "a quotation mark that is not closed"
    return "something other than a delimiter after a closing quotation mark"


def _usual_width(rows: list[tuple[int, list[str]]]) -> int:
    return Counter(len(cells) for _, cells in rows).most_common(1)[0][0]


def _has_header(rows: list[list[str]]) -> bool:
    """The first row names the columns: words over numbers, or different words that do not come again below."""
    first, below = [cell.strip() for cell in rows[0]], [row for row in rows[1:] if len(row) == len(rows[0])]
    if any(is_number(cell) for cell in first):
        return False
    for index, cell in enumerate(first):
        filled = [row[index] for row in below if row[index].strip()]
        if cell and filled and sum(map(is_number, filled)) > len(filled) / 2:
            return True
    if not below:
        return True  # names without a row: what is missing is said by the caller
    again = any(row[index].strip() == cell for row in below for index, cell in enumerate(first))
    return all(first) and len(set(first)) == len(first) and not again


def is_number(cell: str) -> bool:
    """Whether a cell is a finite or infinite number, with a decimal point or a decimal comma."""
    try:
        float(cell.strip().replace(",", ".", 1))
    except ValueError:
        return False
    return "_" not in cell


def _names(header: list[str], width: int) -> tuple[str, ...]:
    return unique(
        [" ".join(name.split()) or f"column {index}" for index, name in enumerate([*header, *[""] * width][:width], 1)]
    )


def unique(names: list[str], longest: int = 60) -> tuple[str, ...]:
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


def _counted(count: int, word: str) -> str:
    return f"{count:,} {word}{'' if count == 1 else 's'}"
