"""Loss and error signal of an output layer to forty digits, as an operation of PyTorch: autograd's own forms lose theirs where
a network is sure (1 − h is 0 from z ≈ 37). Imports nothing from `engine`."""

from __future__ import annotations

import numpy as np
import torch
from mpmath import mp, mpf

DIGITS = 40
LEAK = mpf("0.01")


def sigmoid(z):
    return 1 / (1 + mp.exp(-z))


def softplus(z):
    return max(z, 0) + mp.log1p(mp.exp(-abs(z)))


def normal_below(z):
    """Φ(z); in doubles 0 long before z = −1e4, where mpmath gives up."""
    return mp.ncdf(z) if z > -1e4 else mpf(0)


def normal_density(z):
    return mp.npdf(z) if abs(z) < 1e4 else mpf(0)


def _elu_miss(z, y):
    return z - y if z > 0 else mp.exp(z) - (1 + y) if z < -1 else mp.expm1(z) - y


def _tanh_miss(z, y):
    return mp.tanh(z) - y if abs(z) < 1 else (1 - y) * sigmoid(2 * z) - (1 + y) * sigmoid(-2 * z)


MISS = {
    "identity": lambda z, y: z - y,
    "sigmoid": lambda z, y: (1 - y) * sigmoid(z) - y * sigmoid(-z),
    "tanh": _tanh_miss,
    "relu": lambda z, y: max(z, 0) - y,
    "leaky_relu": lambda z, y: (z if z > 0 else LEAK * z) - y,
    "elu": _elu_miss,
    "gelu": lambda z, y: z * normal_below(z) - y,
    "softplus": lambda z, y: softplus(z) - y,
    "silu": lambda z, y: z * sigmoid(z) - y,
}
"""φ(z) − y, without cancellation where a φ nears an end of its range."""

SLOPE = {
    "identity": lambda z: mpf(1),
    "sigmoid": lambda z: sigmoid(z) * sigmoid(-z),
    "tanh": lambda z: 4 * sigmoid(2 * z) * sigmoid(-2 * z),
    "relu": lambda z: mpf(z > 0),
    "leaky_relu": lambda z: mpf(1) if z > 0 else LEAK,
    "elu": lambda z: mpf(1) if z > 0 else mp.exp(z),
    "gelu": lambda z: normal_below(z) + z * normal_density(z),
    "softplus": sigmoid,
    "silu": lambda z: sigmoid(z) * (1 + z * sigmoid(-z)),
}


def _each(loss, output, z, y):
    """ℓ and ∂ℓ/∂z of a sample whose outputs are each a function of one z."""
    if loss == "mse":
        miss = [MISS[output](a, b) for a, b in zip(z, y, strict=True)]
        return sum(m * m for m in miss) / 2, [m * SLOPE[output](a) for m, a in zip(miss, z, strict=True)]
    if loss == "bce":
        total = sum(b * softplus(-a) + (1 - b) * softplus(a) for a, b in zip(z, y, strict=True))
        return total, [MISS[output](a, b) for a, b in zip(z, y, strict=True)]
    total = sum(b * softplus(-a) for a, b in zip(z, y, strict=True))
    return total, [-b * sigmoid(-a) for a, b in zip(z, y, strict=True)]


def _softmax(loss, z, y):
    """The same under softmax: h_k from the others' weights, 1 − h_k as their sum."""
    units = range(len(z))
    top = max(units, key=lambda k: z[k])
    e = [mp.exp(a - z[top]) for a in z]
    total = sum(e)
    h = [a / total for a in e]
    rest = [sum(e[j] for j in units if j != k) for k in units]
    miss = [(1 - y[k]) * h[k] - y[k] * rest[k] / total for k in units]
    if loss == "mse":
        return sum(m * m for m in miss) / 2, [h[j] * sum(h[k] * (miss[j] - miss[k]) for k in units) for j in units]
    surprise = sum(y[k] * (mp.log1p(rest[top]) + (z[top] - z[k])) for k in units)
    if loss == "cross_entropy":
        return surprise, miss
    surprise += sum((1 - y[k]) * -(mp.log1p(-h[k]) if 2 * h[k] < 1 else mp.log(rest[k] / total)) for k in units)
    return surprise, [miss[j] + h[j] * sum(y[k] - (1 - y[k]) * e[k] / rest[k] for k in units if k != j) for j in units]


def sample(loss, output, z, y):
    """ℓ and ∂ℓ/∂z of one sample, from floats."""
    z, y = [mpf(a) for a in z], [mpf(b) for b in y]
    return _softmax(loss, z, y) if output == "softmax" else _each(loss, output, z, y)


class Loss(torch.autograd.Function):
    """Mean ℓ of a batch, of logits and targets (samples, outputs)."""

    @staticmethod
    def forward(ctx, z, y, loss, output):
        if not torch.isfinite(z).all():
            ctx.delta = torch.full_like(z, torch.nan)
            return z.new_tensor(torch.nan)
        with mp.workdps(DIGITS):
            found = [sample(loss, output, *pair) for pair in zip(z.tolist(), y.tolist(), strict=True)]
            mean = float(sum(each for each, _ in found) / len(found))
            ctx.delta = torch.from_numpy(np.array([[float(d / len(found)) for d in delta] for _, delta in found]))
        return z.new_tensor(mean)

    @staticmethod
    def backward(ctx, gradient):
        return gradient * ctx.delta, None, None, None


def answers(output, z):
    """ŷ of logits (samples, outputs)."""
    if output == "softmax":
        return torch.softmax(z, dim=1)
    with mp.workdps(DIGITS):
        return torch.tensor([[float(MISS[output](mpf(a), mpf(0))) for a in row] for row in z.tolist()], dtype=torch.float64)
