"""Many machines: data over machines, gradients around a ring, layers over devices."""

from __future__ import annotations

from engine.lab.experiment import Choices, Experiment, Making
from engine.lab.machines import means, pipelines, rings
from engine.lab.machines.networks import EXAMPLE, NETWORKS, subject_of
from engine.lab.machines.pipelines import MOST_MICRO
from engine.lab.machines.shards import MOST_ROWS
from engine.lab.subject import PRESENT, Subject
from engine.rows.row import Parameter

MEANS, RING, PIPELINE = "mean gradient", "ring all-reduce", "pipeline"
PARTS = {MEANS: means.made, RING: rings.made, PIPELINE: pipelines.made}
MOST_MACHINES = 8


def make(subject: Subject | None, choices: Choices) -> Making:
    machine = subject_of(subject, choices["network"]).machine()
    return (yield from PARTS[choices["show"]](machine, choices))


def size(subject: Subject | None, choices: Choices) -> int:
    """Bytes: machines on the whole and on the shards' rows, and each shard's gradient thrice."""
    if subject is None or choices["network"] != PRESENT:
        return 8_000_000
    numbers, rows = subject.snapshot.theta.size, min(MOST_ROWS, subject.dataset.rows[0])
    units = sum(layer.units for layer in subject.spec.network.layers) + 64
    width = sum(array.shape[1] for array in subject.dataset.stacked())
    return int(8 * (numbers * (12 + 3 * choices["machines"]) + 8 * units * rows + 4 * rows * width))


EXPERIMENT = Experiment(
    "machines",
    "Many machines",
    "A batch over several machines, their gradients added up around a ring, and layers over devices with their bubble.",
    "Patarasuk and Yuan 2009, Bandwidth optimal all-reduce algorithms; Huang et al. 2019, GPipe",
    r"\nabla J = \sum_{k=1}^{K} \frac{n_k}{n}\,\nabla J_k \qquad \text{sent: } 2\,\frac{K-1}{K}\,P \qquad "
    r"\text{bubble: } \frac{K-1}{M+K-1}",
    (
        Parameter("show", "Show", "", MEANS, "choice", choices=tuple(PARTS)),
        Parameter("network", "Network", "", EXAMPLE, "choice", choices=NETWORKS),
        Parameter("machines", "Machines", "K", 4, "int", minimum=2, maximum=MOST_MACHINES, summary="Devices of the pipeline."),
        Parameter("sizes", "Shards", "", "unequal", "choice", choices=("equal", "unequal")),
        Parameter("micro", "Micro-batches", "M", 8, "int", minimum=1, maximum=MOST_MICRO, summary="Of the pipeline."),
    ),
    link="https://arxiv.org/abs/1811.06965",
    make=make,
    why=(
        "The loss of a batch is a mean over samples, so its gradient is the mean of the shards' gradients, each counted by its "
        "samples; batch norm breaks that, since its statistics are the shard's. Around a ring each machine passes on one of "
        "$K$ chunks at a time, so that all lines are busy. In a pipeline the first and last devices wait for $K - 1$ stages."
    ),
    coverage="A14",
    size=size,
)
