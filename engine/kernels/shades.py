"""Values as bytes, for pictures: in one call, where NumPy would let go of the interpreter often."""

import numpy as np

from engine.kernels.jit import entry, inner

WITHOUT_SIGN = np.int64(2**63 - 1)


@inner
def shade_row(row, low, high, out):
    """(n,) to 0 … 255 between `low` and `high`, rounded; what is not a number lies in the middle."""
    scale = 255.0 / (high - low)
    for i in range(row.size):
        scaled = (row[i] - low) * scale
        bounded = min(max(scaled, 0.0), 255.0) if scaled == scaled else 127.5
        out[i] = np.uint8(np.rint(bounded))


@entry("void(f8[:,::1], f8[:,::1], u1[:,::1])")
def shade(values, ranges, bytes):
    """(units, n) to 0 … 255 between each unit's `ranges` (units, 2)."""
    for unit in range(values.shape[0]):
        shade_row(values[unit], ranges[unit, 0], ranges[unit, 1], bytes[unit])


@entry("void(f8[:,::1], f8[::1])")
def reaches(values, out):
    """out[unit] <- the largest |value| of each row (units, n); NaN where one is not a number.

    Without their sign the bits of doubles are ordered as whole numbers, NaN above all: so the loop vectorizes.
    """
    for unit in range(values.shape[0]):
        row = values[unit]
        top = np.int64(0)
        for i in range(row.size):
            top = max(top, np.float64(row[i]).view(np.int64) & WITHOUT_SIGN)
        out[unit] = np.int64(top).view(np.float64)
