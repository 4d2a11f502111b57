"""Columns that give a target away, or only name the rows: such inputs start unticked, and the reason is told.

What is compared is looked at in some rows first, where most columns differ already, and then in all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations, islice
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from server.tables.columns import Column

Kind = Literal["counter", "identifier", "copy", "recoded", "order", "units"]
FEWEST = 5
"""Rows; of fewer any numbers count up by chance."""
SURE = 8
"""Rows beyond one for each value, or in order, from which on it is no chance that two columns agree."""
SOME = 200
"""Rows that are looked at first."""
COUNTED = 0.9
"""Of the whole numbers from the least to the largest, the share that a column has which counts up: rows may be damaged."""
DIFFERENT = 20
"""Rows; of fewer, whole numbers are all different by chance."""
EXPECTED_TWICE = 5.0
"""Pairs of equal numbers that there would be, were they drawn from between the least and the largest."""
LONG_NUMBERS = 6
"""Digits of numbers that are all as long and seldom round, which measurements are not."""
NAMES = frozenset(
    ("id", "ids", "nr", "no", "num", "key", "index", "idx", "row", "rownames", "rownum", "code", "uuid", "guid", "identifier")
)
AS_STRAIGHT = 1.0 - 1e-5
"""Correlation of a column with the same in other units, rounded."""
MOST_PAIRS = 3000
"""Pairs of columns with gaps, which are compared one by one."""
MOST_TARGETS = 64
"""That a column is said to give away."""
WORDS: dict[Kind, str] = {
    "counter": "it counts the rows, one up in each",
    "identifier": "it is a different whole number in each row, as an identifier is",
    "copy": "it is {target} once more",
    "recoded": "each of its values stands for one of {target}’s",
    "order": "it is in the very order of {target}, row by row",
    "units": "it is {target} in other units",
}


@dataclass(frozen=True)
class Leak:
    """Why a column should not be an input when one of `targets` is predicted; None: whichever is."""

    kind: Kind
    words: str
    targets: tuple[int, ...] | None = None

    def summary(self) -> dict[str, Any]:
        return {"kind": self.kind, "words": self.words, "targets": self.targets}


def leaks_of(columns: Sequence[Column]) -> dict[int, list[Leak]]:
    """By index, what is to be said of the columns that could be inputs."""
    found: dict[int, list[Leak]] = defaultdict(list)
    for column in columns:
        if column.kind == "number" and (kind := _names_rows(column)):
            found[column.index].append(Leak(kind, WORDS[kind]))
    pairs: dict[int, dict[int, Kind]] = defaultdict(dict)
    for alike, kind in _alike([column for column in columns if column.no_input is None or column.no_target is None]):
        for one, other in combinations(alike[: MOST_TARGETS + 1], 2):
            for column, target in ((one, other), (other, one)):
                if target.no_target is None and column.no_input is None:
                    pairs[column.index].setdefault(target.index, "copy" if one.values == other.values else kind)
    names = {column.index: column.name for column in columns}
    for index, targets in pairs.items():
        found[index] += [Leak(kind, WORDS[kind].format(target=names[target]), (target,)) for target, kind in targets.items()]
    return dict(found)


def _names_rows(column: Column) -> Kind | None:
    values = [value for value in column.values if isinstance(value, float)]
    rows = len(values)
    if rows < max(FEWEST, COUNTED * len(column.values)) or len(column.counts) < rows or any(value % 1 for value in values):
        return None
    numbers = np.array(values)
    span = float(numbers.max() - numbers.min()) + 1.0
    if (np.diff(numbers) > 0).all() and rows >= COUNTED * span:
        return "counter"
    named = not NAMES.isdisjoint(column.name.lower().replace("_", " ").replace("-", " ").replace(".", " ").split())
    digits = {len(f"{abs(value):.0f}") for value in (numbers.min(), numbers.max())}
    round_ones = int(np.sum(numbers % 5 == 0))
    long = len(digits) == 1 and digits.pop() >= LONG_NUMBERS and 2 * round_ones < rows
    if rows >= DIFFERENT and (named or long or rows * rows / (2.0 * span) >= EXPECTED_TWICE):
        return "identifier"
    return None


def _alike(columns: Sequence[Column]) -> Iterable[tuple[list[Column], Kind]]:
    """Groups of columns each of which tells the others, and how."""
    rows = len(columns[0].values) if columns else 0
    step = 1 + rows // SOME
    repeating = [column for column in columns if 2 <= len(column.counts) <= rows - SURE and 2 * len(column.counts) <= rows]
    for group in _grouped(repeating, lambda column, every: _codes(column, every).tobytes(), step):
        yield group, "recoded"
    with_gaps = ((a, b) for a, b in combinations(repeating, 2) if a.wrong or b.wrong)
    for one, other in islice(with_gaps, MOST_PAIRS):
        if all(_one_to_one(_codes(one, every), _codes(other, every), every == 1) for every in (step, 1)):
            yield [one, other], "recoded"
    numbers = [column for column in columns if column.kind == "number" and len(column.counts) > SURE and not column.wrong]
    for group in _grouped(numbers, _order, step):
        yield group, "order"
    yield from _straight(numbers)


def _grouped(columns: Sequence[Column], key: Callable[[Column, int], bytes], step: int) -> Iterable[list[Column]]:
    """Columns with the same key, of some rows and then of all."""
    groups = [list(columns)]
    for every in (step, 1):
        finer: list[list[Column]] = []
        for group in groups:
            by_key: dict[Hashable, list[Column]] = defaultdict(list)
            for column in group:
                by_key[key(column, every)].append(column)
            finer += [alike for alike in by_key.values() if len(alike) > 1]
        groups = finer
    return groups


def _codes(column: Column, every: int) -> NDArray[np.int64]:
    """Each value as the number of different ones before its first, −1 where there is none, (rows,)."""
    known: dict[float | str | None, int] = {None: -1}
    return np.array([known.setdefault(value, len(known) - 1) for value in column.values[::every]], dtype=np.int64)


def _one_to_one(one: NDArray[np.int64], other: NDArray[np.int64], whole: bool) -> bool:
    """Whether in the rows that have both each value of the one goes with one of the other."""
    both = (one >= 0) & (other >= 0)
    a, b = one[both], other[both]
    pairs, firsts, seconds = len(np.unique(a * (len(other) + 1) + b)), len(np.unique(a)), len(np.unique(b))
    enough = pairs >= 2 and len(a) >= pairs + SURE and 2 * len(a) >= len(one)
    return pairs == firsts == seconds and (enough or not whole)


def _order(column: Column, every: int) -> bytes:
    """The ranks of its numbers, counted from the end from which the first of them are smaller."""
    ranks = np.unique(np.array(column.values[::every], dtype=np.float64), return_inverse=True)[1]
    upwards, downwards = bytes(ranks), bytes(ranks.max(initial=0) - ranks)
    return min(upwards, downwards)


def _straight(numbers: Sequence[Column]) -> Iterable[tuple[list[Column], Kind]]:
    """Columns that are others in other units, but for rounding."""
    if len(numbers) < 2:
        return
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        x = np.array([column.values for column in numbers], dtype=np.float64)
        x -= x.mean(axis=1, keepdims=True)
        x /= np.sqrt(np.sum(x * x, axis=1, keepdims=True))
        near = np.abs(np.nan_to_num(x @ x.T)) >= AS_STRAIGHT
    for one, other in islice(np.argwhere(np.triu(near, 1)), MOST_PAIRS):
        yield [numbers[one], numbers[other]], "units"
