"""How much of a tape one compiled call is to do, so that whoever waits soon has a turn. The bits do not depend on it."""

from __future__ import annotations

from collections.abc import Iterable

HEAVY = 200_000_000
"""Multiplications that are a piece of their own: some 20 ms."""


def heavy(parameters: int, rows: int, passes: int = 1) -> bool:
    """Whether so many passes over rows are more than a piece."""
    return passes * parameters * rows > HEAVY


def pieces_of(ops: int, parameters: int, rows: int) -> Iterable[tuple[int, int]]:
    """Ops (first, last) that one compiled call makes on so many rows: all of them, or where that is heavy one by one."""
    return ((op, op + 1) for op in range(ops)) if heavy(parameters, rows, 3) else ((0, ops),)
