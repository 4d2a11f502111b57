"""What a row of the vocabulary is: one measurement, what it takes and which pictures would tell it."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, NewType, Protocol, get_type_hints

from engine.lessons.building import Built
from engine.lessons.situation import Kind

Split = NewType("Split", str)
"""train, validation or test"""
Parameter = NewType("Parameter", str)
"""a parameter, such as W1"""
Variant = NewType("Variant", str)
"""one of the card's variants"""
Word = NewType("Word", str)
"""a name"""
Layer = NewType("Layer", int)
"""a layer, the first hidden one 1"""
Lane = NewType("Lane", int)
"""a lane, the first one 1"""
Index = NewType("Index", int)
"""a whole number from 0"""
Count = NewType("Count", int)
"""a whole number from 1"""
Step = NewType("Step", int)
"""a step"""


class Measured(Protocol):
    """A further measurement, taken where the one that it stands in takes it."""

    def value(self, built: Built) -> float: ...


WORDS: dict[Any, str] = {
    Split: "train, validation or test",
    Parameter: "a parameter, such as W1",
    Variant: "one of the card's variants",
    Word: "a name",
    Layer: "a layer, counted from 1",
    Lane: "a lane, counted from 1",
    Index: "a whole number from 0",
    Count: "a whole number from 1",
    Step: "a step",
    float: "a number",
    Measured: "a measurement",
}
LEAST: dict[Any, int] = {Layer: 0, Lane: 1, Index: 0, Count: 1, Step: 0}
NAMES = (Split, Parameter, Variant, Word)
SPLITS = ("train", "validation", "test")
Tells = Literal[
    "deltas",
    "evaluation",
    "findings",
    "flow",
    "gradients",
    "health",
    "inputs",
    "lab",
    "maps",
    "microscope",
    "microstep",
    "network_curves",
    "network_maps",
    "network_outcome",
    "network_standings",
    "network_surface",
    "network_ways",
    "parameters",
    "preactivations",
    "race_arrows",
    "race_curvature",
    "race_evaluations",
    "race_fan",
    "race_outcome",
    "race_point",
    "race_standings",
    "race_surface",
    "race_trails",
    "rates",
    "sample",
    "series",
    "study",
    "updates",
    "weights",
]
RUN: tuple[Kind, ...] = ("run",)
RACE: tuple[Kind, ...] = ("race",)
RACES: tuple[Kind, ...] = ("race", "network")
NETWORK: tuple[Kind, ...] = ("network",)
GRAPH: tuple[Kind, ...] = ("graph",)
LAB: tuple[Kind, ...] = ("lab",)
MOVING: tuple[Kind, ...] = ("run", "race", "network")
STEP: tuple[Tells, ...] = ("microscope", "microstep")
"""The pictures of Step, which show all of the coming update."""


@dataclass(frozen=True)
class Argument:
    """`kind` is one of the types above."""

    name: str
    kind: Any
    optional: bool

    @property
    def words(self) -> str:
        return WORDS[self.kind]


@dataclass(frozen=True)
class Measure:
    """One measurement: what it takes after the built situation, of which `kinds` of situation it can be taken, whether it is
    cheap enough to be `live` beside a playing run, which channels' pictures `tells` it at the situation's own step, and how it
    is written, `latex`, with its arguments in their places. Called as the function that it is."""

    name: str
    arguments: tuple[Argument, ...]
    function: Callable[..., float]
    kinds: tuple[Kind, ...]
    live: bool
    tells: tuple[Tells, ...]
    latex: str
    docstring: str

    def __call__(self, built: Built, *arguments: Any) -> float:
        return self.function(built, *arguments)

    @property
    def form(self) -> str:
        """How it is called, such as ``weight(parameter, row[, column])``."""
        required = ", ".join(each.name for each in self.arguments if not each.optional)
        optional = "".join(
            f"[{', ' if required or index else ''}{each.name}"
            for index, each in enumerate(each for each in self.arguments if each.optional)
        )
        return f"{self.name}({required}{optional}{']' * sum(each.optional for each in self.arguments)})"

    @property
    def of_lane(self) -> bool:
        """Whether a further measurement in it is of a lane's run."""
        return self.kinds == ("network",)


def measure(
    *, kinds: tuple[Kind, ...] = RUN, live: bool = True, tells: tuple[Tells, ...] = (), latex: str = ""
) -> Callable[[Callable[..., float]], Measure]:
    """Makes a row of a function; its arguments' types say what stands there in a text. `latex` has them in braces by name;
    without it, it is written as its text."""

    def make(function: Callable[..., float]) -> Measure:
        hints = get_type_hints(function)
        given = list(inspect.signature(function).parameters.values())[1:]
        arguments = tuple(
            Argument(each.name, _kind(hints[each.name]), each.default is not inspect.Parameter.empty) for each in given
        )
        name = function.__name__.removesuffix("_")
        return Measure(name, arguments, function, kinds, live, tells, latex, inspect.getdoc(function) or "")

    return make


def _kind(hint: Any) -> Any:
    """The type itself of one that may be left out."""
    if hint in WORDS:
        return hint
    return next(each for each in hint.__args__ if each in WORDS)
