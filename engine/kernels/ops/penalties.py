"""Penalties on weights, the global norm, and the check for non-finite values."""

import numpy as np

from engine.kernels.jit import inner


@inner
def add_penalty(W, dW, l1, l2):
    """dW += l2 W + l1 sign(W), the derivative of l2/2 |W|^2 + l1 |W|_1 with sign(0) = 0."""
    for i in range(W.size):
        w = W[i]
        sign = 1.0 if w > 0.0 else (-1.0 if w < 0.0 else 0.0)
        dW[i] += l2 * w + l1 * sign


@inner
def norm(values):
    """Euclidean norm, scaled by the largest value so that no square overflows."""
    top = 0.0
    for i in range(values.size):
        top = max(top, abs(values[i]))
    if top == 0.0 or top == np.inf:
        top = 1.0
    total = 0.0
    for i in range(values.size):
        x = values[i] / top
        total += x * x
    return top * np.sqrt(total)


@inner
def clip(grad, limit, eps, most):
    """Scale grad to the norm `limit` if larger (Pascanu et al. 2013), eps > 0 as PyTorch does; returns the norm before.

    Then bring every value into [-most, most]. 0 for either: no such bound.
    """
    size = norm(grad)
    if limit > 0.0 and size > limit - eps:
        factor = limit / (size + eps)
        for i in range(grad.size):
            grad[i] *= factor
    if most > 0.0:
        for i in range(grad.size):
            grad[i] = most if grad[i] > most else (-most if grad[i] < -most else grad[i])
    return size


@inner
def all_finite(values):
    """x - x is 0 for every finite x and NaN for every other; an or over bits vectorizes."""
    bad = 0
    for i in range(values.size):
        x = values[i]
        bad |= np.int64(x - x != 0.0)
    return bad == 0
