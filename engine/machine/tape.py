"""The tape: the ordered ops of one update, where the parameters lie, and where the intermediate values lie.

The tape that trains is the tape that is stepped through: `engine.kernels.run` executes slices of it. Parameters are one flat
vector, layer by layer (`engine.machine.layout`); `grad` and each state tensor of the optimizer have the same layout.
Intermediate values are (units, batch) columns in one flat workspace; a narrower batch is packed with its own stride.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from engine.kernels import codes
from engine.kernels.optimizers.dispatch import LAST_CLASSIC
from engine.machine.layout import Layout, TensorSlot
from engine.machine.work import own_work

GRADIENTS = (codes.GRADIENT, codes.SLOPE_GRADIENT, codes.SKIP_GRADIENT)
ONLY_IN_TRAINING = (codes.RATE, codes.LOOK_AHEAD, codes.AUGMENT)


@dataclass(frozen=True)
class Op:
    """One op of a tape, in words: what it is, whose layer, and which workspace values it reads and writes."""

    name: str
    phase: str  # forward, loss, backward, update
    layer: int
    reads: tuple[str, ...]
    writes: tuple[str, ...]


@dataclass(frozen=True)
class FrozenEntries:
    """Entries of parameters that no update changes: their `places` in θ, (n,), ascending, and where in the workspace `at` they
    are told to kernels.

    Their gradient counts as 0, before clipping, as a mask in a hook on PyTorch's gradient does; penalties on them count as
    nothing with it. The optimizer's memory of them follows from that: it fades as its rule lets it, and does not grow. What
    would move them all the same (a decoupled decay, a momentum that is left, a look-ahead, Muon's iterations) is taken back
    within the op that does it.
    """

    places: NDArray[np.int64]
    at: int

    def fields(self, first: int, size: int) -> dict[str, int]:
        """Fields of an op on the `size` parameters from `first` on."""
        start, end = np.searchsorted(self.places, (first, first + size))
        return {"FROZEN": self.at + 2 * int(start), "FROZEN_COUNT": int(end - start)}

    def within(self, slot: TensorSlot) -> NDArray[np.bool_]:
        """Which entries of a parameter are frozen, of its shape."""
        start, end = np.searchsorted(self.places, (slot.offset, slot.offset + slot.size))
        mask = np.zeros(slot.size, dtype=np.bool_)
        mask[self.places[start:end] - slot.offset] = True
        return mask.reshape(slot.shape)


NONE_FROZEN: NDArray[np.int64] = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True)
class Tape:
    """A compiled run: `ops` (n, N_FIELDS) in integer codes, `words` the same for people."""

    sizes: tuple[int, ...]
    activations: tuple[str, ...]
    norms: tuple[str | None, ...]
    skips: tuple[int | None, ...]
    """Of each layer, how many layers back its skip comes from."""
    loss: str
    slots: tuple[TensorSlot, ...]
    layout: Layout
    ops: NDArray[np.int64]
    words: tuple[Op, ...]
    state_slots: int
    running_size: int
    """Running statistics of batch norm, at the front of the state: of each such layer the means, then the variances."""
    frozen: FrozenEntries

    @property
    def parameter_count(self) -> int:
        return sum(slot.size for slot in self.slots)

    @property
    def state_size(self) -> int:
        return self.running_size + self.state_slots * self.parameter_count + codes.N_CLOCK

    @property
    def running(self) -> tuple[TensorSlot, ...]:
        """Where the running statistics lie in the state: "mean1", "var1", …"""
        slots: list[TensorSlot] = []
        offset = 0
        for layer, norm in enumerate(self.norms, 1):
            for name in ("mean", "var") if norm == "batch" else ():
                slots.append(TensorSlot(f"{name}{layer}", "statistics", layer, offset, (self.sizes[layer],)))
                offset += slots[-1].size
        return tuple(slots)

    def bound(self, layer: int) -> str | None:
        """The activation whose range a layer's answers keep to; none for the inputs, and where a skip adds to them."""
        return None if layer == 0 or self.skips[layer - 1] is not None else self.activations[layer - 1]

    @property
    def coupled(self) -> bool:
        """Whether samples of a batch act on each other, as under batch norm: a column of δ is then no per-sample gradient."""
        return "batch" in self.norms

    @cached_property
    def core(self) -> bool:
        """Whether every op is one of those that every network has, and the optimizer a classic one."""
        code, kind = self.ops[:, codes.CODE], self.ops[:, codes.KIND]
        return not bool(np.any(code > codes.UPDATE) or np.any(kind[code == codes.UPDATE] > LAST_CLASSIC))

    @cached_property
    def update_work(self) -> int:
        """Multiplications of an update that no sample has a part in."""
        return sum(own_work(op) for op in self.ops)

    def first(self, code: int) -> int:
        """Index of the first op with this code."""
        return int(np.argmax(self.ops[:, codes.CODE] == code))

    def _part(self, phases: tuple[str, ...], without: tuple[int, ...] = ()) -> NDArray[np.int64]:
        kept = [
            word.phase in phases and code not in ONLY_IN_TRAINING and code not in without
            for code, word in zip(self.ops[:, codes.CODE], self.words, strict=True)
        ]
        return np.ascontiguousarray(self.ops[np.array(kept)])

    @cached_property
    def forward_ops(self) -> NDArray[np.int64]:
        """The ops from the samples to their losses."""
        return self._part(("forward", "loss"))

    @cached_property
    def activation_ops(self) -> NDArray[np.int64]:
        """The ops from the samples to the outputs."""
        return self._part(("forward",))

    @cached_property
    def gradient_ops(self) -> NDArray[np.int64]:
        """The ops from the samples to the gradient of the data term."""
        return self._part(("forward", "loss", "backward"), (codes.PENALTY,))

    @cached_property
    def delta_ops(self) -> NDArray[np.int64]:
        """The ops from the samples to the deltas of all layers."""
        return self._part(("forward", "loss", "backward"), (codes.PENALTY, *GRADIENTS))

    @property
    def penalty_ops(self) -> NDArray[np.int64]:
        return np.ascontiguousarray(self.ops[self.ops[:, codes.CODE] == codes.PENALTY])


def slope_op(op: NDArray[np.int64]) -> NDArray[np.int64]:
    """Of an op that multiplies by φ′ among other things, BACK_ACTIVATION or OUTPUT_DELTA, the op (N_FIELDS,) that does nothing
    else: it makes ones where the layer's δ lies into φ′. For activations that take each z for itself."""
    own = op.copy()
    if own[codes.CODE] == codes.OUTPUT_DELTA:
        own[codes.CODE], own[codes.KIND] = codes.BACK_ACTIVATION, own[codes.EXTRA]
        own[codes.OTHER] = own[codes.INPUT] + own[codes.COLS]
    return own
