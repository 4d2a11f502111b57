"""Per-sample losses and the output delta. Matched pairs are computed from logits and reduce to y_hat - y.

MSE is half the squared distance, summed over outputs; BCE and cross-entropy sum over outputs (MATHS.md).
"""

import numpy as np

from engine.kernels.jit import inner
from engine.kernels.ops.activations import (
    ELU,
    IDENTITY,
    NAIVE_SIGMOID,
    NAIVE_SOFTMAX,
    NEAR_ITS_END,
    SIGMOID,
    SOFTMAX,
    TANH,
    times_derivative,
)
from engine.kernels.transcendental import exp_nonpositive, log1p_unit, sigmoid, softplus

MSE, BCE, CROSS_ENTROPY = range(3)  # codes: what rows and tapes know them by


@inner
def matched(loss, output):
    return (
        (loss == MSE and output == IDENTITY)
        or (loss == BCE and output == SIGMOID)
        or (loss == CROSS_ENTROPY and output == SOFTMAX)
    )


@inner
def others(h, j, n, units, b):
    """1 - h[j] of a softmax column, without the cancellation."""
    total = 0.0
    for k in range(units):
        if k != j:
            total += h[k * b + n]
    return total


@inner
def largest(z, n, without, units, b):
    """The largest of column n, and which it is; leaves out unit `without` (-1: none)."""
    top = -np.inf
    place = -1
    for j in range(units):
        if j != without and z[j * b + n] > top:
            top = z[j * b + n]
            place = j
    return top, place


@inner
def log_excess(z, n, without, units, b):
    """(top, log of the sum of e^(z - top)) of column n: their sum is its log-sum-exp. Kept apart, since beside a top of 1e15
    the second would be lost; and by log(1 + x), since beside the top's own 1 the others would."""
    top, place = largest(z, n, without, units, b)
    rest = 0.0
    for j in range(units):
        if j != without and j != place:
            rest += exp_nonpositive(z[j * b + n] - top)
    return top, np.log1p(rest)


@inner
def miss(output, z, h, y, i, n, units, b):
    """h - y of entry i, in column n. Near the end of its range, where that is y (1 of a sigmoid, -1 of ELU), the difference is
    taken from z: h - y has lost its digits there, and is 0 as soon as h rounds to y."""
    if abs(h[i]) > NEAR_ITS_END:
        if output == SIGMOID and y[i] == 1.0:
            return -sigmoid(-z[i])
        if output == SOFTMAX and y[i] == 1.0:
            return -others(h, i // b, n, units, b)
        if output == TANH and y[i] == (1.0 if h[i] > 0.0 else -1.0):
            return -2.0 * y[i] * sigmoid(-2.0 * abs(z[i]))
        if output == ELU and y[i] == -1.0 and h[i] < 0.0:
            return exp_nonpositive(z[i])
    return h[i] - y[i]


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
def bce_of_softmax(z, h, y, out, units, b):
    """-sum of y log h + (1 - y) log(1 - h). The second from 1 - h where h is small, else from what the others' logits say."""
    for n in range(b):
        top, excess = log_excess(z, n, -1, units, b)
        for j in range(units):
            t = y[j * b + n]
            if t != 0.0:
                out[n] += t * ((top - z[j * b + n]) + excess)
            if t != 1.0 and h[j * b + n] < 0.5:
                out[n] -= (1.0 - t) * np.log1p(-h[j * b + n])
            elif t != 1.0:
                top_of_others, their_excess = log_excess(z, n, j, units, b)
                out[n] += (1.0 - t) * ((top - top_of_others) + (excess - their_excess))


@inner
def sample_losses(loss, output, z, h, y, out, units, b):
    """out[n] = loss of column n; z, h, y (units, b) flat, out (b,)."""
    for n in range(b):
        out[n] = 0.0
    if loss == MSE:
        for j in range(units):
            for n in range(b):
                e = miss(output, z, h, y, j * b + n, n, units, b)
                out[n] += 0.5 * e * e
    elif naive(output):
        naive_sample_losses(loss, h, y, out, units, b)
    elif loss == BCE and output == SIGMOID:
        for j in range(units):
            for n in range(b):
                x = z[j * b + n]
                t = y[j * b + n]
                out[n] += t * max(-x, 0.0) + (1.0 - t) * max(x, 0.0) + log1p_unit(exp_nonpositive(-abs(x)))
    elif loss == BCE:
        bce_of_softmax(z, h, y, out, units, b)
    elif loss == CROSS_ENTROPY and output == SOFTMAX:
        for n in range(b):
            top, excess = log_excess(z, n, -1, units, b)
            for j in range(units):
                if y[j * b + n] != 0.0:
                    out[n] += y[j * b + n] * ((top - z[j * b + n]) + excess)
    elif loss == CROSS_ENTROPY:  # sigmoid: -log sigma(z) = softplus(-z)
        for j in range(units):
            for n in range(b):
                out[n] += y[j * b + n] * softplus(-z[j * b + n])


@inner
def delta_of_bce_of_softmax(z, h, y, delta, units, b):
    """delta_j = (1 - y_j) h_j - y_j (1 - h_j) + sum over k != j of (y_k h_j - (1 - y_k) h_k q_j), where q is the softmax of
    the outputs without k: u (.) g' with every quotient cancelled, so that none is by an output of 0. They sum to 0."""
    for n in range(b):
        whole = 0.0
        for j in range(units):
            whole += y[j * b + n]
        for j in range(units):
            i = j * b + n
            delta[i] = (1.0 - y[i]) * h[i] - y[i] * others(h, j, n, units, b) + (whole - y[i]) * h[i]
        for k in range(units):
            share = (1.0 - y[k * b + n]) * h[k * b + n]
            if share != 0.0:
                top, _ = largest(z, n, k, units, b)
                total = 0.0
                for j in range(units):
                    if j != k:
                        total += exp_nonpositive(z[j * b + n] - top)
                for j in range(units):
                    if j != k:
                        delta[j * b + n] -= share * (exp_nonpositive(z[j * b + n] - top) / total)


@inner
def output_delta(loss, output, z, h, y, delta, slopes, units, b):
    """delta_L = u (.) g'(z_L) with u = d loss / d y_hat; softmax by its full Jacobian; matched pairs y_hat - y. All from z in
    stable form, but for naive numerics."""
    size = units * b
    if loss == MSE or matched(loss, output):
        for j in range(units):
            for n in range(b):
                delta[j * b + n] = miss(output, z, h, y, j * b + n, n, units, b)
        if matched(loss, output):
            return
    elif naive(output):
        naive_quotients(loss, h, y, delta, size)
    elif loss == BCE:
        delta_of_bce_of_softmax(z, h, y, delta, units, b)
        return
    elif output == SIGMOID:  # cross-entropy: -y / y_hat times y_hat (1 - y_hat), the quotient cancelled, and 1 - y_hat
        for i in range(size):
            delta[i] = -y[i] * sigmoid(-z[i])
        return
    times_derivative(output, z, h, delta, slopes, units, b)
