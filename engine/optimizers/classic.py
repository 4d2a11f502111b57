"""Rows of the classic optimizers: gradient descent, momentum, Nesterov, and those that divide by the size of past gradients."""

from __future__ import annotations

from dataclasses import replace

from engine.kernels.optimizers import dispatch as kernels
from engine.optimizers.row import COMMON, DECAY, EPS, MOMENTUM, PYTORCH, RATE, TEXTBOOK, VELOCITY, Optimizer, Wide, both
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
MEAN_SQUARE = r"s \leftarrow \gamma s + (1 - \gamma) g^2,\quad "

CLASSIC = (
    Optimizer(
        "sgd",
        "gradient descent",
        "A step against the gradient.",
        "Robbins and Monro 1951",
        r"\theta \leftarrow \theta - \eta\, g",
        (RATE,),
        codes=both(kernels.SGD),
        formulas=both(r"\theta \leftarrow \theta - \eta\, g"),
        torch_defaults={"lr": 1e-3},
        symbols=COMMON,
        difference="none",
    ),
    Optimizer(
        "momentum",
        "momentum",
        "A heavy ball: velocity gathers past gradients.",
        "Polyak 1964",
        r"v \leftarrow \beta v + g,\; \theta \leftarrow \theta - \eta v",
        (RATE, MOMENTUM),
        state=("v",),
        codes=both(kernels.MOMENTUM),
        formulas=both(r"v \leftarrow \beta v + g,\quad \theta \leftarrow \theta - \eta v"),
        torch_defaults={"lr": 1e-3},
        symbols=(*COMMON, VELOCITY),
        difference="none",
    ),
    Optimizer(
        "nesterov",
        "Nesterov",
        "Momentum that takes its gradient where the velocity will carry it.",
        "Nesterov 1983; Sutskever et al. 2013",
        r"v \leftarrow \beta v + \nabla(\theta - \eta\beta v)",
        (RATE, MOMENTUM),
        state=("v", "saved"),
        state_of={"saved": TEXTBOOK},
        codes={TEXTBOOK: kernels.NESTEROV_LOOK_AHEAD, PYTORCH: kernels.NESTEROV_TORCH},
        formulas={
            TEXTBOOK: r"v \leftarrow \beta v + g(\theta - \eta\beta v),\quad \theta \leftarrow \theta - \eta v",
            PYTORCH: r"v \leftarrow \beta v + g,\quad \theta \leftarrow \theta - \eta\,(g + \beta v)",
        },
        torch_defaults={"lr": 1e-3},
        symbols=(*COMMON, VELOCITY),
        difference="PyTorch keeps the look-ahead point itself as its parameters: the same path, seen from one step ahead",
    ),
    Optimizer(
        "adagrad",
        "AdaGrad",
        "Each parameter's rate shrinks with the squares it has seen.",
        "Duchi, Hazan and Singer 2011",
        r"G \leftarrow G + g^2,\; \theta \leftarrow \theta - \frac{\eta}{\sqrt{G + \varepsilon}}\, g",
        (RATE, EPS, LR_DECAY),
        state=("G",),
        codes={TEXTBOOK: kernels.ADAGRAD_INSIDE, PYTORCH: kernels.ADAGRAD_OUTSIDE},
        formulas={
            TEXTBOOK: r"G \leftarrow G + g^2,\quad \theta \leftarrow \theta - \frac{\eta}{\sqrt{G + \varepsilon}}\, g",
            PYTORCH: r"G \leftarrow G + g^2,\quad \theta \leftarrow \theta - \frac{\eta}{\sqrt{G} + \varepsilon}\, g",
        },
        torch_defaults={"lr": 1e-2, "eps": 1e-10},
        symbols=(*COMMON, ("G", "the sum of all squared gradients so far")),
        difference="ε outside the root: differs where |g| is not much larger than √ε",
    ),
    Optimizer(
        "rmsprop",
        "RMSProp",
        "AdaGrad that forgets: a running mean of squares.",
        "Tieleman and Hinton 2012",
        r"s \leftarrow \gamma s + (1 - \gamma) g^2,\; \theta \leftarrow \theta - \frac{\eta}{\sqrt{s + \varepsilon}}\, g",
        (RATE, DECAY, EPS, CENTERED, VELOCITY_KEPT),
        state=("s",),
        codes={TEXTBOOK: kernels.RMSPROP_INSIDE, PYTORCH: kernels.RMSPROP_OUTSIDE},
        wide=Wide(
            ("centered", "momentum"),
            ("s", "ḡ", "v"),
            {TEXTBOOK: kernels.RMSPROP_INSIDE_WIDE, PYTORCH: kernels.RMSPROP_OUTSIDE_WIDE},
        ),
        formulas={
            TEXTBOOK: MEAN_SQUARE + r"\theta \leftarrow \theta - \frac{\eta}{\sqrt{s + \varepsilon}}\, g",
            PYTORCH: MEAN_SQUARE + r"\theta \leftarrow \theta - \frac{\eta}{\sqrt{s} + \varepsilon}\, g",
        },
        torch_defaults={"lr": 1e-2, "gamma": 0.99},
        symbols=(*COMMON, ("s", "a running mean of squared gradients; centred: less ḡ², the square of their running mean")),
        difference="ε outside the root; γ is 0.99 where textbooks have 0.9",
    ),
    Optimizer(
        "adadelta",
        "Adadelta",
        "Steps as large as past steps were: a rate that needs no choosing.",
        "Zeiler 2012, Algorithm 1",
        r"\theta \leftarrow \theta - \eta\, \frac{\sqrt{X + \varepsilon}}{\sqrt{E + \varepsilon}}\, g",
        (replace(RATE, default=1.0), RHO, replace(EPS, default=1e-6)),
        state=("E", "X"),
        codes=both(kernels.ADADELTA),
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
    ),
)
