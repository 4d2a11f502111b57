"""Activation functions: rows and their maths in words. The kernels are in `engine.kernels.ops.activations`."""

from __future__ import annotations

from dataclasses import dataclass

from engine.kernels import codes
from engine.rows.row import Row, by_name


@dataclass(frozen=True)
class Activation(Row):
    """phi of a layer. `hidden`, `output`: where it may stand; `kinks`: where phi' jumps."""

    derivative: str = ""
    hidden: bool = True
    output: bool = True
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
            "prelu",
            "PReLU",
            "Leaky ReLU whose slope below zero is learned, one for each unit, from 0.25 on; φ′(0) = α.",
            "He et al. 2015, (1)",
            r"\varphi(z) = \max(0, z) + \alpha \min(0, z)",
            derivative=r"\varphi'(z) = [z > 0] + \alpha\,[z \le 0],\quad"
            r" \frac{\partial \varphi}{\partial \alpha} = \min(0, z)",
            output=False,
            kinks=(0.0,),
            code=codes.PRELU,
        ),
        Activation(
            "elu",
            "ELU",
            "The identity above zero, bending towards −1 below: no corner, and a mean nearer to zero.",
            "Clevert, Unterthiner and Hochreiter 2016, with α = 1",
            r"\varphi(z) = z\,[z > 0] + (e^z - 1)\,[z \le 0]",
            derivative=r"\varphi'(z) = [z > 0] + e^z\,[z \le 0]",
            code=codes.ELU,
        ),
        Activation(
            "gelu",
            "GELU",
            "The input times the probability that a normal number is smaller; exact, not its tanh form.",
            "Hendrycks and Gimpel 2016",
            r"\varphi(z) = z\, \Phi(z) = \tfrac{z}{2} \left(1 + \operatorname{erf} \tfrac{z}{\sqrt 2}\right)",
            derivative=r"\varphi'(z) = \Phi(z) + \frac{z}{\sqrt{2\pi}} e^{-z^2/2}",
            code=codes.GELU,
        ),
        Activation(
            "softplus",
            "softplus",
            "A smooth ReLU; its slope is the sigmoid.",
            "Dugas et al. 2001",
            r"\varphi(z) = \ln(1 + e^z)",
            derivative=r"\varphi'(z) = \frac{1}{1 + e^{-z}}",
            code=codes.SOFTPLUS,
        ),
        Activation(
            "silu",
            "SiLU",
            "The input times its own sigmoid, also called swish.",
            "Elfwing, Uchibe and Doya 2018",
            r"\varphi(z) = z\, \sigma(z)",
            derivative=r"\varphi'(z) = \sigma(z)\,(1 + z\,(1 - \sigma(z)))",
            code=codes.SILU,
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
