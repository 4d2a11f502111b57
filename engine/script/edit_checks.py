"""Edits in words, and what of them only a network can check."""

from __future__ import annotations

from typing import Any

from engine.machine.layout import Place
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
    place = place_of(edit, machine)
    where = ", ".join(str(i + 1) for i in edit.index)
    return f"{edit.name}[{where}] {_short(float(place.view(machine.theta)[edit.index]))} → {_short(edit.value)}"


def place_of(edit: WeightEdit, machine: Machine) -> Place:
    """The parameter that holds the entry; it has to be there."""
    place = next((place for place in machine.tape.places if place.name == edit.name), None)
    if place is None:
        raise EditError("name", f"no parameter {edit.name}", ", ".join(place.name for place in machine.tape.places))
    fits = len(edit.index) == len(place.shape) and all(0 <= i < size for i, size in zip(edit.index, place.shape, strict=True))
    if not fits:
        raise EditError("index", f"{list(edit.index)} is outside {edit.name}", f"within {list(place.shape)}")
    return place


def _short(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    if value is None:
        return "off"
    return str(getattr(value, "name", value))


def number(value: float) -> str:
    """Three significant digits, with a real minus sign."""
    return f"{value:.3g}".replace("-", "−")
