"""A machine's network in PyTorch, in float64, from its parameters alone: a witness for derivatives."""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch")


def parameters_of(machine):
    """W_1, b_1, W_2, b_2, … as tensors."""
    return [torch.tensor(slot.view(machine.theta).copy(), requires_grad=True) for slot in machine.tape.slots]


def logits(parameters, x, activation):
    """z_L of samples (n, d_0), of plain layers."""
    h = x
    pairs = list(zip(parameters[::2], parameters[1::2], strict=True))
    for W, b in pairs[:-1]:
        h = activation(h @ W.T + b)
    W, b = pairs[-1]
    return h @ W.T + b


def squared(z, y):
    """½‖z − y‖², the mean over the samples."""
    return 0.5 * ((z - y) ** 2).sum(dim=1).mean()


def flat(tensors):
    return np.concatenate([tensor.detach().numpy().ravel() for tensor in tensors])
