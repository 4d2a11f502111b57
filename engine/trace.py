"""One update, op by op, with the operands and results of each equation: made by the compiled `run` that trains."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.kernels import codes
from engine.machine import Machine

Flat = NDArray[np.float64]


@dataclass(frozen=True)
class MicroStep:
    """One op of the next update. Activations, z and deltas are (units, batch), one column a sample; copies, safe to keep."""

    index: int
    op: str
    phase: str
    layer: int
    operands: dict[str, Flat]
    results: dict[str, Flat]


def trace(machine: Machine) -> list[MicroStep]:
    """The micro-steps of the update that comes next; the machine is left exactly as it was."""
    kept = machine.everything()
    machine.abandon_update()
    steps = []
    try:
        for index, op in enumerate(machine.tape.words):
            code = machine.tape.ops[index, codes.CODE]
            reads, writes = op.reads, op.writes
            if code in (codes.UPDATE, codes.LOOK_AHEAD):
                own = tuple(f"{name}.{place}" for name in machine.state_tensors for place in op.writes)
                reads, writes = (*reads, *own), (*writes, *own)
            operands = {name: value_of(machine, name) for name in reads}
            status = machine.one_op()
            results = {name: value_of(machine, name) for name in writes}
            if code == codes.RATE:
                results = {"eta": machine.hyper[codes.ETA : codes.ETA + 1].copy()}
                results["corrections"] = machine.hyper[codes.CORRECTION_1 : codes.CORRECTION_2 + 1].copy()
            elif code == codes.RUNNING_STATISTICS:
                own_places = [place for place in machine.tape.running if place.layer == op.layer]
                results = {f"running_{place.name}": place.view(machine.state).copy() for place in own_places}
            elif code == codes.LOSS:
                results["loss"] = machine.hyper[codes.LAST_LOSS : codes.LAST_LOSS + 1].copy()
            elif code == codes.CLIP:
                results["norm"] = machine.hyper[codes.GRADIENT_NORM : codes.GRADIENT_NORM + 1].copy()
            steps.append(MicroStep(index, op.name, op.phase, op.layer, operands, results))
            if status not in (codes.RUNNING, codes.SERIES_FULL):
                break
    finally:
        machine.put_back(kept)
    return steps


def value_of(machine: Machine, name: str) -> Flat:
    """A copy of a named value: a parameter, a gradient ("dW1"), optimizer state ("m.W1") or an intermediate value."""
    tensor, _, parameter = name.rpartition(".")
    for place in machine.tape.places:
        if tensor and place.name == parameter:
            return place.view(machine.state_tensors[tensor]).copy()
        if place.name == name:
            return place.view(machine.theta).copy()
        if f"d{place.name}" == name:
            return place.view(machine.grad).copy()
    return machine.tape.layout.view(machine.work, name, int(machine.counters[codes.BATCH])).copy()
