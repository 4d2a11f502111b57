"""The parameters a run begins with: drawn as the spec says, or given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine.array import Array, fill, zeros
from engine.kernels.ops.activations import FIRST_SLOPE
from engine.machine.layout import TensorSlot
from engine.parts import give_way
from engine.rows.initializers import draw

if TYPE_CHECKING:
    from engine.machine.tape import Tape
    from engine.spec import FrozenTensor, RunSpec

Start = Sequence[tuple[ArrayLike, ArrayLike]] | Mapping[str, ArrayLike]
"""[(W_1, b_1), …], or values by name; what is not named is drawn."""

FIXED = {"scale": 1.0, "shift": 0.0, "slopes": FIRST_SLOPE}


def initial(tape: Tape, spec: RunSpec, parameters: Start | None) -> Array:
    """theta before the first update. A ValueError names the given value that is not finite or not of its parameter's shape."""
    theta = zeros(tape.parameter_count)
    named = _by_name(tape, parameters)
    for slot in tape.slots:
        given = _drawn(slot, spec) if slot.name not in named else _checked(slot, named[slot.name])
        fill(theta[slot.offset : slot.offset + slot.size], np.broadcast_to(given, slot.shape).reshape(-1))
        give_way()
    return theta


def frozen_from_the_start(tape: Tape, tensors: Sequence[FrozenTensor]) -> tuple[NDArray[np.int64], Array]:
    """Places in θ, ascending, of what is frozen before the first update, and its values, (n,) each. A ValueError names the
    parameter or the place that there is not."""
    known = {slot.name: slot for slot in tape.slots}
    values: dict[int, float] = {}
    for tensor in tensors:
        slot = known.get(tensor.name)
        if slot is None:
            raise ValueError(f"frozen: no parameter {tensor.name}; allowed: {', '.join(known)}")
        if tensor.places and tensor.places[-1] >= slot.size:
            raise ValueError(f"frozen: {tensor.name} has no place {tensor.places[-1]}; allowed: 0 to {slot.size - 1}")
        values |= {slot.offset + place: value for place, value in zip(tensor.places, tensor.values, strict=True)}
    places = sorted(values)
    return np.array(places, dtype=np.int64), np.array([values[place] for place in places])


def _by_name(tape: Tape, parameters: Start | None) -> dict[str, ArrayLike]:
    if parameters is None:
        return {}
    if isinstance(parameters, Mapping):
        known = [slot.name for slot in tape.slots]
        unknown = [name for name in parameters if name not in known]
        if unknown:
            raise ValueError(f"parameters: no parameter {unknown[0]}; allowed: {', '.join(known)}")
        return dict(parameters)
    layers = len(tape.sizes) - 1
    if len(parameters) != layers:
        raise ValueError(f"parameters: {len(parameters)} pairs given; allowed: {layers} pairs (W, b)")
    return {f"{name}{layer}": value for layer, pair in enumerate(parameters, 1) for name, value in zip("Wb", pair, strict=True)}


def _checked(slot: TensorSlot, value: ArrayLike) -> Array:
    array = np.asarray(value, dtype=np.float64)
    if array.shape != slot.shape or not np.isfinite(array).all():
        raise ValueError(f"{slot.name}: shape {array.shape} given; allowed: finite numbers of shape {slot.shape}")
    return array


def _drawn(slot: TensorSlot, spec: RunSpec) -> Array | float:
    initializer = spec.network.initializer
    if slot.kind in ("weight", "projection"):
        rows, cols = slot.shape
        purpose = "weights" if slot.kind == "weight" else "projections"
        return draw(initializer.name, initializer.parameters, rows, cols, spec.seed, slot.layer, purpose)
    return FIXED.get(slot.kind, spec.network.bias)
