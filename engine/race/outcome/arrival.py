"""The order in which the lanes of a race arrive: who stays at or below the finish, and since when."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from engine.array import Array


class Arrival(NamedTuple):
    """`touched`: the first place in the losses at or below the finish; `arrived`: the first from which on all of them are, up
    to the last. None where there is none: a lane that has touched the finish and left it again has not arrived."""

    touched: int | None
    arrived: int | None


def arrival(losses: Array, finish: float) -> Arrival:
    """Of a lane with losses (n,) so far, n ≥ 1. A loss that is no number is above every finish."""
    below = losses <= finish
    touched = int(np.argmax(below))
    if not below[touched]:
        return Arrival(None, None)
    if not below[-1]:
        return Arrival(touched, None)
    return Arrival(touched, len(below) - int(np.argmin(below[::-1])) if not below.all() else 0)


def in_order(arrived: int | None, loss: float, *, diverged: bool) -> tuple[bool, bool, float, float]:
    """What lanes are sorted by: those that have arrived by when they did, the others by their loss, diverged ones last."""
    worth = loss if math.isfinite(loss) else math.inf
    there = arrived is not None and not diverged
    return diverged, not there, float(arrived) if there and arrived is not None else 0.0, worth
