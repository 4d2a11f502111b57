"""The Jacobian of a network's outputs by its inputs at one sample, pass by pass: a column for each pass of forward mode, a row
for each of reverse mode, over the same tape.

Outputs are z_L, before the output's activation: then a row begins with the unit vector e_i as δ_L.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.array import Array
from engine.evaluation.tangents import TangentPass
from engine.kernels import codes
from engine.lab.passes.counts import Ops, multiplications
from engine.lab.passes.runner import Runner
from engine.machine.machine import Machine


@dataclass(frozen=True)
class Station:
    """Numbers that a pass makes on its way: how they are written, and where they lie in the pass."""

    symbol: str
    first: int
    units: int


LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def lowered(layer: int) -> str:
    return str(layer).translate(LOWERED)


class Jacobian:
    """Of a machine's network at its first training sample, J (m, n). Each pass returns what it makes, station by station, one
    behind the other; the last station is a column, or a row, of J."""

    def __init__(self, machine: Machine) -> None:
        self.tape = tape = machine.tape
        self.sizes = tape.sizes
        self.inputs, self.outputs, self.last = self.sizes[0], self.sizes[-1], len(self.sizes) - 1
        self._runner = Runner(machine, 1, codes.INFERENCE, room=self.inputs)
        self._runner(tape.forward_ops)
        self._still = np.zeros((1, machine.theta.size))
        self._on = tape.activation_ops[1:]
        self._back = self._backward()
        kept = [*(f"h{layer}" for layer in range(self.last)), f"z{self.last}"]
        self._kept = kept
        output = f"∂z{lowered(self.last)}/∂x"
        tangents = [f"∂h{lowered(layer)}/∂x" for layer in range(self.last)]
        self.forward_stations = self._stations([*tangents, output], range(self.last + 1))
        deltas = [f"δ{lowered(layer)}" for layer in range(self.last, 0, -1)]
        self.reverse_stations = self._stations([*deltas, output], range(self.last, -1, -1))
        self.values = [self._runner.values(name)[:, 0].copy() for name in self._kept]
        """h_0, …, h_{L−1} and z_L."""

    def _stations(self, symbols: list[str], layers: range) -> tuple[Station, ...]:
        found, first = [], 0
        for symbol, layer in zip(symbols, layers, strict=True):
            found.append(Station(symbol, first, self.sizes[layer]))
            first += self.sizes[layer]
        return tuple(found)

    def _backward(self) -> Ops:
        """From δ_L to δ_1 as in training, without gradients, and on to the inputs, where training stops: W_1ᵀ δ_1, and what
        came along skips from there."""
        tape, at = self.tape, self.tape.layout.offsets
        ops = tape.delta_ops
        below = self._runner.behind
        more = []
        for op in tape.activation_ops:
            own = op.copy()
            own[codes.OUTPUT] = below
            if op[codes.CODE] == codes.AFFINE and op[codes.INPUT] == at["h0"]:
                own[codes.CODE], own[codes.INPUT] = codes.BACK_PRODUCT, at[f"delta{op[codes.LAYER]}"]
                more.append(own)
            elif op[codes.CODE] == codes.SKIP and op[codes.OTHER] == at["h0"]:
                own[codes.CODE], own[codes.INPUT] = codes.BACK_SKIP, at[f"g{op[codes.LAYER]}"]
                more.append(own)
        start = 1 + int(np.argmax(ops[:, codes.CODE] == codes.OUTPUT_DELTA))
        return np.ascontiguousarray(np.concatenate([ops[start:], np.array(more)]))

    @property
    def forward_multiplications(self) -> int:
        """Of the matrix products of a pass of forward mode, W_l ḣ_{l−1} in each layer, values known."""
        return multiplications(self._on)

    @property
    def reverse_multiplications(self) -> int:
        """Of a pass of reverse mode, W_lᵀ δ_l in each layer, values known."""
        return multiplications(self._back)

    def column(self, j: int) -> Array:
        """A pass of forward mode: dual numbers, each value with its derivative by input j."""
        runner = self._runner
        seed = np.zeros((1, self.inputs, 1))
        seed[0, j] = 1.0
        along = TangentPass(self.tape, runner, runner.theta, runner.work, 1, codes.INFERENCE)
        along.along(self._still, self._on, seed)
        at = self.tape.layout.offsets
        parts = [along.at(at[name], units)[1].ravel() for name, units in zip(self._kept, self.sizes, strict=True)]
        return np.concatenate(parts)

    def row(self, i: int) -> Array:
        """A pass of reverse mode: from output i back, with the derivative of z_L[i] by each z_l on the way."""
        runner = self._runner
        delta = runner.values(f"delta{self.last}")
        delta[...] = 0.0
        delta[i] = 1.0
        runner(self._back)
        parts = [runner.values(f"delta{layer}")[:, 0] for layer in range(self.last, 0, -1)]
        return np.concatenate([*parts, runner.work[runner.behind : runner.behind + self.inputs]])
