"""What each data set is, stated once more: where its classes lie, what its values are, how it is split. Imports nothing from
`engine`."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Drawn:
    """A drawn data set without noise. `sample(random, n)` draws it anew, in another order than the engine; `label(x)` is the
    class of each point (n,), -1 where there is none, None where classes overlap; `value(x)` a regression's target. `even`:
    classes have equally many samples, give or take one."""

    sample: Callable
    label: Callable | None = None
    value: Callable | None = None
    classes: int = 0
    even: bool = True


@dataclass(frozen=True)
class Real:
    """A real data set: samples of each class in the order of its classes, columns, what scikit-learn's numbers are divided by,
    and the names of its classes where they have any."""

    counts: tuple[int, ...]
    columns: int
    scale: float = 1.0
    names: tuple[str, ...] | None = None


def polar(radius, angle):
    """Points at an angle from the x axis, counted to the left."""
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=-1)


def circle(random, n):
    y = random.permutation(np.arange(n) % 2)
    radius = random.random(n) * np.array([1.5, 2.5])[y] + np.array([3.5, 0.0])[y]
    return polar(radius, 2 * np.pi * random.random(n)), y


def circle_label(x):
    radius = np.sqrt(np.sum(x**2, axis=1))
    return np.select([radius <= 2.5, (radius >= 3.5) & (radius <= 5.0)], [1, 0], -1)


def xor(random, n):
    quarter = random.integers(0, 4, n)  # counted from the upper right, to the left
    side = np.array([[1, 1], [-1, 1], [-1, -1], [1, -1]])[quarter]
    return side * (0.3 + 4.7 * random.random((n, 2))), quarter % 2


def xor_label(x):
    inside = np.all((np.abs(x) >= 0.3) & (np.abs(x) <= 5.0), axis=1)
    return np.where(inside, (np.sign(x[:, 0]) != np.sign(x[:, 1])).astype(int), -1)


def gaussians(random, n):
    y = random.permutation(np.arange(n) % 2)
    return random.multivariate_normal([0.0, 0.0], np.eye(2), n) + np.array([[-2.0, -2.0], [2.0, 2.0]])[y], y


def spiral(random, n):
    """Evenly along the radius from 0.3 to 5, by one and a quarter turns to the right from the top; the other arm opposite."""
    arm = n // 2 + n % 2
    share = np.linspace(0.0, 1.0, arm)
    first = polar(0.3 + 4.7 * share, np.pi / 2 - 2.5 * np.pi * share)
    return np.concatenate([first, -first[: n // 2]]), np.repeat([0, 1], [arm, n // 2])


def spiral_label(x):
    radius = np.sqrt(np.sum(x**2, axis=1))
    turn = np.exp(1j * (np.angle(x[:, 0] + 1j * x[:, 1]) - np.pi / 2 + 2.5 * np.pi * (radius - 0.3) / 4.7))
    within = (radius >= 0.3 - 1e-12) & (radius <= 5.0 + 1e-12)
    return np.select([within & (np.abs(turn - 1) < 1e-9), within & (np.abs(turn + 1) < 1e-9)], [0, 1], -1)


def moons(random, n):
    y = random.permutation(np.arange(n) % 2)
    arc = polar(3.0, np.pi * random.random(n)) + np.array([-1.5, -0.75])
    return np.where(y[:, None] == 1, -arc, arc), y


def moons_label(x):
    above = np.isclose(np.sum((x + np.array([1.5, 0.75])) ** 2, axis=1), 9.0) & (x[:, 1] >= -0.75 - 1e-12)
    below = np.isclose(np.sum((x - np.array([1.5, 0.75])) ** 2, axis=1), 9.0) & (x[:, 1] <= 0.75 + 1e-12)
    return np.select([above, below], [0, 1], -1)


def blobs(random, n):
    """Centres at the corners of a triangle, from its top to the left."""
    y = random.permutation(np.arange(n) % 3)
    centres = 3.2 * np.array([[0.0, 1.0], [-np.sqrt(0.75), -0.5], [np.sqrt(0.75), -0.5]])
    return centres[y] + np.sqrt(0.81) * random.standard_normal((n, 2)), y


def square(random, n):
    return 12.0 * random.random((n, 2)) - 6.0, None


def line(random, n):
    return 12.0 * random.random((n, 1)) - 6.0, None


def wave(random, n):
    """Even over the square; class 1 above two sines."""
    x, _ = square(random, n)
    return x, wave_label(x)


def wave_label(x):
    return (x[:, 1] - 2 * np.exp(1j * x[:, 0]).imag > 0).astype(int)


def bumps(x):
    """Bumps of width 1 at the corners of a grid of 4 by 5, their signs as on a chessboard."""
    total = 0.0
    for column in (-1, 0, 1):
        for row in (1, -1):
            away = (x[:, 0] - 4.0 * column) ** 2 + (x[:, 1] - 2.5 * row) ** 2
            total = total + (-1) ** (column + (row < 0) + 1) * np.exp(-away / 2)
    return total


WITNESSES: dict[str, Drawn | Real] = {
    "circle": Drawn(circle, circle_label, classes=2),
    "xor": Drawn(xor, xor_label, classes=2, even=False),
    "gaussians": Drawn(gaussians, classes=2),
    "spiral": Drawn(spiral, spiral_label, classes=2),
    "moons": Drawn(moons, moons_label, classes=2),
    "blobs": Drawn(blobs, classes=3),
    "plane": Drawn(square, value=lambda x: 0.1 * x[:, 0] + 0.1 * x[:, 1]),
    "multi_gaussian": Drawn(square, value=bumps),
    "sine": Drawn(line, value=lambda x: np.exp(1j * x[:, 0]).imag),
    "formula": Drawn(wave, wave_label, classes=2, even=False),
    "iris": Real((50, 50, 50), 4, names=("setosa", "versicolor", "virginica")),
    "wine": Real((59, 71, 48), 13),
    "breast_cancer": Real((212, 357), 30, names=("malignant", "benign")),
    "digits": Real((178, 182, 177, 183, 181, 182, 181, 179, 174, 180), 64, scale=16.0, names=tuple("0123456789")),
}


# How they are split ----------------------------------------------------------------------------------------------------


def order(seed, n):
    """Samples are shuffled by the data's seed, by a stream of their own."""
    key = np.random.SeedSequence([seed, zlib.crc32(b"split"), 0])
    return np.random.Generator(np.random.Philox(key)).permutation(n)


def counts(n, validation, test):
    """Training, validation and test samples: shares to the nearest whole number, one at least to train on."""
    last = min(int(np.rint(test * n)), n - 1)
    middle = min(int(np.rint(validation * n)), n - 1 - last)
    return n - middle - last, middle, last
