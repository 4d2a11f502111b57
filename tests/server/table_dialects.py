"""Writes one table as many people would: separators, decimal marks, thousands, encodings, quotation marks, other lines."""

from __future__ import annotations

import gzip
import itertools
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields

Value = float | str | None
SEPARATORS = (",", ";", "\t", "|", " ")
MARKS = ((".", ""), (".", ","), (".", "'"), (".", " "), (",", ""), (",", "."), (",", "\u00a0"), (",", "\u202f"))
"""(decimal mark, what groups thousands)."""
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252")
QUOTING = ("where needed", "always", "blank before", "blank after", "backslash")
JUNK = (
    "nothing",
    "sep line",
    "title",
    "title with separators",
    "comments",
    "blank lines",
    "rows of nothing",
    "trailing separators",
)
ENDS = ("\n", "\r\n", "\r")
STYLES = ("plain", "$", "€", "%", "kg", "minus sign", "parentheses")


@dataclass(frozen=True)
class Dialect:
    separator: str = ","
    marks: tuple[str, str] = (".", "")
    encoding: str = "utf-8"
    quoting: str = "where needed"
    junk: str = "nothing"
    end: str = "\n"
    style: str = "plain"
    by_gzip: bool = False


CHOICES: dict[str, Sequence[object]] = {
    "separator": SEPARATORS,
    "marks": MARKS,
    "encoding": ENCODINGS,
    "quoting": QUOTING,
    "junk": JUNK,
    "end": ENDS,
    "style": STYLES,
    "by_gzip": (False, True),
}
assert list(CHOICES) == [field.name for field in fields(Dialect)]


def any_dialect(source: random.Random) -> Dialect:
    return Dialect(**{name: source.choice(values) for name, values in CHOICES.items()})  # type: ignore[arg-type]


def all_dialects() -> Iterator[Dialect]:
    """Every way to part and write numbers, in every encoding, with every way to quote and every junk; line ends and styles in
    turn."""
    turns = zip(itertools.cycle(ENDS), itertools.cycle(STYLES), itertools.cycle((False, True, False, False)))
    for separator, marks, encoding, quoting, junk in itertools.product(SEPARATORS, MARKS, ENCODINGS, QUOTING, JUNK):
        end, style, packed = next(turns)
        yield Dialect(separator, marks, encoding, quoting, junk, end, style, packed)


def written(names: Sequence[str], rows: Sequence[Sequence[Value]], dialect: Dialect) -> tuple[bytes, list[int]]:
    """(the file, the line of each row)."""
    lines: list[str] = []
    places: list[int] = []
    closing = dialect.separator if dialect.junk == "trailing separators" and dialect.separator != " " else ""

    def add(cells: Sequence[str]) -> None:
        lines.append(_joined(cells, dialect) + closing)

    if dialect.junk == "sep line":
        lines.append(f"sep={dialect.separator}")
    elif dialect.junk == "title":
        lines += ["Measurements", ""]
    elif dialect.junk == "title with separators" and dialect.separator != " ":
        lines.append("Measurements" + dialect.separator * (len(names) - 1))
    elif dialect.junk == "comments":
        lines += ['# from "somewhere', f"# licence{dialect.separator} CC0"]
    add(names)
    for index, row in enumerate(rows):
        if dialect.junk == "blank lines" and index % 3 == 1:
            lines += ["", "  "]
        if dialect.junk == "rows of nothing" and index % 3 == 1 and dialect.separator != " ":
            lines.append(dialect.separator * (len(names) - 1))
        places.append(len(lines) + 1)
        add([_cell(value, dialect) for value in row])
    text = dialect.end.join([*lines, ""])
    body = text.encode(dialect.encoding)
    return (gzip.compress(body) if dialect.by_gzip else body), places


def _cell(value: Value, dialect: Dialect) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    decimal, group = dialect.marks
    if dialect.encoding == "cp1252":
        group = group.replace("\u202f", "\u00a0")
    shown = f"{abs(value) * 100:,.1f}" if dialect.style == "%" else f"{abs(value):,.2f}"
    number = shown.translate({ord(","): group, ord("."): decimal})
    if dialect.style == "parentheses" and value < 0:
        return f"({number})"
    minus = "\u2212" if dialect.style == "minus sign" and dialect.encoding != "cp1252" else "-"
    sign = minus if value < 0 else ""
    before = "$" if dialect.style == "$" else ""
    after = {"€": " €", "%": "%", "kg": " kg"}.get(dialect.style, "")
    return f"{sign}{before}{number}{after}"


def _joined(cells: Sequence[str], dialect: Dialect) -> str:
    quote = '\\"' if dialect.quoting == "backslash" else '""'
    always = dialect.quoting != "where needed"
    found = []
    for cell in cells:
        special = any(character in cell for character in f'{dialect.separator}"\n\r') or cell != cell.strip()
        blank = dialect.separator == " " and (not cell or any(character.isspace() for character in cell))
        mark = always or special or blank
        found.append('"' + cell.replace('"', quote) + '"' if mark else cell)
    between = {"blank before": dialect.separator + " ", "blank after": f" {dialect.separator}"}
    return between.get(dialect.quoting, dialect.separator).join(found)
