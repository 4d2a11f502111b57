"""The experiment: what is chosen, in which order it is measured, and its row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from engine.dataset import Dataset, prepare
from engine.evaluation.clones import only_rows
from engine.lab.batch import products, throughput
from engine.lab.batch.reaching import GRIDS, Reaching, first_loss
from engine.lab.batch.telling import Found, told
from engine.lab.experiment import ChoiceError, Choices, Experiment, Making, Progress, Result
from engine.lab.subject import PRESENT, Subject
from engine.rows.row import Parameter
from engine.spec import OptimizerSpec, RunSpec, ScheduleSpec, StopSpec

EXAMPLE = RunSpec.model_validate(
    {
        "data": {"name": "spiral"},
        "network": {"layers": [{"units": 16}, {"units": 16}]},
        "optimizer": {"name": "sgd", "lr": 0.1},
        "batch_size": 16,
    }
)
SHARES = {"throughput": 0.2, "reaching": 0.65}
"""Of the whole; what is left is the products'."""
MOST_SIZES = 14


@dataclass(frozen=True)
class Plan:
    """What is run: the `spec` without its batch size and rate, the training samples alone, and the sizes."""

    spec: RunSpec
    dataset: Dataset
    sizes: list[int]
    choices: Choices
    present: bool


def planned(subject: Subject | None, choices: Choices) -> Plan:
    """Raises `ChoiceError` where there is no present run."""
    present = choices["network"] == PRESENT
    if present and subject is None:
        raise ChoiceError("network", "there is no present run", "example")
    base = subject.spec if present and subject is not None else EXAMPLE
    dataset = subject.dataset if present and subject is not None else prepare(EXAMPLE)
    optimizer = OptimizerSpec.model_validate({"name": choices["optimizer"], "lr": choices["rate"]})
    rules = {"schedule": ScheduleSpec.model_validate({}), "stop": StopSpec(), "optimizer": optimizer}
    spec = base.model_copy(update=rules)
    only = only_rows(dataset, np.arange(dataset.rows[0]))
    return Plan(spec, only, throughput.sizes_of(spec, dataset.rows[0]), choices, present)


def make(subject: Subject | None, choices: Choices) -> Making:
    plan = planned(subject, choices)
    found = Found(plan.spec, plan.sizes, choices, plan.present)
    specs = [plan.spec.model_copy(update={"batch_size": size}) for size in plan.sizes]
    tell = _Telling(lambda: told(found))
    count = throughput.ROUNDS * len(specs)
    for number, measured in enumerate(throughput.measured(specs, plan.dataset), 1):
        found.throughput = measured
        yield tell.now(SHARES["throughput"] * number / count, number >= len(specs))
    found.loss = choices["finish"] * first_loss(plan.spec, plan.dataset)
    reaching = Reaching(plan.spec, plan.dataset, found.loss, choices["budget"], choices["seeds"])
    found.reached = reaching.found
    done = 0
    for share in reaching.going(plan.sizes, choices["rate"]):
        news = len(reaching.found.rates) > done
        done = len(reaching.found.rates)
        yield tell.now(SHARES["throughput"] + SHARES["reaching"] * share, news)
    rest = 1.0 - sum(SHARES.values())
    count = products.ROUNDS * (1 + len(products.widths_for(choices["columns"])))
    for number, layers in enumerate(products.measured(choices["columns"]), 1):
        found.products = layers
        yield tell.now(1.0 - rest * max(0.0, 1.0 - number / count), False)
    return told(found, final=True)


class _Telling:
    """Progress, with a result so far where there is news: at most every few hundredths of the whole."""

    def __init__(self, result: Callable[[], Result]) -> None:
        self._result, self._last = result, -1.0

    def now(self, share: float, news: bool) -> Progress:
        if not news or share < self._last + 0.04:
            return Progress(share)
        self._last = share
        return Progress(share, self._result())


def updates(subject: Subject | None, choices: Choices) -> int:
    """At most: where every run needs the whole budget."""
    return int(MOST_SIZES * choices["seeds"] * (len(GRIDS[choices["optimizer"]]) + 2) * choices["budget"])


def size(subject: Subject | None, choices: Choices) -> int:
    """A machine for each batch size at once."""
    if subject is None or choices["network"] != PRESENT:
        return 4_000_000
    values = subject.snapshot.theta.size * 8 + sum(subject.machine().tape.layout.units.values()) * subject.dataset.rows[0] * 2
    return int(8 * MOST_SIZES * values)


EXPERIMENT = Experiment(
    name="batch",
    title="Batch and speed",
    summary="What a larger mini-batch buys on this machine: more samples a second; fewer updates only if the rate grows too.",
    source="Shallue et al. 2019, Measuring the effects of data parallelism on neural network training; "
    "McCandlish et al. 2018, An empirical model of large-batch training",
    link="https://jmlr.org/papers/v20/18-789.html",
    formula=r"\text{samples/s} = \frac{B}{a + c\,B} \qquad \text{time to the loss} = n(B)\,(a + c\,B)",
    parameters=(
        Parameter(
            "network",
            "Network",
            "",
            "example",
            kind="choice",
            choices=("example", PRESENT),
            summary="example: the spiral, two hidden layers of 16 tanh units; present run: its network, with its data",
        ),
        Parameter("optimizer", "Optimizer", "", "sgd", kind="choice", choices=tuple(GRIDS)),
        Parameter(
            "rate",
            "Fixed learning rate",
            "η",
            0.1,
            minimum=1e-6,
            maximum=100.0,
            scale="log",
            summary="the same for every batch size; beside it each size has its own, tuned",
        ),
        Parameter(
            "finish",
            "Loss to reach",
            "",
            0.25,
            minimum=0.0,
            maximum=1.0,
            exclusive_minimum=True,
            exclusive_maximum=True,
            summary="as a share of the untrained network's",
        ),
        Parameter("budget", "Updates at most", "", 2000, kind="int", minimum=10, maximum=20_000, scale="log"),
        Parameter("seeds", "Seeds", "", 3, kind="int", minimum=1, maximum=9, summary="each its own start and mini-batches"),
        Parameter(
            "columns",
            "Samples of a product",
            "B",
            32,
            kind="int",
            minimum=1,
            maximum=60,
            scale="log",
            summary="for the comparison of loops with BLAS",
        ),
    ),
    make=make,
    updates=updates,
    size=size,
    coverage="S",
    why=r"An update costs $a$ whatever the batch, and $c$ for each sample: samples/s saturate at $1/c$, with 80 % of it at "
    r"$B = 4a/c$. The updates $n(B)$ fall, at best as $1/B$, only where $\eta$ grows with $B$: a small fixed $\eta$ takes the "
    r"same path whatever the noise, and from some $B$ on curvature, not noise, bounds $\eta$.",
)
