"""Randomness is an argument: every draw comes from a generator keyed by (seed, purpose, counter), never from a global one."""

from __future__ import annotations

import zlib

import numpy as np


def generator(seed: int, purpose: str, counter: int = 0) -> np.random.Generator:
    """A Philox generator (Salmon et al. 2011) for one purpose of one run."""
    key = np.random.SeedSequence([seed, zlib.crc32(purpose.encode()), counter])
    return np.random.Generator(np.random.Philox(key))
