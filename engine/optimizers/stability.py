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
    """η < c / (λ_max + d): `factor` is c of the optimizer's own parameters, `formula` the bound in LaTeX. `added` is d, what a
    decoupled decay multiplied by the rate adds to every curvature.

    `divisor`: what the optimizer divides by, (P,), as its state (tensors by name, (P,)) stands after so many updates; λ_max
    is then of P⁻¹H. None where it does not divide.
    """

    factor: Callable[[Options], float]
    formula: str
    divisor: Callable[[State, Options, int], Array] | None = None
    added: Callable[[Options], float] = lambda o: 0.0


def heavy_ball(o: Options, momentum: str = "beta") -> float:
    return 2.0 * (1.0 + float(o[momentum]))


def root_inside(tensor: str) -> Callable[[State, Options, int], Array]:
    """√(s + ε) of a tensor."""
    return lambda state, o, updates: np.sqrt(state[tensor] + o["eps"])


def root_outside(tensor: str) -> Callable[[State, Options, int], Array]:
    """√s + ε of a tensor."""
    return lambda state, o, updates: np.sqrt(state[tensor]) + o["eps"]


def corrected_root(tensor: str) -> Callable[[State, Options, int], Array]:
    """√v̂ + ε of a tensor, corrected for its start at zero where that is asked for."""

    def divisor(state: State, o: Options, updates: int) -> Array:
        corrected = 1.0 - o["beta2"] ** updates if o["bias_correction"] else 1.0
        root: Array = np.sqrt(state[tensor] / corrected) + o["eps"]
        return root

    return divisor


def adaptive(divisor: Callable[[State, Options, int], Array]) -> Stability:
    """Gradient descent over what it divides by."""
    return Stability(lambda o: 2.0, r"\eta < \frac{2}{\lambda_{\max}(P^{-1}H)}", divisor)


def adaptive_heavy_ball(divisor: Callable[[State, Options, int], Array]) -> Stability:
    """RMSProp's velocity over what it divides by."""
    formula = r"\eta < \frac{2(1 + \beta)}{\lambda_{\max}(P^{-1}H)}"
    return Stability(lambda o: heavy_ball(o, "momentum"), formula, divisor)


def adaptive_mean(divisor: Callable[[State, Options, int], Array]) -> Stability:
    """Adam's mean over what it divides by."""
    formula = r"\eta < \frac{2(1 + \beta_1)}{(1 - \beta_1)\, \lambda_{\max}(P^{-1}H)}"
    return Stability(lambda o: heavy_ball(o, "beta1") / (1.0 - o["beta1"]), formula, divisor)


def decayed_mean(divisor: Callable[[State, Options, int], Array]) -> Stability:
    """AdamW's, whose decay is multiplied by the rate. A step along curvature h has the characteristic polynomial
    z² − (s + β₁ − η(1 − β₁)h) z + sβ₁ with s = 1 − ηλ, which at the bound is 0 at z = −1."""
    formula = r"\eta < \frac{2(1 + \beta_1)}{(1 - \beta_1)\, \lambda_{\max}(P^{-1}H) + (1 + \beta_1)\lambda}"

    def share(o: Options) -> float:
        return float((1.0 + o["beta1"]) / (1.0 - o["beta1"]))

    return Stability(lambda o: 2.0 * share(o), formula, divisor, lambda o: o["weight_decay"] * share(o))


def papers_decayed_mean(divisor: Callable[[State, Options, int], Array]) -> Stability:
    """The same with s = 1 − λ, as in the paper, at the schedule's full rate."""
    formula = r"\eta < \frac{(2 - \lambda)(1 + \beta_1)}{(1 - \beta_1)\, \lambda_{\max}(P^{-1}H)}"
    return Stability(lambda o: (2.0 - o["weight_decay"]) * (1.0 + o["beta1"]) / (1.0 - o["beta1"]), formula, divisor)


DESCENT = Stability(lambda o: 2.0, r"\eta < \frac{2}{\lambda_{\max}}")
HEAVY_BALL = Stability(heavy_ball, r"\eta < \frac{2(1 + \beta)}{\lambda_{\max}}")
NESTEROV = Stability(
    lambda o: heavy_ball(o) / (1.0 + 2.0 * o["beta"]), r"\eta < \frac{2(1 + \beta)}{(1 + 2\beta)\, \lambda_{\max}}"
)
