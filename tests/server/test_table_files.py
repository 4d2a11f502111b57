"""Files as people have them, before anything is known of their columns: how bytes become text and rows, what is refused."""

from __future__ import annotations

import gzip
import re
import struct
import tracemalloc
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from live_server import Live
from test_tables import post
from workbook_files import packed, sheet, workbook

from server.tables.limits import MAX_BYTES, TableError, TableLimitError
from server.tables.rows import read_table
from server.tables.training_data import describe

TEXT = "name,x,y\na,1.5,10\nb,2.5,20\nc,3.25,1000\nd,4.5,7\n"
DATA = [["name", "x", "y"], ["a", 1.5, 10], ["b", 2.5, 20], ["c", 3.25, 1000], ["d", 4.5, 7]]
SHEET = "xl/worksheets/sheet1.xml"
BOOK = workbook([("Data", DATA)])


def body_of(text: str | bytes) -> bytes:
    return text if isinstance(text, bytes) else text.encode()


# Text --------------------------------------------------------------------------------------------------------------------


ENCODED: dict[str, tuple[bytes, str]] = {
    "Windows-1252": ("€,y\n1,2\n".encode("cp1252"), "Windows-1252"),  # 0x80, a control character in Latin-1
    "UTF-16 with a mark": ("€,y\n1,2\n".encode("utf-16"), "UTF-16"),
    "UTF-16, the low byte first": ("€,y\n1,2\n".encode("utf-16-le"), "UTF-16"),
    "UTF-16, the high byte first": ("€,y\n1,2\n".encode("utf-16-be"), "UTF-16"),
    "the same with a mark": ("\ufeff€,y\n1,2\n".encode("utf-16-be"), "UTF-16"),
    "UTF-32": ("€,y\n1,2\n".encode("utf-32"), "UTF-32"),
    "packed": (gzip.compress("€,y\n1,2\n".encode()), "UTF-8"),
    "packed in two": (gzip.compress("€,y\n".encode()) + gzip.compress(b"1,2\n"), "UTF-8"),
}


@pytest.mark.parametrize("name", ENCODED)
def test_encodings(name: str) -> None:
    body, encoding = ENCODED[name]
    table = read_table(body)
    assert (table.encoding, table.names, table.rows) == (encoding, ("€", "y"), [(2, ["1", "2"])])


REFUSED: dict[str, tuple[bytes | str, str]] = {
    "bytes of no encoding": (TEXT.encode() + b"\x81,1,2\n", r"Line 6 holds a byte \(0x81\).*Save the file as UTF-8"),
    "UTF-8 with a line of another": ("ä".encode() + TEXT.encode() + b"\xe4,1,2\n", r"line 6 holds bytes that are not \(0xE4\)"),
    "gzip cut short": (gzip.compress(TEXT.encode())[:-9], "cut short"),
    "gzip damaged": (gzip.compress(TEXT.encode())[:12] + bytes(20), "damaged"),
    "packed twice": (gzip.compress(gzip.compress(TEXT.encode())), "packed twice"),
    "another ZIP file": (packed({"table.csv": TEXT.encode()}), "a ZIP file; unpack it first"),
    "OpenDocument": (packed({"mimetype": b"", "content.xml": b""}), "save the sheet as .xlsx or CSV"),
    "an old workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), "old Excel file"),
    "JSON": ('[{"a": 1, "b": 2},\n{"a": 3, "b": 4}]', "JSON.*save it as CSV"),
    "a page": (b"\n<!DOCTYPE html>\n<html>", "web page"),
    "one name too many": ("name,x, in cm,y\n" + TEXT.split("\n", 1)[1], "Line 1 has 4 names.*line 2 has 3.*holds a comma"),
    "numbers that the comma cuts": (
        "a,b\n" + "".join(f"{n},500,{n}.5\n" for n in range(1, 9)),
        "Line 1 has 2 names.*in quotation marks",
    ),
    "separators only": (b"; , | ;\n,,;\n", "empty"),
    "no sheet with a table": (workbook([("A", []), ("B", [["x"]])]), "No sheet of the workbook holds a table"),
    "a damaged workbook": (workbook([("A", DATA)])[:-300], "Save the sheet as CSV"),
    "a sheet that is no XML": (workbook([("A", DATA)], **{SHEET: b"<worksheet><sheetData><row"}), "CSV"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_is_refused_in_words(name: str) -> None:
    body, words = REFUSED[name]
    with pytest.raises(TableError, match=re.compile(words, re.DOTALL)):
        describe(body_of(body))


SAME: dict[str, tuple[str | bytes, int]] = {
    # the table of TEXT in other words, and the line of its first row
    "sep=": ("sep=,\n" + TEXT, 3),
    "quoted sep=": ('"sep=;"\r\n' + TEXT.replace(",", ";").replace("\n", "\r\n"), 3),
    "a title": ("Measurements of 2019, all\n\n" + TEXT, 4),
    "a title over separators": ("Measurements,,\nof 2019,,\n,,\n" + TEXT, 5),
    "a title of as many cells": ("Measurements, 2019, all\n" + TEXT, 3),
    "comments": ("# from: a, b, c\n#\n" + TEXT, 4),
    "names as a comment": ("# " + TEXT.replace(",", " "), 2),
    "comments below": (TEXT.replace("c,", "# half\n# half, of it\nc,") + "# end\n", 2),
    "blank lines": ("\n\n" + TEXT.replace("\n", "\n\n"), 5),
    "rows of nothing": (TEXT.replace("\n", "\n,,\n"), 3),
    "separators at the ends": (TEXT.replace("\n", ",\n"), 2),
    "two at the ends": (TEXT.replace("\n", ",,\n"), 2),
    "separators at the ends of some": (TEXT.replace("0\n", "0,\n"), 2),
    "separators at the ends of rows": ("name,x,y\n" + TEXT.split("\n", 1)[1].replace("\n", ",\n"), 2),
    "names parted otherwise": (TEXT.replace("name,x,y", "name;x;y"), 2),
    "columns of text": ("name    x     y\na     1.5    10\nb     2.5    20\nc    3.25  1000\nd     4.5     7\n", 2),
    "tabs and blanks": ("name\tx y\na\t1.5 10\nb\t2.5 20\nc  3.25\t1000 \nd 4.5 7\n", 2),
    "between pipes": (
        "| name | x | y |\n|:---|---:|---|\n" + "".join(f"| {line.replace(',', ' | ')} |\n" for line in TEXT.split()[1:]),
        3,
    ),
    "as a database prints": (
        " name | x | y \n------+---+---\n" + "".join(f" {line.replace(',', ' | ')}\n" for line in TEXT.split()[1:]),
        3,
    ),
    "blanks around marks": ("".join(f'"{line}" \n'.replace(",", '" , "') for line in TEXT.split()), 2),
    "a workbook": (workbook([("Data", DATA)]), 2),
    "a workbook by gzip": (gzip.compress(workbook([("Data", DATA)])), 2),
    "its second sheet": (workbook([("Notes", [["read me"]]), ("Data", [["Measurements"], [], *DATA])]), 4),
}


@pytest.mark.parametrize("name", SAME)
def test_one_table_in_other_words(name: str) -> None:
    body, first = SAME[name]
    table = read_table(body_of(body))
    expected = read_table(TEXT.encode())
    assert table.names == expected.names == ("name", "x", "y") and not table.faults
    assert [list(map(str.strip, cells)) for _, cells in table.rows] == [cells for _, cells in expected.rows]
    assert table.rows[0][0] == first


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (",x,y\na,1,2\nb,3,4\n", ("row", "x", "y")),
        ('"","x","y"\n"a","u","v"\n"b","w","z"\n', ("row", "x", "y")),
        ("x,y\na,1,2\nb,3,4\n", ("row", "x", "y")),  # as R's write.table leaves it
        (",row\n1,2\n3,4\n", ("row", "row (2)")),
    ],
)
def test_the_first_name_may_be_missing(text: str, names: tuple[str, ...]) -> None:
    table = read_table(text.encode())
    assert table.names == names and len(table.rows) == 2 and table.header


def test_where_blanks_part_cells_of_several_words() -> None:
    wide = (
        "city name       people   area\nNew York        8000    1.5\nLos Angeles     4000    2.5\nBonn             300    7.5\n"
    )
    table = read_table(wide.encode())
    assert table.names == ("city name", "people", "area") and [cells[0] for _, cells in table.rows] == [
        "New York",
        "Los Angeles",
        "Bonn",
    ]
    single = read_table(wide.replace("  ", " ").replace("  ", " ").replace("  ", " ").replace("city name", "city").encode())
    assert [(fault.line, fault.message) for fault in single.faults] == [
        (2, "4 cells where 3 are expected"),
        (3, "4 cells where 3 are expected"),
    ]


def test_cells_that_the_separator_cuts_are_told_with_what_would_do() -> None:
    found = describe(b"name,x,y\nSmith, Ann,1,2\nBo,3,4\nCy,5,6\nLee, Di,1,3\n")
    assert [entry["line"] for entry in found["damaged"]["messages"]] == [2, 5]
    told = (
        "2 rows with more cells than the table has columns, line 2 the first: a cell that holds a comma needs quotation marks."
    )
    assert list(found["notes"]) == [told]


def test_names_of_words_over_words_may_be_parted_otherwise() -> None:
    table = read_table(b"name;colour\nx,red\ny,blue\nz,red\n")
    assert table.names == ("name", "colour") and len(table.rows) == 3
    table = read_table(b"My table\nname,colour\nx,red\ny,blue\nz,red\n")  # a title of two words
    assert table.names == ("name", "colour") and len(table.rows) == 3


def test_a_damaged_row_makes_no_names_of_itself() -> None:
    table = read_table(b"1,2,u\nabout 3,4,v\n5,6,u\n7,8,v\n")
    assert not table.header and len(table.rows) == 4
    table = read_table(b"time,way\n[s],[m]\n1,2\n3,4\n5,7\n")  # units are no names
    assert table.names == ("time", "way") and len(table.rows) == 4


def test_marks_inside_cells_are_doubled_or_have_a_backslash() -> None:
    for mark in ('""', '\\"'):
        text = f'a,b,y\n"say {mark}x{mark}, ok",1,2\n"p{mark}q{mark}",2,3\n"a {mark}b{mark}\nc",3,5\n'
        table = read_table(text.encode())
        assert [cells[0] for _, cells in table.rows] == ['say "x", ok', 'p"q"', 'a "b"\nc'] and not table.faults
    assert read_table(b'a,b\n"C:\\new\\",1\n"D:\\",2\n').rows[0][1] == ["C:\\new\\", "1"]


def test_what_is_left_out_is_told_with_its_lines() -> None:
    notes = describe(("Sales\n\n" + TEXT.replace("c,", "# half\nc,") + ",,\n").encode())["notes"]
    assert list(notes) == [
        "Line 1 is left out, as above the table: “Sales”.",
        "Left out as comments: line 6.",
        "Left out: 1 row without a value.",
    ]
    assert describe(SAME["its second sheet"][0])["notes"][0] == "Read from the sheet “Data”, and not from “Notes”."  # type: ignore[arg-type]
    [told] = describe(body_of(SAME["names parted otherwise"][0]))["notes"]
    assert told == "The names in line 1 are separated by semicolons, the rows below by commas."


# Workbooks ---------------------------------------------------------------------------------------------------------------


STYLES = b"""<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">
<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="22"/></cellXfs></styleSheet>"""


def test_cells_of_a_workbook_are_as_a_program_would_write_them() -> None:
    rows = sheet([["day", "moment", "whole", "part"], [43835, 43835.5, 3, 0.1], [43836, 43836.25, 4, 1e20]])
    rows = re.sub(rb'r="A([23])"', rb'r="A\1" s="1"', re.sub(rb'r="B([23])"', rb'r="B\1" s="2"', rows))
    more = b'<row r="4"><c r="C4" t="b"><v>1</v></c><c r="D4" t="e"><v>#DIV/0!</v></c></row></sheetData>'
    table = read_table(workbook([("Data", [])], **{SHEET: rows.replace(b"</sheetData>", more), "xl/styles.xml": STYLES}))
    assert [cells for _, cells in table.rows] == [
        ["2020-01-05", "2020-01-05 12:00:00", "3", "0.1"],
        ["2020-01-06", "2020-01-06 06:00:00", "4", "1e+20"],
        ["", "", "true", ""],
    ]


@settings(deadline=None, max_examples=100)
@given(st.lists(st.tuples(st.integers(4, len(BOOK) - 1), st.integers(0, 255)), min_size=1, max_size=6))
def test_any_damage_to_a_workbook_is_answered(damage: list[tuple[int, int]]) -> None:
    body = bytearray(BOOK)
    for place, byte in damage:
        body[place] = byte
    try:
        describe(bytes(body))
    except TableError as refusal:
        assert str(refusal)


# Bombs -------------------------------------------------------------------------------------------------------------------


def peak(body: bytes) -> tuple[str, int]:
    """(the refusal's words, bytes that were taken at most)."""
    tracemalloc.start()
    try:
        with pytest.raises(TableError) as refusal:
            describe(body)
        return str(refusal.value), tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def lying(body: bytes, name: str, size: int) -> bytes:
    """A ZIP file that says of a part, of zeros, that it is so many bytes unpacked, with the checksum of as many."""
    changed = bytearray(body)
    for match in re.finditer(re.escape(name.encode()), body):
        central = body[match.start() - 46 : match.start() - 42] == b"PK\x01\x02"
        crc = match.start() - (30 if central else 16)
        struct.pack_into("<I", changed, crc, zlib.crc32(bytes(size)))
        struct.pack_into("<I", changed, crc + 8, size)
    return bytes(changed)


def test_a_bomb_is_refused_and_takes_no_memory() -> None:
    words, taken = peak(gzip.compress(b"1,2\n" * 15_000_000, 1))  # sixty megabytes
    assert "larger than 5 MB unpacked" in words and taken < 4 * MAX_BYTES
    words, taken = peak(workbook([("Data", DATA)], **{SHEET: bytes(70_000_000)}))
    assert "70.0 MB unpacked; at most 60.0 MB" in words and taken < 4 * MAX_BYTES
    words, taken = peak(lying(workbook([("Data", DATA)], **{SHEET: bytes(70_000_000)}), SHEET, 1000))
    assert "sheet" in words and taken < MAX_BYTES
    far = sheet(DATA).replace(b'r="C5"', b'r="XFD1048576"')
    words, taken = peak(workbook([("Data", DATA)], **{SHEET: far}))
    assert "1,048,576 rows × 16,384 columns" in words and "Delete the empty rows" in words and taken < 4 * MAX_BYTES


def test_workbooks_and_bombs_over_the_wire(live: Live) -> None:
    status, told = post(live, "/api/table", workbook([("Data", DATA)]))
    assert (
        status == 200 and told["delimiter"] == "sheet" and [column["kind"] for column in told["columns"]][1:] == ["number"] * 2
    )
    for bomb in (gzip.compress(b"1,2\n" * 2_000_000), workbook([("Data", DATA)], **{SHEET: bytes(70_000_000)})):
        status, told = post(live, "/api/table", bomb)
        assert status == 413 and told["code"] == "too_large" and "unpacked" in told["detail"]
    assert post(live, "/api/table", TEXT.encode())[0] == 200


def test_sizes_are_in_the_message_and_what_would_do() -> None:
    with pytest.raises(TableLimitError, match=r"30,000 rows × 2 columns = 60,000 cells; at most 20,000 rows.*[Ff]ewer rows"):
        read_table(b"a,b\n" + b"1,2\n" * 30_000)
    with pytest.raises(TableLimitError, match=r"1,500 columns; at most 1,024.*[Ff]ewer columns"):
        describe(b",".join(b"c%d" % n for n in range(1500)) + b"\n" + b",".join([b"1"] * 1500))
    with pytest.raises(TableLimitError, match="5 MB; fewer rows or fewer columns"):
        describe(b"1,2,3,4,5,6,7\n" * 400_000)
