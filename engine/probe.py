"""Looking without touching: losses, outputs, gradients and unit activations at the present parameters."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from engine.dataset import SPLITS, Dataset
from engine.kernels import codes
from engine.kernels.run import run
from engine.machine import Machine

Flat = NDArray[np.float64]
NO_SERIES = np.zeros((1, len(codes.SERIES_COLUMNS)))


@dataclass(frozen=True)
class Evaluation:
    """A split in inference mode. `outputs` (n, d_L); for classes also `predicted` (n,) and `confusion` (K, K), rows true."""

    loss: float
    accuracy: float | None
    outputs: Flat
    predicted: NDArray[np.int64] | None
    confusion: NDArray[np.int64] | None

    @property
    def recall(self) -> Flat | None:
        """Of each true class the share told right; NaN where the split has none of it."""
        if self.confusion is None:
            return None
        whole = self.confusion.sum(axis=1)
        share: Flat = np.divide(self.confusion.diagonal(), whole, out=np.full(len(whole), np.nan), where=whole > 0)
        return share


class Probe:
    """Forward and backward passes of a machine's network over any rows, in the machine's probe workspace."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.tape = machine.probe_tape
        self.counters = np.zeros(codes.N_COUNTERS, dtype=np.int64)
        self.counters[codes.SOURCE] = codes.ROWS_AS_THEY_LIE
        self.hyper = np.zeros(codes.N_HYPER)
        self.nothing = np.zeros(codes.N_CLOCK)
        self.unordered = np.zeros(0, dtype=np.int64)
        self._plane: Flat | None = None

    @cached_property
    def grad(self) -> Flat:
        return np.zeros_like(self.machine.theta)

    def _columns(self, count: int) -> list[tuple[int, int]]:
        capacity = self.tape.layout.capacity
        return [(start, min(capacity, count - start)) for start in range(0, count, capacity)]

    def _pass(self, ops: NDArray[np.int64], x: Flat, y: Flat, start: int, count: int) -> None:
        self.counters[codes.FIRST_ROW] = start
        self.counters[codes.ROW_COUNT] = self.counters[codes.BATCH] = count
        machine = self.machine
        run(
            ops,
            0,
            len(ops),
            1,
            machine.probe_forward,
            self.counters,
            self.hyper,
            machine.theta,
            self.nothing,
            self.grad,
            self.nothing,
            machine.probe_work,
            machine.probe_work,
            self.unordered,
            x,
            y,
            NO_SERIES,
        )

    def passes(self, ops: NDArray[np.int64], x: Flat, y: Flat) -> Iterator[int]:
        """Run `ops` over all rows, some columns at a time; yields how many stand in the workspace."""
        for start, count in self._columns(len(x)):
            self._pass(ops, x, y, start, count)
            yield count

    def rows(self, split: str) -> tuple[Flat, Flat]:
        """Inputs and targets of a split, views."""
        if split not in SPLITS:
            raise ValueError(f"split: '{split}' is not known; allowed: {', '.join(SPLITS)}")
        counts = self.machine.dataset.rows
        first = sum(counts[: SPLITS.index(split)])
        last = first + counts[SPLITS.index(split)]
        if first == last:
            raise ValueError(f"split: '{split}' has no samples in this run")
        return self.machine.x[first:last], self.machine.y[first:last]

    def loss_and_outputs(self, x: Flat, y: Flat) -> tuple[float, Flat]:
        """Mean data loss over the rows, and outputs (n, d_L)."""
        total = 0.0
        outputs = np.empty((len(x), self.tape.sizes[-1]))
        for start, count in self._columns(len(x)):
            self._pass(self.machine.probe_forward, x, y, start, count)
            total += self.hyper[codes.LAST_LOSS] * count
            outputs[start : start + count] = self.values(f"h{len(self.tape.sizes) - 1}", count).T
        return total / len(x), outputs

    def values(self, name: str, columns: int) -> Flat:
        """Workspace values of the last pass, (units, columns), a view."""
        return self.tape.layout.view(self.machine.probe_work, name, columns)

    def outputs(self, x: Flat) -> Flat:
        """(n, d_0) -> (n, d_L)."""
        return self.loss_and_outputs(x, np.zeros((len(x), self.tape.sizes[-1])))[1]

    def plane(self, dataset: Dataset, grid: int) -> Flat:
        """Inputs (grid^2, d_0) of the middles of the cells over the drawn plane, row by row from the lowest y; the last grid
        asked for is kept."""
        if self._plane is None or len(self._plane) != grid * grid:
            (x0, x1), (y0, y1) = dataset.domain
            across = x0 + (np.arange(grid) + 0.5) * (x1 - x0) / grid
            up = y0 + (np.arange(grid) + 0.5) * (y1 - y0) / grid
            points = np.column_stack([np.tile(across, grid), np.repeat(up, grid)])
            self._plane = np.ascontiguousarray(dataset.inputs_of(points))
        return self._plane

    def activations(self, x: Flat) -> list[Flat]:
        """h_0, h_1, …, h_L over the rows, each (units, n)."""
        layers = [np.empty((size, len(x))) for size in self.tape.sizes]
        blank = np.zeros((len(x), self.tape.sizes[-1]))
        for start, count in self._columns(len(x)):
            self._pass(self.machine.probe_forward, x, blank, start, count)
            for layer, values in enumerate(layers):
                values[:, start : start + count] = self.values(f"h{layer}", count)
        return layers

    def gradient(self, split: str) -> Flat:
        """Gradient of the objective over a split, flat: size-weighted mean of its parts, then the penalties'."""
        x, y = self.rows(split)
        ops = self.tape.derivative
        total = np.zeros_like(self.grad)
        for start, count in self._columns(len(x)):
            self._pass(ops, x, y, start, count)
            total += self.grad * (count / len(x))
        penalty = self.machine.tape.penalties
        if len(penalty):
            self.grad[...] = total
            self.hyper[[codes.L1, codes.L2]] = self.machine.hyper[[codes.L1, codes.L2]]
            self._pass(penalty, x, y, 0, 1)
            total = self.grad.copy()
        return total

    def penalty(self) -> float:
        """l2/2 |W|^2 + l1 |W|_1 over the weights."""
        rules = self.machine.spec.regularization
        weights = [place.view(self.machine.theta) for place in self.tape.places if len(place.shape) == 2]
        return float(sum(0.5 * rules.l2 * np.sum(W * W) + rules.l1 * np.sum(np.abs(W)) for W in weights))

    def evaluate(self, split: str) -> Evaluation:
        """Loss, outputs and, for classes, predictions and confusions of a split."""
        loss, outputs = self.loss_and_outputs(*self.rows(split))
        dataset = self.machine.dataset
        labels = dataset.splits[split].labels
        if labels is None:
            return Evaluation(loss, None, outputs, None, None)
        predicted = classes_of(outputs)
        confusion = np.zeros((len(dataset.classes), len(dataset.classes)), dtype=np.int64)
        np.add.at(confusion, (labels, predicted), 1)
        return Evaluation(loss, float(np.mean(predicted == labels)), outputs, predicted, confusion)


def classes_of(outputs: Flat) -> NDArray[np.int64]:
    """The predicted class of each row: one output counts from one half, several by the largest."""
    if outputs.shape[1] == 1:
        return (outputs[:, 0] >= 0.5).astype(np.int64)
    return np.asarray(outputs.argmax(axis=1), dtype=np.int64)


@dataclass(frozen=True)
class UnitMaps:
    """Activations over the plane as bytes: `maps` (units, grid, grid), row 0 lowest y; value = low + byte/255 (high - low)."""

    maps: NDArray[np.uint8]
    units: list[dict[str, float]]
    classes: NDArray[np.uint8] | None


EVERY_LAYER = slice(None)
RANGES = {"tanh": (-1.0, 1.0), "sigmoid": (0.0, 1.0), "softmax": (0.0, 1.0)}


def range_of(values: Flat, activation: str | None) -> tuple[float, float]:
    """What a unit's picture spans: the range of its activation where that is bounded, else as far as it reaches either way."""
    if activation in RANGES:
        return RANGES[activation]
    reach = float(np.max(np.abs(values), initial=0.0))
    reach = reach if 0.0 < reach < np.inf else 1.0
    return -reach, reach


def unit_maps(probe: Probe, dataset: Dataset, grid: int, layers: slice = EVERY_LAYER) -> UnitMaps | None:
    """The activations of `layers` over the plane, the inputs counted as layer 0; None where the data are no plane."""
    if dataset.kind != "plane":
        return None
    found = list(enumerate(probe.activations(probe.plane(dataset, grid))))
    chosen = found[layers]
    maps = np.empty((sum(len(values) for _, values in chosen), grid, grid), dtype=np.uint8)
    units: list[dict[str, float]] = []
    for index, values in chosen:
        ranges = [range_of(each, probe.tape.activations[index - 1] if index else None) for each in values]
        maps[len(units) : len(units) + len(values)] = _bytes(values, np.array(ranges)).reshape(-1, grid, grid)
        units += [{"layer": index, "unit": unit, "low": low, "high": high} for unit, (low, high) in enumerate(ranges, 1)]
    top = found[-1][1]
    classes = top.argmax(axis=0).astype(np.uint8).reshape(grid, grid) if len(top) > 1 else None
    return UnitMaps(maps, units, classes)


def _bytes(values: Flat, ranges: Flat) -> NDArray[np.uint8]:
    """(units, n) to 0 … 255 between each unit's `ranges` (units, 2); what is not a number lies in the middle."""
    low, high = ranges[:, :1], ranges[:, 1:]
    scaled = (values - low) * (255.0 / (high - low))
    np.clip(scaled, 0.0, 255.0, out=scaled)
    np.copyto(scaled, 127.5, where=np.isnan(scaled))
    return np.rint(scaled, out=scaled).astype(np.uint8)
