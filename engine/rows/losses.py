"""Losses: rows and their maths in words. The kernels are in `engine.kernels.ops.losses`."""

from __future__ import annotations

from dataclasses import dataclass

from engine.kernels import codes
from engine.rows.row import Row, by_name


@dataclass(frozen=True)
class Loss(Row):
    """A sample's loss; a set's is the mean. With the output `matched` delta_L is y_hat - y; `outputs` are all it allows."""

    matched: str = ""
    outputs: tuple[str, ...] = ()
    delta: str = ""


LOSSES = by_name(
    (
        Loss(
            "mse",
            "squared error",
            "Half the squared distance, summed over outputs.",
            "Gaussian likelihood; Bishop 2006, 5.2",
            r"\ell = \tfrac{1}{2} \lVert \hat y - y \rVert^2",
            matched="identity",
            outputs=(
                *("identity", "sigmoid", "tanh", "relu", "leaky_relu", "softmax"),
                *("elu", "gelu", "softplus", "silu"),
            ),
            delta=r"\hat y - y",
            code=codes.MSE,
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
            code=codes.BCE,
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
            code=codes.CROSS_ENTROPY,
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
        loss = {"sigmoid": "bce", "softmax": "cross_entropy"}.get(output, "mse")
    return output, loss
