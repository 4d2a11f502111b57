"""Formulas as text, such as "beta * m + (1 - beta) * g": evaluated on whole arrays, and as trees with their numbers.

The text is Python's arithmetic in the very order in which a kernel computes; nothing else of Python is understood.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import numpy as np

from engine.arithmetic import Binary, Call, Choice, FormulaError, Grammar, Name, Signed, Tree, parts
from engine.arithmetic import Number as Constant
from engine.microscope.expressions.expression import (
    Expression,
    Number,
    Operation,
    call,
    difference,
    negative,
    product,
    quotient,
    root,
    total,
)

__all__ = ["FormulaError", "as_tree", "flat", "names_in", "on_arrays", "parsed"]

ARRAYS: dict[str, Callable[..., Any]] = {
    "sqrt": np.sqrt,
    "abs": np.abs,
    "max": np.maximum,
    "min": np.minimum,
    "sign": np.sign,
}
SYMBOLS = {"max": r"\max", "min": r"\min", "sign": r"\operatorname{sign}", "abs": r"\operatorname{abs}"}
OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "+": lambda left, right: left + right,
    "-": lambda left, right: left - right,
    "*": lambda left, right: left * right,
    "/": np.divide,
}
TREES: dict[str, Callable[[Expression, Expression], Expression]] = {
    "+": lambda left, right: total((left, right)),
    "-": difference,
    "*": product,
    "/": quotient,
}
COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {">": np.greater, "<": np.less, "!=": np.not_equal}
GRAMMAR = Grammar(
    {"sqrt": 1, "abs": 1, "max": 2, "min": 2, "sign": 1},
    signs=tuple(OPERATORS),
    choices=True,
    allowed=f"numbers, names, + - * /, ( ), {', '.join(ARRAYS)}, … if … > … else …",
)


@cache
def parsed(text: str) -> Tree:
    """The tree of a formula; FormulaError where it is none."""
    return GRAMMAR.read(text)


@cache
def names_in(text: str) -> frozenset[str]:
    """The names that a formula reads."""
    return frozenset(part.name for part in parts(parsed(text)) if isinstance(part, Name))


def on_arrays(text: str, values: Mapping[str, Any]) -> Any:
    """Its value, element by element."""
    with np.errstate(all="ignore"):
        return _array(parsed(text), values)


def _array(tree: Tree, values: Mapping[str, Any]) -> Any:
    if isinstance(tree, Name):
        return values[tree.name]
    if isinstance(tree, Constant):
        return tree.value
    if isinstance(tree, Signed):
        return -_array(tree.operand, values)
    if isinstance(tree, Binary):
        return OPERATORS[tree.sign](_array(tree.left, values), _array(tree.right, values))
    if isinstance(tree, Call):
        return ARRAYS[tree.function](*(_array(part, values) for part in tree.arguments))
    return np.where(_holds(tree, values), _array(tree.then, values), _array(tree.otherwise, values))


def _holds(tree: Choice, values: Mapping[str, Any]) -> Any:
    return COMPARISONS[tree.sign](_array(tree.left, values), _array(tree.right, values))


def as_tree(text: str, values: Mapping[str, Expression]) -> Expression:
    """The same with its numbers; of a case distinction the case that holds."""
    return _tree(parsed(text), values)


def _tree(tree: Tree, values: Mapping[str, Expression]) -> Expression:
    if isinstance(tree, Name):
        return values[tree.name]
    if isinstance(tree, Constant):
        return Number(f"{tree.value:g}", tree.value)
    if isinstance(tree, Signed):
        return negative(_tree(tree.operand, values))
    if isinstance(tree, Binary):
        return TREES[tree.sign](_tree(tree.left, values), _tree(tree.right, values))
    if isinstance(tree, Call):
        given = [_tree(part, values) for part in tree.arguments]
        if tree.function == "sqrt":
            return root(given[0])
        return call(SYMBOLS[tree.function], float(ARRAYS[tree.function](*(part.value for part in given))), *given)
    held = bool(_holds(tree, {name: each.value for name, each in values.items()}))
    return _tree(tree.then if held else tree.otherwise, values)


def flat(expression: Expression) -> Expression:
    """Sums of sums and products of products from the left as one: they are evaluated in that order anyway."""
    if isinstance(expression, Number):
        return expression
    parts = tuple(flat(part) for part in expression.parts)
    first = parts[0]
    same = isinstance(first, Operation) and first.kind == expression.kind and not first.main
    if same and expression.kind in ("sum", "product"):
        assert isinstance(first, Operation)
        parts = (*first.parts, *parts[1:])
    return Operation(expression.kind, parts, expression.value, expression.symbol, expression.main)
