"""Evaluation that changes nothing: losses, outputs, gradients and unit activations at the present parameters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine.array import Array, fill, pieces, zeros
from engine.dataset import SPLITS, Dataset
from engine.kernels import codes
from engine.kernels.over_rows import passes_over_rows
from engine.kernels.run import run
from engine.kernels.shades import reaches, shade
from engine.machine.machine import Machine
from engine.machine.tape import Tape
from engine.machine.work import heavy, pieces_of
from engine.parts import give_way
from engine.rows.activations import ACTIVATIONS

Part = Literal["activation_ops", "forward_ops", "gradient_ops", "delta_ops"]
"""Of the tape: to the outputs, to the losses, to the gradients, to the deltas."""
MOST_VALUES = 2**27  # of one pass over all rows at once, 1 GB
NO_SERIES = np.zeros((1, len(codes.SERIES_COLUMNS)))


@dataclass(frozen=True)
class Pictures:
    """Rows of values as bytes, (units, n), 0 … 255 between the `ranges` of the rows, (units, 2)."""

    ranges: Array
    bytes: NDArray[np.uint8]


NO_LAYERS: Mapping[int, int] = MappingProxyType({})
NO_PICTURES = Pictures(np.zeros((0, 2)), np.zeros((0, 0), dtype=np.uint8))


@dataclass(frozen=True)
class Evaluation:
    """A split in inference mode. `outputs` (n, d_L); for classes also `predicted` (n,), `confusion` (K, K), rows true, and
    `baseline`, the accuracy of always answering the training set's largest class; for a regression `r_squared`."""

    loss: float
    accuracy: float | None
    outputs: Array
    predicted: NDArray[np.int64] | None
    confusion: NDArray[np.int64] | None
    baseline: float | None = None
    r_squared: float | None = None

    @property
    def balanced_accuracy(self) -> float | None:
        """The mean of the recalls of the classes that the split has: in it a rare class counts as much as a common one."""
        recall = self.recall
        return None if recall is None else float(np.nanmean(recall))

    @property
    def recall(self) -> Array | None:
        """Of each true class the share predicted right, (K,); NaN where the split has none of it."""
        if self.confusion is None:
            return None
        whole = self.confusion.sum(axis=1)
        share: Array = np.divide(self.confusion.diagonal(), whole, out=np.full(len(whole), np.nan), where=whole > 0)
        return share


class Evaluator:
    """Forward and backward passes of a machine's network over any rows, in inference mode or with their own statistics.

    Rows go through some columns at a time; all at once where batch norm is to take the statistics of the rows themselves.
    """

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.int_state = np.zeros(codes.N_COUNTERS, dtype=np.int64)
        self.int_state[codes.SOURCE] = codes.ROWS_AS_THEY_LIE
        self.float_state = np.zeros(codes.N_HYPER)
        self.nothing = np.zeros(codes.N_CLOCK)
        self.unordered = np.zeros(0, dtype=np.int64)
        self._whole: tuple[Tape, Tape, Array] | None = None
        """The machine's tape that a wide one was made beside, the wide one and its workspace."""
        self._layout, self._work = self.tape.layout, machine.evaluation_work
        self.active_tape = self.tape
        self._plane: Array | None = None

    @cached_property
    def grad(self) -> Array:
        """Where passes write the gradient, (P,)."""
        return zeros(self.machine.theta.size)

    @property
    def tape(self) -> Tape:
        return self.machine.evaluation_tape

    def _room(self, rows: int, mode: int) -> tuple[Tape, Array]:
        """A tape and its workspace: the machine's, or one wide enough for all rows where they act on each other."""
        tape = self.tape
        if mode != codes.STATISTICS or not tape.coupled or rows <= tape.layout.capacity:
            return tape, self.machine.evaluation_work
        if self._whole is None or self._whole[0] is not tape or self._whole[1].layout.capacity < rows:
            wide = self.machine.compile(self.machine.spec, rows)
            if wide.layout.size > MOST_VALUES:
                limit = rows * MOST_VALUES // wide.layout.size
                raise ValueError(f"split: {rows} samples at once are too many for batch norm here; allowed: up to {limit}")
            self._whole = (tape, wide, np.zeros(wide.layout.size))
        return self._whole[1:]

    def _pass(self, ops: NDArray[np.int64], work: Array, x: Array, y: Array, start: int, count: int) -> None:
        self.int_state[codes.FIRST_ROW] = start
        self.int_state[codes.ROW_COUNT] = self.int_state[codes.BATCH] = count
        machine = self.machine
        for first, last in pieces_of(len(ops), machine.theta.size, count):
            run(self.tape.core)(
                ops,
                first,
                last,
                1,
                machine.evaluation_forward,
                self.int_state,
                self.float_state,
                machine.theta,
                self.nothing,
                self.grad,
                machine.state,
                work,
                work,
                self.unordered,
                x,
                y,
                NO_SERIES,
                self.nothing,
            )
            if self.int_state[codes.STATUS] != codes.RUNNING:
                break
            give_way()

    def passes(self, part: Part, x: Array, y: Array, mode: int = codes.INFERENCE) -> Iterator[tuple[int, int]]:
        """Run a part of the tape over all rows; yields (first row, rows) of what stands in the workspace each time."""
        tape, work = self._room(len(x), mode)
        self.active_tape, self._layout, self._work = tape, tape.layout, work
        ops = getattr(tape, part)
        self.int_state[codes.MODE] = mode
        capacity = tape.layout.capacity
        for start in range(0, len(x), capacity):
            count = min(capacity, len(x) - start)
            self._pass(ops, work, x, y, start, count)
            yield start, count

    def values(self, name: str, columns: int) -> Array:
        """Workspace values of the last pass, (units, columns), a view."""
        return self._layout.view(self._work, name, columns)

    def rerun(self, ops: NDArray[np.int64], count: int) -> None:
        """Run `ops`, of the tape `active_tape`, on the `count` columns that stand in the workspace."""
        self._pass(ops, self._work, self.machine.x, self.machine.y, 0, count)

    def rows(self, split: str) -> tuple[Array, Array]:
        """Inputs (n, d_0) and targets (n, d_L) of a split, views."""
        if split not in SPLITS:
            raise ValueError(f"split: '{split}' is not known; allowed: {', '.join(SPLITS)}")
        counts = self.machine.dataset.rows
        first = sum(counts[: SPLITS.index(split)])
        last = first + counts[SPLITS.index(split)]
        if first == last:
            raise ValueError(f"split: '{split}' has no samples in this run")
        return self.machine.x[first:last], self.machine.y[first:last]

    def loss_and_outputs(self, x: Array, y: Array, mode: int = codes.INFERENCE) -> tuple[float, Array]:
        """Mean data loss over the rows, and outputs (n, d_L)."""
        total = 0.0
        outputs = np.empty((len(x), self.tape.sizes[-1]))
        for start, count in self.passes("forward_ops", x, y, mode):
            total += self.float_state[codes.LAST_LOSS] * count
            outputs[start : start + count] = self.values(f"h{len(self.tape.sizes) - 1}", count).T
        return total / len(x), outputs

    def outputs(self, x: Array) -> Array:
        """(n, d_0) -> (n, d_L)."""
        return self.loss_and_outputs(x, np.zeros((len(x), self.tape.sizes[-1])))[1]

    def predict(self, x: ArrayLike) -> Array:
        """Raw samples (n, columns), as the data came -> outputs (n, d_L), inference mode."""
        raw, dataset = np.asarray(x, dtype=np.float64), self.machine.dataset
        if raw.ndim != 2 or raw.shape[1] != len(dataset.columns):
            raise ValueError(f"x: shape {raw.shape} given; allowed: (n, {len(dataset.columns)})")
        return self.outputs(np.ascontiguousarray(dataset.inputs_of(raw)))

    def plane(self, dataset: Dataset, grid: int) -> Array:
        """Inputs (grid^2, d_0) of the middles of the cells over the drawn plane, row by row from the lowest y; the last grid
        asked for is kept."""
        if self._plane is None or len(self._plane) != grid * grid:
            (x0, x1), (y0, y1) = dataset.domain
            across = x0 + (np.arange(grid) + 0.5) * (x1 - x0) / grid
            up = y0 + (np.arange(grid) + 0.5) * (y1 - y0) / grid
            points = np.column_stack([np.tile(across, grid), np.repeat(up, grid)])
            self._plane = np.ascontiguousarray(dataset.inputs_of(points))
        return self._plane

    def activations(self, x: Array) -> list[Array]:
        """h_0, h_1, …, h_L over the rows, each (units, n)."""
        return self.stacked(x, range(len(self.tape.sizes)))

    def stacked(
        self, x: Array, layers: Sequence[int], bounded: Mapping[int, int] = NO_LAYERS, pictures: Pictures = NO_PICTURES
    ) -> list[Array]:
        """h_l of `layers` over the rows, each (units, n), one below the other in memory. In the same pass, h_l of the layers
        `bounded` as bytes: to the rows of `pictures` from the one named on."""
        tape, machine = self.tape, self.machine
        sizes = [tape.sizes[layer] for layer in layers]
        starts = np.cumsum([0, *sizes])
        kept = np.empty((starts[-1], len(x)))
        self.int_state[codes.MODE] = codes.INFERENCE
        places = _places(tape, dict(zip(layers, starts, strict=False))), _places(tape, bounded)
        for rows in self._stretches(len(x)):
            whole = rows == slice(0, len(x))
            values, shades = (kept, pictures.bytes) if whole else (kept[:, rows].copy(), pictures.bytes[:, rows].copy())
            passes_over_rows(tape.core)(
                tape.activation_ops,
                self.int_state,
                self.float_state,
                machine.theta,
                self.nothing,
                machine.state,
                machine.evaluation_work,
                self.unordered,
                x[rows],
                np.zeros((len(x[rows]), tape.sizes[-1])),
                NO_SERIES,
                places[0],
                values,
                places[1],
                pictures.ranges,
                shades,
            )
            if not whole:
                kept[:, rows], pictures.bytes[:, rows] = values, shades
            give_way()
        return [kept[start : start + size] for start, size in zip(starts, sizes, strict=False)]

    def _stretches(self, rows: int) -> list[slice]:
        """Rows that one call takes: all of them, but where that is heavy as many as go through at once."""
        if not heavy(self.machine.theta.size, rows):
            return [slice(0, rows)]
        some = self.tape.layout.capacity
        return [slice(first, min(first + some, rows)) for first in range(0, rows, some)]

    def gradient(self, split: str) -> Array:
        """Gradient of the objective over a split, (P,): size-weighted mean of its parts, then the penalties'."""
        x, y = self.rows(split)
        total = zeros(self.grad.size)
        for _, count in self.passes("gradient_ops", x, y, codes.STATISTICS):
            for piece in pieces(total.size):
                total[piece] += self.grad[piece] * (count / len(x))
        penalty = self.machine.tape.penalty_ops
        if len(penalty):
            fill(self.grad, total)
            self.float_state[[codes.L1, codes.L2]] = self.machine.float_state[[codes.L1, codes.L2]]
            self._pass(penalty, self._work, x, y, 0, 1)
            fill(total, self.grad)
        return total

    def objective(self, split: str) -> float:
        """Data term with the split's own statistics, and the penalties."""
        return self.loss_and_outputs(*self.rows(split), codes.STATISTICS)[0] + self.penalty()

    def penalty(self) -> float:
        """l2/2 |W|^2 + l1 |W|_1 over the weights."""
        penalties = self.machine.spec.regularization
        weights = [slot.view(self.machine.theta) for slot in self.tape.slots if slot.matrix]
        return float(sum(0.5 * penalties.l2 * np.sum(W * W) + penalties.l1 * np.sum(np.abs(W)) for W in weights))

    def evaluate(self, split: str) -> Evaluation:
        """Loss, outputs and, for classes, predictions and confusions of a split."""
        loss, outputs = self.loss_and_outputs(*self.rows(split))
        dataset = self.machine.dataset
        labels = dataset.splits[split].labels
        if labels is None:
            return Evaluation(loss, None, outputs, None, None, r_squared=r_squared(outputs, dataset.splits[split].y))
        predicted = classes_of(outputs)
        confusion = np.zeros((len(dataset.classes), len(dataset.classes)), dtype=np.int64)
        np.add.at(confusion, (labels, predicted), 1)
        accuracy, baseline = float(np.mean(predicted == labels)), dataset.largest_class_share(split)
        return Evaluation(loss, accuracy, outputs, predicted, confusion, baseline)

    def accuracy(self, split: str) -> float:
        """Share of a split's samples whose class is predicted; regression has none."""
        accuracy = self.evaluate(split).accuracy
        if accuracy is None:
            raise ValueError("accuracy: a regression has none")
        return accuracy


def r_squared(outputs: Array, targets: Array) -> float | None:
    """The coefficient of determination, 1 − Σ(y − ŷ)² / Σ(y − ȳ)², the mean of that over the outputs (n, d_L): 1 where all is
    predicted, 0 for an answer as good as the mean ȳ of these targets. None where they do not differ, or beyond what a double
    holds."""
    with np.errstate(over="ignore", invalid="ignore"):
        left = np.sum((targets - outputs) ** 2, axis=0)
        spread = np.sum((targets - targets.mean(axis=0)) ** 2, axis=0)
        differs = spread > 0.0
        found = float(np.mean(1.0 - left[differs] / spread[differs])) if differs.any() else float("nan")
    return found if np.isfinite(found) else None


def classes_of(outputs: Array) -> NDArray[np.int64]:
    """The predicted class (n,) of each row of (n, d_L): one output counts from one half, several by the largest."""
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


def bounds_of(activation: str | None) -> tuple[float, float] | None:
    """The range of an activation where it is bounded on both sides; None of no activation."""
    own = None if activation is None else ACTIVATIONS[activation].range
    return (own.low, own.high) if own is not None and own.bounded else None


def range_of(values: Array, activation: str | None) -> tuple[float, float]:
    """What a unit's picture of `values`, of any shape, spans: the range of its activation where that is bounded, else as far as
    it reaches either way."""
    bounds = bounds_of(activation)
    if bounds is not None:
        return bounds
    reach = float(np.max(np.abs(values), initial=0.0))
    reach = reach if 0.0 < reach < np.inf else 1.0
    return -reach, reach


def unit_maps(evaluator: Evaluator, dataset: Dataset, grid: int, layers: slice = EVERY_LAYER) -> UnitMaps | None:
    """The activations of `layers` over the plane, the inputs counted as layer 0; None where the data are no plane.

    Layers of a known range become bytes chunk by chunk; the others are looked through for their ranges first.
    """
    if dataset.kind != "plane":
        return None
    tape, last = evaluator.tape, len(evaluator.tape.sizes) - 1
    units = [(layer, unit) for layer in range(last + 1)[layers] for unit in range(1, tape.sizes[layer] + 1)]
    first = {layer: row for row, (layer, unit) in enumerate(units) if unit == 1}
    bounds = {layer: bounds_of(tape.bound(layer)) for layer in first}
    pictures = Pictures(np.ones((len(units), 2)), np.empty((len(units), grid * grid), dtype=np.uint8))
    for layer, bound in bounds.items():
        if bound is not None:
            pictures.ranges[first[layer] : first[layer] + tape.sizes[layer]] = bound
    classes = last in first and tape.sizes[last] > 1
    kept = [layer for layer, bound in bounds.items() if bound is None or (classes and layer == last)]
    bounded = {layer: first[layer] for layer, bound in bounds.items() if bound is not None}
    values = dict(zip(kept, evaluator.stacked(evaluator.plane(dataset, grid), kept, bounded, pictures), strict=True))
    for layer in kept:
        give_way()
        if bounds[layer] is None:
            rows = slice(first[layer], first[layer] + tape.sizes[layer])
            reach = np.empty(tape.sizes[layer])
            reaches(values[layer], reach)
            pictures.ranges[rows] = [range_of(unit, tape.bound(layer)) for unit in reach.reshape(-1, 1)]
            shade(values[layer], pictures.ranges[rows], pictures.bytes[rows])
    return UnitMaps(
        pictures.bytes.reshape(-1, grid, grid),
        [
            {"layer": layer, "unit": unit, "low": low, "high": high}
            for (layer, unit), (low, high) in zip(units, pictures.ranges.tolist(), strict=True)
        ],
        values[last].argmax(axis=0).astype(np.uint8).reshape(grid, grid) if classes else None,
    )


def _places(tape: Tape, rows: Mapping[int, int]) -> NDArray[np.int64]:
    """For the kernel, of each layer: its units, where h_l lies in the workspace, and the row it goes to; (layers, 3)."""
    places = [(tape.sizes[layer], tape.layout.offsets[f"h{layer}"], row) for layer, row in rows.items()]
    return np.array(places, dtype=np.int64).reshape(-1, 3)
