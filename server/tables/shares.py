"""Which rows train, validate and test: by a seed, of every class the same share."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from server.tables.limits import TableError
from server.tables.rows import Table

if TYPE_CHECKING:
    from engine.array import Array

Rows = NDArray[np.int64]
MOST_SHARED = 0.95
"""Of the rows that may be kept away from training."""


def generators(seed: int) -> tuple[np.random.Generator, np.random.Generator]:
    """What shuffles rows, as those of the built-in data are: the same order for the same seed; and what draws a sample."""
    from engine.randomness import generator

    return generator(seed, "split"), generator(seed, "sample")


def drawn(table: Table, most: int, random: np.random.Generator) -> Table:
    """At most so many of a table's rows, any of them as likely, in the order of the file."""
    if table.total <= most:
        return table
    chosen = np.sort(random.permutation(table.total)[:most])
    whole = len(table.rows)
    rows = [table.rows[place] for place in chosen if place < whole]
    return replace(table, rows=rows, faults=[table.faults[place - whole] for place in chosen if place >= whole])


def shared(
    y: Array, stratified: bool, validation_fraction: float, test_fraction: float, random: np.random.Generator
) -> dict[str, Rows]:
    """Rows of targets y (n,) by split. `stratified`: y are classes, of each of which every split has its share."""
    if validation_fraction + test_fraction > MOST_SHARED:
        both = f"{validation_fraction:.0%} to validate and {test_fraction:.0%} to test"
        raise TableError(f"{both} leave too few rows to train on; together they may be {MOST_SHARED:.0%} at most.")
    order: Rows = np.asarray(random.permutation(len(y)))
    if stratified:
        order = order[np.argsort(_ranks(y[order]), kind="stable")]
    test = min(round(len(y) * test_fraction), len(y) - 1)
    validation = min(max(round(len(y) * validation_fraction), int(validation_fraction > 0)), len(y) - 1 - test)
    train = len(y) - test - validation
    return {"train": order[:train], "validation": order[train : train + validation], "test": order[train + validation :]}


def _ranks(labels: Array) -> Array:
    """How far into its class each row comes, from 0 to 1: in their order any stretch has each class's share."""
    ranks = np.empty(len(labels))
    for label in np.unique(labels):
        of_it = np.flatnonzero(labels == label)
        ranks[of_it] = (np.arange(len(of_it)) + 0.5) / len(of_it)
    return ranks
