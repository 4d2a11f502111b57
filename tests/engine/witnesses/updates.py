"""What the witness of an optimizer is, and what several of them share. Imports nothing from `engine`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np


def nothing(past):
    return 0.0


@dataclass(frozen=True)
class Witness:
    """An update rule, stated twice.

    `rule(theta, state, slope, torch=False, **own)`, as it is printed, update by update: it gets the tensors θ, its own state (a
    dict that starts empty), `slope(θ)` for the gradients anywhere, its parameters with the rate `lr`, and whether PyTorch's
    dialect is meant; it returns the new θ.

    `quantities(past)`, all of one tensor's update (`reference_quantities.Past`), by the names of Step's equations: "step" is
    what is taken from θ, "theta_new" what becomes of it where that is not θ − step. Nothing is carried from update to update
    where the rule allows it: a running mean is the weighted sum over all gradients since the start that it is.

    `own`: parameters for tests, none a default; lively enough to move, calm enough not to amplify rounding. `options`: settings
    to be tried besides.
    """

    rule: Callable
    quantities: Callable
    own: dict
    options: tuple[dict, ...] = ()
    kept: dict[str, str] = field(default_factory=dict)
    """The state by its names in Step's equations, each with the quantity that it becomes; at the start it is 0."""
    tensors: dict[str, str] = field(default_factory=dict)
    """What the engine calls tensors of the state, where that is another name."""
    first: Callable | None = None
    """Its state before the first update, where that is not 0: of `past`."""
    decays: tuple[str, ...] = ()
    """The decays of running means whose start at zero is corrected, unless `bias_correction` is off."""
    factors: Callable = lambda past: ()
    """What the number of an update decides besides: f1, f2, f3."""
    lost: Callable = nothing
    """The share of θ that decay takes."""
    ahead: Callable | None = None
    """Where the gradient is taken, if not at θ; it sees the gradients before this update alone."""
    torch_only: tuple[str, ...] = ()
    """Parameters that only PyTorch's dialect has."""
    parts: dict[str, tuple[str, str]] = field(default_factory=dict)
    """What the equations call the parts of a pair."""
    moves: Callable | None = None
    """Its steps in closed form under a gradient that is always the same number: of that number, the numbers of the updates, the
    parameters, and whether PyTorch's dialect is meant."""
    on_rosenbrock: dict = field(default_factory=lambda: {"lr": 5e-4})
    """What of `own` is otherwise there."""
    still: dict = field(default_factory=dict)
    """With which the rule stands still at rate 0."""


def zeros(theta):
    return [np.zeros_like(p) for p in theta]


def faded(values, share, weight=1.0):
    """weight · Σ_i share^(t−i) values_i: what `x ← share x + weight value` has become, from 0."""
    weights = weight * share ** np.arange(len(values) - 1.0, -1.0, -1.0)
    return np.tensordot(weights, np.stack(values), axes=1)


def mean(values, share):
    return faded(values, share, 1.0 - share)


def over(number, size):
    """number / size, and 0 where nothing is divided by nothing."""
    return np.divide(number, size, out=np.zeros_like(number), where=size > 0.0)


def decayed(past, found):
    """θ first loses a share of itself."""
    shrunk = past.theta - past.lost() * past.theta
    return found | {"shrunk": shrunk, "theta_new": shrunk - found["step"]}


def lost_with_the_rate(past):
    return past.p["weight_decay"] * past.eta


def kept_share(past):
    return (1.0 - past.lost(),)
