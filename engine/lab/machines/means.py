"""The first picture: means of the shards' gradients against the whole's."""

from __future__ import annotations

import numpy as np

from engine.array import Array
from engine.lab.charts import Axis, Chart, Series
from engine.lab.experiment import Cell, ChoiceError, Choices, Column, Making, Progress, Result, Table
from engine.lab.machines.shards import MOST_ROWS, Sharded, sharded, sizes_of, with_norm
from engine.machine.machine import Machine

POINTS = 1500
COLUMNS = (
    Column("what", "Of"),
    Column("norm", "Batch norm"),
    Column("samples", "Samples"),
    Column("weight", "Share"),
    Column("loss", "Loss"),
    Column("length", "Length of the gradient"),
    Column("cosine", "Cosine to the whole's"),
    Column("off", "Off the whole's by"),
)


def made(machine: Machine, choices: Choices) -> Making:
    rows = min(MOST_ROWS, machine.dataset.rows[0])
    sizes = sizes_of(rows, choices["machines"], choices["sizes"] == "equal")
    yield Progress(0.0)
    found: list[Sharded] = []
    hidden = bool(machine.spec.network.layers)
    for norm in (False, True) if hidden else (False,):
        steps = sharded(with_norm(machine, norm), sizes)
        while True:
            try:
                next(steps)
            except StopIteration as end:
                found.append(end.value)
                break
            yield Progress(0.9 * len(found) / (1 + hidden))
        if not np.isfinite(found[-1].own).all() or not found[-1].whole.any():
            raise ChoiceError("network", "its gradient is not finite, or 0 throughout", "a run that has not diverged")
        yield Progress(0.45 * len(found), _result(machine, found))
    return _result(machine, found)


def _result(machine: Machine, found: list[Sharded]) -> Result:
    plain = found[0]
    values = {
        "part": "means",
        "sizes": list(plain.sizes),
        "parameters": len(plain.whole),
        "weighted": plain.error(plain.weighted),
        "plain": plain.error(plain.plain),
        "weighted_norm": found[1].error(found[1].weighted) if len(found) > 1 else None,
        "plain_norm": found[1].error(found[1].plain) if len(found) > 1 else None,
    }
    return Result(
        _said(machine, found),
        table(found),
        (*(scatter(each, bool(place)) for place, each in enumerate(found)), errors(found)),
        values,
    )


def _said(machine: Machine, found: list[Sharded]) -> str:
    plain, sizes = found[0], found[0].sizes
    shares = ", ".join(str(size) for size in sizes)
    parts = [
        f"Of {sum(sizes)} samples on {len(sizes)} machines ({shares}), the size-weighted mean of the gradients is the whole's "
        f"to {plain.error(plain.weighted):.1e} of its length: rounding."
    ]
    if len(set(sizes)) == 1:
        parts.append(f"The shards have one size, so the plain mean is right, too, to {plain.error(plain.plain):.1e}.")
    else:
        parts.append(f"The plain mean, which counts unequal shards alike, is off by {plain.error(plain.plain):.2%}.")
    if len(found) > 1:
        parts.append(
            f"With batch norm in every hidden layer even the weighted mean is off by {found[1].error(found[1].weighted):.2%}: "
            "each machine normalizes by its own samples' statistics. Only synchronized statistics would mend it."
        )
    if any(layer.dropout for layer in machine.spec.network.layers):
        parts.append("Dropout is left out here.")
    return " ".join(parts)


def scatter(each: Sharded, norm: bool) -> Chart:
    """Each mean's components over the whole's own."""
    count = len(each.whole)
    shown = np.unique(np.linspace(0, count - 1, min(POINTS, count)).astype(np.int64))
    ends = np.array([each.whole[shown].min(), each.whole[shown].max()])
    series = (
        Series("equal", ends, ends, "line", dashed=True),
        Series("plain mean", each.whole[shown], each.plain[shown], "points", colour=1),
        Series("size-weighted mean", each.whole[shown], each.weighted[shown], "points", colour=0),
    )
    title = "With batch norm in every hidden layer" if norm else "Each parameter's gradient: means against the whole's"
    name = "means with batch norm" if norm else "means"
    return Chart(name, title, Axis("component of the whole's gradient"), Axis("component of the mean"), series)


def errors(found: list[Sharded]) -> Chart:
    """On a logarithmic axis, where a difference of exactly 0 has no place."""
    labels = ("size-weighted mean", "plain mean")
    x = np.arange(2.0)
    series = []
    for name, colour, each in zip(("without batch norm", "with batch norm"), (0, 2), found, strict=False):
        values = np.array([each.error(each.weighted), each.error(each.plain)])
        series.append(Series(name, x, np.where(values > 0.0, values, np.nan), "points", colour=colour))
    axis = Axis("off by, in lengths of the whole's gradient", scale="log")
    return Chart("errors", "How far each mean is off", Axis("", labels=labels), axis, tuple(series))


def table(found: list[Sharded]) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for norm, each in zip(("no", "every hidden layer"), found, strict=False):
        length = float(np.linalg.norm(each.whole))
        for number, gradient in enumerate(each.own):
            own = (each.sizes[number], float(each.weights[number]), float(each.losses[number]))
            rows.append((f"machine {number + 1}", norm, *own, *_against(gradient, each)))
        total = sum(each.sizes)
        rows.append(("whole", norm, total, 1.0, None, length, 1.0, 0.0))
        rows.append(("size-weighted mean", norm, total, 1.0, None, *_against(each.weighted, each)))
        rows.append(("plain mean", norm, total, 1.0, None, *_against(each.plain, each)))
    return Table(COLUMNS, tuple(rows))


def _against(gradient: Array, each: Sharded) -> tuple[float, float, float]:
    length = float(np.linalg.norm(gradient))
    cosine = float(gradient @ each.whole / (length * np.linalg.norm(each.whole))) if length else 0.0
    return length, cosine, each.error(gradient)
