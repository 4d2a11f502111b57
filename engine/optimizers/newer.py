"""Rows of the optimizers that use a gradient's sign or a matrix's directions: Rprop, Lion, Muon."""

from __future__ import annotations

from dataclasses import replace

from engine.kernels.optimizers import dispatch as kernels
from engine.optimizers.row import BETA_1, BETA_2, COMMON, EPS, MOMENTUM, RATE, WEIGHT_DECAY, Optimizer, both
from engine.rows.row import Parameter

FIRST_STEP = replace(
    RATE, title="first step", symbol="Δ₀", summary="every parameter's step at the start; the rule then finds its own"
)
ETAS = Parameter(
    "etas",
    "factors",
    "η⁻, η⁺",
    (0.5, 1.2),
    kind="pair",
    summary="what a step is multiplied by where the gradient's sign flips, and where it stays",
    parts=(
        Parameter(
            "minus", "shrink", "η⁻", 0.5, minimum=0.0, maximum=1.0, exclusive_minimum=True, exclusive_maximum=True, scale="log"
        ),
        Parameter("plus", "grow", "η⁺", 1.2, minimum=1.0, maximum=100.0, exclusive_minimum=True),
    ),
)
STEP_SIZES = Parameter(
    "step_sizes",
    "smallest and largest step",
    "Γ",
    (1e-6, 50.0),
    kind="pair",
    summary="the bounds of every step",
    parts=(
        Parameter("smallest", "smallest step", "Γₘᵢₙ", 1e-6, minimum=0.0, maximum=1e9, scale="log"),
        Parameter("largest", "largest step", "Γₘₐₓ", 50.0, minimum=0.0, maximum=1e9, scale="log"),
    ),
)
SIGN_STEP = r"\theta \leftarrow \theta - \Delta\, \operatorname{sign} g"
LION_STEP = r"\theta \leftarrow \theta - \eta\,(\operatorname{sign} c + \lambda\theta)"
MUON_STEP = r"W \leftarrow (1 - \eta\lambda) W - \eta \sqrt{\max(1, d_l / d_{l-1})}\; O"

NEWER = (
    Optimizer(
        "rprop",
        "Rprop",
        "A step for each parameter that grows while the gradient's sign stays; the gradient's size does not matter.",
        "Riedmiller and Braun 1993; without weight-backtracking: Igel and Hüsken 2000 (iRprop−)",
        SIGN_STEP,
        (FIRST_STEP, ETAS, STEP_SIZES),
        state=("g′", "Δ"),
        starts={"Δ": "lr"},
        codes=both(kernels.RPROP),
        formulas=both(r"\Delta \leftarrow \min(\max(\eta^{\pm} \Delta,\, \Gamma_{\min}),\, \Gamma_{\max}),\quad " + SIGN_STEP),
        symbols=(
            *COMMON,
            ("Δ", "the step of a parameter, Δ₀ at first"),
            ("g′", "the gradient before; where g·g′ < 0 no step is made, and g′ becomes 0"),
            ("η^±", "η⁺ where g·g′ > 0, η⁻ where g·g′ < 0, else 1"),
        ),
        difference="none",
    ),
    Optimizer(
        "lion",
        "Lion",
        "Every parameter moves by the same amount: only the sign of a mean is used.",
        "Chen et al. 2023, Algorithm 2",
        LION_STEP,
        (replace(RATE, default=1e-3), BETA_1, replace(BETA_2, default=0.99), WEIGHT_DECAY),
        state=("m",),
        codes=both(kernels.LION),
        formulas=both(
            r"c = \beta_1 m + (1 - \beta_1) g,\quad " + LION_STEP + r",\quad m \leftarrow \beta_2 m + (1 - \beta_2) g"
        ),
        torch_defaults={"lr": 1e-4},
        symbols=(
            *COMMON,
            ("m", "the running mean of gradients, by β₂"),
            ("c", "the mean that decides, by β₁; the sign of 0 is 0"),
            ("λθ", "decoupled decay, of all parameters, biases too"),
        ),
        difference="torch.optim has no Lion; both are the paper's rule, and this has its default rate",
    ),
    Optimizer(
        "muon",
        "Muon",
        "Momentum of a matrix, turned into the nearest orthogonal one: every direction is stepped along alike.",
        "Jordan et al. 2024 (kellerjordan.github.io/posts/muon); torch.optim.Muon",
        MUON_STEP,
        (replace(RATE, default=0.02), replace(MOMENTUM, default=0.95), WEIGHT_DECAY, BETA_1, BETA_2, EPS),
        state=("m", "v"),
        codes=both(kernels.MUON),
        rest=kernels.MUON_REST,
        formulas=both(
            r"m \leftarrow \beta m + (1 - \beta) g,\quad O = \mathrm{NS}_5(\beta m + (1 - \beta) g),\quad " + MUON_STEP
        ),
        torch_defaults={"lr": 1e-3, "weight_decay": 0.1},
        symbols=(
            ("W", "every weight matrix, of dₗ rows and dₗ₋₁ columns: the first and the last layer's too"),
            (
                "the rest",
                "biases and all that is no matrix follow PyTorch's AdamW with the same η and λ, and with β₁, β₂ and ε",
            ),
            COMMON[1],
            ("m", "the running mean of gradients"),
            ("v", "the rest's running mean of squared gradients; a matrix has none, it stays 0"),
            (
                "NS₅",
                "five Newton–Schulz iterations X ← aX + (bS + cS²)X, S = XXᵀ, a = 3.4445, b = −4.775, c = 2.0315, from "
                "X/‖X‖: singular values end up near 1",
            ),
        ),
        difference="it iterates in bfloat16, which moves each step by about a percent; here both iterate in float64, and only "
        "the defaults differ",
    ),
)
