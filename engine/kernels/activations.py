"""phi and phi' over contiguous slices. phi'(0) = 0 for ReLU, alpha for leaky ReLU."""

from engine.kernels.codes import IDENTITY, LEAKY_RELU, RELU, SIGMOID, SOFTMAX, TANH
from engine.kernels.jit import inner
from engine.kernels.transcendental import exp_nonpositive, sigmoid, tanh

LEAKY_SLOPE = 0.01


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
def activate(kind, z, h, units, b):
    """h = phi(z); both flat (units * b), one column a sample."""
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


@inner
def times_derivative(kind, z, h, delta, size):
    """delta *= phi'(z), elementwise; phi' of sigmoid and tanh from h."""
    if kind == TANH:
        for i in range(size):
            delta[i] *= 1.0 - h[i] * h[i]
    elif kind == RELU:
        for i in range(size):
            delta[i] = delta[i] if z[i] > 0.0 else 0.0
    elif kind == SIGMOID:
        for i in range(size):
            delta[i] *= h[i] * (1.0 - h[i])
    elif kind == LEAKY_RELU:
        for i in range(size):
            delta[i] *= 1.0 if z[i] > 0.0 else LEAKY_SLOPE


@inner
def times_softmax_jacobian(h, delta, units, b):
    """delta <- y (.) (u - y^T u) per column, where delta held u and h holds y: softmax's full Jacobian."""
    for n in range(b):
        dot = 0.0
        for j in range(units):
            dot += h[j * b + n] * delta[j * b + n]
        for j in range(units):
            delta[j * b + n] = h[j * b + n] * (delta[j * b + n] - dot)
