"""Witnesses of what uses a gradient's sign or a matrix's directions: Rprop, Lion, Muon."""

from __future__ import annotations

import numpy as np
from witnesses.optimizers_adam import adam, adam_quantities
from witnesses.updates import Witness, decayed, kept_share, lost_with_the_rate, mean, zeros


def rprop(theta, state, slope, lr, etas, step_sizes, torch=False):
    """iRprop− (Igel and Hüsken 2000, figure 4), one number at a time."""
    before = state.setdefault("before", zeros(theta))
    size = state.setdefault("size", [np.full_like(p, lr) for p in theta])
    new = []
    for k, g in enumerate(slope(theta)):
        moved = theta[k].copy()
        for i in np.ndindex(g.shape):
            used = g[i]
            if before[k][i] * g[i] > 0.0:
                size[k][i] *= etas[1]
            elif before[k][i] * g[i] < 0.0:
                size[k][i] *= etas[0]
                used = 0.0
            size[k][i] = min(max(size[k][i], step_sizes[0]), step_sizes[1])  # the first, too
            moved[i] -= np.sign(used) * size[k][i]
            before[k][i] = used
        new.append(moved)
    return new


def rprop_quantities(past):
    """iRprop−, one number at a time."""
    shrink, grow = past.p["etas"]
    names = ("agreement", "factor", "size_new", "used", "step")
    found = {name: np.empty_like(past.g) for name in names}
    for i in np.ndindex(past.g.shape):
        size, before = past.rates[0], 0.0
        for g in (float(each[i]) for each in past.gradients):
            agreement = g * before
            factor = 1.0 if agreement == 0.0 else grow if agreement > 0.0 else shrink
            size = float(np.clip(size * factor, *past.p["step_sizes"]))
            before = 0.0 if agreement < 0.0 else g
        for name, value in zip(names, (agreement, factor, size, before, np.sign(before) * size), strict=True):
            found[name][i] = value
    return found


def lion(theta, state, slope, lr, beta1, beta2, weight_decay=0.0, torch=False):
    """Chen et al. 2023, Algorithm 2."""
    m = state.setdefault("m", zeros(theta))
    new = []
    for k, g in enumerate(slope(theta)):
        c = beta1 * m[k] + (1.0 - beta1) * g
        new.append(theta[k] - lr * (np.sign(c) + weight_decay * theta[k]))
        m[k] = beta2 * m[k] + (1.0 - beta2) * g
    return new


def lion_quantities(past):
    beta1, beta2 = past.p["beta1"], past.p["beta2"]
    old = mean(past.gradients[:-1], beta2) if past.t > 1 else np.zeros_like(past.g)
    c = beta1 * old + (1.0 - beta1) * past.g
    return decayed(past, {"c": c, "m_new": mean(past.gradients, beta2), "step": past.eta * np.sign(c)})


def newton_schulz(matrix):
    """The quintic iteration of Jordan et al. 2024 on either side of a matrix: rows or columns give the same polynomial."""
    x = matrix / max(np.sqrt(np.sum(matrix**2)), 1e-7)
    for _ in range(5):
        x = 3.4445 * x - 4.7750 * x @ x.T @ x + 2.0315 * x @ x.T @ x @ x.T @ x
    return x


def muon(theta, state, slope, lr, beta, weight_decay, beta1, beta2, eps, torch=False):
    """Matrices by Newton-Schulz with Nesterov's momentum, the rest by AdamW as PyTorch has it."""
    b = state.setdefault("b", zeros(theta))
    gradients = slope(theta)
    others = [g if g.ndim != 2 else np.zeros_like(g) for g in gradients]
    adams = adam(theta, state, lambda _: others, lr, beta1, beta2, eps)
    new = []
    for k, g in enumerate(gradients):
        kept = (1.0 - lr * weight_decay) * theta[k]
        b[k] = beta * b[k] + (1.0 - beta) * g
        if g.ndim == 2:
            scale = np.sqrt(max(1.0, g.shape[0] / g.shape[1]))
            new.append(kept - lr * scale * newton_schulz((1.0 - beta) * g + beta * b[k]))
        else:
            new.append(kept + (adams[k] - theta[k]))
    return new


def muon_quantities(past):
    if past.g.ndim != 2:
        return decayed(past, adam_quantities(past))
    m = mean(past.gradients, past.p["beta"])
    mixed = past.p["beta"] * m + (1.0 - past.p["beta"]) * past.g
    turned = newton_schulz(mixed)
    rows, columns = past.g.shape
    scale = past.eta * np.sqrt(max(1.0, rows / columns))
    return decayed(past, {"m_new": m, "mixed": mixed, "O_": turned, "scale": scale, "step": scale * turned})


def muon_moves(g, t, own, torch):
    """What five iterations make of the only singular value of a 1 × 1 matrix, at norm 1."""
    x = 1.0
    for _ in range(5):
        x = 3.4445 * x - 4.775 * x**3 + 2.0315 * x**5
    return np.full(t.shape, own["lr"] * x)


SIGNS = {
    "rprop": Witness(
        rprop,
        rprop_quantities,
        {"lr": 0.005, "etas": (0.6, 1.1), "step_sizes": (1e-5, 0.02)},
        options=({"etas": (0.4, 1.15), "step_sizes": (1e-5, 0.01)},),
        kept={"g_last": "used", "size": "size_new"},
        tensors={"g_last": "g′", "size": "Δ"},
        first=lambda past: {"size": np.full_like(past.theta, past.rates[0])},
        factors=lambda past: (float(past.t == 1),),
        parts={"etas": ("shrink", "grow"), "step_sizes": ("smallest", "largest")},
        moves=lambda g, t, own, torch: np.minimum(own["lr"] * own["etas"][1] ** (t - 1.0), own["step_sizes"][1]),
        on_rosenbrock={"lr": 0.01},
        still={"step_sizes": (0.0, 0.0)},
    ),
    "lion": Witness(
        lion,
        lion_quantities,
        {"lr": 0.003, "beta1": 0.85, "beta2": 0.95, "weight_decay": 0.1},
        options=({"weight_decay": 0.3},),
        kept={"m": "m_new"},
        factors=kept_share,
        lost=lost_with_the_rate,
        moves=lambda g, t, own, torch: np.full(t.shape, own["lr"]),
    ),
    "muon": Witness(
        muon,
        muon_quantities,
        {"lr": 0.01, "beta": 0.9, "weight_decay": 0.2, "beta1": 0.8, "beta2": 0.95, "eps": 1e-6},
        options=({"weight_decay": 0.3},),
        kept={"m": "m_new", "v": "v_new"},
        decays=("beta1", "beta2"),
        factors=kept_share,
        lost=lost_with_the_rate,
        moves=muon_moves,
    ),
}
