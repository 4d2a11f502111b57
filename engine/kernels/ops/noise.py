"""Dropout masks, jitter and shifts: each number a function of (seed, purpose, update, place), however the work is cut."""

import math

import numpy as np

from engine.kernels.batches import GOLDEN, S32, mix
from engine.kernels.codes import BATCH, SEED, STEP
from engine.kernels.jit import inner

MASKS = np.uint64(0xD1B54A32D192ED03)
JITTERS = np.uint64(0x8CB92BA72F3D8DD7)
SHIFTS = np.uint64(0xA0761D6478BD642F)
S11 = np.uint64(11)
LOW = np.uint64(0xFFFFFFFF)
UNIT = 2.0**-53
TWO_PI = 6.283185307179586


@inner
def key(int_state, purpose):
    """The start of this update's draws for one purpose."""
    return mix(mix(np.uint64(int_state[SEED]) + purpose) + np.uint64(int_state[STEP]) * GOLDEN)


@inner
def draw(start, i):
    """The i-th draw from a start, 64 bits."""
    return mix(start + np.uint64(i + 1) * GOLDEN)


@inner
def drop(int_state, layer, p, values, mask, h, size):
    """Inverted dropout (Srivastava et al. 2014): mask is 0 with probability p, else 1 / (1 - p); h = mask (.) values."""
    start = mix(key(int_state, MASKS) + np.uint64(layer) * GOLDEN)
    kept = 1.0 / (1.0 - p)
    for i in range(size):
        mask[i] = kept if np.float64(draw(start, i) >> S11) * UNIT >= p else 0.0
        h[i] = mask[i] * values[i]


@inner
def jitter(int_state, deviation, h0, inputs):
    """h0 += normal noise, by Box and Muller's transform of two draws."""
    start = key(int_state, JITTERS)
    for i in range(inputs * int_state[BATCH]):
        first = (np.float64(draw(start, 2 * i) >> S11) + 1.0) * UNIT
        second = np.float64(draw(start, 2 * i + 1) >> S11) * UNIT
        h0[i] += deviation * math.sqrt(-2.0 * math.log(first)) * math.cos(TWO_PI * second)


@inner
def shift(int_state, most, h0, height, width):
    """Move each picture up to `most` pixels either way, across and down; zeros come in. In place: away from where it goes."""
    start = key(int_state, SHIFTS)
    b = int_state[BATCH]
    span = np.uint64(2 * most + 1)
    for n in range(b):
        r = draw(start, n)
        right = np.int64((r >> S32) % span) - most
        down = np.int64((r & LOW) % span) - most
        for a in range(height):
            row = height - 1 - a if down > 0 else a
            for c in range(width):
                column = width - 1 - c if right > 0 else c
                old_row = row - down
                old_column = column - right
                inside = 0 <= old_row < height and 0 <= old_column < width
                h0[(row * width + column) * b + n] = h0[(old_row * width + old_column) * b + n] if inside else 0.0
