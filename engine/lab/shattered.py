"""Shattered gradients (Balduzzi et al. 2017): how alike ∂y/∂x is at neighbouring inputs, of fresh networks of one input: plain,
with batch norm, with batch norm and skips, by depth."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.array import Array
from engine.dataset import prepare
from engine.evaluation.evaluator import Evaluator
from engine.kernels import codes
from engine.lab.charts import Axis, Chart, Series
from engine.lab.experiment import Choices, Column, Experiment, Making, Progress, Result, Table
from engine.lab.subject import Subject
from engine.machine.machine import Machine
from engine.machine.tape import GRADIENTS, Tape
from engine.parts import give_way
from engine.randomness import generator
from engine.rows.row import Parameter
from engine.spec import RunSpec

GRID, FROM, TO = 256, -2.0, 2.0
"""As in the paper's figure 1."""
LAGS = 24
DEPTHS = (2, 6, 12, 24, 36, 50)
OPS = 6
"""Of a tape, in one compiled call."""
WALKS = 200
"""Of each kind of noise that a curve is compared with."""


@dataclass(frozen=True)
class Architecture:
    name: str
    title: str
    norm: str | None
    skips: bool


ARCHITECTURES = (
    Architecture("plain", "plain", None, False),
    Architecture("batch", "batch norm", "batch", False),
    Architecture("skips", "batch norm + skips", "batch", True),
)


def grid() -> Array:
    """The inputs, (GRID,)."""
    return np.linspace(FROM, TO, GRID)


def spec_of(architecture: Architecture, depth: int, width: int, seed: int) -> RunSpec:
    """A network of one input and one output; a skip leads around every hidden layer but the first, whose input has another
    width. Its weights are He's."""
    layers = [
        {"units": width, "activation": "relu", "norm": architecture.norm, "skip": 1 if architecture.skips and layer else None}
        for layer in range(depth)
    ]
    data = {"name": "inline", "task": "regression", "train_x": grid()[:, None], "train_y": np.zeros(GRID)}
    network = {"layers": layers, "initializer": "he_normal"}
    return RunSpec.model_validate({"data": data, "network": network, "batch_size": 2, "shuffle": False, "seed": seed})


def network_of(spec: RunSpec, biases: str) -> Machine:
    """The fresh network. Random biases have the variance of the hidden layers' weights, 2 / width."""
    machine = Machine(spec, prepare(spec))
    machine.record_nothing()
    for slot in machine.tape.slots:
        if slot.kind == "bias" and biases == "random":
            spread = np.sqrt(2.0 / spec.network.layers[0].units)
            slot.view(machine.theta)[...] = generator(spec.seed, "biases", slot.layer).normal(0.0, spread, slot.shape)
    return machine


def input_op(tape: Tape) -> NDArray[np.int64]:
    """W₁ᵀδ₁, which no update needs: where h₀ lies."""
    op = np.zeros(codes.N_FIELDS, dtype=np.int64)
    op[codes.CODE], op[codes.LAYER] = codes.BACK_PRODUCT, 1
    op[codes.ROWS], op[codes.COLS], op[codes.WEIGHTS] = tape.sizes[1], tape.sizes[0], tape.slots[0].offset
    op[codes.INPUT], op[codes.OUTPUT] = tape.layout.offsets["delta1"], tape.layout.offsets["h0"]
    return op


def backward_ops(tape: Tape) -> NDArray[np.int64]:
    """From δ of the output to the derivative by the input."""
    kept = [
        word.phase == "backward" and code not in (codes.OUTPUT_DELTA, *GRADIENTS)
        for code, word in zip(tape.ops[:, codes.CODE], tape.words, strict=True)
    ]
    return np.vstack([tape.ops[np.array(kept)], input_op(tape)])


@dataclass(frozen=True)
class Measured:
    """Of one network: y and ∂y/∂x over the grid, (GRID,), and the share of its hidden units that are on for some of the
    inputs and off for others."""

    outputs: Array
    slopes: Array
    switching: float


def measured(machine: Machine) -> Measured:
    """Batch norm takes its statistics over the grid. They are then part of the function x ↦ y, whose slope this is: the tape
    goes back through them as constants, as at inference."""
    evaluator = Evaluator(machine)
    tape, last = evaluator.tape, len(evaluator.tape.sizes) - 1

    def run(ops: NDArray[np.int64]) -> None:
        for first in range(0, len(ops), OPS):
            evaluator.rerun(ops[first : first + OPS], GRID)
            give_way()

    evaluator.int_state[codes.MODE] = codes.STATISTICS
    run(tape.activation_ops)
    outputs = evaluator.values(f"h{last}", GRID)[0].copy()
    switching = float(np.mean([_switches(evaluator, tape, layer) for layer in range(1, last)]))
    evaluator.values(f"delta{last}", GRID)[...] = 1.0
    evaluator.int_state[codes.MODE] = codes.INFERENCE
    run(backward_ops(tape))
    return Measured(outputs, evaluator.values("h0", GRID)[0].copy(), switching)


def _switches(evaluator: Evaluator, tape: Tape, layer: int) -> float:
    give_way()
    on = evaluator.values(f"{'u' if tape.norms[layer - 1] else 'z'}{layer}", GRID) > 0.0
    return float(np.mean(on.any(axis=1) & ~on.all(axis=1)))


def correlations(slopes: Array, lags: int = LAGS) -> Array:
    """The correlation (Pearson's) of slopes (…, n) at x and at x + k steps, (…, lags + 1) from k = 0; NaN where they do not
    vary."""
    found = np.full((*slopes.shape[:-1], lags + 1), np.nan)
    for k in range(lags + 1):
        a, b = slopes[..., : slopes.shape[-1] - k], slopes[..., k:]
        a, b = a - a.mean(axis=-1, keepdims=True), b - b.mean(axis=-1, keepdims=True)
        spread = np.sqrt((a * a).sum(axis=-1) * (b * b).sum(axis=-1))
        np.divide((a * b).sum(axis=-1), spread, out=found[..., k], where=spread > 0.0)
        give_way()
    return found


def noises(seed: int) -> dict[str, Array]:
    """White noise, and brown, which is its running sum: (WALKS, GRID) each."""
    white = generator(seed, "noise").normal(size=(WALKS, GRID))
    return {"white": white, "brown": white.cumsum(axis=1)}


class _Found:
    """What is measured so far: by architecture, depth and seed; NaN where it is not there yet."""

    def __init__(self, choices: Choices) -> None:
        self.choices = choices
        self.x = grid()
        self.depths = (*(depth for depth in DEPTHS if depth < choices["depth"]), choices["depth"])
        shape = (len(ARCHITECTURES), len(self.depths), choices["seeds"])
        self.correlations = np.full((*shape, LAGS + 1), np.nan)
        self.sizes, self.switching = np.full(shape, np.nan), np.full(shape, np.nan)
        self.slopes = np.full((*shape[:2], GRID), np.nan)
        """Of the first seed."""
        own = noises(choices["seed"])
        self.noise = {name: values[0] for name, values in own.items()}
        self.noise_correlations = {name: correlations(values).mean(axis=0) for name, values in own.items()}

    def order(self) -> Iterator[tuple[int, int, int]]:
        """Seed by seed, the shallow ones first."""
        for seed in range(self.choices["seeds"]):
            for depth in range(len(self.depths)):
                for architecture in range(len(ARCHITECTURES)):
                    yield architecture, depth, seed

    def measure(self, at: tuple[int, int, int]) -> None:
        own, architecture, depth = self.choices, ARCHITECTURES[at[0]], self.depths[at[1]]
        found = measured(network_of(spec_of(architecture, depth, own["width"], own["seed"] + at[2]), own["biases"]))
        self.correlations[at] = correlations(found.slopes)
        self.sizes[at], self.switching[at] = np.sqrt(np.mean(found.slopes**2)), found.switching
        if at[2] == 0:
            self.slopes[at[:2]] = found.slopes

    # What is seen of it ----------------------------------------------------------------------------------------------

    def result(self) -> Result:
        arrays = {"x": self.x, "slopes": self.slopes, "brown": self.noise["brown"], "white": self.noise["white"]}
        values = {
            "depths": list(self.depths),
            "architectures": [{"name": each.name, "title": each.title} for each in ARCHITECTURES],
            "lag1": _plain(self.over_seeds[0][..., 1]),
        }
        return Result(self.said(), self.table(), (*self.slope_charts(), self.by_lag(), self.by_depth()), values, arrays)

    @property
    def over_seeds(self) -> tuple[Array, Array, Array]:
        """Mean, least and largest of the correlations, (architectures, depths, lags + 1) each; NaN where there are none yet."""
        own = self.correlations
        there = ~np.isnan(own)
        none = ~there.any(axis=2)
        mean = np.divide(own.sum(axis=2, where=there), there.sum(axis=2), out=np.full(none.shape, np.nan), where=~none)
        low, high = own.min(axis=2, initial=np.inf, where=there), own.max(axis=2, initial=-np.inf, where=there)
        return mean, np.where(none, np.nan, low), np.where(none, np.nan, high)

    def slope_charts(self) -> Iterator[Chart]:
        """Of the first seed, at the largest depth that there is."""
        x = Axis("x", range=(FROM, TO))
        for a, architecture in enumerate(ARCHITECTURES):
            done = [d for d in range(len(self.depths)) if not np.isnan(self.slopes[a, d]).any()]
            if done:
                line = Series(architecture.title, self.x, self.slopes[a, done[-1]], colour=a)
                title = f"{architecture.title}: ∂y/∂x, {self.depths[done[-1]]} hidden layers"
                yield Chart(f"slopes_{architecture.name}", title, x, Axis("∂y/∂x"), (line,))
        for name, title in (("brown", "Brown noise: a random walk"), ("white", "White noise: independent numbers")):
            yield Chart(name, title, x, Axis("value"), (Series(f"{name} noise", self.x, self.noise[name]),))

    def by_lag(self) -> Chart:
        step = (TO - FROM) / (GRID - 1)
        lags = np.linspace(0.0, LAGS * step, LAGS + 1)
        mean, low, high = self.over_seeds
        series = []
        for a, architecture in enumerate(ARCHITECTURES):
            done = [d for d in range(len(self.depths)) if not np.isnan(mean[a, d, 1])]
            if done:
                d = done[-1]
                title = f"{architecture.title}, {self.depths[d]} layers"
                series.append(Series(title, lags, mean[a, d], low=low[a, d], high=high[a, d], colour=a))
        series += [
            Series(f"{name} noise", lags, self.noise_correlations[name], colour=None, dashed=True)
            for name in ("brown", "white")
        ]
        y = Axis("correlation", range=(-0.4, 1.05))
        return Chart("by_lag", "Correlation of ∂y/∂x at x and at x + d", Axis("distance d"), y, tuple(series))

    def by_depth(self) -> Chart:
        depths = np.array(self.depths, dtype=np.float64)
        mean, low, high = (each[..., 1] for each in self.over_seeds)
        series = tuple(
            Series(each.title, depths, mean[a], kind="line+points", low=low[a], high=high[a], colour=a)
            for a, each in enumerate(ARCHITECTURES)
        )
        y = Axis("correlation", range=(-0.4, 1.05))
        return Chart("by_depth", "Correlation of ∂y/∂x at neighbouring inputs", Axis("hidden layers"), y, series)

    def table(self) -> Table:
        columns = (
            Column("architecture", "network"),
            Column("depth", "hidden layers"),
            Column("lag1", "correlation at neighbours, mean"),
            Column("lowest", "lowest"),
            Column("highest", "highest"),
            Column("seeds", "seeds"),
            Column("size", "size of ∂y/∂x (RMS)"),
            Column("switching", "hidden units that switch"),
        )
        mean, low, high = (each[..., 1] for each in self.over_seeds)
        rows = []
        for d, depth in enumerate(self.depths):
            for a, each in enumerate(ARCHITECTURES):
                count = int(np.sum(~np.isnan(self.sizes[a, d])))
                if count:
                    found = (mean[a, d], low[a, d], high[a, d])
                    own = (float(np.nanmean(of[a, d])) for of in (self.sizes, self.switching))
                    rows.append((each.title, depth, *(_cell(number) for number in found), count, *own))
        return Table(columns, tuple(rows))

    def said(self) -> str:
        mean = self.over_seeds[0][..., 1]
        done = [d for d in range(len(self.depths)) if not np.isnan(self.sizes[:, d]).all(axis=1).any()]
        if not done:
            return ""
        d = done[-1]
        plain, batch, skips = (_words(number) for number in mean[:, d])
        switching = [100.0 * float(np.nanmean(self.switching[a, d])) for a in range(len(ARCHITECTURES))]
        first = (
            f"With {self.depths[d]} hidden layers, $\\partial y/\\partial x$ at neighbouring inputs correlates by {batch} under"
            f" batch norm, as white noise (0), and by {skips} with skips around its layers, as brown noise"
            f" ({self.noise_correlations['brown'][1]:.2f})."
        )
        if self.choices["biases"] == "zero":
            return (
                f"{first} The plain network's {plain} is no merit: without biases $f(ax) = a f(x)$ for $a > 0$, so its slope"
                " has two values only, one left of 0 and one right of it."
            )
        return (
            f"{first} The plain network keeps {plain} for a reason of its own: deep in it all inputs look alike, only"
            f" {switching[0]:.0f} % of its units switch on the interval ({switching[1]:.0f} % under batch norm), so the slope"
            " changes little from one input to the next."
        )


def _words(number: float) -> str:
    return "nothing that can be told (it does not vary)" if np.isnan(number) else f"{number:.2f}".replace("-", "−")


def _cell(number: float) -> float | None:
    return None if np.isnan(number) else float(number)


def _plain(values: Array) -> list[list[float | None]]:
    return [[_cell(number) for number in row] for row in values]


def _weight(architecture: int, depth: int) -> float:
    """About how long a network takes."""
    return depth * (1.0 if ARCHITECTURES[architecture].norm is None else 2.0)


def make(subject: Subject | None, choices: Choices) -> Making:
    found = _Found(choices)
    order: Sequence[tuple[int, int, int]] = list(found.order())
    whole = sum(_weight(a, found.depths[d]) for a, d, _ in order)
    done = 0.0
    for at in order:
        found.measure(at)
        done += _weight(at[0], found.depths[at[1]])
        news = at[0] == len(ARCHITECTURES) - 1
        yield Progress(done / whole, found.result() if news else None)
    return found.result()


def size(subject: Subject | None, choices: Choices) -> int:
    """Bytes of the deepest network's parameters and intermediate values."""
    width, depth = choices["width"], choices["depth"]
    return int(8 * depth * width * (7 * GRID + 6 * width) + 4_000_000)


EXPERIMENT = Experiment(
    "shattered",
    "Shattered gradients",
    "As layers are added, the gradient at neighbouring inputs becomes unrelated, as white noise; skip connections keep it"
    " related.",
    "Balduzzi et al. 2017, figures 1 and 2, sections 2 and 3",
    r"\rho\left(\frac{\partial y}{\partial x}(x), \frac{\partial y}{\partial x}(x + d)\right) \sim 2^{-L} \ \text{without,}"
    r"\quad \frac{1}{\sqrt{L}} \ \text{with skips}",
    parameters=(
        Parameter("depth", "Hidden layers", "L", 50, kind="int", minimum=2, maximum=50, summary="of the deepest networks"),
        Parameter("width", "Units in each", "d", 100, kind="choice", choices=(25, 50, 100, 200)),
        Parameter(
            "biases",
            "Biases",
            "b",
            "random",
            kind="choice",
            choices=("random", "zero"),
            summary="random: of the weights' variance. Zero: a plain network then has two slopes only",
        ),
        Parameter("seeds", "Networks of each kind", "n", 5, kind="int", minimum=1, maximum=10),
        Parameter("seed", "Random seed", "s", 0, kind="int", minimum=0, maximum=1_000_000),
    ),
    link="https://arxiv.org/abs/1702.08591",
    make=make,
    size=size,
    coverage="L4",
    why="The slope at $x$ is a sum over the paths of units that are on there. Batch norm has each unit on for about half of the"
    " inputs, so two inputs share $2^{-L}$ of the paths through $L$ layers: their slopes forget each other."
    " A skip is a path that every input shares, and what the layers add to it, they add bit by bit, as a random walk does.",
    example="""
>>> from engine.lab import EXPERIMENTS, carried_out
>>> found = carried_out(EXPERIMENTS["shattered"], depth=24, width=50, seeds=1)
>>> plain, batch, skips = (round(row[2], 2) for row in found.table.rows[-3:])
>>> plain > 0.8, abs(batch) < 0.2, skips > 0.8
(True, True, True)
""",
)
