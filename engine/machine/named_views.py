"""Flat buffers seen by the names of their tensors: read-only views, each of its own shape."""

from __future__ import annotations

from collections.abc import Iterable

from engine.array import Array
from engine.machine.layout import TensorSlot
from engine.machine.tape import Tape


def named(slots: Iterable[TensorSlot], flat: Array) -> dict[str, Array]:
    """{"W1": …, "b1": …}: the tensors that lie at these places."""
    views = {slot.name: slot.view(flat) for slot in slots}
    for view in views.values():
        view.flags.writeable = False
    return views


def pairs(tape: Tape, flat: Array) -> list[tuple[Array, Array]]:
    """[(W_l, b_l), …] of a buffer that lies as the parameters do."""
    views = named(tape.slots, flat)
    return [(views[f"W{layer}"], views[f"b{layer}"]) for layer in range(1, len(tape.sizes))]
