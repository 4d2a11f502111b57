"""Rows of the optimizers that divide by the size of past gradients, without Adam's mean: AdaGrad, RMSProp, Adadelta."""

from __future__ import annotations

from dataclasses import replace

from engine.kernels.optimizers import dispatch as kernels
from engine.optimizers.equations import INSIDE, OUTSIDE, SCALED, Alias, Quantity, UpdateEquations, equations, new, step
from engine.optimizers.numpy_form import counted
from engine.optimizers.row import COMMON, DECAY, EPS, PYTORCH, RATE, TEXTBOOK, Form, Optimizer, both, by_dialect, same
from engine.optimizers.stability import (
    adaptive,
    adaptive_heavy_ball,
    past_steps,
    root_inside,
    root_outside,
    spread_inside,
    spread_outside,
)
from engine.optimizers.torch_form import InTorch, Options, WrittenOut, in_torch, picked, written_out
from engine.rows.row import Parameter

LR_DECAY = Parameter(
    "lr_decay", "rate decay", "d", 0.0, minimum=0.0, maximum=1e3, summary="the t-th update has the rate η / (1 + (t − 1)d)"
)
CENTERED = Parameter(
    "centered", "centred", "", False, kind="bool", summary="divides by the gradient's spread: s − ḡ² in place of s"
)
VELOCITY_KEPT = Parameter(
    "momentum",
    "momentum",
    "μ",
    0.0,
    minimum=0.0,
    maximum=1.0,
    exclusive_maximum=True,
    summary="v ← μv + the scaled gradient, and θ ← θ − ηv",
)
RHO = Parameter(
    "rho", "decay", "ρ", 0.9, minimum=0.0, maximum=1.0, exclusive_maximum=True, summary="how slowly both means forget"
)
SLOWED = counted(("eta", "eta / (1 + (t - 1) * lr_decay)"))
MEAN_SQUARE = r"s \leftarrow \gamma s + (1 - \gamma) g^2,\quad "
WIDE = ("s", "ḡ", "v")
RMSPROP_INSIDE = adaptive_heavy_ball(root_inside("s"))
RMSPROP_OUTSIDE = adaptive_heavy_ball(root_outside("s"))
CENTERED_INSIDE, CENTERED_OUTSIDE = adaptive_heavy_ball(spread_inside), adaptive_heavy_ball(spread_outside)

SUM = Quantity("s_new", "G'", "the sum of all squared gradients so far", "G + g * g", "G")
SQUARES = Quantity("s_new", "s'", "a running mean of squared gradients", "gamma * s + (1 - gamma) * (g * g)", "s")
SPREAD = (
    Quantity("mean_new", r"\bar g'", "the running mean of gradients", "gamma * mean + (1 - gamma) * g", "mean"),
    Quantity("variance", r"s' - \bar g'^2", "the gradient's spread", "max(s_new - mean_new * mean_new, 0)"),
)

SQUARES_LINE = "self.s[i] = self.gamma * self.s[i] + (1 - self.gamma) * (g * g)"


def _with_velocity(centered: bool, inside: str, outside: str) -> UpdateEquations:
    """RMSProp with a velocity, and with a centred square."""
    squares = "variance" if centered else "s_new"
    return equations(
        SQUARES,
        *(SPREAD if centered else ()),
        Quantity(
            "root", r"\sqrt{\cdot}", "the size that the gradient is divided by", f"sqrt({squares} + {inside}) + {outside}"
        ),
        Quantity("v_new", "v'", "the velocity: past scaled gradients, fading", "momentum * v + g / root", "v"),
        step("eta * v_new"),
        new(),
        aliases=(Alias("mean", "ḡ", r"\bar g"),),
    )


def _with_velocity_lines(centered: bool) -> WrittenOut:
    mean = ("self.ḡ[i] = self.gamma * self.ḡ[i] + (1 - self.gamma) * g",) if centered else ()
    size = "(self.s[i] - self.ḡ[i] ** 2).clamp(min=0)" if centered else "self.s[i]"
    velocity = f"self.v[i] = self.momentum * self.v[i] + g / torch.sqrt({size} + self.eps)"
    return written_out(WIDE, SQUARES_LINE, *mean, velocity, "p -= self.lr * self.v[i]")


def _with_velocity_in_torch(o: Options) -> InTorch:
    arguments = picked(o, lr="lr", eps="eps", alpha="gamma", centered="centered", momentum="momentum")
    return in_torch("RMSprop", arguments, {"square_avg": "s", "grad_avg": "ḡ", "momentum_buffer": "v"})


SCALED_BY_PAST = (
    Optimizer(
        "adagrad",
        "AdaGrad",
        "Each parameter's rate shrinks with the squares it has seen.",
        "Duchi, Hazan and Singer 2011",
        r"G \leftarrow G + g^2,\; \theta \leftarrow \theta - \frac{\eta}{\sqrt{G + \varepsilon}}\, g",
        (RATE, EPS, LR_DECAY),
        forms=by_dialect(
            textbook=Form(
                kernels.ADAGRAD_INSIDE,
                equations(SUM, INSIDE, *SCALED),
                written_out(
                    ("G",),
                    "self.G[i] += g * g",
                    "lr = self.lr / (1 + (self.updates - 1) * self.lr_decay)",
                    "p -= lr * g / torch.sqrt(self.G[i] + self.eps)",
                ),
                ("G",),
                stability=adaptive(root_inside("G"), fades=False),
                numpy=SLOWED,
            ),
            pytorch=Form(
                kernels.ADAGRAD_OUTSIDE,
                equations(SUM, OUTSIDE, *SCALED),
                lambda o: in_torch("Adagrad", picked(o, lr="lr", eps="eps", lr_decay="lr_decay"), {"sum": "G"}),
                ("G",),
                stability=adaptive(root_outside("G"), fades=False),
                numpy=SLOWED,
            ),
        ),
        formulas={
            TEXTBOOK: r"G \leftarrow G + g^2,\quad \theta \leftarrow \theta - \frac{\eta}{\sqrt{G + \varepsilon}}\, g",
            PYTORCH: r"G \leftarrow G + g^2,\quad \theta \leftarrow \theta - \frac{\eta}{\sqrt{G} + \varepsilon}\, g",
        },
        torch_defaults={"lr": 1e-2, "eps": 1e-10},
        symbols=(*COMMON, ("G", "the sum of all squared gradients so far")),
        difference="ε outside the root: differs where |g| is not much larger than √ε",
        link="https://jmlr.org/papers/v12/duchi11a.html",
        example="""
        >>> lane = StandaloneOptimizer(OptimizerSpec(name="adagrad", lr=0.1, eps=0.0), [1.0])
        >>> lane.step([3.0]), lane.step([4.0])  # G is 9, then 25
        (True, True)
        >>> np.round(lane.point, 4)  # 1 − 0.1 · 3/3 − 0.1 · 4/5
        array([0.82])
        """,
    ),
    Optimizer(
        "rmsprop",
        "RMSProp",
        "AdaGrad that forgets: a running mean of squares.",
        "Tieleman and Hinton 2012",
        r"s \leftarrow \gamma s + (1 - \gamma) g^2,\; \theta \leftarrow \theta - \frac{\eta}{\sqrt{s + \varepsilon}}\, g",
        (RATE, DECAY, EPS, CENTERED, VELOCITY_KEPT),
        forms={
            TEXTBOOK: (
                *(
                    Form(
                        kernels.RMSPROP_INSIDE_WIDE,
                        _with_velocity(option == "centered", "eps", "0"),
                        _with_velocity_lines(option == "centered"),
                        WIDE,
                        options=(option,),
                        stability=CENTERED_INSIDE if option == "centered" else RMSPROP_INSIDE,
                    )
                    for option in ("centered", "momentum")
                ),
                Form(
                    kernels.RMSPROP_INSIDE,
                    equations(SQUARES, INSIDE, *SCALED),
                    written_out(("s",), SQUARES_LINE, "p -= self.lr * g / torch.sqrt(self.s[i] + self.eps)"),
                    ("s",),
                    stability=RMSPROP_INSIDE,
                ),
            ),
            PYTORCH: (
                *(
                    Form(
                        kernels.RMSPROP_OUTSIDE_WIDE,
                        _with_velocity(option == "centered", "0", "eps"),
                        _with_velocity_in_torch,
                        WIDE,
                        options=(option,),
                        stability=CENTERED_OUTSIDE if option == "centered" else RMSPROP_OUTSIDE,
                    )
                    for option in ("centered", "momentum")
                ),
                Form(
                    kernels.RMSPROP_OUTSIDE,
                    equations(SQUARES, OUTSIDE, *SCALED),
                    lambda o: in_torch("RMSprop", picked(o, lr="lr", eps="eps", alpha="gamma"), {"square_avg": "s"}),
                    ("s",),
                    stability=RMSPROP_OUTSIDE,
                ),
            ),
        },
        formulas={
            TEXTBOOK: MEAN_SQUARE + r"\theta \leftarrow \theta - \frac{\eta}{\sqrt{s + \varepsilon}}\, g",
            PYTORCH: MEAN_SQUARE + r"\theta \leftarrow \theta - \frac{\eta}{\sqrt{s} + \varepsilon}\, g",
        },
        torch_defaults={"lr": 1e-2, "gamma": 0.99},
        symbols=(*COMMON, ("s", "a running mean of squared gradients; centred: less ḡ², the square of their running mean")),
        difference="ε outside the root; γ is 0.99 where textbooks have 0.9",
        link="https://www.cs.toronto.edu/~tijmen/csc321/slides/lecture_slides_lec6.pdf",
        example="""
        >>> lane = StandaloneOptimizer(OptimizerSpec(name="rmsprop", lr=0.1, gamma=0.75, eps=0.0), [1.0])
        >>> lane.step([2.0])  # s = 0.25 · 2² = 1
        True
        >>> lane.tensors["s"], lane.point  # 1 − 0.1 · 2/√1: its first steps are larger than the rate
        (array([1.]), array([0.8]))
        """,
    ),
    Optimizer(
        "adadelta",
        "Adadelta",
        "Steps as large as past steps were: a rate that needs no choosing.",
        "Zeiler 2012, Algorithm 1",
        r"\theta \leftarrow \theta - \eta\, \frac{\sqrt{X + \varepsilon}}{\sqrt{E + \varepsilon}}\, g",
        (replace(RATE, default=1.0), RHO, replace(EPS, default=1e-6)),
        forms=same(
            Form(
                kernels.ADADELTA,
                equations(
                    Quantity("E_new", "E'", "a running mean of squared gradients", "rho * E + (1 - rho) * (g * g)", "E"),
                    Quantity("move", "d", "the step, as large as past steps were", "sqrt(X + eps) / sqrt(E_new + eps) * g"),
                    Quantity("X_new", "X'", "a running mean of squared steps", "rho * X + (1 - rho) * (move * move)", "X"),
                    step("eta * move"),
                    new(),
                ),
                lambda o: in_torch("Adadelta", picked(o, lr="lr", eps="eps", rho="rho"), {"square_avg": "E", "acc_delta": "X"}),
                ("E", "X"),
                stability=adaptive(past_steps, fades=False),
            )
        ),
        formulas=both(
            r"E \leftarrow \rho E + (1 - \rho) g^2,\quad d = \frac{\sqrt{X + \varepsilon}}{\sqrt{E + \varepsilon}}\, g,\quad "
            r"X \leftarrow \rho X + (1 - \rho) d^2,\quad \theta \leftarrow \theta - \eta d"
        ),
        symbols=(
            *COMMON,
            ("E", "a running mean of squared gradients"),
            ("X", "a running mean of squared steps d"),
            ("η", "1 in the paper, which has no rate"),
        ),
        difference="none",
        link="https://arxiv.org/abs/1212.5701",
        example="""
        >>> lane = StandaloneOptimizer(OptimizerSpec(name="adadelta", rho=0.75, eps=1.0), [1.0])
        >>> lane.step([1.5])  # E = 0.25 · 1.5² = 0.5625, and X is still 0
        True
        >>> np.round(lane.point, 4)  # 1 − √1/√1.5625 · 1.5
        array([-0.2])
        """,
    ),
)
