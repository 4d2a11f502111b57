"""Forward or reverse: the same Jacobian filled by columns and by rows, one pass each at a time."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np

from engine.array import Array
from engine.lab.charts import Axis, Heat
from engine.lab.experiment import ChoiceError, Choices, Column, Experiment, Making, Progress, Result, Table
from engine.lab.modes.jacobian import Jacobian, lowered
from engine.lab.passes.network import SMOOTH_OR_STRAIGHT, in_words, network_machine
from engine.lab.subject import PRESENT, Subject
from engine.machine.machine import Machine
from engine.parts import give_way
from engine.rows.row import Parameter

MOST = 64
"""Inputs, and outputs."""
MOST_UNITS = 4096
"""Units of this run's network, all layers together."""
WRITTEN = 12
"""Rows and columns up to which the numbers stand in the cells."""
COLUMNS = (
    Column("mode", "Mode"),
    Column("gives", "A pass gives"),
    Column("passes", "Passes"),
    Column("multiplications", "Multiplications a pass"),
    Column("together", "Multiplications in all"),
    Column("filled", "Filled when the first is done", "%"),
)


def make(subject: Subject | None, choices: Choices) -> Making:
    machine = _machine(subject, choices)
    found = _Filled(Jacobian(machine), machine)
    yield Progress(0.0, found.result(done=False))
    most = max(found.jacobian.inputs, found.jacobian.outputs)
    for tick in range(most):
        found.tick()
        yield Progress((tick + 1) / most, found.result(done=False))
    return found.result(done=True)


def _machine(subject: Subject | None, choices: Choices) -> Machine:
    if choices["network"] == "drawn":
        sizes = (choices["inputs"], choices["hidden"], choices["hidden"], choices["outputs"])
        return network_machine(sizes, choices["activation"], 1, choices["seed"])
    if subject is None:
        raise ChoiceError("network", "there is no run", "drawn")
    inputs = len(subject.dataset.inputs)
    outputs = subject.dataset.splits["train"].y.shape[1]
    units = inputs + outputs + sum(layer.units for layer in subject.spec.network.layers)
    if inputs > MOST or outputs > MOST or units > MOST_UNITS:
        told = f"this run has {inputs} inputs, {outputs} outputs and {units} units in all"
        raise ChoiceError("network", told, f"drawn, or a run of up to {MOST} inputs, {MOST} outputs and {MOST_UNITS} units")
    return subject.machine()


class _Filled:
    """Both Jacobians as far as they are filled; NaN where not yet."""

    def __init__(self, jacobian: Jacobian, machine: Machine) -> None:
        self.jacobian = jacobian
        n, m = jacobian.inputs, jacobian.outputs
        self.by_columns, self.by_rows = np.full((m, n), np.nan), np.full((m, n), np.nan)
        self.forward_passes = np.full((n, sum(jacobian.sizes)), np.nan)
        self.reverse_passes = np.full((m, sum(jacobian.sizes)), np.nan)
        self.done = 0
        own = machine.dataset
        self.inputs, self.outputs = own.inputs, [f"z{lowered(jacobian.last)}[{i + 1}]" for i in range(m)]

    def tick(self) -> None:
        """A pass of each mode that has one left."""
        jacobian, at = self.jacobian, self.done
        if at < jacobian.inputs:
            self.forward_passes[at] = jacobian.column(at)
            self.by_columns[:, at] = self.forward_passes[at, -jacobian.outputs :]
            give_way()
        if at < jacobian.outputs:
            self.reverse_passes[at] = jacobian.row(at)
            self.by_rows[at] = self.reverse_passes[at, -jacobian.inputs :]
        self.done += 1

    def result(self, *, done: bool) -> Result:
        jacobian = self.jacobian
        off = float(np.max(np.abs(self.by_columns - self.by_rows))) if done else None
        values: dict[str, Any] = {
            "network": in_words(jacobian.sizes),
            "inputs": list(self.inputs),
            "outputs": list(self.outputs),
            "done": {"forward": min(self.done, jacobian.inputs), "reverse": min(self.done, jacobian.outputs)},
            "passes": {"forward": jacobian.inputs, "reverse": jacobian.outputs},
            "stations": {
                "forward": [asdict(station) for station in jacobian.forward_stations],
                "reverse": [asdict(station) for station in jacobian.reverse_stations],
            },
            "off": off if off is not None and np.isfinite(off) else None,
            "first": first_done(jacobian.inputs, jacobian.outputs),
        }
        arrays = {"forward_passes": self.forward_passes.copy(), "reverse_passes": self.reverse_passes.copy()}
        figures = (
            self._heat("forward", "Forward mode, column by column", self.by_columns),
            self._heat("reverse", "Reverse mode, row by row", self.by_rows),
        )
        return Result(_said(jacobian, off) if done else "", _table(jacobian), figures, values, arrays)

    def _heat(self, name: str, title: str, values: Array) -> Heat:
        m, n = values.shape
        x, y = Axis("input", labels=tuple(self.inputs)), Axis("output", labels=tuple(self.outputs))
        written = m <= WRITTEN and n <= WRITTEN
        return Heat(name, title, x, y, values.copy(), measure="∂z/∂x", signed=True, written=written)


def first_done(inputs: int, outputs: int) -> str:
    """The mode that needs fewer passes."""
    if inputs == outputs:
        return "both"
    return "forward" if inputs < outputs else "reverse"


def _table(jacobian: Jacobian) -> Table:
    n, m = jacobian.inputs, jacobian.outputs
    each = (
        ("forward", f"a column, {m} numbers", n, jacobian.forward_multiplications),
        ("reverse", f"a row, {n} numbers", m, jacobian.reverse_multiplications),
    )
    rows = ((mode, gives, passes, once, passes * once, 100.0 * min(n, m) / passes) for mode, gives, passes, once in each)
    return Table(COLUMNS, tuple(rows))


def _said(jacobian: Jacobian, off: float | None) -> str:
    n, m = jacobian.inputs, jacobian.outputs
    first = first_done(n, m)
    if off is None or not np.isfinite(off):
        return "The derivatives are not finite: this run's values have left what a double holds."
    if first == "both":
        said = f"With {n} inputs and {m} outputs both modes are done after {n} passes."
    else:
        other, each, most = ("reverse", "rows", m) if first == "forward" else ("forward", "columns", n)
        said = (
            f"{n} input{'s' if n > 1 else ''}, {m} output{'s' if m > 1 else ''}: {first} mode is done after "
            f"{_passes(min(n, m))}, when {other} mode has {min(n, m)} of its {most} {each}."
        )
    return (
        f"{said} They differ by {off:.0e} at most; a pass costs {jacobian.forward_multiplications:,} multiplications in "
        "either. A loss is one output of all parameters: reverse mode has its gradient after one pass, and that is "
        "backpropagation."
    )


def _passes(count: int) -> str:
    return "1 pass" if count == 1 else f"{count} passes"


def size(subject: Subject | None, choices: Choices) -> int:
    """Bytes: the numbers of all passes, twice, and the network."""
    if choices["network"] == "drawn":
        n, m, hidden = int(choices["inputs"]), int(choices["outputs"]), int(choices["hidden"])
        return 8 * (2 * (n + m) * (n + m + 2 * hidden) + 40 * hidden * (hidden + n + m) + 10_000)
    parameters = 0 if subject is None else len(subject.snapshot.theta)
    return 8 * (4 * MOST * MOST_UNITS + 10 * parameters)


EXPERIMENT = Experiment(
    name="modes",
    title="Forward or reverse",
    summary="The same Jacobian twice: forward mode fills it column by column, reverse mode row by row, and its shape decides "
    "who is done first.",
    source="Baydin, Pearlmutter, Radul and Siskind, Automatic Differentiation in Machine Learning: a Survey, Journal of "
    "Machine Learning Research 18 (2018).",
    link="https://www.jmlr.org/papers/v18/17-468.html",
    formula=r"J e_j = \text{column } j\ (n\ \text{passes}), \quad e_i^\top J = \text{row } i\ (m\ \text{passes})",
    why=r"Of $J = \partial z_L / \partial x$ forward mode carries a tangent along with every value, "
    r"$\dot z_l = W_l \dot h_{l-1}$ and $\dot h_l = \varphi'(z_l) \odot \dot z_l$, from $\dot x = e_j$ to column $j$. "
    r"Reverse mode carries an error signal back, $\delta_l = W_{l+1}^\top \delta_{l+1} \odot \varphi'(z_l)$, from "
    r"$\delta_L = e_i$ to row $i$. Both multiply as often, so the fewer passes win.",
    coverage="A10",
    make=make,
    size=size,
    parameters=(
        Parameter(
            "network",
            "Network",
            "",
            "drawn",
            kind="choice",
            choices=("drawn", PRESENT),
            summary="Drawn by its seed with the sizes below, or the present run's as it stands, at its first training sample.",
        ),
        Parameter("inputs", "Inputs", "n", 8, kind="int", minimum=1, maximum=MOST, summary="Columns of the Jacobian."),
        Parameter("outputs", "Outputs", "m", 3, kind="int", minimum=1, maximum=MOST, summary="Rows of the Jacobian."),
        Parameter(
            "hidden",
            "Hidden units",
            "d",
            6,
            kind="int",
            minimum=1,
            maximum=256,
            scale="log",
            summary="Of each of the two hidden layers.",
        ),
        Parameter(
            "activation",
            "Activation",
            r"\varphi",
            "tanh",
            kind="choice",
            choices=SMOOTH_OR_STRAIGHT,
            summary="Of the hidden layers.",
        ),
        Parameter("seed", "Seed", "", 0, kind="int", minimum=0, maximum=9999, summary="Draws the network and the sample."),
    ),
)
