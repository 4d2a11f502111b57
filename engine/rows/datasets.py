"""Data sets: rows with their generators. Real data come from scikit-learn and are read only when asked for.

A generator gives raw samples and their targets; splitting, features and scaling are `engine.dataset`'s matter. Plane data live
in [-6, 6]^2; `noise` is the standard deviation of a jitter: of the coordinates for classes, of the target for regression.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar, Literal

import numpy as np

from engine.array import Array
from engine.randomness import generator
from engine.rows.row import Parameter, Row, by_name

Raw = tuple[Array, Array]  # samples (n, columns), targets (n,): class indices or values
Task = Literal["classification", "regression"]
Kind = Literal["plane", "line", "table", "image"]
HALF_WIDTH = 6.0
TURN = 2.0 * np.pi

SAMPLES = Parameter(
    "samples", "samples", "N", 500, "int", minimum=10, maximum=20_000, summary="train, validation and test together"
)
NOISE = Parameter("noise", "noise", "", 0.1, minimum=0.0, maximum=5.0, summary="standard deviation of the jitter")


@dataclass(frozen=True)
class DatasetRow(Row):
    """A data set. `make(random, n, noise)` for drawn ones, `load()` for real ones; `standardize`: whether it is best scaled."""

    task: Task = "classification"
    kind: Kind = "plane"
    classes: tuple[str, ...] = ()
    make: Callable[[np.random.Generator, int, float], Raw] | None = None
    load: Callable[[], tuple[Array, Array, tuple[str, ...]]] | None = None
    standardize: bool = False
    image_shape: tuple[int, int] | None = None
    internal: ClassVar[tuple[str, ...]] = ("make", "load")

    def raw(self, samples: int, noise: float, seed: int) -> tuple[Array, Array, tuple[str, ...]]:
        """Samples (n, columns), targets (n,) and column names."""
        if self.load is not None:
            return self.load()
        assert self.make is not None
        x, y = self.make(generator(seed, "data"), samples, noise)
        return x, y, ("x", "y")[: x.shape[1]]

    def as_json(self) -> dict[str, Any]:
        row = super().as_json()
        preview = None
        if self.make is not None:
            x, y = self.make(generator(0, "data"), 80, 0.1)
            preview = {"x": x.round(3).tolist(), "y": y.round(3).tolist()}
        drawn = self.make is not None
        return row | {
            "samples": SAMPLES.default if drawn else None,
            "noise": NOISE.default if drawn else None,
            "preview": preview,
        }


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


def _sklearn(name: str, scale: float = 1.0) -> Callable[[], tuple[Array, Array, tuple[str, ...]]]:
    @cache  # read once: its size is asked for by every spec
    def load() -> tuple[Array, Array, tuple[str, ...]]:
        from sklearn import datasets  # heavy: only when real data are asked for

        bunch = getattr(datasets, f"load_{name}")()
        x, y = np.asarray(bunch.data, dtype=np.float64) * scale, np.asarray(bunch.target, dtype=np.float64)
        for array in (x, y):
            array.flags.writeable = False
        return x, y, tuple(bunch.feature_names)

    return load


TWO = ("0", "1")
UCI = "UCI Machine Learning Repository, as bundled with scikit-learn"
DRAWN = (SAMPLES, NOISE)

DATASETS = by_name(
    (
        DatasetRow(
            "circle",
            "circle",
            "A disc inside a ring.",
            "as in TensorFlow Playground",
            parameters=DRAWN,
            classes=TWO,
            make=circle,
        ),
        DatasetRow(
            "xor",
            "exclusive or",
            "Opposite quarters share a class: no line separates them.",
            "Minsky and Papert 1969",
            parameters=DRAWN,
            classes=TWO,
            make=xor,
        ),
        DatasetRow(
            "gaussians",
            "two Gaussians",
            "Two round clouds: one unit is enough.",
            "",
            parameters=DRAWN,
            classes=TWO,
            make=gaussians,
        ),
        DatasetRow(
            "spiral",
            "spiral",
            "Two arms around each other: the hard one.",
            "Lang and Witbrock 1988",
            parameters=DRAWN,
            classes=TWO,
            make=spiral,
        ),
        DatasetRow(
            "moons", "two moons", "Two half circles that reach into each other.", "", parameters=DRAWN, classes=TWO, make=moons
        ),
        DatasetRow(
            "blobs", "three blobs", "Three clouds, three classes.", "", parameters=DRAWN, classes=("0", "1", "2"), make=blobs
        ),
        DatasetRow(
            "plane",
            "plane",
            "Regression: a slope, (x + y) / 10.",
            "as in TensorFlow Playground",
            r"y = \frac{x_1 + x_2}{10}",
            DRAWN,
            task="regression",
            make=plane,
        ),
        DatasetRow(
            "multi_gaussian",
            "hills and hollows",
            "Regression: six Gaussian bumps of either sign.",
            "",
            parameters=DRAWN,
            task="regression",
            make=multi_gaussian,
        ),
        DatasetRow(
            "sine",
            "sine",
            "Regression on one input: a wave to follow.",
            "",
            r"y = \sin x",
            DRAWN,
            task="regression",
            kind="line",
            make=sine,
        ),
        DatasetRow(
            "iris",
            "Iris",
            "150 flowers, four measurements, three species.",
            f"Fisher 1936; {UCI}",
            kind="table",
            classes=("setosa", "versicolor", "virginica"),
            load=_sklearn("iris"),
            standardize=True,
        ),
        DatasetRow(
            "wine",
            "Wine",
            "178 wines, thirteen chemical values, three growers.",
            UCI,
            kind="table",
            classes=("grower 1", "grower 2", "grower 3"),
            load=_sklearn("wine"),
            standardize=True,
        ),
        DatasetRow(
            "breast_cancer",
            "breast cancer",
            "569 biopsies, thirty measurements of cell nuclei.",
            f"Street et al. 1993; {UCI}",
            kind="table",
            classes=("malignant", "benign"),
            load=_sklearn("breast_cancer"),
            standardize=True,
        ),
        DatasetRow(
            "digits",
            "digits",
            "1797 handwritten digits of 8 × 8 pixels, ink from 0 to 1.",
            UCI,
            kind="image",
            classes=tuple(str(digit) for digit in range(10)),
            load=_sklearn("digits", 1.0 / 16.0),
            image_shape=(8, 8),
        ),
    )
)
