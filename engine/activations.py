"""Activation functions: rows and their maths in words. The kernels are in `engine.kernels.activations`."""

from __future__ import annotations

from dataclasses import dataclass

from engine.kernels import codes
from engine.row import Row, by_name


@dataclass(frozen=True)
class Activation(Row):
    """phi of a layer. `hidden`, `output`: where it may stand; `kinks`: where phi' jumps."""

    derivative: str = ""
    hidden: bool = True
    kinks: tuple[float, ...] = ()


ACTIVATIONS = by_name(
    (
        Activation(
            "tanh",
            "tanh",
            "A sigmoid centred on zero, between −1 and 1.",
            "LeCun et al., Efficient BackProp, 1998",
            r"\varphi(z) = \tanh z",
            derivative=r"\varphi'(z) = 1 - \varphi(z)^2",
            code=codes.TANH,
        ),
        Activation(
            "relu",
            "ReLU",
            "Zero below zero, the identity above; φ′(0) = 0.",
            "Nair and Hinton 2010",
            r"\varphi(z) = \max(0, z)",
            derivative=r"\varphi'(z) = [z > 0]",
            kinks=(0.0,),
            code=codes.RELU,
        ),
        Activation(
            "sigmoid",
            "sigmoid",
            "Between 0 and 1; its slope is at most 1/4.",
            "Rumelhart, Hinton and Williams 1986",
            r"\varphi(z) = \frac{1}{1 + e^{-z}}",
            derivative=r"\varphi'(z) = \varphi(z)\,(1 - \varphi(z))",
            code=codes.SIGMOID,
        ),
        Activation(
            "leaky_relu",
            "leaky ReLU",
            "ReLU with slope α = 0.01 below zero, so that no unit goes quite dead; φ′(0) = α.",
            "Maas, Hannun and Ng 2013",
            r"\varphi(z) = \max(0, z) + \alpha \min(0, z)",
            derivative=r"\varphi'(z) = [z > 0] + \alpha\,[z \le 0]",
            kinks=(0.0,),
            code=codes.LEAKY_RELU,
        ),
        Activation(
            "identity",
            "linear",
            "No bend at all: layers of these add up to one linear map.",
            "",
            r"\varphi(z) = z",
            derivative=r"\varphi'(z) = 1",
            code=codes.IDENTITY,
        ),
        Activation(
            "softmax",
            "softmax",
            "Outputs that are positive and sum to one; its derivative is a full matrix.",
            "Bridle 1990",
            r"\varphi(z)_j = \frac{e^{z_j}}{\sum_k e^{z_k}}",
            derivative=r"\frac{\partial \varphi_j}{\partial z_k} = \varphi_j\,([j = k] - \varphi_k)",
            hidden=False,
            code=codes.SOFTMAX,
        ),
    )
)

PLANNED = ("prelu", "elu", "gelu", "softplus", "silu")
