"""Update rules, textbook dialect, in plain NumPy, to hold the engine against. It imports nothing from `engine`.

Each rule gets the tensors θ, its own state (a dict that starts empty), `slope(θ)` for the gradient anywhere, its parameters.
"""

from __future__ import annotations

import numpy as np


def sgd(theta, state, slope, lr):
    return [p - lr * g for p, g in zip(theta, slope(theta), strict=True)]


def momentum(theta, state, slope, lr, beta):
    v = state.setdefault("v", [np.zeros_like(p) for p in theta])
    for k, g in enumerate(slope(theta)):
        v[k] = beta * v[k] + g
    return [theta[k] - lr * v[k] for k in range(len(theta))]


def nesterov(theta, state, slope, lr, beta):
    v = state.setdefault("v", [np.zeros_like(p) for p in theta])
    ahead = [theta[k] - lr * beta * v[k] for k in range(len(theta))]
    for k, g in enumerate(slope(ahead)):
        v[k] = beta * v[k] + g
    return [theta[k] - lr * v[k] for k in range(len(theta))]


def adagrad(theta, state, slope, lr, eps, lr_decay=0.0):
    total = state.setdefault("G", [np.zeros_like(p) for p in theta])
    state["t"] = t = state.get("t", 0) + 1
    new = []
    for k, g in enumerate(slope(theta)):
        total[k] = total[k] + g**2
        new.append(theta[k] - lr / (1.0 + (t - 1) * lr_decay) * g / np.sqrt(total[k] + eps))
    return new


def rmsprop(theta, state, slope, lr, gamma, eps, centered=False, momentum=0.0):
    square = state.setdefault("E", [np.zeros_like(p) for p in theta])
    mean = state.setdefault("mean", [np.zeros_like(p) for p in theta])
    v = state.setdefault("v", [np.zeros_like(p) for p in theta])
    new = []
    for k, g in enumerate(slope(theta)):
        square[k] = gamma * square[k] + (1.0 - gamma) * g**2
        mean[k] = gamma * mean[k] + (1.0 - gamma) * g
        spread = np.maximum(square[k] - mean[k] ** 2, 0.0) if centered else square[k]
        v[k] = momentum * v[k] + g / np.sqrt(spread + eps)
        new.append(theta[k] - lr * v[k])
    return new


def adadelta(theta, state, slope, lr, rho, eps):
    """Zeiler 2012, Algorithm 1: the ratio of two root mean squares, RMS[Δx] of the steps before this one."""
    squares = state.setdefault("E[g²]", [np.zeros_like(p) for p in theta])
    steps = state.setdefault("E[Δx²]", [np.zeros_like(p) for p in theta])
    new = []
    for k, g in enumerate(slope(theta)):
        squares[k] = rho * squares[k] + (1.0 - rho) * g**2
        step = -np.sqrt(steps[k] + eps) / np.sqrt(squares[k] + eps) * g
        steps[k] = rho * steps[k] + (1.0 - rho) * step**2
        new.append(theta[k] + lr * step)
    return new


def means(theta, state, slope, beta1, beta2):
    """Both running means after this gradient, the update's number, the gradient."""
    m = state.setdefault("m", [np.zeros_like(p) for p in theta])
    v = state.setdefault("v", [np.zeros_like(p) for p in theta])
    state["t"] = state.get("t", 0) + 1
    gradients = slope(theta)
    for k, g in enumerate(gradients):
        m[k] = beta1 * m[k] + (1.0 - beta1) * g
        v[k] = beta2 * v[k] + (1.0 - beta2) * g**2
    return m, v, state["t"], gradients


def adam(theta, state, slope, lr, beta1, beta2, eps, bias_correction=True):
    m, v, t, _ = means(theta, state, slope, beta1, beta2)
    c1, c2 = (1.0 - beta1**t, 1.0 - beta2**t) if bias_correction else (1.0, 1.0)
    return [p - lr * (m[k] / c1) / (np.sqrt(v[k] / c2) + eps) for k, p in enumerate(theta)]


def amsgrad(theta, state, slope, lr, beta1, beta2, eps, bias_correction=False):
    """Reddi et al. 2018: v̂_t = max(v̂_{t−1}, v_t); no correction in the paper."""
    m, v, t, _ = means(theta, state, slope, beta1, beta2)
    state["most"] = top = [np.maximum(old, new) for old, new in zip(state.get("most", v), v, strict=True)]
    c1, c2 = (1.0 - beta1**t, 1.0 - beta2**t) if bias_correction else (1.0, 1.0)
    return [p - lr * (m[k] / c1) / (np.sqrt(top[k] / c2) + eps) for k, p in enumerate(theta)]


def adamw(theta, state, slope, lr, beta1, beta2, eps, weight_decay, bias_correction=True):
    """Loshchilov and Hutter 2019, Algorithm 2, line 12, with η_t = 1: λ is not multiplied by α."""
    moved = adam(theta, state, slope, lr, beta1, beta2, eps, bias_correction)
    return [new - weight_decay * old for new, old in zip(moved, theta, strict=True)]


def nadam(theta, state, slope, lr, beta1, beta2, eps):
    """Dozat 2016 with constant momentum: m of the next step in place of this one's."""
    m, v, t, gradients = means(theta, state, slope, beta1, beta2)
    new = []
    for k, g in enumerate(gradients):
        ahead = beta1 * m[k] / (1.0 - beta1 ** (t + 1)) + (1.0 - beta1) * g / (1.0 - beta1**t)
        new.append(theta[k] - lr * ahead / (np.sqrt(v[k] / (1.0 - beta2**t)) + eps))
    return new


def radam(theta, state, slope, lr, beta1, beta2):
    """Liu et al. 2020, Algorithm 2, line by line; l_t of a v that is 0 counts as 0."""
    m, v, t, _ = means(theta, state, slope, beta1, beta2)
    m_hat = [each / (1.0 - beta1**t) for each in m]
    rho_inf = 2.0 / (1.0 - beta2) - 1.0
    rho = rho_inf - 2.0 * t * beta2**t / (1.0 - beta2**t)
    if rho <= 4.0:
        return [p - lr * m_hat[k] for k, p in enumerate(theta)]
    r = np.sqrt((rho - 4.0) * (rho - 2.0) * rho_inf / ((rho_inf - 4.0) * (rho_inf - 2.0) * rho))
    new = []
    for k, p in enumerate(theta):
        length = np.sqrt(np.divide(1.0 - beta2**t, v[k], out=np.zeros_like(p), where=v[k] > 0.0))
        new.append(p - lr * r * m_hat[k] * length)
    return new


def adamax(theta, state, slope, lr, beta1, beta2, bias_correction=True):
    """Kingma and Ba 2015, Algorithm 2; 0/0 counts as 0."""
    m = state.setdefault("m", [np.zeros_like(p) for p in theta])
    u = state.setdefault("u", [np.zeros_like(p) for p in theta])
    state["t"] = t = state.get("t", 0) + 1
    new = []
    for k, g in enumerate(slope(theta)):
        m[k] = beta1 * m[k] + (1.0 - beta1) * g
        u[k] = np.maximum(beta2 * u[k], np.abs(g))
        ratio = np.divide(m[k], u[k], out=np.zeros_like(g), where=u[k] > 0.0)
        new.append(theta[k] - lr / (1.0 - beta1**t if bias_correction else 1.0) * ratio)
    return new


def rprop(theta, state, slope, lr, etas, step_sizes):
    """iRprop− (Igel and Hüsken 2000, figure 4), one number at a time."""
    before = state.setdefault("before", [np.zeros_like(p) for p in theta])
    size = state.setdefault("size", [np.full_like(p, lr) for p in theta])
    new = []
    for k, g in enumerate(slope(theta)):
        moved = theta[k].copy()
        for i in np.ndindex(g.shape):
            used = g[i]
            if before[k][i] * g[i] > 0.0:
                size[k][i] = min(size[k][i] * etas[1], step_sizes[1])
            elif before[k][i] * g[i] < 0.0:
                size[k][i] = max(size[k][i] * etas[0], step_sizes[0])
                used = 0.0
            moved[i] -= np.sign(used) * size[k][i]
            before[k][i] = used
        new.append(moved)
    return new


def lion(theta, state, slope, lr, beta1, beta2, weight_decay=0.0):
    """Chen et al. 2023, Algorithm 2."""
    m = state.setdefault("m", [np.zeros_like(p) for p in theta])
    new = []
    for k, g in enumerate(slope(theta)):
        c = beta1 * m[k] + (1.0 - beta1) * g
        new.append(theta[k] - lr * (np.sign(c) + weight_decay * theta[k]))
        m[k] = beta2 * m[k] + (1.0 - beta2) * g
    return new


def newton_schulz(matrix):
    """The quintic iteration of Jordan et al. 2024 on either side of a matrix: rows or columns give the same polynomial."""
    x = matrix / max(np.sqrt(np.sum(matrix**2)), 1e-7)
    for _ in range(5):
        x = 3.4445 * x - 4.7750 * x @ x.T @ x + 2.0315 * x @ x.T @ x @ x.T @ x
    return x


def muon(theta, state, slope, lr, beta, weight_decay, beta1, beta2, eps):
    """Matrices by Newton-Schulz with Nesterov's momentum, the rest by AdamW as PyTorch has it."""
    b = state.setdefault("b", [np.zeros_like(p) for p in theta])
    gradients = slope(theta)
    adams = adam(theta, state, lambda _: gradients, lr, beta1, beta2, eps)
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


RULES = {
    "sgd": sgd,
    "momentum": momentum,
    "nesterov": nesterov,
    "adagrad": adagrad,
    "rmsprop": rmsprop,
    "adadelta": adadelta,
    "adam": adam,
    "amsgrad": amsgrad,
    "adamw": adamw,
    "nadam": nadam,
    "radam": radam,
    "adamax": adamax,
    "rprop": rprop,
    "lion": lion,
    "muon": muon,
}
