"""A network that came from elsewhere, put into a machine's buffers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from engine.array import Array
from engine.kernels import codes
from engine.machine.layout import TensorSlot
from engine.machine.machine import Machine
from engine.script.edits import EditError, LoadEdit


def check_load(edit: LoadEdit, machine: Machine) -> None:
    """Raise an `EditError` where it does not fit this network and its optimizer."""
    _check(edit.parameters, machine.tape.slots, "parameters")
    _check(edit.statistics, machine.tape.running, "statistics")
    for name, values in edit.statistics.items():
        if name.startswith("var") and min(values, default=0.0) < 0.0:
            raise EditError(f"statistics.{name}", "a variance is negative", "0 or more")
    known = machine.state_tensors
    for name, tensors in edit.state.items():
        if name not in known:
            allowed = ", ".join(known) or "none: it keeps no state"
            raise EditError(f"state.{name}", f"{machine.spec.optimizer.name} has no such state", allowed)
        _check(tensors, machine.tape.slots, f"state.{name}")


def _check(given: Mapping[str, Sequence[float]], slots: Iterable[TensorSlot], field: str) -> None:
    sizes = {slot.name: slot.size for slot in slots}
    for name, values in given.items():
        if name not in sizes:
            raise EditError(f"{field}.{name}", "this network has no such tensor", ", ".join(sizes) or "none")
        if len(values) != sizes[name]:
            raise EditError(f"{field}.{name}", f"{len(values)} numbers given", f"{sizes[name]}, row by row")


def put(edit: LoadEdit, machine: Machine) -> None:
    """Its numbers into the buffers; the optimizer's clock stands where its own updates have led it."""
    for slot in machine.tape.slots:
        if slot.name in edit.parameters:
            _fill(slot, machine.theta, edit.parameters[slot.name])
        for name, tensor in machine.state_tensors.items():
            if slot.name in edit.state.get(name, {}):
                _fill(slot, tensor, edit.state[name][slot.name])
    for slot in machine.tape.running:
        if slot.name in edit.statistics:
            _fill(slot, machine.state, edit.statistics[slot.name])
    optimizer, clock = machine.spec.optimizer, machine.clock
    clock[codes.UPDATES] = edit.updates
    for place, decay in zip((codes.POWER_1, codes.POWER_2), optimizer.row.decays, strict=False):
        clock[place] = np.power(optimizer.parameters[decay], edit.updates)
    clock[codes.PRODUCT] = edit.product


def _fill(slot: TensorSlot, flat: Array, values: Sequence[float]) -> None:
    flat[slot.offset : slot.offset + slot.size] = values
