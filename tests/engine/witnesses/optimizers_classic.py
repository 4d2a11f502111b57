"""Witnesses of gradient descent, momentum, and what divides by the size of past gradients."""

from __future__ import annotations

import numpy as np
from witnesses.updates import Witness, faded, mean, zeros


def sgd(theta, state, slope, lr, torch=False):
    return [p - lr * g for p, g in zip(theta, slope(theta), strict=True)]


def momentum(theta, state, slope, lr, beta, torch=False):
    v = state.setdefault("v", zeros(theta))
    for k, g in enumerate(slope(theta)):
        v[k] = beta * v[k] + g
    return [theta[k] - lr * v[k] for k in range(len(theta))]


def momentum_quantities(past):
    v = faded(past.gradients, past.p["beta"])
    return {"v_new": v, "step": past.eta * v}


def nesterov(theta, state, slope, lr, beta, torch=False):
    v = state.setdefault("v", zeros(theta))
    ahead = theta if torch else [theta[k] - lr * beta * v[k] for k in range(len(theta))]
    gradients = slope(ahead)
    for k, g in enumerate(gradients):
        v[k] = beta * v[k] + g
    return [p - lr * (g + beta * v[k] if torch else v[k]) for k, (p, g) in enumerate(zip(theta, gradients, strict=True))]


def nesterov_ahead(past):
    """θ − ηβv with v as the last update left it."""
    before, beta = past.gradients[:-1], past.p["beta"]
    return past.theta - past.eta * beta * faded(before, beta) if before and not past.torch else past.theta


def nesterov_quantities(past):
    v = faded(past.gradients, past.p["beta"])
    if past.torch:
        return {"v_new": v, "step": past.eta * (past.g + past.p["beta"] * v)}
    return {"ahead": nesterov_ahead(past), "v_new": v, "step": past.eta * v}


def velocity(g, t, beta):
    """What a constant gradient has gathered."""
    return g * (1 - beta**t) / (1 - beta)


def divisor(square, eps, torch):
    """√(s + ε), or as PyTorch has it √s + ε."""
    return np.sqrt(square) + eps if torch else np.sqrt(square + eps)


def adagrad(theta, state, slope, lr, eps, lr_decay=0.0, torch=False):
    total = state.setdefault("G", zeros(theta))
    state["t"] = t = state.get("t", 0) + 1
    new = []
    for k, g in enumerate(slope(theta)):
        total[k] = total[k] + g**2
        new.append(theta[k] - lr / (1.0 + (t - 1) * lr_decay) * g / divisor(total[k], eps, torch))
    return new


def adagrad_quantities(past):
    s = sum(past.squares, np.zeros_like(past.g))
    root = divisor(s, past.p["eps"], past.torch)
    return {"s_new": s, "root": root, "step": past.eta * past.g / root}


def rmsprop(theta, state, slope, lr, gamma, eps, centered=False, momentum=0.0, torch=False):
    square, mean, v = (state.setdefault(name, zeros(theta)) for name in ("E", "mean", "v"))
    new = []
    for k, g in enumerate(slope(theta)):
        square[k] = gamma * square[k] + (1.0 - gamma) * g**2
        mean[k] = gamma * mean[k] + (1.0 - gamma) * g
        spread = np.maximum(square[k] - mean[k] ** 2, 0.0) if centered else square[k]
        v[k] = momentum * v[k] + g / divisor(spread, eps, torch)
        new.append(theta[k] - lr * v[k])
    return new


def rmsprop_quantities(past):
    gamma, momentum = past.p["gamma"], past.p.get("momentum", 0.0)
    wide = bool(momentum or past.p.get("centered"))
    sizes, found = [], {}
    for count in range(1, past.t + 1):
        spread = found["s_new"] = mean(past.squares[:count], gamma)
        if past.p.get("centered"):
            middle = found["mean_new"] = mean(past.gradients[:count], gamma)
            spread = found["variance"] = np.maximum(spread - middle**2, 0.0)
        found["root"] = divisor(spread, past.p["eps"], past.torch)
        sizes.append(past.gradients[count - 1] / found["root"])
    if wide:
        found["v_new"] = faded(sizes, momentum)
    return found | {"step": past.eta * (found["v_new"] if wide else sizes[-1])}


def adadelta(theta, state, slope, lr, rho, eps, torch=False):
    """Zeiler 2012, Algorithm 1: the ratio of two root mean squares, RMS[Δx] of the steps before this one."""
    squares = state.setdefault("E[g²]", zeros(theta))
    steps = state.setdefault("E[Δx²]", zeros(theta))
    new = []
    for k, g in enumerate(slope(theta)):
        squares[k] = rho * squares[k] + (1.0 - rho) * g**2
        step = -np.sqrt(steps[k] + eps) / np.sqrt(squares[k] + eps) * g
        steps[k] = rho * steps[k] + (1.0 - rho) * step**2
        new.append(theta[k] + lr * step)
    return new


def adadelta_quantities(past):
    rho, eps = past.p["rho"], past.p["eps"]
    moves = []
    for count in range(1, past.t + 1):
        squares = mean(past.squares[:count], rho)
        before = mean([move**2 for move in moves], rho) if moves else np.zeros_like(past.g)
        moves.append(np.sqrt((before + eps) / (squares + eps)) * past.gradients[count - 1])
    return {
        "E_new": squares,
        "move": moves[-1],
        "X_new": mean([move**2 for move in moves], rho),
        "step": past.eta * moves[-1],
    }


CLASSIC = {
    "sgd": Witness(
        sgd,
        lambda past: {"step": past.eta * past.g},
        {"lr": 0.2},
        moves=lambda g, t, own, torch: np.full(t.shape, own["lr"] * g),
    ),
    "momentum": Witness(
        momentum,
        momentum_quantities,
        {"lr": 0.05, "beta": 0.8},
        kept={"v": "v_new"},
        moves=lambda g, t, own, torch: own["lr"] * velocity(g, t, own["beta"]),
    ),
    "nesterov": Witness(
        nesterov,
        nesterov_quantities,
        {"lr": 0.04, "beta": 0.85},
        kept={"v": "v_new"},
        ahead=nesterov_ahead,
        moves=lambda g, t, own, torch: (
            own["lr"] * (g + own["beta"] * velocity(g, t, own["beta"]) if torch else velocity(g, t, own["beta"]))
        ),
    ),
    "adagrad": Witness(
        adagrad,
        adagrad_quantities,
        {"lr": 0.1, "eps": 1e-6},
        options=({"lr_decay": 0.1},),
        kept={"G": "s_new"},
        moves=lambda g, t, own, torch: own["lr"] * g / divisor(g**2 * t, own["eps"], torch),
    ),
    "rmsprop": Witness(
        rmsprop,
        rmsprop_quantities,
        {"lr": 0.005, "gamma": 0.92, "eps": 1e-6},
        options=({"centered": True}, {"momentum": 0.6}, {"centered": True, "momentum": 0.8}),
        kept={"s": "s_new", "mean": "mean_new", "v": "v_new"},
        tensors={"mean": "ḡ"},
        moves=lambda g, t, own, torch: own["lr"] * g / divisor(g**2 * (1 - own["gamma"] ** t), own["eps"], torch),
    ),
    "adadelta": Witness(
        adadelta,
        adadelta_quantities,
        {"lr": 0.7, "rho": 0.85, "eps": 1e-4},
        kept={"E": "E_new", "X": "X_new"},
        on_rosenbrock={"lr": 1.0},
    ),
}
