"""Witnesses of Adam and its family."""

from __future__ import annotations

import numpy as np
from witnesses.updates import Witness, decayed, kept_share, mean, over, zeros


def means(theta, state, slope, beta1, beta2):
    """Both running means after this gradient, the update's number, the gradient."""
    m, v = state.setdefault("m", zeros(theta)), state.setdefault("v", zeros(theta))
    state["t"] = state.get("t", 0) + 1
    gradients = slope(theta)
    for k, g in enumerate(gradients):
        m[k] = beta1 * m[k] + (1.0 - beta1) * g
        v[k] = beta2 * v[k] + (1.0 - beta2) * g**2
    return m, v, state["t"], gradients


def adam(theta, state, slope, lr, beta1, beta2, eps, bias_correction=True, torch=False):
    m, v, t, _ = means(theta, state, slope, beta1, beta2)
    c1, c2 = (1.0 - beta1**t, 1.0 - beta2**t) if bias_correction else (1.0, 1.0)
    return [p - lr * (m[k] / c1) / (np.sqrt(v[k] / c2) + eps) for k, p in enumerate(theta)]


def both_means(past):
    c1, c2 = past.corrections()
    m, v = mean(past.gradients, past.p["beta1"]), mean(past.squares, past.p["beta2"])
    return {"m_new": m, "v_new": v}, m / c1, v / c2


def adam_quantities(past):
    found, m_hat, v_hat = both_means(past)
    root = np.sqrt(v_hat) + past.p["eps"]
    return found | {"m_hat": m_hat, "v_hat": v_hat, "root": root, "step": past.eta * m_hat / root}


def amsgrad(theta, state, slope, lr, beta1, beta2, eps, bias_correction=False, torch=False):
    """Reddi et al. 2018: v̂_t = max(v̂_{t−1}, v_t); no correction in the paper."""
    m, v, t, _ = means(theta, state, slope, beta1, beta2)
    state["most"] = top = [np.maximum(old, new) for old, new in zip(state.get("most", v), v, strict=True)]
    c1, c2 = (1.0 - beta1**t, 1.0 - beta2**t) if bias_correction else (1.0, 1.0)
    return [p - lr * (m[k] / c1) / (np.sqrt(top[k] / c2) + eps) for k, p in enumerate(theta)]


def amsgrad_quantities(past):
    found, m_hat, _ = both_means(past)
    top = np.max([mean(past.squares[:count], past.p["beta2"]) for count in range(1, past.t + 1)], axis=0)
    root = np.sqrt(top / past.corrections()[1]) + past.p["eps"]
    return found | {"top_new": top, "root": root, "step": past.eta * m_hat / root}


def amsgrad_moves(g, t, own, torch):
    if torch:  # corrected
        return adam_moves(g, t, own, torch)
    return own["lr"] * g * (1 - own["beta1"] ** t) / (g * np.sqrt(1 - own["beta2"] ** t) + own["eps"])


def adamw(theta, state, slope, lr, beta1, beta2, eps, weight_decay, bias_correction=True, torch=False):
    """Loshchilov and Hutter 2019, Algorithm 2, line 12, with η_t = 1: λ is not multiplied by α; in PyTorch it is."""
    moved = adam(theta, state, slope, lr, beta1, beta2, eps, bias_correction)
    return [new - weight_decay * (lr if torch else 1.0) * old for new, old in zip(moved, theta, strict=True)]


def adamw_lost(past):
    """In the paper λ goes with the schedule alone, in PyTorch with the rate."""
    return past.p["weight_decay"] * (past.eta if past.torch else past.eta / past.lr)


def torchs_momentum(t, beta1, psi):
    """μ_t of PyTorch's NAdam."""
    return beta1 * (1.0 - 0.5 * 0.96 ** (t * psi))


def nadam(theta, state, slope, lr, beta1, beta2, eps, psi=0.0, torch=False):
    """Dozat 2016 with constant momentum: m of the next step in place of this one's. In PyTorch the momentum rises."""
    m, v, t, gradients = means(theta, state, slope, beta1, beta2)
    now, following = (torchs_momentum(s, beta1, psi) if torch else beta1 for s in (t, t + 1))
    state["product"] = product = state.get("product", 1.0) * now
    new = []
    for k, g in enumerate(gradients):
        ahead = following * m[k] / (1.0 - product * following) + (1.0 - now) * g / (1.0 - product)
        new.append(theta[k] - lr * ahead / (np.sqrt(v[k] / (1.0 - beta2**t)) + eps))
    return new


def nadam_factors(past):
    """What g and m are multiplied by, and this update's momentum."""

    def momentum(t):
        return torchs_momentum(t, past.p["beta1"], past.p["psi"]) if past.torch else past.p["beta1"]

    product = np.prod([momentum(t) for t in range(1, past.t + 1)])
    now, following = momentum(past.t), momentum(past.t + 1)
    return past.eta * (1.0 - now) / (1.0 - product), past.eta * following / (1.0 - product * following), now


def nadam_quantities(past):
    found, _, v_hat = both_means(past)
    of_g, of_m, _ = nadam_factors(past)
    root, mixed = np.sqrt(v_hat) + past.p["eps"], of_g * past.g + of_m * found["m_new"]
    return found | {"v_hat": v_hat, "root": root, "mixed": mixed, "step": mixed / root}


def nadam_moves(g, t, own, torch):
    beta1 = own["beta1"]
    mixed = beta1 * (1 - beta1**t) / (1 - beta1 ** (t + 1)) + (1 - beta1) / (1 - beta1**t)
    return None if torch else own["lr"] * mixed * g / (g + own["eps"])


def rho(t, beta2):
    """RAdam's ρ_t and ρ_∞."""
    most = 2.0 / (1.0 - beta2) - 1.0
    return most - 2.0 * t * beta2**t / (1.0 - beta2**t), most


def rectification(length, most):
    return np.sqrt((length - 4.0) * (length - 2.0) * most / ((most - 4.0) * (most - 2.0) * length))


def radam(theta, state, slope, lr, beta1, beta2, eps=0.0, torch=False):
    """Liu et al. 2020, Algorithm 2, line by line; l_t of a v that is 0 counts as 0."""
    m, v, t, _ = means(theta, state, slope, beta1, beta2)
    m_hat = [each / (1.0 - beta1**t) for each in m]
    length, most = rho(t, beta2)
    if length <= (5.0 if torch else 4.0):
        return [p - lr * m_hat[k] for k, p in enumerate(theta)]
    r = rectification(length, most)
    return [
        p - lr * r * m_hat[k] * over(np.full_like(p, np.sqrt(1.0 - beta2**t)), np.sqrt(v[k]) + eps) for k, p in enumerate(theta)
    ]


def radam_factors(past):
    """What m is multiplied by, and whether it is divided by the root of v."""
    plain = past.eta / (1.0 - past.p["beta1"] ** past.t)
    length, most = rho(past.t, past.p["beta2"])
    if length <= (5.0 if past.torch else 4.0):
        return plain, 0.0
    return plain * rectification(length, most) * np.sqrt(1.0 - past.p["beta2"] ** past.t), 1.0


def radam_quantities(past):
    found, _, _ = both_means(past)
    root = np.sqrt(found["v_new"]) + (past.p["eps"] if past.torch else 0.0)
    rate, rectified = radam_factors(past)
    move = rate * found["m_new"]
    return found | {"root": root, "step": over(move, root) if rectified else move}


def adamax(theta, state, slope, lr, beta1, beta2, eps=0.0, bias_correction=True, torch=False):
    """Kingma and Ba 2015, Algorithm 2; 0/0 counts as 0. PyTorch adds ε to |g|."""
    m, u = state.setdefault("m", zeros(theta)), state.setdefault("u", zeros(theta))
    state["t"] = t = state.get("t", 0) + 1
    new = []
    for k, g in enumerate(slope(theta)):
        m[k] = beta1 * m[k] + (1.0 - beta1) * g
        u[k] = np.maximum(beta2 * u[k], np.abs(g) + eps)
        new.append(theta[k] - lr / (1.0 - beta1**t if bias_correction else 1.0) * over(m[k], u[k]))
    return new


def adamax_quantities(past):
    beta2, eps = past.p["beta2"], past.p["eps"] if past.torch else 0.0
    m = mean(past.gradients, past.p["beta1"])
    each = [beta2 ** (past.t - 1 - i) * (np.abs(g) + eps) for i, g in enumerate(past.gradients)]
    u, old = np.max(each, axis=0), np.max([*each[:-1], np.zeros_like(past.g)], axis=0)
    step = over(past.eta * m / past.corrections()[0], u)
    return {"m_new": m, "faded": old, "now": np.abs(past.g) + eps, "u_new": u, "step": step}


def adam_moves(g, t, own, torch):
    return np.full(t.shape, own["lr"] * g / (g + own["eps"]))


BETAS = {"beta1": 0.8, "beta2": 0.95}
MEANS = {"m": "m_new", "v": "v_new"}
DECAYS = ("beta1", "beta2")
UNCORRECTED = {"bias_correction": False}

ADAM_FAMILY = {
    "adam": Witness(
        adam,
        adam_quantities,
        {"lr": 0.02, **BETAS, "eps": 1e-6},
        options=(UNCORRECTED,),
        kept=MEANS,
        decays=DECAYS,
        moves=adam_moves,
    ),
    "amsgrad": Witness(
        amsgrad,
        amsgrad_quantities,
        {"lr": 0.02, **BETAS, "eps": 1e-6},
        options=({"bias_correction": True}, UNCORRECTED),
        kept=MEANS | {"top": "top_new"},
        tensors={"top": "vₘₐₓ"},
        decays=DECAYS,
        moves=amsgrad_moves,
    ),
    "adamw": Witness(
        adamw,
        lambda past: decayed(past, adam_quantities(past)),
        {"lr": 0.01, **BETAS, "eps": 1e-6, "weight_decay": 0.003},
        options=(UNCORRECTED | {"weight_decay": 0.05},),
        kept=MEANS,
        decays=DECAYS,
        factors=kept_share,
        lost=adamw_lost,
        moves=adam_moves,
        still={"weight_decay": 0.0},  # the paper's decays all the same
    ),
    "nadam": Witness(
        nadam,
        nadam_quantities,
        {"lr": 0.02, **BETAS, "eps": 1e-6},
        options=({"psi": 0.05},),
        kept=MEANS,
        decays=DECAYS,
        factors=nadam_factors,
        torch_only=("psi",),
        moves=nadam_moves,
    ),
    "radam": Witness(
        radam,
        radam_quantities,
        {"lr": 0.02, **BETAS},
        options=({"beta2": 0.8}, {"eps": 1e-4}),
        kept=MEANS,
        decays=DECAYS,
        factors=radam_factors,
        torch_only=("eps",),
    ),
    "adamax": Witness(
        adamax,
        adamax_quantities,
        {"lr": 0.02, **BETAS},
        options=(UNCORRECTED, {"eps": 1e-4}),
        kept={"m": "m_new", "u": "u_new"},
        decays=DECAYS,
        factors=lambda past: (past.eta / past.corrections()[0],),
        torch_only=("eps",),
        moves=lambda g, t, own, torch: np.full(t.shape, own["lr"] * g / (g + (1e-8 if torch else 0.0))),
    ),
}
