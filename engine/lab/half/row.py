"""The experiment: half precision, as a row."""

from __future__ import annotations

import math
from functools import cache

from engine.dataset import prepare
from engine.lab.charts import Chart, Figure
from engine.lab.experiment import ChoiceError, Choices, Experiment, Making, Progress, Result
from engine.lab.half import figures
from engine.lab.half.formats import BFLOAT16, FLOAT16, FLOAT32, Format
from engine.lab.half.side_by_side import INTERVAL, Lane, SideBySide
from engine.lab.subject import PRESENT, Subject
from engine.machine.machine import Machine
from engine.rows.row import Parameter
from engine.spec import RunSpec

DEEP = "ten sigmoid layers"
STALLED, FOLLOWED = 0.3, 0.9
"""Of what float64's loss fell by: a run whose loss fell by less has stalled, one by more follows."""


def deep(seed: int) -> RunSpec:
    """Data that are easy, ten hidden layers whose δ falls below 2⁻²⁴ on its way, and an optimizer that makes much of small
    gradients."""
    layers = [{"units": 16, "activation": "sigmoid"}] * 10
    data = {"name": "gaussians", "samples": 512}
    optimizer = {"name": "adam", "lr": 0.01}
    return RunSpec.model_validate(
        {"data": data, "network": {"layers": layers}, "optimizer": optimizer, "batch_size": "full", "seed": seed}
    )


def subject_of(subject: Subject | None, choices: Choices) -> Subject:
    """Raises `ChoiceError` where the present run is asked for and there is none."""
    if choices["network"] == DEEP:
        spec = deep(choices["seed"])
        return Subject.of(Machine(spec, prepare(spec)))
    if subject is None:
        raise ChoiceError("network", "there is no run", DEEP)
    return subject


def make(subject: Subject | None, choices: Choices) -> Making:
    runs = SideBySide(subject_of(subject, choices), choices)
    for share in runs.going():
        news = len({len(lane.losses) for lane in runs.lanes}) == 1
        yield Progress(share, result(runs) if news else None)
    return result(runs)


@cache
def _one_weight() -> Chart:
    return figures.one_weight()


def result(runs: SideBySide) -> Result:
    shown: list[Figure] = [figures.losses(runs)]
    arrays = {}
    if runs.lanes[2].spreads:
        own = figures.sizes(runs)
        shown += [*figures.histograms(runs, own, 0), figures.by_layer(runs)]
        arrays = {"powers": own.powers, "deltas": own.deltas, "scaled_deltas": own.scaled_deltas}
        arrays |= {"gradients": own.gradients, "scaled_gradients": own.scaled_gradients}
    shown += [_one_weight(), figures.scales(runs)]
    count = len(arrays.get("deltas", ()))
    values = {
        "formats": [_format(each) for each in (FLOAT32, FLOAT16, BFLOAT16)],
        "points": [runs.first + point + 1 for point in runs.points[:count]],
        "scales": runs.lanes[2].scales[:count],
    }
    return Result(said(runs), figures.table(runs), tuple(shown), values, arrays)


def _format(each: Format) -> dict[str, float | str | int]:
    return {
        "name": each.name,
        "exponent": each.exponent,
        "fraction": each.fraction,
        "lowest": each.lowest,
        "lowest_normal": each.lowest_normal,
        "largest": each.largest,
    }


def said(runs: SideBySide) -> str:
    double, plain, scaled, brain = runs.lanes
    done = len(double.losses) - 1
    if done < 1 or not plain.spreads:
        return ""
    updates = runs.points[done]
    zeros = plain.spreads[0]
    parts = [
        f"After {updates:,} update{'s' if updates > 1 else ''} the training loss is {_loss(double)} in float64,"
        f" {_loss(plain)} in float16{_how(plain, double)}, {_loss(scaled)} with a loss scale{_how(scaled, double)} and"
        f" {_loss(brain)} in bfloat16{_how(brain, double)}."
    ]
    if zeros.all_zero_deltas > 0.001 or zeros.zero_gradients > 0.001:
        parts.append(
            f"In float16 {_percent(zeros.all_zero_deltas)} of the first update's $\\delta$ and"
            f" {_percent(zeros.zero_gradients)} of its gradients became 0, below $2^{{-25}}$."
        )
    else:
        parts.append("None of the first update's gradients is too small for float16: there is nothing that a scale could save.")
    skipped = scaled.run.scale.skipped
    if skipped:
        parts.append(f"The scaled run skipped {skipped:,} update{'s' if skipped > 1 else ''} that overflowed float16's 65504.")
    return " ".join(parts)


def _loss(lane: Lane) -> str:
    return f"{lane.losses[-1]:.3g}" if math.isfinite(lane.losses[-1]) else "not finite"


def _how(lane: Lane, double: Lane) -> str:
    """Whether it stalls or follows, where float64's loss has fallen by much."""
    fell, own = double.losses[0] - double.losses[-1], lane.losses[0] - lane.losses[-1]
    if not fell > 0.2 * double.losses[0]:
        return ""
    return " (it stalls)" if own < STALLED * fell else " (it follows)" if own > FOLLOWED * fell else ""


def _percent(share: float) -> str:
    return f"{100.0 * share:.0f} %" if share >= 0.01 or share == 0.0 else "less than 1 %"


def updates(subject: Subject | None, choices: Choices) -> int:
    return 4 * int(choices["updates"])


def size(subject: Subject | None, choices: Choices) -> int:
    """Four machines: of each its parameters, as kept and looked at, its state and two workspaces."""
    if subject is None or choices["network"] == DEEP:
        return 8_000_000
    snapshot, spec = subject.snapshot, subject.spec
    rows = spec.data.train_rows
    columns = 256 + (rows if spec.batch_size == "full" else min(spec.batch_size, rows))
    units = 8 * sum(layer.units for layer in spec.network.layers) + 1024
    return int(8 * 4 * (8 * snapshot.theta.size + 3 * snapshot.state.size + columns * units))


EXPERIMENT = Experiment(
    "half",
    "Half precision",
    "In float16 small gradients become 0 and training may stall; a loss scale lifts them above its floor, bfloat16 has none"
    " so near.",
    "Micikevicius et al. 2018, Mixed precision training",
    r"\tilde g = \frac{1}{S}\, \mathrm{fl}_{32}\!\left( \nabla_{\theta}\, (S \cdot J) \right),\quad"
    r" \mathrm{fl}_{16}(v) = 0 \ \text{for}\ |v| \le 2^{-25}",
    parameters=(
        Parameter(
            "network",
            "Network",
            "",
            DEEP,
            kind="choice",
            choices=(DEEP, PRESENT),
            summary="ten sigmoid layers: 16 units each, Adam, on two classes that are easy to classify",
        ),
        Parameter(
            "scale",
            "Loss scale, as a power of two",
            "log₂ S",
            14,
            kind="int",
            minimum=0,
            maximum=24,
            summary="of the scaled run",
        ),
        Parameter(
            "dynamic",
            "Dynamic loss scale",
            "",
            False,
            kind="bool",
            summary=f"halved by an update that overflows, doubled after {INTERVAL} that do not",
        ),
        Parameter(
            "weights",
            "Weights that are updated",
            "θ",
            "float32",
            kind="choice",
            choices=("float32", "half"),
            summary="float32: a master copy, rounded for each pass. Half: they are in the run's own format",
        ),
        Parameter("updates", "Updates", "n", 200, kind="int", minimum=1, maximum=5000, scale="log", summary="of each run"),
        Parameter("seed", "Random seed", "s", 0, kind="int", minimum=0, maximum=1_000_000, summary="of the ten sigmoid layers"),
    ),
    link="https://arxiv.org/abs/1710.03740",
    make=make,
    updates=updates,
    size=size,
    coverage="A13",
    why="Float16 has 5 bits of exponent: its smallest number is $2^{-24}$, and what is below half of that becomes 0."
    " Multiplying the loss by $S$ moves every $\\delta$ and gradient $\\log_2 S$ places up; dividing in float32 before the"
    " update takes it back. Weights keep a float32 copy, since next to 1 float16's numbers are $2^{-11}$ apart: 1 − 0.0001 is"
    " 1 again, however often.",
    example="""
>>> from engine.lab import EXPERIMENTS, carried_out
>>> found = carried_out(EXPERIMENTS["half"], updates=100)
>>> double, plain, scaled, brain = (row[1] for row in found.table.rows)
>>> plain > 0.69, abs(scaled / double - 1) < 0.05
(True, True)
""",
)
