"""Learning-rate schedules: eta_t as a function of t, which counts updates, or completed epochs, from 0.

Warm-up comes before any of them: while t < warmup the rate is eta_0 (t + 1) / warmup; then the schedule's own clock starts. The
kernel is `engine.kernels.optimizers.schedules`, rates ahead of time are `engine.rows.rates`' matter, what the plateau schedule
counts `engine.recording.rules`'.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.kernels.optimizers import schedules as kernels
from engine.rows.row import Parameter, Row, by_name

LONGEST = 1_000_000_000


@dataclass(frozen=True)
class Schedule(Row):
    """How the rate moves while training. `symbols`: what the formula's other symbols mean, in words."""

    symbols: tuple[tuple[str, str], ...] = ()
    difference: str = ""
    """Where PyTorch's scheduler of that name does otherwise."""


def _count(name: str, title: str, symbol: str, default: int, minimum: int, summary: str, maximum: int = LONGEST) -> Parameter:
    return Parameter(name, title, symbol, default, "int", minimum=minimum, maximum=maximum, summary=summary)


ETA_MIN = Parameter("eta_min", "least rate", "η_min", 0.0, minimum=0.0, maximum=1e9, summary="where the rate comes to rest")
COMMON = (("η₀", "the optimizer's rate, the base"), ("t", "updates, or completed epochs, from 0 and after warm-up"))

SCHEDULES = by_name(
    (
        Schedule(
            "constant",
            "constant",
            "The rate stays as it is.",
            "",
            r"\eta_t = \eta_0",
            code=kernels.CONSTANT,
            symbols=COMMON,
            difference="none",
        ),
        Schedule(
            "step",
            "step",
            "The rate falls by a factor at regular distances.",
            "torch.optim.lr_scheduler.StepLR",
            r"\eta_t = \eta_0\, \gamma^{\lfloor t / s \rfloor}",
            (
                Parameter(
                    "gamma",
                    "factor",
                    "γ",
                    0.1,
                    minimum=0.0,
                    maximum=1.0,
                    exclusive_minimum=True,
                    summary="what is left of the rate at each fall",
                ),
                _count("size", "distance", "s", 1000, 1, "steps or epochs between two falls"),
            ),
            code=kernels.STEP_DECAY,
            symbols=COMMON,
            difference="none",
        ),
        Schedule(
            "exponential",
            "exponential",
            "The rate falls by the same share at each step.",
            "torch.optim.lr_scheduler.ExponentialLR",
            r"\eta_t = \eta_0\, e^{-\lambda t}",
            (Parameter("decay", "decay", "λ", 1e-3, minimum=0.0, maximum=1e3, scale="log", summary="how fast the rate falls"),),
            code=kernels.EXPONENTIAL,
            symbols=COMMON,
            difference="PyTorch writes γᵗ, with γ = exp(−λ)",
        ),
        Schedule(
            "cosine",
            "cosine",
            "Slow at first and at last: half a period of the cosine down to the least rate.",
            "Loshchilov and Hutter 2017, (5)",
            r"\eta_t = \eta_{\min} + \tfrac{1}{2} (\eta_0 - \eta_{\min}) \left(1 + \cos \frac{\pi t}{T}\right)",
            (
                _count("length", "length", "T", 5000, 1, "steps or epochs down to the least rate"),
                ETA_MIN,
                Parameter(
                    "rises",
                    "rises again",
                    "",
                    False,
                    "bool",
                    summary="after T: whether the rate rises again, as the formula and PyTorch do, or stays at its least",
                ),
            ),
            code=kernels.COSINE,
            symbols=COMMON,
            difference="PyTorch's CosineAnnealingLR rises again after T; here it stays at η_min unless it is told to rise",
        ),
        Schedule(
            "warm_restarts",
            "warm restarts",
            "The cosine again and again, from the full rate each time, over longer and longer cycles.",
            "Loshchilov and Hutter 2017 (SGDR)",
            r"\eta_t = \eta_{\min} + \tfrac{1}{2} (\eta_0 - \eta_{\min})"
            r" \left(1 + \cos \frac{\pi\, t_{\mathrm{cur}}}{T_i}\right),\quad T_{i+1} = m\, T_i",
            (
                _count("length", "first length", "T₀", 1000, 1, "steps or epochs of the first cycle"),
                _count("factor", "factor", "m", 2, 1, "how much longer each cycle is than the one before", 100),
                ETA_MIN,
            ),
            code=kernels.WARM_RESTARTS,
            symbols=(*COMMON, ("t_cur", "t since the cycle began"), ("Tᵢ", "length of the cycle")),
            difference="none",
        ),
        Schedule(
            "one_cycle",
            "one-cycle",
            "Up from a small rate to the base, the largest here, and down to almost nothing. Momentum stays as it is.",
            "Smith and Topin 2018; torch.optim.lr_scheduler.OneCycleLR",
            r"\eta_t = b + \tfrac{1}{2} (a - b) \left(1 + \cos \pi q\right)",
            (
                _count("length", "length", "T", 5000, 2, "steps or epochs of the whole cycle; then the rate stays"),
                Parameter(
                    "peak",
                    "peak at",
                    "p",
                    0.3,
                    minimum=0.0,
                    maximum=1.0,
                    exclusive_minimum=True,
                    exclusive_maximum=True,
                    summary="share of the cycle in which the rate rises",
                ),
                Parameter(
                    "start_divisor",
                    "start divisor",
                    "c",
                    25.0,
                    minimum=1.0,
                    maximum=1e9,
                    scale="log",
                    summary="the rate starts at the base divided by this",
                ),
                Parameter(
                    "end_divisor",
                    "end divisor",
                    "d",
                    1e4,
                    minimum=1.0,
                    maximum=1e9,
                    scale="log",
                    summary="the rate ends at its start divided by this",
                ),
            ),
            code=kernels.ONE_CYCLE,
            symbols=(
                *COMMON,
                ("a, b", "η₀/c and η₀ on the way up, η₀ and η₀/(c d) on the way down"),
                ("q", "the share of that way that is done; the way up ends at t = p T − 1"),
            ),
            difference="PyTorch's also moves momentum (cycle_momentum) and ends with an error after T",
        ),
        Schedule(
            "plateau",
            "plateau",
            "The rate falls once the recorded loss has stopped falling: of validation, or without that split of training.",
            "torch.optim.lr_scheduler.ReduceLROnPlateau",
            r"\eta \leftarrow \max(f \eta, \eta_{\min})\ \text{once more than } p \text{ measurements in a row are not below}"
            r"\ (1 - \tau)\, \mathcal{L}_{\mathrm{best}}",
            (
                Parameter(
                    "factor",
                    "factor",
                    "f",
                    0.1,
                    minimum=0.0,
                    maximum=1.0,
                    exclusive_minimum=True,
                    exclusive_maximum=True,
                    summary="what is left of the rate at each fall",
                ),
                _count("patience", "patience", "p", 10, 0, "bad measurements in a row that are borne"),
                Parameter(
                    "threshold",
                    "threshold",
                    "τ",
                    1e-4,
                    minimum=0.0,
                    maximum=1.0,
                    exclusive_maximum=True,
                    scale="log",
                    summary="share of the best loss by which a measurement must be lower to count as better",
                ),
                ETA_MIN,
            ),
            code=kernels.PLATEAU,
            symbols=(
                ("η", "the rate, the optimizer's at first"),
                ("𝓛_best", "the best loss measured since warm-up; measurements are the points of the recorded series"),
            ),
            difference="PyTorch leaves out a fall of less than 1e-8",
        ),
    )
)
