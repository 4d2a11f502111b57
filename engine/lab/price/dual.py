"""Forward mode as a tape: dual numbers, a value and its tangent, through the ops that the network itself is made of.

Under a change of θ along a direction, tangents follow ż_l = Ẇ_l h_{l−1} + W_l ḣ_{l−1} + ḃ_l and ḣ_l = φ′(z_l) ⊙ ż_l. With
h_{l−1} and ḣ_{l−1} one below the other ż_l is one product, of [Ẇ_l W_l]: an affine op of twice the columns, whose bias is ḃ_l.
So the tape's own kernels do it, and a pass is measured and counted as the others are. The inputs do not move: in the first
layer only Ẇ_1 h_0 is left.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.array import Array, zeros
from engine.kernels import codes
from engine.lab.passes.runner import Runner
from engine.machine.machine import Machine
from engine.machine.tape import Tape
from engine.rows.activations import ACTIVATIONS

KNOWN = (codes.GATHER, codes.AFFINE, codes.ACTIVATION, codes.LOSS)


def has_dual(tape: Tape) -> bool:
    """Whether the tape is one of affine layers and activations that take each z for themselves."""
    plain = all(ACTIVATIONS[name].elementwise and not ACTIVATIONS[name].learned_slopes for name in tape.activations[:-1])
    return plain and bool(np.isin(tape.forward_ops[:, codes.CODE], KNOWN).all())


class DualRunner(Runner):
    """Passes of forward mode over the first `columns` samples of a machine's training set, each along one direction in θ."""

    def __init__(self, machine: Machine, columns: int) -> None:
        super().__init__(machine, columns)
        tape, b = self.tape, columns
        self.sizes = tape.sizes
        self._at: dict[str, int] = {}
        total = 0
        names = [("h0", 0), ("y", -1)]
        names += [(f"{kind}{layer}", layer) for layer in range(1, len(self.sizes)) for kind in ("z", "h", "dot")]
        for name, layer in (*names, ("delta", -1)):
            self._at[name] = total  # h_l and its tangent, "dot", lie one below the other
            total += self.sizes[layer] * b
        self._at["losses"] = total
        self.work = zeros(total + b)
        self._lay_parameters(machine.theta)
        self.ops = self._written()
        self(self.ops[:1])
        self.ops = np.ascontiguousarray(self.ops[1:])

    def _lay_parameters(self, theta: Array) -> None:
        """θ, and behind it of each layer [Ẇ W] and ḃ."""
        self._beside: dict[int, int] = {}
        self._places = np.empty(theta.size, dtype=np.int64)
        self._along = 0
        total = theta.size
        for layer in range(1, len(self.sizes)):
            rows, cols = self.sizes[layer], self.sizes[layer - 1]
            self._beside[layer] = total
            total += rows * (cols if layer == 1 else 2 * cols) + rows
        self.theta = zeros(total)
        self.theta[: theta.size] = theta
        for slot in self.tape.slots:
            rows, cols = self.sizes[slot.layer], self.sizes[slot.layer - 1]
            start, width = self._beside[slot.layer], cols if slot.layer == 1 else 2 * cols
            if slot.kind == "bias":
                own = start + rows * width + np.arange(rows)
            else:
                own = start + np.arange(rows)[:, None] * width + np.arange(cols)
                if slot.layer > 1:
                    self.theta[own + cols] = slot.view(theta)
            self._places[slot.offset : slot.offset + slot.size] = own.ravel()

    def _written(self) -> NDArray[np.int64]:
        """The tape's ops from the samples to δ_L at places of our own, each followed by its tangent's."""
        last = len(self.sizes) - 1
        at, written = self._at, []
        for op in self.tape.gradient_ops:
            own, code, layer = op.copy(), op[codes.CODE], int(op[codes.LAYER])
            pair = {codes.INPUT: at[f"z{last}"], codes.COLS: at[f"h{last}"] - at[f"z{last}"], codes.OTHER: at["y"]}
            if code == codes.GATHER:
                written.append(_moved(own, {codes.OUTPUT: at["h0"], codes.OTHER: at["y"]}))
            elif code == codes.AFFINE:
                written.append(_moved(own, {codes.INPUT: at[f"h{layer - 1}"], codes.OUTPUT: at[f"z{layer}"]}))
                moved = {codes.OUTPUT: at[f"dot{layer}"], codes.WEIGHTS: self._beside[layer]}
                moved[codes.COLS] = op[codes.COLS] * (1 if layer == 1 else 2)
                written.append(_moved(written[-1], moved))
            elif code == codes.ACTIVATION:
                written.append(_moved(own, {codes.INPUT: at[f"z{layer}"], codes.OUTPUT: at[f"h{layer}"]}))
                if layer < last:
                    slope = {codes.CODE: codes.BACK_ACTIVATION, codes.OTHER: at[f"h{layer}"], codes.OUTPUT: at[f"dot{layer}"]}
                    written.append(_moved(written[-1], slope))
            elif code in (codes.LOSS, codes.OUTPUT_DELTA):
                written.append(_moved(own, pair | {codes.OUTPUT: at["losses" if code == codes.LOSS else "delta"]}))
        return np.array(written, dtype=np.int64)

    @property
    def parameters(self) -> int:
        return self._places.size

    def point(self, index: int) -> None:
        """From now on along the parameter at a place in θ."""
        self.theta[self._places[self._along]] = 0.0
        self.theta[self._places[index]] = 1.0
        self._along = index

    @property
    def derivative(self) -> float:
        """Of the mean loss along the direction of the last pass: the mean of δ_L · ż_L."""
        size = self.sizes[-1] * self.columns
        delta = self.work[self._at["delta"] :][:size]
        moved = self.work[self._at[f"dot{len(self.sizes) - 1}"] :][:size]
        return float(delta @ moved) / self.columns


def _moved(op: NDArray[np.int64], fields: dict[int, int]) -> NDArray[np.int64]:
    own = op.copy()
    for field, value in fields.items():
        own[field] = value
    return own
