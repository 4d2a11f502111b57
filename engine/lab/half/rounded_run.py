"""A run in a smaller format: the tape, op by op, with what each op wrote rounded before the next one reads it.

What is emulated is mixed precision (Micikevicius et al. 2018): weights, inputs, activations, error signals and gradients are
numbers of the format. The sums of an op are made in double and rounded once to float32, so they are no less exact than a
float32 accumulator's. Statistics of norms, outputs and losses stay in float32, as do the weights that are updated (the master
copy) and the optimizer's state. The loss is the mini-batch's mean times the loss scale: δ carries S / B, as in PyTorch.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from engine.array import Array, pieces
from engine.kernels import codes
from engine.lab.half.formats import FLOAT32, FLOAT64, Format
from engine.lab.half.loss_scale import LossScale
from engine.machine.machine import Machine
from engine.machine.tape import Op
from engine.parts import give_way

IN_FLOAT32 = ("mean", "var", "xhat", "losses")
"""Values of the workspace that are never in the small format, by how their names begin."""
MADE = (codes.RUNNING, codes.SERIES_FULL)
Look = Callable[[], None]
"""Called when the passes of an update are made: δ and gradients are in the machine's buffers as they were computed."""


@dataclass(frozen=True)
class _Written:
    """What an op writes, as flat views: to be rounded to the format, and to float32. `gradients`, of parameters, are among the
    former."""

    small: tuple[Array, ...]
    single: tuple[Array, ...]
    gradients: tuple[Array, ...]


class RoundedRun:
    """A machine whose updates are made in `number_format`. `master`: the format of the weights that are updated. In float64
    nothing is rounded or scaled: its updates are the machine's own."""

    def __init__(
        self, machine: Machine, number_format: Format, scale: LossScale | None = None, master: Format = FLOAT32
    ) -> None:
        machine.record_nothing()
        self.machine, self.format, self.master = machine, number_format, master
        self.scale = LossScale() if scale is None else scale
        self.exact = number_format is FLOAT64
        self._written: dict[tuple[int, int], _Written] = {}
        self._first = machine.tape.first(codes.AFFINE)
        tape = machine.tape
        passes = [
            word.phase != "update" and code != codes.PENALTY
            for code, word in zip(tape.ops[:, codes.CODE], tape.words, strict=True)
        ]
        self._end = len(passes) - passes[::-1].index(True)
        """The ops of the passes are those from `_first` to here. What comes before or after works on the master weights."""
        if not self.exact:
            self._to_master()

    def update(self, look: Look | None = None) -> bool:
        """The next update; false where it overflowed and was skipped: its mini-batch is used, nothing else is changed."""
        if not self.exact:
            return self._rounded(look)
        for op in range(len(self.machine.tape.ops)):
            if self.machine.one_op() not in MADE:
                self.machine.abandon_update()
                return False
            if op == self._end - 1 and look is not None:
                look()
            give_way()
        return True

    def _rounded(self, look: Look | None) -> bool:
        machine, scale = self.machine, self.scale
        before = machine.theta.copy(), machine.state.copy()
        self._ops(0, self._first)
        self._round(machine.theta, self.master)  # where a look-ahead moved it
        master = machine.theta.copy()
        self._round(machine.theta, self.format)
        self._ops(self._first, self._end)
        if look is not None:
            look()
        machine.theta[...] = master
        made = self._finite()
        if made:
            machine.grad /= scale.value
            self._round(machine.grad, FLOAT32)
        else:
            self._nothing_to_do()
        for _ in range(self._end, len(machine.tape.ops)):
            if machine.one_op() not in MADE:  # an optimizer that overflows
                made = False
                machine.abandon_update()
                break
        if made:
            self._to_master()
            scale.made()
        else:
            machine.theta[...], machine.state[...] = before
            scale.overflowed()
        give_way()
        return made

    def _ops(self, first: int, last: int) -> None:
        """The next ops of the update, those from `first` to `last` - 1, each with what it wrote rounded."""
        machine = self.machine
        for index in range(first, last):
            machine.one_op()
            columns = int(machine.int_state[codes.BATCH])
            written = self._written.get((index, columns))
            if written is None:
                written = self._written[index, columns] = self._views(machine.tape.words[index], columns)
            if machine.tape.ops[index, codes.CODE] == codes.OUTPUT_DELTA:
                written.small[0][...] *= self.scale.value / columns
            for gradient in written.gradients:
                gradient *= columns  # the tape takes the mean here, of what carries 1 / B already
            for values in written.single:
                self._round(values, FLOAT32)
            for values in written.small:
                self._round(values, self.format)

    def _views(self, op: Op, columns: int) -> _Written:
        machine, layout = self.machine, self.machine.tape.layout
        own = {f"d{slot.name}": slot for slot in machine.tape.slots}
        last = f"h{len(machine.tape.sizes) - 1}"
        gradients = tuple(own[name].view(machine.grad).reshape(-1) for name in op.writes if name in own)
        small: list[Array] = []
        single: list[Array] = []
        for name in op.writes:
            if name in layout.offsets and name != "y":  # the targets are not rounded: the loss is in float32
                values = layout.view(machine.work, name, columns).reshape(-1)
                (single if name == last or name.startswith(IN_FLOAT32) else small).append(values)
        return _Written((*small, *gradients), tuple(single), gradients)

    @staticmethod
    def _round(values: Array, to: Format) -> None:
        for piece in pieces(values.size):
            values[piece] = to.round(values[piece])

    def _finite(self) -> bool:
        machine = self.machine
        first = machine.tape.layout.offsets["z1"]
        return bool(np.isfinite(machine.work[first:]).all() and np.isfinite(machine.grad).all())

    def _nothing_to_do(self) -> None:
        """What is left of the update is made of zeros: it moves the batches on, and is taken back."""
        machine = self.machine
        machine.grad[...] = 0.0
        machine.work[machine.tape.layout.offsets["z1"] : machine.tape.frozen.at] = 0.0

    def _to_master(self) -> None:
        self._round(self.machine.theta, self.master)
        for values in self.machine.state_tensors.values():
            self._round(values, FLOAT32)
