"""The function of each surface, as the literature has it, and its derivatives by complex arithmetic: one entry a row. Imports
nothing from `engine`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Witness:
    """`f(x, y, own)`, of complex numbers too. `own`: parameters for tests, none a default; `minima(own)`: how many there are,
    global and local, that a row must know; `smooth`: whether they are ordinary ones, with a gradient."""

    f: Callable
    own: dict
    minima: Callable = lambda own: 1
    smooth: bool = True


def bowl(x, y, own):
    return 0.5 * x**2 + 0.5 * own["kappa"] * y**2


def ravine(x, y, own):
    """The bowl in turned coordinates."""
    turn = np.radians(own["angle"])
    return bowl(np.cos(turn) * x + np.sin(turn) * y, np.cos(turn) * y - np.sin(turn) * x, own)


def ackley(x, y, own):
    inner = np.exp(-0.2 * np.sqrt((x**2 + y**2) / 2))
    return 20 - 20 * inner + np.exp(1) - np.exp((np.cos(2 * np.pi * x) + np.cos(2 * np.pi * y)) / 2)


def goldstein_price(x, y, own):
    first = 1 + (x + y + 1) ** 2 * (19 - 14 * x + 3 * x**2 - 14 * y + 6 * x * y + 3 * y**2)
    return first * (30 + (2 * x - 3 * y) ** 2 * (18 - 32 * x + 12 * x**2 + 48 * y - 36 * x * y + 27 * y**2))


HILLS = ((-2.0, 1.6, 1.2, 0.8), (-1.2, -1.5, 1.0, 0.7), (-1.0, -0.6, -1.6, 0.9), (1.4, 0.2, 0.1, 0.5), (0.8, 1.5, -1.2, 0.7))


def gaussian_hills(x, y, own):
    return 0.05 * (x**2 + y**2) + sum(a * np.exp(-((x - u) ** 2 + (y - v) ** 2) / (2 * s**2)) for a, u, v, s in HILLS)


WITNESSES = {
    "ravine": Witness(ravine, {"kappa": 7.5, "angle": -80.0}),
    "bowl": Witness(bowl, {"kappa": 5.0}),
    "rosenbrock": Witness(lambda x, y, own: (own["a"] - x) ** 2 + own["b"] * (y - x**2) ** 2, {"a": 0.7, "b": 20.0}),
    "beale": Witness(lambda x, y, own: sum((c - x + x * y**k) ** 2 for k, c in ((1, 1.5), (2, 2.25), (3, 2.625))), {}),
    "himmelblau": Witness(lambda x, y, own: (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2, {}, lambda own: 4),
    "booth": Witness(lambda x, y, own: (x + 2 * y - 7) ** 2 + (2 * x + y - 5) ** 2, {}),
    "styblinski_tang": Witness(lambda x, y, own: 0.5 * sum(t**4 - 16 * t**2 + 5 * t for t in (x, y)), {}, lambda own: 4),
    "three_hump_camel": Witness(lambda x, y, own: 2 * x**2 - 1.05 * x**4 + x**6 / 6 + x * y + y**2, {}, lambda own: 3),
    "rastrigin": Witness(
        lambda x, y, own: 2 * own["A"] + sum(t**2 - own["A"] * np.cos(2 * np.pi * t) for t in (x, y)), {"A": 3.0}
    ),
    "ackley": Witness(ackley, {}, smooth=False),
    "goldstein_price": Witness(goldstein_price, {}, lambda own: 4),
    "saddle": Witness(
        lambda x, y, own: 0.5 * (x**2 - y**2) + own["c"] / 4 * y**4, {"c": 2.0}, lambda own: 2 if own["c"] else 0
    ),
    "monkey_saddle": Witness(lambda x, y, own: x**3 - 3 * x * y**2, {}, lambda own: 0),
    "gaussian_hills": Witness(gaussian_hills, {}, lambda own: 3),
    "plateau": Witness(lambda x, y, own: 1 - np.exp(-(x**2 + y**2) / (2 * own["s"] ** 2)), {"s": 0.5}),
    "tiny_gradients": Witness(lambda x, y, own: own["s"] / 2 * (x**2 + y**2), {"s": 1e-3}),
}


def gradient(f, x, y):
    """f_x and f_y by complex steps: no difference is taken, so nothing cancels."""
    h = 1e-30
    return np.array([(f(x + 1j * h, y)).imag / h, (f(x, y + 1j * h)).imag / h])


def hessian(f, x, y, h=1e-4):
    """The Hessian by fourth-order differences of complex-step gradients."""
    columns = []
    for dx, dy in ((h, 0.0), (0.0, h)):
        near = gradient(f, x + dx, y + dy) - gradient(f, x - dx, y - dy)
        far = gradient(f, x + 2 * dx, y + 2 * dy) - gradient(f, x - 2 * dx, y - 2 * dy)
        columns.append((8 * near - far) / (12 * h))
    return np.array(columns)
