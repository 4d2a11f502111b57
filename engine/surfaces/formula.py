"""A learner's own function of x and y: read through a whitelisted syntax tree, never evaluated as code.

It becomes a postfix program that `engine.kernels.formula` interprets, with exact first and second derivatives.
"""

from __future__ import annotations

import ast
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.array import Array
from engine.kernels import formula as kernels

LONGEST = 200
DEEPEST = 40
MOST_OPERATIONS = 200
CONSTANTS = {"pi": math.pi, "e": math.e}
FUNCTIONS = {
    name: getattr(kernels, name.upper())
    for name in ("sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "exp", "log", "sqrt", "abs")
}
OPERATORS: dict[type[ast.AST], int] = {
    ast.Add: kernels.ADD,
    ast.Sub: kernels.SUBTRACT,
    ast.Mult: kernels.MULTIPLY,
    ast.Div: kernels.DIVIDE,
}
ALLOWED = f"numbers, x, y, {', '.join(CONSTANTS)}, + - * / **, ( ), {', '.join(FUNCTIONS)}"


class FormulaError(ValueError):
    """A formula that cannot be read. `position` is the character, from 1, where it fails."""

    def __init__(self, problem: str, position: int, allowed: str = ALLOWED) -> None:
        super().__init__(f"formula: {problem} at character {position}; allowed: {allowed}")
        self.problem, self.position, self.allowed = problem, position, allowed


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

    def visit(self, node: ast.expr, level: int) -> None:
        if level > DEEPEST:
            raise FormulaError("nested too deeply", _position(node), f"up to {DEEPEST} levels")
        value = _constant(node)
        if value is not None:
            self.emit(kernels.CONSTANT, 1, self.constant(value))
        elif isinstance(node, ast.Name) and node.id in ("x", "y"):
            self.emit(kernels.X if node.id == "x" else kernels.Y, 1)
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
            self.visit(node.operand, level + 1)
            if isinstance(node.op, ast.USub):
                self.emit(kernels.NEGATE, 0)
        elif isinstance(node, ast.BinOp):
            self._binary(node, level)
        elif isinstance(node, ast.Call):
            self.visit(_argument(node), level + 1)
            self.emit(FUNCTIONS[_name(node)], 0)
        else:
            raise _refused(node)

    def _binary(self, node: ast.BinOp, level: int) -> None:
        power = isinstance(node.op, ast.Pow)
        if not power and type(node.op) not in OPERATORS:
            hint = "^ is not a power here, write **" if isinstance(node.op, ast.BitXor) else "an operator that is not known"
            raise FormulaError(hint, _position(node.right) - 1)
        self.visit(node.left, level + 1)
        exponent = _constant(node.right) if power else None
        if exponent is not None:
            self.emit(kernels.POWER_CONSTANT, 0, self.constant(exponent))
            return
        self.visit(node.right, level + 1)
        self.emit(kernels.POWER if power else OPERATORS[type(node.op)], -1)


def _position(node: ast.AST) -> int:
    return int(getattr(node, "col_offset", 0)) + 1


def _constant(node: ast.expr) -> float | None:
    """The value of a number, of pi or e, or of one of them with its sign."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
        value = _constant(node.operand)
        return None if value is None else (-value if isinstance(node.op, ast.USub) else value)
    if isinstance(node, ast.Name):
        return CONSTANTS.get(node.id)
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float) and not isinstance(node.value, bool):
        try:
            value = float(node.value)
        except OverflowError:
            value = math.inf
        if not math.isfinite(value):
            raise FormulaError("a number that is too large", _position(node), "up to 1.8e308")
        return value
    return None


def _name(node: ast.Call) -> str:
    if not isinstance(node.func, ast.Name) or node.func.id not in FUNCTIONS:
        named = f"'{node.func.id}' is no function here" if isinstance(node.func, ast.Name) else "that cannot be called"
        hint = "; write * between factors" if isinstance(node.func, ast.Constant | ast.BinOp) or _is_value(node.func) else ""
        raise FormulaError(named + hint, _position(node))
    return node.func.id


def _is_value(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id in ("x", "y", *CONSTANTS)


def _argument(node: ast.Call) -> ast.expr:
    name = _name(node)
    if len(node.args) != 1 or node.keywords or isinstance(node.args[0], ast.Starred):
        raise FormulaError(f"{name} takes one argument", _position(node), f"{name}(…)")
    return node.args[0]


def _refused(node: ast.expr) -> FormulaError:
    if isinstance(node, ast.Name):
        hint = "; write * between factors" if node.id in ("xy", "yx") else ""
        return FormulaError(f"'{node.id}' is not known{hint}", _position(node))
    return FormulaError("something that is no arithmetic", _position(node))


def compile_formula(text: str) -> Formula:
    """Read a formula such as "sin(x)*y**2 + 0.1*x". A FormulaError names the place and what is allowed."""
    if len(text) > LONGEST:
        raise FormulaError("too long", LONGEST + 1, f"up to {LONGEST} characters")
    for position, letter in enumerate(text, 1):
        if not letter.isascii() or not letter.isprintable():
            raise FormulaError(f"{letter!r} is not known", position)
    if not text.strip(" "):
        raise FormulaError("is empty", 1)
    shift = len(text) - len(text.lstrip(" "))
    try:
        tree = ast.parse(text.strip(" "), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as problem:
        place = getattr(problem, "offset", None) or len(text)
        raise FormulaError("cannot be read", min(place + shift, len(text))) from None
    compiler = _Compiler()
    try:
        compiler.visit(tree.body, 1)
    except FormulaError as problem:
        raise FormulaError(problem.problem, problem.position + shift, problem.allowed) from None
    if len(compiler.program) > MOST_OPERATIONS:
        raise FormulaError("too many operations", len(text), f"up to {MOST_OPERATIONS}")
    program = np.array(compiler.program, dtype=np.int64)
    constants = np.array(compiler.constants or [0.0])
    return Formula(text.strip(" "), program, constants, compiler.deepest, r"f = " + _latex(tree.body, 0))


SUM, PRODUCT, SIGN, TIGHT = 1, 2, 3, 4


def _latex(node: ast.expr, around: int) -> str:
    """LaTeX with the brackets that `around`, how tightly the surroundings bind, asks for."""
    if isinstance(node, ast.Constant):
        return _number(float(node.value))  # type: ignore[arg-type]  # checked by the compiler
    if isinstance(node, ast.Name):
        return r"\pi" if node.id == "pi" else node.id
    if isinstance(node, ast.UnaryOp):
        sign = "-" if isinstance(node.op, ast.USub) else ""
        return _bracketed(sign + _latex(node.operand, SIGN), SIGN if sign else TIGHT, around)
    if isinstance(node, ast.Call):
        name, inside = _name(node), _argument(node)
        if name == "sqrt":
            return rf"\sqrt{{{_latex(inside, 0)}}}"
        if name == "abs":
            return rf"\left|{_latex(inside, 0)}\right|"
        word = {"asin": r"\arcsin", "acos": r"\arccos", "atan": r"\arctan"}.get(name, "\\" + name)
        return rf"{word}\left({_latex(inside, 0)}\right)"
    assert isinstance(node, ast.BinOp)
    if isinstance(node.op, ast.Pow):
        bare = isinstance(node.left, ast.Name | ast.Constant)
        base = _latex(node.left, 0) if bare else rf"\left({_latex(node.left, 0)}\right)"
        return _bracketed(rf"{base}^{{{_latex(node.right, 0)}}}", TIGHT, around)
    if isinstance(node.op, ast.Div):
        return _bracketed(rf"\frac{{{_latex(node.left, 0)}}}{{{_latex(node.right, 0)}}}", TIGHT, around)
    if isinstance(node.op, ast.Mult):
        left, right = _latex(node.left, PRODUCT), _latex(node.right, TIGHT)
        joint = r" \cdot " if right[:1].isdigit() else r"\, "
        return _bracketed(left + joint + right, PRODUCT, around)
    sign, tight = (" - ", PRODUCT) if isinstance(node.op, ast.Sub) else (" + ", SUM)
    right = _latex(node.right, tight)
    right = rf"\left({right}\right)" if right.startswith("-") else right
    return _bracketed(_latex(node.left, SUM) + sign + right, SUM, around)


def _bracketed(text: str, tight: int, around: int) -> str:
    return text if tight >= around else rf"\left({text}\right)"


def _number(value: float) -> str:
    mantissa, _, power = f"{value:.12g}".partition("e")
    return rf"{mantissa} \cdot 10^{{{int(power)}}}" if power else mantissa
