"""What an optimizer computes for one parameter, quantity by quantity: the kernel's own formulas, as data.

A formula is written in the order in which the kernel computes it, so that the last quantity is the run's to the last bit.
It may read `theta` and the optimizer's state before the update, `g` the gradient, `eta` this update's rate, the optimizer's
parameters by their names, `c1` and `c2` the bias corrections, `f1`, `f2`, `f3` what the update's number decides besides
(`rate` of `engine.kernels.optimizers.dispatch`), `rows` and `cols` of a matrix, and every quantity before it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Quantity:
    """One quantity: its name in later formulas, LaTeX, words, formula; `becomes`: what it is to the next update: "theta", or
    the state tensor by its name in formulas. `textbook`: the same value but for rounding, as books write it, where that is not
    the order in which the kernel computes."""

    name: str
    symbol: str
    words: str
    formula: str
    becomes: str | None = None
    textbook: str = ""


@dataclass(frozen=True)
class Alias:
    """What formulas call a state tensor, or a part of a parameter, whose own name is no name there; `symbol` is LaTeX."""

    name: str
    of: str
    symbol: str


@dataclass(frozen=True)
class UpdateEquations:
    """An optimizer's quantities in their order, and what they call by other names."""

    quantities: tuple[Quantity, ...]
    aliases: tuple[Alias, ...] = ()

    def in_formulas(self, own: str) -> str:
        """What a state tensor, or a part of a parameter, is called in formulas."""
        return next((alias.name for alias in self.aliases if alias.of == own), own)

    def symbol_of(self, tensor: str) -> str:
        """LaTeX of a state tensor: its alias's, or its name."""
        return next((alias.symbol for alias in self.aliases if alias.of == tensor), tensor)


SYMBOLS = {
    "theta": r"\theta",
    "g": "g",
    "eta": r"\eta",
    "c1": r"(1 - \beta_1^t)",
    "c2": r"(1 - \beta_2^t)",
    "f1": "f_1",
    "f2": "f_2",
    "rows": "d_l",
    "cols": "d_{l-1}",
}
"""LaTeX of what any optimizer may read; a parameter has its own, a state tensor's is its name or its alias's."""


def equations(*quantities: Quantity, aliases: tuple[Alias, ...] = ()) -> UpdateEquations:
    return UpdateEquations(quantities, aliases)


def new(formula: str = "theta - step") -> Quantity:
    """θ after the update: the last quantity of all."""
    return Quantity("theta_new", r"\theta'", "the parameter after the update", formula, "theta")


STEP = "step"


def step(formula: str, words: str = "the step: what is taken away from the parameter", textbook: str = "") -> Quantity:
    return Quantity(STEP, r"\Delta", words, formula, textbook=textbook)


def mean(formula: str = "beta * m + (1 - beta) * g", words: str = "the running mean of gradients") -> Quantity:
    return Quantity("m_new", "m'", words, formula, "m")


def size(symbol: str, formula: str) -> Quantity:
    """What the gradient, or a mean of it, is divided by."""
    return Quantity("root", symbol, "how large gradients have been here", formula)


M = mean("beta1 * m + (1 - beta1) * g")
V = Quantity("v_new", "v'", "the running mean of squared gradients", "beta2 * v + (1 - beta2) * (g * g)", "v")
M_HAT = Quantity("m_hat", r"\hat m", "the mean, corrected for its start at zero", "m_new / c1")
V_HAT = Quantity("v_hat", r"\hat v", "the mean of squares, corrected for its start at zero", "v_new / c2")
CORRECTED_ROOT = r"\sqrt{\hat v} + \varepsilon"
IN_HATS = "eta * m_hat / (sqrt(v_hat) + eps)"
ADAM_STEP = step("eta / c1 * m_new / root", "the step η m̂ / (√v̂ + ε)")
CORRECTED_SIZE = replace(size(CORRECTED_ROOT, "sqrt(v_new) / sqrt(c2) + eps"), textbook="sqrt(v_hat) + eps")
ADAM = (M, V, M_HAT, V_HAT, CORRECTED_SIZE, replace(ADAM_STEP, textbook=IN_HATS))
VELOCITY = Quantity("v_new", "v'", "the velocity: past gradients, fading", "beta * v + g", "v")
SHRUNK = Quantity("shrunk", r"\theta^{\mathrm{decayed}}", "the parameter after its decay", "f1 * theta")
DECAYED_ADAM = equations(*ADAM, SHRUNK, new("shrunk - step"))
INSIDE = size(r"\sqrt{s' + \varepsilon}", "sqrt(s_new + eps)")
OUTSIDE = size(r"\sqrt{s'} + \varepsilon", "sqrt(s_new) + eps")
SCALED = (step("eta * g / root"), new())
