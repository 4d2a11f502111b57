"""Losses: rows and their maths in words. The kernels are in `engine.kernels.ops.losses`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from engine.kernels.ops import losses as kernels
from engine.rows.activations import ACTIVATIONS
from engine.rows.numpy_form import LOG_SOFTMAX, LossCode
from engine.rows.row import Row, by_name


@dataclass(frozen=True)
class Loss(Row):
    """A sample's loss; a set's is the mean. With the output `matched` δ_L is ŷ − y; `outputs` are all it allows.

    `torch` is the sum over a mini-batch in PyTorch as the formula says, of outputs {h} and targets y (samples, units);
    `torch_from_logits` by output, from the tensor u that the output activation takes, where that keeps digits: of a sure
    output ŷ − y and its slope. Softmax's sure class rounds to 1 there, as PyTorch has it.
    `numpy` is the loss and its slope in NumPy.
    """

    matched: str = ""
    outputs: tuple[str, ...] = ()
    delta: str = ""
    torch: str = ""
    torch_from_logits: Mapping[str, str] = field(default_factory=dict, hash=False)
    unit_for_each_class: bool = False
    numpy: LossCode | None = None
    """Whether two classes want two outputs."""

    internal: ClassVar[tuple[str, ...]] = ("torch", "torch_from_logits", "unit_for_each_class", "numpy")

    def torch_in(self, numerics: str, output: str, h: str) -> str:
        """The summed loss as an expression of PyTorch under these numerics, "stable" or "naive"."""
        form = self.torch if numerics == "naive" else self.torch_from_logits.get(output, self.torch)
        return form.format(h=h)


def _every_output(first: str) -> tuple[str, ...]:
    """All activations that may stand at the output, `first` ahead."""
    return first, *(name for name, row in ACTIVATIONS.items() if row.output and name != first)


BISHOP = "https://www.microsoft.com/en-us/research/publication/pattern-recognition-machine-learning/"

LOSSES = by_name(
    (
        Loss(
            "mse",
            "squared error",
            "Half the squared distance, summed over outputs.",
            "Gaussian likelihood; Bishop 2006, 5.2",
            r"\ell = \tfrac{1}{2} \lVert \hat y - y \rVert^2",
            matched="identity",
            outputs=_every_output("identity"),
            delta=r"\hat y - y",
            torch="0.5 * (({h} - y) ** 2).sum()",
            torch_from_logits={
                "sigmoid": "0.5 * (torch.where(u < 0, {h} - y, 1 - y - torch.sigmoid(-u)) ** 2).sum()",
                "tanh": "0.5 * (torch.where(u.abs() < 1, {h} - y,"
                " u.sign() * (1 - u.sign() * y - 2 * torch.sigmoid(-2 * u.abs()))) ** 2).sum()",
                "elu": "0.5 * (torch.where(u < -1, torch.exp(u.clamp(max=0)) - (1 + y), {h} - y) ** 2).sum()",
            },
            link=BISHOP,
            example="""
>>> from engine.evaluation.curves import output_delta
>>> found = output_delta("mse", "identity", [3.0], 1.0)
>>> found.loss.tolist(), found.delta.tolist()
([2.0], [2.0])
""",
            code=kernels.MSE,
            numpy=LossCode("(({h} - {y})**2).sum(axis=0) / 2", "{h} - {y}"),
        ),
        Loss(
            "bce",
            "binary cross-entropy",
            "How surprised the output is by the label, for yes/no targets.",
            "Bernoulli likelihood; Bishop 2006, 5.2",
            r"\ell = -\sum_k \left( y_k \ln \hat y_k + (1 - y_k) \ln (1 - \hat y_k) \right)",
            matched="sigmoid",
            outputs=("sigmoid", "softmax"),
            delta=r"\hat y - y",
            torch="-(y * torch.log({h}) + (1 - y) * torch.log(1 - {h})).sum()",
            torch_from_logits={
                # the slope of binary_cross_entropy_with_logits, ŷ − y, is 0 from u = 37 on
                "sigmoid": "-(y * torch.nn.functional.logsigmoid(u) + (1 - y) * torch.nn.functional.logsigmoid(-u)).sum()",
                # ln(1 − ŷ_k) is the log of the others' sum
                "softmax": "-(y * torch.log_softmax(u, dim=1) + (1 - y) * torch.logsumexp(torch.log_softmax(u, dim=1)"
                ".unsqueeze(1).masked_fill(torch.eye(u.shape[1], dtype=torch.bool), -torch.inf), dim=2)).sum()",
            },
            link=BISHOP,
            example="""
>>> from engine.evaluation.curves import output_delta
>>> found = output_delta("bce", "sigmoid", [np.log(3.0)], 1.0)  # ŷ = 3/4
>>> np.round(np.exp(-found.loss), 4).tolist(), np.round(found.delta, 4).tolist()
([0.75], [-0.25])
""",
            code=kernels.BCE,
            numpy=LossCode(
                "-({y} * np.log({h}) + (1 - {y}) * np.log(1 - {h})).sum(axis=0)",
                "(1 - {y}) / (1 - {h}) - {y} / {h}",
                {"sigmoid": "(np.logaddexp(0, {z}) - {y} * {z}).sum(axis=0)"},
            ),
        ),
        Loss(
            "cross_entropy",
            "cross-entropy",
            "Minus the log of the probability given to the true class.",
            "Categorical likelihood; Bishop 2006, 5.2",
            r"\ell = -\sum_k y_k \ln \hat y_k",
            matched="softmax",
            outputs=("softmax", "sigmoid"),
            delta=r"\hat y - y",
            torch="-(y * torch.log({h})).sum()",
            torch_from_logits={
                "softmax": "-(y * torch.log_softmax(u, dim=1)).sum()",
                "sigmoid": "-(y * torch.nn.functional.logsigmoid(u)).sum()",
            },
            unit_for_each_class=True,
            link=BISHOP,
            example="""
>>> from engine.evaluation.curves import output_delta
>>> found = output_delta("cross_entropy", "softmax", np.log([[1.0], [3.0]]), [[0.0], [1.0]])  # ŷ = (1/4, 3/4)
>>> np.round(np.exp(-found.loss), 4).tolist(), np.round(found.delta.ravel(), 4).tolist()
([0.75], [0.25, -0.25])
""",
            code=kernels.CROSS_ENTROPY,
            numpy=LossCode(
                "-({y} * np.log({h})).sum(axis=0)",
                "-{y} / {h}",
                {"softmax": "-({y} * log_softmax({z})).sum(axis=0)", "sigmoid": "({y} * np.logaddexp(0, -{z})).sum(axis=0)"},
                (LOG_SOFTMAX,),
            ),
        ),
    )
)


def choose(task: str, classes: int, output: str, loss: str) -> tuple[str, str]:
    """Resolve "auto" for output activation and loss: the matched pair of the task, or the partner of what was chosen."""
    if task == "regression":
        loss = "mse" if loss == "auto" else loss
        return (LOSSES[loss].matched if output == "auto" else output), loss
    many = classes > 2
    if output == "auto":
        if loss == "auto":
            return ("softmax", "cross_entropy") if many else ("sigmoid", "bce")
        if loss == "mse":
            return ("softmax" if many else "sigmoid"), loss
        return LOSSES[loss].matched, loss
    if loss == "auto":
        loss = next((name for name, row in LOSSES.items() if row.matched == output), "mse")
    return output, loss
