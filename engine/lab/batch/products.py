"""Loops against BLAS: one layer's z = W h + b by the engine's loops, by the engine as it chooses, and by NumPy's BLAS.

The engine chooses by the shape alone (`engine.kernels.ops.linear`): loops below 8,192 multiplications, BLAS from there on. To
time its loops beyond that, the rows of W are cut into blocks each of which is small enough, one op a block: the same loops over
the same numbers.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.array import Array
from engine.kernels import codes
from engine.kernels.ops.linear import BLAS_FROM
from engine.kernels.run import run
from engine.kernels.threads import one_blas_thread
from engine.randomness import generator

WIDTHS = (2, 4, 8, 12, 16, 24, 32, 48, 64, 96, 128)
ROUNDS = 15
SECONDS = 0.0005
WAYS = ("loops", "chosen", "numpy")
_NONE = np.zeros((1, 1))
_NO_OPS = np.zeros((1, codes.N_FIELDS), dtype=np.int64)


class Layer:
    """A layer of `width` units below and above, over `columns` samples, with W, b and h drawn at random."""

    def __init__(self, width: int, columns: int) -> None:
        one_blas_thread()
        draw = generator(0, "lab batch products", width)
        self.width, self.columns = width, columns
        self.weights, self.bias = draw.standard_normal((width, width)), draw.standard_normal(width)
        self.h = draw.standard_normal((width, columns))
        self.z = np.zeros((width, columns))
        self.int_state, self.float_state = np.zeros(codes.N_COUNTERS, dtype=np.int64), np.zeros(codes.N_HYPER)
        self.int_state[codes.BATCH] = columns
        self.work = np.concatenate([self.h.ravel(), self.z.ravel()])
        self.whole = self._ops(width)
        self.blocks = self._ops(rows_in_loops(width, columns))

    def _ops(self, block: int) -> tuple[NDArray[np.int64], Array]:
        """One op for each block of rows, and θ as they find it: of each block W and b, one behind the other."""
        ops, theta, at = [], [], 0
        for first in range(0, self.width, block):
            rows = min(block, self.width - first)
            op = np.zeros(codes.N_FIELDS, dtype=np.int64)
            op[[codes.CODE, codes.ROWS, codes.COLS, codes.WEIGHTS]] = codes.AFFINE, rows, self.width, at
            op[codes.OUTPUT] = self.h.size + first * self.columns
            ops.append(op)
            theta += [self.weights[first : first + rows].ravel(), self.bias[first : first + rows]]
            at += rows * self.width + rows
        return np.array(ops), np.concatenate(theta)

    def _run(self, ops: NDArray[np.int64], theta: Array, times: int) -> None:
        none = _NONE[0]
        run(True)(
            ops,
            0,
            len(ops),
            times,
            _NO_OPS,
            self.int_state,
            self.float_state,
            theta,
            none,
            none,
            none,
            self.work,
            none,
            self.int_state[:0],
            _NONE,
            _NONE,
            _NONE,
            none,
        )

    def loops(self, times: int = 1) -> Array:
        """By the engine's loops; z, (width, columns)."""
        self._run(*self.blocks, times)
        return self.work[self.h.size :].reshape(self.z.shape)

    def chosen(self, times: int = 1) -> Array:
        """As the engine makes it of itself."""
        self._run(*self.whole, times)
        return self.work[self.h.size :].reshape(self.z.shape)

    def numpy(self, times: int = 1) -> Array:
        """As one writes it in NumPy, without a new array: `np.dot(W, h, out=z)`, then `z += b`."""
        weights, bias, h, z = self.weights, self.bias[:, None], self.h, self.z
        for _ in range(times):
            np.dot(weights, h, out=z)
            z += bias
        return z


def rows_in_loops(width: int, columns: int) -> int:
    """Rows of W of which the engine makes the product in loops."""
    return max(1, min(width, (BLAS_FROM - 1) // (width * columns)))


def widths_for(columns: int) -> list[int]:
    """Those of which one row at least goes in loops."""
    return [width for width in WIDTHS if width * columns < BLAS_FROM]


@dataclass(frozen=True)
class Products:
    """`seconds` (rounds, ways, widths) of one layer at so many `columns`."""

    widths: Array
    columns: int
    seconds: Array

    @property
    def medians(self) -> Array:
        """(ways, widths)"""
        return np.asarray(np.median(self.seconds, axis=0), dtype=np.float64)

    @property
    def multiplications(self) -> Array:
        return self.widths**2 * self.columns

    @property
    def rates(self) -> Array:
        """Multiplications a second, (ways, widths)."""
        return np.asarray(self.multiplications / self.medians, dtype=np.float64)

    @property
    def numpy_from(self) -> float | None:
        """The width from which on NumPy's BLAS is ahead of the loops at every measured width; None: it is at none."""
        behind = np.flatnonzero(self.medians[0] <= self.medians[2])
        first = 0 if not len(behind) else int(behind[-1]) + 1
        return float(self.widths[first]) if first < len(self.widths) else None

    @property
    def blas_from(self) -> float | None:
        """The first of the widths at which the engine goes to BLAS."""
        there = np.flatnonzero(self.multiplications >= BLAS_FROM)
        return float(self.widths[there[0]]) if len(there) and self.columns >= 4 else None


def timed(call: Callable[[int], Array]) -> Iterator[float]:
    """Seconds of one, again and again: each time of as many as take `SECONDS` together."""
    times = 1
    for _ in range(8):
        each = min(_one(call, times) for _ in range(3))
        wanted = max(1, min(1_000_000, int(SECONDS / max(each, 1e-9))))
        if wanted <= 2 * times:
            break
        times = wanted
    while True:
        yield _one(call, times)


def _one(call: Callable[[int], Array], times: int) -> float:
    begun = time.perf_counter()
    call(times)
    return (time.perf_counter() - begun) / times


def measured(columns: int) -> Iterator[Products]:
    """Round by round over all widths; each yields what is known so far."""
    widths = widths_for(columns)
    layers = [Layer(width, columns) for width in widths]
    watches = [[timed(getattr(layer, way)) for layer in layers] for way in WAYS]
    seconds = np.full((ROUNDS, len(WAYS), len(widths)), np.nan)
    for turn in range(ROUNDS):
        for place in range(len(widths)):
            for way, watch in enumerate(watches):
                seconds[turn, way, place] = next(watch[place])
            known = slice(None) if turn else slice(place + 1)
            rounds = seconds[: max(1, turn), :, known].copy()
            yield Products(np.array(widths[known], dtype=np.float64), columns, rounds)
        yield Products(np.array(widths, dtype=np.float64), columns, seconds[: turn + 1].copy())
