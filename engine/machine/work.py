"""How much of a tape one compiled call is to do, so that whoever waits soon has a turn. The bits do not depend on it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from engine.kernels import codes
from engine.kernels.optimizers.dispatch import MUON
from engine.kernels.optimizers.muon import ITERATIONS, PARTS

Ops = NDArray[np.int64]
HEAVY = 200_000_000
"""Multiplications that are a piece of their own: some 20 ms."""


def heavy(parameters: int, rows: int, passes: int = 1, own: int = 0) -> bool:
    """Whether so many passes over rows, and so many multiplications besides, are more than a piece."""
    return passes * parameters * rows + own > HEAVY


def pieces_of(ops: int, parameters: int, rows: int, alone: bool = False) -> Iterable[tuple[int, int]]:
    """Ops (first, last) that one compiled call makes on so many rows: all of them, or where that is heavy, or they are to be
    `alone`, one by one."""
    return ((op, op + 1) for op in range(ops)) if alone or heavy(parameters, rows, 3) else ((0, ops),)


def own_work(op: NDArray[np.int64]) -> int:
    """Multiplications of an op that no row has a part in: Muon's products."""
    if op[codes.CODE] != codes.UPDATE or op[codes.KIND] != MUON:
        return 0
    short, long = sorted((int(op[codes.ROWS]), int(op[codes.COLS])))
    return ITERATIONS * short * short * (short + 2 * long)


def parts_of(op: NDArray[np.int64]) -> Iterator[Ops]:
    """An op (N_FIELDS,) as calls (1, N_FIELDS) one after the other: itself, or where it is heavy by itself its parts."""
    if own_work(op) <= HEAVY:
        yield op[None]
        return
    for part in range(1, PARTS + 1):
        one = op[None].copy()
        one[0, codes.PART] = part
        yield one
