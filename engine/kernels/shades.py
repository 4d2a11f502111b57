"""Pictures of units: their values gathered, and as bytes. One call each, where NumPy would let go of the interpreter often."""

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


@entry("void(f8[::1], i8[::1], i8[::1], i8, f8[:,::1], i8)")
def stack(work, offsets, sizes, count, stacked, first):
    """The values of `count` samples that stand in the workspace, at `offsets` (sizes[k], count) each, one below the other into
    columns `first` … of `stacked`."""
    unit = 0
    for k in range(sizes.size):
        for row in range(sizes[k]):
            at = offsets[k] + row * count
            values, out = work[at : at + count], stacked[unit, first : first + count]
            for i in range(count):
                out[i] = values[i]
            unit += 1
