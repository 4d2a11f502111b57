"""The row of Muon, which treats matrices as matrices."""

from __future__ import annotations

from dataclasses import replace

from engine.kernels.optimizers import dispatch as kernels
from engine.optimizers import torch_form as lines
from engine.optimizers.equations import DECAYED_ADAM, SHRUNK, Quantity, equations, mean, new, step
from engine.optimizers.numpy_form import DECAYED, InNumPy
from engine.optimizers.row import BETA_1, BETA_2, COMMON, EPS, MOMENTUM, RATE, WEIGHT_DECAY, Form, Optimizer, both, same
from engine.optimizers.torch_form import written_out

MUON_STEP = r"W \leftarrow (1 - \eta\lambda) W - \eta \sqrt{\max(1, d_l / d_{l-1})}\; O"

ORTHOGONAL = '''
    def orthogonal(self, x):
        """Five Newton-Schulz iterations, as torch.optim.Muon makes them, but in float64: its bfloat16 moves the step."""
        x = x / max(x.norm().item(), 1e-7)
        turned = x.shape[0] > x.shape[1]
        x = x.T if turned else x
        for _ in range(5):
            s = x @ x.T
            x = 3.4445 * x + (-4.775 * s + 2.0315 * s @ s) @ x
        return x.T if turned else x
'''
ORTHOGONAL_IN_NUMPY = """def orthogonal(x):
    x = x / max(np.linalg.norm(x), 1e-7)
    wide = x if x.shape[0] <= x.shape[1] else x.T
    for _ in range(5):
        s = wide @ wide.T
        wide = 3.4445 * wide + (-4.775 * s + 2.0315 * s @ s) @ wide
    return wide if x.shape[0] <= x.shape[1] else wide.T"""
IN_NUMPY = InNumPy(DECAYED.counted, made=(("O", "orthogonal(mixed)"),), helpers=(ORTHOGONAL_IN_NUMPY,))
OF_MATRICES = equations(
    mean(),
    Quantity("mixed", r"\bar m", "the mean, one step ahead", "beta * m_new + (1 - beta) * g"),
    Quantity("O_", "O", "the whole matrix of it, made orthogonal by five Newton–Schulz iterations", "O"),
    Quantity("scale", r"\eta \sqrt{\max(1, d_l / d_{l-1})}", "the rate for this shape", "eta * sqrt(max(1, rows / cols))"),
    SHRUNK,
    step("scale * O_"),
    new("shrunk - step"),
)
TORCH = written_out(
    ("m", "v"),
    "p *= 1 - self.lr * self.weight_decay",
    "if p.ndim == 2:",
    "    self.m[i] = self.beta * self.m[i] + (1 - self.beta) * g",
    "    o = self.orthogonal(self.beta * self.m[i] + (1 - self.beta) * g)",
    "    p -= self.lr * max(1, p.shape[0] / p.shape[1]) ** 0.5 * o",
    "    continue",
    lines.MEAN,
    lines.SQUARES,
    lines.CORRECTED_MEAN,
    lines.CORRECTED_SQUARES,
    lines.ADAM_STEP,
    methods=ORTHOGONAL,
)
STATE = ("m", "v")
ONE_SIZE = (
    "a matrix's steps have one size, whatever the gradient's: near a minimum they swing to and fro by the rate, at any rate"
)

OF_MATRICES_AND_THE_REST = (
    Optimizer(
        "muon",
        "Muon",
        "Momentum of a matrix, turned into the nearest orthogonal one: every direction is stepped along alike.",
        "Jordan et al. 2024 (kellerjordan.github.io/posts/muon); torch.optim.Muon",
        MUON_STEP,
        (replace(RATE, default=0.02), replace(MOMENTUM, default=0.95), WEIGHT_DECAY, BETA_1, BETA_2, EPS),
        forms=same(
            Form(
                kernels.MUON,
                OF_MATRICES,
                TORCH,
                STATE,
                rest=Form(kernels.MUON_REST, DECAYED_ADAM, TORCH, STATE, stability=ONE_SIZE, numpy=DECAYED),
                stability=ONE_SIZE,
                numpy=IN_NUMPY,
            )
        ),
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
        decays=("beta1", "beta2"),
        link="https://kellerjordan.github.io/posts/muon/",
        example="""
        >>> spec = OptimizerSpec(name="muon", lr=1.0)
        >>> matrix, vector = StandaloneOptimizer(spec, np.zeros((2, 2))), StandaloneOptimizer(spec, np.zeros(2))
        >>> matrix.step([[9.0, 0.0], [0.0, 1.0]]), vector.step([9.0, 1.0])
        (True, True)
        >>> np.round(matrix.point, 1)  # along both axes nearly alike, where the gradients are 9 and 1
        array([[-0.7,  0. ],
               [ 0. , -0.8]])
        >>> np.round(vector.point, 4)  # a vector follows Adam: its first step is the rate
        array([-1., -1.])
        """,
    ),
)
