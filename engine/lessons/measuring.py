"""Measurements and conditions as text: arithmetic over calls of the vocabulary, and what must hold of them.

``delta(1) / delta(10)`` is a measurement, ``loss(train) < 0.1 and rises(400) > 100`` a condition; of a measurement that is
known its right side is enough: ``< 1e-4``, ``0.03 .. 0.3`` (both ends in it), ``== 2``. The arithmetic is
`engine.arithmetic`'s.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter

from engine.lessons.building import Built, build
from engine.lessons.card import Name, Solution, Variant
from engine.lessons.expressions import NOTHING, Called, Further, MeasureError, Node, calls_in, outer_calls, told_by, value_of
from engine.lessons.reading import Names, Read, Reader
from engine.lessons.situation import Kind, Situation
from engine.lessons.vocabulary import MEASURES

__all__ = ["COMPARISONS", "Comparison", "Condition", "MeasureError", "Measurement", "Names", "measured"]

VARIANTS: TypeAdapter[dict[str, Solution]] = TypeAdapter(dict[Name, Variant])
COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "<=": lambda a, b: a <= b,
    ">=": lambda a, b: a >= b,
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    ">": lambda a, b: a > b,
}


@dataclass(frozen=True)
class Measurement:
    """A number of a built situation, as its `text` says.

    >>> Measurement.read("parameters() / 2").value(build(Situation.model_validate({"run": {"data": {"name": "xor"}}})))
    16.5
    """

    text: str
    node: Node
    latex: str

    @classmethod
    def read(cls, text: str, names: Names | None = None) -> Measurement:
        """From a text; `names` are the card's measures, by the texts that they stand for. Raises MeasureError."""
        return cls.of(Reader(names or {}).measurement(text))

    @classmethod
    def of(cls, read: Read) -> Measurement:
        return cls(read.text, read.node, read.latex)

    def value(self, built: Built) -> float:
        """The number. NaN where the run broke before; infinity where something never happens. Raises MeasureError where it
        cannot be taken of this situation."""
        with built.budget.of_one():
            return value_of(self.node, built)

    @property
    def calls(self) -> tuple[Called, ...]:
        """All calls in it, outer ones first."""
        return tuple(calls_in(self.node))

    @property
    def number(self) -> float | None:
        """Its value where nothing is measured in it."""
        return None if self.calls else value_of(self.node, NOTHING)

    @property
    def live(self) -> bool:
        """Cheap enough to be told beside a playing run."""
        return all(call.row.live for call in self.calls)

    @property
    def tells(self) -> frozenset[str]:
        """Channels whose pictures would tell it where the situation stands: not of what lies ahead."""
        return told_by(self.node)

    def check(self, kind: Kind) -> None:
        """Raise a MeasureError where a call in it cannot be taken of this kind of situation."""
        _check(self.node, kind)


@dataclass(frozen=True)
class Comparison:
    left: Measurement
    sign: str
    right: Measurement


@dataclass(frozen=True)
class Condition:
    """Comparisons that must all hold."""

    text: str
    comparisons: tuple[Comparison, ...]

    @classmethod
    def read(cls, text: str, names: Names | None = None, of: Measurement | None = None) -> Condition:
        """From a text; `of` is what a right side alone is about. Raises MeasureError.

        >>> Condition.read("< 1e-4", of=Measurement.read("delta(1) / delta(10)")).comparisons[0].sign
        '<'
        """
        found: list[Comparison] = []
        for left, sign, right in Reader(names or {}).condition(text, of is not None):
            first = of if left is None else Measurement.of(left)
            assert first is not None
            found.append(Comparison(first, sign, Measurement.of(right)))
        return cls(text.strip(), tuple(found))

    def holds(self, built: Built) -> bool:
        """Of the situation. What is no number fulfils nothing."""
        with built.budget.of_one():
            return all(COMPARISONS[each.sign](each.left.value(built), each.right.value(built)) for each in self.comparisons)

    def holds_for(self, values: Mapping[str, float]) -> bool:
        """Whether it holds where its sides are these numbers, by their texts."""

        def side(given: Measurement) -> float:
            return values[given.text] if given.number is None else given.number

        return all(COMPARISONS[each.sign](side(each.left), side(each.right)) for each in self.comparisons)

    @property
    def measurements(self) -> tuple[Measurement, ...]:
        """Its sides that are no numbers, each once."""
        sides = [side for each in self.comparisons for side in (each.left, each.right) if side.number is None]
        return tuple({side.text: side for side in sides}.values())

    def values(self, built: Built) -> list[tuple[str, float]]:
        """Each side that is no number: its text, and what it is."""
        return [(side.text, side.value(built)) for side in self.measurements]

    @property
    def bounds(self) -> tuple[float, float, bool, bool] | None:
        """Where it bounds one measurement by numbers: from, to, and whether each end is left out; None of anything else."""
        low, high, low_open, high_open = -math.inf, math.inf, False, False
        if len(self.measurements) != 1 or any(each.sign == "!=" for each in self.comparisons):
            return None
        for each in self.comparisons:
            sign, number = each.sign, each.right.number
            if number is None:
                sign, number = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}.get(sign, sign), each.left.number
            if number is None:
                return None
            if sign in (">", ">=", "==") and number >= low:
                low, low_open = number, sign == ">" or (low_open and number == low)
            if sign in ("<", "<=", "==") and number <= high:
                high, high_open = number, sign == "<" or (high_open and number == high)
        return low, high, low_open, high_open

    def check(self, kind: Kind) -> None:
        """As `Measurement.check`."""
        for each in self.measurements:
            each.check(kind)

    @property
    def live(self) -> bool:
        return all(each.live for each in self.measurements)

    @property
    def tells(self) -> frozenset[str]:
        return frozenset().union(*(each.tells for each in self.measurements))

    @property
    def latex(self) -> str:
        """In formulas, joined by commas."""
        signs = {"<=": r"\le", ">=": r"\ge", "==": "=", "!=": r"\ne"}
        return r",\; ".join(
            f"{each.left.latex} {signs.get(each.sign, each.sign)} {each.right.latex}" for each in self.comparisons
        )


def measured(text: str, variants: Mapping[str, Any] | None = None, **situation: Any) -> float:
    """The value of a text where a situation begins: ``measured("loss(train)", run={…}, step=10)``.

    >>> measured("slope(x)", graph={"text": "x * x", "inputs": {"x": 3.0}})
    6.0
    """
    known = VARIANTS.validate_python(variants or {})
    return Measurement.read(text).value(build(Situation.model_validate(situation), known))


def _check(node: Node, kind: Kind) -> None:
    for call in outer_calls(node):
        if kind not in call.row.kinds:
            allowed = ", ".join(sorted(name for name, row in MEASURES.items() if kind in row.kinds))
            raise MeasureError(f"{call.row.name} is no measurement of this kind of card", call.position, allowed)
        for further in call.arguments:
            if isinstance(further, Further):
                _check(further.node, "run" if call.row.of_lane else kind)
