"""Initial weights: a row each, with how it draws and how far its draws spread. Biases start at `network.bias`.

Layer l's weights are drawn from a generator keyed by (seed, "weights", l): changing one layer leaves the others' draws alone.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import ClassVar, TypeAlias

import numpy as np

from engine.array import Array, pieces
from engine.randomness import generator
from engine.rows.row import Parameter, Row, by_name

Numbers: TypeAlias = Mapping[str, float]
Draw: TypeAlias = Callable[[np.random.Generator, tuple[int, int], Numbers], Array]
Fans: TypeAlias = Callable[[int, int], float]


@dataclass(frozen=True)
class Initializer(Row):
    """How W_l starts; `fan_in` is d_{l-1}, `fan_out` is d_l. 𝒩(0, s) in a row's parameters means standard deviation s.

    `sample(random, (fan_out, fan_in), parameters)` draws W_l; `deviation(fan_in, fan_out, parameters)` is the standard
    deviation of its entries in theory.
    """

    sample: Draw = field(kw_only=True)
    deviation: Callable[[int, int, Numbers], float] = field(kw_only=True)
    internal: ClassVar[tuple[str, ...]] = ("sample", "deviation")


def xavier(fan_in: int, fan_out: int) -> float:
    """Glorot and Bengio's variance: between what keeps signals and what keeps gradients."""
    return 2.0 / (fan_in + fan_out)


def he(fan_in: int, fan_out: int) -> float:
    """He et al.'s variance: what keeps signals where half of them are cut off."""
    return 2.0 / fan_in


def drawn_in_pieces(shape: tuple[int, int], draws: Callable[[int], Array]) -> Array:
    """A matrix of as many draws, in its order: a generator's stream does not depend on how much of it is taken at once."""
    found = np.empty(shape[0] * shape[1])
    for piece in pieces(found.size):
        found[piece] = draws(found[piece].size)
    return found.reshape(shape)


def uniform(variance: Fans) -> Draw:
    """Draws of 𝒰(−a, a) with that variance: a = √(3 · variance)."""

    def draws(random: np.random.Generator, shape: tuple[int, int], own: Numbers) -> Array:
        limit = math.sqrt(3.0 * variance(shape[1], shape[0]))
        return drawn_in_pieces(shape, lambda count: random.uniform(-limit, limit, count))

    return draws


def normal(variance: Fans) -> Draw:
    """Draws of the normal distribution with mean 0 and that variance."""

    def draws(random: np.random.Generator, shape: tuple[int, int], own: Numbers) -> Array:
        deviation = math.sqrt(variance(shape[1], shape[0]))
        return drawn_in_pieces(shape, lambda count: random.normal(0.0, deviation, count))

    return draws


def deviation_of(variance: Fans) -> Callable[[int, int, Numbers], float]:
    return lambda fan_in, fan_out, own: math.sqrt(variance(fan_in, fan_out))


def orthogonal(random: np.random.Generator, shape: tuple[int, int], own: Numbers) -> Array:
    """g Q, Q of a matrix of normal draws; uniform over all such Q, since R's diagonal is made positive (Mezzadri 2007)."""
    drawn = random.normal(size=shape)
    tall = drawn if shape[0] >= shape[1] else drawn.T
    q, r = np.linalg.qr(tall)
    q = q * np.where(np.diagonal(r) < 0.0, -1.0, 1.0)
    return own["gain"] * np.ascontiguousarray(q if shape[0] >= shape[1] else q.T)


VALUE = Parameter("value", "value", "c", 0.1, minimum=-1e6, maximum=1e6, summary="of every weight")
GAIN = Parameter("gain", "gain", "g", 1.0, minimum=0.0, maximum=100.0, summary="every singular value of W")
SCALE = Parameter("scale", "standard deviation", "s", 0.01, minimum=0.0, maximum=10.0, scale="log", summary="of each weight")

GLOROT = "https://proceedings.mlr.press/v9/glorot10a.html"
HE = "https://arxiv.org/abs/1502.01852"
GOODFELLOW = "https://www.deeplearningbook.org/contents/optimization.html"

INITIALIZERS = by_name(
    (
        Initializer(
            "xavier_uniform",
            "Xavier uniform",
            "Keeps the size of signals, both ways, for tanh; under the sigmoid δ falls about 4-fold a layer.",
            "Glorot and Bengio 2010, (16)",
            r"W \sim \mathcal{U}\left(-a, a\right),\quad a = \sqrt{\frac{6}{d_{l-1} + d_l}}",
            link=GLOROT,
            example="""\
>>> from engine.rows.initializers import draw
>>> W = draw("xavier_uniform", {}, fan_out=200, fan_in=300, seed=0, layer=1)
>>> print(np.round([np.sqrt(6 / 500), np.abs(W).max(), W.std()], 3))
[0.11  0.11  0.063]
""",
            sample=uniform(xavier),
            deviation=deviation_of(xavier),
        ),
        Initializer(
            "xavier_normal",
            "Xavier normal",
            "The same variance, from a normal distribution.",
            "Glorot and Bengio 2010, (12), of a normal distribution, as torch.nn.init.xavier_normal_",
            r"W \sim \mathcal{N}\left(0, \frac{2}{d_{l-1} + d_l}\right)",
            link=GLOROT,
            example="""\
>>> from engine.rows.initializers import draw
>>> W = draw("xavier_normal", {}, fan_out=200, fan_in=300, seed=0, layer=1)
>>> print(np.round([np.sqrt(2 / 500), W.std()], 3))
[0.063 0.063]
""",
            sample=normal(xavier),
            deviation=deviation_of(xavier),
        ),
        Initializer(
            "he_uniform",
            "He uniform",
            "Twice the variance, for units that are zero half the time (ReLU).",
            "He et al. 2015, (10), of a uniform distribution, as torch.nn.init.kaiming_uniform_",
            r"W \sim \mathcal{U}\left(-a, a\right),\quad a = \sqrt{\frac{6}{d_{l-1}}}",
            link=HE,
            example="""\
>>> from engine.rows.initializers import draw
>>> W = draw("he_uniform", {}, fan_out=200, fan_in=300, seed=0, layer=1)
>>> print(np.round([np.sqrt(6 / 300), np.abs(W).max(), W.std()], 3))
[0.141 0.141 0.082]
""",
            sample=uniform(he),
            deviation=deviation_of(he),
        ),
        Initializer(
            "he_normal",
            "He normal",
            "The same variance, from a normal distribution.",
            "He et al. 2015, (10)",
            r"W \sim \mathcal{N}\left(0, \frac{2}{d_{l-1}}\right)",
            link=HE,
            example="""\
>>> from engine.rows.initializers import draw
>>> W = draw("he_normal", {}, fan_out=200, fan_in=300, seed=0, layer=1)
>>> print(np.round([np.sqrt(2 / 300), W.std()], 3))
[0.082 0.082]
""",
            sample=normal(he),
            deviation=deviation_of(he),
        ),
        Initializer(
            "normal",
            "normal",
            "Small random numbers: breaks the symmetry, but signals die with depth.",
            "Goodfellow, Bengio and Courville 2016, 8.4",
            r"W \sim \mathcal{N}\left(0, s^2\right)",
            (SCALE,),
            link=GOODFELLOW,
            example="""\
>>> from engine.rows.initializers import draw
>>> W = draw("normal", {"scale": 0.3}, fan_out=200, fan_in=300, seed=0, layer=1)
>>> print(np.round(W.std(), 2))
0.3
""",
            sample=lambda random, shape, own: drawn_in_pieces(
                shape, lambda count: random.normal(0.0, 1.0, count) * own["scale"]
            ),
            deviation=lambda fan_in, fan_out, own: own["scale"],
        ),
        Initializer(
            "zeros",
            "zeros",
            "All weights zero: the units of a layer stay identical, unless dropout or an identity skip tells them apart.",
            "Goodfellow, Bengio and Courville 2016, 8.4: what breaks no symmetry",
            r"W = 0",
            link=GOODFELLOW,
            example="""\
>>> from engine.rows.initializers import draw
>>> print(draw("zeros", {}, fan_out=2, fan_in=3, seed=0, layer=1))
[[0. 0. 0.]
 [0. 0. 0.]]
""",
            sample=lambda random, shape, own: np.zeros(shape),
            deviation=lambda fan_in, fan_out, own: 0.0,
        ),
        Initializer(
            "constant",
            "constant",
            "All weights equal: the units of a layer stay identical, unless dropout or an identity skip tells them apart.",
            "Goodfellow, Bengio and Courville 2016, 8.4: what breaks no symmetry",
            r"W = c",
            (VALUE,),
            link=GOODFELLOW,
            example="""\
>>> from engine.rows.initializers import draw
>>> print(draw("constant", {"value": 0.1}, fan_out=2, fan_in=3, seed=0, layer=1))
[[0.1 0.1 0.1]
 [0.1 0.1 0.1]]
""",
            sample=lambda random, shape, own: np.full(shape, float(own["value"])),
            deviation=lambda fan_in, fan_out, own: 0.0,
        ),
        Initializer(
            "orthogonal",
            "orthogonal",
            "Keeps lengths and angles: the rows of W, or its columns where they are fewer, are orthogonal and of length g.",
            "Saxe, McClelland and Ganguli 2014",
            r"W = g\, Q,\quad Q Q^\top = I \ \text{or}\ Q^\top Q = I",
            (GAIN,),
            link="https://arxiv.org/abs/1312.6120",
            example="""\
>>> from engine.rows.initializers import draw
>>> W = draw("orthogonal", {"gain": 2.0}, fan_out=2, fan_in=3, seed=0, layer=1)
>>> print(np.abs(np.round(W @ W.T, 12)))
[[4. 0.]
 [0. 4.]]
""",
            sample=orthogonal,
            deviation=lambda fan_in, fan_out, own: own["gain"] / math.sqrt(max(fan_in, fan_out)),
        ),
    )
)


def draw(name: str, parameters: Numbers, fan_out: int, fan_in: int, seed: int, layer: int, purpose: str = "weights") -> Array:
    """W_l, or with another `purpose` P_l, of shape (fan_out, fan_in), float64."""
    return INITIALIZERS[name].sample(generator(seed, purpose, layer), (fan_out, fan_in), parameters)
