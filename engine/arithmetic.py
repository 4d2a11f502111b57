"""The one reader of arithmetic: text such as "x**2 + sin(y)" becomes a small tree, and is never evaluated as code.

The grammar is Python's own for numbers, names, signs, + - * / ** and calls; each user of it says in a `Grammar` which names,
functions and signs it knows, and makes of the tree what it needs: a program for kernels (`engine.surfaces.formula`), arrays and
trees with numbers (`engine.microscope.expressions.arithmetic`), a graph with adjoints (`engine.microscope.expressions.graph`).
"""

from __future__ import annotations

import ast
import math
import operator
import re
import threading
from bisect import bisect_right
from collections.abc import Callable, Container, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

_PARSING = threading.Lock()


def parsed(text: str) -> ast.Expression:
    """Python's tree of an expression; SyntaxError, ValueError, RecursionError or MemoryError where it is none."""
    tree = syntax_tree(text, "eval")
    assert isinstance(tree, ast.Expression)
    return tree


def syntax_tree(text: str, mode: Literal["eval", "exec"] = "exec") -> ast.AST:
    """`ast.parse`, one thread at a time: up to Python 3.12 the depth of the trees being made is counted for all threads
    together, and where two make one at once either may end with a SystemError."""
    with _PARSING:
        return ast.parse(text, mode=mode)


SIGNS: dict[type[ast.AST], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.Pow: "**",
    ast.UAdd: "+",
    ast.USub: "-",
    ast.Gt: ">",
    ast.Lt: "<",
    ast.NotEq: "!=",
}


FACTORS = re.compile(
    r"(?:(?<![\w.])\d+\.?\d*(?=[A-Za-z])(?![eE][+-]?\d)|(?:\b\d+\.?\d*|\b[A-Za-z]|\)) *(?<=[ )])(?=[A-Za-z0-9(]))"
)
"""Two factors without a sign between: in a text that cannot be read, that is why."""
UNCALLED = re.compile(r"\b([A-Za-z]{2,}) +(?=[A-Za-z0-9.])")
"""A name of more than one letter with something behind it, as in sin x."""
Refusal: TypeAlias = Literal["text", "part", "name", "number", "depth"]


class FormulaError(ValueError):
    """A text that is no formula: `problem` at the character `position`, from 1, and what is `allowed` instead.

    `kind`: the text as a whole, or a `part` of it (in normal form), a name that is not known, a number that is too large, or a
    part that is nested too deeply.
    """

    def __init__(self, problem: str, position: int, allowed: str, kind: Refusal = "text", part: str = "") -> None:
        super().__init__(f"formula: {problem} at character {position}; allowed: {allowed}")
        self.problem, self.position, self.allowed, self.kind, self.part = problem, position, allowed, kind, part


@dataclass(frozen=True)
class Part:
    """A part of a formula: where it begins in the text, from 1, and how it is written in normal form."""

    position: int
    text: str


@dataclass(frozen=True)
class Number(Part):
    value: float


@dataclass(frozen=True)
class Name(Part):
    name: str


@dataclass(frozen=True)
class Signed(Part):
    """`sign` is "-" or "+"."""

    sign: str
    operand: Tree


@dataclass(frozen=True)
class Binary(Part):
    """`sign` is one of + - * / **."""

    sign: str
    left: Tree
    right: Tree


@dataclass(frozen=True)
class Call(Part):
    function: str
    arguments: tuple[Tree, ...]


@dataclass(frozen=True)
class Choice(Part):
    """`then` where `left` > `right` (or <, !=: `sign`), else `otherwise`."""

    sign: str
    left: Tree
    right: Tree
    then: Tree
    otherwise: Tree


Tree: TypeAlias = Number | Name | Signed | Binary | Call | Choice


@dataclass(frozen=True)
class Grammar:
    """What a user of the reader knows: `names` (None: any), `functions` with how many arguments each takes (None: any number),
    `constants` as names with a fixed value, the `signs` before and between, and whether "a if x > y else b" is one.

    `numbers` are the functions of a number whose value counts as a number too, as in x**sqrt(4).

    x^2 is a power as x**2 is, and binds as it does.

    `deepest` and `longest` bound a text that comes from outside: levels of the tree, and characters; such a text is `printable`
    ASCII alone.
    """

    functions: dict[str, int | None]
    names: Container[str] | None = None
    constants: dict[str, float] = field(default_factory=dict)
    numbers: Mapping[str, Callable[[float], float]] = field(default_factory=dict, hash=False)
    prefixes: str = "-"
    signs: tuple[str, ...] = ("+", "-", "*", "/", "**")
    choices: bool = False
    deepest: int | None = None
    longest: int | None = None
    printable: bool = False
    allowed: str = ""

    def read(self, text: str) -> Tree:
        """The tree of a text. Raises FormulaError.

        >>> Grammar({"sin": 1}, names="xy").read("2*x + sin(y)").text
        '2 * x + sin(y)'
        >>> Grammar({}, names="xy", allowed="x, y").read("x + z")
        Traceback (most recent call last):
        engine.arithmetic.FormulaError: formula: 'z' is not known at character 5; allowed: x, y
        """
        if self.longest is not None and len(text) > self.longest:
            raise FormulaError("too long", self.longest + 1, f"up to {self.longest} characters")
        for position, letter in enumerate(text if self.printable else "", 1):
            if not letter.isascii() or not letter.isprintable():
                raise FormulaError(f"{letter!r} is not known", position, self.allowed)
        if not text.strip(" "):
            raise FormulaError("is empty", 1, self.allowed)
        shift = len(text) - len(text.lstrip(" "))
        written, seconds = _with_powers(text.strip(" "))
        try:
            tree = parsed(written)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as problem:
            self._hint(text)
            place = getattr(problem, "offset", None) or len(written)
            place -= bisect_right(seconds, place - 1)
            raise FormulaError("cannot be read", min(place + shift, len(text)), self.allowed) from None
        return _Reading(self, shift + 1, seconds).part(tree.body, 1)

    def _hint(self, text: str) -> None:
        """Refuse with what is usually meant, where that can be told."""
        uncalled = UNCALLED.search(text)
        if uncalled is not None and uncalled[1] in self.functions:
            name = uncalled[1]
            raise FormulaError(f"cannot be read; write {name}(…) with brackets", uncalled.end() + 1, self.allowed) from None
        if "|" in text and "abs" in self.functions:
            raise FormulaError("cannot be read; write abs(…) for |…|", text.index("|") + 1, self.allowed) from None
        factors = FACTORS.search(text)
        if factors is not None:
            raise FormulaError("cannot be read; write * between factors", factors.end() + 1, self.allowed) from None

    def value(self, tree: Tree) -> float | None:
        """The value of a number, of a constant, or of one of them with its sign; else None."""
        if isinstance(tree, Number):
            return tree.value
        if isinstance(tree, Name):
            return self.constants.get(tree.name)
        if isinstance(tree, Signed):
            value = self.value(tree.operand)
            return None if value is None else (-value if tree.sign == "-" else value)
        return None

    def folded(self, tree: Tree) -> float | None:
        """The value of a part in which nothing varies, such as 1 + 1 or -(4 / 2); None where something does, or there is none.

        >>> grammar = Grammar({"sqrt": 1}, names="x", numbers={"sqrt": math.sqrt})
        >>> [grammar.folded(grammar.read(text)) for text in ("1 + 1", "-(4 / 2)", "sqrt(4)", "1 / 0", "x - x + 2")]
        [2.0, -2.0, 2.0, None, None]
        """
        try:
            value = self._folded(tree)
        except (ArithmeticError, ValueError):
            return None
        return value if isinstance(value, float) and math.isfinite(value) else None

    def _folded(self, tree: Tree) -> float | None:
        if isinstance(tree, Signed):
            value = self._folded(tree.operand)
            return None if value is None else (-value if tree.sign == "-" else value)
        if isinstance(tree, Binary):
            left, right = self._folded(tree.left), self._folded(tree.right)
            return None if left is None or right is None else OPERATIONS[tree.sign](left, right)
        if isinstance(tree, Call) and tree.function in self.numbers and len(tree.arguments) == 1:
            value = self._folded(tree.arguments[0])
            return None if value is None else self.numbers[tree.function](value)
        return self.value(tree)


OPERATIONS: dict[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "**": math.pow,
}


def parts(tree: Tree) -> Iterator[Tree]:
    """Every part of a tree, each before those that it is made of."""
    yield tree
    if isinstance(tree, Signed):
        yield from parts(tree.operand)
    elif isinstance(tree, Binary):
        yield from parts(tree.left)
        yield from parts(tree.right)
    elif isinstance(tree, Call):
        for argument in tree.arguments:
            yield from parts(argument)
    elif isinstance(tree, Choice):
        for each in (tree.left, tree.right, tree.then, tree.otherwise):
            yield from parts(each)


def _with_powers(text: str) -> tuple[str, list[int]]:
    """The text with ** in place of ^, and where the second stars stand, which nobody typed: behind them all is a place further
    on."""
    carets = [index for index, letter in enumerate(text) if letter == "^"]
    return text.replace("^", "**"), [index + before + 1 for before, index in enumerate(carets)]


class _Reading:
    """Python's tree made ours, from the left, so that the first thing that is not known is named. `start`: where the text
    begins; `seconds`: what `_with_powers` put into it."""

    def __init__(self, grammar: Grammar, start: int, seconds: list[int]) -> None:
        self.grammar, self.start, self.seconds = grammar, start, seconds

    def part(self, node: ast.expr, level: int) -> Tree:
        grammar = self.grammar
        if grammar.deepest is not None and level > grammar.deepest:
            raise self.refused("nested too deeply", node, f"up to {grammar.deepest} levels", kind="depth")
        place, text = self.place(node), ast.unparse(node)
        if isinstance(node, ast.Constant) and isinstance(node.value, int | float) and not isinstance(node.value, bool):
            return Number(place, text, self.number(node, node.value))
        if isinstance(node, ast.Name):
            if grammar.names is not None and node.id not in grammar.names and node.id not in grammar.constants:
                raise self.refused(f"'{node.id}' is not known{self.product(node.id)}", node, kind="name")
            return Name(place, text, node.id)
        if isinstance(node, ast.UnaryOp) and SIGNS.get(type(node.op), "none") in grammar.prefixes:
            deeper = 0 if _is_constant(node.operand, grammar) else 1  # a number with its sign is one part
            return Signed(place, text, SIGNS[type(node.op)], self.part(node.operand, level + deeper))
        if isinstance(node, ast.BinOp):
            sign = self.sign(node)
            return Binary(place, text, sign, self.part(node.left, level + 1), self.part(node.right, level + 1))
        if isinstance(node, ast.Call):
            name = self.function(node)
            return Call(place, text, name, tuple(self.part(argument, level + 1) for argument in node.args))
        if isinstance(node, ast.IfExp) and grammar.choices:
            return self.choice(node, level)
        raise self.refused("something that is no arithmetic", node)

    def number(self, node: ast.expr, value: float) -> float:
        try:
            found = float(value)
        except OverflowError:
            found = math.inf
        if not math.isfinite(found):
            raise self.refused("a number that is too large", node, "up to 1.8e308", kind="number")
        return found

    def sign(self, node: ast.BinOp) -> str:
        sign = SIGNS.get(type(node.op))
        if sign not in self.grammar.signs:
            raise FormulaError(
                "an operator that is not known", self.place(node.right) - 1, self.grammar.allowed, "part", ast.unparse(node)
            )
        assert sign is not None
        return sign

    def function(self, node: ast.Call) -> str:
        """The name of what is called, with as many arguments as it takes."""
        called, known = node.func, self.grammar.functions
        if not isinstance(called, ast.Name) or called.id not in known:
            named = f"unknown function {called.id}" if isinstance(called, ast.Name) else "that cannot be called"
            factor = isinstance(called, ast.Constant | ast.BinOp) or (isinstance(called, ast.Name) and self.is_value(called.id))
            raise self.refused(named + ("; write * between factors" if factor else ""), node)
        count, plain = known[called.id], not any(isinstance(argument, ast.Starred) for argument in node.args)
        if node.keywords or not plain or count not in (None, len(node.args)):
            takes = "one argument" if count == 1 else f"{count} arguments"
            raise self.refused(f"{called.id} takes {takes}", node, f"{called.id}(…)")
        return called.id

    def choice(self, node: ast.IfExp, level: int) -> Choice:
        test = node.test
        if not isinstance(test, ast.Compare) or len(test.ops) != 1 or SIGNS.get(type(test.ops[0])) is None:
            raise self.refused("something that is no arithmetic", node)
        left, right, then, otherwise = (
            self.part(each, level + 1) for each in (test.left, test.comparators[0], node.body, node.orelse)
        )
        return Choice(self.place(node), ast.unparse(node), SIGNS[type(test.ops[0])], left, right, then, otherwise)

    def place(self, node: ast.expr) -> int:
        return node.col_offset - bisect_right(self.seconds, node.col_offset) + self.start

    def is_value(self, name: str) -> bool:
        grammar = self.grammar
        return name in grammar.constants or (grammar.names is not None and name in grammar.names)

    def product(self, name: str) -> str:
        """A hint where letters of values stand side by side."""
        known = (
            len(name) == 2 and name[0] != name[1] and all(self.grammar.names and each in self.grammar.names for each in name)
        )
        return "; write * between factors" if known else ""

    def refused(self, problem: str, node: ast.expr, allowed: str = "", kind: Refusal = "part") -> FormulaError:
        return FormulaError(problem, self.place(node), allowed or self.grammar.allowed, kind, ast.unparse(node))


def _is_constant(node: ast.expr, grammar: Grammar) -> bool:
    """Whether it is a number or a named constant, with or without signs."""
    while isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
        node = node.operand
    return isinstance(node, ast.Constant) or (isinstance(node, ast.Name) and node.id in grammar.constants)
