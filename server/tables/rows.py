"""Reading a table: bytes of a file -> rows of cells, every row of it accounted for by its line.

A text goes through `decoding`, `separators` and `cells`, a workbook through `workbooks`; `headers` finds the names of either.
What a column holds is `server.tables.columns`'s matter, what becomes of it `server.tables.training_data`'s.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from server.tables.files.cells import Fault, Rows, rows_of
from server.tables.files.decoding import ZIP, decoded, unpacked
from server.tables.files.headers import Row, counted, fitted, head_of, word
from server.tables.files.separators import COMMENT, SHEET, declared, separator_of
from server.tables.limits import BOUNDS, Bounds, TableError, TableLimitError

if TYPE_CHECKING:
    from server.tables.files.workbooks import Workbook


@dataclass(frozen=True)
class Table:
    """`rows`: (line, cells), every one as long as `names`; `faults`: rows that could not be read as such; `notes`: what was
    made of lines that are no rows, in words."""

    encoding: str
    delimiter: str
    header: bool
    names: tuple[str, ...]
    rows: list[tuple[int, list[str]]]
    faults: list[Fault]
    notes: tuple[str, ...] = ()

    @property
    def total(self) -> int:
        return len(self.rows) + len(self.faults)


def read_table(body: bytes, bounds: Bounds = BOUNDS) -> Table:
    """The table a file holds; TableError where it holds none."""
    bounds.check_bytes(len(body))
    body = unpacked(body, bounds)
    if body.startswith(ZIP):
        from server.tables.files.workbooks import sheets_of  # most files are text, and need no reader of workbooks

        return _of_workbook(sheets_of(body, bounds), bounds)
    text, encoding = decoded(body)
    if not text.strip("\ufeff \t\r\n,;|"):
        raise TableError("The file is empty.")
    lines = list(io.StringIO(text, newline=""))
    separator, start = declared(lines[0]), 1
    if separator is None:
        separator, start = separator_of(lines), 0
    comments: list[Row] = []
    while start < len(lines) and (not lines[start].strip() or lines[start].lstrip().startswith(COMMENT)):
        if lines[start].strip():
            comments.append((start + 1, [lines[start].strip()]))
        start += 1
    return table_of(rows_of(lines, start, separator, bounds), comments, separator, encoding, bounds)


def _of_workbook(workbook: Workbook, bounds: Bounds) -> Table:
    """The table of the first sheet that holds one."""
    refusals = []
    for name, rows in workbook.sheets:
        try:
            table = table_of(Rows(rows, []), [], SHEET, "UTF-8", bounds)
        except TableLimitError:
            raise
        except TableError as error:
            refusals.append(f"{name}: {error}")
            continue
        if len(table.names) < 2 and len(workbook.names) > 1:
            refusals.append(f"{name}: one column only.")
            continue
        others = [f"“{other}”" for other in workbook.names if other != name]
        if others:
            table = replace(table, notes=(f"Read from the sheet “{name}”, and not from {', '.join(others)}.", *table.notes))
        return table
    raise TableError(f"No sheet of the workbook holds a table. {' '.join(refusals[:3])}")


def table_of(read: Rows, comments: list[Row], separator: str, encoding: str, bounds: Bounds) -> Table:
    """The table that rows make, their names found among them."""
    rows, faults = read
    if not rows:
        raise TableError("No line of the file can be read as a row of a table.")
    head = head_of(rows, comments, separator)
    width = len(head.names)
    bounds.check_columns(width)
    whole, remarks, blank, wide = [], [], 0, []
    for line, cells in rows[head.first :]:
        fit = fitted(cells, width, head.most)
        if fit is not None and any(map(str.strip, fit)):
            whole.append((line, fit))
        elif fit is not None:
            blank += 1
        elif cells[0].lstrip().startswith(COMMENT):
            remarks.append(str(line))
        else:
            faults.append(Fault(line, f"{counted(len(cells), 'cell')} where {width} are expected"))
            wide += [line] if len(cells) > width else []
    bounds.check_rows(len(whole) + len(faults), width)
    if not whole:
        below = rows[head.first :]
        ending = "there is no row below it"
        if below:
            ending = f"no row below it has as many; the first, line {below[0][0]}, has {len(below[0][1])}"
        raise TableError(f"The header has {counted(width, 'cell')}, and {ending}.")
    notes = [*head.notes]
    if remarks:
        notes.append(f"Left out as comments: line{'s' if len(remarks) > 1 else ''} {', '.join(remarks[:10])}.")
    if blank:
        notes.append(f"Left out: {counted(blank, 'row')} without a value.")
    if wide and separator != SHEET:
        words = f"{counted(len(wide), 'row')} with more cells than the table has columns, line {wide[0]} the first"
        notes.append(f"{words}: a cell that holds a {word(separator)} needs quotation marks.")
    faults.sort(key=lambda fault: fault.line)
    return Table(encoding, word(separator), head.given, head.names, whole, faults, tuple(notes))
