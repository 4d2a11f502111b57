"""Statistics of layers: the error signal of each unit, responses along a line, norms and histograms of the parameters."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.array import Array
from engine.dataset import Dataset
from engine.evaluation.evaluator import Evaluator, bounds_of, classes_of, range_of
from engine.kernels import codes
from engine.machine.machine import Machine
from engine.recording import rules
from engine.rows.rates import rates_at

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


class LayerStats:
    """Mixed into a trainer: changes nothing, computes in the evaluator's workspace."""

    dataset: Dataset
    machine: Machine
    evaluator: Evaluator

    def unit_deltas(self) -> list[UnitDelta]:
        """δ_1, …, δ_L at the present parameters, over the whole training set with its own statistics, dropout off. δ of a
        sample is its ∂ℓ/∂z (but under batch norm, which couples them), so the mean over a batch is its gradient ∂𝓛/∂b."""
        evaluator = self.evaluator
        x, y = evaluator.rows("train")
        found = [UnitDelta(np.zeros(size), np.zeros(size)) for size in evaluator.tape.sizes[1:]]
        for _, count in evaluator.passes("delta_ops", x, y, codes.STATISTICS):
            for layer, delta in enumerate(found, 1):
                values = evaluator.values(f"delta{layer}", count)
                delta.mean[...] += values.sum(axis=1)
                delta.size[...] += np.abs(values).sum(axis=1)
        for delta in found:
            delta.mean[...] /= len(x)
            delta.size[...] /= len(x)
        return found

    def unit_responses(self, points: int = 200) -> UnitResponses | None:
        """Every unit's activation over the drawn line; None where the data are no line."""
        if self.dataset.kind != "line":
            return None
        ((low, high),) = self.dataset.domain
        x = np.linspace(low, high, points)
        layers = self.evaluator.activations(np.ascontiguousarray(self.dataset.inputs_of(x[:, None])))
        units: list[dict[str, float]] = []
        for index, layer in enumerate(layers):
            for unit, values in enumerate(layer):
                least, most = range_of(values, self.evaluator.tape.bound(index))
                units.append({"layer": index, "unit": unit + 1, "low": least, "high": most})
        return UnitResponses(x, np.vstack(layers), units)

    def sample_activations(self, split: str, index: int) -> SampleActivations:
        """What sample `index` of a split, counted from 0, makes of every unit at the present parameters. ValueError where the
        split has no such sample."""
        x, y = self.evaluator.rows(split)
        if not 0 <= index < len(x):
            raise ValueError(f"index: {index} is not among the {len(x)} samples of {split}; allowed: 0 to {len(x) - 1}")
        x, y = (np.ascontiguousarray(rows[index : index + 1]) for rows in (x, y))
        loss, outputs = self.evaluator.loss_and_outputs(x, y)
        layers = [self.evaluator.values(f"h{layer}", 1)[:, 0].copy() for layer in range(len(self.evaluator.tape.sizes))]
        bounds = [bounds_of(self.evaluator.tape.bound(layer)) for layer in range(len(layers))]
        labels = self.dataset.splits[split].labels
        if labels is None:
            return SampleActivations(layers, bounds, y[0], float(loss), None, None)
        return SampleActivations(layers, bounds, y[0], float(loss), int(labels[index]), int(classes_of(outputs)[0]))

    def health(self) -> list[LayerHealth]:
        """The norms of every layer: whether its gradient arrives, and how far an update moves it."""
        machine = self.machine
        found = []
        for layer in range(1, len(machine.tape.sizes)):
            own = [slot for slot in machine.tape.slots if slot.layer == layer]
            parameters = _norm(slot.view(machine.theta) for slot in own)
            if machine.step == 0:
                found.append(LayerHealth(layer, None, None, parameters, None))
                continue
            gradient = _norm(slot.view(machine.grad) for slot in own if slot.matrix)
            update = _norm(slot.view(machine.change) for slot in own)
            found.append(LayerHealth(layer, gradient, update, parameters, update / parameters if parameters else None))
        return found

    def weight_histograms(self) -> list[Histogram]:
        """The spread of each layer's weights."""
        found = []
        for slot in self.machine.tape.slots:
            if slot.kind != "weight":
                continue
            weights = slot.view(self.machine.theta).ravel()
            finite = weights[np.isfinite(weights)]
            reach = _round_up(float(np.max(np.abs(finite), initial=0.0)))
            counts, edges = np.histogram(finite, BINS, (-reach, reach))
            found.append(Histogram(counts.astype(np.int32), edges))
        return found

    @property
    def rate(self) -> float:
        """The rate of the next update."""
        return float(self.rates(np.array([self.machine.step]))[0])

    def rates(self, steps: NDArray[np.int64]) -> Array:
        """The rate of the update after each step of `steps`, under the schedule now in force; shape (n,).

        Epochs are counted from the present one, with mini-batches as they are now. A plateau schedule goes on at its factor.
        """
        int_state, spec = self.machine.int_state, self.machine.spec
        batch = int(int_state[codes.BATCH_SIZE])
        begun = self.machine.step - -(-int(int_state[codes.CURSOR]) // batch)  # this epoch's first update
        t = np.asarray(steps, dtype=np.int64)
        if spec.schedule.unit == "epoch":
            t = np.maximum(0, int(int_state[codes.EPOCH]) + (t - begun) // -(-int(int_state[codes.TRAIN_ROWS]) // batch))
        return rates_at(spec.schedule, spec.optimizer.lr, t, float(self.machine.rules[rules.FACTOR]))


def _norm(parts: Iterable[Array]) -> float:
    """Of several tensors together."""
    return float(np.linalg.norm([np.linalg.norm(part) for part in parts]))


def _round_up(value: float) -> float:
    """The next power of two: an axis that stands still while the values move a little."""
    return float(2.0 ** np.ceil(np.log2(value))) if value > 0.0 else 1.0
