"""Muon: momentum made orthogonal by five Newton-Schulz iterations, in float64 and in scratch given by the caller."""

import numpy as np

from engine.kernels.jit import inner
from engine.kernels.ops.linear import product, product_with_transpose, use_blas
from engine.kernels.ops.penalties import norm

ITERATIONS = 5
A, B, C = 3.4445, -4.7750, 2.0315  # Jordan et al. 2024: the steepest at zero that stays near one
SMALLEST_NORM = 1e-7
PARTS = 2 + 3 * ITERATIONS
"""Of an update, each at most one product."""


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
def iterate(x, rows, cols, scratch, product_number):
    """One of an iteration's three products, of x (rows <= cols, flat): S = x x^T, then b S + c S^2, then a x + that x.

    `scratch` has room for rows (cols + 2 rows), and keeps S and what comes of it from one to the next.
    """
    square = rows * rows
    s = scratch[:square]
    t = scratch[square : 2 * square]
    y = scratch[2 * square : 2 * square + rows * cols]
    if product_number == 0:
        gram(x, s, rows, cols)
    elif product_number == 1:
        multiply(s, s, t, rows, rows, rows)
        for i in range(square):
            t[i] = B * s[i] + C * t[i]
    else:
        multiply(t, x, y, rows, rows, cols)
        for i in range(x.size):
            x[i] = A * x[i] + y[i]


@inner
def begin(g, m, x, rows, cols, beta):
    """m = beta m + (1 - beta) g; x = beta m + (1 - beta) g, of norm 1, the short side first: a tall matrix is turned."""
    for i in range(m.size):
        m[i] = beta * m[i] + (1.0 - beta) * g[i]
    if rows <= cols:
        for i in range(m.size):
            x[i] = beta * m[i] + (1.0 - beta) * g[i]
    else:
        for j in range(rows):
            for k in range(cols):
                i = j * cols + k
                x[k * rows + j] = beta * m[i] + (1.0 - beta) * g[i]
    size = max(norm(x), SMALLEST_NORM)
    for i in range(x.size):
        x[i] /= size


@inner
def end(W, x, rows, cols, keep, step):
    """W = keep W - step x, which is turned back."""
    if rows <= cols:
        for i in range(W.size):
            W[i] = keep * W[i] - step * x[i]
        return
    for j in range(rows):
        for k in range(cols):
            i = j * cols + k
            W[i] = keep * W[i] - step * x[k * rows + j]


@inner
def muon(W, g, m, scratch, rows, cols, keep, eta, beta, part):
    """m = beta m + (1 - beta) g; W = keep W - eta sqrt(max(1, rows / cols)) orthogonal(beta m + (1 - beta) g).

    Orthogonal: x <- a x + (b S + c S^2) x with S = x x^T, five times from norm 1: singular values near 1. `part`: 0 for all of
    it, or 1 .. PARTS one after the other on the same scratch, so that a large matrix is no single call.
    """
    x = scratch[: W.size]
    rest = scratch[W.size :]
    first = 0 if part == 0 else part - 1
    last = PARTS if part == 0 else part
    for number in range(first, last):
        if number == 0:
            begin(g, m, x, rows, cols, beta)
        elif number == PARTS - 1:
            end(W, x, rows, cols, keep, eta * np.sqrt(max(1.0, rows / cols)))
        else:
            iterate(x, min(rows, cols), max(rows, cols), rest, (number - 1) % 3)
