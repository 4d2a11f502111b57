"""The experiment: what is chosen, in which order it is done, and its row."""

from __future__ import annotations

from engine.dataset import prepare
from engine.lab.evolution.alignment import MOST_NUMBERS, aligned
from engine.lab.evolution.population import Population
from engine.lab.evolution.race import METHODS, RATES, Race, Setting
from engine.lab.evolution.telling import Found, told
from engine.lab.experiment import ChoiceError, Choices, Experiment, Making, Progress
from engine.lab.subject import PRESENT, Subject
from engine.machine.machine import Machine
from engine.rows.row import Parameter
from engine.spec import OptimizerSpec, RunSpec, ScheduleSpec, StopSpec

EXAMPLE = RunSpec.model_validate(
    {"data": {"name": "spiral"}, "network": {"layers": [{"units": 8}, {"units": 8}]}, "batch_size": 32}
)
MOST_PERTURBATIONS = 8_000_000
"""Numbers of one population's: 64 MB."""
DIRECTIONS = 0.1
"""Of the whole."""


def _base(subject: Subject | None, choices: Choices) -> Subject | None:
    """The present run, where it is about that; else None. Raises `ChoiceError` where there is none."""
    if choices["network"] != PRESENT:
        return None
    if subject is None:
        raise ChoiceError("network", "there is no present run", "example")
    return subject


def setting_of(subject: Subject | None, choices: Choices) -> Setting:
    """What both methods run under: the network, its data and its mini-batches, and one optimizer. Raises `ChoiceError`."""
    present = _base(subject, choices)
    base, dataset = (EXAMPLE, prepare(EXAMPLE)) if present is None else (present.spec, present.dataset)
    optimizer = OptimizerSpec.model_validate({"name": choices["optimizer"]})
    spec = base.model_copy(update={"optimizer": optimizer, "schedule": ScheduleSpec.model_validate({}), "stop": StopSpec()})
    pairs, ranked = choices["pairs"], choices["fitness"] == "ranks"
    return Setting(spec, dataset, pairs, choices["sigma"], ranked, choices["budget"])


def _checked(setting: Setting, parameters: int) -> None:
    pairs, budget = setting.pairs, setting.budget
    if pairs * parameters > MOST_PERTURBATIONS:
        most = max(1, MOST_PERTURBATIONS // parameters)
        raise ChoiceError("pairs", f"{pairs} perturbations of {parameters:,} numbers are too many", f"1 to {most}")
    if budget < setting.passes("evolution"):
        least = setting.passes("evolution")
        raise ChoiceError("budget", f"an update by {pairs} pairs takes {least} forward passes", f"{least} or more")


def make(subject: Subject | None, choices: Choices) -> Making:
    setting, present = setting_of(subject, choices), _base(subject, choices)
    machine = Machine(setting.spec, setting.dataset) if present is None else present.machine()
    machine.record_nothing()
    _checked(setting, machine.theta.size)
    where = "the example's start" if present is None else f"step {present.step:,} of the present run"
    found = Found(setting, where)
    population = Population(machine, setting.pairs, setting.sigma, False, setting.spec.seed)
    for number, alignment in enumerate(aligned(population, choices["draws"]), 1):
        found.alignment = alignment
        share = DIRECTIONS * number / choices["draws"]
        yield Progress(share, told(found) if number in (1, choices["draws"]) else None)
    found.race = race = Race(setting, choices["seeds"])
    done = 0
    for share in race.going():
        progress = sum(len(contest.tried) + len(contest.losses) for contest in race.found.values())
        news, done = progress > done, progress
        yield Progress(DIRECTIONS + (1.0 - DIRECTIONS) * share, told(found) if news else None)
    return told(found, final=True)


def updates(subject: Subject | None, choices: Choices) -> int:
    setting = setting_of(subject, choices)
    return int(sum(setting.updates(method) * (len(RATES) + choices["seeds"]) for method in METHODS))


def size(subject: Subject | None, choices: Choices) -> int:
    """Perturbations, of a direction's populations or the race's, and a machine for each."""
    present = _base(subject, choices)
    parameters = 200 if present is None else present.snapshot.theta.size
    rows = 0 if present is None else len(present.dataset.splits["train"].x)
    return int(8 * (min(MOST_NUMBERS, 512 * parameters) + choices["pairs"] * parameters + 20 * parameters + 100 * rows))


EXPERIMENT = Experiment(
    name="evolution",
    title="Without derivatives",
    summary="Backpropagation and evolution strategies race on one network: what is learning worth that never looks at a slope?",
    source="Salimans, Ho, Chen, Sidor and Sutskever 2017, Evolution strategies as a scalable alternative to reinforcement "
    "learning: antithetic pairs, ranks for losses",
    link="https://arxiv.org/abs/1703.03864",
    formula=r"\hat g = \frac{1}{2n\sigma}\sum_{i=1}^{n}"
    r"\bigl(\ell(\theta+\sigma\varepsilon_i)-\ell(\theta-\sigma\varepsilon_i)\bigr)\,\varepsilon_i"
    r" \qquad \cos(\hat g, g)\approx\sqrt{\frac{n}{n+P}}",
    parameters=(
        Parameter(
            "network",
            "Network",
            "",
            "example",
            kind="choice",
            choices=("example", PRESENT),
            summary="example: the spiral, two hidden layers of 8 tanh units; present run: its network, data and mini-batches",
        ),
        Parameter("pairs", "Pairs of a population", "n", 50, kind="int", minimum=1, maximum=500, scale="log"),
        Parameter("sigma", "Size of the perturbations", "σ", 0.05, minimum=1e-4, maximum=1.0, scale="log"),
        Parameter("fitness", "Fitness", "", "ranks", kind="choice", choices=("ranks", "losses")),
        Parameter("optimizer", "Optimizer of both", "", "adam", kind="choice", choices=("adam", "momentum", "sgd")),
        Parameter(
            "budget",
            "Forward passes of a run",
            "",
            20_000,
            kind="int",
            minimum=100,
            maximum=1_000_000,
            scale="log",
            summary="over a mini-batch; a backpropagation counts as 3",
        ),
        Parameter("seeds", "Seeds", "", 5, kind="int", minimum=1, maximum=15, summary="each its own start and mini-batches"),
        Parameter("draws", "Populations drawn for each cosine", "", 40, kind="int", minimum=1, maximum=200, scale="log"),
    ),
    make=make,
    updates=updates,
    size=size,
    coverage="A11",
    why=r"A pair of forward passes tells one number, the slope along $\varepsilon$: $n$ random directions hold about "
    r"$n/(n+P)$ of the gradient's square. Backpropagation has all $P$ slopes for about 3 passes, whatever $P$. Evolution "
    r"strategies gain where there is no derivative, and where machines that share the work exchange only losses and seeds.",
)
