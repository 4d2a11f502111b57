"""Memory: what training holds, and what checkpoints save of it, measured op by op on the run's own tape."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from typing import TypeVar

from engine.array import Array
from engine.lab.experiment import ChoiceError, Choices, Experiment, Making, Progress, Result
from engine.lab.memory.figures import amount, figures, table
from engine.lab.memory.held_bytes import LARGEST_BATCH, Attempt, Bench
from engine.lab.memory.networks import NETWORKS, PRESENT, deep, subject_of
from engine.lab.subject import Subject
from engine.rows.row import Parameter
from engine.spec import RunSpec
from engine.spec.fields import MAX_LAYERS

BYTES = 8
Found = TypeVar("Found")


def make(subject: Subject | None, choices: Choices) -> Making:
    of = subject_of(subject, choices["network"])
    layers = len(of.spec.network.layers) + 1
    if choices["every"] > layers:
        raise ChoiceError("every", f"the network has {layers} layers", f"0 to {layers}; 0 is √L")
    yield Progress(0.0)
    bench = Bench(of)
    every = choices["every"] or bench.square_root
    plain = yield from _steps(bench.attempt(None), 0.0)
    saved = yield from _steps(bench.attempt(every), 0.02)
    attempts: dict[int, Attempt] = {every: saved}
    batches: dict[int, Array] = {}
    yield Progress(0.05, _result(bench, plain, saved, [saved], batches))
    depths, sizes = bench.depths(every), bench.batches()
    for done, depth in enumerate(depths):
        if depth not in attempts:
            attempts[depth] = yield from _steps(bench.attempt(depth), 0.05 + 0.7 * done / len(depths))
    yield Progress(0.75, _result(bench, plain, saved, [attempts[depth] for depth in depths], batches))
    for done, batch in enumerate(sizes):
        batches[batch] = yield from _steps(bench.cached(batch), 0.75 + 0.25 * done / len(sizes))
    return _result(bench, plain, saved, [attempts[depth] for depth in depths], batches)


def _steps(steps: Generator[None, None, Found], share: float) -> Generator[Progress, None, Found]:
    """All of them; others have their turn after each."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            found: Found = end.value
            return found
        yield Progress(share)


def _result(bench: Bench, plain: Attempt, saved: Attempt, attempts: Sequence[Attempt], batches: Mapping[int, Array]) -> Result:
    least = min(attempts, key=lambda each: (each.held.peak, -(each.every or 0)))
    values = {
        "layers": bench.layers,
        "every": saved.every,
        "square_root": bench.layers**0.5,
        "batch": bench.columns,
        "peak": plain.held.peak,
        "peak_saved": saved.held.peak,
        "ops_again": saved.ops_again,
        "forward_ops": sum(word.phase == "forward" for word in bench.tape.words),
        "forward_again": saved.forward_again,
        "equal": all(each.equal for each in (plain, *attempts)),
        "best": least.every,
        "fixed": bench.fixed.total,
        "workspace": bench.workspace,
    }
    return Result(
        _said(bench, plain, saved, values),
        table(bench, plain, attempts, batches),
        figures(bench, plain, saved, attempts, batches),
        values,
    )


def _said(bench: Bench, plain: Attempt, saved: Attempt, values: Mapping[str, object]) -> str:
    held, kept = plain.held.peak, saved.held.peak
    parts = [
        f"With {bench.columns} samples in a mini-batch, an update of these {bench.layers} layers holds at most {amount(held)} "
        f"of values; beside them lie {amount(bench.fixed.total)} of parameters, gradients and optimizer state."
    ]
    if saved.ops_again:
        change = f"{abs(1 - kept / held):.0%} {'less' if kept <= held else 'more'}"
        parts.append(
            f"With checkpoints every $k = {saved.every}$ it holds {amount(kept)}, {change}, and runs {saved.ops_again} forward "
            f"ops again: {saved.forward_again:.2f} of a forward pass, for the last segment's values are still there."
        )
    else:
        parts.append(f"With $k = {saved.every}$ all layers are one segment: nothing is saved.")
    same = "the same bit for bit" if values["equal"] else "not the same"
    parts.append(f"The gradient is {same} as the run's own.")
    if values["best"] != bench.square_root:
        parts.append(
            rf"The least is held at $k = {values['best']}$, not at $\sqrt{{L}} = {bench.layers**0.5:.1f}$: "
            "that holds where a layer's cached values weigh as much as one checkpoint, and here they weigh more."
        )
    return " ".join(parts)


def _spec(subject: Subject | None, choices: Choices) -> RunSpec:
    return subject.spec if subject is not None and choices["network"] == PRESENT else deep(True)


def size(subject: Subject | None, choices: Choices) -> int:
    """Bytes: values of the largest batch thrice, for those held, those of the workspace and those measured with."""
    spec = _spec(subject, choices)
    units = sum(layer.units for layer in spec.network.layers) + 1024
    rows = spec.data.train_rows
    columns = max(min(rows, LARGEST_BATCH), rows if spec.batch_size == "full" else min(spec.batch_size, rows))
    numbers = 0 if subject is None else subject.snapshot.theta.size + subject.snapshot.state.size
    return BYTES * (10 * units * columns + 6 * numbers)


EXPERIMENT = Experiment(
    "memory",
    "Memory",
    "What training holds, layer by layer, and what checkpoints save of it for one more forward pass.",
    "Chen, Xu, Zhang and Guestrin 2016, Training deep nets with sublinear memory cost",
    r"\text{held} \approx \underbrace{\tfrac{L}{k}}_{\text{checkpoints}} + \underbrace{k}_{\text{one segment}}"
    r" \;\ge\; 2\sqrt{L} \quad\text{at}\quad k = \sqrt{L}",
    (
        Parameter("network", "Network", "", PRESENT, "choice", choices=NETWORKS),
        Parameter(
            "every",
            "Checkpoint every k layers",
            "k",
            0,
            "int",
            minimum=0,
            maximum=MAX_LAYERS + 1,
            summary="How many layers between two checkpoints; 0 takes √L, rounded.",
        ),
    ),
    link="https://arxiv.org/abs/1604.06174",
    make=make,
    why=(
        "The backward pass reads what the forward pass made, so all of it is cached until then: it grows with depth and batch, "
        "the parameters do not. With checkpoints only every $k$-th layer's $h$ is kept; going backward, each segment's values "
        "are made again from its checkpoint, dropout masks too, since each is a function of seed, update and place."
    ),
    coverage="A12",
    size=size,
)
