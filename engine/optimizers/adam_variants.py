"""Rows of Adam's relatives that step otherwise: NAdam, RAdam, Adamax."""

from __future__ import annotations

from engine.kernels.optimizers import dispatch as kernels
from engine.optimizers import torch_form as lines
from engine.optimizers.adam import BOTH_DECAYS, IN_TORCH, STATE, arguments
from engine.optimizers.equations import CORRECTED_ROOT, V_HAT, M, Quantity, V, equations, new, size, step
from engine.optimizers.numpy_form import InNumPy, counted
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
    Form,
    Optimizer,
    by_dialect,
    same,
)
from engine.optimizers.stability import CONSTANT_MOMENTUM, RISING_MOMENTUM, adaptive_mean, fading_maximum, rectified
from engine.optimizers.torch_form import Options, TorchOptimizer, in_torch, written_out
from engine.rows.row import Parameter

PSI = Parameter(
    "psi", "momentum's growth", "ψ", 0.004, minimum=0.0, maximum=1e3, summary="how soon the momentum μ goes from β₁/2 to β₁"
)
RECTIFIED = r"\theta \leftarrow \theta - \begin{cases} \eta\, r\, \sqrt{1 - \beta_2^t}\, \hat m / "
UNRECTIFIED = r" & \text{else} \end{cases}"

NADAM = equations(
    M,
    V,
    V_HAT,
    size(CORRECTED_ROOT, "sqrt(v_new / c2) + eps"),
    Quantity("mixed", r"\eta \bar m", "the gradient and where the mean will be, with their rates", "f1 * g + f2 * m_new"),
    step("mixed / root"),
    new(),
)
RADAM = equations(
    M,
    V,
    size(r"\sqrt{v'} + \varepsilon", "sqrt(v_new) + eps"),
    step(
        "(f1 * m_new / root if root > 0 else 0) if f2 > 0 else f1 * m_new",
        "the step: divided by the root once it is known",
    ),
    new(),
)
ADAMAX = equations(
    M,
    Quantity("faded", r"\beta_2 u", "the largest gradient so far, faded", "beta2 * u"),
    Quantity("now", r"|g| + \varepsilon", "the size of this gradient", "abs(g) + eps"),
    Quantity("u_new", "u'", "the larger of the two", "faded if faded > now else now", "u"),
    step("f1 * m_new / u_new if u_new > 0 else 0"),
    new(),
)

CONSTANT_IN_NUMPY = counted(
    ("f1", "eta * (1 - beta1) / (1 - beta1**t)"),
    ("f2", "eta * beta1 / (1 - beta1**(t + 1))"),
)
RISING_IN_NUMPY = counted(
    ("mu", "beta1 * (1 - 0.96 ** (t * psi) / 2)"),
    ("mu_next", "beta1 * (1 - 0.96 ** ((t + 1) * psi) / 2)"),
    ("product", "product * mu"),
    ("f1", "eta * (1 - mu) / (1 - product)"),
    ("f2", "eta * mu_next / (1 - product * mu_next)"),
)


def _rectified_in_numpy(bound: int) -> InNumPy:
    r = "np.sqrt((rho - 4) * (rho - 2) * rho_max / ((rho_max - 4) * (rho_max - 2) * rho))"
    return counted(
        ("rho_max", "2 / (1 - beta2) - 1"),
        ("rho", "rho_max - 2 * t * beta2**t / (1 - beta2**t)"),
        ("r", f"{r} if rho > {bound} else 0"),
        ("f1", f"eta / c1 * (np.sqrt(c2) * r if rho > {bound} else 1)"),
        ("f2", f"float(rho > {bound})"),
    )


NADAM_LINES = written_out(
    STATE,
    lines.MEAN,
    lines.SQUARES,
    lines.CORRECTED_SQUARES,
    "t, b = self.updates, self.beta1",
    "m = b * self.m[i] / (1 - b ** (t + 1)) + (1 - b) * g / (1 - b**t)",
    lines.ADAM_STEP,
)
RADAM_LINES = written_out(
    STATE,
    lines.MEAN,
    lines.SQUARES,
    lines.CORRECTED_MEAN,
    "t, longest = self.updates, 2 / (1 - self.beta2) - 1",
    "rho = longest - 2 * t * self.beta2**t / (1 - self.beta2**t)",
    "if rho > 4:",
    "    r = (rho - 4) * (rho - 2) * longest / ((longest - 4) * (longest - 2) * rho)",
    "    m = (r * (1 - self.beta2**t)) ** 0.5 * m / torch.sqrt(self.v[i])",
    "    m = torch.where(self.v[i] > 0, m, 0)",
    "p -= self.lr * m",
)


def _nadam(o: Options) -> TorchOptimizer:
    return in_torch("NAdam", arguments(o) | {"momentum_decay": o["psi"]}, IN_TORCH, mu_product="tensor(product)")


def _adamax(o: Options) -> TorchOptimizer:
    """torch has an ε, and always corrects: else it is written out."""
    if "eps" in o and o["bias_correction"]:
        return in_torch("Adamax", arguments(o), {"exp_avg": "m", "exp_inf": "u"})
    largest = f"self.u[i] = torch.maximum(self.beta2 * self.u[i], {'g.abs() + self.eps' if 'eps' in o else 'g.abs()'})"
    move = "p -= torch.where(self.u[i] > 0, self.lr * m / self.u[i], 0)"
    return written_out(("m", "u"), lines.MEAN, largest, lines.mean(o), move)


ADAM_VARIANTS = (
    Optimizer(
        "nadam",
        "NAdam",
        "Adam that looks ahead as Nesterov does.",
        "Dozat 2016, Algorithm 2",
        r"\theta \leftarrow \theta - \frac{\eta}{\sqrt{\hat v} + \varepsilon}(\ldots)",
        (RATE, BETA_1, BETA_2, EPS, PSI),
        parameters_of={"psi": PYTORCH},
        forms=by_dialect(
            textbook=Form(
                kernels.NADAM_CONSTANT, NADAM, NADAM_LINES, STATE, stability=CONSTANT_MOMENTUM, numpy=CONSTANT_IN_NUMPY
            ),
            pytorch=Form(kernels.NADAM, NADAM, _nadam, STATE, stability=RISING_MOMENTUM, numpy=RISING_IN_NUMPY),
        ),
        formulas={
            TEXTBOOK: r"\theta \leftarrow \theta - \frac{\eta}{\sqrt{\hat v} + \varepsilon}"
            r"\left(\frac{\beta_1 m}{1 - \beta_1^{t+1}} + \frac{(1 - \beta_1)\, g}{1 - \beta_1^t}\right)",
            PYTORCH: r"\theta \leftarrow \theta - \frac{\eta}{\sqrt{\hat v} + \varepsilon}"
            r"\left(\frac{\mu_{t+1} m}{1 - \prod_{i=1}^{t+1} \mu_i} + \frac{(1 - \mu_t)\, g}{1 - \prod_{i=1}^{t} \mu_i}\right)",
        },
        torch_defaults={"lr": 2e-3},
        symbols=(
            *COMMON,
            ("m", "the running mean of gradients m ← β₁m + (1 − β₁)g"),
            MEANS[1],
            ("t", "the number of this update"),
            ("μₜ", "β₁(1 − ½·0.96^(tψ)), the momentum on its way up (PyTorch)"),
        ),
        difference="the momentum is a sequence μₜ that rises from about β₁/2 to β₁, as in Dozat's full form; the simplified "
        "form has the constant β₁",
        decays=BOTH_DECAYS,
        link="https://openreview.net/forum?id=OM0jvwB8jIp57ZJjtNEZ",
        example="""
        >>> lane = StandaloneOptimizer(OptimizerSpec(name="nadam", lr=0.1, beta1=0.5, beta2=0.5, eps=0.0), [1.0])
        >>> lane.step([1.0])  # m = 0.5 and v̂ = 1
        True
        >>> np.round(lane.point, 4)  # 1 − 0.1 · (0.5 · 0.5/0.75 + 0.5 · 1/0.5)
        array([0.8667])
        """,
    ),
    Optimizer(
        "radam",
        "RAdam",
        "Adam that takes plain steps while its mean of squares has seen too little.",
        "Liu et al. 2020, Algorithm 2",
        r"\theta \leftarrow \theta - \eta\, r\, \sqrt{1 - \beta_2^t}\, \frac{\hat m}{\sqrt v}",
        (RATE, BETA_1, BETA_2, EPS),
        parameters_of={"eps": PYTORCH},
        forms=by_dialect(
            textbook=Form(
                kernels.RADAM_PAPER,
                RADAM,
                RADAM_LINES,
                STATE,
                stability=adaptive_mean(rectified(4.0)),
                numpy=_rectified_in_numpy(4),
            ),
            pytorch=Form(
                kernels.RADAM,
                RADAM,
                lambda o: in_torch("RAdam", arguments(o), IN_TORCH),
                STATE,
                stability=adaptive_mean(rectified(5.0)),
                numpy=_rectified_in_numpy(5),
            ),
        ),
        formulas={
            TEXTBOOK: RECTIFIED + r"\sqrt v & \rho_t > 4 \\ \eta\, \hat m" + UNRECTIFIED,
            PYTORCH: RECTIFIED + r"(\sqrt v + \varepsilon) & \rho_t > 5 \\ \eta\, \hat m" + UNRECTIFIED,
        },
        torch_defaults={"lr": 1e-3},
        symbols=(
            *COMMON,
            MEANS[0],
            ("v", "the running mean of squared gradients v ← β₂v + (1 − β₂)g²; 0/0 is no step"),
            ("ρₜ", "ρ∞ − 2tβ₂ᵗ/(1 − β₂ᵗ): of how many gradients v is the mean, at most ρ∞ = 2/(1 − β₂) − 1"),
            ("r", "√((ρₜ − 4)(ρₜ − 2)ρ∞ / ((ρ∞ − 4)(ρ∞ − 2)ρₜ)), which grows to 1"),
        ),
        difference="rectified steps begin above 5, not 4, and ε is added to √v before the correction; the paper has no ε",
        decays=BOTH_DECAYS,
        link="https://arxiv.org/abs/1908.03265",
        example="""
        >>> lane = StandaloneOptimizer(OptimizerSpec(name="radam", lr=0.1, beta1=0.5), [1.0])
        >>> lane.step([3.0])  # a plain step at first: m̂ = 1.5/0.5 = 3
        True
        >>> np.round(lane.point, 4)  # 1 − 0.1 · 3
        array([0.7])
        """,
    ),
    Optimizer(
        "adamax",
        "Adamax",
        "Adam with a fading maximum of gradients in place of a root of squares.",
        "Kingma and Ba 2015, Algorithm 2",
        r"\theta \leftarrow \theta - \eta\, \frac{\hat m}{u}",
        (RATE, BETA_1, BETA_2, EPS, CORRECTED),
        parameters_of={"eps": PYTORCH},
        forms=same(
            Form(
                kernels.ADAMAX,
                ADAMAX,
                _adamax,
                ("m", "u"),
                stability=adaptive_mean(fading_maximum),
                numpy=counted(("f1", "eta / c1")),
            )
        ),
        formulas={
            TEXTBOOK: r"u \leftarrow \max(\beta_2 u, |g|),\quad \theta \leftarrow \theta - \eta\, \frac{\hat m}{u}",
            PYTORCH: r"u \leftarrow \max(\beta_2 u, |g| + \varepsilon),\quad "
            r"\theta \leftarrow \theta - \eta\, \frac{\hat m}{u}",
        },
        torch_defaults={"lr": 2e-3},
        symbols=(*COMMON, MEANS[0], ("u", "the largest gradient so far, fading; 0/0 is no step")),
        difference="ε is added to |g|; the paper has no ε",
        decays=BOTH_DECAYS,
        correction="bias_correction",
        link="https://arxiv.org/abs/1412.6980",
        example="""
        >>> lane = StandaloneOptimizer(OptimizerSpec(name="adamax", lr=0.1, beta1=0.5, beta2=0.5), [1.0])
        >>> lane.step([2.0]), lane.step([0.0])  # m̂ is 2, then 0.5/0.75; u is 2, then 1
        (True, True)
        >>> np.round(lane.point, 4)  # 1 − 0.1 · 2/2 − 0.1 · 0.6667/1
        array([0.8333])
        """,
    ),
)
