"""Values as bytes, for pictures of units."""

import numpy as np

from engine.kernels.jit import entry


@entry("void(f8[:,::1], f8[:,::1], u1[:,::1])")
def shade(values, ranges, bytes):
    """(units, n) to 0 … 255 between each unit's `ranges` (units, 2), rounded; what is not a number lies in the middle."""
    for unit in range(values.shape[0]):
        row, out = values[unit], bytes[unit]
        low = ranges[unit, 0]
        scale = 255.0 / (ranges[unit, 1] - low)
        for i in range(row.size):
            scaled = (row[i] - low) * scale
            bounded = min(max(scaled, 0.0), 255.0) if scaled == scaled else 127.5
            out[i] = np.uint8(np.rint(bounded))
