"""Statistics of layers: the error signal of each unit, responses along a line, norms and histograms of the parameters.

Nothing is changed; passes compute in the evaluator's workspace.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.array import Array
from engine.evaluation.evaluator import Evaluator, bounds_of, classes_of, range_of
from engine.kernels import codes
from engine.machine.machine import Machine

BINS = 31
"""Cells of a histogram: an odd number, so that zero lies within the middle one."""


@dataclass(frozen=True)
class UnitDelta:
    """δ_l of one layer over the training set: its mean and the mean of its size, each (units,)."""

    mean: Array
    size: Array


@dataclass(frozen=True)
class UnitResponses:
    """Activations along the drawn line, the inputs' included: `x` (n,), `values` (units, n), `units` as for maps."""

    x: Array
    values: Array
    units: list[dict[str, float]]


@dataclass(frozen=True)
class SampleActivations:
    """One sample in inference mode: `layers` h_0, h_1, …, h_L, each (units,), and the `bounds` of those that are bounded; its
    `target` (d_L,) and its own `loss`; for classes also its `label` and the class `predicted`."""

    layers: list[Array]
    bounds: list[tuple[float, float] | None]
    target: Array
    loss: float
    label: int | None
    predicted: int | None


@dataclass(frozen=True)
class LayerHealth:
    """Norms of one layer: ‖∂𝓛/∂W‖ and ‖Δθ‖ of the last update, ‖θ‖ as it stands, and ‖Δθ‖/‖θ‖. None before the first update."""

    layer: int
    gradient: float | None
    update: float | None
    parameters: float
    ratio: float | None


@dataclass(frozen=True)
class Histogram:
    """How many weights of a layer lie in each of `BINS` equal cells from `edges[0]` to `edges[-1]` (BINS + 1,), symmetric about
    zero."""

    counts: NDArray[np.int32]
    edges: Array


def unit_deltas(evaluator: Evaluator) -> list[UnitDelta]:
    """δ_1, …, δ_L at the present parameters, over the whole training set with its own statistics, dropout off. δ of a
    sample is its ∂ℓ/∂z (but under batch norm, which couples them), so the mean over a batch is its gradient ∂𝓛/∂b."""
    x, y = evaluator.rows("train")
    deltas = [UnitDelta(np.zeros(size), np.zeros(size)) for size in evaluator.tape.sizes[1:]]
    for _, count in evaluator.passes("delta_ops", x, y, codes.STATISTICS):
        for layer, delta in enumerate(deltas, 1):
            values = evaluator.values(f"delta{layer}", count)
            delta.mean[...] += values.sum(axis=1)
            delta.size[...] += np.abs(values).sum(axis=1)
    for delta in deltas:
        delta.mean[...] /= len(x)
        delta.size[...] /= len(x)
    return deltas


def response(evaluator: Evaluator, points: int) -> tuple[Array, Array]:
    """The fit over the drawn line: x (points,), outputs (points, d_L)."""
    ((low, high),) = evaluator.machine.dataset.domain
    x = np.linspace(low, high, points)
    return x, evaluator.predict(x[:, None])


def unit_responses(evaluator: Evaluator, points: int) -> UnitResponses | None:
    """Every unit's activation over the drawn line; None where the data are no line."""
    dataset = evaluator.machine.dataset
    if dataset.kind != "line":
        return None
    ((low, high),) = dataset.domain
    x = np.linspace(low, high, points)
    layers = evaluator.activations(np.ascontiguousarray(dataset.inputs_of(x[:, None])))
    units: list[dict[str, float]] = []
    for index, layer in enumerate(layers):
        for unit, values in enumerate(layer):
            least, most = range_of(values, evaluator.tape.bound(index))
            units.append({"layer": index, "unit": unit + 1, "low": least, "high": most})
    return UnitResponses(x, np.vstack(layers), units)


def sample_activations(evaluator: Evaluator, split: str, index: int) -> SampleActivations:
    """What sample `index` of a split, counted from 0, makes of every unit at the present parameters. ValueError where the
    split has no such sample."""
    x, y = evaluator.rows(split)
    if not 0 <= index < len(x):
        raise ValueError(f"index: {index} is not among the {len(x)} samples of {split}; allowed: 0 to {len(x) - 1}")
    x, y = (np.ascontiguousarray(rows[index : index + 1]) for rows in (x, y))
    loss, outputs = evaluator.loss_and_outputs(x, y)
    layers = [evaluator.values(f"h{layer}", 1)[:, 0].copy() for layer in range(len(evaluator.tape.sizes))]
    bounds = [bounds_of(evaluator.tape.bound(layer)) for layer in range(len(layers))]
    labels = evaluator.machine.dataset.splits[split].labels
    if labels is None:
        return SampleActivations(layers, bounds, y[0], float(loss), None, None)
    return SampleActivations(layers, bounds, y[0], float(loss), int(labels[index]), int(classes_of(outputs)[0]))


def health(machine: Machine) -> list[LayerHealth]:
    """The norms of every layer: whether its gradient arrives, and how far an update moves it."""
    layers = []
    for layer in range(1, len(machine.tape.sizes)):
        own = [slot for slot in machine.tape.slots if slot.layer == layer]
        parameters = _norm(slot.view(machine.theta) for slot in own)
        if machine.step == 0:
            layers.append(LayerHealth(layer, None, None, parameters, None))
            continue
        gradient = _norm(slot.view(machine.grad) for slot in own if slot.matrix)
        update = _norm(slot.view(machine.change) for slot in own)
        layers.append(LayerHealth(layer, gradient, update, parameters, update / parameters if parameters else None))
    return layers


def weight_histograms(machine: Machine) -> list[Histogram]:
    """The spread of each layer's weights."""
    histograms = []
    for slot in machine.tape.slots:
        if slot.kind != "weight":
            continue
        weights = slot.view(machine.theta).ravel()
        finite = weights[np.isfinite(weights)]
        reach = _round_up(float(np.max(np.abs(finite), initial=0.0)))
        counts, edges = np.histogram(finite, BINS, (-reach, reach))
        histograms.append(Histogram(counts.astype(np.int32), edges))
    return histograms


def _norm(parts: Iterable[Array]) -> float:
    """Of several tensors together."""
    return float(np.linalg.norm([np.linalg.norm(part) for part in parts]))


def _round_up(value: float) -> float:
    """The next power of two: an axis that stands still while the values move a little."""
    return float(2.0 ** np.ceil(np.log2(value))) if value > 0.0 else 1.0
