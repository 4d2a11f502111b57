"""How large error signals and gradients are, by power of two, and how many became 0."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.array import Array
from engine.kernels import codes
from engine.lab.half.rounded_run import RoundedRun
from engine.parts import give_way

LOWEST, HIGHEST = -149, 31
"""Powers of two that are told apart; what is smaller or larger counts with the outermost ones."""
POWERS = np.arange(LOWEST, HIGHEST + 1)


@dataclass(frozen=True)
class Spread:
    """Of one update. `deltas` (layers, powers) and `gradients` (powers,): the shares of entries of that size; `zero_deltas`
    (layers,) and `zero_gradients`, of those that are 0. Sizes are those without a loss scale."""

    deltas: Array
    gradients: Array
    zero_deltas: Array
    zero_gradients: float

    @property
    def all_deltas(self) -> Array:
        """(powers,), every layer alike."""
        mean: Array = self.deltas.mean(axis=0)
        return mean

    @property
    def all_zero_deltas(self) -> float:
        return float(self.zero_deltas.mean())


def by_power(values: Array) -> tuple[Array, float]:
    """The shares (powers,) of values with 2^k ≤ |v| < 2^(k+1), and of those that are 0."""
    give_way()
    size = np.abs(values.reshape(-1))
    there = size[(size > 0.0) & np.isfinite(size)]
    places = np.clip(np.frexp(there)[1] - 1, LOWEST, HIGHEST) - LOWEST
    return np.bincount(places, minlength=len(POWERS)) / size.size, float(np.mean(size == 0.0))


def spread_of(run: RoundedRun) -> Spread:
    """What stands in the buffers of a run whose passes are made. A float64 run's δ are of samples, and lack the 1 / B of the
    mean."""
    machine = run.machine
    columns = int(machine.int_state[codes.BATCH])
    scale = columns if run.exact else run.scale.value
    layout, layers = machine.tape.layout, range(1, len(machine.tape.sizes))
    found = [by_power(layout.view(machine.work, f"delta{layer}", columns) / scale) for layer in layers]
    gradients = by_power(machine.grad if run.exact else machine.grad / run.scale.value)
    return Spread(np.array([each[0] for each in found]), gradients[0], np.array([each[1] for each in found]), gradients[1])
