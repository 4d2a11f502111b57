"""What the row of an optimizer is, and the parameters and words that several optimizers share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from engine.optimizers.equations import UpdateEquations
from engine.optimizers.numpy_form import InNumPy
from engine.optimizers.stability import Stability
from engine.optimizers.torch_form import TorchForm
from engine.rows.row import Parameter, Row

TEXTBOOK, PYTORCH = "textbook", "pytorch"
DIALECTS = (TEXTBOOK, PYTORCH)

SAVED = "saved"
"""The state of an optimizer that takes its gradient ahead: the parameters, kept while it looks there."""


def _share(name: str, title: str, symbol: str, default: float, summary: str) -> Parameter:
    """A parameter in [0, 1)."""
    return Parameter(name, title, symbol, default, minimum=0.0, maximum=1.0, exclusive_maximum=True, summary=summary)


RATE = Parameter("lr", "rate", "η", 0.01, minimum=0.0, maximum=1e9, scale="log", summary="how far each step goes")
MOMENTUM = _share("beta", "momentum", "β", 0.9, "the share of velocity kept each step")
DECAY = _share("gamma", "decay", "γ", 0.9, "how slowly the mean of squares forgets")
EPS = Parameter("eps", "epsilon", "ε", 1e-8, minimum=0.0, maximum=1.0, scale="log", summary="keeps the quotient finite")
BETA_1 = _share("beta1", "first decay", "β₁", 0.9, "how slowly the mean forgets")
BETA_2 = _share("beta2", "second decay", "β₂", 0.999, "how slowly the mean of squares forgets")
CORRECTED = Parameter(
    "bias_correction",
    "bias correction",
    "",
    True,
    kind="bool",
    summary="divides the means by what they lack for their start at zero; off: m̂ = m, v̂ = v",
)
WEIGHT_DECAY = Parameter(
    "weight_decay",
    "decoupled decay",
    "λ",
    0.0,
    minimum=0.0,
    maximum=1e3,
    summary="the share of every parameter, biases too, that an update takes away, beside the gradient",
)

COMMON = (("θ", "the parameters, weights and biases alike"), ("g", "the gradient of the objective on the mini-batch"))
VELOCITY = ("v", "the velocity: past gradients, fading")
MEANS = (
    ("m̂", "the running mean of gradients m ← β₁m + (1 − β₁)g, divided by 1 − β₁ᵗ for its start at zero"),
    ("v̂", "the running mean of squared gradients v ← β₂v + (1 − β₂)g², divided by 1 − β₂ᵗ"),
)


@dataclass(frozen=True)
class Form:
    """One rule as a kernel computes it.

    `code` is the kernel's; `state` names the tensors that it keeps, each of the parameters' shape; `equations` are its
    quantities for Step, `torch` is what it is in PyTorch: of either a text instead says why there is none. `options`: the form
    is the optimizer's where all of these parameters are on. `rest`: the form for what is no matrix, where this one is for
    matrices alone; it keeps the same state.
    """

    code: int
    equations: UpdateEquations | str
    torch: TorchForm | str
    state: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    rest: Form | None = None
    stability: Stability | str = "none has been worked out for its steps"
    """Its speed limit on a quadratic, or a text that says why there is none."""
    numpy: InNumPy | None = None
    """What NumPy writes for what its equations read and do not make, where there is such a thing."""

    def of(self, matrix: bool) -> Form:
        """The form that a tensor follows."""
        return self.rest if self.rest is not None and not matrix else self


@dataclass(frozen=True)
class Optimizer(Row):
    """An optimizer. `forms` and `formulas` are by dialect.

    Of several forms of a dialect the first whose options are all on is in force; the last has none.
    """

    forms: dict[str, tuple[Form, ...]] = field(default_factory=dict)
    formulas: dict[str, str] = field(default_factory=dict)
    torch_defaults: dict[str, Any] = field(default_factory=dict)
    difference: str = ""
    symbols: tuple[tuple[str, str], ...] = ()
    """What the formula's other symbols mean, in words."""
    parameters_of: dict[str, str] = field(default_factory=dict)
    """Parameters that one dialect alone has."""
    starts: dict[str, str] = field(default_factory=dict)
    """State that begins at the value of a parameter; all other begins at zero."""
    decays: tuple[str, ...] = ()
    """Parameters that are decays of running means whose start at zero is corrected: c₁ = 1 − (the first)ᵗ, c₂ = 1 − (the
    second)ᵗ."""
    correction: str | None = None
    """The parameter that says whether they are; None: always."""
    internal: ClassVar[tuple[str, ...]] = (
        "forms",
        "torch_defaults",
        "parameters_of",
        "starts",
        "decays",
        "correction",
    )

    def form(self, dialect: str, parameters: Mapping[str, Any] | None = None) -> Form:
        """The form in force with these parameters; without any that of the dialect as it is."""
        given = parameters or {}
        return next(form for form in self.forms[dialect] if all(given.get(name) for name in form.options))

    @property
    def state(self) -> tuple[str, ...]:
        """Names of the tensors that the textbook's form keeps."""
        return self.form(TEXTBOOK).state

    def parameters_in(self, dialect: str) -> tuple[Parameter, ...]:
        """The parameters that a dialect has."""
        return tuple(each for each in self.parameters if self.parameters_of.get(each.name, dialect) == dialect)

    def defaults(self, dialect: str) -> dict[str, Any]:
        """Every parameter's default: the row's own, with PyTorch's where its dialect is spoken."""
        own = {parameter.name: parameter.default for parameter in self.parameters_in(dialect)}
        return own | self.torch_defaults if dialect == PYTORCH else own

    def as_json(self) -> dict[str, Any]:
        return super().as_json() | {
            "state": self.state,
            "dialects": list(DIALECTS),
            "defaults": {dialect: self.defaults(dialect) for dialect in DIALECTS},
        }


def both(value: Any) -> dict[str, Any]:
    return dict.fromkeys(DIALECTS, value)


def same(*forms: Form) -> dict[str, tuple[Form, ...]]:
    """The forms of an optimizer whose dialects say the same."""
    return both(forms)


def by_dialect(textbook: Form, pytorch: Form) -> dict[str, tuple[Form, ...]]:
    """One form in each dialect."""
    return {TEXTBOOK: (textbook,), PYTORCH: (pytorch,)}
