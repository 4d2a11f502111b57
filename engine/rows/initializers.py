"""Initial weights: rows, and the draws themselves. Biases start at `network.bias`.

Layer l's weights are drawn from a generator keyed by (seed, "weights", l): changing one layer leaves the others' draws alone.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from engine.array import Array
from engine.randomness import generator
from engine.rows.row import Parameter, Row, by_name


@dataclass(frozen=True)
class Initializer(Row):
    """How W_l starts; `fan_in` is d_{l-1}, `fan_out` is d_l. 𝒩(0, s) in a row's parameters means standard deviation s."""


VALUE = Parameter("value", "value", "c", 0.1, minimum=-1e6, maximum=1e6, summary="of every weight")
GAIN = Parameter("gain", "gain", "g", 1.0, minimum=0.0, maximum=100.0, summary="every singular value of W")
SCALE = Parameter("scale", "standard deviation", "s", 0.01, minimum=0.0, maximum=10.0, scale="log", summary="of each weight")

INITIALIZERS = by_name(
    (
        Initializer(
            "xavier_uniform",
            "Xavier uniform",
            "Keeps the size of signals for tanh and sigmoid, both ways.",
            "Glorot and Bengio 2010, (16)",
            r"W \sim \mathcal{U}\left(-a, a\right),\quad a = \sqrt{\frac{6}{d_{l-1} + d_l}}",
        ),
        Initializer(
            "xavier_normal",
            "Xavier normal",
            "The same variance, from a normal distribution.",
            "Glorot and Bengio 2010",
            r"W \sim \mathcal{N}\left(0, \frac{2}{d_{l-1} + d_l}\right)",
        ),
        Initializer(
            "he_uniform",
            "He uniform",
            "Twice the variance, for units that are zero half the time (ReLU).",
            "He et al. 2015",
            r"W \sim \mathcal{U}\left(-a, a\right),\quad a = \sqrt{\frac{6}{d_{l-1}}}",
        ),
        Initializer(
            "he_normal",
            "He normal",
            "The same variance, from a normal distribution.",
            "He et al. 2015, (10)",
            r"W \sim \mathcal{N}\left(0, \frac{2}{d_{l-1}}\right)",
        ),
        Initializer(
            "normal",
            "normal",
            "Small random numbers: breaks the symmetry, but signals die with depth.",
            "",
            r"W \sim \mathcal{N}\left(0, s^2\right)",
            (SCALE,),
        ),
        Initializer(
            "zeros",
            "zeros",
            "All weights zero: units stay twins for ever.",
            "",
            r"W = 0",
        ),
        Initializer(
            "constant",
            "constant",
            "All weights the same number: units of a layer stay twins for ever.",
            "",
            r"W = c",
            (VALUE,),
        ),
        Initializer(
            "orthogonal",
            "orthogonal",
            "Keeps lengths and angles: the rows of W, or its columns where they are fewer, are orthogonal and of length g.",
            "Saxe, McClelland and Ganguli 2014",
            r"W = g\, Q,\quad Q Q^\top = I \ \text{or}\ Q^\top Q = I",
            (GAIN,),
        ),
    )
)


def draw(
    name: str, parameters: dict[str, float], fan_out: int, fan_in: int, seed: int, layer: int, purpose: str = "weights"
) -> Array:
    """W_l, or with another `purpose` P_l, of shape (fan_out, fan_in), float64."""
    random = generator(seed, purpose, layer)
    shape = (fan_out, fan_in)
    if name == "zeros":
        return np.zeros(shape)
    if name == "constant":
        return np.full(shape, float(parameters["value"]))
    if name == "orthogonal":
        return parameters["gain"] * _orthonormal(random.normal(size=shape))
    if name == "normal":
        return random.normal(0.0, 1.0, shape) * parameters["scale"]
    fans = fan_in + fan_out if name.startswith("xavier") else fan_in
    variance = 2.0 / fans
    if name.endswith("uniform"):
        limit = math.sqrt(3.0 * variance)
        return random.uniform(-limit, limit, shape)
    return random.normal(0.0, math.sqrt(variance), shape)


def _orthonormal(normal: Array) -> Array:
    """Q of a matrix of normal draws; uniform over all such Q, since R's diagonal is made positive (Mezzadri 2007)."""
    tall = normal if normal.shape[0] >= normal.shape[1] else normal.T
    q, r = np.linalg.qr(tall)
    q = q * np.where(np.diagonal(r) < 0.0, -1.0, 1.0)
    return np.ascontiguousarray(q if normal.shape[0] >= normal.shape[1] else q.T)
