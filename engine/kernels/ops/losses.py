"""Per-sample losses and the output delta. Matched pairs are computed from logits and reduce to y_hat - y.

MSE is half the squared distance, summed over outputs; BCE and cross-entropy sum over outputs (MATHS.md).
"""

import numpy as np

from engine.kernels.jit import inner
from engine.kernels.ops.activations import IDENTITY, NAIVE_SIGMOID, NAIVE_SOFTMAX, SIGMOID, SOFTMAX, times_derivative
from engine.kernels.transcendental import exp_nonpositive, log1p_unit, softplus

MSE, BCE, CROSS_ENTROPY = range(3)  # codes: what rows and tapes know them by

TINY = 2.2250738585072014e-308  # smallest normal double: a quotient by an output of 0 is large, not infinite


@inner
def matched(loss, output):
    return (
        (loss == MSE and output == IDENTITY)
        or (loss == BCE and output == SIGMOID)
        or (loss == CROSS_ENTROPY and output == SOFTMAX)
    )


@inner
def log_sum_exp(z, n, without, units, b):
    """log of the sum of e^z over column n, shifted by its maximum; leaves out unit `without` (-1: none)."""
    top = -np.inf
    for j in range(units):
        if j != without:
            top = max(top, z[j * b + n])
    total = 0.0
    for j in range(units):
        if j != without:
            total += exp_nonpositive(z[j * b + n] - top)
    return top + np.log(total)


@inner
def share_of_others(h, j, n, units, b):
    """1 - h[j] of a softmax column, without the cancellation."""
    total = 0.0
    for k in range(units):
        if k != j:
            total += h[k * b + n]
    return total


@inner
def naive(output):
    return output in (NAIVE_SIGMOID, NAIVE_SOFTMAX)


@inner
def naive_sample_losses(loss, h, y, out, units, b):
    """BCE and cross-entropy as printed, from the outputs: ln 0 is met where an output rounds to 0 or 1."""
    for j in range(units):
        for n in range(b):
            i = j * b + n
            out[n] -= y[i] * np.log(h[i])
            if loss == BCE:
                out[n] -= (1.0 - y[i]) * np.log(1.0 - h[i])


@inner
def naive_quotients(loss, h, y, delta, size):
    """u = d loss / d y_hat as printed."""
    for i in range(size):
        delta[i] = -y[i] / h[i]
        if loss == BCE:
            delta[i] += (1.0 - y[i]) / (1.0 - h[i])


@inner
def sample_losses(loss, output, z, h, y, out, units, b):
    """out[n] = loss of column n; z, h, y (units, b) flat, out (b,)."""
    for n in range(b):
        out[n] = 0.0
    if loss == MSE:
        for j in range(units):
            for n in range(b):
                e = h[j * b + n] - y[j * b + n]
                out[n] += 0.5 * e * e
    elif naive(output):
        naive_sample_losses(loss, h, y, out, units, b)
    elif loss == BCE and output == SIGMOID:
        for j in range(units):
            for n in range(b):
                x = z[j * b + n]
                t = y[j * b + n]
                out[n] += t * max(-x, 0.0) + (1.0 - t) * max(x, 0.0) + log1p_unit(exp_nonpositive(-abs(x)))
    elif loss == BCE:  # softmax: 1 - y_hat is the share of the other outputs, which keeps its digits
        for n in range(b):
            level = log_sum_exp(z, n, -1, units, b)
            for j in range(units):
                t = y[j * b + n]
                out[n] += level - t * z[j * b + n]
                if t != 1.0:
                    out[n] -= (1.0 - t) * log_sum_exp(z, n, j, units, b)
    elif loss == CROSS_ENTROPY and output == SOFTMAX:
        for n in range(b):
            level = log_sum_exp(z, n, -1, units, b)
            for j in range(units):
                out[n] += y[j * b + n] * (level - z[j * b + n])
    elif loss == CROSS_ENTROPY:  # sigmoid: -log sigma(z) = softplus(-z)
        for j in range(units):
            for n in range(b):
                out[n] += y[j * b + n] * softplus(-z[j * b + n])


@inner
def output_delta(loss, output, z, h, y, delta, slopes, units, b):
    """delta_L = u (.) g'(z_L) with u = d loss / d y_hat; softmax by its full Jacobian; matched pairs y_hat - y."""
    size = units * b
    if loss == MSE or matched(loss, output):
        for i in range(size):
            delta[i] = h[i] - y[i]
        if matched(loss, output):
            return
    elif naive(output):
        naive_quotients(loss, h, y, delta, size)
    elif loss == BCE:
        for j in range(units):
            for n in range(b):
                i = j * b + n
                others = share_of_others(h, j, n, units, b)
                delta[i] = (1.0 - y[i]) / max(others, TINY) - y[i] / max(h[i], TINY)
    elif output == SIGMOID:  # cross-entropy: -y / y_hat times y_hat (1 - y_hat), the quotient cancelled
        for i in range(size):
            delta[i] = -y[i] * (1.0 - h[i])
        return
    times_derivative(output, z, h, delta, slopes, units, b)
