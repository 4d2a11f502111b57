"""Every mask and every nudge from (seed, update, place) alone, in Python's own whole numbers. Imports nothing from `engine`."""

from __future__ import annotations

import math

import numpy as np

WORD = 2**64 - 1
GAMMA = 0x9E3779B97F4A7C15  # 2^64 / golden ratio


def mix(x):
    """The finalizer of SplitMix64 (Steele, Lea and Flood 2014)."""
    x &= WORD
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & WORD
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & WORD
    return x ^ (x >> 31)


def update_key(seed, update, purpose):
    """`update`: how many were done before it."""
    return mix(mix(seed + purpose) + update * GAMMA)


def order(seed, epoch, count):
    """Which training row comes at which place of an epoch that is shuffled: Fisher and Yates, from the end."""
    rows, state = list(range(count)), mix(mix(seed + GAMMA) + epoch * GAMMA)
    for place in range(count - 1, 0, -1):
        state = (state + GAMMA) & WORD
        other = ((mix(state) >> 32) * (place + 1)) >> 32
        rows[place], rows[other] = rows[other], rows[place]
    return rows


def dropout_mask(seed, update, layer, share, units, batch):
    """(units, batch): 0 where dropped, which is with probability `share`, else 1/(1 − share)."""
    key = mix(update_key(seed, update, 0xD1B54A32D192ED03) + layer * GAMMA)
    uniform = [(mix(key + (i + 1) * GAMMA) >> 11) * 2.0**-53 for i in range(units * batch)]
    return np.array([1.0 / (1.0 - share) if value >= share else 0.0 for value in uniform]).reshape(units, batch)


def jitter(seed, update, deviation, inputs, batch):
    """(inputs, batch) normal numbers, by Box and Muller's cosine."""
    key, found = update_key(seed, update, 0x8CB92BA72F3D8DD7), []
    for i in range(inputs * batch):
        u1 = ((mix(key + (2 * i + 1) * GAMMA) >> 11) + 1) * 2.0**-53
        u2 = (mix(key + (2 * i + 2) * GAMMA) >> 11) * 2.0**-53
        found.append(deviation * math.sqrt(-2.0 * math.log(u1)) * math.cos(2.0 * math.pi * u2))
    return np.array(found).reshape(inputs, batch)


def offsets(seed, update, pixels, batch):
    """(dx, dy) of each sample's picture, each from −pixels to pixels."""
    key, found = update_key(seed, update, 0xA0761D6478BD642F), []
    for n in range(batch):
        r = mix(key + (n + 1) * GAMMA)
        found.append(((r >> 32) % (2 * pixels + 1) - pixels, (r & 0xFFFFFFFF) % (2 * pixels + 1) - pixels))
    return found


def shifted(picture, dx, dy):
    """`picture` (rows, columns) moved dx to the right and dy down; zeros come in."""
    moved = np.zeros_like(picture)
    for row in range(picture.shape[0]):
        for column in range(picture.shape[1]):
            if 0 <= row - dy < picture.shape[0] and 0 <= column - dx < picture.shape[1]:
                moved[row, column] = picture[row - dy, column - dx]
    return moved
