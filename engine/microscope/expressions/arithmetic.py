"""Formulas as text, such as "beta * m + (1 - beta) * g": evaluated on whole arrays, and as trees with their numbers.

The text is Python's arithmetic in the very order in which a kernel computes; nothing else of Python is understood.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import numpy as np

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

ARRAYS: dict[str, Callable[..., Any]] = {
    "sqrt": np.sqrt,
    "abs": np.abs,
    "max": np.maximum,
    "min": np.minimum,
    "sign": np.sign,
}
SYMBOLS = {"max": r"\max", "min": r"\min", "sign": r"\operatorname{sign}", "abs": r"\operatorname{abs}"}


class FormulaError(ValueError):
    """A text that is no formula."""


@cache
def parsed(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


@cache
def names_in(text: str) -> frozenset[str]:
    """The names that a formula reads."""
    called = {id(node.func) for node in ast.walk(parsed(text)) if isinstance(node, ast.Call)}
    return frozenset(node.id for node in ast.walk(parsed(text)) if isinstance(node, ast.Name) and id(node) not in called)


def on_arrays(text: str, values: Mapping[str, Any]) -> Any:
    """Its value, element by element."""
    with np.errstate(all="ignore"):
        return _array(parsed(text), values)


def _array(node: ast.expr, values: Mapping[str, Any]) -> Any:
    if isinstance(node, ast.Name):
        return values[node.id]
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return float(node.value)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_array(node.operand, values)
    if isinstance(node, ast.BinOp):
        left, right = _array(node.left, values), _array(node.right, values)
        if isinstance(node.op, ast.Add):
            return left + right
        if isinstance(node.op, ast.Sub):
            return left - right
        if isinstance(node.op, ast.Mult):
            return left * right
        if isinstance(node.op, ast.Div):
            return np.divide(left, right)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ARRAYS:
        return ARRAYS[node.func.id](*(_array(part, values) for part in node.args))
    if isinstance(node, ast.IfExp):
        return np.where(_holds(node.test, values), _array(node.body, values), _array(node.orelse, values))
    raise FormulaError(ast.unparse(node))


def _holds(node: ast.expr, values: Mapping[str, Any]) -> Any:
    if not isinstance(node, ast.Compare) or len(node.ops) != 1:
        raise FormulaError(ast.unparse(node))
    left, right = _array(node.left, values), _array(node.comparators[0], values)
    operator = node.ops[0]
    if isinstance(operator, ast.Gt):
        return np.greater(left, right)
    if isinstance(operator, ast.Lt):
        return np.less(left, right)
    if isinstance(operator, ast.NotEq):
        return np.not_equal(left, right)
    raise FormulaError(ast.unparse(node))


def as_tree(text: str, values: Mapping[str, Expression]) -> Expression:
    """The same with its numbers; of a case distinction the case that holds."""
    return _tree(parsed(text), values)


def _tree(node: ast.expr, values: Mapping[str, Expression]) -> Expression:
    if isinstance(node, ast.Name):
        return values[node.id]
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return Number(f"{node.value:g}", float(node.value))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return negative(_tree(node.operand, values))
    if isinstance(node, ast.BinOp):
        left, right = _tree(node.left, values), _tree(node.right, values)
        if isinstance(node.op, ast.Add):
            return total((left, right))
        if isinstance(node.op, ast.Sub):
            return difference(left, right)
        if isinstance(node.op, ast.Mult):
            return product(left, right)
        if isinstance(node.op, ast.Div):
            return quotient(left, right)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ARRAYS:
        parts = [_tree(part, values) for part in node.args]
        if node.func.id == "sqrt":
            return root(parts[0])
        return call(SYMBOLS[node.func.id], float(ARRAYS[node.func.id](*(part.value for part in parts))), *parts)
    if isinstance(node, ast.IfExp):
        held = bool(_holds(node.test, {name: each.value for name, each in values.items()}))
        return _tree(node.body if held else node.orelse, values)
    raise FormulaError(ast.unparse(node))


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
