"""How the start values of each initializer spread, as the papers have it: one entry a row. Imports nothing from `engine`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Witness:
    """`deviation(fan_in, fan_out, own)`: the standard deviation of an entry; `shape`: "uniform", "normal", "fixed", or "" for
    entries that depend on one another. `own`: parameters for tests, none a default; `holds(W, own)`: what else is true of W."""

    deviation: Callable
    shape: str
    own: dict
    holds: Callable = lambda W, own: True


def even_signals(fan_in, fan_out, own):
    """Variance 1/n, n the mean of both fans: between Var = 1/fan_in and Var = 1/fan_out."""
    return (0.5 * (fan_in + fan_out)) ** -0.5


def half_signals(fan_in, fan_out, own):
    """½ fan_in Var(w) = 1."""
    return (0.5 * fan_in) ** -0.5


def orthogonal(W, own):
    """Every singular value is the gain."""
    return np.allclose(np.linalg.svd(W, compute_uv=False), own["gain"], rtol=1e-12)


def orthogonal_spread(fan_in, fan_out, own):
    """The squares of all entries add up to min(fan_in, fan_out) gains²: of singular values."""
    return own["gain"] * (min(fan_in, fan_out) / (fan_in * fan_out)) ** 0.5


WITNESSES = {
    "xavier_uniform": Witness(even_signals, "uniform", {}),
    "xavier_normal": Witness(even_signals, "normal", {}),
    "he_uniform": Witness(half_signals, "uniform", {}),
    "he_normal": Witness(half_signals, "normal", {}),
    "normal": Witness(lambda fan_in, fan_out, own: own["scale"], "normal", {"scale": 0.3}),
    "zeros": Witness(lambda fan_in, fan_out, own: 0.0, "fixed", {}, lambda W, own: not W.any()),
    "constant": Witness(
        lambda fan_in, fan_out, own: 0.0, "fixed", {"value": -0.3}, lambda W, own: bool(np.all(own["value"] == W))
    ),
    "orthogonal": Witness(orthogonal_spread, "", {"gain": 1.7}, orthogonal),
}
