"""The price of a gradient: backpropagation, central differences and forward mode on growing networks."""

from __future__ import annotations

from collections.abc import Generator
from itertools import pairwise

from engine.lab.experiment import Choices, Experiment, Making, Progress
from engine.lab.passes.network import SMOOTH_OR_STRAIGHT, network_machine
from engine.lab.price.measure import Price, priced
from engine.lab.price.pictures import result
from engine.lab.subject import Subject
from engine.parts import Parts
from engine.rows.row import Parameter

OUTPUTS = 10
WIDTHS = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)
DEEP_UNITS = 16
DEPTHS = (1, 2, 4, 8, 16, 32, 50)
MOST_PRODUCTS = 50_000_000
"""Multiplications in a pass of this run's network: of a mini-batch that needs more, as many samples as fit."""
MOST_PARAMETERS = 4_000_000


def networks(choices: Choices) -> list[tuple[int, ...]]:
    """The sizes d_0, …, d_L of the networks, from small to large."""
    inputs = int(choices["inputs"])
    if choices["grows"] == "depth":
        return [(inputs, *[DEEP_UNITS] * depth, OUTPUTS) for depth in DEPTHS]
    return [(inputs, width, width, OUTPUTS) for width in WIDTHS]


def make(subject: Subject | None, choices: Choices) -> Making:
    batch, sizes = int(choices["batch"]), networks(choices)
    prices: list[Price] = []
    own = None
    total = len(sizes) + 1
    for number, network in enumerate(sizes):
        machine = network_machine(network, choices["activation"], batch, seed=0)
        prices.append((yield from _shown(priced(machine, batch), number / total, 1 / total)))
        yield Progress((number + 1) / total, result(prices, own, done=False))
    if subject is not None and len(subject.snapshot.theta) <= MOST_PARAMETERS:
        machine = subject.machine()
        rows = machine.dataset.rows[0]
        wanted = rows if subject.spec.batch_size == "full" else min(subject.spec.batch_size, rows)
        columns = max(min(2, wanted), min(wanted, MOST_PRODUCTS // machine.theta.size))
        own = yield from _shown(priced(machine, columns), len(sizes) / total, 1 / total)
    return result(prices, own, done=True)


def _shown(parts: Parts[Price], begun: float, share: float) -> Generator[Progress, None, Price]:
    """The parts of one network's price as progress of the whole."""
    while True:
        try:
            within = next(parts)
        except StopIteration as end:
            found: Price = end.value
            return found
        yield Progress(begun + share * min(within, 1.0))


def size(subject: Subject | None, choices: Choices) -> int:
    """Bytes: the largest network with its forward mode, and this run's."""
    own = 0 if subject is None else len(subject.snapshot.theta)
    largest = networks(choices)[-1]
    parameters = sum(above * (below + 1) for below, above in pairwise(largest))
    return 8 * 12 * (parameters + min(own, MOST_PARAMETERS)) + 8 * 16 * sum(largest) * int(choices["batch"])


EXPERIMENT = Experiment(
    name="price",
    title="The price of a gradient",
    summary="All of a gradient costs about two more forward passes; differences and forward mode need passes for every "
    "parameter.",
    source="Griewank and Walther, Evaluating Derivatives, 2nd edition (2008), chapters 3 and 4: the cheap gradient principle.",
    link="https://doi.org/10.1137/1.9780898717761",
    formula=r"\frac{\text{backward}}{\text{forward}} = 2 - \frac{P_1}{P}, \quad \frac{\text{differences}}{\text{forward}} = 2n",
    why="Forward multiplies once by each of the $P$ weights (a bias is added); backward twice, for "
    r"$\delta_l h_{l-1}^\top$ and $W_l^\top \delta_l$, but once by the $P_1$ of the first layer: nobody asks for $\delta_0$. "
    "Central differences take two forward passes for each of the $n$ weights and biases. Forward mode takes a pass for each, "
    r"of $3 - P_1/P$ forwards: every value carries its tangent along.",
    coverage="A9",
    make=make,
    size=size,
    parameters=(
        Parameter(
            "grows",
            "Growing",
            "",
            "width",
            kind="choice",
            choices=("width", "depth"),
            summary="Two hidden layers of 1 to 512 units, or 1 to 50 hidden layers of 16 units.",
        ),
        Parameter(
            "inputs",
            "Inputs",
            "",
            64,
            kind="int",
            minimum=1,
            maximum=784,
            scale="log",
            summary="Of every network; the more of the weights are in the first layer, the cheaper is backward.",
        ),
        Parameter(
            "batch",
            "Batch size",
            "B",
            32,
            kind="choice",
            choices=(1, 8, 32, 128),
            summary="Samples of each pass.",
        ),
        Parameter(
            "activation",
            "Activation",
            r"\varphi",
            "tanh",
            kind="choice",
            choices=SMOOTH_OR_STRAIGHT,
            summary="Of the hidden layers.",
        ),
    ),
)
