"""The arrays of a micro-step as they are sent: of a chosen sample its column, of what is very wide a part, and nothing of what
is withheld. Everything that leaves goes through here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from server.microscope.scope import Scope

if TYPE_CHECKING:
    from engine.array import Array

LARGEST = 16_384
"""Entries of an array that are sent; of a larger one …"""
FIRST = 64
"""… so many rows and columns at most, the first, and those that are looked at."""


def open_numbers(scope: Scope, name: str, array: Array) -> Array:
    """The numbers that may be told."""
    return scope.withheld.array(name, array)


def part(array: Array, row: int, column: int) -> tuple[Array, dict[str, Any]]:
    """As much of an array as is sent, and which rows and columns that are (null: all)."""
    if array.size <= LARGEST:
        return array, {"rows": None, "columns": None}
    rows, columns = _chosen(array.shape[0], row), _chosen(array.shape[1], column)
    return array[np.ix_(rows, columns)], {"rows": rows, "columns": columns}


def _chosen(count: int, looked_at: int) -> list[int]:
    first = list(range(min(count, FIRST)))
    return first if looked_at < len(first) or looked_at >= count else [*first, looked_at]
