"""Learning-rate schedules: eta_t as a function of t, which counts updates, or completed epochs, from 0.

Warm-up comes before any of them: while t < warmup the rate is eta_0 (t + 1) / warmup; then the schedule's own clock starts. The
kernel is `engine.kernels.optimizers.schedules`; rates ahead of time are `engine.rows.rates`' matter, and when a schedule that
acts on losses sees one `engine.recording.rules`'.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, TypeAlias

from engine.array import Array
from engine.kernels.optimizers import schedules as kernels
from engine.rows.row import Parameter, Row, by_name

LONGEST = 1_000_000_000
Numbers: TypeAlias = Mapping[str, Any]

FACTOR, BEST, BAD = range(3)
"""What a schedule that acts on losses remembers: the factor that it has made of the rate so far, the best loss it has seen, and
how many measurements in a row were not better."""


@dataclass(frozen=True)
class Schedule(Row):
    """How the rate moves while training. `symbols`: what the formula's other symbols mean, in words.

    `course(parameters)`: how long it takes to show what it does, in its own unit, after warm-up. `observe(memory, parameters,
    loss)`, of a schedule that acts on measured losses: changes `memory`, (3,), by `FACTOR`, `BEST` and `BAD`.
    """

    symbols: tuple[tuple[str, str], ...] = ()
    difference: str = ""
    """Where PyTorch's scheduler of that name does otherwise."""
    course: Callable[[Numbers], float] = lambda own: 0.0
    observe: Callable[[Array, Numbers, float], None] | None = None
    internal: ClassVar[tuple[str, ...]] = ("course", "observe")

    @property
    def measured(self) -> bool:
        """Whether it acts on measured losses; without measurements it cannot be had."""
        return self.observe is not None

    def as_json(self) -> dict[str, Any]:
        return super().as_json() | {"measured": self.measured}


def reduce_on_plateau(memory: Array, own: Numbers, loss: float) -> None:
    """A fall by the factor after more than `patience` losses in a row that are not below (1 − threshold) times the best."""
    if loss < memory[BEST] * (1.0 - own["threshold"]):
        memory[BEST], memory[BAD] = loss, 0.0
        return
    memory[BAD] += 1.0
    if memory[BAD] > own["patience"]:
        memory[FACTOR], memory[BAD] = memory[FACTOR] * own["factor"], 0.0


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
            "torch.optim without a scheduler",
            r"\eta_t = \eta_0",
            code=kernels.CONSTANT,
            link="https://docs.pytorch.org/docs/stable/optim.html",
            example="""\
>>> from engine.rows.rates import preview
>>> from engine.spec import ScheduleSpec
>>> schedule = ScheduleSpec.model_validate({"name": "constant", "warmup": 4})
>>> print(np.round(preview(schedule, 0.1, np.array([0, 1, 2, 3, 4, 1000])), 4))
[0.025 0.05  0.075 0.1   0.1   0.1  ]
""",
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
            link="https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.StepLR.html",
            example="""\
>>> from engine.rows.rates import preview
>>> from engine.spec import ScheduleSpec
>>> schedule = ScheduleSpec.model_validate({"name": "step", "gamma": 0.5, "size": 10})
>>> print(np.round(preview(schedule, 0.1, np.array([0, 9, 10, 19, 20])), 4))
[0.1   0.1   0.05  0.05  0.025]
""",
            course=lambda own: float(4 * own["size"]),
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
            link="https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.ExponentialLR.html",
            example="""\
>>> from engine.rows.rates import preview
>>> from engine.spec import ScheduleSpec
>>> schedule = ScheduleSpec.model_validate({"name": "exponential", "decay": 0.1})
>>> print(np.round(preview(schedule, 1.0, np.array([0, 1, 10])), 4))
[1.     0.9048 0.3679]
""",
            course=lambda own: float(4 / own["decay"] if own["decay"] else 0),
            symbols=COMMON,
            difference="PyTorch writes γᵗ, with γ = exp(−λ)",
        ),
        Schedule(
            "cosine",
            "cosine",
            "Slow at first and at last: half a period of the cosine down to the least rate.",
            "Loshchilov and Hutter 2017, (5), over one cycle",
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
            link="https://arxiv.org/abs/1608.03983",
            example="""\
>>> from engine.rows.rates import preview
>>> from engine.spec import ScheduleSpec
>>> schedule = ScheduleSpec.model_validate({"name": "cosine", "length": 100, "eta_min": 0.02})
>>> print(np.round(preview(schedule, 0.1, np.array([0, 50, 100, 150])), 4))
[0.1  0.06 0.02 0.02]
""",
            course=lambda own: float(own["length"] * (2 if own["rises"] else 1)),
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
            link="https://arxiv.org/abs/1608.03983",
            example="""\
>>> from engine.rows.rates import preview
>>> from engine.spec import ScheduleSpec
>>> schedule = ScheduleSpec.model_validate({"name": "warm_restarts", "length": 100, "factor": 2})
>>> print(np.round(preview(schedule, 0.1, np.array([0, 50, 99, 100, 200, 300])), 4))
[0.1  0.05 0.   0.1  0.05 0.1 ]
""",
            course=lambda own: float(own["length"] * (1 + own["factor"] + own["factor"] ** 2)),
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
            link="https://arxiv.org/abs/1708.07120",
            example="""\
>>> from engine.rows.rates import preview
>>> from engine.spec import ScheduleSpec
>>> schedule = ScheduleSpec.model_validate({"name": "one_cycle", "length": 100, "end_divisor": 10.0})
>>> print(np.round(preview(schedule, 0.1, np.array([0, 29, 99, 500])), 4))
[0.004  0.1    0.0004 0.0004]
""",
            course=lambda own: float(own["length"]),
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
            link="https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.ReduceLROnPlateau.html",
            example="""\
>>> from engine.rows.schedules import SCHEDULES
>>> memory, own = np.array([1.0, np.inf, 0.0]), {"factor": 0.5, "patience": 1, "threshold": 0.01}
>>> for loss in (0.9, 0.899, 0.898, 0.4):
...     SCHEDULES["plateau"].observe(memory, own, loss)
>>> print(memory)
[0.5 0.4 0. ]
""",
            observe=reduce_on_plateau,
            symbols=(
                ("η", "the rate, the optimizer's at first"),
                ("𝓛_best", "the best loss measured since warm-up; measurements are the points of the recorded series"),
            ),
            difference="PyTorch leaves out a fall of less than 1e-8",
        ),
    )
)
