"""A data set made ready for a network: split, features, scaling, targets."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.array import Array
from engine.randomness import generator
from engine.rows import datasets
from engine.rows.datasets.formula import Formula, read
from engine.rows.features import FEATURES, expand
from engine.spec import DataSpec, FormulaData, RunSpec
from engine.spec.inline import PLANE, InlineData

SPLITS = ("train", "validation", "test")


@dataclass(frozen=True)
class Split:
    """`raw` (n, columns) as they came, `x` (n, d_0) as the network sees them, `y` (n, d_L) targets, `labels` (n,) or None."""

    raw: Array
    x: Array
    y: Array
    labels: NDArray[np.int64] | None

    def __len__(self) -> int:
        return len(self.x)


@dataclass(frozen=True)
class View:
    """Raw samples (n, columns) -> what the network sees (n, d_0): features, then scaling fitted on the training part."""

    columns: tuple[str, ...]
    features: tuple[str, ...]
    mean: Array | None = None
    scale: Array | None = None

    def __call__(self, raw: Array) -> Array:
        x = expand(raw, self.columns, self.features) if self.features else raw
        return x if self.mean is None or self.scale is None else (x - self.mean) / self.scale


@dataclass(frozen=True)
class Dataset:
    """The data of a run. `inputs_of` turns raw samples into what the network sees. `note`: what is to be known of the samples.
    `formula`: what made them, if a formula did."""

    task: datasets.Task
    kind: datasets.Kind
    columns: tuple[str, ...]
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    classes: tuple[str, ...]
    image_shape: tuple[int, int] | None
    domain: tuple[tuple[float, float], ...]
    splits: dict[str, Split]
    inputs_of: View
    note: str = ""
    formula: Formula | None = None

    @property
    def rows(self) -> tuple[int, int, int]:
        """Numbers of train, validation and test samples."""
        train, validation, test = (len(self.splits[name]) for name in SPLITS)
        return train, validation, test

    def largest_class_share(self, name: str) -> float | None:
        """The accuracy on a split of always answering the class that most training samples have: what an accuracy is to be
        compared with. None where there are no classes, or no samples."""
        training, labels = self.splits["train"].labels, self.splits[name].labels
        if training is None or labels is None or not len(labels):
            return None
        return float(np.mean(labels == np.bincount(training).argmax()))

    def stacked(self) -> tuple[Array, Array]:
        """Inputs (n, d_0) and targets (n, d_L) of all splits, one behind the other."""
        parts = [self.splits[name] for name in SPLITS]
        return (
            np.ascontiguousarray(np.vstack([part.x for part in parts])),
            np.ascontiguousarray(np.vstack([part.y for part in parts])),
        )


def prepare(spec: RunSpec) -> Dataset:
    """The data that a spec names, split and scaled; the same arrays for the same spec."""
    data = spec.data
    kind: datasets.Kind
    features: tuple[str, ...]
    if isinstance(data, InlineData):
        pieces = {name: data.split(name) for name in SPLITS}
        columns = data.column_names
        classes, kind = data.class_names, data.kind
        features = data.features or ()
    else:
        pieces, columns = _split(data)
        row = data.row
        classes, kind, features = row.classes, row.kind, data.features
    raw_names = PLANE if kind == "plane" else columns  # features go by the axes, whatever own columns are called
    view = View(raw_names, features)
    if data.standardize:
        view = View(raw_names, features, *_scaling(view(pieces["train"][0])))
    splits = {}
    for name, (raw, targets) in pieces.items():
        labels = targets[:, 0].astype(np.int64) if spec.task == "classification" else None
        y = targets if labels is None or spec.one_output else np.eye(len(classes))[labels]
        splits[name] = Split(raw, view(raw), y, labels)
    return Dataset(
        task=spec.task,
        kind=kind,
        columns=columns,
        inputs=tuple(FEATURES[name].title for name in features) or columns,
        outputs=_output_names(spec, classes, pieces["train"][1]),
        classes=classes,
        image_shape=data.image_shape,
        domain=_domain(kind),
        splits=splits,
        inputs_of=view,
        note=data.note,
        formula=read(data.formula) if isinstance(data, FormulaData) else None,
    )


def _split(data: DataSpec) -> tuple[dict[str, tuple[Array, Array]], tuple[str, ...]]:
    """Shuffled by the data's seed, then cut: train first, test last."""
    x, y, columns = data.row.raw(data.samples, data.noise, data.seed)
    order = generator(data.seed, "split").permutation(len(x))
    x, y = x[order], y[order, None]
    train, validation, _ = data.counts(len(x))
    cuts = {"train": slice(0, train), "validation": slice(train, train + validation), "test": slice(train + validation, None)}
    return {name: (x[cut], y[cut]) for name, cut in cuts.items()}, columns


CONSTANT = 1e-12
"""Of a column's largest value: one that spreads less is constant, and what spread it shows is rounding."""


def spread(x: Array) -> tuple[Array, Array]:
    """Mean and standard deviation of each column of x (n, columns), of values of any size; 0 of a column that is constant
    relative to its own size, which sums of rounded numbers would miss: of 0.1, 0.1, 0.1 they make 1.4e-17."""
    size = np.ldexp(1.0, np.frexp(np.abs(x).max(axis=0, initial=0.0))[1] - 1)  # a power of two: no digit is lost
    near = x / size
    mean, deviation = near.mean(axis=0), near.std(axis=0)
    constant = deviation <= CONSTANT * np.abs(near).max(axis=0, initial=0.0)
    constant |= deviation * size < np.finfo(np.float64).tiny  # what is divided by it would overflow
    return np.where(constant, near[0], mean) * size, np.where(constant, 0.0, deviation) * size


def _scaling(x: Array) -> tuple[Array, Array]:
    """Mean and standard deviation of each input; a constant input keeps its scale."""
    mean, deviation = spread(x)
    return mean, np.where(deviation > 0, deviation, 1.0)


def _domain(kind: datasets.Kind) -> tuple[tuple[float, float], ...]:
    side = (-datasets.HALF_WIDTH, datasets.HALF_WIDTH)
    return {"plane": (side, side), "line": (side,)}.get(kind, ())


def _output_names(spec: RunSpec, classes: tuple[str, ...], targets: Array) -> tuple[str, ...]:
    if spec.task == "classification":
        return (f"P({classes[1]})",) if spec.one_output else tuple(f"P({name})" for name in classes)
    name = (isinstance(spec.data, InlineData) and spec.data.target) or "y"
    return (name,) if targets.shape[1] == 1 else tuple(f"{name}{i + 1}" for i in range(targets.shape[1]))
