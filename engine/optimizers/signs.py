"""Rows of the optimizers that use only a sign of the gradient or of a mean of it: Rprop, Lion."""

from __future__ import annotations

from dataclasses import replace

from engine.kernels.optimizers import dispatch as kernels
from engine.optimizers.equations import SHRUNK, Alias, Quantity, equations, mean, new, step
from engine.optimizers.numpy_form import DECAYED, counted
from engine.optimizers.row import BETA_1, BETA_2, COMMON, RATE, WEIGHT_DECAY, Form, Optimizer, both, same
from engine.optimizers.torch_form import in_torch, picked, written_out
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
SIGN_ALONE = (
    "it uses the gradient's sign alone: the size of its steps does not depend on the curvature, and near a minimum {how}"
)
SIGN_STEP = r"\theta \leftarrow \theta - \Delta\, \operatorname{sign} g"
LION_STEP = r"\theta \leftarrow \theta - \eta\,(\operatorname{sign} c + \lambda\theta)"

SIGNS = (
    Optimizer(
        "rprop",
        "Rprop",
        "A step for each parameter that grows while the gradient's sign stays; the gradient's size does not matter.",
        "Riedmiller and Braun 1993; without weight-backtracking: Igel and Hüsken 2000 (iRprop−)",
        SIGN_STEP,
        (FIRST_STEP, ETAS, STEP_SIZES),
        starts={"Δ": "lr"},
        forms=same(
            Form(
                kernels.RPROP,
                equations(
                    Quantity(
                        "agreement", r"g\, g_{-}", "positive where the sign stayed, negative where it flipped", "g * g_last"
                    ),
                    Quantity(
                        "factor",
                        r"\eta^{\pm}",
                        "grow, shrink or stay",
                        "grow if agreement > 0 else (shrink if agreement < 0 else 1)",
                    ),
                    Quantity(
                        "size_new",
                        r"\Delta'",
                        "the size of the step, within its bounds",
                        "min(max((eta if f1 > 0 else size) * factor, smallest), largest)",
                        "size",
                    ),
                    Quantity("used", "g'", "the gradient, or 0 after a flip", "0 if agreement < 0 else g", "g_last"),
                    step("sign(used) * size_new"),
                    new(),
                    aliases=(
                        Alias("g_last", "g′", "g_{-}"),
                        Alias("size", "Δ", r"\Delta_{-}"),
                        Alias("shrink", "minus", r"\eta^{-}"),
                        Alias("grow", "plus", r"\eta^{+}"),
                    ),
                ),
                lambda o: in_torch(
                    "Rprop", picked(o, lr="lr", etas="etas", step_sizes="step_sizes"), {"prev": "g′", "step_size": "Δ"}
                ),
                ("g′", "Δ"),
                stability=SIGN_ALONE.format(how="each flip of a sign shrinks them, at any rate"),
                numpy=counted(("f1", "float(t == 1)")),
            )
        ),
        formulas=both(r"\Delta \leftarrow \min(\max(\eta^{\pm} \Delta,\, \Gamma_{\min}),\, \Gamma_{\max}),\quad " + SIGN_STEP),
        symbols=(
            *COMMON,
            ("Δ", "the step of a parameter, Δ₀ at first"),
            ("g′", "the gradient before; where g·g′ < 0 no step is made, and g′ becomes 0"),
            ("η^±", "η⁺ where g·g′ > 0, η⁻ where g·g′ < 0, else 1"),
        ),
        difference="none",
        link="https://doi.org/10.1109/ICNN.1993.298623",
        example="""
        >>> lane = StandaloneOptimizer(OptimizerSpec(name="rprop", lr=0.1, etas=(0.5, 1.2)), [1.0])
        >>> lane.step([3.0]), lane.step([0.01])  # the sign stays: Δ is 0.1, then 1.2 · 0.1
        (True, True)
        >>> np.round(lane.point, 4)
        array([0.78])
        >>> lane.step([-5.0])  # it flips: Δ is halved, and no step is made
        True
        >>> np.round(lane.point, 4), np.round(lane.tensors["Δ"], 4)
        (array([0.78]), array([0.06]))
        """,
    ),
    Optimizer(
        "lion",
        "Lion",
        "Every parameter moves by the same amount: only the sign of a mean is used.",
        "Chen et al. 2023, Algorithm 2",
        LION_STEP,
        (replace(RATE, default=1e-3), BETA_1, replace(BETA_2, default=0.99), WEIGHT_DECAY),
        forms=same(
            Form(
                kernels.LION,
                equations(
                    Quantity("c", "c", "the mean that decides", "beta1 * m + (1 - beta1) * g"),
                    mean("beta2 * m + (1 - beta2) * g", "the mean that is kept"),
                    SHRUNK,
                    step("eta * sign(c)"),
                    new("shrunk - step"),
                ),
                written_out(
                    ("m",),
                    "c = self.beta1 * self.m[i] + (1 - self.beta1) * g",
                    "p *= 1 - self.lr * self.weight_decay",
                    "p -= self.lr * torch.sign(c)",
                    "self.m[i] = self.beta2 * self.m[i] + (1 - self.beta2) * g",
                ),
                ("m",),
                stability=SIGN_ALONE.format(how="it swings to and fro by the rate, at any rate"),
                numpy=DECAYED,
            )
        ),
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
        link="https://arxiv.org/abs/2302.06675",
        example="""
        >>> lane = StandaloneOptimizer(OptimizerSpec(name="lion", lr=0.1, weight_decay=0.5), [1.0, 1.0])
        >>> lane.step([0.001, -50.0])
        True
        >>> np.round(lane.point, 4)  # 1 − 0.1 · (1 + 0.5 · 1) and 1 − 0.1 · (−1 + 0.5 · 1)
        array([0.85, 1.05])
        """,
    ),
)
