"""What a measurement is once it is read: arithmetic on calls of the vocabulary, taken of a built situation."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from engine.arithmetic import OPERATIONS
from engine.lessons.building import Built, NeverReachedError
from engine.lessons.scripts import UnmeasurableError
from engine.lessons.vocabulary.row import Measure

FUNCTIONS: dict[str, tuple[int | None, Callable[..., float]]] = {
    "abs": (1, abs),
    "sqrt": (1, math.sqrt),
    "exp": (1, math.exp),
    "log": (1, math.log),
    "log10": (1, math.log10),
    "floor": (1, math.floor),
    "round": (1, round),
    "min": (None, min),
    "max": (None, max),
}
"""Functions of numbers, and how many they take."""


class MeasureError(ValueError):
    """A text that is no measurement or condition, or one that cannot be taken here: `problem` at the character `position`, from
    1, and what is `allowed` instead."""

    def __init__(self, problem: str, position: int, allowed: str) -> None:
        super().__init__(f"{problem} at character {position}; allowed: {allowed}")
        self.problem, self.position, self.allowed = problem, position, allowed


@dataclass(frozen=True)
class Called:
    """A call of a row, its arguments as it takes them."""

    position: int
    row: Measure
    arguments: tuple[Any, ...]


@dataclass(frozen=True)
class Operation:
    """Arithmetic on what `parts` give."""

    sign: str
    parts: tuple[Node, ...]


Node = float | Called | Operation


@dataclass(frozen=True)
class Further:
    """A measurement that stands in a call."""

    node: Node

    def value(self, built: Built) -> float:
        return value_of(self.node, built)


NOTHING = Built(None, 0)
"""Where numbers alone are worked out."""


def value_of(node: Node, built: Built) -> float:
    """The number that it is there; what a built situation was asked before, it knows."""
    if isinstance(node, float):
        return node
    if isinstance(node, Called):
        if node not in built.kept:
            built.kept[node] = _taken(node, built)
        return built.kept[node]
    values = [value_of(part, built) for part in node.parts]
    try:
        if node.sign == "0-":
            return -values[0]
        found = OPERATIONS[node.sign](*values) if node.sign in OPERATIONS else FUNCTIONS[node.sign][1](*values)
        return float(found)
    except ZeroDivisionError:
        return math.copysign(math.inf, values[0]) if values[0] and values[0] == values[0] else math.nan
    except OverflowError:
        return math.inf
    except ValueError:
        return -math.inf if node.sign in ("log", "log10") and values[0] == 0.0 else math.nan


def _taken(call: Called, built: Built) -> float:
    try:
        return float(call.row.function(built, *call.arguments))
    except NeverReachedError:
        return math.nan
    except UnmeasurableError as problem:
        raise MeasureError(f"{call.row.name}: {problem.problem}", call.position, problem.allowed) from problem


def calls_in(node: Node, inner: bool = True) -> list[Called]:
    """Its calls, outer ones first."""
    if isinstance(node, float):
        return []
    if isinstance(node, Operation):
        return [call for part in node.parts for call in calls_in(part, inner)]
    further = [each.node for each in node.arguments if isinstance(each, Further)] if inner else []
    return [node, *(call for each in further for call in calls_in(each))]


def outer_calls(node: Node) -> list[Called]:
    """Calls that are taken of the situation itself, not of what another one makes of it."""
    return calls_in(node, inner=False)


def told_by(node: Node) -> frozenset[str]:
    """Channels whose pictures tell it where the situation stands."""
    return frozenset(name for call in outer_calls(node) for name in call.row.tells)
