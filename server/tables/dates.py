"""Dates: the order of day, month and year, decided by a whole column, and the numbers that can be made of a date."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

Order = Literal["ymd", "dmy", "mdy"]
Part = Literal["year", "month", "day", "weekday", "hour", "days"]

ORDERS: dict[Order, str] = {"ymd": "year, month, day", "dmy": "day, month, year", "mdy": "month, day, year"}
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
PARTS: dict[Part, str] = {
    "year": "year",
    "month": "month, 1 to 12",
    "day": "day of the month",
    "weekday": "weekday",
    "hour": "hour of the day",
    "days": "days since the first",
}
LOOKED_AT = 50
"""Cells that decide whether a column is looked at as one of dates at all."""
PIVOT = 69
"""Two digits from here on are a year of the twentieth century, as POSIX has it."""

_TIME = r"(?:[T ]\s*(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*([AaPp][Mm])?\s*(?:Z|[+-]\d{2}:?\d{2})?)?"
_YEAR_FIRST = re.compile(rf"(\d{{4}})([-/.])(\d{{1,2}})(?:\2(\d{{1,2}}))?{_TIME}")
_YEAR_LAST = re.compile(rf"(\d{{1,2}})([./-])(\d{{1,2}})\2(\d{{4}}|\d{{2}}){_TIME}")
_DAY_NAMED = re.compile(rf"(\d{{1,2}})(?:st|nd|rd|th)?[ .-]+([A-Za-z]{{3,9}})\.?,?[ -]+(\d{{4}}|\d{{2}}){_TIME}")
_MONTH_NAMED = re.compile(rf"([A-Za-z]{{3,9}})\.? +(\d{{1,2}})(?:st|nd|rd|th)?,? +(\d{{4}}){_TIME}")


@dataclass(frozen=True)
class Dates:
    """The dates of a column, None where a cell is none: in which `order` they were read, and in which others they could be.
    `decided`: by the column itself, in which some date is one in this order only."""

    order: Order
    others: tuple[Order, ...]
    decided: bool
    values: Mapping[str, datetime | None]
    example: str

    def summary(self) -> dict[str, Any] | None:
        """What a person is shown of how it was read, as of columns of numbers; None where it could be read in one way only."""
        if self.order == "ymd":
            return None
        told = _told(self.example, self.order)
        why = "as other dates of the column show" if self.decided else "nothing in the column says which one is the month"
        others = [_told(self.example, other) for other in self.others]
        return told | {"sure": self.decided, "why": why, "alternatives": others}


def _told(cell: str, order: Order) -> dict[str, Any]:
    date = _read(cell)[list(ORDERS).index(order)]
    value = written(date) if date is not None else None
    return {"name": order, "cell": cell, "value": value, "words": f"{cell} read as {_spelt(date)}"}


def _spelt(date: datetime | None) -> str:
    return "no date" if date is None else f"{date.day} {MONTHS[date.month - 1]} {date.year}"


def dates_of(cells: Sequence[str], share: float, order: str | None = None) -> Dates | None:
    """The dates in a column's filled cells, in `order` where one is asked for and possible; None where less than a `share` of
    the cells are dates, in whichever order."""
    looked_at = cells[:LOOKED_AT]
    if not cells or 2 * sum(any(_read(cell)) for cell in looked_at) <= len(looked_at):
        return None
    read = {cell: _read(cell) for cell in set(cells)}
    counts = dict.fromkeys(ORDERS, 0)
    strokes = 0
    for cell in cells:
        for name, value in zip(ORDERS, read[cell], strict=True):
            counts[name] += value is not None
        match = _YEAR_LAST.fullmatch(cell)
        strokes += 0 if match is None else 1 if match[2] == "/" else -1
    most = max(counts.values())
    if most < share * len(cells):
        return None
    # Where no day is above 12 either may be meant: with strokes the month is first, else the day, as it mostly is.
    likely = sorted(ORDERS, key=lambda name: (-counts[name], name != ("mdy" if strokes > 0 else "dmy")))
    if counts["ymd"] == most:
        likely = ["ymd"]  # the others read what says its month by name, or begins with the year, the same way
    else:
        likely = [name for name in likely if counts[name] >= share * len(cells)]
    chosen = next((name for name in likely if name == order), likely[0])
    places = {name: place for place, name in enumerate(ORDERS)}
    others = tuple(name for name in likely if name != chosen)
    differing = (cell for cell in cells if len({read[cell][places[name]] for name in likely}) > 1)
    sure = all(counts[name] < most for name in likely[1:])
    example = next(differing, next(cell for cell in cells if read[cell][places[chosen]] is not None))
    return Dates(chosen, others, sure, {cell: dates[places[chosen]] for cell, dates in read.items()}, example)


def _read(cell: str) -> tuple[datetime | None, datetime | None, datetime | None]:
    """A cell as a date with the year first, the day first, the month first. One that says its month by name, or begins with a
    year of four digits, is the same in each."""
    if match := _YEAR_FIRST.fullmatch(cell):
        year, _, month, day, *time = match.groups()
        if day is None and match[2] != "-":
            return None, None, None  # 2019/20 is no month
        date = _made(int(year), int(month), int(day or 1), time)
        return date, date, date
    if match := _YEAR_LAST.fullmatch(cell):
        first, mark, second, year, *time = match.groups()
        whole = _year(year)
        month_first = None if mark == "." else _made(whole, int(first), int(second), time)
        return None, _made(whole, int(second), int(first), time), month_first
    if match := _DAY_NAMED.fullmatch(cell) or _MONTH_NAMED.fullmatch(cell):
        one, two, year, *time = match.groups()
        day, name = (one, two) if one.isdigit() else (two, one)
        short = name[:3].title()
        date = _made(_year(year), MONTHS.index(short) + 1, int(day), time) if short in MONTHS else None
        return date, date, date
    return None, None, None


def _year(digits: str) -> int:
    year = int(digits)
    return year if len(digits) == 4 else year + (1900 if year >= PIVOT else 2000)


def _made(year: int, month: int, day: int, time: Sequence[str | None]) -> datetime | None:
    hour, minute, second, half = time
    hours = int(hour or 0)
    if half:
        hours = hours % 12 + 12 * (half.lower() == "pm") if 1 <= hours <= 12 else 99
    try:
        return datetime(year, month, day, hours, int(minute or 0), int(second or 0))
    except ValueError:
        return None


def written(date: datetime) -> str:
    """As ISO 8601 has it, the time of day where there is one: texts in the order of the dates."""
    return date.isoformat(sep=" ") if date.time() != datetime.min.time() else date.date().isoformat()


def parts_of(dates: Iterable[str]) -> tuple[Part, ...]:
    """What can be made of these dates, as `written`: what is the same in all of them is left out."""
    read = [datetime.fromisoformat(text) for text in dates]
    values = {part: {number(date, part, datetime.min) for date in read} for part in PARTS}
    return tuple(part for part in PARTS if len(values[part]) > 1)


def number(date: datetime, part: Part, first: datetime) -> float:
    """A part of a date; weekdays are counted from Monday, 0, days from the column's first date, with the time as a fraction."""
    return _NUMBERS[part](date, first)


_NUMBERS: dict[Part, Callable[[datetime, datetime], float]] = {
    "year": lambda date, _: float(date.year),
    "month": lambda date, _: float(date.month),
    "day": lambda date, _: float(date.day),
    "weekday": lambda date, _: float(date.weekday()),
    "hour": lambda date, _: date.hour + date.minute / 60 + date.second / 3600,
    "days": lambda date, first: (date - first).total_seconds() / 86400,
}
