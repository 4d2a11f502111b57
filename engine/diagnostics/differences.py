"""Slopes from differences alone, each with how far it may be off: what a gradient is checked against.

A central difference (f(x + h) − f(x − h)) / 2h is off by the cut-off h² f‴/6 and by the rounding of f over h; where the sum is
least depends on f, which nobody knows. So a ladder of steps is climbed down, each a quarter of the one before, the differences
are extrapolated to h = 0 (Richardson), and of all entries of the table the one is taken whose error is least: how much it moved
in its last extrapolation, and what rounding leaves at its step (Ridders 1982).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from engine.array import Array

EPSILON = float(np.finfo(np.float64).eps)
CUBE_ROOT = float(np.cbrt(EPSILON))
"""Balances cut-off h² against rounding ε/h where f, x and f‴ are of size 1."""
RATIO = 4.0
ABOVE, BELOW = 5, 4
"""Rungs of the ladder above and below the step that it is built around."""
SAFETY = 8.0
POINTS = 12


@dataclass(frozen=True)
class Slope:
    """A slope from differences, and how far it may be off."""

    value: float
    error: float


def step_for(value: float, reach: float) -> float:
    """A step for a parameter that is multiplied by inputs of at most `reach` in size: z moves by about ∛ε whatever their
    unit."""
    return CUBE_ROOT * max(1.0, abs(value)) / (reach if reach > 1e-9 else 1.0)


def steps_for(values: Array) -> Array:
    """The same of many parameters whose inputs are no larger than 1, (n,)."""
    steps: Array = CUBE_ROOT * np.fmax(1.0, np.abs(values))
    return steps


def rounding_of(f: Callable[[float], float]) -> float:
    """By how much values of f are off by rounding, measured: third differences of neighbours so near that f itself is straight
    (Hamming; Moré and Wild 2011). `f(t)` is f at the place t of such a line, t = 0, 1, …"""
    values = np.array([f(float(t)) for t in range(POINTS)])
    if not np.isfinite(values).all():
        return float("nan")
    third = float(np.max(np.abs(np.diff(values, 3)))) / math.sqrt(20.0)
    return SAFETY * max(third, EPSILON * float(np.max(np.abs(values))))


def refined(difference: Callable[[float], float], step: float, rounding: float) -> Slope:
    """The slope by a ladder around `step`, from `difference(h)`, the central difference at h; `rounding` is what f's values are
    off by."""
    best, before = Slope(float("nan"), float("inf")), np.zeros(0)
    with np.errstate(all="ignore"):  # a step may lead to where f has no value; such a rung is never the best
        for rung in range(ABOVE + BELOW + 1):
            h = step * RATIO ** (ABOVE - rung)
            noise = rounding / h
            if noise > best.error:
                break
            row: Array = np.empty(rung + 1)
            row[0] = difference(h)
            for order in range(1, rung + 1):
                power = RATIO ** (2 * order)
                row[order] = (power * row[order - 1] - before[order - 1]) / (power - 1.0)
                error = max(abs(row[order] - row[order - 1]), abs(row[order] - before[order - 1])) + noise
                if error < best.error:
                    best = Slope(float(row[order]), float(error))
            before = row
    return best
