"""Number formats, and how a double becomes a number of each: by way of float32, as a processor's sums come, then rounded to the
nearest, ties to even."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.array import Array


def _single(values: Array) -> NDArray[np.float32]:
    with np.errstate(over="ignore", invalid="ignore"):
        return values.astype(np.float32)


def _to_nearest(bits: NDArray[np.uint32], dropped: int) -> NDArray[np.float32]:
    """Float32's bits without the last `dropped` ones. Half of what they count is added first, less one where the last bit that
    is kept is 0: what carries over rounds up, ties to even."""
    odd = (bits >> np.uint32(dropped)) & np.uint32(1)
    rounded = bits + np.uint32(2 ** (dropped - 1) - 1) + odd
    return (rounded & np.uint32(2**32 - 2**dropped)).view(np.float32)


def as_float32(values: Array) -> Array:
    return _single(values).astype(np.float64)


def as_float16(values: Array) -> Array:
    """10 of float32's 23 fraction bits; below 2⁻¹⁴ whole multiples of 2⁻²⁴, which is what a sum with ½ is rounded to; beyond
    65504 infinity. NumPy's own cast does the same, and takes several times as long for subnormals."""
    single = _single(values)
    size = np.abs(single)
    normal = _to_nearest(size.view(np.uint32), 13)
    half = np.float32(0.5)
    found = np.where(size < np.float32(2.0**-14), (size + half) - half, normal)
    found[found >= np.float32(2.0**16)] = np.inf
    found[np.isnan(single)] = np.nan
    return np.copysign(found, single).astype(np.float64)


def as_bfloat16(values: Array) -> Array:
    """The upper half of float32's bits: 7 of its fraction, its whole exponent. A NaN stays one."""
    single = _single(values)
    return np.where(np.isnan(single), single, _to_nearest(single.view(np.uint32), 16)).astype(np.float64)


def as_it_is(values: Array) -> Array:
    return values


@dataclass(frozen=True)
class Format:
    """`exponent` and `fraction` count bits, beside one of the sign."""

    name: str
    exponent: int
    fraction: int
    round: Callable[[Array], Array]

    @property
    def bits(self) -> int:
        return 1 + self.exponent + self.fraction

    @property
    def lowest_normal(self) -> int:
        """The power of two that is the smallest number with all its digits."""
        return 2 - (1 << self.exponent - 1)

    @property
    def lowest(self) -> int:
        """The power of two that is the smallest number at all: subnormal, of one digit. Half of it and less become 0."""
        return self.lowest_normal - self.fraction

    @property
    def largest(self) -> float:
        return float((2.0 - 2.0**-self.fraction) * 2.0 ** (1 - self.lowest_normal))


FLOAT64 = Format("float64", 11, 52, as_it_is)
FLOAT32 = Format("float32", 8, 23, as_float32)
FLOAT16 = Format("float16", 5, 10, as_float16)
BFLOAT16 = Format("bfloat16", 8, 7, as_bfloat16)
FORMATS = {each.name: each for each in (FLOAT64, FLOAT32, FLOAT16, BFLOAT16)}
