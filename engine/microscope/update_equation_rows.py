"""What every optimizer computes for one parameter, quantity by quantity: the kernels' own formulas, as data.

A formula is written in the order in which the kernel computes it, so that the last quantity is the run's to the last bit.
Names: `theta` and the optimizer's state before the update, `g` the gradient, `eta` this update's rate, the optimizer's
parameters, `c1` and `c2` the bias corrections, `f1`, `f2`, `f3` what the update's number decides besides (the kernels' `rate`).
An optimizer that is not here cannot be taken apart: to add one, add its row.
"""

from __future__ import annotations

from dataclasses import dataclass

TEXTBOOK, PYTORCH = "textbook", "pytorch"


@dataclass(frozen=True)
class Quantity:
    """One quantity: its name in later formulas, LaTeX, words, formula; `becomes`: what it is to the next update: "theta", or
    the state tensor by its name in formulas."""

    name: str
    symbol: str
    words: str
    formula: str
    becomes: str | None = None


@dataclass(frozen=True)
class UpdateEquations:
    """An optimizer's quantities in their order. `aliases`: (name in formulas, name of the state tensor) where they differ."""

    quantities: tuple[Quantity, ...]
    aliases: tuple[tuple[str, str], ...] = ()

    def in_formulas(self, tensor: str) -> str:
        """What a state tensor is called in formulas."""
        return next((alias for alias, name in self.aliases if name == tensor), tensor)


THETA = r"\theta'"


def new(formula: str = "theta - step") -> Quantity:
    return Quantity("theta_new", THETA, "the parameter after the update", formula, "theta")


def step(formula: str, words: str = "the step: what is taken away from the parameter") -> Quantity:
    return Quantity("step", r"\Delta", words, formula)


M = Quantity("m_new", "m'", "the running mean of gradients", "beta1 * m + (1 - beta1) * g", "m")
V = Quantity("v_new", "v'", "the running mean of squared gradients", "beta2 * v + (1 - beta2) * (g * g)", "v")
M_HAT = Quantity("m_hat", r"\hat m", "the mean, corrected for its start at zero", "m_new / c1")
V_HAT = Quantity("v_hat", r"\hat v", "the mean of squares, corrected for its start at zero", "v_new / c2")
ROOT = Quantity("root", r"\sqrt{\hat v} + \varepsilon", "how large gradients have been here", "sqrt(v_new) / sqrt(c2) + eps")
VELOCITY = Quantity("v_new", "v'", "the velocity: past gradients, fading", "beta * v + g", "v")
SUM = Quantity("s_new", "G'", "the sum of all squared gradients so far", "G + g * g", "G")
SQUARES = Quantity("s_new", "s'", "a running mean of squared gradients", "gamma * s + (1 - gamma) * (g * g)", "s")
INSIDE = Quantity("root", r"\sqrt{s' + \varepsilon}", "how large gradients have been here", "sqrt(s_new + eps)")
OUTSIDE = Quantity("root", r"\sqrt{s'} + \varepsilon", "how large gradients have been here", "sqrt(s_new) + eps")
SCALED = (step("eta * g / root"), new())
ADAM_STEP = step("eta / c1 * m_new / root", "the step η m̂ / (√v̂ + ε)")
ADAM = (M, V, M_HAT, V_HAT, ROOT, ADAM_STEP)
SHRUNK = Quantity("shrunk", r"\theta^{\mathrm{decayed}}", "the parameter after its decay", "f1 * theta")


def wide(centered: bool, inside: str, outside: str) -> UpdateEquations:
    """RMSProp with a centred square or a velocity."""
    spread = "variance" if centered else "s_new"
    mean = (
        Quantity("mean_new", r"\bar g'", "the running mean of gradients", "gamma * mean + (1 - gamma) * g", "mean"),
        Quantity("variance", r"s' - \bar g'^2", "the gradient's spread", "max(s_new - mean_new * mean_new, 0)"),
    )
    return UpdateEquations(
        (
            SQUARES,
            *(mean if centered else ()),
            Quantity(
                "root", r"\sqrt{\cdot}", "the size that the gradient is divided by", f"sqrt({spread} + {inside}) + {outside}"
            ),
            Quantity("v_new", "v'", "the velocity: past scaled gradients, fading", "momentum * v + g / root", "v"),
            step("eta * v_new"),
            new(),
        ),
        (("mean", "ḡ"),),
    )


NESTEROV = UpdateEquations(
    (
        Quantity("ahead", r"\theta^{\mathrm{ahead}}", "where the gradient was taken", "theta - eta * (beta * v)"),
        VELOCITY,
        step("eta * v_new"),
        new(),
    )
)
EQUATIONS: dict[str, UpdateEquations] = {
    "sgd": UpdateEquations((step("eta * g"), new())),
    "momentum": UpdateEquations((VELOCITY, step("eta * v_new"), new())),
    "nesterov textbook": NESTEROV,
    "nesterov pytorch": UpdateEquations(
        (VELOCITY, step("eta * (g + beta * v_new)", "the step, along gradient and new velocity"), new())
    ),
    "adagrad textbook": UpdateEquations((SUM, INSIDE, *SCALED)),
    "adagrad pytorch": UpdateEquations((SUM, OUTSIDE, *SCALED)),
    "rmsprop textbook": UpdateEquations((SQUARES, INSIDE, *SCALED)),
    "rmsprop pytorch": UpdateEquations((SQUARES, OUTSIDE, *SCALED)),
    "rmsprop textbook wide": wide(False, "eps", "0"),
    "rmsprop pytorch wide": wide(False, "0", "eps"),
    "rmsprop textbook wide centered": wide(True, "eps", "0"),
    "rmsprop pytorch wide centered": wide(True, "0", "eps"),
    "adadelta": UpdateEquations(
        (
            Quantity("E_new", "E'", "a running mean of squared gradients", "rho * E + (1 - rho) * (g * g)", "E"),
            Quantity("move", "d", "the step, as large as past steps were", "sqrt(X + eps) / sqrt(E_new + eps) * g"),
            Quantity("X_new", "X'", "a running mean of squared steps", "rho * X + (1 - rho) * (move * move)", "X"),
            step("eta * move"),
            new(),
        )
    ),
    "adam": UpdateEquations((*ADAM, new())),
    "amsgrad": UpdateEquations(
        (
            M,
            V,
            Quantity("top_new", r"v_{\max}'", "the largest mean of squares so far", "v_new if v_new > top else top", "top"),
            Quantity("root", r"\sqrt{\hat v_{\max}} + \varepsilon", "what is divided by", "sqrt(top_new) / sqrt(c2) + eps"),
            ADAM_STEP,
            new(),
        ),
        (("top", "v_max"), ("top", "vₘₐₓ")),
    ),
    "adamw": UpdateEquations((*ADAM, SHRUNK, new("shrunk - step"))),
    "nadam": UpdateEquations(
        (
            M,
            V,
            V_HAT,
            Quantity("root", r"\sqrt{\hat v} + \varepsilon", "how large gradients have been here", "sqrt(v_new / c2) + eps"),
            Quantity(
                "mixed", r"\eta \bar m", "the gradient and where the mean will be, with their rates", "f1 * g + f2 * m_new"
            ),
            step("mixed / root"),
            new(),
        )
    ),
    "radam": UpdateEquations(
        (
            M,
            V,
            Quantity("root", r"\sqrt{v'} + \varepsilon", "how large gradients have been here", "sqrt(v_new) + eps"),
            step(
                "(f1 * m_new / root if root > 0 else 0) if f2 > 0 else f1 * m_new",
                "the step: divided by the root once it is known",
            ),
            new(),
        )
    ),
    "adamax": UpdateEquations(
        (
            M,
            Quantity("faded", r"\beta_2 u", "the largest gradient so far, faded", "beta2 * u"),
            Quantity("now", r"|g| + \varepsilon", "the size of this gradient", "abs(g) + eps"),
            Quantity("u_new", "u'", "the larger of the two", "faded if faded > now else now", "u"),
            step("f1 * m_new / u_new if u_new > 0 else 0"),
            new(),
        )
    ),
    "rprop": UpdateEquations(
        (
            Quantity("agreement", r"g\, g_{-}", "positive where the sign stayed, negative where it flipped", "g * g_last"),
            Quantity(
                "factor",
                r"\eta^{\pm}",
                "grow, shrink or stay",
                "grow if agreement > 0 else (shrink if agreement < 0 else 1)",
            ),
            Quantity(
                "size_new",
                r"\Delta'",
                "the size of the step, within its bounds",
                "min(max((eta if f1 > 0 else size) * factor, smallest), largest)",
                "size",
            ),
            Quantity("used", "g'", "the gradient, or 0 after a flip", "0 if agreement < 0 else g", "g_last"),
            step("sign(used) * size_new"),
            new(),
        ),
        (("g_last", "g′"), ("size", "Δ")),
    ),
    "lion": UpdateEquations(
        (
            Quantity("c", "c", "the mean that decides", "beta1 * m + (1 - beta1) * g"),
            Quantity("m_new", "m'", "the mean that is kept", "beta2 * m + (1 - beta2) * g", "m"),
            SHRUNK,
            step("eta * sign(c)"),
            new("shrunk - step"),
        )
    ),
    "muon matrix": UpdateEquations(
        (
            Quantity("m_new", "m'", "the running mean of gradients", "beta * m + (1 - beta) * g", "m"),
            Quantity("mixed", r"\bar m", "the mean, one step ahead", "beta * m_new + (1 - beta) * g"),
            Quantity("O_", "O", "the whole matrix of it, made orthogonal by five Newton–Schulz iterations", "O"),
            Quantity(
                "scale", r"\eta \sqrt{\max(1, d_l / d_{l-1})}", "the rate for this shape", "eta * sqrt(max(1, rows / cols))"
            ),
            SHRUNK,
            step("scale * O_"),
            new("shrunk - step"),
        )
    ),
    "muon": UpdateEquations((*ADAM, SHRUNK, new("shrunk - step"))),
}


def equations_of(name: str, dialect: str, *, matrix: bool = False, options: frozenset[str] = frozenset()) -> UpdateEquations:
    """The optimizer's equations in its dialect. `options`: which of "centered", "momentum" are on; `matrix`: of a weight
    matrix."""
    forms = [name, f"{name} {dialect}"]
    if matrix:
        forms.append(f"{name} matrix")
    if options:
        forms.append(f"{name} {dialect} wide")
    if "centered" in options:
        forms.append(f"{name} {dialect} wide centered")
    for form in reversed(forms):
        if form in EQUATIONS:
            return EQUATIONS[form]
    raise ValueError(
        f"optimizer.name: '{name}' has no equations; allowed: {', '.join(sorted({key.split()[0] for key in EQUATIONS}))}"
    )
