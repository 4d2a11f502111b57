"""Edits in words, and what of them only a network can check."""

from __future__ import annotations

from typing import Any

from engine.machine.layout import TensorSlot
from engine.machine.machine import Machine
from engine.script.edits import AnyEdit, EditError, ExtendEdit, SetEdit, WeightEdit, value_at, with_set
from engine.spec import MAX_STEPS


def describe(edit: AnyEdit, machine: Machine) -> str:
    """The edit in words, after checking that it can be made where the machine stands."""
    if isinstance(edit, SetEdit):
        changed = with_set(machine.spec, edit.path, edit.value)
        return f"{edit.path} {_short(value_at(machine.spec, edit.path))} → {_short(value_at(changed, edit.path))}"
    if isinstance(edit, ExtendEdit):
        if edit.max_steps <= machine.step:
            raise EditError("max_steps", "is already passed", f"{machine.step + 1} to {MAX_STEPS}")
        return f"continue to step {edit.max_steps}"
    slot = slot_of(edit, machine)
    where = ", ".join(str(i + 1) for i in edit.index)
    return f"{edit.name}[{where}] {_short(float(slot.view(machine.theta)[edit.index]))} → {_short(edit.value)}"


def slot_of(edit: WeightEdit, machine: Machine) -> TensorSlot:
    """The parameter that holds the entry; it has to be there."""
    slot = next((slot for slot in machine.tape.slots if slot.name == edit.name), None)
    if slot is None:
        raise EditError("name", f"no parameter {edit.name}", ", ".join(slot.name for slot in machine.tape.slots))
    fits = len(edit.index) == len(slot.shape) and all(0 <= i < size for i, size in zip(edit.index, slot.shape, strict=True))
    if not fits:
        raise EditError("index", f"{list(edit.index)} is outside {edit.name}", f"within {list(slot.shape)}")
    return slot


def _short(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    if value is None:
        return "off"
    return str(getattr(value, "name", value))


def number(value: float) -> str:
    """Three significant digits, with a real minus sign."""
    return f"{value:.3g}".replace("-", "−")
