"""Lines of a listing: text, of which micro-steps it is, and which of their arrays the names in it are."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.arithmetic import parsed
from engine.microscope.steps import Step

NAMES = re.compile(r"(?<![\w.])([^\W\d]\w*)(\.grad\b)?")
COMMENT = "  # "


@dataclass(frozen=True)
class Statement:
    """A line as it is written. `reads` and `makes` say which array a name to the right of the first " = " and to the left of it
    is, where that is called otherwise."""

    text: str
    reads: Mapping[str, str] = field(default_factory=dict)
    makes: Mapping[str, str] = field(default_factory=dict)


Part = tuple[str, str]
"""A piece of a line's text, and the array that it names, or ""."""


@dataclass(frozen=True)
class Line:
    """A line of a listing. `steps` are the micro-steps it is of, by index, the first of them where a click on it leads."""

    parts: tuple[Part, ...]
    steps: tuple[int, ...] = ()

    @property
    def text(self) -> str:
        return "".join(text for text, _ in self.parts)

    @property
    def made(self) -> tuple[Part, ...]:
        """The names that get their value here, each with its array."""
        found: list[Part] = []
        for text, array in self.parts:
            if " = " in text:
                return tuple(found)
            if array:
                found.append((text, array))
        return ()

    def as_json(self) -> dict[str, Any]:
        """A piece that names no array is its text alone."""
        return {"parts": [[text, array] if array else text for text, array in self.parts], "steps": list(self.steps)}


def plain(text: str) -> list[Line]:
    """Lines that are of no micro-step."""
    return [Line(((line, ""),) if line else ()) for line in text.split("\n")]


def line_of(statement: Statement | str, steps: Iterable[Step]) -> Line:
    """A line of some micro-steps: names in it that are arrays of theirs are told apart."""
    own = statement if isinstance(statement, Statement) else Statement(statement)
    of = tuple(steps)
    known = {value.name for step in of for value in (*step.operands, *step.results)}
    code, sharp, comment = own.text.partition(COMMENT)
    left, equals, right = code.partition(" = ")
    parts = _split(left, own.makes, known) if equals else _split(code, own.reads, known)
    if equals:
        parts += [(equals, ""), *_split(right, own.reads, known)]
    if sharp:
        parts.append((sharp + comment, ""))
    return Line(tuple(_joined(parts)), tuple(step.index for step in of))


def _split(text: str, names: Mapping[str, str], known: set[str]) -> list[Part]:
    parts: list[Part] = []
    end = 0
    for found in NAMES.finditer(text):
        array = names.get(found[1], f"d{found[1]}" if found[2] else found[1])
        if array in known:
            parts += [(text[end : found.start()], ""), (found[0], array)]
            end = found.end()
    return [*parts, (text[end:], "")]


def _joined(parts: Iterable[Part]) -> list[Part]:
    """Without empty pieces, and pieces that name nothing as one."""
    found: list[Part] = []
    for text, array in parts:
        if found and not array and not found[-1][1]:
            found[-1] = (found[-1][0] + text, "")
        elif text:
            found.append((text, array))
    return found


def factor(text: str) -> str:
    """An expression as the right factor of a product: in brackets where it binds less tightly."""
    tree = parsed(text).body
    loose = isinstance(tree, ast.Compare | ast.IfExp) and not text.startswith("(")
    if isinstance(tree, ast.BinOp):
        loose = isinstance(tree.op, ast.Add | ast.Sub | ast.Div)
    return f"({text})" if loose else text
