"""Inputs that give the target away: with one of them an accuracy of 100 % says nothing of what was learned."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.array import Array
from engine.dataset import Dataset
from engine.parts import give_way

FEWEST = 10
"""Samples; of fewer, a column may tell the classes apart by chance."""
SOME = 200
"""Rows that are looked at first."""
COUNTED = 0.9
"""Of the whole numbers from its least to its largest, the share that a column which counts the rows has: some were left out."""


@dataclass(frozen=True)
class Leak:
    """Columns of the raw samples that give the target away, and how."""

    columns: tuple[str, ...]
    words: str


def leak_of(dataset: Dataset) -> Leak | None:
    """The first column whose values are the classes under other names, or that counts the rows; or columns that are the classes
    one by one. None of a regression, of few samples, and where nothing of that kind is among the inputs."""
    parts = [split for split in dataset.splits.values() if len(split)]
    if any(split.labels is None for split in parts):
        return None
    labels = np.concatenate([split.labels for split in parts if split.labels is not None])
    raw = np.vstack([split.raw for split in parts])
    present = np.unique(labels)
    if len(labels) < FEWEST or len(present) < 2 or raw.shape[1] != len(dataset.columns):
        return None
    alone: dict[int, str] = {}
    for name, values in zip(dataset.columns, raw.T, strict=True):
        if _one_to_one(values, labels):
            return Leak((name,), f"each value of the input “{name}” stands for one class")
        if _counts(values):
            return Leak((name,), f"the input “{name}” counts the rows, another number in each")
        for label in present:
            if _one_to_one(values, (labels == label).astype(np.int64)):
                alone.setdefault(int(label), name)
        give_way()
    if len(alone) >= len(present) - 1:  # the last one is what is left
        names = "”, “".join(list(alone.values())[:3])
        return Leak(tuple(alone.values()), f"the inputs “{names}”{' …' if len(alone) > 3 else ''} are the classes, one by one")
    return None


def _one_to_one(values: Array, labels: NDArray[np.int64]) -> bool:
    """Whether there are as many values as classes, and each is always of the same; some rows first, where most columns fail."""
    for every in (1 + len(values) // SOME, 1):
        some, known = values[::every], labels[::every]
        distinct, places = np.unique(some, return_inverse=True)
        if not len(distinct) == len(np.unique(known)) == len(np.unique(places * (labels.max() + 1) + known)):
            return False
    return True


def _counts(values: Array) -> bool:
    """Whether they are whole numbers, all different, with next to none left out."""
    if (values % 1 != 0).any():
        return False
    ordered = np.sort(values)
    return bool((np.diff(ordered) > 0).all() and len(values) >= COUNTED * (ordered[-1] - ordered[0] + 1))
