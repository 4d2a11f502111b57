"""What turns a recorded update into micro-steps: each kind of op has a recipe, registered by its code."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import numpy as np

from engine.array import Array
from engine.kernels import codes
from engine.machine.trace import MicroStep, UpdateTrace
from engine.microscope.expressions.expression import Number
from engine.microscope.notations import Notation
from engine.microscope.steps import Flow, Parts, Phase, Step, Terms
from engine.microscope.values import Names, Symbol, Value
from engine.parts import giving_way_between

if TYPE_CHECKING:
    from engine.dataset import Dataset
    from engine.machine.tape import Tape
    from engine.spec import RunSpec

Recipe = Callable[["Builder", MicroStep], None]
RECIPES: dict[int, Recipe] = {}
SILENT = (codes.CHECK, codes.KEEP)
"""Ops without numbers of their own."""


def recipe(code: int) -> Callable[[Recipe], Recipe]:
    """Register the recipe of an op."""

    def register(write: Recipe) -> Recipe:
        RECIPES[code] = write
        return write

    return register


class Builder:
    """Collects the micro-steps of one recorded update."""

    def __init__(self, trace: UpdateTrace, tape: Tape, spec: RunSpec, dataset: Dataset, notation: Notation) -> None:
        self.trace, self.tape, self.spec = trace, tape, spec
        self.n = notation
        self.names = Names(notation, tape, dataset, trace.rows)
        self.steps: list[Step] = []

    def build(self) -> tuple[Step, ...]:
        for step in giving_way_between(self.trace.steps, 1):
            code = int(self.tape.ops[step.index, codes.CODE])
            if code not in SILENT:
                RECIPES[code](self, step)
        return tuple(self.steps)

    # Values ----------------------------------------------------------------------------------------------------------

    def value(self, name: str, array: Array, moment: str = "during") -> Value:
        return self.names.value(name, array, moment)

    def operand(self, step: MicroStep, name: str) -> Value:
        return self.value(name, step.operands[name], "before" if name in self._parameters else "during")

    def operands(self, step: MicroStep, *names: str) -> list[Value]:
        return [self.operand(step, name) for name in names]

    def result(self, step: MicroStep, name: str) -> Value:
        return self.value(name, step.results[name])

    def results(self, step: MicroStep, *names: str) -> list[Value]:
        return [self.result(step, name) for name in names]

    @property
    def _parameters(self) -> set[str]:
        return {slot.name for slot in self.tape.slots}

    def named(self, name: str, numbers: Array) -> Value:
        """Numbers (n,) without rows of their own, such as the mean loss."""
        return self.value(name, numbers.reshape(-1, 1)[:1] if name == "eta" else numbers.reshape(-1, 1))

    def state(self, tensor: str, parameter: str, array: Array, moment: str = "before") -> Value:
        """The optimizer's own tensor for a parameter, named as in "m.W1"."""
        like = self.value(parameter, array, moment)
        words = f"the rule's {tensor} for {parameter}, as the last update left it"
        equations = self.spec.optimizer.form.equations
        symbol = tensor if isinstance(equations, str) else equations.symbol_of(tensor)
        return Value(f"{tensor}.{parameter}", symbol, words, like.array, like.rows, like.columns, "parameters", moment)

    def entry(self, value: Value, row: int, column: int) -> Number:
        found = value.entry(self.names, row, column)
        if "." in value.name:  # optimizer state: its letter with the parameter's indices
            indices = str(row + 1) + ("" if value.columns.kind == "one" else str(column + 1))
            return Number(f"{{{value.symbol}}}_{{{indices}}}", found.value, found.name, found.position)
        return found

    def entry_at(self, value: Value, row: int, column: int) -> Number:
        """An entry whose symbol says of which sample it is."""
        found = value.entry(self.names, row, column)
        return Number(self.names.at_sample(found.symbol, column), found.value, found.name, found.position)

    def frozen_note(self, name: str, then: str) -> str:
        """How many entries of a parameter are frozen, and what `then` is so of them; nothing where none is."""
        slot = next(slot for slot in self.tape.slots if slot.name == name)
        count = int(self.tape.frozen.within(slot).sum())
        return f"{count} of {slot.size} entries {'is' if count == 1 else 'are'} frozen: {then}" if count else ""

    def layer_name(self, layer: int) -> str:
        return "the output" if layer == self.names.last else f"layer {layer}"

    def log_output(self, step: MicroStep, output: str, row: int, column: int, missing: bool) -> float:
        """ln ŷ, or ln(1 − ŷ) where it is `missing` to 1, of one output: from the logits as the run has it, or as printed."""
        z, h = (step.operands[f"{kind}{step.layer}"] for kind in "zh")
        if self.spec.numerics == "naive":
            with np.errstate(all="ignore"):
                return float(np.log(1.0 - h[row, column] if missing else h[row, column]))
        if output == "sigmoid":
            return float(-np.logaddexp(0.0, z[row, column] if missing else -z[row, column]))
        own, (top, excess) = z[:, column], _log_excess(z[:, column])
        if not missing:
            return float((own[row] - top) - excess)
        if h[row, column] < 0.5:
            return float(np.log1p(-h[row, column]))
        if len(own) == 1:
            return -np.inf
        top_of_others, theirs = _log_excess(np.delete(own, row))
        return float((top_of_others - top) + (theirs - excess))

    # Steps -----------------------------------------------------------------------------------------------------------

    def add(
        self,
        step: MicroStep,
        kind: str,
        *,
        title: str,
        why: str,
        rule: str,
        results: Iterable[Value] = (),
        operands: Iterable[Value] = (),
        matrix: Parts = (),
        terms: Terms | None = None,
        flow: Flow | None = None,
        nodes: str = "",
        note: str = "",
        short: str = "",
        phase: Phase | None = None,
        of_sample: Callable[[int], Value] | None = None,
        extra: Iterable[tuple[str, str]] = (),
    ) -> None:
        made, read = tuple(results), tuple(operands)
        seen = [Symbol(value.symbol, value.words) for value in (*made, *read)]
        symbols = tuple(dict.fromkeys([*seen, *(Symbol(*each) for each in extra)]))
        if flow is None and nodes:
            flow = Flow("", step.layer, step.layer - 1, step.phase == "backward", nodes, None)
        self.steps.append(
            Step(
                index=len(self.steps),
                op=step.index,
                kind=kind,
                phase=phase or step.phase,  # type: ignore[arg-type]
                layer=step.layer,
                short=short or (made[0].symbol if made else ""),
                title=title,
                why=why,
                rule=rule,
                symbols=symbols,
                operands=read,
                results=made,
                matrix=matrix,
                flow=flow,
                note=note,
                terms=terms,
                of_sample=of_sample,
                entry_symbol=lambda value, row, column: self.entry(value, row, column).symbol,
            )
        )


def _log_excess(z: Array) -> tuple[float, float]:
    """The largest of z (units,) and by how much their log-sum-exp is above it: apart, since beside 1e15 the rest is lost."""
    place = int(np.argmax(z))
    return float(z[place]), float(np.log1p(np.exp(np.delete(z, place) - z[place]).sum()))
