"""Equations with their numbers: a tree of sums, products and functions whose every node knows its value.

A tree is evaluated in the order in which the kernels add and multiply, so that its value is the run's to the last bit wherever
the run works in loops (BLAS adds in an order of its own).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

Kind = Literal["sum", "difference", "product", "quotient", "negative", "root", "call"]
STRENGTH: dict[str, int] = {"sum": 1, "difference": 1, "negative": 1, "product": 2, "quotient": 4, "root": 4, "call": 4}
NUMBER = 5
DIGITS = 4
MOST_TERMS = 12
"""Of a sum that is written out; of a longer one the first and the last are."""


@dataclass(frozen=True)
class Number:
    """A leaf: an entry of a named array (`name`, `position` = row, column), or a number of its own."""

    symbol: str
    value: float
    name: str = ""
    position: tuple[int, int] | None = None

    def as_json(self) -> dict[str, Any]:
        return {
            "kind": "number",
            "symbol": self.symbol,
            "value": plain(self.value),
            "name": self.name,
            "place": None if self.position is None else list(self.position),
        }


@dataclass(frozen=True)
class Operation:
    """`parts` joined by `kind`; a call has its function's LaTeX in `symbol`. The `main` sum is the one whose terms are the
    edges of a unit, or the samples of a mean."""

    kind: Kind
    parts: tuple[Expression, ...]
    value: float
    symbol: str = ""
    main: bool = False

    def as_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "symbol": self.symbol,
            "value": plain(self.value),
            "main": self.main,
            "parts": [part.as_json() for part in self.parts],
        }


Expression = Number | Operation
Withheld = Callable[[Number], bool]
"""Whether a number is not to be shown yet, since it is asked for."""
HIDDEN = "?"
"""What stands in its place."""


def plain(value: float) -> float | str:
    """A number as JSON has it; what is not finite as the wire spells it."""
    if math.isfinite(value):
        return float(value)
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


# Building -------------------------------------------------------------------------------------------------------------


def constant(symbol: str, value: float) -> Number:
    return Number(symbol, value)


def total(parts: Iterable[Expression], *, main: bool = False) -> Expression:
    """Their sum from left to right."""
    listed = tuple(parts)
    value = listed[0].value
    for part in listed[1:]:
        value = value + part.value
    return Operation("sum", listed, value, main=main)


def product(*parts: Expression) -> Expression:
    """Their product from left to right."""
    value = parts[0].value
    for part in parts[1:]:
        value = value * part.value
    return Operation("product", parts, value)


def difference(left: Expression, right: Expression) -> Expression:
    return Operation("difference", (left, right), left.value - right.value)


def quotient(above: Expression, below: Expression) -> Expression:
    with np.errstate(all="ignore"):
        return Operation("quotient", (above, below), float(np.float64(above.value) / np.float64(below.value)))


def root(of: Expression) -> Expression:
    with np.errstate(all="ignore"):
        return Operation("root", (of,), float(np.sqrt(of.value)))


def negative(of: Expression) -> Expression:
    return Operation("negative", (of,), -of.value)


def call(symbol: str, value: float, *parts: Expression) -> Expression:
    """A function whose value the run has made."""
    return Operation("call", parts, value, symbol)


def main_terms(expression: Expression) -> tuple[Expression, ...]:
    """The terms of the main sum; the whole where there is none."""
    found = _main(expression)
    return (expression,) if found is None else found.parts


def _main(expression: Expression) -> Operation | None:
    if isinstance(expression, Number):
        return None
    if expression.main:
        return expression
    return next((found for found in map(_main, expression.parts) if found is not None), None)


# Writing --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Writing:
    """How a tree is written as LaTeX: by its symbols, or with numbers at so many significant digits, but `withheld` ones."""

    numbers: bool = False
    digits: int = DIGITS
    terms: int = MOST_TERMS
    aloud: bool = field(default=False, repr=False)
    withheld: Withheld | None = field(default=None, repr=False, compare=False)

    def number(self, number: Number) -> str:
        """Its digits, or the mark that hides them."""
        return HIDDEN if self.withheld is not None and self.withheld(number) else digits_of(number.value, self.digits)


def digits_of(value: float, digits: int = DIGITS) -> str:
    """A number as LaTeX with so many significant digits."""
    if math.isnan(value):
        return r"\mathrm{NaN}"
    if math.isinf(value):
        return r"\infty" if value > 0 else r"-\infty"
    if value == 0.0:
        return "0"
    text = f"{value:#.{digits}g}"
    mantissa, _, exponent = text.partition("e")
    mantissa = mantissa.removesuffix(".")
    return f"{mantissa} \\cdot 10^{{{int(exponent)}}}" if exponent else mantissa


def latex(expression: Expression, writing: Writing | None = None) -> str:
    """The tree as LaTeX."""
    return _write(expression, writing or Writing())


def _write(expression: Expression, how: Writing) -> str:
    if isinstance(expression, Number):
        return how.number(expression) if how.numbers and not _fixed(expression) else expression.symbol
    parts = expression.parts
    if expression.kind == "quotient":
        return rf"\frac{{{_write(parts[0], how)}}}{{{_write(parts[1], how)}}}"
    if expression.kind == "root":
        return rf"\sqrt{{{_write(parts[0], how)}}}"
    if expression.kind == "call":
        return rf"{expression.symbol}\left({', '.join(_write(part, how) for part in parts)}\right)"
    if expression.kind == "negative":
        return f"-{_within(parts[0], 2, how)}"
    if expression.kind == "difference":
        return f"{_write(parts[0], how)} - {_within(parts[1], 2, how)}"
    if expression.kind == "product":
        sign = r" \cdot " if how.numbers else r"\, "
        return sign.join(_within(part, 3 if index else 2, how) for index, part in enumerate(parts))
    return _sum(parts, how)


def _sum(parts: Sequence[Expression], how: Writing) -> str:
    kept = parts if len(parts) <= how.terms else (*parts[: how.terms - 2], None, parts[-1])
    text = ""
    for index, part in enumerate(kept):
        written = r"\cdots" if part is None else _within(part, 1, how) if index else _write(part, how)
        text += written if not index else f" + {written}"
    return text


def _fixed(number: Number) -> bool:
    """A whole number or fraction that is part of the formula: its symbol is its value."""
    return not number.name and (number.symbol.lstrip("-").isdigit() or number.symbol == r"\tfrac{1}{2}")


def _within(part: Expression, strength: int, how: Writing) -> str:
    """In brackets where it binds less tightly than what is around it, or is a negative number there."""
    written = _write(part, how)
    own = NUMBER if isinstance(part, Number) else STRENGTH[part.kind]
    weak = own < strength or (own == 1 and strength == 1 and not isinstance(part, Number) and part.kind != "sum")
    return rf"\left({written}\right)" if weak or (written.startswith("-") and isinstance(part, Number)) else written
