"""The engine's one type of numbers in memory, and what is done to very many of them: a piece at a time, giving way in between.

Memory that is touched for the first time takes the system milliseconds for a megabyte. So what lies as long as a network's
parameters is made, copied and added up in pieces, and nobody waits for all of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from engine.parts import give_way

Array = NDArray[np.float64]
"""Doubles, of any shape. In shapes P counts a network's parameters, which lie one behind the other in θ
(`engine.machine.layout`), d_l the units of layer l, and n whatever is many: samples, steps, points."""
Kind = TypeVar("Kind", bound=np.generic)
PIECE = 2**18
"""Numbers: 2 MB."""


def pieces(count: int) -> Iterator[slice]:
    """Of so many numbers the places, a piece after the other."""
    for first in range(0, count, PIECE):
        yield slice(first, min(first + PIECE, count))
        give_way()


def zeros(count: int) -> Array:
    """(count,), in memory that has been touched."""
    found = np.zeros(count)
    if count > PIECE:
        for piece in pieces(count):
            found[piece] = 0.0
    return found


def fill(into: NDArray[Any], given: NDArray[Any]) -> None:
    """Copy an array into another of its shape."""
    if into.ndim != 1 or into.size <= PIECE or np.shape(given) != into.shape:
        into[...] = given
        return
    for piece in pieces(into.size):
        into[piece] = given[piece]


def copied(values: NDArray[Kind]) -> NDArray[Kind]:
    """A copy."""
    if values.ndim != 1 or values.size <= PIECE:
        return values.copy()
    found = np.empty_like(values)
    fill(found, values)
    return found


def sum_in_order(values: Array, of: Callable[[Array], Array], total: float = 0.0) -> float:
    """To a total what `of` makes of values, a new array each time, added one after the other, as a kernel's loop does."""
    for piece in pieces(values.size):
        made = of(values[piece])
        made[0] += total
        total = float(np.add.accumulate(made, out=made)[-1])
    return total
