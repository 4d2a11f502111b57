"""Writes workbooks (.xlsx) by hand, as plainly as they can be: for tests that need one of their own, or a wrong one."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape, quoteattr

Cell = str | float | None
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def workbook(sheets: Sequence[tuple[str, Sequence[Sequence[Cell]]]], **more: bytes) -> bytes:
    """A workbook of those sheets: (name, rows). `more`: further parts, or others in place of its own, by `part` names."""
    parts = {f"xl/worksheets/sheet{index}.xml": sheet(rows) for index, (_, rows) in enumerate(sheets, 1)}
    named = "".join(f'<sheet name={quoteattr(name)} sheetId="{i}" r:id="r{i}"/>' for i, (name, _) in enumerate(sheets, 1))
    book = f'<workbook {MAIN} xmlns:r="{OFFICE}"><sheets>{named}</sheets></workbook>'
    places = enumerate((f"worksheets/sheet{index}.xml" for index in range(1, len(sheets) + 1)), 1)
    links = "".join(f'<Relationship Id="r{i}" Type="{OFFICE}/worksheet" Target="{place}"/>' for i, place in places)
    root = f'<Relationship Id="r1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
    kinds = f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>'
    parts |= {"[Content_Types].xml": kinds.encode(), "_rels/.rels": relations(root)}
    return packed({"xl/workbook.xml": book.encode(), "xl/_rels/workbook.xml.rels": relations(links), **parts, **more})


def sheet(rows: Sequence[Sequence[Cell]]) -> bytes:
    """A sheet's part: numbers as numbers, text in the cells themselves."""
    lines = []
    for number, row in enumerate(rows, 1):
        cells = "".join(_cell(f"{letters(index)}{number}", value) for index, value in enumerate(row, 1) if value is not None)
        lines.append(f'<row r="{number}">{cells}</row>')
    return f"<worksheet {MAIN}><sheetData>{''.join(lines)}</sheetData></worksheet>".encode()


def relations(links: str) -> bytes:
    return f'<Relationships xmlns="{PACKAGE}/relationships">{links}</Relationships>'.encode()


def packed(parts: Mapping[str, bytes]) -> bytes:
    """A ZIP file of those parts."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return file.getvalue()


def letters(column: int) -> str:
    """1 is A, 27 is AA."""
    found = ""
    while column:
        column, letter = divmod(column - 1, 26)
        found = chr(65 + letter) + found
    return found


def _cell(place: str, value: Cell) -> str:
    if isinstance(value, str):
        return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'
    return f'<c r="{place}"><v>{value!r}</v></c>'
