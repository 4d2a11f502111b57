"""The independent formula of each activation, φ and φ′: one entry a row. Imports nothing from `engine`.

Formulas are written for any width of float: in doubles they are what tests hold the engine against, in wide floats they show
its last digits.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

WIDE = np.longdouble
LEAK = 0.01


@dataclass(frozen=True)
class Witness:
    """φ and φ′ of z, of any shape; of learned slopes φ(z, α), φ′(z, α). What takes a whole column, as softmax does, has its
    Jacobian of one sample (units,) in place of φ′.

    `kinks`: where φ′ jumps. `corners`: where φ″ does, which a difference quotient meets too. `ulps`: how far from exact φ may
    be, in units in the last place, at z. `symbol`: its LaTeX where an equation writes φ(z).
    """

    value: Callable
    slope: Callable | None = None
    jacobian: Callable | None = None
    kinks: tuple[float, ...] = ()
    corners: tuple[float, ...] = ()
    output: bool = True
    learned: bool = False
    symbol: str = ""
    ulps: Callable = lambda z: np.full(np.shape(z), 4.0)

    @property
    def hidden(self):
        return self.slope is not None


def sigmoid(z):
    return np.where(z < 0, np.exp(np.minimum(z, 0)), 1) / (1 + np.exp(-np.abs(z)))


def normal_below(z):
    """Φ(z), by libm's erfc at the nearest double to −z/√2, and from there a first-order step to −z/√2 itself."""
    argument = -np.asarray(z, dtype=WIDE) / np.sqrt(WIDE(2))
    near = argument.astype(float)
    step = 2 / np.sqrt(WIDE(math.pi)) * np.exp(-(np.minimum(np.abs(near), 1e4).astype(WIDE) ** 2)) * (argument - near)
    below = np.array([math.erfc(value) for value in near.ravel()], dtype=WIDE).reshape(near.shape)
    return ((below - step) / 2).astype(np.asarray(z).dtype)


def normal_density(z):
    return np.exp(-(np.minimum(np.abs(z), 1e4) ** 2) / 2) / np.sqrt(2 * WIDE(math.pi)).astype(np.asarray(z).dtype)


def softmax(z):
    e = np.exp(z - z.max())
    return e / e.sum()


ACTIVATIONS = {
    "identity": Witness(lambda z: z.copy(), lambda z: np.ones_like(z)),
    "sigmoid": Witness(sigmoid, lambda z: sigmoid(z) * sigmoid(-z), symbol=r"\sigma"),
    "tanh": Witness(np.tanh, lambda z: 4 * sigmoid(2 * z) * sigmoid(-2 * z), symbol=r"\tanh"),
    "relu": Witness(lambda z: np.where(z > 0, z, 0.0), lambda z: np.where(z > 0, 1.0, 0.0), kinks=(0.0,)),
    "leaky_relu": Witness(lambda z: np.where(z > 0, z, LEAK * z), lambda z: np.where(z > 0, 1.0, LEAK), kinks=(0.0,)),
    "prelu": Witness(
        lambda z, a: np.maximum(0.0, z) + a * np.minimum(0.0, z),
        lambda z, a: np.where(z > 0, 1.0, a),
        kinks=(0.0,),
        output=False,
        learned=True,
    ),
    "elu": Witness(
        lambda z: np.where(z > 0, z, np.expm1(np.minimum(z, 0))),
        lambda z: np.where(z > 0, 1.0, np.exp(np.minimum(z, 0))),
        corners=(0.0,),
        symbol=r"\operatorname{ELU}",
    ),
    "gelu": Witness(
        lambda z: z * normal_below(z),
        lambda z: normal_below(z) + z * normal_density(z),
        symbol=r"\operatorname{GELU}",
        ulps=lambda z: 4.0 + 2.0 * z**2,  # Φ far to the left feels a rounding of z/√2 z² times over
    ),
    "softplus": Witness(
        lambda z: np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z))),
        sigmoid,
        symbol=r"\operatorname{softplus}",
    ),
    "silu": Witness(
        lambda z: z * sigmoid(z),
        lambda z: sigmoid(z) * (1 + z * sigmoid(-z)),
        symbol=r"\operatorname{SiLU}",
    ),
    "softmax": Witness(
        softmax,
        jacobian=lambda z: np.diag(softmax(z)) - np.outer(softmax(z), softmax(z)),
        symbol=r"\operatorname{softmax}",
    ),
}
FIRST_SLOPE = 0.25
"""Where learned slopes begin."""

HIDDEN = tuple(name for name, row in ACTIVATIONS.items() if row.hidden)
PLAIN = tuple(name for name, row in ACTIVATIONS.items() if row.hidden and not row.learned)
"""Of one sample's z alone, without parameters of their own."""
OUTPUTS = tuple(name for name, row in ACTIVATIONS.items() if row.output)
KINKED = tuple(name for name, row in ACTIVATIONS.items() if row.kinks)


def activate(name, z):
    """φ(z) of one sample (units,)."""
    return ACTIVATIONS[name].value(np.asarray(z))


def jacobian(name, z):
    """∂φ_i/∂z_j of one sample: diagonal where φ takes each z for itself."""
    row = ACTIVATIONS[name]
    return np.diag(row.slope(z)) if row.slope is not None else row.jacobian(z)


def near_kink(name, z, margin, corners=False):
    """Which z lie within `margin` of a kink, or of a corner too."""
    row = ACTIVATIONS[name]
    close = np.zeros(np.shape(z), dtype=bool)
    for kink in (*row.kinks, *(row.corners if corners else ())):
        close |= np.abs(z - kink) < margin
    return close
