"""Bytes of a file -> text: UTF-8, UTF-16, Windows-1252, packed by gzip or not; what is no text is refused in words."""

from __future__ import annotations

import codecs
import re
import zlib

from server.tables.limits import Bounds, TableError

GZIP = b"\x1f\x8b"
ZIP = b"PK\x03\x04"
ADVICE = "save it as CSV or .xlsx"
SIGNATURES = {
    b"PK\x05\x06": "an empty ZIP file",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": f"an old Excel file (.xls) or one with a password; {ADVICE} without a password",
    b"%PDF": f"a PDF; {ADVICE} where the table comes from",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"BZh": "packed by bzip2; unpack it first",
    b"\xfd7zXZ\0": "packed by xz; unpack it first",
    b"\x28\xb5\x2f\xfd": "packed by zstd; unpack it first",
    b"7z\xbc\xaf": "packed by 7-Zip; unpack it first",
    b"Rar!": "packed by RAR; unpack it first",
    b"PAR1": f"Parquet; {ADVICE}",
    b"ARROW1": f"Arrow; {ADVICE}",
    b"SQLite format 3": "a database; export the table as CSV",
    b"\x89HDF": f"HDF5; {ADVICE}",
    b"\x93NUMPY": f"an array of NumPy's; {ADVICE}",
    GZIP: "packed twice; unpack it first",
}
MARKS = (
    (codecs.BOM_UTF8, "utf-8", "UTF-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32-be", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "UTF-16"),
)
"""What a file may begin with to say what it is in; UTF-32's before UTF-16's, which it begins with."""
CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\v\f\r")
SAMPLE = 20_000
"""Bytes in which zeros are counted."""
PAGES = (b"<!doctype html", b"<html", b"<?xml")
JSON = re.compile(rb'\s*(?:\[\s*[\[{]|\{\s*")')


def unpacked(body: bytes, bounds: Bounds) -> bytes:
    """What gzip packed, no more of it than a file may hold; what it did not pack, as it is."""
    if not body.startswith(GZIP):
        return body
    whole = bytearray()
    while body.startswith(GZIP):  # one after another, as `cat a.gz b.gz` leaves them
        member = zlib.decompressobj(wbits=31)
        try:
            whole += member.decompress(body, bounds.bytes + 1 - len(whole))
        except zlib.error:
            raise TableError("The file is packed by gzip and damaged: it cannot be unpacked. Send it again.") from None
        bounds.check_bytes(len(whole), "unpacked")
        if not member.eof:
            raise TableError("The file is packed by gzip and was cut short: its end is missing. Send it again.")
        body = member.unused_data
    return bytes(whole)


def decoded(body: bytes) -> tuple[str, str]:
    """(text, the encoding's name); TableError where it is none."""
    for signature, kind in SIGNATURES.items():
        if body.startswith(signature):
            raise TableError(f"The file is not a table in text form: it is {kind}.")
    if body[:100].lstrip().lower().startswith(PAGES):
        raise TableError("The file is a web page or XML, not a table: download the table itself, or save it as CSV.")
    if JSON.match(body, 0, 200):
        raise TableError("The file is JSON, not a table of rows: save it as CSV.")
    for mark, codec, name in MARKS:
        if body.startswith(mark):
            return _marked(body[len(mark) :], codec, name), name
    unmarked = _unmarked_utf16(body)
    if unmarked is not None:
        return _marked(body, unmarked, "UTF-16"), "UTF-16"
    _check(body)
    try:
        return body.decode("utf-8"), "UTF-8"
    except UnicodeDecodeError as error:
        if not body[: error.start].isascii():
            where = f"line {_line(body, error.start)} holds bytes that are not (0x{body[error.start]:02X})"
            words = f"The file is UTF-8 text, but {where}. Repair that line, or save the file as UTF-8."
            raise TableError(words) from None
    try:
        return body.decode("cp1252"), "Windows-1252"
    except UnicodeDecodeError as error:
        what = f"a byte (0x{body[error.start]:02X}) that is text neither in UTF-8, UTF-16 nor Windows-1252"
        raise TableError(f"Line {_line(body, error.start)} holds {what}. Save the file as UTF-8.") from None


def _marked(body: bytes, codec: str, name: str) -> str:
    try:
        text = body.decode(codec)
        _check(text.encode())
        return text
    except UnicodeDecodeError as error:
        line = _line(body, error.start)
        raise TableError(f"The file says that it is {name} text, but it is damaged or cut short at line {line}.") from None


def _unmarked_utf16(body: bytes) -> str | None:
    """The codec of UTF-16 text that does not say so: separators, digits and line ends have a zero on one side."""
    sample = body[: SAMPLE // 2 * 2]
    sides = sample[0::2].count(0), sample[1::2].count(0)
    for codec, zeros, others in (("utf-16-be", *sides), ("utf-16-le", *sides[::-1])):
        if zeros >= max(4, len(sample) // 20) and others <= zeros // 20:
            return codec
    return None


def _check(body: bytes) -> None:
    """Whether it is text, in whatever encoding is like ASCII."""
    controls = len(body) - len(body.translate(None, CONTROLS))
    if b"\0" in body or controls > len(body) / 100:
        raise TableError("The file is not text: it holds control characters. A CSV, TSV or .xlsx file is needed.")


def _line(body: bytes, position: int) -> int:
    before = body[:position]
    return 1 + max(before.count(b"\n"), before.count(b"\r"))
