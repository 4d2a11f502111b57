"""Rows of Adam and its family."""

from __future__ import annotations

from dataclasses import replace

from engine.kernels.optimizers import dispatch as kernels
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
    Optimizer,
    both,
)
from engine.rows.row import Parameter

PSI = Parameter(
    "psi", "momentum's growth", "ψ", 0.004, minimum=0.0, maximum=1e3, summary="how soon the momentum μ goes from β₁/2 to β₁"
)
ADAM_STEP = r"\theta \leftarrow \theta - \eta\, \frac{\hat m}{\sqrt{\hat v} + \varepsilon}"
DECAYED = r"\theta \leftarrow (1 - \eta\lambda)\,\theta - \eta\, \frac{\hat m}{\sqrt{\hat v} + \varepsilon}"
PAPERS_DECAY = r"\theta \leftarrow \theta - \eta\, \frac{\hat m}{\sqrt{\hat v} + \varepsilon} - \lambda\theta"
MAXIMUM = r"v_{\max} \leftarrow \max(v_{\max}, v),\quad "
RAW_STEP = r"\theta \leftarrow \theta - \eta\, \frac{m}{\sqrt{v_{\max}} + \varepsilon}"
RECTIFIED = r"\theta \leftarrow \theta - \begin{cases} \eta\, r\, \sqrt{1 - \beta_2^t}\, \hat m / "
UNRECTIFIED = r" & \text{else} \end{cases}"

ADAM_FAMILY = (
    Optimizer(
        "adam",
        "Adam",
        "Momentum over RMSProp, both corrected for their start at zero.",
        "Kingma and Ba 2015, Algorithm 1",
        ADAM_STEP,
        (RATE, BETA_1, BETA_2, EPS, CORRECTED),
        state=("m", "v"),
        codes=both(kernels.ADAM),
        formulas=both(ADAM_STEP),
        torch_defaults={"lr": 1e-3},
        symbols=(*COMMON, *MEANS),
        difference="none",
    ),
    Optimizer(
        "amsgrad",
        "AMSGrad",
        "Adam whose rates never grow again: it divides by the largest mean of squares so far.",
        "Reddi, Kale and Kumar 2018, Algorithm 2",
        RAW_STEP,
        (RATE, BETA_1, BETA_2, EPS, replace(CORRECTED, default=False)),
        state=("m", "v", "vₘₐₓ"),
        codes=both(kernels.AMSGRAD),
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
    ),
    Optimizer(
        "adamw",
        "AdamW",
        "Adam with weight decay beside the gradient, not through it.",
        "Loshchilov and Hutter 2019, Algorithm 2",
        PAPERS_DECAY,
        (RATE, BETA_1, BETA_2, EPS, replace(WEIGHT_DECAY, default=1e-4), CORRECTED),
        state=("m", "v"),
        codes={TEXTBOOK: kernels.ADAMW_PAPER, PYTORCH: kernels.ADAMW},
        formulas={TEXTBOOK: PAPERS_DECAY, PYTORCH: DECAYED},
        torch_defaults={"lr": 1e-3, "weight_decay": 1e-2},
        symbols=(
            *COMMON,
            *MEANS,
            ("λθ", "the decay, of all parameters, biases too; in the paper a schedule multiplies it as it multiplies η"),
        ),
        difference="λ is multiplied by the rate η: at η = 0.01 its λ = 0.01 is as strong as the paper's 0.0001",
    ),
    Optimizer(
        "nadam",
        "NAdam",
        "Adam that looks ahead as Nesterov does.",
        "Dozat 2016, Algorithm 2",
        r"\theta \leftarrow \theta - \frac{\eta}{\sqrt{\hat v} + \varepsilon}(\ldots)",
        (RATE, BETA_1, BETA_2, EPS, PSI),
        parameters_of={"psi": PYTORCH},
        state=("m", "v"),
        codes={TEXTBOOK: kernels.NADAM_CONSTANT, PYTORCH: kernels.NADAM},
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
    ),
    Optimizer(
        "radam",
        "RAdam",
        "Adam that takes plain steps while its mean of squares has seen too little.",
        "Liu et al. 2020, Algorithm 2",
        r"\theta \leftarrow \theta - \eta\, r\, \sqrt{1 - \beta_2^t}\, \frac{\hat m}{\sqrt v}",
        (RATE, BETA_1, BETA_2, EPS),
        parameters_of={"eps": PYTORCH},
        state=("m", "v"),
        codes={TEXTBOOK: kernels.RADAM_PAPER, PYTORCH: kernels.RADAM},
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
    ),
    Optimizer(
        "adamax",
        "Adamax",
        "Adam with a fading maximum of gradients in place of a root of squares.",
        "Kingma and Ba 2015, Algorithm 2",
        r"\theta \leftarrow \theta - \eta\, \frac{\hat m}{u}",
        (RATE, BETA_1, BETA_2, EPS, CORRECTED),
        parameters_of={"eps": PYTORCH},
        state=("m", "u"),
        codes=both(kernels.ADAMAX),
        formulas={
            TEXTBOOK: r"u \leftarrow \max(\beta_2 u, |g|),\quad \theta \leftarrow \theta - \eta\, \frac{\hat m}{u}",
            PYTORCH: r"u \leftarrow \max(\beta_2 u, |g| + \varepsilon),\quad "
            r"\theta \leftarrow \theta - \eta\, \frac{\hat m}{u}",
        },
        torch_defaults={"lr": 2e-3},
        symbols=(*COMMON, MEANS[0], ("u", "the largest gradient so far, fading; 0/0 is no step")),
        difference="ε is added to |g|; the paper has no ε",
    ),
)
