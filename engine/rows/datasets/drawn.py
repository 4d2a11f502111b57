"""Data sets that are drawn: a generator and a row each.

A generator takes its random numbers, how many samples, and the noise; what is drawn without noise decides a sample's class.
"""

from __future__ import annotations

import numpy as np

from engine.array import Array
from engine.rows.datasets.row import HALF_WIDTH, NOISE, SAMPLES, DatasetRow, Raw

TURN = 2.0 * np.pi


def _jitter(random: np.random.Generator, x: Array, noise: float) -> Array:
    return x + noise * random.standard_normal(x.shape)


def _labels(n: int) -> Array:
    """Alternating, so that classes are balanced whatever n."""
    return np.arange(n, dtype=np.float64) % 2


def circle(random: np.random.Generator, n: int, noise: float) -> Raw:
    y = _labels(n)
    radius = np.where(y == 1, random.uniform(0.0, 2.5, n), random.uniform(3.5, 5.0, n))
    angle = random.uniform(0.0, TURN, n)
    return _jitter(random, np.column_stack([radius * np.cos(angle), radius * np.sin(angle)]), noise), y


def xor(random: np.random.Generator, n: int, noise: float) -> Raw:
    x = random.uniform(0.3, 5.0, (n, 2)) * random.choice([-1.0, 1.0], (n, 2))
    return _jitter(random, x, noise), (x[:, 0] * x[:, 1] < 0).astype(np.float64)


def gaussians(random: np.random.Generator, n: int, noise: float) -> Raw:
    y = _labels(n)
    centre = np.where(y == 1, 2.0, -2.0)[:, None]
    return _jitter(random, centre + random.standard_normal((n, 2)), noise), y


def spiral(random: np.random.Generator, n: int, noise: float) -> Raw:
    y = _labels(n)
    along = (np.arange(n) // 2) / max(1, (n + 1) // 2 - 1)
    angle = 1.25 * TURN * along + np.pi * y
    radius = 0.3 + 4.7 * along  # arms that met in the middle could not be told apart there
    return _jitter(random, radius[:, None] * np.column_stack([np.sin(angle), np.cos(angle)]), noise), y


def moons(random: np.random.Generator, n: int, noise: float) -> Raw:
    y = _labels(n)
    angle = random.uniform(0.0, np.pi, n)
    upper = np.column_stack([np.cos(angle) - 0.5, np.sin(angle) - 0.25])
    return _jitter(random, 3.0 * np.where(y[:, None] == 1, -upper, upper), noise), y


def blobs(random: np.random.Generator, n: int, noise: float) -> Raw:
    y = np.arange(n, dtype=np.float64) % 3
    angle = TURN * (y / 3.0 + 0.25)
    centre = 3.2 * np.column_stack([np.cos(angle), np.sin(angle)])
    return _jitter(random, centre + 0.9 * random.standard_normal((n, 2)), noise), y


def plane(random: np.random.Generator, n: int, noise: float) -> Raw:
    x = random.uniform(-HALF_WIDTH, HALF_WIDTH, (n, 2))
    return x, (x[:, 0] + x[:, 1]) / 10.0 + noise * random.standard_normal(n)


HILLS = ((-4.0, 2.5, 1.0), (0.0, 2.5, -1.0), (4.0, 2.5, 1.0), (-4.0, -2.5, -1.0), (0.0, -2.5, 1.0), (4.0, -2.5, -1.0))


def multi_gaussian(random: np.random.Generator, n: int, noise: float) -> Raw:
    x = random.uniform(-HALF_WIDTH, HALF_WIDTH, (n, 2))
    y = np.zeros(n)
    for cx, cy, height in HILLS:
        y += height * np.exp(-0.5 * ((x[:, 0] - cx) ** 2 + (x[:, 1] - cy) ** 2))
    return x, y + noise * random.standard_normal(n)


def sine(random: np.random.Generator, n: int, noise: float) -> Raw:
    x = random.uniform(-HALF_WIDTH, HALF_WIDTH, (n, 1))
    return x, np.sin(x[:, 0]) + noise * random.standard_normal(n)


TWO = ("0", "1")
KNOBS = (SAMPLES, NOISE)
PLAYGROUND = "https://github.com/tensorflow/playground/blob/master/src/dataset.ts"

DRAWN = (
    DatasetRow(
        "circle",
        "circle",
        "A disc inside a ring.",
        "as in TensorFlow Playground",
        parameters=KNOBS,
        classes=TWO,
        link=PLAYGROUND,
        example="""\
>>> from engine.rows.datasets import DATASETS
>>> x, y, _ = DATASETS["circle"].raw(samples=400, noise=0.0, seed=0)
>>> radius = np.hypot(x[:, 0], x[:, 1])
>>> print(radius[y == 1].max() < 2.5, radius[y == 0].min() > 3.5, radius.max() < 5)
True True True
""",
        make=circle,
    ),
    DatasetRow(
        "xor",
        "exclusive or",
        "Opposite quarters share a class: no line separates them.",
        "Minsky and Papert 1969; drawn as in TensorFlow Playground",
        parameters=KNOBS,
        classes=TWO,
        link=PLAYGROUND,
        example="""\
>>> from engine.rows.datasets import DATASETS
>>> x, y, _ = DATASETS["xor"].raw(samples=400, noise=0.0, seed=0)
>>> print(np.array_equal(y == 1, x[:, 0] * x[:, 1] < 0))
True
""",
        make=xor,
    ),
    DatasetRow(
        "gaussians",
        "two Gaussians",
        "Two round clouds: one unit is enough.",
        "as in TensorFlow Playground",
        parameters=KNOBS,
        classes=TWO,
        link=PLAYGROUND,
        example="""\
>>> from engine.rows.datasets import DATASETS
>>> x, y, _ = DATASETS["gaussians"].raw(samples=20_000, noise=0.0, seed=0)
>>> print(np.round(x[y == 0].mean(axis=0), 1), np.round(x[y == 1].mean(axis=0), 1))
[-2. -2.] [2. 2.]
""",
        make=gaussians,
    ),
    DatasetRow(
        "spiral",
        "spiral",
        "Two arms around each other: the hard one.",
        "Lang and Witbrock 1988; drawn as in TensorFlow Playground, with arms that begin apart",
        parameters=KNOBS,
        classes=TWO,
        link=PLAYGROUND,
        example="""\
>>> from engine.rows.datasets import DATASETS
>>> x, y, _ = DATASETS["spiral"].raw(samples=400, noise=0.0, seed=0)
>>> radius = np.hypot(x[:, 0], x[:, 1])
>>> print(np.round([radius.min(), radius.max()], 4))
[0.3 5. ]
>>> print(np.allclose(x[y == 0], -x[y == 1]))
True
""",
        make=spiral,
    ),
    DatasetRow(
        "moons",
        "two moons",
        "Two half circles that reach into each other.",
        "scikit-learn's make_moons, three times as large and around the origin",
        parameters=KNOBS,
        classes=TWO,
        link="https://scikit-learn.org/stable/modules/generated/sklearn.datasets.make_moons.html",
        example="""\
>>> from engine.rows.datasets import DATASETS
>>> x, y, _ = DATASETS["moons"].raw(samples=400, noise=0.0, seed=0)
>>> upper = x[y == 0] - [-1.5, -0.75]
>>> print(np.allclose(np.hypot(upper[:, 0], upper[:, 1]), 3.0), upper[:, 1].min() >= 0)
True True
""",
        make=moons,
    ),
    DatasetRow(
        "blobs",
        "three blobs",
        "Three clouds, three classes.",
        "scikit-learn's make_blobs, its centres on a circle",
        parameters=KNOBS,
        classes=("0", "1", "2"),
        link="https://scikit-learn.org/stable/modules/generated/sklearn.datasets.make_blobs.html",
        example="""\
>>> from engine.rows.datasets import DATASETS
>>> x, y, _ = DATASETS["blobs"].raw(samples=20_000, noise=0.0, seed=0)
>>> centres = np.array([x[y == k].mean(axis=0) for k in range(3)])
>>> print(np.round(np.hypot(centres[:, 0], centres[:, 1]), 1))
[3.2 3.2 3.2]
""",
        make=blobs,
    ),
    DatasetRow(
        "plane",
        "plane",
        "Regression: a slope, (x + y) / 10.",
        "as in TensorFlow Playground",
        r"y = \frac{x_1 + x_2}{10}",
        KNOBS,
        task="regression",
        link=PLAYGROUND,
        example="""\
>>> from engine.rows.datasets import DATASETS
>>> x, y, _ = DATASETS["plane"].raw(samples=400, noise=0.0, seed=0)
>>> print(np.allclose(y, (x[:, 0] + x[:, 1]) / 10))
True
""",
        make=plane,
    ),
    DatasetRow(
        "multi_gaussian",
        "hills and hollows",
        "Regression: six Gaussian bumps of either sign.",
        "as in TensorFlow Playground, of round bumps of width 1",
        parameters=KNOBS,
        task="regression",
        link=PLAYGROUND,
        example="""\
>>> from engine.rows.datasets import DATASETS
>>> x, y, _ = DATASETS["multi_gaussian"].raw(samples=20_000, noise=0.0, seed=0)
>>> print(np.round([y.min(), y.max()], 1), np.round(y[np.hypot(x[:, 0], x[:, 1] - 2.5) < 0.1].mean(), 1))
[-1.  1.] -1.0
""",
        make=multi_gaussian,
    ),
    DatasetRow(
        "sine",
        "sine",
        "Regression on one input: a wave to follow.",
        "the sine itself",
        r"y = \sin x",
        KNOBS,
        task="regression",
        kind="line",
        link="https://en.wikipedia.org/wiki/Sine_and_cosine",
        example="""\
>>> from engine.rows.datasets import DATASETS
>>> x, y, columns = DATASETS["sine"].raw(samples=400, noise=0.0, seed=0)
>>> print(columns, np.allclose(y, np.sin(x[:, 0])))
('x',) True
""",
        make=sine,
    ),
)
