"""Update rules: rows, dialects and their maths in words. The kernels are in `engine.kernels.optimizers`.

A rule has two dialects where the textbooks and PyTorch differ (torch.optim's documentation). Every formula is
theta <- theta - something, with g the gradient of the objective on the mini-batch.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar

from engine.kernels import optimizers as kernels
from engine.row import Parameter, Row, by_name

TEXTBOOK, PYTORCH = "textbook", "pytorch"
DIALECTS = (TEXTBOOK, PYTORCH)

RATE = Parameter("lr", "rate", "η", 0.01, minimum=0.0, maximum=1e9, scale="log", summary="how far each step goes")
MOMENTUM = Parameter(
    "beta",
    "momentum",
    "β",
    0.9,
    minimum=0.0,
    maximum=1.0,
    exclusive_maximum=True,
    summary="the share of velocity kept each step",
)
DECAY = Parameter(
    "gamma",
    "decay",
    "γ",
    0.9,
    minimum=0.0,
    maximum=1.0,
    exclusive_maximum=True,
    summary="how slowly the mean of squares forgets",
)
EPS = Parameter("eps", "epsilon", "ε", 1e-8, minimum=0.0, maximum=1.0, scale="log", summary="keeps the quotient finite")
BETA_1 = Parameter(
    "beta1", "first decay", "β₁", 0.9, minimum=0.0, maximum=1.0, exclusive_maximum=True, summary="how slowly the mean forgets"
)
BETA_2 = Parameter(
    "beta2",
    "second decay",
    "β₂",
    0.999,
    minimum=0.0,
    maximum=1.0,
    exclusive_maximum=True,
    summary="how slowly the mean of squares forgets",
)
COMMON = (("θ", "the parameters, weights and biases alike"), ("g", "the gradient of the objective on the mini-batch"))
VELOCITY = ("v", "the velocity: past gradients, fading")
MEAN_SQUARE = r"s \leftarrow \gamma s + (1 - \gamma) g^2,\quad "


@dataclass(frozen=True)
class Optimizer(Row):
    """An update rule. `state` names its tensors, each of the parameters' shape; `codes` and `formulas` are by dialect."""

    state: tuple[str, ...] = ()
    codes: dict[str, int] = field(default_factory=dict)
    formulas: dict[str, str] = field(default_factory=dict)
    torch_defaults: dict[str, Any] = field(default_factory=dict)
    difference: str = ""
    symbols: tuple[tuple[str, str], ...] = ()
    """What the formula's other symbols mean, in words."""
    internal: ClassVar[tuple[str, ...]] = ("code", "codes", "torch_defaults")

    def defaults(self, dialect: str) -> dict[str, Any]:
        """Every parameter's default: the row's own, with PyTorch's where its dialect is spoken."""
        own = {parameter.name: parameter.default for parameter in self.parameters}
        return own | self.torch_defaults if dialect == PYTORCH else own

    def as_json(self) -> dict[str, Any]:
        return super().as_json() | {
            "dialects": list(DIALECTS),
            "defaults": {dialect: self.defaults(dialect) for dialect in DIALECTS},
        }


def both(value: Any) -> dict[str, Any]:
    return dict.fromkeys(DIALECTS, value)


OPTIMIZERS = by_name(
    (
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
            (RATE, EPS),
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
            (RATE, DECAY, EPS),
            state=("s",),
            codes={TEXTBOOK: kernels.RMSPROP_INSIDE, PYTORCH: kernels.RMSPROP_OUTSIDE},
            formulas={
                TEXTBOOK: MEAN_SQUARE + r"\theta \leftarrow \theta - \frac{\eta}{\sqrt{s + \varepsilon}}\, g",
                PYTORCH: MEAN_SQUARE + r"\theta \leftarrow \theta - \frac{\eta}{\sqrt{s} + \varepsilon}\, g",
            },
            torch_defaults={"lr": 1e-2, "gamma": 0.99},
            symbols=(*COMMON, ("s", "a running mean of squared gradients")),
            difference="ε outside the root; γ is 0.99 where textbooks have 0.9",
        ),
        Optimizer(
            "adam",
            "Adam",
            "Momentum over RMSProp, both corrected for their start at zero.",
            "Kingma and Ba 2015, Algorithm 1",
            r"\theta \leftarrow \theta - \eta\, \frac{\hat m}{\sqrt{\hat v} + \varepsilon}",
            (RATE, BETA_1, BETA_2, EPS),
            state=("m", "v"),
            codes=both(kernels.ADAM),
            formulas=both(r"\theta \leftarrow \theta - \eta\, \frac{\hat m}{\sqrt{\hat v} + \varepsilon}"),
            torch_defaults={"lr": 1e-3},
            symbols=(
                *COMMON,
                ("m̂", "the running mean of gradients, divided by 1 − β₁ᵗ for its start at zero"),
                ("v̂", "the running mean of squared gradients, divided by 1 − β₂ᵗ"),
            ),
            difference="none",
        ),
    )
)

PLANNED = ("adadelta", "amsgrad", "adamw", "nadam", "radam", "adamax", "rprop", "lion", "muon")
