"""A micro-step as a learner meets it: words, formula, operands, results, and the terms of its equation at three depths."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from engine.array import Array
from engine.microscope.expressions.expression import Expression, Number, Writing, latex, main_terms, plain
from engine.microscope.values import Symbol, Value

Depth = Literal["unit", "edge"]
Phase = Literal["forward", "loss", "backward", "update"]
Terms = Callable[[str, int, int, int], Expression]
"""(name of the result, row, column, sample) -> the equation of that entry, by its terms."""
Parts = tuple["str | Factor", ...]


@dataclass(frozen=True)
class Factor:
    """A named array within the equation of a layer, perhaps turned on its side; of a batch's array the sample's column."""

    name: str
    transposed: bool = False


@dataclass(frozen=True)
class Equation:
    """One entry's equation. `result` is the run's own number; `computed` is what the terms add up to, `exact` whether to the
    last bit (BLAS and functions of the run's own may differ by rounding). At depth "edge" `expression` is one term of the sum:
    `term` of `terms`."""

    depth: Depth
    result: Number
    expression: Expression
    computed: float
    exact: bool
    term: int | None = None
    terms: int = 1

    def as_json(self) -> dict[str, Any]:
        return {
            "depth": self.depth,
            "result": self.result.as_json(),
            "expression": self.expression.as_json(),
            "computed": plain(self.computed),
            "exact": self.exact,
            "term": self.term,
            "terms": self.terms,
            "latex": self.latex(),
            "numbers": self.latex(Writing(numbers=True)),
        }

    def latex(self, writing: Writing | None = None) -> str:
        """The formula, or with numbers the same with them; an edge stands alone."""
        how = writing or Writing()
        right = latex(self.expression, how)
        if self.depth == "edge":
            return f"{right} = {latex(Number('', self.expression.value, 'x'), how)}" if how.numbers else right
        result = latex(self.result, how) if how.numbers else ""
        return f"{self.result.symbol} = {right}" + (f" = {result}" if how.numbers else "")


@dataclass(frozen=True)
class Flow:
    """What runs along the edges into `layer` (rows its units, columns the units of layer `source`) and which named array is on
    the nodes."""

    name: str
    layer: int
    source: int
    backward: bool
    nodes: str
    edges: Callable[[int | None], Array] | None = field(repr=False, compare=False)
    """(d_layer, d_source) of a sample's column, or of None: the mean over the mini-batch. None: nothing runs along edges."""


@dataclass(frozen=True)
class Step:
    """One micro-step. `op` is the index of the run's op that made it; several steps may tell of one op."""

    index: int
    op: int
    kind: str
    phase: Phase
    layer: int
    short: str
    title: str
    why: str
    rule: str
    symbols: tuple[Symbol, ...]
    operands: tuple[Value, ...]
    results: tuple[Value, ...]
    matrix: Parts = ()
    flow: Flow | None = None
    note: str = ""
    terms: Terms | None = field(default=None, repr=False, compare=False)
    of_sample: Callable[[int], Value] | None = field(default=None, repr=False, compare=False)

    def result(self, name: str = "", sample: int = 0) -> Value:
        """A result by name, the first by default; a sample's own gradient is made when it is asked for."""
        if self.of_sample is not None:
            return self.of_sample(sample)
        if not self.results:
            raise ValueError(f"name: '{self.title}' has no numbers")
        if not name:
            return self.results[0]
        found = next((value for value in self.results if value.name == name), None)
        if found is None:
            raise ValueError(f"name: no result '{name}'; allowed: {', '.join(value.name for value in self.results)}")
        return found

    def equation(
        self, row: int, column: int, *, depth: Depth = "unit", term: int = 0, name: str = "", sample: int = 0
    ) -> Equation:
        """The equation of the entry (row, column) of a result, or one term of it. `sample`: a column of the mini-batch, for
        what is of one sample."""
        value = self.result(name, sample)
        rows, columns = value.array.shape
        if not (0 <= row < rows and 0 <= column < columns):
            raise ValueError(f"row, column: {row}, {column} given; allowed: 0 to {rows - 1}, 0 to {columns - 1}")
        number = Number(value.symbol, float(value.array[row, column]), value.name, (row, column))
        whole = self.terms(value.name, row, column, sample) if self.terms else number
        if isinstance(whole, Number) and self.terms is None:
            return Equation(depth, number, whole, number.value, True, None if depth == "unit" else 0)
        result = Number(self.symbol_of(value, row, column), number.value, value.name, (row, column))
        same = np.float64(whole.value) == np.float64(result.value) or (np.isnan(whole.value) and np.isnan(result.value))
        if depth == "unit":
            return Equation(depth, result, whole, whole.value, bool(same), None, len(main_terms(whole)))
        terms = main_terms(whole)
        if not 0 <= term < len(terms):
            raise ValueError(f"term: {term} given; allowed: 0 to {len(terms) - 1}")
        return Equation(depth, result, terms[term], whole.value, bool(same), term, len(terms))

    entry_symbol: Callable[[Value, int, int], str] | None = field(default=None, repr=False, compare=False)

    def symbol_of(self, value: Value, row: int, column: int) -> str:
        return self.entry_symbol(value, row, column) if self.entry_symbol else value.symbol

    def as_json(self, *, numbers: bool = True) -> dict[str, Any]:
        """All of it, with `numbers` the arrays too."""
        return {
            "index": self.index,
            "op": self.op,
            "kind": self.kind,
            "phase": self.phase,
            "layer": self.layer,
            "short": self.short,
            "title": self.title,
            "why": self.why,
            "rule": self.rule,
            "note": self.note,
            "symbols": [symbol.as_json() for symbol in self.symbols],
            "operands": [value.as_json(numbers=numbers) for value in self.operands],
            "results": [value.as_json(numbers=numbers) for value in self.results],
            "matrix": [
                part if isinstance(part, str) else {"name": part.name, "transposed": part.transposed} for part in self.matrix
            ],
            "of_sample": self.of_sample is not None,
            "flow": None
            if self.flow is None
            else {
                "name": self.flow.name,
                "layer": self.flow.layer,
                "source": self.flow.source,
                "backward": self.flow.backward,
                "nodes": self.flow.nodes,
            },
        }
