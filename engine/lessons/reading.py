"""Texts read: measurements, and the comparisons of a condition."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.arithmetic import Binary, Call, FormulaError, Grammar, Name, Number, Signed, Tree
from engine.lessons.expressions import FUNCTIONS, Called, Further, MeasureError, Node, Operation
from engine.lessons.vocabulary import MEASURES
from engine.lessons.vocabulary.row import LEAST, NAMES, SPLITS, Argument, Index, Measure, Measured, Split

LONGEST = 300
DEEPEST = 20
MOST_PARTS = 200
"""Of a measurement, with what the names in it stand for."""
UNDERSTOOD = "+ - * / ^, numbers, the card's measures, " + ", ".join([*FUNCTIONS, *sorted(MEASURES)])
GRAMMAR = Grammar(
    {name: count for name, (count, _) in FUNCTIONS.items()} | dict.fromkeys(MEASURES),
    deepest=DEEPEST,
    longest=LONGEST,
    printable=True,
    allowed=UNDERSTOOD,
)
SIGNS = re.compile(r"<=|>=|==|!=|<|>")
AND = re.compile(r"\band\b")
RANGE = re.compile(r"\.\.")
Names = Mapping[str, str]


@dataclass(frozen=True)
class Read:
    """A measurement: its text, what it says, and the formula that it is written as."""

    text: str
    node: Node
    latex: str


Clause = tuple[Read | None, str, Read]
"""A comparison; None stands for what a right side alone is about."""


class Reader:
    """Reads texts in which `names` stand for others."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.open: list[str] = []
        self.parts = 0

    def measurement(self, text: str, shift: int = 0) -> Read:
        """Of a text that stands `shift` characters behind where positions are counted from."""
        tree = self.tree(text, shift)
        return Read(text.strip(), self.node(tree, shift), self.latex(tree))

    def tree(self, text: str, shift: int) -> Tree:
        try:
            return GRAMMAR.read(text)
        except FormulaError as problem:
            raise MeasureError(problem.problem, problem.position + shift, problem.allowed) from None

    def condition(self, text: str, about: bool) -> list[Clause]:
        """Its comparisons; `about`: a right side alone is one, too."""
        if len(text) > LONGEST:
            raise MeasureError("too long", LONGEST + 1, f"up to {LONGEST} characters")
        return [clause for start, end in _between(AND, text) for clause in self.clauses(text, start, end, about)]

    def clauses(self, text: str, start: int, end: int, about: bool) -> list[Clause]:
        part = text[start:end]
        allowed = "a comparison, such as loss(train) < 0.1" + (", or its right side, such as < 0.1" if about else "")
        ranges, signs = list(_between(RANGE, part)), SIGNS.findall(part)
        if len(ranges) == 2 and not signs:
            if not about:
                raise MeasureError("a range of nothing", start + 1, allowed)
            low, high = (self.measurement(part[a:b], start + a) for a, b in ranges)
            return [(None, ">=", low), (None, "<=", high)]
        if not signs:
            raise MeasureError("no comparison", start + 1, allowed)
        places = list(_between(SIGNS, part))
        left = None if about and not part[: places[0][1]].strip() else self.measurement(part[: places[0][1]], start)
        found: list[Clause] = []
        for sign, (a, b) in zip(signs, places[1:], strict=True):
            right = self.measurement(part[a:b], start + a)
            found.append((left, sign, right))
            left = right
        return found

    def node(self, tree: Tree, shift: int) -> Node:
        self.parts += 1
        if self.parts > MOST_PARTS:
            raise MeasureError("too long with all that it stands for", tree.position + shift, f"up to {MOST_PARTS} parts")
        if isinstance(tree, Number):
            return tree.value
        if isinstance(tree, Name):
            return self.named(tree, shift)
        if isinstance(tree, Signed):
            return Operation("0-", (self.node(tree.operand, shift),))
        if isinstance(tree, Binary):
            return Operation(tree.sign, (self.node(tree.left, shift), self.node(tree.right, shift)))
        assert isinstance(tree, Call)
        if tree.function in FUNCTIONS:
            if not tree.arguments:
                raise MeasureError(f"{tree.function} takes numbers", tree.position + shift, f"{tree.function}(…)")
            return Operation(tree.function, tuple(self.node(each, shift) for each in tree.arguments))
        return self.called(tree, shift)

    def named(self, tree: Name, shift: int) -> Node:
        """What a name of the card's stands for."""
        name, place = tree.name, tree.position + shift
        if name not in self.names:
            hint = f"{MEASURES[name].form}" if name in MEASURES else UNDERSTOOD
            raise MeasureError(f"'{name}' is not known", place, hint)
        if name in self.open:
            raise MeasureError(f"'{name}' stands for itself", place, "measures that do not go round in a circle")
        self.open.append(name)
        try:
            return self.node(self.tree(self.names[name], 0), 0)
        except MeasureError as problem:
            raise MeasureError(f"in '{name}': {problem.problem}", place, problem.allowed) from None
        finally:
            self.open.pop()

    def called(self, tree: Call, shift: int) -> Called:
        row, place = MEASURES[tree.function], tree.position + shift
        least = sum(not each.optional for each in row.arguments)
        if not least <= len(tree.arguments) <= len(row.arguments):
            raise MeasureError(f"{row.name} does not take {len(tree.arguments)}", place, row.form)
        given = (self.argument(row, *each, shift) for each in zip(row.arguments, tree.arguments, strict=False))
        return Called(place, row, tuple(given))

    def argument(self, row: Measure, argument: Argument, tree: Tree, shift: int) -> Any:
        place = tree.position + shift
        refused = MeasureError(f"{argument.name} of {row.name} is {tree.text}", place, argument.words)
        if argument.kind is Measured:
            return Further(self.node(tree, shift))
        if argument.kind in NAMES:
            if not isinstance(tree, Name) or (argument.kind is Split and tree.name not in SPLITS):
                raise refused
            return tree.name
        number = GRAMMAR.folded(tree)
        if number is None:
            raise refused
        if argument.kind is float:
            return number
        if number != int(number) or number < LEAST[argument.kind]:
            raise refused
        return int(number)

    # Writing ---------------------------------------------------------------------------------------------------------

    def latex(self, tree: Tree, strength: int = 0) -> str:
        """As a formula; brackets where it binds less than `strength`."""
        if isinstance(tree, Number):
            return _digits(tree.value)
        if isinstance(tree, Name):
            inner = self.names.get(tree.name)
            return _upright(tree.name) if inner is None else self.latex(self.tree(inner, 0), strength)
        if isinstance(tree, Signed):
            return f"-{self.latex(tree.operand, 2)}"
        if isinstance(tree, Binary):
            own = {"+": 1, "-": 1, "*": 2, "/": 2, "**": 4}[tree.sign]
            left, right = self.latex(tree.left, own), self.latex(tree.right, own + (tree.sign in "-/"))
            made = {
                "*": rf"{left} \cdot {right}",
                "/": f"{left} / {right}",
                "**": f"{{{left}}}^{{{self.latex(tree.right)}}}",
            }.get(tree.sign, f"{left} {tree.sign} {right}")
            return f"({made})" if own < strength else made
        assert isinstance(tree, Call)
        row = MEASURES.get(tree.function)
        if row is None:
            return self._called_by_name(tree, [self.latex(each) for each in tree.arguments])
        given = zip(row.arguments, tree.arguments, strict=False)
        told = {argument.name: self._argument(argument, each) for argument, each in given}
        if not row.latex:
            return self._called_by_name(tree, list(told.values()))
        return row.latex.format(**dict.fromkeys((each.name for each in row.arguments), "") | told)

    def _called_by_name(self, tree: Call, arguments: list[str]) -> str:
        name, given = _upright(tree.function), r",\, ".join(arguments)
        return f"{name}({given})" if arguments else name

    def _argument(self, argument: Argument, tree: Tree) -> str:
        if isinstance(tree, Name) and argument.kind in NAMES:
            return _symbol(tree.name)
        if argument.kind is Index:  # formulas count from 1
            place = str(int(GRAMMAR.folded(tree) or 0) + 1)
            return rf",\, {place}" if argument.optional else place
        return self.latex(tree)


def _between(sign: re.Pattern[str], text: str) -> list[tuple[int, int]]:
    """The stretches that a sign leaves."""
    found, start = [], 0
    for each in sign.finditer(text):
        found.append((start, each.start()))
        start = each.end()
    return [*found, (start, len(text))]


def _upright(name: str) -> str:
    return rf"\text{{{name.replace('_', ' ')}}}"


PARAMETER = re.compile(r"(W|b|gamma|beta|alpha|P)(\d+)$")


def _symbol(name: str) -> str:
    """A parameter as a formula has it; any other name upright."""
    found = PARAMETER.match(name)
    if found is None:
        return _upright(name)
    letter = found[1] if len(found[1]) == 1 else rf"\{found[1]}"
    return f"{letter}_{{{found[2]}}}"


def _digits(value: float) -> str:
    short = f"{value:.6g}"
    mantissa, _, power = short.partition("e")
    return rf"{mantissa} \cdot 10^{{{int(power)}}}" if power else short
