"""How much a message may hold, looked at before anything is made of it: a refusal is told of the first thing that is too much,
and costs no more than reading up to there. Long messages are read by this in the process that reads (`server.reading`)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import pydantic_core

from server.settings import Settings

Id = str | int | None
Path = tuple[str | int, ...]

LONGEST_ID = 200
"""Characters of an id that is echoed; `server.protocol.base` allows as many."""
SCRIPT = "script"
"""The one field of a command that may hold JSON as text."""
TEXT = "text"
"""The one that may be long, as long as its command says."""
LONGEST_TEXT = 10_000
LONGEST_NAME = 200
MOST_FIELDS = 100
MOST_ENTRIES = 20_000
"""Entries of a list that has no bound of its own."""
VALUES_OF_EDIT = 50
"""Texts, lists, objects and entries, for each edit that a message may hold; the numbers of own data aside."""
DEEPEST = 200
"""Levels of nesting that JSON is read to, by pydantic_core."""
MOST_CLASSES = 64
SPLITS = ("train", "validation", "test")
NUMBERS = frozenset(f"{split}_{axis}" for split in SPLITS for axis in "xy")
"""Fields of own data that hold numbers alone, and as many of them as there is room for."""
SCANNED = 200_000
"""Characters of a message that is no JSON in which the field at fault is looked for."""
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+"|[\[\]{}:,]')
_ID_FIRST = re.compile(r'\s*\{\s*(?:"type"\s*:\s*"\w{0,64}"\s*,\s*)?"id"\s*:\s*("(?:[^"\\]){0,200}"|-?\d{1,16})\s*[,}]')
_ID_LAST = re.compile(r',\s*"id"\s*:\s*("(?:[^"\\]){0,200}"|-?\d{1,16})\s*\}\s*$')


class Refusal(NamedTuple):
    """Why a message is not obeyed; `limit` names the setting that it is beyond."""

    code: str
    message: str
    field: str | None = None
    allowed: str | None = None
    id: Id = None
    limit: str | None = None


@dataclass(frozen=True)
class Bounds:
    """`long`: the commands that may be as long as `inline` allows, the others no longer than `message`, in bytes; `lists`: of a
    list by its name the most entries, and the setting that says so; ``name[]`` for the lists within it; `values`: of all."""

    message: int
    inline: int
    long: frozenset[str]
    lists: Mapping[str, tuple[int, str | None]]
    values: int


def bounds_of(settings: Settings, long: frozenset[str]) -> Bounds:
    samples, columns = (settings.max_samples, "max_samples"), (settings.max_table_columns, "max_table_columns")
    lists: dict[str, tuple[int, str | None]] = {
        "layers": (settings.max_layers, "max_layers"),
        "edits": (settings.max_history, "max_history"),
        "retunes": (settings.max_history, "max_history"),
        "lanes": (settings.max_lanes, "max_lanes"),
        "columns": columns,
        "classes": (MOST_CLASSES, None),
    }
    for name in NUMBERS:
        lists |= {name: samples, f"{name}[]": columns}
    return Bounds(settings.max_message_bytes, settings.max_inline_bytes, long, lists, VALUES_OF_EDIT * settings.max_history)


def judge(text: str, bounds: Bounds) -> Refusal | None:
    """What is wrong with a message, as far as its amount goes; None where it may be obeyed."""
    return read(text, bounds)[0]


def read(text: str, bounds: Bounds) -> tuple[Refusal | None, Any]:
    """The same, and the message as data where there is nothing wrong with it."""
    size = len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))
    try:
        raw = from_json(text)
    except ValueError as error:
        if size > bounds.inline:
            return _too_long(bounds.inline, id_at_an_end(text), None), None
        return _no_json(text, error, id_at_an_end(text), ()), None
    if not isinstance(raw, dict):
        return Refusal("malformed", "A command is a JSON object"), None
    id, kind = id_of(raw), raw.get("type")
    most = bounds.inline if isinstance(kind, str) and kind in bounds.long else bounds.message
    if size > most:
        return _too_long(most, id, dotted(heaviest(raw))), None
    if size > LONGEST_TEXT and (refusal := excess(raw, bounds)) is not None:
        return refusal._replace(id=id), None
    return None, raw


def from_json(text: str) -> Any:
    return pydantic_core.from_json(text, allow_inf_nan=False)


def id_of(raw: Any) -> Id:
    """The id that a command's answer is to have; None where it has none that is worth echoing."""
    id = raw.get("id") if isinstance(raw, dict) else None
    if isinstance(id, str) and len(id) <= LONGEST_ID:
        return id
    return id if isinstance(id, int) and not isinstance(id, bool) and abs(id) < 2**53 else None


def id_at_an_end(text: str) -> Id:
    """The same of a message that is no JSON: where it stands first, or behind the type, or last as a page writes it."""
    found = _ID_FIRST.match(text[: 2 * LONGEST_ID]) or _ID_LAST.search(text[-2 * LONGEST_ID :])
    try:
        return None if found is None else id_of({"id": from_json(found[1])})
    except ValueError:
        return None


def excess(raw: dict[str, Any], bounds: Bounds) -> Refusal | None:
    """The first thing of which a command holds too much."""
    look = _Look(bounds)
    try:
        for name, value in look.fields(raw, ()):
            if name == SCRIPT and isinstance(value, str):
                _look_into(value, look)
            elif name != TEXT or not isinstance(value, str):
                look.value(value, (name,), name)
    except _ExcessError as found:
        return found.refusal
    return None


def _look_into(text: str, look: _Look) -> None:
    """A script as text holds as much as one as an object."""
    try:
        script = from_json(text)
    except ValueError as error:
        raise _ExcessError(_no_json(text, error, None, (SCRIPT,))) from error
    look.value(script, (SCRIPT,), SCRIPT)


class _ExcessError(Exception):
    def __init__(self, refusal: Refusal) -> None:
        self.refusal = refusal


class _Look:
    """Goes through a command's values in their order, up to the first of which there is too much."""

    def __init__(self, bounds: Bounds) -> None:
        self._bounds, self._left = bounds, max(bounds.values, MOST_ENTRIES)

    def value(self, value: Any, path: Path, name: str) -> None:
        """`name`: the field's, with ``[]`` for each list that it lies in."""
        if isinstance(value, str):
            self._count(1, path)
            if len(value) > LONGEST_TEXT:
                _refuse(path, f"{len(value):,} characters are too many", f"at most {LONGEST_TEXT} characters")
        elif isinstance(value, list):
            self._list(value, path, name)
        elif isinstance(value, dict):
            self._count(1 + len(value), path)
            for key, inner in self.fields(value, path):
                self.value(inner, (*path, key), key)

    def fields(self, value: dict[str, Any], path: Path) -> list[tuple[str, Any]]:
        if len(value) > MOST_FIELDS:
            _refuse(path, f"{len(value):,} fields are too many", f"at most {MOST_FIELDS} fields")
        for key in value:
            if len(key) > LONGEST_NAME:
                _refuse((*path, key), "there is no such field", f"names of at most {LONGEST_NAME} characters")
        return list(value.items())

    def _list(self, value: list[Any], path: Path, name: str) -> None:
        most, limit = self._bounds.lists.get(name, (MOST_ENTRIES, None))
        if len(value) > most:
            _refuse(path, f"{len(value):,} entries are too many", f"at most {most} entries", limit)
        kinds = set(map(type, value))
        if name.rstrip("[]") in NUMBERS:
            self._numbers(value, kinds, path, name)
            return
        self._count(1 + len(value), path)
        if not kinds <= {int, float, bool, type(None)}:
            for index, inner in enumerate(value):
                self.value(inner, (*path, index), f"{name}[]")

    def _numbers(self, value: list[Any], kinds: set[type], path: Path, name: str) -> None:
        if kinds <= {int, float, bool}:
            return
        deep = name.endswith("[]")
        for index, inner in enumerate(value):
            if isinstance(inner, list) and not deep:
                self._list(inner, (*path, index), f"{name}[]")
            elif not (isinstance(inner, int | float) or _is_number(inner)):
                _refuse((*path, index), "a number belongs here", "a number")

    def _count(self, more: int, path: Path) -> None:
        self._left -= more
        if self._left < 0:
            most = f"at most {max(self._bounds.values, MOST_ENTRIES)} values, the numbers of own data aside"
            _refuse(path, "the message holds too many values", most)


def _refuse(path: Path, words: str, allowed: str, limit: str | None = None) -> None:
    field = dotted(path)
    code = "limit" if limit is not None else "invalid"
    raise _ExcessError(Refusal(code, f"{field}: {words}" if field else words, field, allowed, limit=limit))


def _is_number(text: Any) -> bool:
    """Whether a text is a number in another dress, which is taken for one."""
    try:
        float(text)
    except (TypeError, ValueError):
        return False
    return len(text) <= LONGEST_NAME


def _too_long(most: int, id: Id, field: str | None) -> Refusal:
    words = "The message is too long" if field is None else f"{field}: with it the message is too long"
    return Refusal("too_large", words, field, f"at most {most} bytes", id)


def _no_json(text: str, error: ValueError, id: Id, above: Path) -> Refusal:
    deep = "recursion" in str(error)
    field = dotted((*above, *(_deepest(text) if deep else ())))
    words = f"it is nested more than {DEEPEST} levels deep" if deep else f"not JSON: {error}"
    if field is None:
        words = words[0].upper() + words[1:]
    allowed = f"at most {DEEPEST} levels" if deep else "JSON" if above else None
    return Refusal("invalid" if above else "malformed", f"{field}: {words}" if field else words, field, allowed, id)


def _deepest(text: str) -> Path:
    """Where JSON becomes deeper than it is read: the field that it began in."""
    path: list[str] = []
    last, key = "", ""
    for token in _TOKEN.finditer(text, 0, SCANNED):
        found = token[0]
        if found[0] == '"':
            last = found[1:-1]
        elif found == ":":
            key = last
        elif found in "[{":
            path.append(key)
            key = ""
            if len(path) > DEEPEST:
                break
        elif found in "]}":
            if path:
                path.pop()
            key = ""
        else:
            key = ""
    names = [name for name in path if name][:8] if len(path) > DEEPEST else []
    # What is nested without end bears one name again and again, or none.
    return tuple(name for index, name in enumerate(names) if name not in names[:index])


def heaviest(raw: dict[str, Any]) -> Path:
    """The field that takes more than half of a message, as far down as there is one."""
    path: list[str | int] = []
    value: Any = raw
    size = _weight(raw)
    while isinstance(value, dict) and value:
        weights = {key: _weight(inner) for key, inner in value.items()}
        key = max(weights, key=lambda name: weights[name])
        if 2 * weights[key] <= size:
            break
        path.append(key)
        value, size = value[key], weights[key]
    return tuple(path)


def _weight(value: Any) -> int:
    if isinstance(value, str | list | dict) and not value:
        return 2
    return len(value) if isinstance(value, str) else len(pydantic_core.to_json(value, inf_nan_mode="constants"))


def dotted(path: Path) -> str | None:
    return ".".join(map(str, path)) or None
