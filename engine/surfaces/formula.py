"""A learner's own function of x and y: read by `engine.arithmetic`, never evaluated as code.

It becomes a postfix program that `engine.kernels.formula` interprets, with exact first and second derivatives.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.arithmetic import Binary, Call, FormulaError, Grammar, Name, Number, Signed, Tree
from engine.array import Array
from engine.kernels import formula as kernels

MOST_OPERATIONS = 200
CONSTANTS = {"pi": math.pi, "e": math.e}
FUNCTIONS = {
    name: getattr(kernels, name.upper())
    for name in ("sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "exp", "log", "sqrt", "abs")
}
OPERATORS = {"+": kernels.ADD, "-": kernels.SUBTRACT, "*": kernels.MULTIPLY, "/": kernels.DIVIDE, "**": kernels.POWER}
GRAMMAR = Grammar(
    dict.fromkeys(FUNCTIONS, 1),
    names=("x", "y"),
    constants=CONSTANTS,
    numbers={name: math.fabs if name == "abs" else getattr(math, name) for name in FUNCTIONS},
    prefixes="+-",
    deepest=40,
    longest=200,
    printable=True,
    allowed=f"numbers, x, y, {', '.join(CONSTANTS)}, + - * / **, ( ), {', '.join(FUNCTIONS)}",
)


@dataclass(frozen=True)
class Formula:
    """A compiled formula: `program` (n, 2) codes and operands, `constants` (n,), the stack's depth, and LaTeX."""

    text: str
    program: NDArray[np.int64]
    constants: Array
    depth: int
    latex: str


class _Compiler:
    """Writes the program of a tree, leaves first."""

    def __init__(self) -> None:
        self.program: list[tuple[int, int]] = []
        self.constants: list[float] = []
        self.depth = self.deepest = 0

    def emit(self, code: int, change: int, operand: int = 0) -> None:
        self.program.append((code, operand))
        self.depth += change
        self.deepest = max(self.deepest, self.depth)

    def constant(self, value: float) -> int:
        self.constants.append(value)
        return len(self.constants) - 1

    def visit(self, tree: Tree) -> None:
        value = GRAMMAR.value(tree)
        if value is not None:
            self.emit(kernels.CONSTANT, 1, self.constant(value))
        elif isinstance(tree, Name):
            self.emit(kernels.X if tree.name == "x" else kernels.Y, 1)
        elif isinstance(tree, Signed):
            self.visit(tree.operand)
            if tree.sign == "-":
                self.emit(kernels.NEGATE, 0)
        elif isinstance(tree, Binary):
            self._binary(tree)
        elif isinstance(tree, Call):
            self.visit(tree.arguments[0])
            self.emit(FUNCTIONS[tree.function], 0)

    def _binary(self, tree: Binary) -> None:
        self.visit(tree.left)
        exponent = GRAMMAR.folded(tree.right) if tree.sign == "**" else None  # x**(1 + 1) is defined for x < 0, too
        if exponent is not None:
            self.emit(kernels.POWER_CONSTANT, 0, self.constant(exponent))
            return
        self.visit(tree.right)
        self.emit(OPERATORS[tree.sign], -1)


def compile_formula(text: str) -> Formula:
    """Read a formula such as "sin(x)*y**2 + 0.1*x". A FormulaError names the place and what is allowed."""
    tree = GRAMMAR.read(text)
    compiler = _Compiler()
    compiler.visit(tree)
    if len(compiler.program) > MOST_OPERATIONS:
        raise FormulaError("too many operations", len(text), f"up to {MOST_OPERATIONS}")
    program = np.array(compiler.program, dtype=np.int64)
    constants = np.array(compiler.constants or [0.0])
    return Formula(text.strip(" "), program, constants, compiler.deepest, r"f = " + _latex(tree, 0))


SUM, PRODUCT, SIGN, TIGHT = 1, 2, 3, 4


def _latex(tree: Tree, around: int) -> str:
    """LaTeX with the brackets that `around`, how tightly the surroundings bind, asks for."""
    if isinstance(tree, Number):
        return _number(tree.value)
    if isinstance(tree, Name):
        return r"\pi" if tree.name == "pi" else tree.name
    if isinstance(tree, Signed):
        sign = "-" if tree.sign == "-" else ""
        return _bracketed(sign + _latex(tree.operand, SIGN), SIGN if sign else TIGHT, around)
    if isinstance(tree, Call):
        inside = _latex(tree.arguments[0], 0)
        if tree.function == "sqrt":
            return rf"\sqrt{{{inside}}}"
        if tree.function == "abs":
            return rf"\left|{inside}\right|"
        word = {"asin": r"\arcsin", "acos": r"\arccos", "atan": r"\arctan"}.get(tree.function, "\\" + tree.function)
        return rf"{word}\left({inside}\right)"
    assert isinstance(tree, Binary)
    if tree.sign == "**":
        bare = isinstance(tree.left, Name | Number)
        base = _latex(tree.left, 0) if bare else rf"\left({_latex(tree.left, 0)}\right)"
        return _bracketed(rf"{base}^{{{_latex(tree.right, 0)}}}", TIGHT, around)
    if tree.sign == "/":
        return _bracketed(rf"\frac{{{_latex(tree.left, 0)}}}{{{_latex(tree.right, 0)}}}", TIGHT, around)
    if tree.sign == "*":
        left, right = _latex(tree.left, PRODUCT), _latex(tree.right, TIGHT)
        joint = r" \cdot " if right[:1].isdigit() else r"\, "
        return _bracketed(left + joint + right, PRODUCT, around)
    sign, tight = (" - ", PRODUCT) if tree.sign == "-" else (" + ", SUM)
    right = _latex(tree.right, tight)
    right = rf"\left({right}\right)" if right.startswith("-") else right
    return _bracketed(_latex(tree.left, SUM) + sign + right, SUM, around)


def _bracketed(text: str, tight: int, around: int) -> str:
    return text if tight >= around else rf"\left({text}\right)"


def _number(value: float) -> str:
    mantissa, _, power = f"{value:.12g}".partition("e")
    return rf"{mantissa} \cdot 10^{{{int(power)}}}" if power else mantissa
