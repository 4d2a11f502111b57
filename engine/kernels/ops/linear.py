"""The three products of a layer, over columns: z = W h + b, W^T delta, and delta h^T / B.

Small layers run in loops whose inner run is over the batch, four terms at a time, in the order of the sum; large ones go to
BLAS. The choice is a pure function of the shape.
"""

import numpy as np

from engine.kernels.jit import counted, inner

BLAS_FROM = 8192  # multiplications; measured: below it the call costs more than it saves


@inner
def use_blas(rows, cols, b):
    return rows * cols * b >= BLAS_FROM and b >= 4


@counted
def product(A, B, out, rows, inner_size, cols):
    """out = A B"""
    np.dot(A.reshape(rows, inner_size), B.reshape(inner_size, cols), out.reshape(rows, cols))


@counted
def product_transposed(A, B, out, rows, inner_size, cols):
    """out = A^T B"""
    np.dot(A.reshape(inner_size, rows).T, B.reshape(inner_size, cols), out.reshape(rows, cols))


@counted
def product_with_transpose(A, B, out, rows, inner_size, cols):
    """out = A B^T"""
    np.dot(A.reshape(rows, inner_size), B.reshape(cols, inner_size).T, out.reshape(rows, cols))


@inner
def affine(W, bias, h, z, rows, cols, b):
    """z = W h + bias; W (rows, cols) row-major, h (cols, b), z (rows, b), all flat."""
    if use_blas(rows, cols, b):
        product(W, h, z, rows, cols, b)
        for j in range(rows):
            out = z[j * b : (j + 1) * b]
            shift = bias[j]
            for n in range(b):
                out[n] += shift
        return
    whole = cols - cols % 4
    for j in range(rows):
        w = W[j * cols : (j + 1) * cols]
        out = z[j * b : (j + 1) * b]
        shift = bias[j]
        for n in range(b):
            out[n] = shift
        for k in range(0, whole, 4):
            w0 = w[k]
            w1 = w[k + 1]
            w2 = w[k + 2]
            w3 = w[k + 3]
            block = h[k * b : (k + 4) * b]
            h0 = block[:b]
            h1 = block[b : 2 * b]
            h2 = block[2 * b : 3 * b]
            h3 = block[3 * b : 4 * b]
            for n in range(b):
                out[n] = out[n] + w0 * h0[n] + w1 * h1[n] + w2 * h2[n] + w3 * h3[n]
        for k in range(whole, cols):
            w0 = w[k]
            h0 = h[k * b : (k + 1) * b]
            for n in range(b):
                out[n] += w0 * h0[n]


@inner
def back_product(W, delta, out, rows, cols, b):
    """out = W^T delta; delta (rows, b), out (cols, b)."""
    if use_blas(rows, cols, b):
        product_transposed(W, delta, out, cols, rows, b)
        return
    whole = rows - rows % 4
    for k in range(cols):
        o = out[k * b : (k + 1) * b]
        for n in range(b):
            o[n] = 0.0
        for j in range(0, whole, 4):
            w0 = W[j * cols + k]
            w1 = W[(j + 1) * cols + k]
            w2 = W[(j + 2) * cols + k]
            w3 = W[(j + 3) * cols + k]
            block = delta[j * b : (j + 4) * b]
            d0 = block[:b]
            d1 = block[b : 2 * b]
            d2 = block[2 * b : 3 * b]
            d3 = block[3 * b : 4 * b]
            for n in range(b):
                o[n] = o[n] + w0 * d0[n] + w1 * d1[n] + w2 * d2[n] + w3 * d3[n]
        for j in range(whole, rows):
            w0 = W[j * cols + k]
            d0 = delta[j * b : (j + 1) * b]
            for n in range(b):
                o[n] += w0 * d0[n]


@inner
def bias_gradient(delta, db, rows, b):
    """db = the mean of delta's columns (rows,)."""
    share = 1.0 / b
    for j in range(rows):
        d = delta[j * b : (j + 1) * b]
        total = 0.0
        for n in range(b):
            total += d[n]
        db[j] = total * share


@inner
def weight_gradient(delta, h, dW, rows, cols, b):
    """dW = delta h^T / b (rows, cols)."""
    share = 1.0 / b
    if use_blas(rows, cols, b):
        product_with_transpose(delta, h, dW, rows, b, cols)
        for i in range(rows * cols):
            dW[i] *= share
        return
    whole = cols - cols % 4
    for j in range(rows):
        d = delta[j * b : (j + 1) * b]
        g = dW[j * cols : (j + 1) * cols]
        for k in range(0, whole, 4):
            block = h[k * b : (k + 4) * b]
            h0 = block[:b]
            h1 = block[b : 2 * b]
            h2 = block[2 * b : 3 * b]
            h3 = block[3 * b : 4 * b]
            s0 = 0.0
            s1 = 0.0
            s2 = 0.0
            s3 = 0.0
            for n in range(b):
                e = d[n]
                s0 += e * h0[n]
                s1 += e * h1[n]
                s2 += e * h2[n]
                s3 += e * h3[n]
            g[k] = s0 * share
            g[k + 1] = s1 * share
            g[k + 2] = s2 * share
            g[k + 3] = s3 * share
        for k in range(whole, cols):
            h0 = h[k * b : (k + 1) * b]
            s0 = 0.0
            for n in range(b):
                s0 += d[n] * h0[n]
            g[k] = s0 * share
