"""One update, op by op, with the operands and results of each equation: made by the compiled `run` that trains."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from engine.array import Array
from engine.kernels import codes
from engine.kernels.optimizers.dispatch import MUON
from engine.machine.machine import Machine
from engine.machine.tape import slope_op
from engine.parts import give_way, giving_way_between
from engine.rows.activations import ACTIVATIONS


@dataclass(frozen=True)
class MicroStep:
    """One op of the next update. Activations, z and deltas are (units, batch), one column a sample; copies, safe to keep.

    `numbers` are what an op works with or makes besides: the rate, bias corrections, the clip's threshold.
    """

    index: int
    op: str
    phase: str
    layer: int
    operands: dict[str, Array]
    results: dict[str, Array]
    numbers: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class UpdateTrace:
    """The update after `step`, whole: `rows` are the training samples of its mini-batch, column by column. `complete`: it was
    made; else its last op gave a value that is not finite."""

    step: int
    epoch: int
    steps: tuple[MicroStep, ...]
    rows: NDArray[np.int64]
    complete: bool


def trace(machine: Machine) -> list[MicroStep]:
    """The micro-steps of the update that comes next; the machine is left exactly as it was."""
    return list(trace_update(machine).steps)


def trace_update(machine: Machine) -> UpdateTrace:
    """The update that comes next, and which samples it is of; the machine is left exactly as it was."""
    kept = machine.copy_buffers()
    machine.abandon_update()
    machine.record_nothing()
    step, epoch = machine.step, int(machine.int_state[codes.EPOCH])
    steps = []
    rows = np.zeros(0, dtype=np.int64)
    try:
        for index, op in enumerate(machine.tape.words):
            code = machine.tape.ops[index, codes.CODE]
            reads, writes = op.reads, op.writes
            if code in (codes.UPDATE, codes.LOOK_AHEAD):
                own = tuple(f"{name}.{parameter}" for name in machine.state_tensors for parameter in op.writes)
                reads, writes = (*reads, *own), (*writes, *own)
            operands = {name: value_of(machine, name) for name in giving_way_between(reads, 1)}
            if code in (codes.BACK_ACTIVATION, codes.OUTPUT_DELTA):
                operands |= _slope(machine, index)
            elif code == codes.RUNNING_STATISTICS:
                operands |= _running(machine, op.layer)
            status = machine.one_op()
            results = {name: value_of(machine, name) for name in giving_way_between(writes, 1)}
            numbers = _numbers(machine)
            if code == codes.GATHER:
                rows = batch_rows(machine)
            elif code == codes.UPDATE:
                results |= _orthogonal(machine, index)
            elif code == codes.RATE:
                results = {"eta": machine.float_state[codes.ETA : codes.ETA + 1].copy()}
                results["corrections"] = machine.float_state[codes.CORRECTION_1 : codes.CORRECTION_2 + 1].copy()
            elif code == codes.RUNNING_STATISTICS:
                results = _running(machine, op.layer)
            elif code == codes.LOSS:
                results["loss"] = machine.float_state[codes.LAST_LOSS : codes.LAST_LOSS + 1].copy()
            elif code == codes.CLIP:
                results["norm"] = machine.float_state[codes.GRADIENT_NORM : codes.GRADIENT_NORM + 1].copy()
            steps.append(MicroStep(index, op.name, op.phase, op.layer, operands, results, numbers))
            if status not in (codes.RUNNING, codes.SERIES_FULL):
                return UpdateTrace(step, epoch, tuple(steps), rows, False)
            give_way()
    finally:
        machine.restore_buffers(kept)
    return UpdateTrace(step, epoch, tuple(steps), rows, True)


def batch_rows(machine: Machine) -> NDArray[np.int64]:
    """Which training samples the mini-batch in work has, column by column; asked behind GATHER, before the update ends."""
    int_state = machine.int_state
    first, count = int(int_state[codes.CURSOR]), int(int_state[codes.BATCH])
    if int_state[codes.SHUFFLE]:
        return machine.order[first : first + count].copy()
    return np.arange(first, first + count)


def value_of(machine: Machine, name: str) -> Array:
    """A copy of a named value: a parameter, a gradient ("dW1"), optimizer state ("m.W1") or an intermediate value.

    Parameters and what belongs to them have their own shape, intermediate values are (units, batch)."""
    tensor, _, parameter = name.rpartition(".")
    for slot in machine.tape.slots:
        if tensor and slot.name == parameter:
            return slot.view(machine.state_tensors[tensor]).copy()
        if slot.name == name:
            return slot.view(machine.theta).copy()
        if f"d{slot.name}" == name:
            return slot.view(machine.grad).copy()
    return machine.tape.layout.view(machine.work, name, int(machine.int_state[codes.BATCH])).copy()


def _running(machine: Machine, layer: int) -> dict[str, Array]:
    own = [slot for slot in machine.tape.running if slot.layer == layer]
    return {f"running_{slot.name}": slot.view(machine.state).copy() for slot in own}


def _slope(machine: Machine, index: int) -> dict[str, Array]:
    """φ′ of the layer, by the op that multiplies δ with it: run on ones, and taken back. Softmax has no such thing."""
    op = slope_op(machine.tape.ops[index])
    layer = int(op[codes.LAYER])
    if not ACTIVATIONS[machine.tape.activations[layer - 1]].elementwise:
        return {}
    delta = machine.tape.layout.view(machine.work, f"delta{layer}", int(machine.int_state[codes.BATCH]))
    kept = delta.copy()
    delta[...] = 1.0
    machine.run_apart(op)
    slope = delta.copy()
    delta[...] = kept
    return {f"slope{layer}": slope}


def _orthogonal(machine: Machine, index: int) -> dict[str, Array]:
    """Muon's matrix as its iterations left it in the scratch, a tall one turned on its side: {"O.W1": …}."""
    op = machine.tape.ops[index]
    if op[codes.KIND] != MUON:
        return {}
    rows, cols = int(op[codes.ROWS]), int(op[codes.COLS])
    flat = machine.work[op[codes.OTHER] : op[codes.OTHER] + rows * cols]
    made = flat.reshape(rows, cols) if rows <= cols else flat.reshape(cols, rows).T
    name = next(name for name in machine.tape.words[index].writes if "." not in name)
    return {f"O.{name}": made.copy()}


def _numbers(machine: Machine) -> dict[str, float]:
    float_state = machine.float_state
    return {
        "eta": float(float_state[codes.ETA]),
        "c1": float(float_state[codes.CORRECTION_1]),
        "c2": float(float_state[codes.CORRECTION_2]),
        "l1": float(float_state[codes.L1]),
        "l2": float(float_state[codes.L2]),
        "f1": float(float_state[codes.FACTOR_1]),
        "f2": float(float_state[codes.FACTOR_2]),
        "f3": float(float_state[codes.FACTOR_3]),
        "clip": float(float_state[codes.CLIP_NORM]),
        "clip_value": float(float_state[codes.CLIP_VALUE]),
        "clip_eps": float(float_state[codes.CLIP_EPS]),
        "norm": float(float_state[codes.GRADIENT_NORM]),
    }
