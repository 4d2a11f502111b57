"""Activation functions: rows and their maths in words. The kernels, φ beside φ′, are in `engine.kernels.ops.activations`."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from engine.array import Array
from engine.kernels.ops import activations as kernels
from engine.rows.numpy_form import NORMAL, SOFTMAX, ActivationCode
from engine.rows.row import Row, by_name


@dataclass(frozen=True)
class Range:
    """The values that φ takes, from `low` to `high`. An `open` end is approached and never reached; an infinite one is open."""

    low: float
    high: float
    low_open: bool = True
    high_open: bool = True

    @property
    def bounded(self) -> bool:
        return math.isfinite(self.low) and math.isfinite(self.high)


EVERY_NUMBER = Range(-math.inf, math.inf)


# Second derivatives, over z of any shape, for curvature: in stable form, as the kernels are -------------------------------


def straight(z: Array) -> Array:
    """0: of what is made of straight pieces."""
    return np.zeros_like(z)


def logistic_slope(z: Array) -> Array:
    """σ′(z) = e^{-|z|} / (1 + e^{-|z|})²."""
    e = np.exp(-np.abs(z))
    found: Array = e / (1.0 + e) ** 2
    return found


def _tanh_second(z: Array) -> Array:
    found: Array = -8.0 * np.tanh(z) * logistic_slope(2.0 * z)
    return found


def _sigmoid_second(z: Array) -> Array:
    found: Array = -np.tanh(0.5 * z) * logistic_slope(z)
    return found


def _elu_second(z: Array) -> Array:
    return np.where(z > 0.0, 0.0, np.exp(np.minimum(z, 0.0)))


def _gelu_second(z: Array) -> Array:
    near = np.minimum(np.abs(z), 40.0)  # the density is 0 from there
    found: Array = kernels.NORMAL_PEAK * np.exp(-0.5 * near * near) * (2.0 - near * near)
    return found


def _silu_second(z: Array) -> Array:
    near = np.clip(z, -800.0, 800.0)  # 0 from there
    found: Array = logistic_slope(near) * (2.0 - near * np.tanh(0.5 * near))
    return found


@dataclass(frozen=True)
class Activation(Row):
    """φ of a layer. `hidden`, `output`: where it may stand; `kinks`: where φ′ jumps; `range`: what it takes values in;
    `steepest`: the largest |φ′| there is, None where φ′ is no function of one z (softmax).

    `torch` is φ in PyTorch, of a tensor {u} (samples, units), with `alpha{layer}` the layer's learned slopes, in a form whose
    slope keeps its digits far out; where that is not PyTorch's function of the name, `torch_note` tells the reader why.
    `symbol` is the LaTeX of the function where an equation writes φ(z) out; what is piecewise linear has `below_zero` in its
    place, symbol and value of the slope there. `second` is φ″ over z of any shape, which curvature needs; softmax has none.
    `naive_code` and `naive_torch` are its form as printed, of naive numerics, where that differs. `numpy` is φ and φ′ in NumPy.
    """

    derivative: str = ""
    hidden: bool = True
    output: bool = True
    kinks: tuple[float, ...] = ()
    range: Range = EVERY_NUMBER
    steepest: float | None = None
    torch: str = ""
    torch_note: str = ""
    symbol: str = ""
    below_zero: tuple[str, float] | None = None
    elementwise: bool = True
    """Whether φ takes each z for itself."""
    learned_slopes: bool = False
    """Whether the slope below zero is a parameter of each unit."""
    naive_code: int | None = None
    naive_torch: str = ""
    second: Callable[[Array], Array] | None = field(default=None, compare=False)
    numpy: ActivationCode | None = None

    internal: ClassVar[tuple[str, ...]] = (
        *("range", "steepest", "torch", "torch_note", "symbol", "below_zero", "elementwise", "learned_slopes"),
        *("naive_code", "naive_torch", "second", "numpy"),
    )

    @property
    def levels_off(self) -> bool:
        """Whether it flattens on both sides, so that a unit may be saturated: φ′ goes to 0 far out."""
        return self.elementwise and self.range.bounded

    def code_in(self, numerics: str) -> int:
        """What kernels know it by under these numerics, "stable" or "naive"."""
        return self.naive_code if numerics == "naive" and self.naive_code is not None else self.code

    def torch_in(self, numerics: str, u: str, layer: int) -> str:
        """φ(u) as an expression of PyTorch."""
        form = (self.naive_torch if numerics == "naive" else "") or self.torch
        return form.format(u=u, layer=layer)


ACTIVATIONS = by_name(
    (
        Activation(
            "tanh",
            "tanh",
            "A sigmoid centred on zero, between −1 and 1.",
            "LeCun et al., Efficient BackProp, 1998",
            r"\varphi(z) = \tanh z",
            derivative=r"\varphi'(z) = 1 - \varphi(z)^2",
            range=Range(-1.0, 1.0),
            steepest=1.0,
            torch="torch.where({u}.abs() < 1, torch.tanh({u}), {u}.sign() * (1 - 2 * torch.sigmoid(-2 * {u}.abs())))",
            torch_note="tanh(u), with a slope that goes on where torch.tanh's, 1 - h * h, is 0: from u = 19 on",
            symbol=r"\tanh",
            link="https://doi.org/10.1007/3-540-49430-8_2",
            example="""
>>> from engine.evaluation.curves import curve
>>> tanh = curve("tanh", [-1.0, 0.0, 1.0])
>>> np.round(tanh.value, 4).tolist(), np.round(tanh.slope, 4).tolist()
([-0.7616, 0.0, 0.7616], [0.42, 1.0, 0.42])
""",
            code=kernels.TANH,
            numpy=ActivationCode("np.tanh({z})", "1 - {h}**2"),
            second=_tanh_second,
        ),
        Activation(
            "relu",
            "ReLU",
            "Zero below zero, the identity above; φ′(0) = 0.",
            "Nair and Hinton 2010",
            r"\varphi(z) = \max(0, z)",
            derivative=r"\varphi'(z) = [z > 0]",
            kinks=(0.0,),
            range=Range(0.0, math.inf, low_open=False),
            steepest=1.0,
            torch="torch.relu({u})",
            below_zero=("0", 0.0),
            link="https://icml.cc/Conferences/2010/papers/432.pdf",
            example="""
>>> from engine.evaluation.curves import curve
>>> relu = curve("relu", [-2.0, 0.0, 3.0])
>>> relu.value.tolist(), relu.slope.tolist()
([0.0, 0.0, 3.0], [0.0, 0.0, 1.0])
""",
            code=kernels.RELU,
            numpy=ActivationCode("np.maximum({z}, 0)", "({z} > 0)"),
            second=straight,
        ),
        Activation(
            "sigmoid",
            "sigmoid",
            "Between 0 and 1; its slope is at most 1/4.",
            "Rumelhart, Hinton and Williams 1986",
            r"\varphi(z) = \frac{1}{1 + e^{-z}}",
            derivative=r"\varphi'(z) = \varphi(z)\,(1 - \varphi(z))",
            range=Range(0.0, 1.0),
            steepest=0.25,
            torch="torch.where({u} < 0, torch.sigmoid({u}), 1 - torch.sigmoid(-{u}))",
            torch_note="sigmoid(u), with a slope that goes on where torch.sigmoid's, h * (1 - h), is 0: from u = 37 on",
            symbol=r"\sigma",
            link="https://doi.org/10.1038/323533a0",
            example="""
>>> from engine.evaluation.curves import curve
>>> sigmoid = curve("sigmoid", [-np.log(3.0), 0.0, np.log(3.0)])
>>> np.round(sigmoid.value, 4).tolist(), np.round(sigmoid.slope, 4).tolist()
([0.25, 0.5, 0.75], [0.1875, 0.25, 0.1875])
""",
            code=kernels.SIGMOID,
            numpy=ActivationCode("1 / (1 + np.exp(-{z}))", "{h} * (1 - {h})"),
            second=_sigmoid_second,
            naive_code=kernels.NAIVE_SIGMOID,
            naive_torch="1 / (1 + torch.exp(-{u}))",
        ),
        Activation(
            "leaky_relu",
            "leaky ReLU",
            "ReLU with slope α = 0.01 below zero, so that no unit goes quite dead; φ′(0) = α.",
            "Maas, Hannun and Ng 2013",
            r"\varphi(z) = \max(0, z) + \alpha \min(0, z)",
            derivative=r"\varphi'(z) = [z > 0] + \alpha\,[z \le 0]",
            kinks=(0.0,),
            steepest=1.0,
            torch=f"torch.nn.functional.leaky_relu({{u}}, {kernels.LEAKY_SLOPE})",
            below_zero=(r"\alpha", kernels.LEAKY_SLOPE),
            link="https://ai.stanford.edu/~amaas/papers/relu_hybrid_icml2013_final.pdf",
            example="""
>>> from engine.evaluation.curves import curve
>>> leaky = curve("leaky_relu", [-2.0, 0.0, 3.0])
>>> leaky.value.tolist(), leaky.slope.tolist()
([-0.02, 0.0, 3.0], [0.01, 0.01, 1.0])
""",
            code=kernels.LEAKY_RELU,
            numpy=ActivationCode(
                f"np.where({{z}} > 0, {{z}}, {kernels.LEAKY_SLOPE} * {{z}})", f"np.where({{z}} > 0, 1, {kernels.LEAKY_SLOPE})"
            ),
            second=straight,
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
            steepest=1.0,
            torch="torch.nn.functional.prelu({u}, alpha{layer})",
            below_zero=(r"\alpha", kernels.FIRST_SLOPE),
            learned_slopes=True,
            link="https://arxiv.org/abs/1502.01852",
            example="""
>>> from engine.evaluation.curves import curve
>>> prelu = curve("prelu", [-2.0, 0.0, 3.0])  # before it has learned
>>> prelu.value.tolist(), prelu.slope.tolist()
([-0.5, 0.0, 3.0], [0.25, 0.25, 1.0])
""",
            code=kernels.PRELU,
            numpy=ActivationCode("np.where({z} > 0, {z}, alpha{layer} * {z})", "np.where({z} > 0, 1, alpha{layer})"),
            second=straight,
        ),
        Activation(
            "elu",
            "ELU",
            "The identity above zero, bending towards −1 below: no corner, and a mean nearer to zero.",
            "Clevert, Unterthiner and Hochreiter 2016, with α = 1",
            r"\varphi(z) = z\,[z > 0] + (e^z - 1)\,[z \le 0]",
            derivative=r"\varphi'(z) = [z > 0] + e^z\,[z \le 0]",
            range=Range(-1.0, math.inf),
            steepest=1.0,
            torch="torch.nn.functional.elu({u})",
            symbol=r"\operatorname{ELU}",
            link="https://arxiv.org/abs/1511.07289",
            example="""
>>> from engine.evaluation.curves import curve
>>> elu = curve("elu", [-np.log(2.0), 0.0, 3.0])
>>> np.round(elu.value, 4).tolist(), np.round(elu.slope, 4).tolist()
([-0.5, 0.0, 3.0], [0.5, 1.0, 1.0])
""",
            code=kernels.ELU,
            numpy=ActivationCode("np.where({z} > 0, {z}, np.expm1({z}))", "np.where({z} > 0, 1, np.exp({z}))"),
            second=_elu_second,
        ),
        Activation(
            "gelu",
            "GELU",
            "The input times the probability that a normal number is smaller; exact, not its tanh form.",
            "Hendrycks and Gimpel 2016",
            r"\varphi(z) = z\, \Phi(z) = \tfrac{z}{2} \left(1 + \operatorname{erf} \tfrac{z}{\sqrt 2}\right)",
            derivative=r"\varphi'(z) = \Phi(z) + \frac{z}{\sqrt{2\pi}} e^{-z^2/2}",
            range=Range(-0.16997120747990367, math.inf, low_open=False),  # at z = -0.7518
            steepest=1.1289041451851548,  # at z = √2
            torch="0.5 * {u} * torch.special.erfc(-{u} * 0.5**0.5)",
            torch_note="GELU(u), with digits that torch.nn.functional.gelu loses where u is negative: it is 0 from u = -9 on",
            symbol=r"\operatorname{GELU}",
            link="https://arxiv.org/abs/1606.08415",
            example="""
>>> from engine.evaluation.curves import curve
>>> gelu = curve("gelu", [-1.0, 0.0, 1.0])  # Φ(1) is 0.8413
>>> np.round(gelu.value, 4).tolist(), np.round(gelu.slope, 4).tolist()
([-0.1587, 0.0, 0.8413], [-0.0833, 0.5, 1.0833])
""",
            code=kernels.GELU,
            numpy=ActivationCode(
                "{z} * ndtr({z})", "ndtr({z}) + {z} * np.exp(-{z}**2 / 2) / np.sqrt(2 * np.pi)", helpers=(NORMAL,)
            ),
            second=_gelu_second,
        ),
        Activation(
            "softplus",
            "softplus",
            "A smooth ReLU; its slope is the sigmoid.",
            "Dugas et al. 2001",
            r"\varphi(z) = \ln(1 + e^z)",
            derivative=r"\varphi'(z) = \frac{1}{1 + e^{-z}}",
            range=Range(0.0, math.inf),
            steepest=1.0,
            torch="torch.logaddexp({u}, torch.zeros_like({u}))",
            symbol=r"\operatorname{softplus}",
            link="https://papers.neurips.cc/paper_files/paper/2000/hash/44968aece94f667e4095002d140b5896-Abstract.html",
            example="""
>>> from engine.evaluation.curves import curve
>>> softplus = curve("softplus", [-np.log(3.0), 0.0])
>>> np.round(np.exp(softplus.value), 4).tolist(), np.round(softplus.slope, 4).tolist()
([1.3333, 2.0], [0.25, 0.5])
""",
            code=kernels.SOFTPLUS,
            numpy=ActivationCode("np.logaddexp(0, {z})", "1 / (1 + np.exp(-{z}))"),
            second=logistic_slope,
        ),
        Activation(
            "silu",
            "SiLU",
            "The input times its own sigmoid, also called swish.",
            "Elfwing, Uchibe and Doya 2018",
            r"\varphi(z) = z\, \sigma(z)",
            derivative=r"\varphi'(z) = \sigma(z)\,(1 + z\,(1 - \sigma(z)))",
            range=Range(-0.2784645427610738, math.inf, low_open=False),  # at z = -1.2785
            steepest=1.099839320128867,  # at z = 2.3994
            torch="torch.nn.functional.silu({u})",
            symbol=r"\operatorname{SiLU}",
            link="https://arxiv.org/abs/1702.03118",
            example="""
>>> from engine.evaluation.curves import curve
>>> silu = curve("silu", [-1.0, 0.0, 1.0])  # σ(1) is 0.7311
>>> np.round(silu.value, 4).tolist(), np.round(silu.slope, 4).tolist()
([-0.2689, 0.0, 0.7311], [0.0723, 0.5, 0.9277])
""",
            code=kernels.SILU,
            numpy=ActivationCode("{z} / (1 + np.exp(-{z}))", "{h} + (1 - {h}) / (1 + np.exp(-{z}))"),
            second=_silu_second,
        ),
        Activation(
            "identity",
            "linear",
            "No bend at all: layers of these add up to one linear map.",
            "Goodfellow, Bengio and Courville 2016, 6.2.2.1",
            r"\varphi(z) = z",
            derivative=r"\varphi'(z) = 1",
            steepest=1.0,
            torch="{u}",
            link="https://www.deeplearningbook.org/contents/mlp.html",
            example="""
>>> from engine.evaluation.curves import curve
>>> linear = curve("identity", [-2.0, 3.0])
>>> linear.value.tolist(), linear.slope.tolist()
([-2.0, 3.0], [1.0, 1.0])
""",
            code=kernels.IDENTITY,
            numpy=ActivationCode("{z}", "1"),
            second=straight,
        ),
        Activation(
            "softmax",
            "softmax",
            "Outputs that are positive and sum to one; its derivative is a full matrix.",
            "Bridle 1990",
            r"\varphi(z)_j = \frac{e^{z_j}}{\sum_k e^{z_k}}",
            derivative=r"\frac{\partial \varphi_j}{\partial z_k} = \varphi_j\,([j = k] - \varphi_k)",
            hidden=False,
            range=Range(0.0, 1.0),
            torch="torch.softmax({u}, dim=1)",
            symbol=r"\operatorname{softmax}",
            elementwise=False,
            link="https://doi.org/10.1007/978-3-642-76153-9_28",
            example="""
>>> from engine.evaluation.curves import output_delta
>>> found = output_delta("cross_entropy", "softmax", np.log([[1.0], [2.0], [5.0]]), [[0.0], [0.0], [1.0]])
>>> np.round(found.prediction.ravel(), 4).tolist(), np.round(found.delta.ravel(), 4).tolist()
([0.125, 0.25, 0.625], [0.125, 0.25, -0.375])
""",
            code=kernels.SOFTMAX,
            numpy=ActivationCode("softmax({z})", "", "{h} * ({g} - ({h} * {g}).sum(axis=0))", (SOFTMAX,)),
            naive_code=kernels.NAIVE_SOFTMAX,
            naive_torch="torch.exp({u}) / torch.exp({u}).sum(dim=1, keepdim=True)",
        ),
    )
)
