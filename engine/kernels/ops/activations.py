"""phi and phi' over contiguous slices. phi'(0) = 0 for ReLU, alpha for leaky ReLU, PReLU and ELU.

The naive forms are there to be seen to fail: they overflow where the others do not (MATHS.md, numerics).
"""

import math

import numpy as np

from engine.kernels.codes import (
    ELU,
    GELU,
    IDENTITY,
    LEAKY_RELU,
    NAIVE_SIGMOID,
    NAIVE_SOFTMAX,
    PRELU,
    RELU,
    SIGMOID,
    SILU,
    SOFTMAX,
    SOFTPLUS,
    TANH,
)
from engine.kernels.jit import inner
from engine.kernels.transcendental import exp_nonpositive, expm1_nonpositive, sigmoid, softplus, tanh

LEAKY_SLOPE = 0.01
FIRST_SLOPE = 0.25  # of PReLU (He et al. 2015)
HALF_ROOT = 0.7071067811865476  # 1 / sqrt(2)
NORMAL_PEAK = 0.3989422804014327  # 1 / sqrt(2 pi)


@inner
def softmax_columns(z, h, units, b):
    """Softmax of each column, shifted by the column's maximum."""
    for n in range(b):
        top = z[n]
        for j in range(1, units):
            top = max(top, z[j * b + n])
        total = 0.0
        for j in range(units):
            e = exp_nonpositive(z[j * b + n] - top)
            h[j * b + n] = e
            total += e
        for j in range(units):
            h[j * b + n] /= total


@inner
def naive_softmax_columns(z, h, units, b):
    """e^z over its sum, as printed: overflows from z = 710."""
    for n in range(b):
        total = 0.0
        for j in range(units):
            h[j * b + n] = np.exp(z[j * b + n])
            total += h[j * b + n]
        for j in range(units):
            h[j * b + n] /= total


@inner
def normal_cdf(x):
    """Phi(x), by erfc so that the left tail keeps its digits."""
    return 0.5 * math.erfc(-HALF_ROOT * x)


@inner
def with_slopes(z, h, slopes, units, b):
    """PReLU: slope j below zero for unit j."""
    for j in range(units):
        slope = slopes[j]
        below = z[j * b : (j + 1) * b]
        out = h[j * b : (j + 1) * b]
        for n in range(b):
            out[n] = below[n] if below[n] > 0.0 else slope * below[n]


@inner
def activate(kind, z, h, slopes, units, b):
    """h = phi(z); both flat (units * b), one column a sample; `slopes` (units,) are PReLU's."""
    size = units * b
    if kind == TANH:
        for i in range(size):
            h[i] = tanh(z[i])
    elif kind == RELU:
        for i in range(size):
            h[i] = z[i] if not z[i] <= 0.0 else 0.0  # NaN stays NaN
    elif kind == SIGMOID:
        for i in range(size):
            h[i] = sigmoid(z[i])
    elif kind == LEAKY_RELU:
        for i in range(size):
            h[i] = z[i] if z[i] > 0.0 else LEAKY_SLOPE * z[i]
    elif kind == IDENTITY:
        for i in range(size):
            h[i] = z[i]
    elif kind == SOFTMAX:
        softmax_columns(z, h, units, b)
    elif kind == PRELU:
        with_slopes(z, h, slopes, units, b)
    elif kind == ELU:
        for i in range(size):
            h[i] = z[i] if z[i] > 0.0 else expm1_nonpositive(z[i])
    elif kind == GELU:
        for i in range(size):
            h[i] = z[i] * normal_cdf(z[i])
    elif kind == SOFTPLUS:
        for i in range(size):
            h[i] = softplus(z[i])
    elif kind == SILU:
        for i in range(size):
            h[i] = z[i] * sigmoid(z[i])
    elif kind == NAIVE_SIGMOID:
        for i in range(size):
            h[i] = 1.0 / (1.0 + np.exp(-z[i]))
    elif kind == NAIVE_SOFTMAX:
        naive_softmax_columns(z, h, units, b)


@inner
def slope_gradient(z, g, dslopes, units, b):
    """PReLU: the mean over the batch of g min(0, z), unit by unit, where g is dJ/dphi."""
    share = 1.0 / b
    for j in range(units):
        total = 0.0
        for n in range(b):
            total += g[j * b + n] * min(0.0, z[j * b + n])
        dslopes[j] = total * share


@inner
def times_derivative(kind, z, h, delta, slopes, units, b):
    """delta *= phi'(z), elementwise; phi' of sigmoid and tanh from h = phi(z)."""
    size = units * b
    if kind == TANH:
        for i in range(size):
            delta[i] *= 1.0 - h[i] * h[i]
    elif kind == RELU:
        for i in range(size):
            delta[i] = delta[i] if z[i] > 0.0 else 0.0
    elif kind in (SIGMOID, NAIVE_SIGMOID):
        for i in range(size):
            delta[i] *= h[i] * (1.0 - h[i])
    elif kind == LEAKY_RELU:
        for i in range(size):
            delta[i] *= 1.0 if z[i] > 0.0 else LEAKY_SLOPE
    elif kind == PRELU:
        for j in range(units):
            slope = slopes[j]
            for i in range(j * b, (j + 1) * b):
                delta[i] *= 1.0 if z[i] > 0.0 else slope
    elif kind == ELU:
        for i in range(size):
            delta[i] *= 1.0 if z[i] > 0.0 else h[i] + 1.0
    elif kind == GELU:
        for i in range(size):
            delta[i] *= normal_cdf(z[i]) + z[i] * (NORMAL_PEAK * exp_nonpositive(-0.5 * z[i] * z[i]))
    elif kind == SOFTPLUS:
        for i in range(size):
            delta[i] *= sigmoid(z[i])
    elif kind == SILU:
        for i in range(size):
            s = sigmoid(z[i])
            delta[i] *= s * (1.0 + z[i] * (1.0 - s))


@inner
def times_softmax_jacobian(h, delta, units, b):
    """delta <- y (.) (u - y^T u) per column, where delta held u and h holds y: softmax's full Jacobian."""
    for n in range(b):
        dot = 0.0
        for j in range(units):
            dot += h[j * b + n] * delta[j * b + n]
        for j in range(units):
            delta[j * b + n] = h[j * b + n] * (delta[j * b + n] - dot)
