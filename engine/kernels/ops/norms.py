"""Batch norm (Ioffe and Szegedy 2015, algorithm 1) and layer norm (Ba, Kiros and Hinton 2016), forward and backward.

Both: xhat = (z - mean) / sqrt(var + eps), u = gamma xhat + beta, with the biased variance. Batch norm takes mean and variance
of a unit over the batch, layer norm those of a sample over its units. Backward goes through mean and variance as well.
"""

import numpy as np

from engine.kernels.jit import inner

BATCH_NORM, LAYER_NORM = range(2)  # codes: what rows and tapes know them by

EPS = 1e-5  # PyTorch's default for both
MOMENTUM = 0.1  # of the running statistics, as PyTorch counts it: the share of the new value


@inner
def column_sums(values, out, rows, b):
    """out[n] = the sum of column n, over contiguous rows."""
    for n in range(b):
        out[n] = 0.0
    for j in range(rows):
        own = values[j * b : (j + 1) * b]
        for n in range(b):
            out[n] += own[n]


@inner
def batch_statistics(z, mean, var, rows, b):
    """Mean and biased variance of each unit over the batch, (rows,)."""
    for j in range(rows):
        own = z[j * b : (j + 1) * b]
        total = 0.0
        for n in range(b):
            total += own[n]
        centre = total / b
        squares = 0.0
        for n in range(b):
            squares += (own[n] - centre) * (own[n] - centre)
        mean[j] = centre
        var[j] = squares / b


@inner
def layer_statistics(z, mean, var, rows, b):
    """Mean and biased variance of each sample over the units, (b,)."""
    column_sums(z, mean, rows, b)
    for n in range(b):
        mean[n] /= rows
        var[n] = 0.0
    for j in range(rows):
        own = z[j * b : (j + 1) * b]
        for n in range(b):
            var[n] += (own[n] - mean[n]) * (own[n] - mean[n])
    for n in range(b):
        var[n] /= rows


@inner
def batch_norm(z, mean, var, gamma, beta, xhat, u, rows, b):
    for j in range(rows):
        scale = 1.0 / np.sqrt(var[j] + EPS)
        for i in range(j * b, (j + 1) * b):
            xhat[i] = (z[i] - mean[j]) * scale
            u[i] = gamma[j] * xhat[i] + beta[j]


@inner
def layer_norm(z, mean, var, gamma, beta, xhat, u, rows, b):
    for j in range(rows):
        for n in range(b):
            i = j * b + n
            xhat[i] = (z[i] - mean[n]) / np.sqrt(var[n] + EPS)
            u[i] = gamma[j] * xhat[i] + beta[j]


@inner
def norm_gradients(delta, xhat, dgamma, dbeta, rows, b):
    """The means over the batch of delta xhat and of delta, where delta is dJ/du."""
    share = 1.0 / b
    for j in range(rows):
        by_scale = 0.0
        by_shift = 0.0
        for i in range(j * b, (j + 1) * b):
            by_scale += delta[i] * xhat[i]
            by_shift += delta[i]
        dgamma[j] = by_scale * share
        dbeta[j] = by_shift * share


@inner
def back_batch_norm(delta, xhat, var, gamma, dgamma, dbeta, fixed, rows, b):
    """delta <- gamma / sqrt(var + eps) (delta - mean(delta) - xhat mean(delta xhat)) of each unit over the batch; without the
    two means where the statistics are `fixed`, as in inference."""
    for j in range(rows):
        scale = gamma[j] / np.sqrt(var[j] + EPS)
        by_shift = 0.0 if fixed else dbeta[j]
        by_scale = 0.0 if fixed else dgamma[j]
        for i in range(j * b, (j + 1) * b):
            delta[i] = scale * (delta[i] - by_shift - xhat[i] * by_scale)


@inner
def back_layer_norm(delta, xhat, var, gamma, rows, b):
    """delta <- (v - mean(v) - xhat mean(v xhat)) / sqrt(var + eps) of each sample over its units, with v = gamma delta."""
    for n in range(b):
        plain = 0.0
        along = 0.0
        for j in range(rows):
            v = gamma[j] * delta[j * b + n]
            plain += v
            along += v * xhat[j * b + n]
        plain /= rows
        along /= rows
        scale = 1.0 / np.sqrt(var[n] + EPS)
        for j in range(rows):
            i = j * b + n
            delta[i] = scale * (gamma[j] * delta[i] - plain - xhat[i] * along)


@inner
def run_on(mean, var, running, rows, b):
    """running (2 rows: means, then variances) moves a tenth of the way to the batch's mean and unbiased variance."""
    unbiased = b / (b - 1.0)
    for j in range(rows):
        running[j] += MOMENTUM * (mean[j] - running[j])
        running[rows + j] += MOMENTUM * (unbiased * var[j] - running[rows + j])
