"""Activations: phi and phi' of each side by side, over contiguous slices. phi'(0) = 0 for ReLU, alpha for leaky ReLU, PReLU
and ELU.

A new one is a code of its own and a branch of `activation`: forward h = phi(z), backward delta *= phi'(z). The naive forms are
there to be seen to fail: they overflow where the others do not (MATHS.md, numerics).
"""

import math

import numpy as np

from engine.kernels.jit import inner, spliced
from engine.kernels.transcendental import exp_nonpositive, expm1_nonpositive, sigmoid, softplus, tanh

# Codes: what rows and tapes know them by --------------------------------------------------------------------------------
IDENTITY, SIGMOID, TANH, RELU, LEAKY_RELU, SOFTMAX, PRELU, ELU, GELU, SOFTPLUS, SILU, NAIVE_SIGMOID, NAIVE_SOFTMAX = range(13)

LEAKY_SLOPE = 0.01
FIRST_SLOPE = 0.25  # of PReLU (He et al. 2015)
HALF_ROOT = 0.7071067811865476  # 1 / sqrt(2)
NEAR_ITS_END = 0.9999  # of |h|: up to here 1 - h keeps 12 digits, and a pass over all at once is quicker
NORMAL_PEAK = 0.3989422804014327  # 1 / sqrt(2 pi)


@inner
def activation(kind, backward, z, h, delta, slopes, units, b):
    """h = phi(z); or, `backward`, delta *= phi'(z) where h = phi(z). All flat (units * b), one column a sample; `slopes`
    (units,) are PReLU's."""
    size = units * b
    if kind == TANH:
        if backward:
            if any_beyond(h, NEAR_ITS_END, size):
                times_far_slope(z, h, delta, 2.0, size)
            else:
                for i in range(size):
                    delta[i] *= 1.0 - h[i] * h[i]
        else:
            for i in range(size):
                h[i] = tanh(z[i])
    elif kind == RELU:
        if backward:
            for i in range(size):
                delta[i] = delta[i] if z[i] > 0.0 else 0.0
        else:
            for i in range(size):
                h[i] = z[i] if not z[i] <= 0.0 else 0.0  # NaN stays NaN
    elif kind in (SIGMOID, NAIVE_SIGMOID):
        if backward:
            if kind == SIGMOID and any_beyond(h, NEAR_ITS_END, size):
                times_far_slope(z, h, delta, 1.0, size)
            else:
                for i in range(size):
                    delta[i] *= h[i] * (1.0 - h[i])
        elif kind == SIGMOID:
            for i in range(size):
                h[i] = sigmoid(z[i])
        else:
            for i in range(size):
                h[i] = 1.0 / (1.0 + np.exp(-z[i]))
    elif kind == LEAKY_RELU:
        if backward:
            for i in range(size):
                delta[i] *= 1.0 if z[i] > 0.0 else LEAKY_SLOPE
        else:
            for i in range(size):
                h[i] = z[i] if z[i] > 0.0 else LEAKY_SLOPE * z[i]
    elif kind == IDENTITY:
        if not backward:
            for i in range(size):
                h[i] = z[i]
    elif kind in (SOFTMAX, NAIVE_SOFTMAX):
        if backward:
            times_softmax_jacobian(h, delta, units, b, kind == SOFTMAX)
        elif kind == SOFTMAX:
            softmax_columns(z, h, units, b)
        else:
            naive_softmax_columns(z, h, units, b)
    elif kind == PRELU:
        if backward:
            times_slopes(z, delta, slopes, units, b)
        else:
            with_slopes(z, h, slopes, units, b)
    elif kind == ELU:
        if backward:
            for i in range(size):
                delta[i] *= 1.0 if z[i] > 0.0 else exp_nonpositive(z[i])
        else:
            for i in range(size):
                h[i] = z[i] if z[i] > 0.0 else expm1_nonpositive(z[i])
    elif kind == GELU:
        if backward:
            for i in range(size):
                delta[i] *= normal_cdf(z[i]) + z[i] * (NORMAL_PEAK * exp_nonpositive(-0.5 * z[i] * z[i]))
        else:
            for i in range(size):
                h[i] = z[i] * normal_cdf(z[i])
    elif kind == SOFTPLUS:
        if backward:
            for i in range(size):
                delta[i] *= sigmoid(z[i])
        else:
            for i in range(size):
                h[i] = softplus(z[i])
    elif kind == SILU:
        if backward:
            for i in range(size):
                s = sigmoid(z[i])
                delta[i] *= s * (1.0 + z[i] * (1.0 - s))
        else:
            for i in range(size):
                h[i] = z[i] * sigmoid(z[i])


@spliced
def activate(kind, z, h, slopes, units, b):
    """h = phi(z)."""
    activation(kind, False, z, h, h, slopes, units, b)


@spliced
def times_derivative(kind, z, h, delta, slopes, units, b):
    """delta *= phi'(z), by h = phi(z) where that is simpler; of softmax by its full Jacobian."""
    activation(kind, True, z, h, delta, slopes, units, b)


# What some of them need: softmax, which takes whole columns -----------------------------------------------------------


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
def times_softmax_jacobian(h, delta, units, b, stable):
    """delta <- y (.) (u - y^T u) per column, where delta held u and h holds y: softmax's full Jacobian. What all of u share
    changes nothing; `stable`: it is measured from that of the largest output, beside which the others' would be lost."""
    for n in range(b):
        top = 0
        for j in range(1, units):
            if h[j * b + n] > h[top * b + n]:
                top = j
        level = delta[top * b + n] if stable else 0.0
        dot = 0.0
        for j in range(units):
            dot += h[j * b + n] * (delta[j * b + n] - level)
        for j in range(units):
            delta[j * b + n] = h[j * b + n] * ((delta[j * b + n] - level) - dot)


# Slopes far out, where an output rounds to the end of its range ---------------------------------------------------------


@inner
def any_beyond(h, limit, size):
    """Whether any |h| is larger; an or over bits vectorizes."""
    found = 0
    for i in range(size):
        found |= np.int64(abs(h[i]) > limit)
    return found != 0


@inner
def times_far_slope(z, h, delta, steepness, size):
    """delta *= phi' of a sigmoid (`steepness` 1) or of tanh (2). Near the ends of the range from z, since 1 - h loses its
    digits there and is 0 too soon: steepness^2 e / (1 + e)^2 with e = e^-(steepness |z|)."""
    for i in range(size):
        if abs(h[i]) > NEAR_ITS_END:
            e = exp_nonpositive(-steepness * abs(z[i]))
            delta[i] *= steepness * steepness * e / ((1.0 + e) * (1.0 + e))
        elif steepness == 1.0:
            delta[i] *= h[i] * (1.0 - h[i])
        else:
            delta[i] *= 1.0 - h[i] * h[i]


# PReLU, whose slopes below zero are learned -------------------------------------------------------------------------------


@inner
def with_slopes(z, h, slopes, units, b):
    """Slope j below zero for unit j."""
    for j in range(units):
        slope = slopes[j]
        below = z[j * b : (j + 1) * b]
        out = h[j * b : (j + 1) * b]
        for n in range(b):
            out[n] = below[n] if below[n] > 0.0 else slope * below[n]


@inner
def times_slopes(z, delta, slopes, units, b):
    """delta *= 1 above zero, slope j below it."""
    for j in range(units):
        slope = slopes[j]
        for i in range(j * b, (j + 1) * b):
            delta[i] *= 1.0 if z[i] > 0.0 else slope


@inner
def slope_gradient(z, g, dslopes, units, b):
    """The mean over the batch of g min(0, z), unit by unit, where g is dJ/dphi."""
    share = 1.0 / b
    for j in range(units):
        total = 0.0
        for n in range(b):
            total += g[j * b + n] * min(0.0, z[j * b + n])
        dslopes[j] = total * share


# GELU ------------------------------------------------------------------------------------------------------------------


@inner
def normal_cdf(x):
    """Phi(x), by erfc so that the left tail keeps its digits."""
    return 0.5 * math.erfc(-HALF_ROOT * x)
