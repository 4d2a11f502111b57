"""How δ_L moves with z_L: the second derivative of a sample's loss, along a change of its logits."""

from __future__ import annotations

import numpy as np

from engine.array import Array
from engine.rows.activations import ACTIVATIONS, logistic_slope


def output_tangent(loss: str, output: str, z: Array, h: Array, y: Array, dz: Array, slope: Array) -> Array:
    """The change of δ_L along `dz` (k, units, b): ∂²ℓ/∂z² dz. z, h = g(z) and targets y are (units, b), `slope` g′(z) where the
    output takes each z for itself. All from z in stable form, matched or not."""
    if output == "softmax":
        dh = softmax_tangent(h, dz)
        if loss == "cross_entropy":
            weighted: Array = dh * y.sum(axis=0)
            return weighted
        if loss == "bce":
            return _bce_of_softmax(z, y, dz, dh)
        u = h - y
        inner = np.sum(h * u, axis=0)
        found: Array = dh * (u - inner) + h * (dh - np.sum(dh * u + h * dh, axis=1, keepdims=True))
        return found
    if loss == "bce":
        return logistic_slope(z) * dz
    if loss == "cross_entropy":
        return y * logistic_slope(z) * dz
    bend: Array = (slope * slope + (h - y) * second_derivative(output, z)) * dz
    return bend


def second_derivative(activation: str, z: Array) -> Array:
    """φ″ over z, of the shape of z."""
    second = ACTIVATIONS[activation].second
    if second is None:
        raise ValueError(f"activation: '{activation}' has no second derivative; allowed: those whose row says `second`")
    return second(z)


def softmax_tangent(h: Array, dz: Array) -> Array:
    """h (.) (dz − hᵀdz) per column, h (units, b), dz (k, units, b): taken from the largest output, so that nothing cancels."""
    top = np.argmax(h, axis=0)
    moved = dz - dz[:, top, np.arange(h.shape[1])][:, None, :]
    found: Array = h * (moved - np.sum(h * moved, axis=1, keepdims=True))
    return found


def _bce_of_softmax(z: Array, y: Array, dz: Array, dh: Array) -> Array:
    """Of δ_j = h_j − y_j + h_j (Σy − y_j) − Σ_k≠j (1 − y_k) h_k q_j|k, where q_·|k is the softmax of the outputs without k."""
    units = len(z)
    h = np.exp(z - z.max(axis=0))
    h /= h.sum(axis=0)
    found: Array = dh * (1.0 + y.sum(axis=0) - y)
    for k in range(units):
        others = np.arange(units) != k
        q = np.exp(z[others] - z[others].max(axis=0))
        q /= q.sum(axis=0)
        dq = softmax_tangent(q, dz[:, others])
        found[:, others] -= (1.0 - y[k]) * (dh[:, k : k + 1] * q + h[k] * dq)
    return found
