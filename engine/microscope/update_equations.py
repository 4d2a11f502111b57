"""An optimizer's update taken apart: every quantity of one parameter's update in order, as formulas with numbers, now and in
the past.

The past is replayed on a copy; the run is left alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.machine.trace import MicroStep, trace_update
from engine.microscope.expressions.arithmetic import as_tree, flat, names_in, on_arrays
from engine.microscope.expressions.expression import Expression, Number, Writing, latex, plain
from engine.optimizers.equations import STEP, SYMBOLS, UpdateEquations
from engine.rows.latex import latex as latex_of

if TYPE_CHECKING:
    from engine.machine.layout import TensorSlot
    from engine.machine.machine import Machine
    from engine.rows.row import Parameter
    from engine.spec import OptimizerSpec
    from engine.trainer import Trainer

LAST = 50


@dataclass(frozen=True)
class Part:
    """One quantity of an update: `formula` by symbols, `numbers` with them (LaTeX), its value, and `history`, oldest first, of
    the updates `Dissection.updates`."""

    name: str
    symbol: str
    words: str
    formula: str
    numbers: str
    value: float
    becomes: str | None
    expression: Expression
    history: tuple[float, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "symbol": self.symbol,
            "words": self.words,
            "formula": self.formula,
            "numbers": self.numbers,
            "value": plain(self.value),
            "becomes": self.becomes,
            "expression": self.expression.as_json(),
            "history": [plain(value) for value in self.history],
        }


@dataclass(frozen=True)
class Dissection:
    """Entry `index` of parameter `name` in the update after `step`: what goes in (`inputs`: θ, g, the optimizer's state and
    numbers) and every quantity in order; the last is θ after it. `updates`: the numbers (1-based) of the updates in the
    histories."""

    rule: str
    dialect: str
    name: str
    index: tuple[int, ...]
    step: int
    inputs: tuple[Part, ...]
    parts: tuple[Part, ...]
    updates: tuple[int, ...]

    def as_json(self) -> dict[str, Any]:
        return {
            "rule": self.rule,
            "dialect": self.dialect,
            "name": self.name,
            "index": list(self.index),
            "step": self.step,
            "inputs": [part.as_json() for part in self.inputs],
            "parts": [part.as_json() for part in self.parts],
            "updates": list(self.updates),
        }


def equations_for(optimizer: OptimizerSpec, *, matrix: bool) -> UpdateEquations:
    """The equations of an optimizer as it is set. A ValueError with the reason where it has none."""
    equations = optimizer.form.of(matrix).equations
    if isinstance(equations, str):
        raise ValueError(f"optimizer.name: '{optimizer.name}' has no equations to show: {equations}")
    return equations


def own_parameters(optimizer: OptimizerSpec) -> dict[str, tuple[Parameter, float]]:
    """The optimizer's own parameters but for the rate, pairs by their parts, with their values; 0 for what its dialect has
    not."""
    found = {}
    for parameter in optimizer.row.parameters:
        for part, value in zip(
            parameter.parts or (parameter,), parameter.numbers(optimizer.parameters.get(parameter.name)), strict=True
        ):
            found[part.name] = (part, value)
    return {name: each for name, each in found.items() if name != "lr"}


def symbols_of(optimizer: OptimizerSpec, equations: UpdateEquations) -> dict[str, str]:
    """LaTeX of what the formulas read, by its name in them; a state tensor without an alias is its name."""
    own = {name: latex_of(parameter.symbol) for name, (parameter, _) in own_parameters(optimizer).items() if parameter.symbol}
    return SYMBOLS | own | {alias.name: alias.symbol for alias in equations.aliases}


def inputs_of(step: MicroStep, name: str, optimizer: OptimizerSpec, equations: UpdateEquations) -> dict[str, Any]:
    """What the formulas read, for the whole of one parameter tensor: arrays of its shape, and numbers."""
    found: dict[str, Any] = {"theta": step.operands[name], "g": step.operands[f"d{name}"], "rows": 0.0, "cols": 0.0}
    found |= {equations.in_formulas(own): value for own, (_, value) in own_parameters(optimizer).items()}
    for key, array in step.operands.items():
        tensor, _, parameter = key.rpartition(".")
        if parameter == name:  # with textbook Nesterov θ itself stands ahead: what was kept of it is θ here
            found[equations.in_formulas(tensor)] = array
    if found["theta"].ndim == 2:
        found["rows"], found["cols"] = map(float, found["theta"].shape)
    if f"O.{name}" in step.results:
        found["O"] = step.results[f"O.{name}"]
    return found | step.numbers


def quantities(equations: UpdateEquations, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Every quantity of every entry, in order."""
    known = dict(inputs)
    for quantity in equations.quantities:
        known[quantity.name] = on_arrays(quantity.formula, known)
    return {quantity.name: known[quantity.name] for quantity in equations.quantities}


def tree(
    equations: UpdateEquations, inputs: Mapping[str, Any], index: tuple[int, ...], symbols: Mapping[str, str]
) -> dict[str, Expression]:
    """The same for one entry, with its terms: each formula in the `symbols` of what it reads."""
    known = _known(inputs, index, symbols)
    found = {}
    for quantity in equations.quantities:
        made = flat(as_tree(quantity.formula, known))
        found[quantity.name] = made
        known[quantity.name] = Number(quantity.symbol, made.value, quantity.name)
    return found


def _known(inputs: Mapping[str, Any], index: tuple[int, ...], symbols: Mapping[str, str]) -> dict[str, Expression]:
    """What the formulas read, of one entry."""
    known: dict[str, Expression] = {}
    for name, value in inputs.items():
        number = (
            float(value[index]) if isinstance(value, np.ndarray) and value.ndim == len(index) else float(np.ravel(value)[0])
        )
        known[name] = Number(symbols.get(name, name), number, name)
    return known


def written_out(
    equations: UpdateEquations, inputs: Mapping[str, Any], index: tuple[int, ...], symbols: Mapping[str, str]
) -> Expression:
    """What becomes of one entry of θ, with the step's own formula where the kernel's last one has its name: θ − η g instead of
    θ − Δ, and in hats where books write them."""
    last = equations.quantities[-1]
    known = _known(inputs, index, symbols)
    for quantity in equations.quantities[:-1]:
        made = as_tree(quantity.formula, known)
        known[quantity.name] = Number(quantity.symbol, made.value, quantity.name)
        if quantity.name == STEP:
            step = as_tree(quantity.textbook or quantity.formula, known)
    return flat(as_tree(last.formula, known | {STEP: step}))


def update_of(steps: tuple[MicroStep, ...], name: str) -> MicroStep:
    """The op that updates a parameter."""
    return next(step for step in steps if step.op.startswith("update") and name in step.results)


def dissect(trainer: Trainer, name: str, index: tuple[int, ...], last: int = LAST) -> Dissection:
    """The next update of one parameter taken apart, with the values that every quantity had in up to `last` updates before.

    Raises ValueError where there is no such entry, or the next update gives a value that is not finite before it is reached.
    """
    slot = slot_of(trainer, name, index)
    here = trainer.steps_done
    copied = trainer.clone_at(max(0, here - last))
    rows: list[dict[str, float]] = []
    while copied.steps_done < here and copied.stopped is None:
        rows.append(_values(copied.machine, slot, index))
        copied.step(1)
    trace = trace_update(copied.machine)
    if not trace.complete:
        raise ValueError(f"step: update {here + 1} gives a value that is not finite; allowed: an update that can be made")
    optimizer = trainer.effective_spec.optimizer
    equations = equations_for(optimizer, matrix=slot.matrix)
    inputs = inputs_of(update_of(trace.steps, name), name, optimizer, equations)
    entry = Entry(optimizer, equations, inputs, name, index, frozen=bool(trainer.tape.frozen.within(slot)[index]))
    return entry.dissection(here, rows)


@dataclass(frozen=True)
class Entry:
    """One entry of what an update reads, with the optimizer that reads it. `words`: what of the inputs is called otherwise.
    `frozen`: whatever its equations come to, it stays as it is."""

    optimizer: OptimizerSpec
    equations: UpdateEquations
    inputs: Mapping[str, Any]
    name: str
    index: tuple[int, ...]
    words: Mapping[str, str] = field(default_factory=dict)
    frozen: bool = False

    @property
    def entering(self) -> dict[str, float]:
        """What goes into its formulas, θ and g first."""
        return {key: float(_at(self.inputs[key], self.index)) for key in _read(self.equations)}

    def values(self) -> dict[str, float]:
        """What goes in, and every quantity."""
        own = {key: _at(value, self.index) for key, value in self.inputs.items()}
        made = quantities(self.equations, own) | ({self._last: own["theta"]} if self.frozen else {})
        return {key: float(value) for key, value in made.items()} | self.entering

    @property
    def _last(self) -> str:
        """The quantity that is θ after the update."""
        return self.equations.quantities[-1].name

    def dissection(self, step: int, past: list[dict[str, float]]) -> Dissection:
        """The update after `step`; `past`: the `values` of the updates before it, oldest first."""
        known = symbols_of(self.optimizer, self.equations)
        trees = tree(self.equations, self.inputs, self.index, known)
        entering = self.entering
        if self.frozen:
            trees[self._last] = Number(known["theta"], entering["theta"], "theta")
        now = {key: expression.value for key, expression in trees.items()}
        rows = [*past, now | entering]

        def history(key: str) -> tuple[float, ...]:
            return tuple(row.get(key, float("nan")) for row in rows)

        parts = tuple(
            Part(
                quantity.name,
                quantity.symbol,
                f"{quantity.words}: it is frozen, and stays" if self.frozen and quantity.name == self._last else quantity.words,
                latex(trees[quantity.name]),
                latex(trees[quantity.name], Writing(numbers=True)),
                now[quantity.name],
                quantity.becomes,
                trees[quantity.name],
                history(quantity.name),
            )
            for quantity in self.equations.quantities
        )
        symbols = {key: known.get(key, key) for key in entering}
        entries = tuple(
            Part(
                key,
                symbols[key],
                self.words.get(key) or _entering(key, self.optimizer, self.equations),
                symbols[key],
                "",
                value,
                None,
                Number(symbols[key], value, key),
                history(key),
            )
            for key, value in entering.items()
        )
        updates = tuple(range(step + 2 - len(rows), step + 2))
        return Dissection(self.optimizer.name, self.optimizer.dialect, self.name, self.index, step, entries, parts, updates)


def _at(value: Any, index: tuple[int, ...]) -> Any:
    """An entry of an array, or the number that holds for all of them."""
    return value[index] if np.ndim(value) else value


WORDS = {
    "theta": "the parameter before the update",
    "g": "its gradient: the mini-batch's mean, with penalties and after clipping",
    "eta": "the rate of this update",
    "c1": "what the running mean lacks for its start at zero",
    "c2": "what the running mean of squares lacks for its start at zero",
}


def _entering(key: str, optimizer: OptimizerSpec, equations: UpdateEquations) -> str:
    """What goes in, in words: the optimizer's own of a parameter; of its state what it will be again, one update ago."""
    if key in WORDS:
        return WORDS[key]
    own = {
        equations.in_formulas(name): parameter.summary or parameter.title
        for name, (parameter, _) in own_parameters(optimizer).items()
    }
    made = {quantity.becomes: quantity.words for quantity in equations.quantities if quantity.becomes}
    return own.get(key) or (f"{made[key]}, before the update" if key in made else "before the update")


def _read(equations: UpdateEquations) -> list[str]:
    """What goes into the equations, θ and g first."""
    made = {quantity.name for quantity in equations.quantities}
    read = {name for quantity in equations.quantities for name in names_in(quantity.formula)} - made
    return ["theta", "g", *sorted(read - {"theta", "g"})]


def _values(machine: Machine, slot: TensorSlot, index: tuple[int, ...]) -> dict[str, float]:
    """Every quantity of one entry in the update that comes next."""
    trace = trace_update(machine)
    if not trace.complete:
        return {}
    optimizer = machine.spec.optimizer
    equations = equations_for(optimizer, matrix=slot.matrix)
    inputs = inputs_of(update_of(trace.steps, slot.name), slot.name, optimizer, equations)
    frozen = bool(machine.tape.frozen.within(slot)[index])
    return Entry(optimizer, equations, inputs, slot.name, index, frozen=frozen).values()


def slot_of(trainer: Trainer, name: str, index: tuple[int, ...]) -> TensorSlot:
    """Where an entry's parameter lies; a ValueError says what there is instead."""
    slot = next((slot for slot in trainer.tape.slots if slot.name == name), None)
    if slot is None:
        raise ValueError(f"name: no parameter '{name}'; allowed: {', '.join(slot.name for slot in trainer.tape.slots)}")
    if len(index) != len(slot.shape) or not all(0 <= i < size for i, size in zip(index, slot.shape, strict=True)):
        raise ValueError(f"index: {list(index)} is outside {name}; allowed: within {list(slot.shape)}")
    return slot
