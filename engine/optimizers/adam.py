"""Rows of Adam, and of the two that change one thing of it: AMSGrad and AdamW."""

from __future__ import annotations

from dataclasses import replace

from engine.kernels.optimizers import dispatch as kernels
from engine.optimizers import torch_form as lines
from engine.optimizers.equations import (
    ADAM,
    ADAM_STEP,
    DECAYED_ADAM,
    Alias,
    M,
    Quantity,
    V,
    equations,
    new,
)
from engine.optimizers.numpy_form import DECAYED as DECAYED_IN_NUMPY
from engine.optimizers.numpy_form import counted
from engine.optimizers.row import (
    BETA_1,
    BETA_2,
    COMMON,
    CORRECTED,
    EPS,
    MEANS,
    PYTORCH,
    RATE,
    TEXTBOOK,
    WEIGHT_DECAY,
    Form,
    Optimizer,
    both,
    by_dialect,
    same,
)
from engine.optimizers.stability import adaptive_mean, corrected_root, decayed_mean, papers_decayed_mean
from engine.optimizers.torch_form import Options, TorchOptimizer, in_torch, picked, written_out

THETA_STEP = r"\theta \leftarrow \theta - \eta\, \frac{\hat m}{\sqrt{\hat v} + \varepsilon}"
DECAYED = r"\theta \leftarrow (1 - \eta\lambda)\,\theta - \eta\, \frac{\hat m}{\sqrt{\hat v} + \varepsilon}"
PAPERS_DECAY = r"\theta \leftarrow \theta - \eta\, \frac{\hat m}{\sqrt{\hat v} + \varepsilon} - \lambda\theta"
MAXIMUM = r"v_{\max} \leftarrow \max(v_{\max}, v),\quad "
RAW_STEP = r"\theta \leftarrow \theta - \eta\, \frac{m}{\sqrt{v_{\max}} + \varepsilon}"
STATE = ("m", "v")
BOTH_DECAYS = ("beta1", "beta2")
IN_TORCH = {"exp_avg": "m", "exp_avg_sq": "v"}


def arguments(o: Options) -> Options:
    return picked(o, lr="lr", eps="eps", betas=BOTH_DECAYS)


# torch always corrects: without the correction each is written out.


def _adam(o: Options) -> TorchOptimizer:
    if o["bias_correction"]:
        return in_torch("Adam", arguments(o), IN_TORCH)
    return written_out(STATE, lines.MEAN, lines.SQUARES, lines.mean(o), lines.squares(o), lines.ADAM_STEP)


def _amsgrad(o: Options) -> TorchOptimizer:
    if o["bias_correction"]:
        return in_torch("Adam", arguments(o) | {"amsgrad": True}, IN_TORCH | {"max_exp_avg_sq": "vₘₐₓ"})
    top = "self.vₘₐₓ[i] = torch.maximum(self.vₘₐₓ[i], self.v[i])"
    return written_out((*STATE, "vₘₐₓ"), lines.MEAN, lines.SQUARES, top, lines.mean(o), "v = self.vₘₐₓ[i]", lines.ADAM_STEP)


def _adamw(o: Options) -> TorchOptimizer:
    if o["bias_correction"]:
        return in_torch("AdamW", arguments(o) | picked(o, weight_decay="weight_decay"), IN_TORCH)
    return _adamw_by_lines(o, "self.lr * self.weight_decay")


def _adamw_of_the_paper(o: Options) -> TorchOptimizer:
    """The paper's decay is not multiplied by the rate, but by what a schedule has made of it."""
    scale = f" * (self.lr / {o['lr']!r})" if o["lr"] else ""
    return _adamw_by_lines(o, f"self.weight_decay{scale}")


def _adamw_by_lines(o: Options, decay: str) -> TorchOptimizer:
    kept = f"p *= 1 - {decay}"
    return written_out(STATE, lines.MEAN, lines.SQUARES, lines.mean(o), lines.squares(o), kept, lines.ADAM_STEP)


ADAM_FAMILY = (
    Optimizer(
        "adam",
        "Adam",
        "Momentum over RMSProp, both corrected for their start at zero.",
        "Kingma and Ba 2015, Algorithm 1",
        THETA_STEP,
        (RATE, BETA_1, BETA_2, EPS, CORRECTED),
        forms=same(Form(kernels.ADAM, equations(*ADAM, new()), _adam, STATE, stability=adaptive_mean(corrected_root("v")))),
        formulas=both(THETA_STEP),
        torch_defaults={"lr": 1e-3},
        symbols=(*COMMON, *MEANS),
        difference="none",
        decays=BOTH_DECAYS,
        correction="bias_correction",
        link="https://arxiv.org/abs/1412.6980",
        example="""
        >>> lane = StandaloneOptimizer(OptimizerSpec(name="adam", lr=0.1, beta1=0.5, beta2=0.75, eps=0.0), [0.0, 0.0])
        >>> lane.step([1.0, -20.0])  # the first step is the rate, whatever the gradient
        True
        >>> lane.step([3.0, -60.0])  # m̂ = 1.75/0.75 and v̂ = 2.4375/0.4375, twenty times that of the other
        True
        >>> np.round(lane.point, 4)  # −0.1 − 0.1 · m̂/√v̂
        array([-0.1989,  0.1989])
        """,
    ),
    Optimizer(
        "amsgrad",
        "AMSGrad",
        "Adam that divides by the largest mean of squares so far: without bias correction no parameter's rate grows again.",
        "Reddi, Kale and Kumar 2018, Algorithm 2",
        RAW_STEP,
        (RATE, BETA_1, BETA_2, EPS, replace(CORRECTED, default=False)),
        forms=same(
            Form(
                kernels.AMSGRAD,
                equations(
                    M,
                    V,
                    Quantity(
                        "top_new", r"v_{\max}'", "the largest mean of squares so far", "v_new if v_new > top else top", "top"
                    ),
                    Quantity(
                        "root", r"\sqrt{\hat v_{\max}} + \varepsilon", "what is divided by", "sqrt(top_new) / sqrt(c2) + eps"
                    ),
                    ADAM_STEP,
                    new(),
                    aliases=(Alias("top", "vₘₐₓ", r"v_{\max}"),),
                ),
                _amsgrad,
                (*STATE, "vₘₐₓ"),
                stability=adaptive_mean(corrected_root("vₘₐₓ"), fades=False),
            )
        ),
        formulas={
            TEXTBOOK: MAXIMUM + RAW_STEP,
            PYTORCH: MAXIMUM + r"\theta \leftarrow \theta - \eta\, \frac{\hat m}{\sqrt{\hat v_{\max}} + \varepsilon}",
        },
        torch_defaults={"lr": 1e-3, "bias_correction": True},
        symbols=(
            *COMMON,
            ("m, v", "the running means of gradients, by β₁, and of squared gradients, by β₂"),
            ("vₘₐₓ", "the largest v so far, parameter by parameter, before any correction"),
            ("m̂, v̂ₘₐₓ", "the same divided by 1 − β₁ᵗ and 1 − β₂ᵗ, where the bias correction is on"),
        ),
        difference="m and vₘₐₓ are corrected for their start at zero, as Adam's; the paper corrects neither and has no ε",
        decays=BOTH_DECAYS,
        correction="bias_correction",
        link="https://arxiv.org/abs/1904.09237",
        example="""
        >>> lane = StandaloneOptimizer(OptimizerSpec(name="amsgrad", lr=0.1, beta1=0.5, beta2=0.75, eps=0.0), [1.0])
        >>> lane.step([2.0]), lane.step([0.0])  # m is 1, then 0.5; v is 1, then 0.75, and vₘₐₓ stays 1
        (True, True)
        >>> np.round(lane.point, 4)  # 1 − 0.1 · 1 − 0.1 · 0.5
        array([0.85])
        """,
    ),
    Optimizer(
        "adamw",
        "AdamW",
        "Adam with weight decay beside the gradient, not through it.",
        "Loshchilov and Hutter 2019, Algorithm 2",
        PAPERS_DECAY,
        (RATE, BETA_1, BETA_2, EPS, replace(WEIGHT_DECAY, default=1e-4), CORRECTED),
        forms=by_dialect(
            textbook=Form(
                kernels.ADAMW_PAPER,
                DECAYED_ADAM,
                _adamw_of_the_paper,
                STATE,
                stability=papers_decayed_mean(corrected_root("v")),
                numpy=counted(("f1", "1 - weight_decay * (eta / lr if lr > 0 else 1)")),
            ),
            pytorch=Form(
                kernels.ADAMW,
                DECAYED_ADAM,
                _adamw,
                STATE,
                stability=decayed_mean(corrected_root("v")),
                numpy=DECAYED_IN_NUMPY,
            ),
        ),
        formulas={TEXTBOOK: PAPERS_DECAY, PYTORCH: DECAYED},
        torch_defaults={"lr": 1e-3, "weight_decay": 1e-2},
        symbols=(
            *COMMON,
            *MEANS,
            ("λθ", "the decay, of all parameters, biases too; in the paper a schedule multiplies it as it multiplies η"),
        ),
        difference="λ is multiplied by the rate η: at η = 0.01 its λ = 0.01 is as strong as the paper's 0.0001",
        decays=BOTH_DECAYS,
        correction="bias_correction",
        link="https://arxiv.org/abs/1711.05101",
        example="""
        >>> for dialect in ("textbook", "pytorch"):
        ...     lane = StandaloneOptimizer(OptimizerSpec(name="adamw", dialect=dialect, lr=0.1, weight_decay=0.25), [2.0])
        ...     _ = lane.step([3.0])
        ...     print(np.round(lane.point, 4))  # 2 − 0.1 − 0.25 · 2, and 2 − 0.1 − 0.1 · 0.25 · 2
        [1.4]
        [1.85]
        """,
    ),
)
