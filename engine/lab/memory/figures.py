"""What was held, drawn and in a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from engine.array import Array
from engine.lab.charts import Axis, Chart, Heat, Mark, Series
from engine.lab.experiment import Cell, Column, Table
from engine.lab.memory.held_bytes import Attempt, Bench

UNITS = (("GB", 1e9), ("MB", 1e6), ("kB", 1e3), ("B", 1.0))
LAYER_COLUMNS = (
    Column("what", "Of"),
    Column("parameters", "Parameters", "B"),
    Column("gradients", "Gradients", "B"),
    Column("optimizer", "Optimizer state", "B"),
    Column("cached", "Cached after the forward pass", "B"),
    Column("values", "Values cached"),
)
HELD_COLUMNS = (
    Column("what", "Of"),
    Column("peak", "Values held at most", "B"),
    Column("cached", "Held after the forward pass", "B"),
    Column("ops", "Ops run"),
    Column("again", "Of them again"),
    Column("forward", "Forward passes more"),
    Column("equal", "Gradient bit for bit the run's"),
)


def unit_for(most: float) -> tuple[str, float]:
    """A unit in which so many bytes are at least 1."""
    return next((name, size) for name, size in UNITS if most >= size or size == 1.0)


def amount(count: float) -> str:
    """Bytes in words."""
    name, size = unit_for(count)
    return f"{count / size:.3g} {name}" if count < 999.5 * size else f"{count / size:.0f} {name}"


def layer_labels(bench: Bench) -> tuple[str, ...]:
    return tuple(str(layer) for layer in range(bench.layers + 1))


def timeline(plain: Attempt, saved: Attempt) -> Chart:
    name, size = unit_for(plain.held.peak)
    series = (
        Series("every value kept", _from_one(plain), plain.held.total / size, "steps", colour=0),
        Series(_words(saved), _from_one(saved), saved.held.total / size, "steps", colour=1),
    )
    marks = tuple(
        Mark("y", each.held.peak / size, f"at most {amount(each.held.peak)}")
        for each in ((plain, saved) if saved.held.peak != plain.held.peak else (plain,))
    )
    return Chart("timeline", "Values held while an update's ops run", Axis("op"), Axis("held", name), series, marks)


def by_layer(bench: Bench, plain: Attempt) -> Chart:
    fixed = bench.fixed
    parts = (
        ("parameters", fixed.parameters),
        ("gradients", fixed.gradients),
        ("optimizer state", fixed.optimizer),
        ("cached activations", plain.held.cached),
    )
    name, size = unit_for(max(float(values.max()) for _, values in parts))
    x = np.arange(bench.layers + 1.0)
    series = tuple(Series(title, x, values / size, "bars", colour=place) for place, (title, values) in enumerate(parts))
    axis = Axis("layer (0: the mini-batch)", labels=layer_labels(bench))
    return Chart("layers", "Held after the forward pass, by layer", axis, Axis("held", name), series, stacked=True)


def by_depth(bench: Bench, attempts: Sequence[Attempt], every: int) -> Chart:
    x = np.array([float(each.every or bench.layers) for each in attempts])
    peaks = np.array([float(each.held.peak) for each in attempts])
    name, size = unit_for(peaks.max())
    series = (Series("values held at most", x, peaks / size, "line+points", colour=1),)
    marks = [Mark("x", bench.layers**0.5, "√L")]
    if every != bench.square_root:
        marks.append(Mark("x", every, "k"))
    title = "Values held at most, by layers k between checkpoints"
    return Chart("every", title, Axis("k"), Axis("at most", name, range=(0.0, 1.05 * peaks.max() / size)), series, tuple(marks))


def by_batch(bench: Bench, batches: Mapping[int, Array]) -> Chart:
    fixed, count = bench.fixed, len(batches)
    cached = np.array([values.sum() for values in batches.values()])
    name, size = unit_for(fixed.total + cached.max())
    parts = (
        ("parameters", np.full(count, fixed.parameters.sum())),
        ("gradients", np.full(count, fixed.gradients.sum())),
        ("optimizer state", np.full(count, fixed.optimizer.sum() + fixed.clock)),
        ("cached activations", cached),
    )
    x = np.arange(float(count))
    series = tuple(Series(title, x, values / size, "bars", colour=place) for place, (title, values) in enumerate(parts))
    axis = Axis("samples in a mini-batch", labels=tuple(str(batch) for batch in batches))
    return Chart("batch", "Held after the forward pass, by batch size", axis, Axis("held", name), series, stacked=True)


def held_map(bench: Bench, attempt: Attempt) -> Heat:
    """Which layers' values are held at which op."""
    values = attempt.held.by_layer
    name, size = unit_for(float(values.max()))
    title = "Layers held at each op: " + ("every value kept" if attempt.every is None else _words(attempt))
    own = "kept" if attempt.every is None else "checkpoints"
    axis = Axis("layer", labels=layer_labels(bench))
    shown = np.where(values > 0.0, values / size, np.nan)
    return Heat(f"held {own}", title, Axis("op"), axis, shown, at_x=_from_one(attempt), measure=f"held ({name})")


def again_by_depth(attempts: Sequence[Attempt]) -> Chart:
    x = np.array([float(each.every or 0) for each in attempts])
    y = np.array([each.forward_again for each in attempts])
    title, axis = "Made again, by layers k between checkpoints", Axis("forward passes more", range=(0.0, 1.05))
    return Chart("again", title, Axis("k"), axis, (Series("made again", x, y, "line+points", colour=2),))


def layer_table(bench: Bench, cached: Array, names: Mapping[int, Sequence[str]], batches: Mapping[int, Array]) -> Table:
    """First the layers, then all of them, then by batch size."""
    fixed = bench.fixed
    rows: list[tuple[Cell, ...]] = []
    for layer in range(bench.layers + 1):
        own = (int(part[layer]) for part in (fixed.parameters, fixed.gradients, fixed.optimizer, cached))
        rows.append((f"layer {layer}" if layer else "mini-batch", *own, " ".join(names.get(layer, ()))))
    sums = (int(fixed.parameters.sum()), int(fixed.gradients.sum()), int(fixed.optimizer.sum()) + fixed.clock)
    rows.append((f"all layers, {bench.columns} samples", *sums, int(cached.sum()), ""))
    for batch, values in batches.items():
        rows.append((f"all layers, {batch} samples", *sums, int(values.sum()), ""))
    return Table(LAYER_COLUMNS, tuple(rows))


def held_table(attempts: Sequence[Attempt]) -> Table:
    rows = [
        (
            "every value kept" if each.every is None else _words(each),
            each.held.peak,
            int(each.held.cached.sum()),
            len(each.entries),
            each.ops_again,
            each.forward_again,
            each.equal,
        )
        for each in attempts
    ]
    return Table(HELD_COLUMNS, tuple(rows))


def _words(attempt: Attempt) -> str:
    return "checkpoint every layer" if attempt.every == 1 else f"checkpoint every {attempt.every}"


def _from_one(attempt: Attempt) -> Array:
    return np.arange(1.0, len(attempt.entries) + 1.0)
