"""The curve of an activation that a micro-step passes through: φ over a range round zero, by the kernels that train."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from engine import Trainer
    from engine.array import Array
    from engine.microscope import Step

POINTS = 65
LEAST = 4.0
"""How far from zero it is drawn at least; where some z is farther out, to the next power of two."""
MOST = 2.0**20


def curve_of(trainer: Trainer, step: Step, z: Array) -> Array | None:
    """(2, n): z and φ(z); None where the micro-step is no activation, or one that is no function of one z alone. Of `z`, the
    inputs as they are told, those that are withheld are NaN: they say nothing about the range."""
    from engine.rows.activations import ACTIVATIONS

    name = trainer.tape.activations[step.layer - 1]
    if step.kind != "activation" or ACTIVATIONS[name].learned_slopes or not ACTIVATIONS[name].elementwise:
        return None
    far = np.abs(z[np.isfinite(z)]).max(initial=LEAST)
    return _curve(name, float(min(MOST, 2.0 ** np.ceil(np.log2(far)))))


@lru_cache(maxsize=64)
def _curve(activation: str, reach: float) -> Array:
    from engine.evaluation.curves import curve

    z = np.linspace(-reach, reach, POINTS)
    return np.stack([z, curve(activation, z).value])
