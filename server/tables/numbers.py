"""What the numbers of a table are: how the marks in them are meant is decided by all cells of a column, else by the other
columns of the file, else by what is likelier, which is told; and may be chosen."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any, Literal

from server.tables.limits import TableError
from server.tables.number_forms import SCALES, Form, Mark, form_of, shapes_of

Wrong = Literal["missing", "text", "non_finite"]
SHARE = 0.8
"""Of a column's filled cells that are numbers, from which on the others are damage."""
MISSING = frozenset(
    {
        "",
        ".",
        "..",
        "…",
        ":",
        "?",
        "-",
        "–",
        "—",
        "na",
        "n/a",
        "n.a.",
        "#n/a",
        "<na>",
        "nan",
        "null",
        "none",
        "missing",
        "#ref!",
    }
)
INFINITE = frozenset({"inf", "infinity", "-inf", "-infinity", "+inf", "+infinity", "#div/0!"})
LONGEST_WORD = 12
"""Characters of those."""
NAMES: dict[Mark, str] = {".": "point", ",": "comma"}
OTHERS: dict[Mark, Mark] = {".": ",", ",": "."}
MARKS = tuple(OTHERS)
FRACTION = "_fraction"
"""Ends the name of a reading that makes a share of percents: 40% is 0.4."""
PERCENT = {"%": -2, "‰": -3}
THREE_PLACES = re.compile(r"[+-]?[1-9][0-9]{0,2}\.[0-9]{3}")
"""A number as programs write it, which may be one with a grouping mark, too."""


@dataclass(frozen=True)
class Reading:
    """How a column's cells become numbers. `name`: the decimal mark, and whether percents become shares; `cell`: an example,
    `value`: what comes of it; `sure`: whether a cell of the file says so; `why`: what it rests on, in words; `others`: names
    of what may be chosen instead, with what the example is then."""

    name: str
    cell: str
    value: float
    sure: bool
    why: str
    others: dict[str, float]

    def summary(self) -> dict[str, Any]:
        """What a person is shown of it."""
        others = [{"name": name, "value": value, "words": in_words(self.cell, value)} for name, value in self.others.items()]
        told = {"name": self.name, "cell": self.cell, "value": self.value, "words": in_words(self.cell, self.value)}
        return told | {"sure": self.sure, "why": self.why, "alternatives": others}


@dataclass(frozen=True)
class Numbers:
    """A column of numbers: None where there is none, `wrong` says why. `reading`: None where nothing is to be told of it."""

    values: list[float | None]
    wrong: dict[int, Wrong]
    decimal: Mark | None
    mark: Mark
    unit: str
    reading: Reading | None

    def misfit(self, cell: str) -> str:
        """Why a cell is none of its numbers, in words that follow the cell."""
        form = form_of(shapes_of([cell])[0])
        if form is None:
            return "is not a number"
        if form.unit and form.unit != self.unit:
            return f"where the others are in {self.unit}" if self.unit else "where the others have no unit"
        if form.reads(self.mark):
            return f"without {self.unit} where the others have it"
        return f"where the others have a decimal {NAMES[self.mark]}"


def numbers_of(
    names: Sequence[str], columns: Sequence[Sequence[str]], separator: str, chosen: Mapping[int, str] | None = None
) -> list[Numbers | None]:
    """Of each column (stripped cells) its numbers; None where it is not made of any. `chosen`: names of readings, by column.
    TableError where one cannot be."""
    surveys = [_plain(cells) or _Survey(cells) for cells in columns]
    votes = Counter(survey.vote for survey in surveys if survey.vote is not None)
    common: Mark | None = None
    if votes["."] != votes[","]:
        common = "." if votes["."] > votes[","] else ","
    chosen = chosen or {}
    for index in chosen:
        if not 0 <= index < len(columns):
            raise TableError(f"There is no column {index + 1} to read in another way; the table has {len(columns)}.")
    why = ""
    if common is not None:
        name, survey = next((name, survey) for name, survey in zip(names, surveys, strict=True) if survey.vote == common)
        why = f"as “{survey.witness()}” in {name} shows"
    found = []
    for index, survey in enumerate(surveys):
        found.append(survey.numbers(names[index], common, why, separator, chosen.get(index)))
    return found


def chosen_readings(texts: Sequence[str]) -> dict[int, str]:
    """Choices written as `<column>:<name of its reading>`, columns counted from 0. TableError for what is none."""
    found = {}
    for text in texts:
        column, _, name = text.partition(":")
        if not re.fullmatch("[0-9]{1,6}", column) or not name:
            raise TableError(f"“{text[:40]}” is no reading of a column: it is written as 2:comma, columns counted from 0.")
        found[int(column)] = name
    return found


def in_words(cell: str, value: float) -> str:
    """What became of a cell."""
    return f"{cell} read as {int(value) if value.is_integer() and abs(value) < 1e15 else f'{value:.12g}'}"


def _plain(cells: Sequence[str]) -> _Plain | None:
    """A column as programs write it, in one go; None where it takes a closer look."""
    joined = "".join(cells)
    if "_" in joined or not joined.isascii():
        return None
    try:
        numbers = [float(cell or "nan") for cell in cells]
    except ValueError:
        return None
    if any(cell[:1] == "0" and cell[1:2].isdecimal() for cell in cells):
        return None
    wrong: dict[int, Wrong] = {row: "missing" for row, cell in enumerate(cells) if not cell}
    if sum(map(isfinite, numbers)) != len(cells) - len(wrong) or len(wrong) == len(cells):
        return None
    if "." in joined and all(THREE_PLACES.fullmatch(cell) for cell in cells if "." in cell):
        return None
    values: list[float | None] = [*numbers]
    for row in wrong:
        values[row] = None
    return _Plain(cells, values, wrong, "." if "." in joined else None)


class _Plain:
    """A column about which nothing is to be decided."""

    def __init__(self, cells: Sequence[str], values: list[float | None], wrong: dict[int, Wrong], vote: Mark | None) -> None:
        self._cells, self._values, self._wrong, self.vote = cells, values, wrong, vote

    def witness(self) -> str:
        """A cell that shows which mark is decimal."""
        return next(cell for cell in self._cells if "." in cell and not THREE_PLACES.fullmatch(cell))

    def numbers(self, name: str, common: Mark | None, why: str, separator: str, chosen: str | None) -> Numbers:
        if chosen not in (None, "point"):
            raise _impossible(name, chosen, ["point"])
        return Numbers(self._values, self._wrong, self.vote, ".", "", None)


def _shapes(cells: Sequence[str]) -> list[str]:
    different = list(set(cells))
    if 4 * len(different) > len(cells):
        return shapes_of(cells)
    shapes = dict(zip(different, shapes_of(different), strict=True))
    return [shapes[cell] for cell in cells]


class _Survey:
    """A column looked at cell by cell. `vote`: the decimal mark, where its cells leave no doubt."""

    def __init__(self, cells: Sequence[str]) -> None:
        self._cells = cells
        self._shapes = _shapes(cells)
        self._counts = Counter(self._shapes)
        self._wrong: dict[str, Wrong] = {}
        self._forms: dict[str, Form] = {}
        for shape in self._counts:
            word = shape.lower() if len(shape) <= LONGEST_WORD else shape
            if word in MISSING:
                self._wrong[shape] = "missing"
            elif word in INFINITE:
                self._wrong[shape] = "non_finite"
            elif (form := form_of(shape)) is not None:
                self._forms[shape] = form
        self._filled = len(cells) - self._sum(self._wrong)
        self._unit, bare = self._units()
        fits = {s: f for s, f in self._forms.items() if f.unit == self._unit or (bare and not f.unit)}
        self._read: dict[Mark, dict[str, Form]] = {mark: {} for mark in MARKS}
        if self._enough(fits):
            self._read = {mark: {s: f for s, f in fits.items() if f.reads(mark)} for mark in MARKS}
        point, comma = (self._sum(self._read[mark].keys() - self._read[other].keys()) for mark, other in OTHERS.items())
        self.vote: Mark | None = "," if comma > point else "." if point else None

    def witness(self) -> str:
        """A cell that shows which mark is decimal."""
        assert self.vote is not None
        return self._first(self._read[self.vote].keys() - self._read[OTHERS[self.vote]].keys())

    def numbers(self, name: str, common: Mark | None, why: str, separator: str, chosen: str | None) -> Numbers | None:
        possible = self._possible()
        if chosen is not None and chosen not in possible:
            raise _impossible(name, chosen, possible)
        if not possible:
            return None
        mark, sure, why = self._decided(common, why, separator)
        usual = NAMES[mark] + (FRACTION if self._unit in PERCENT else "")
        if usual not in possible:  # too few of its cells are numbers then
            usual = possible[0]
        reading = chosen or usual
        mark, shift = self._meaning(reading)
        read = self._read[mark]
        wrong: dict[int, Wrong] = {row: self._wrong.get(s, "text") for row, s in enumerate(self._shapes) if s not in read}
        values: list[float | None] = [None] * len(self._cells)
        readers = {shape: form.reader(mark, shift) for shape, form in read.items()}
        for row, (cell, shape) in enumerate(zip(self._cells, self._shapes, strict=True)):
            if shape in readers:
                value = readers[shape](cell)
                if isfinite(value):
                    values[row] = value
                else:
                    wrong[row] = "non_finite"
        decimal = mark if any(mark in form.digits for form in read.values()) else None
        told = self._told(
            reading, [other for other in possible if other != reading], sure or bool(chosen), "as chosen" if chosen else why
        )
        return Numbers(values, wrong, decimal, mark, self._unit, told)

    def _units(self) -> tuple[str, bool]:
        """What most cells are counted in, and whether those without a unit are taken to be, too."""
        units: Counter[str] = Counter()
        for shape, form in self._forms.items():
            units[form.unit] += self._counts[shape]
        bare = units.pop("", 0)
        if not units:
            return "", True
        unit, count = units.most_common(1)[0]
        if not bare:
            return unit, True
        if unit in PERCENT or unit.lower() in SCALES:
            return (unit, False) if count > bare else ("", True)
        return (unit, True) if len(units) == 1 or count > bare else ("", True)

    def _sum(self, shapes: Iterable[str]) -> int:
        return sum(self._counts[shape] for shape in shapes)

    def _enough(self, shapes: Iterable[str]) -> bool:
        return self._filled > 0 and self._sum(shapes) >= SHARE * self._filled

    def _first(self, shapes: Collection[str]) -> str:
        return next(cell for cell, shape in zip(self._cells, self._shapes, strict=True) if shape in shapes)

    def _possible(self) -> list[str]:
        """Names of the readings that make numbers of most cells."""
        names = [NAMES[mark] for mark, read in self._read.items() if self._enough(read)]
        if not names and any(self._read.values()):  # marks of both kinds; those of the fewer are damage
            names = [NAMES[self.vote or "."]]
        return [name + end for name in names for end in ((FRACTION, "") if self._unit in PERCENT else ("",))]

    def _meaning(self, reading: str) -> tuple[Mark, int]:
        """(decimal mark, by which power of ten to multiply) of a reading."""
        mark: Mark = "," if reading.startswith(NAMES[","]) else "."
        return mark, PERCENT[self._unit] if reading.endswith(FRACTION) else 0

    def _decided(self, common: Mark | None, why: str, separator: str) -> tuple[Mark, bool, str]:
        """(decimal mark, whether a cell of the file says so, why)."""
        if self.vote is not None:
            return self.vote, True, "as cells of the column show"
        doubtful = self._doubtful()
        if not doubtful:
            return ".", True, ""
        if common is not None:
            return common, True, why
        commas = self._sum(shape for shape in doubtful if "," in shape)
        written: Mark = "," if 2 * commas > self._sum(doubtful) else "."
        whole = [len(form.digits) for form in self._read["."].values() if form.digits.isdecimal()]
        if any(digits > 3 for digits in whole):
            return written, True, "as the column has thousands without a mark, too"
        if whole and (written == "," or separator == "semicolon"):
            return OTHERS[written], False, "it looks like thousands: all that is smaller has no mark"
        meaning = "the comma" if written == "," else "the point"
        why = f"nothing in the file says whether {meaning} groups thousands or is decimal"
        return ("," if written == "," and separator == "semicolon" else "."), False, why

    def _doubtful(self) -> set[str]:
        return {shape for shape, form in self._read["."].items() if form.doubtful}

    def _told(self, reading: str, others: Sequence[str], sure: bool, why: str) -> Reading | None:
        mark, shift = self._meaning(reading)
        read = self._read[mark]
        unplain = {shape for shape, form in read.items() if not form.plain or (mark == "," and "." in form.digits)}
        if sure and not unplain and why != "as chosen":
            return None
        shapes = (self._doubtful() & read.keys()) or unplain or read.keys()
        cell = self._first(shapes)
        form = read[shapes_of([cell])[0]]
        value = form.value(cell, mark, shift)
        told: dict[str, float] = {}
        for other in others:
            other_mark, other_shift = self._meaning(other)
            differs = form.value(cell, other_mark, other_shift) if form.reads(other_mark) else value
            if differs != value and differs not in told.values():
                told[other] = differs
        return Reading(reading, cell, value, sure, why, told)


def _impossible(name: str, reading: str | None, possible: Sequence[str]) -> TableError:
    which = f"possible are: {', '.join(possible)}" if possible else "it is no column of numbers"
    return TableError(f"{name} cannot be read as “{reading}”; {which}.")
