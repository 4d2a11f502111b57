"""Skip connections: h_l = d_l + P h_{l-k}, and what leads back along them. P is the identity where it has no place in theta."""

from engine.kernels.jit import inner


@inner
def add_skip(P, source, values, h, rows, cols, b, projected):
    """h = values + P source; P (rows, cols) row-major, source (cols, b), values and h (rows, b), all flat."""
    if not projected:
        for i in range(rows * b):
            h[i] = values[i] + source[i]
        return
    for j in range(rows):
        out = h[j * b : (j + 1) * b]
        own = values[j * b : (j + 1) * b]
        for n in range(b):
            out[n] = own[n]
        for k in range(cols):
            w = P[j * cols + k]
            h0 = source[k * b : (k + 1) * b]
            for n in range(b):
                out[n] += w * h0[n]


@inner
def back_skip(P, g, into, rows, cols, b, projected):
    """into += P^T g: the source's derivative gets what it did through the skip; g (rows, b), into (cols, b)."""
    if not projected:
        for i in range(rows * b):
            into[i] += g[i]
        return
    for k in range(cols):
        out = into[k * b : (k + 1) * b]
        for j in range(rows):
            w = P[j * cols + k]
            own = g[j * b : (j + 1) * b]
            for n in range(b):
                out[n] += w * own[n]
