"""The arrays of a micro-step as they are sent: of a chosen sample its column, of what is very wide a part, and nothing of what
is withheld. Everything that leaves goes through here."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from server.microscope.scope import Scope

Flat = NDArray[np.float64]
LARGEST = 16_384
"""Entries of an array that are sent; of a larger one …"""
FIRST = 64
"""… so many rows and columns at most, the first, and those that are looked at."""


def open_numbers(scope: Scope, name: str, array: Flat) -> Flat:
    """The numbers that may be told."""
    return scope.withheld.array(name, array)


def part(array: Flat, row: int, column: int) -> tuple[Flat, dict[str, Any]]:
    """As much of an array as is sent, and which rows and columns that are (null: all)."""
    if array.size <= LARGEST:
        return array, {"rows": None, "columns": None}
    rows, columns = _chosen(array.shape[0], row), _chosen(array.shape[1], column)
    return array[np.ix_(rows, columns)], {"rows": rows, "columns": columns}


def _chosen(count: int, looked_at: int) -> list[int]:
    first = list(range(min(count, FIRST)))
    return first if looked_at < len(first) or looked_at >= count else [*first, looked_at]
