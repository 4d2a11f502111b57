"""Where things lie: parameters in one flat vector, intermediate values in one flat workspace."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.array import Array
from engine.rows.activations import ACTIVATIONS

if TYPE_CHECKING:
    from engine.spec import LayerSpec


@dataclass(frozen=True)
class TensorSlot:
    """Where a named tensor lies in a flat buffer; `kind` is what it is to its layer."""

    name: str
    kind: str  # weight, bias, scale, shift, slopes, projection, statistics
    layer: int
    offset: int
    shape: tuple[int, ...]

    @property
    def size(self) -> int:
        return math.prod(self.shape)

    @property
    def matrix(self) -> bool:
        """Weights: what penalties are on."""
        return len(self.shape) == 2

    def view(self, flat: Array) -> Array:
        """This tensor, of its own shape, in what lies as θ does, (P,)."""
        return flat[self.offset : self.offset + self.size].reshape(self.shape)


@dataclass(frozen=True)
class Layout:
    """Offsets of the workspace for `capacity` columns; rows are packed by the columns in use. `fixed` ones have one column."""

    capacity: int
    offsets: dict[str, int]
    units: dict[str, int]
    fixed: frozenset[str]
    size: int

    def view(self, work: Array, name: str, columns: int) -> Array:
        """The named values as (units, columns); per-sample losses as (1, columns), batch norm's statistics as (units, 1)."""
        start, width = self.offsets[name], 1 if name in self.fixed else columns
        return work[start : start + self.units[name] * width].reshape(self.units[name], width)


def tensor_slots(sizes: tuple[int, ...], layers: Sequence[LayerSpec]) -> tuple[TensorSlot, ...]:
    """W_1, b_1, then what its layer has of gamma_1, beta_1 (norm), alpha_1 (PReLU), P_1 (skip), then W_2, …, one behind the
    other. `layers` are the hidden ones."""
    slots: list[TensorSlot] = []
    offset = 0
    for layer in range(1, len(sizes)):
        size = sizes[layer]
        tensors: list[tuple[str, str, tuple[int, ...]]] = [("W", "weight", (size, sizes[layer - 1])), ("b", "bias", (size,))]
        if layer <= len(layers):
            own = layers[layer - 1]
            tensors += [("gamma", "scale", (size,)), ("beta", "shift", (size,))] if own.norm else []
            tensors += [("alpha", "slopes", (size,))] if ACTIVATIONS[own.activation].learned_slopes else []
            if own.skip is not None and sizes[layer - own.skip] != size:
                tensors.append(("P", "projection", (size, sizes[layer - own.skip])))
        for name, kind, shape in tensors:
            slots.append(TensorSlot(f"{name}{layer}", kind, layer, offset, shape))
            offset += slots[-1].size
    return tuple(slots)


def layout_of(sizes: tuple[int, ...], layers: Sequence[LayerSpec], capacity: int) -> Layout:
    """h_0, targets, then z_l, h_l, delta_l of each layer with what it has besides, then the samples' losses."""
    units = {"h0": sizes[0], "y": sizes[-1]}
    fixed: set[str] = set()
    for layer, size in enumerate(sizes[1:], 1):
        units |= {f"z{layer}": size, f"h{layer}": size, f"delta{layer}": size}
        if layer > len(layers):
            continue
        own = layers[layer - 1]
        if own.norm:
            statistics = {f"mean{layer}", f"var{layer}"}
            units |= {f"u{layer}": size, f"xhat{layer}": size} | dict.fromkeys(statistics, size if own.norm == "batch" else 1)
            fixed |= statistics if own.norm == "batch" else set()
        units |= {f"a{layer}": size} if own.dropout or own.skip else {}
        units |= {f"mask{layer}": size} if own.dropout else {}
        units |= {f"d{layer}": size} if own.dropout and own.skip else {}
        units |= {f"g{layer}": size} if own.skip else {}
    units["losses"] = 1
    offsets: dict[str, int] = {}
    total = 0
    for name, size in units.items():
        offsets[name] = total
        total += size * (1 if name in fixed else capacity)
    return Layout(capacity, offsets, units, frozenset(fixed), total)
