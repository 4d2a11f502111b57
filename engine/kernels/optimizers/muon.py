"""Muon: momentum made orthogonal by five Newton-Schulz iterations, in float64 and in scratch given by the caller."""

import numpy as np

from engine.kernels.jit import inner
from engine.kernels.ops.linear import product, product_with_transpose, use_blas
from engine.kernels.ops.penalties import norm

ITERATIONS = 5
A, B, C = 3.4445, -4.7750, 2.0315  # Jordan et al. 2024: the steepest at zero that stays near one
SMALLEST_NORM = 1e-7


@inner
def multiply(left, right, out, rows, inner_size, cols):
    """out = left right"""
    if use_blas(rows, inner_size, cols):
        product(left, right, out, rows, inner_size, cols)
        return
    for i in range(rows):
        row = out[i * cols : (i + 1) * cols]
        for n in range(cols):
            row[n] = 0.0
        for k in range(inner_size):
            factor = left[i * inner_size + k]
            term = right[k * cols : (k + 1) * cols]
            for n in range(cols):
                row[n] += factor * term[n]


@inner
def gram(x, out, rows, cols):
    """out = x x^T"""
    if use_blas(rows, cols, rows):
        product_with_transpose(x, x, out, rows, cols, rows)
        return
    for i in range(rows):
        first = x[i * cols : (i + 1) * cols]
        for j in range(i + 1):
            second = x[j * cols : (j + 1) * cols]
            total = 0.0
            for n in range(cols):
                total += first[n] * second[n]
            out[i * rows + j] = total
            out[j * rows + i] = total


@inner
def orthogonal(x, rows, cols, scratch):
    """x (rows <= cols, flat) <- a x + (b S + c S^2) x with S = x x^T, five times from norm 1: singular values near 1.

    `scratch` has room for rows (cols + 2 rows).
    """
    square = rows * rows
    s = scratch[:square]
    t = scratch[square : 2 * square]
    y = scratch[2 * square : 2 * square + rows * cols]
    size = max(norm(x), SMALLEST_NORM)
    for i in range(x.size):
        x[i] /= size
    for _ in range(ITERATIONS):
        gram(x, s, rows, cols)
        multiply(s, s, t, rows, rows, rows)
        for i in range(square):
            t[i] = B * s[i] + C * t[i]
        multiply(t, x, y, rows, rows, cols)
        for i in range(x.size):
            x[i] = A * x[i] + y[i]


@inner
def muon(W, g, m, scratch, rows, cols, keep, eta, beta):
    """m = beta m + (1 - beta) g; W = keep W - eta sqrt(max(1, rows / cols)) orthogonal(beta m + (1 - beta) g).

    The iterations work on the short side: a tall matrix is turned on its way in and out.
    """
    x = scratch[: W.size]
    rest = scratch[W.size :]
    for i in range(W.size):
        m[i] = beta * m[i] + (1.0 - beta) * g[i]
    step = eta * np.sqrt(max(1.0, rows / cols))
    if rows <= cols:
        for i in range(W.size):
            x[i] = beta * m[i] + (1.0 - beta) * g[i]
        orthogonal(x, rows, cols, rest)
        for i in range(W.size):
            W[i] = keep * W[i] - step * x[i]
        return
    for j in range(rows):
        for k in range(cols):
            i = j * cols + k
            x[k * rows + j] = beta * m[i] + (1.0 - beta) * g[i]
    orthogonal(x, cols, rows, rest)
    for j in range(rows):
        for k in range(cols):
            i = j * cols + k
            W[i] = keep * W[i] - step * x[k * rows + j]
