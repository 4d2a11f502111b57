"""YAML as plain data with the line of every value: no tags, no anchors, no aliases, a bounded depth. Values are JSON's, as in
YAML 1.2: ``yes`` is a text, ``1e-4`` a number."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from server.lessons.reading.problems import LessonError, wrong

DEEPEST = 12
LONGEST = 60_000
"""Characters."""
_NUMBER = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?")
_WHOLE = re.compile(r"[-+]?\d{1,20}")
_WORDS: dict[str, Any] = {"": None, "~": None, "null": None, "true": True, "false": False}

Path = tuple[str | int, ...]


class Tree(NamedTuple):
    """`lines` and `texts` by the path of a value: where it stands, and how a plain one was written."""

    value: Any
    lines: dict[Path, int]
    texts: dict[Path, str]

    def line_of(self, path: Path) -> int:
        """Of a value, or of what holds it where it is not there; what stands on the path and not in the text is passed over."""
        found: Path = ()
        for part in path:
            if (*found, part) in self.lines:
                found = (*found, part)
        return self.lines.get(found, 1)


def read(text: str, first: int = 1) -> Tree:
    """`first` is the line of the lesson on which the text begins. Raises `LessonError`."""
    from engine.parts import giving_way_between

    if len(text) > LONGEST:
        raise wrong(first, f"YAML of {len(text):,} characters is too long", f"at most {LONGEST} characters")
    reader = _Reader(giving_way_between(_events(text, first)), first)
    return reader.document()


def _events(text: str, first: int) -> Iterator[Event]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        yield from yaml.parse(text, Loader=loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = first + (mark.line if mark is not None else 0)
        raise wrong(line, f"this is no YAML: {error.problem or error.context}", "YAML, such as name: value") from error
    except yaml.YAMLError as error:
        raise wrong(first, "this is no YAML: it has characters that no text has", "YAML, such as name: value") from error


class _Reader:
    def __init__(self, events: Iterator[Event], first: int) -> None:
        self._events, self._first = events, first
        self.lines: dict[Path, int] = {}
        self.texts: dict[Path, str] = {}

    def document(self) -> Tree:
        value, documents = None, 0
        for event in self._events:
            if isinstance(event, DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise self._wrong(event, "there is a second document", "one")
            elif isinstance(event, ScalarEvent | MappingStartEvent | SequenceStartEvent | AliasEvent):
                value = self._value(event, ())
        return Tree(value, self.lines, self.texts)

    def _value(self, event: Event, path: Path) -> Any:
        self._check(event, path)
        self.lines.setdefault(path, self._line(event))
        if isinstance(event, ScalarEvent):
            return self._plain(event, path)
        if isinstance(event, SequenceStartEvent):
            found: list[Any] = []
            while not isinstance(entry := next(self._events), SequenceEndEvent):
                found.append(self._value(entry, (*path, len(found))))
            return found
        return self._mapping(path)

    def _mapping(self, path: Path) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while not isinstance(key := next(self._events), MappingEndEvent):
            if not isinstance(key, ScalarEvent):
                raise self._wrong(key, "a name is a word", "a word, then a colon")
            self._check(key, path)
            if key.value in found:
                raise self._wrong(key, f"{key.value} stands here a second time", "each name once")
            here = (*path, key.value)
            self.lines[here] = self._line(key)
            found[key.value] = self._value(next(self._events), here)
        return found

    def _plain(self, event: ScalarEvent, path: Path) -> Any:
        if event.style:
            return event.value
        self.texts[path] = event.value
        if event.value in _WORDS:
            return _WORDS[event.value]
        if _WHOLE.fullmatch(event.value):
            return int(event.value)
        return float(event.value) if _NUMBER.fullmatch(event.value) else event.value

    def _check(self, event: Event, path: Path) -> None:
        if isinstance(event, AliasEvent) or getattr(event, "anchor", None) is not None:
            raise self._wrong(event, "anchors and aliases are not read", "the value written out")
        if getattr(event, "tag", None) is not None:
            raise self._wrong(event, "tags are not read", "plain values")
        if len(path) > DEEPEST:
            raise self._wrong(event, "it is nested too deeply", f"at most {DEEPEST} levels")

    def _line(self, event: Event) -> int:
        mark = event.start_mark
        return self._first + (0 if mark is None else mark.line)

    def _wrong(self, event: Event, message: str, allowed: str) -> LessonError:
        return wrong(self._line(event), message, allowed)
