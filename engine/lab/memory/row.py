"""Memory: what training holds, and what checkpoints save of it, measured op by op on the run's own tape."""

from __future__ import annotations

import math
from collections.abc import Generator, Mapping, Sequence
from typing import Any, TypeVar

from engine.array import Array
from engine.lab.experiment import ChoiceError, Choices, Experiment, Making, Progress, Result
from engine.lab.memory.figures import (
    again_by_depth,
    amount,
    by_batch,
    by_depth,
    by_layer,
    held_map,
    held_table,
    layer_table,
    timeline,
)
from engine.lab.memory.held_bytes import LARGEST_BATCH, Attempt, Bench
from engine.lab.memory.networks import DEEP, NETWORKS, deep, subject_of
from engine.lab.subject import PRESENT, Subject
from engine.rows.row import Parameter
from engine.spec import RunSpec
from engine.spec.fields import MAX_LAYERS

BYTES = 8
ONE_UPDATE, LAYERS, CHECKPOINTS = "one update", "layers", "checkpoints"
Found = TypeVar("Found")


def make(subject: Subject | None, choices: Choices) -> Making:
    of = subject_of(subject, choices["network"])
    layers = len(of.spec.network.layers) + 1
    if choices["every"] > layers:
        raise ChoiceError("every", f"the network has {layers} layers", f"0 to {layers}; 0 is √L")
    yield Progress(0.0)
    bench = Bench(of)
    yield Progress(0.05)
    return (yield from PARTS[choices["show"]](bench, choices["every"] or bench.square_root))


def one_update(bench: Bench, every: int) -> Making:
    """With all values kept, and with checkpoints."""
    plain = yield from _steps(bench.attempt(None), 0.05)
    saved = yield from _steps(bench.attempt(every), 0.5)
    figures = (timeline(plain, saved), held_map(bench, plain), held_map(bench, saved))
    return Result(_of_update(bench, plain, saved), held_table((plain, saved)), figures, _values(bench, plain, saved))


def layers_and_batches(bench: Bench, every: int) -> Making:
    """What lies there besides, and how what is cached grows."""
    plain = yield from _steps(bench.attempt(None), 0.05)
    batches: dict[int, Array] = {}
    sizes = bench.batches()
    for done, batch in enumerate(sizes):
        if done:
            yield Progress(0.2 + 0.8 * done / len(sizes), _layers_so_far(bench, plain, batches))
        batches[batch] = yield from _steps(bench.cached(batch), 0.2 + 0.8 * done / len(sizes))
    return _layers_so_far(bench, plain, batches)


def _layers_so_far(bench: Bench, plain: Attempt, batches: Mapping[int, Array]) -> Result:
    held = plain.held
    table = layer_table(bench, held.cached, held.names, batches)
    values = {
        "layers": bench.layers,
        "batch": bench.columns,
        "fixed": bench.fixed.total,
        "cached": int(held.cached.sum()),
        "equal": plain.equal,
        "workspace": bench.workspace,
    }
    return Result(_of_layers(bench, plain), table, (by_layer(bench, plain), by_batch(bench, batches)), values)


def checkpoints(bench: Bench, every: int) -> Making:
    """By how many layers lie between two of them."""
    plain = yield from _steps(bench.attempt(None), 0.05)
    depths = bench.depths(every)
    attempts: list[Attempt] = []
    for done, depth in enumerate(depths):
        share = 0.1 + 0.9 * done / len(depths)
        attempts.append((yield from _steps(bench.attempt(depth), share)))
        yield Progress(share, _depths_so_far(bench, plain, every, attempts))
    return _depths_so_far(bench, plain, every, attempts)


def _depths_so_far(bench: Bench, plain: Attempt, every: int, attempts: Sequence[Attempt]) -> Result:
    saved = next((each for each in attempts if each.every == every), attempts[-1])
    least = min(attempts, key=lambda each: (each.held.peak, -(each.every or 0)))
    figures = (by_depth(bench, attempts, every), again_by_depth(attempts))
    values = _values(bench, plain, saved) | {"best": least.every, "equal": all(each.equal for each in (plain, *attempts))}
    return Result(_of_depths(bench, plain, attempts, least), held_table((plain, *attempts)), figures, values)


def _steps(steps: Generator[None, None, Found], share: float) -> Generator[Progress, None, Found]:
    """All of them; others have their turn after each."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            found: Found = end.value
            return found
        yield Progress(share)


def _values(bench: Bench, plain: Attempt, saved: Attempt) -> dict[str, Any]:
    return {
        "layers": bench.layers,
        "every": saved.every,
        "square_root": math.sqrt(bench.layers),
        "batch": bench.columns,
        "peak": plain.held.peak,
        "peak_saved": saved.held.peak,
        "ops_again": saved.ops_again,
        "forward_ops": sum(word.phase == "forward" for word in bench.tape.words),
        "forward_again": saved.forward_again,
        "equal": plain.equal and saved.equal,
        "fixed": bench.fixed.total,
        "workspace": bench.workspace,
    }


def _of_update(bench: Bench, plain: Attempt, saved: Attempt) -> str:
    held, kept = plain.held.peak, saved.held.peak
    parts = [
        f"With {bench.columns} samples in a mini-batch, an update of these {bench.layers} layers holds at most {amount(held)} "
        "of values."
    ]
    if saved.ops_again:
        change = f"{abs(1 - kept / held):.0%} {'less' if kept <= held else 'more'}"
        again = "1 forward op" if saved.ops_again == 1 else f"{saved.ops_again} forward ops"
        parts.append(
            f"With checkpoints every $k = {saved.every}$ it holds {amount(kept)}, {change}, and runs {again} again: "
            f"{saved.forward_again:.2f} of a forward pass, for the last segment's values are still there."
        )
    else:
        parts.append(f"With $k = {saved.every}$ all layers are one segment: nothing is saved.")
    same = "bit for bit that of the run" if plain.equal and saved.equal else "not that of the run"
    parts.append(f"The gradient is {same}, both times.")
    return " ".join(parts)


def _of_layers(bench: Bench, plain: Attempt) -> str:
    cached, fixed = float(plain.held.cached.sum()), bench.fixed
    even = fixed.total / (cached / bench.columns)
    about = "about " if bench.tape.coupled else ""  # a batch's statistics count once, however many samples it has
    return (
        f"Parameters take {amount(float(fixed.parameters.sum()))}, gradients as much, the optimizer's state "
        f"{amount(float(fixed.optimizer.sum()) + fixed.clock)}, whatever the batch. What {bench.columns} samples cache takes "
        f"{amount(cached)}, {about}{amount(cached / bench.columns)} for each: from {about}{math.ceil(even):,} samples on it "
        "outweighs all the rest. This tape keeps $z$ and $h$ of a layer both; where the slope "
        r"can be had from $h$ alone, as of $\tanh$, frameworks keep one of them."
    )


def _of_depths(bench: Bench, plain: Attempt, attempts: Sequence[Attempt], least: Attempt) -> str:
    root = math.sqrt(bench.layers)
    parts = [
        f"Without checkpoints these {bench.layers} layers hold at most {amount(plain.held.peak)} of values; the least, "
        f"{amount(least.held.peak)}, is held at $k = {least.every}$, for {least.forward_again:.2f} of a forward pass more."
    ]
    if least.every != bench.square_root:
        parts.append(
            rf"That is not $\sqrt{{L}} = {root:.1f}$, which is right where a layer caches as much as a checkpoint does: here "
            f"they are {amount(float(plain.held.cached.sum()) / bench.layers)} and {amount(bench.checkpoint)} on average."
        )
    same = "bit for bit that of the run" if all(each.equal for each in (plain, *attempts)) else "not that of the run"
    parts.append(f"The gradient is {same}, at every $k$.")
    return " ".join(parts)


PARTS = {ONE_UPDATE: one_update, LAYERS: layers_and_batches, CHECKPOINTS: checkpoints}


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
    r"\text{layers held} \approx \frac{L}{k} + k \;\ge\; 2\sqrt{L} \quad\text{at}\quad k = \sqrt{L}",
    (
        Parameter("show", "Show", "", ONE_UPDATE, "choice", choices=tuple(PARTS)),
        Parameter("network", "Network", "", DEEP, "choice", choices=NETWORKS),
        Parameter(
            "every",
            "Checkpoint every k layers (0: √L)",
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
        "the parameters do not. With checkpoints only every $k$-th layer's $h$ is kept, $L/k$ of them; going backward, each "
        "segment's values are made again from its checkpoint, dropout masks too: functions of seed, update and place."
    ),
    coverage="A12",
    size=size,
)
