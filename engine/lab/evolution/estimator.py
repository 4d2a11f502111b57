"""The gradient that evolution strategies estimate from losses alone (Salimans, Ho, Chen, Sidor and Sutskever 2017): antithetic
pairs θ ± σε, plain or with losses replaced by their ranks."""

from __future__ import annotations

import numpy as np
from scipy.stats import rankdata

from engine.array import Array


def centered_ranks(losses: Array) -> Array:
    """The losses' ranks, from −½ for the least to ½ for the largest, of the same shape; equal losses share the mean of their
    ranks, one that is not finite counts as the largest."""
    values = np.where(np.isfinite(losses), losses, np.inf)
    if values.size < 2:
        return np.zeros_like(values)
    return np.asarray((rankdata(values) - 1.0).reshape(values.shape) / (values.size - 1) - 0.5)


def estimate(noise: Array, losses: Array, sigma: float, ranked: bool) -> Array:
    """(1 / 2nσ) Σ (ℓ(θ + σε_i) − ℓ(θ − σε_i)) ε_i, (P,), of `noise` (n, P) and `losses` (n, 2), first those at θ + σε. Ranked,
    ℓ is the loss's centered rank among all 2n: then only the direction means something, not the length."""
    shaped = centered_ranks(losses) if ranked else losses
    with np.errstate(all="ignore"):  # what is not finite is the update's to see
        return np.asarray((shaped[:, 0] - shaped[:, 1]) @ noise / (2.0 * len(noise) * sigma))


def cosine(a: Array, b: Array) -> float:
    """Of two directions (P,); 0 where one of them is none, or not finite."""
    length = float(np.linalg.norm(a) * np.linalg.norm(b))
    return float(a @ b / length) if 0.0 < length < np.inf else 0.0


def law(pairs: Array, parameters: int) -> Array:
    """√(n / (n + P)): for small σ a pair tells the slope along its ε, and so much of the gradient lies along n of P."""
    return np.asarray(np.sqrt(pairs / (pairs + parameters)))
