"""The sheets of an Excel workbook (.xlsx), as rows of text. Nothing is unpacked further than it may be long, and what the
reader of workbooks is given is what was unpacked here: sizes that a ZIP file claims are not to be trusted."""

from __future__ import annotations

import datetime
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import NamedTuple
from xml.etree import ElementTree

import python_calamine

from server.tables.files.headers import Row
from server.tables.limits import Bounds, TableError, TableLimitError

NEEDED = re.compile(r"\[Content_Types\]\.xml|(_rels/|xl/).*\.(xml|rels)")
NOT_NEEDED = re.compile(r"xl/(media|drawings|charts|theme|comments|printerSettings|pivot\w*|externalLinks)\b.*")
REFERENCE = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]{0,4})([0-9]{1,9})["']""")
"""Where a row or a cell is."""
PIECE = 1_000_000
PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""Others unpack more than they are asked for at a time."""
DAMAGED = (zipfile.BadZipFile, python_calamine.CalamineError, zlib.error, OSError, EOFError, ValueError, RuntimeError)
"""What the readers of ZIP files and workbooks raise for wrong ones."""
SPREADSHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATIONS = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
OTHER_ZIPS = {
    "mimetype": "an OpenDocument file; save the sheet as .xlsx or CSV",
    "xl/workbook.bin": "a binary workbook (.xlsb); save it as .xlsx or CSV",
    "word/document.xml": "a Word document; save its table as CSV",
    "ppt/presentation.xml": "a presentation",
}
Value = int | float | str | bool | datetime.date | datetime.datetime | datetime.time | datetime.timedelta


class Workbook(NamedTuple):
    """`names` of the sheets that can be seen; `sheets`: (name, rows) of each, read when it is asked for."""

    names: list[str]
    sheets: Iterator[tuple[str, list[Row]]]


def sheets_of(body: bytes, bounds: Bounds) -> Workbook:
    """The sheets of a workbook; TableError for other ZIP files, and for one that is too large unpacked."""
    try:
        parts = _parts(body, bounds)
        book = python_calamine.load_workbook(io.BytesIO(_packed(parts)))
        names = [
            sheet.name
            for sheet in book.sheets_metadata
            if sheet.visible == python_calamine.SheetVisibleEnum.Visible
            and sheet.typ == python_calamine.SheetTypeEnum.WorkSheet
        ]
    except DAMAGED as error:
        raise TableError(f"The file is a workbook that cannot be read ({error}). Save the sheet as CSV.") from None
    return Workbook(names, _sheets(book, names, parts, bounds))


def _parts(body: bytes, bounds: Bounds) -> dict[str, bytes]:
    """The parts that hold sheets, unpacked."""
    archive = zipfile.ZipFile(io.BytesIO(body))
    inside = {entry.filename: entry for entry in archive.infolist()}
    if "xl/workbook.xml" not in inside:
        kind = next((words for name, words in OTHER_ZIPS.items() if name in inside), "a ZIP file; unpack it first")
        raise TableError(f"The file is not a table in text form: it is {kind}.")
    parts: dict[str, bytes] = {}
    total = 0
    for name, entry in inside.items():
        if not NEEDED.fullmatch(name) or NOT_NEEDED.fullmatch(name):
            continue
        if entry.compress_type not in PACKED:
            raise zipfile.BadZipFile(f"{name} is packed in a way that Excel does not use")
        bounds.check_unpacked(total + entry.file_size)
        with archive.open(entry) as packed:
            part = bytearray()
            while piece := packed.read(PIECE):
                part += piece
                bounds.check_unpacked(total + len(part))
        parts[name] = bytes(part)
        total += len(part)
    return parts


def _packed(parts: dict[str, bytes]) -> bytes:
    """A ZIP file of those parts and of no other."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return file.getvalue()


def _sheets(
    book: python_calamine.CalamineWorkbook, names: list[str], parts: dict[str, bytes], bounds: Bounds
) -> Iterator[tuple[str, list[Row]]]:
    places = _places(parts)
    for name in names:
        part = parts.get(places.get(name, ""))
        for checked in parts.values() if part is None else [part]:
            _check_extent(name, checked, bounds)
        try:
            sheet = book.get_sheet_by_name(name)
            top = sheet.start[0] + 1 if sheet.start else 1
            rows = [(line, [_text(value) for value in cells]) for line, cells in enumerate(sheet.to_python(), top)]
        except DAMAGED as error:
            raise TableError(f"The sheet “{name}” cannot be read ({error}). Save it as CSV.") from None
        yield name, [(line, cells) for line, cells in rows if any(cells)]


def _places(parts: dict[str, bytes]) -> dict[str, str]:
    """The part of each sheet, by its name."""
    try:
        book = ElementTree.fromstring(parts["xl/workbook.xml"])
        relations = ElementTree.fromstring(parts["xl/_rels/workbook.xml.rels"])
    except (KeyError, ElementTree.ParseError):
        return {}
    targets = {relation.get("Id"): relation.get("Target", "") for relation in relations}
    found = {}
    for sheet in book.iter(f"{SPREADSHEET}sheet"):
        target = targets.get(sheet.get(f"{RELATIONS}id"), "")
        found[sheet.get("name", "")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return found


def _check_extent(name: str, part: bytes, bounds: Bounds) -> None:
    """A sheet becomes a rectangle of cells as wide and as long as its last ones are far, though all between were empty."""
    columns, rows = set(), set()
    for match in REFERENCE.finditer(part):
        columns.add(match[1])
        rows.add(match[2])
    height, width = max(map(int, rows), default=0), max(map(_number, columns), default=0)
    if height * width > bounds.cells:
        size = f"{height:,} rows × {width:,} columns = {height * width:,} cells"
        words = (
            f"The sheet “{name}” reaches over {size}; at most {bounds.cells:,} can be read. Delete the empty rows and columns"
        )
        words += " around the table; else fewer rows or fewer columns would do."
        raise TableLimitError("max_table_rows", words, f"at most {bounds.cells} cells")


def _number(letters: bytes) -> int:
    """Of a column: A is 1, Z is 26, AA is 27."""
    number = 0
    for letter in letters.upper():
        number = 26 * number + letter - 64
    return number


def _text(value: Value) -> str:
    """A cell as a program would write it to a text."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime.datetime):
        return value.isoformat(" ")
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    return str(value)
