"""JSON of millions of numbers a piece at a time: what is long the interpreter reads and writes in a single go, and no other
thread has a turn meanwhile."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from pydantic_core import from_json

BRIEF = 100_000
"""Characters of a text that is soon read."""
NUMBERS, ENTRIES, CHARACTERS = 20_000, 256, 150_000
"""A piece: so many numbers, so many of what else a list holds, so many characters that are read."""
LONG = re.compile(r":\s*(\[[-+.,eE\d\s\[\]]{40000,}\])")
"""A field that is a list of numbers, or of lists of them, and nothing else."""
BETWEEN_ROWS = re.compile(r"\]\s*,\s*\[")
MARK = "\ue000"
"""Stands for one while the rest is read …"""
MARKS = (MARK, "\\ue000", "\\uE000")
"""… of a text that has none of its own, however written."""


def written(data: Any) -> str:
    """Compact JSON of plain data; ValueError where a number is not finite."""
    return "".join(pieces(data))


def pieces(data: Any) -> Iterator[str]:
    """The same, as it is written."""
    if isinstance(data, dict) and data:
        for number, (key, value) in enumerate(data.items()):
            yield f"{',' if number else '{'}{_text(key)}:"
            yield from pieces(value)
        yield "}"
    elif isinstance(data, list | tuple) and data:
        yield from _entries(data)
    else:
        yield _text(data)


def _entries(data: list[Any] | tuple[Any, ...]) -> Iterator[str]:
    from engine.parts import give_way  # here, so that the server answers before the engine is imported

    some = NUMBERS
    if isinstance(data[0], list | tuple):
        some = max(1, NUMBERS // max(1, len(data[0])))
    elif not isinstance(data[0], int | float):
        some = ENTRIES
    for first in range(0, len(data), some):
        yield ("," if first else "[") + _text(data[first : first + some])[1:-1]
        give_way()
    yield "]"


def _text(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def read(text: str) -> Any:
    """What JSON says; ValueError where it is none."""
    if len(text) < BRIEF or any(mark in text for mark in MARKS):
        return _read(text)
    try:
        lists: list[list[Any]] = []
        brief = LONG.sub(lambda found: f':"{MARK}{_put(found[1], lists)}"', text)
        return _with_lists(_read(brief), lists)
    except (ValueError, LookupError):  # it is none, or what looks like a field lies within a text
        return _read(text)


def _read(text: str) -> Any:
    return from_json(text, allow_inf_nan=False)


def _put(text: str, lists: list[list[Any]]) -> int:
    """Read a list; its place."""
    from engine.parts import give_way

    found: list[Any] = []
    rows, first, end = text[1:].lstrip().startswith("["), 1, len(text) - 1
    while first < end:
        last = end
        if first + CHARACTERS < end:
            between = BETWEEN_ROWS.search(text, first + CHARACTERS) if rows else None
            comma = -1 if rows else text.find(",", first + CHARACTERS)
            last = between.start() + 1 if between is not None else comma if comma >= 0 else end
        found += _read(f"[{text[first:last]}]")
        first = end if last == end else text.index(",", last) + 1
        give_way()
    lists.append(found)
    return len(lists) - 1


def _with_lists(data: Any, lists: list[list[Any]]) -> Any:
    """The data with each list in its place."""
    if isinstance(data, str) and data.startswith(MARK):
        return lists[int(data.removeprefix(MARK))]
    if isinstance(data, dict):
        return {key: _with_lists(value, lists) for key, value in data.items()}
    if isinstance(data, list) and data and isinstance(data[0], dict | list):
        return [_with_lists(value, lists) for value in data]
    return data
