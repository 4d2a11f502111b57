"""Edits in words, and what of them only a network can check: which entries of its parameters they are about."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.machine.layout import TensorSlot
from engine.machine.machine import Machine
from engine.machine.tape import NONE_FROZEN
from engine.script.edits import (
    AnyEdit,
    EditError,
    Entries,
    ExtendEdit,
    FreezeEdit,
    LoadEdit,
    SetEdit,
    WeightEdit,
    value_at,
    with_set,
)
from engine.script.loading import check_load
from engine.spec import MAX_STEPS

FROZEN = {"freeze": "frozen", "remove": "removed", "release": "released"}
"""What was done to entries, in words."""


def describe(edit: AnyEdit, machine: Machine) -> str:
    """The edit in words, after checking that it can be made where the machine stands."""
    if isinstance(edit, SetEdit):
        changed = with_set(machine.spec, edit.path, edit.value)
        return f"{edit.path} {_short(value_at(machine.spec, edit.path))} → {_short(value_at(changed, edit.path))}"
    if isinstance(edit, ExtendEdit):
        if edit.max_steps <= machine.step:
            raise EditError("max_steps", "is already passed", f"{machine.step + 1} to {MAX_STEPS}")
        return f"continue to step {edit.max_steps}"
    check(edit, machine)
    if isinstance(edit, FreezeEdit):
        return _frozen_in_words(edit, machine)
    if isinstance(edit, LoadEdit):
        return f"weights taken from {edit.source}" if edit.source else "weights taken from elsewhere"
    slot = slot_of(edit.name, machine)
    where = ", ".join(str(i + 1) for i in edit.index)
    return f"{edit.name}[{where}] {_short(float(slot.view(machine.theta)[edit.index]))} → {_short(edit.value)}"


def _frozen_in_words(edit: FreezeEdit, machine: Machine) -> str:
    first, place = edit.entries[0], places_of(edit, machine)
    where = ", ".join("all" if i is None else str(i + 1) for i in first.index)
    words = f"{first.name}[{where}] {FROZEN[edit.action]}"
    if len(edit.entries) > 1:
        words = f"{len(place)} parameters, {first.name}[{where}] among them, {FROZEN[edit.action]}"
    if len(place) != 1 or edit.action != "freeze":
        return words
    return f"{words} at {_short(float(machine.theta[place[0]]) if first.value is None else first.value)}"


def check(edit: AnyEdit, machine: Machine, prefix: str = "") -> None:
    """Raise an `EditError` where an edit of weights is about entries that this network has not; `prefix` leads to the edit."""
    try:
        if isinstance(edit, WeightEdit):
            _check_index(edit.name, edit.index, slot_of(edit.name, machine))
        elif isinstance(edit, FreezeEdit):
            places_of(edit, machine)
        elif isinstance(edit, LoadEdit):
            check_load(edit, machine)
    except EditError as error:
        raise EditError(f"{prefix}{error.field}", error.problem, error.allowed) from error


def slot_of(name: str, machine: Machine, prefix: str = "") -> TensorSlot:
    """The parameter of that name; it has to be there."""
    slot = next((slot for slot in machine.tape.slots if slot.name == name), None)
    if slot is None:
        raise EditError(f"{prefix}name", f"no parameter {name}", ", ".join(slot.name for slot in machine.tape.slots))
    return slot


def _check_index(name: str, index: tuple[int | None, ...], slot: TensorSlot, prefix: str = "") -> None:
    fits = len(index) == len(slot.shape) and all(i is None or 0 <= i < size for i, size in zip(index, slot.shape, strict=True))
    if not fits:
        raise EditError(f"{prefix}index", f"{list(index)} is outside {name}", f"within {list(slot.shape)}")


def _places(entries: Entries, machine: Machine, prefix: str) -> NDArray[np.int64]:
    slot = slot_of(entries.name, machine, prefix)
    _check_index(entries.name, entries.index, slot, prefix)
    chosen = tuple(slice(None) if i is None else slice(i, i + 1) for i in entries.index)
    everywhere = np.arange(slot.offset, slot.offset + slot.size, dtype=np.int64).reshape(slot.shape)
    return everywhere[chosen].ravel()


def set_entries(edit: FreezeEdit, machine: Machine) -> None:
    """Give the entries that an edit is about the values that it gives them."""
    for each in edit.entries:
        value = 0.0 if edit.action == "remove" else each.value
        if value is not None:
            machine.theta[_places(each, machine, "")] = value


def places_of(edit: FreezeEdit, machine: Machine) -> NDArray[np.int64]:
    """Places in θ of the entries that an edit is about, (n,), ascending."""
    return np.unique(np.concatenate([_places(each, machine, f"entries.{i}.") for i, each in enumerate(edit.entries)]))


def frozen_after(frozen: NDArray[np.int64], edit: FreezeEdit, machine: Machine) -> NDArray[np.int64]:
    """Places in θ of what is frozen after an edit, ascending, where `frozen` was before it."""
    own = places_of(edit, machine)
    return np.setdiff1d(frozen, own) if edit.action == "release" else np.union1d(frozen, own)


def frozen_by(edits: Iterable[AnyEdit], machine: Machine) -> NDArray[np.int64]:
    """Places in θ of what is frozen after these edits, ascending."""
    frozen = NONE_FROZEN
    for edit in edits:
        if isinstance(edit, FreezeEdit):
            frozen = frozen_after(frozen, edit, machine)
    return frozen


def _short(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    if value is None:
        return "off"
    return str(getattr(value, "name", value))


def number(value: float) -> str:
    """Three significant digits, with a real minus sign."""
    return f"{value:.3g}".replace("-", "−")
