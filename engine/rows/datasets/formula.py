"""A formula as data: points of the plane, told apart or given their values by what a learner types.

With a sign it makes two classes: those of "y = 2 * sin(x)" lie above and below the curve, those of "x^2 + y^2 < 9" inside and
outside. Without one it is a regression on the formula's value. It is read by `engine.arithmetic`, never evaluated as code.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from engine.arithmetic import Binary, Call, FormulaError, Name, Signed, Tree
from engine.array import Array
from engine.parts import give_way
from engine.randomness import generator
from engine.rows.datasets.row import HALF_WIDTH, NOISE, SAMPLES, DatasetRow, Raw, Task
from engine.rows.row import Parameter
from engine.surfaces.formula import GRAMMAR as SURFACES

OWN: Final = "formula"
DEFAULT = "y = 2 * sin(x)"
LONGEST = 200
EVERY = 20
"""It must have a value at one of so many places, or finding them takes for ever."""
PLACES = 2048
"""Evaluated in one piece: some milliseconds of the longest formula."""
CELLS = 80
"""Along a side of the plane, where the border is looked for."""

ALLOWED = SURFACES.allowed.replace("**", "^") + "; one of = < > <= >= for classes"
GRAMMAR = replace(SURFACES, allowed=ALLOWED)
FUNCTIONS: dict[str, Callable[[Array], Array]] = {
    name: getattr(np, {"asin": "arcsin", "acos": "arccos", "atan": "arctan"}.get(name, name)) for name in GRAMMAR.functions
}
OPERATIONS: dict[str, Callable[[Array, Array], Array]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "**": np.power,
}
Mask = NDArray[np.bool_]
SIGNS: dict[str, Callable[[Array], Mask]] = {
    "=": lambda left: left > 0.0,
    "<": lambda left: left < 0.0,
    "<=": lambda left: left <= 0.0,
    ">": lambda left: left > 0.0,
    ">=": lambda left: left >= 0.0,
}
"""Which points are of class 1, by left - right."""
SIDES = {"y": ("below", "above"), "x": ("left", "right")}
"""What smaller and larger are where one of them stands alone before the sign."""


class NoValueError(ValueError):
    """A formula that has a value at too few places of the plane."""


@dataclass(frozen=True)
class Formula:
    """A formula that was read: `left` `sign` `right`; of a regression `left` alone."""

    text: str
    sign: str
    left: Tree
    right: Tree | None

    @property
    def task(self) -> Task:
        return "classification" if self.sign else "regression"

    @property
    def classes(self) -> tuple[str, ...]:
        """The class where the formula does not hold, and the one where it does; for y = f(x) below and above."""
        if not self.sign:
            return ()
        names = SIDES.get(self.left.name) if isinstance(self.left, Name) else None
        if self.sign == "=":
            return names or ("less", "greater")
        if names is None:
            return ("outside", "inside")
        return names if self.sign.startswith(">") else names[::-1]

    def value(self, points: Array) -> Array:
        """Of points (n, 2) the value of a regression, or left - right, (n,); not finite where there is none."""
        found = np.empty(len(points))
        for start in range(0, len(points), PLACES):
            x, y = points[start : start + PLACES].T
            with np.errstate(all="ignore"):
                left = _value(self.left, x, y)
                found[start : start + PLACES] = left if self.right is None else left - _value(self.right, x, y)
            give_way()
        return found

    def targets(self, points: Array) -> Array:
        """The classes or values (n,) of points (n, 2) at which it has one."""
        value = self.value(points)
        return SIGNS[self.sign](value).astype(np.float64) if self.sign else value

    def draw(self, random: np.random.Generator, n: int) -> tuple[Array, int]:
        """Evenly over the plane, points (n, 2) at which it has a value, and how many others were drawn between them and left
        out. Raises `NoValueError`."""
        found, left_out = np.empty((0, 2)), 0
        for _ in range(EVERY):
            points = random.uniform(-HALF_WIDTH, HALF_WIDTH, (n, 2))
            places = np.flatnonzero(np.isfinite(self.value(points)))[: n - len(found)]
            found = np.concatenate([found, points[places]])
            if len(found) == n:
                return found, left_out + int(places[-1]) + 1 - len(places)
            left_out += n - len(places)
        raise NoValueError("has a value at too few places of the plane")

    def sample(self, random: np.random.Generator, n: int, noise: float) -> Raw:
        """As rows draw: noise moves the points of classes, and the values of a regression."""
        points, _ = self.draw(random, n)
        targets = self.targets(points)
        if self.sign:
            return points + noise * random.standard_normal(points.shape), targets
        return points, targets + noise * random.standard_normal(n)

    def border(self) -> Array:
        """Where one class meets the other, as pieces of lines (m, 4) from (x, y) to (x, y); none of a regression.

        A cell is two triangles: of each that the border crosses, two sides are crossed, each where left - right is 0 if it is
        straight along the side."""
        if not self.sign:
            return np.empty((0, 4))
        edge = np.linspace(-HALF_WIDTH, HALF_WIDTH, CELLS + 1)
        grid = np.stack(np.meshgrid(edge, edge), axis=-1)
        value = self.value(grid.reshape(-1, 2)).reshape(grid.shape[:2])
        corners = [np.s_[:-1, :-1], np.s_[:-1, 1:], np.s_[1:, 1:], np.s_[1:, :-1]]
        pieces = []
        for triangle in ((0, 1, 2), (0, 2, 3)):
            places = np.stack([grid[corners[k]].reshape(-1, 2) for k in triangle], axis=1)
            values = np.stack([value[corners[k]].ravel() for k in triangle], axis=1)
            pieces.append(_crossings(places, values, SIGNS[self.sign]))
        return np.concatenate(pieces)


def _value(tree: Tree, x: Array, y: Array) -> Array:
    if isinstance(tree, Name):
        return {"x": x, "y": y}[tree.name] if tree.name in ("x", "y") else np.asarray(GRAMMAR.constants[tree.name])
    if isinstance(tree, Signed):
        operand = _value(tree.operand, x, y)
        return -operand if tree.sign == "-" else operand
    if isinstance(tree, Binary):
        return OPERATIONS[tree.sign](_value(tree.left, x, y), _value(tree.right, x, y))
    if isinstance(tree, Call):
        return FUNCTIONS[tree.function](_value(tree.arguments[0], x, y))
    return np.asarray(GRAMMAR.value(tree), dtype=np.float64)


def _crossings(places: Array, values: Array, is_one: Callable[[Array], Mask]) -> Array:
    """Of triangles (n, 3, 2) with values (n, 3) at their corners: the piece (m, 4) between the two sides that are crossed."""
    ones = is_one(values)
    crossed = np.isfinite(values).all(axis=1) & (ones.any(axis=1) != ones.all(axis=1))
    places, values, ones = places[crossed], values[crossed], ones[crossed]
    # The corner that is alone on its side; the border cuts the two sides that lead from it.
    alone = np.where(ones.sum(axis=1) == 1, ones.argmax(axis=1), ones.argmin(axis=1))
    rows = np.arange(len(places))
    from_place, from_value = places[rows, alone], values[rows, alone]
    ends = []
    for other in (1, 2):
        to_place, to_value = places[rows, (alone + other) % 3], values[rows, (alone + other) % 3]
        share = from_value / (from_value - to_value)
        ends.append(from_place + share[:, None] * (to_place - from_place))
    return np.concatenate(ends, axis=1)


@lru_cache(maxsize=64)
def read(text: str) -> Formula:
    """A formula that is data. A FormulaError names the place in the text and what is allowed.

    >>> read("x^2 + y^2 < 9").classes, read("y = sin(x)").classes, read("x * y").task
    (('outside', 'inside'), ('below', 'above'), 'regression')
    """
    if len(text) > LONGEST:
        raise FormulaError("too long", LONGEST + 1, f"up to {LONGEST} characters")
    signs = list(re.finditer(r"[<>]=?|==?", text))
    if not signs:
        return Formula(text, "", GRAMMAR.read(text), None)
    first = signs[0]
    if len(signs) > 1:
        raise FormulaError(f"a second sign, {signs[1][0]!r}", signs[1].start() + 1, "one of = < > <= >=")
    before, after = text[: first.start()], text[first.end() :]
    for side, where in ((before, "before"), (after, "after")):
        if not side.strip():
            raise FormulaError(f"nothing stands {where} {first[0]!r}", first.start() + 1, "such as y = 2 * sin(x)")
    right = GRAMMAR.read(" " * first.end() + after)  # blanks for what stands before it: places are those of the whole text
    return Formula(text, first[0].replace("==", "="), GRAMMAR.read(before), right)


@dataclass(frozen=True)
class Survey:
    """What the samples of a formula are, without their noise: those left out, and how many of each class."""

    left_out: int
    counts: tuple[int, ...]


@lru_cache(maxsize=64)
def survey(text: str, samples: int, seed: int) -> Survey:
    """The samples that the row would draw. Raises FormulaError and `NoValueError`."""
    formula = read(text)
    points, left_out = formula.draw(generator(seed, "data"), samples)
    labels = formula.targets(points).astype(np.int64) if formula.sign else np.empty(0, dtype=np.int64)
    return Survey(left_out, tuple(np.bincount(labels, minlength=len(formula.classes)).tolist()))


FORMULA = Parameter(OWN, "formula", "f", DEFAULT, "text", summary="y = f(x), f(x, y) < 0, or f(x, y) to be predicted")

ROW = DatasetRow(
    OWN,
    "formula",
    "Your own: classes on both sides of a curve, or the value of a function.",
    "what is typed, over the plane evenly",
    parameters=(FORMULA, SAMPLES, NOISE),
    classes=read(DEFAULT).classes,
    link="https://github.com/tensorflow/playground/issues/252",
    example="""\
>>> from engine import RunSpec, Trainer
>>> ring = Trainer(RunSpec.model_validate({"data": {"name": "formula", "formula": "4 < x^2 + y^2", "noise": 0.0}}))
>>> raw, labels = ring.dataset.splits["train"].raw, ring.dataset.splits["train"].labels
>>> print(ring.dataset.classes, np.array_equal(labels == 1, np.hypot(raw[:, 0], raw[:, 1]) > 2))
('outside', 'inside') True
""",
    make=read(DEFAULT).sample,
)


@lru_cache(maxsize=64)
def row_of(text: str) -> DatasetRow:
    """The row as a formula makes it: its task, its classes, its samples."""
    formula = read(text)
    return replace(ROW, task=formula.task, classes=formula.classes, make=formula.sample)
