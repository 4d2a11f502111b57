"""The largest rate with which an optimizer is stable on a quadratic, as its row says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.array import Array

State = Mapping[str, Array]
Options = Mapping[str, Any]


@dataclass(frozen=True)
class Stability:
    """η < c / (λ_max + d): `factor` is c of its own parameters after so many updates, `formula` the bound in LaTeX.
    `added` is d, what a decoupled decay multiplied by the rate adds to every curvature.

    `divisor`: what the optimizer divides by, (P,), as its state (tensors by name, (P,)) stands after so many updates; λ_max
    is then of P⁻¹H. None where it does not divide.
    """

    factor: Callable[[Options, int], float]
    formula: str
    divisor: Callable[[State, Options, int], Array] | None = None
    added: Callable[[Options], float] = lambda o: 0.0
    fades: bool = False
    """Whether what it divides by shrinks where gradients vanish, so that a rate comes to its bound there."""


def heavy_ball(o: Options, momentum: str = "beta") -> float:
    return 2.0 * (1.0 + float(o[momentum]))


def root_inside(tensor: str) -> Callable[[State, Options, int], Array]:
    """√(s + ε) of a tensor."""
    return lambda state, o, updates: np.sqrt(state[tensor] + o["eps"])


def root_outside(tensor: str) -> Callable[[State, Options, int], Array]:
    """√s + ε of a tensor."""
    return lambda state, o, updates: np.sqrt(state[tensor]) + o["eps"]


def corrected_root(tensor: str) -> Callable[[State, Options, int], Array]:
    """√v̂ + ε of a tensor, corrected for its start at zero, unless that is switched off."""

    def divisor(state: State, o: Options, updates: int) -> Array:
        corrected = 1.0 - o["beta2"] ** updates if o.get("bias_correction", True) else 1.0
        root: Array = np.sqrt(state[tensor] / corrected) + o["eps"]
        return root

    return divisor


def spread_inside(state: State, o: Options, updates: int) -> Array:
    """√(s − ḡ² + ε), of a centred square."""
    root: Array = np.sqrt(np.maximum(state["s"] - state["ḡ"] ** 2, 0.0) + o["eps"])
    return root


def spread_outside(state: State, o: Options, updates: int) -> Array:
    """√(s − ḡ²) + ε"""
    root: Array = np.sqrt(np.maximum(state["s"] - state["ḡ"] ** 2, 0.0)) + o["eps"]
    return root


def past_steps(state: State, o: Options, updates: int) -> Array:
    """Adadelta's √(E + ε) / √(X + ε)."""
    ratio: Array = np.sqrt(state["E"] + o["eps"]) / np.sqrt(state["X"] + o["eps"])
    return ratio


def fading_maximum(state: State, o: Options, updates: int) -> Array:
    """Adamax' u, in which PyTorch's ε is already."""
    return state["u"]


def rectified(least: float) -> Callable[[State, Options, int], Array]:
    """RAdam's (√v + ε) / (r √(1 − β₂ᵗ)) once ρₜ is above `least`; nothing is divided by before."""

    def divisor(state: State, o: Options, updates: int) -> Array:
        power = o["beta2"] ** updates
        longest = 2.0 / (1.0 - o["beta2"]) - 1.0
        length = longest - 2.0 * updates * power / (1.0 - power)
        if length <= least:
            return np.ones_like(state["v"])
        ratio = (length - 4.0) * (length - 2.0) * longest / ((longest - 4.0) * (longest - 2.0) * length)
        root: Array = (np.sqrt(state["v"]) + o.get("eps", 0.0)) / np.sqrt((1.0 - power) * ratio)
        return root

    return divisor


def adaptive(divisor: Callable[[State, Options, int], Array], *, fades: bool = True) -> Stability:
    """Gradient descent over what it divides by."""
    return Stability(lambda o, t: 2.0, r"\eta < \frac{2}{\lambda_{\max}(P^{-1}H)}", divisor, fades=fades)


def adaptive_heavy_ball(divisor: Callable[[State, Options, int], Array]) -> Stability:
    """RMSProp's velocity over what it divides by."""
    formula = r"\eta < \frac{2(1 + \beta)}{\lambda_{\max}(P^{-1}H)}"
    return Stability(lambda o, t: heavy_ball(o, "momentum"), formula, divisor, fades=True)


def adaptive_mean(divisor: Callable[[State, Options, int], Array], *, fades: bool = True) -> Stability:
    """Adam's mean over what it divides by."""
    formula = r"\eta < \frac{2(1 + \beta_1)}{(1 - \beta_1)\, \lambda_{\max}(P^{-1}H)}"
    return Stability(lambda o, t: heavy_ball(o, "beta1") / (1.0 - o["beta1"]), formula, divisor, fades=fades)


def decayed_mean(divisor: Callable[[State, Options, int], Array]) -> Stability:
    """AdamW's, whose decay is multiplied by the rate. A step along curvature h has the characteristic polynomial
    z² − (s + β₁ − η(1 − β₁)h) z + sβ₁ with s = 1 − ηλ, which at the bound is 0 at z = −1."""
    formula = r"\eta < \frac{2(1 + \beta_1)}{(1 - \beta_1)\, \lambda_{\max}(P^{-1}H) + (1 + \beta_1)\lambda}"

    def share(o: Options) -> float:
        return float((1.0 + o["beta1"]) / (1.0 - o["beta1"]))

    return Stability(lambda o, t: 2.0 * share(o), formula, divisor, lambda o: o["weight_decay"] * share(o), True)


def papers_decayed_mean(divisor: Callable[[State, Options, int], Array]) -> Stability:
    """The same with s = 1 − λ, as in the paper, at the schedule's full rate."""
    formula = r"\eta < \frac{(2 - \lambda)(1 + \beta_1)}{(1 - \beta_1)\, \lambda_{\max}(P^{-1}H)}"

    def factor(o: Options, updates: int) -> float:
        return float((2.0 - o["weight_decay"]) * (1.0 + o["beta1"]) / (1.0 - o["beta1"]))

    return Stability(factor, formula, divisor, fades=True)


def looking_ahead(momentum: Callable[[Options, int], float], denominator: str) -> Stability:
    """NAdam's, a step along μm + (1 − μ)g, with its momentum μ as it is. Along curvature h its characteristic polynomial is
    z² − (1 + β₁ − η(1 − μβ₁)h) z + β₁ − η(1 − μ)β₁h, which at the bound is 0 at z = −1. At μ = β₁ it is Nesterov's over
    1 − β₁."""

    def factor(o: Options, updates: int) -> float:
        return float(heavy_ball(o, "beta1") / (1.0 + o["beta1"] - 2.0 * momentum(o, updates) * o["beta1"]))

    formula = rf"\eta < \frac{{2(1 + \beta_1)}}{{{denominator}\, \lambda_{{\max}}(P^{{-1}}H)}}"
    return Stability(factor, formula, corrected_root("v"), fades=True)


def rising(o: Options, updates: int) -> float:
    """μ of PyTorch's NAdam at the next update."""
    return float(o["beta1"] * (1.0 - 0.5 * 0.96 ** ((updates + 1) * o["psi"])))


CONSTANT_MOMENTUM = looking_ahead(lambda o, t: float(o["beta1"]), r"(1 - \beta_1)(1 + 2\beta_1)")
RISING_MOMENTUM = looking_ahead(rising, r"(1 + \beta_1 - 2\beta_1\mu_t)")
DESCENT = Stability(lambda o, t: 2.0, r"\eta < \frac{2}{\lambda_{\max}}")
HEAVY_BALL = Stability(lambda o, t: heavy_ball(o), r"\eta < \frac{2(1 + \beta)}{\lambda_{\max}}")
NESTEROV = Stability(
    lambda o, t: heavy_ball(o) / (1.0 + 2.0 * o["beta"]), r"\eta < \frac{2(1 + \beta)}{(1 + 2\beta)\, \lambda_{\max}}"
)
