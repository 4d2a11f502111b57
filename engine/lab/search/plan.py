"""What a search will do, all of it known before it begins: which runs, in which order, by which split they are compared."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from engine.lab.experiment import ChoiceError
from engine.lab.search.knobs import Range, with_values
from engine.parts import giving_way_between
from engine.randomness import generator
from engine.spec import InlineData, RunSpec

Kind = Literal["grid", "random"]


@dataclass(frozen=True)
class Cell:
    """One run of a search: `row` and `column` of the grid, or the number of a random draw as its column."""

    kind: Kind
    row: int
    column: int
    x: float | int
    y: float | int


@dataclass(frozen=True)
class Plan:
    """`base` is the present run's spec with a validation split; `cells` are in the order in which they are begun."""

    base: RunSpec
    x: Range
    y: Range
    columns: tuple[float | int, ...]
    rows: tuple[float | int, ...]
    cells: tuple[Cell, ...]
    updates: int
    by: Literal["loss", "accuracy"]
    samples_taken: int
    """Of the training samples, to be the validation split that the run has not; 0 where it has one."""

    @classmethod
    def chosen(cls, spec: RunSpec, choices: Mapping[str, Any]) -> Plan:
        """As the choices have it. Raises `ChoiceError`."""
        base = validated(spec, choices["validation"])
        if choices["by"] == "accuracy" and base.task != "classification":
            raise ChoiceError("by", "a regression has no accuracy", "loss")
        if choices["x"] == choices["y"]:
            raise ChoiceError("y", f"'{choices['y']}' is the other knob already", "another number of the spec")
        x, y = Range.chosen("x", base, choices), Range.chosen("y", base, choices)
        columns, rows = x.cells(choices["side"]), y.cells(choices["side"])
        grid = [Cell("grid", j, i, columns[i], rows[j]) for j in range(len(rows)) for i in range(len(columns))]
        order = generator(choices["seed"], "search order").permutation(len(grid))
        drawn = generator(choices["seed"], "random search").random((2, len(grid)))
        random = [Cell("random", 0, i, a, b) for i, (a, b) in enumerate(zip(x.at(drawn[0]), y.at(drawn[1]), strict=True))]
        pairs = zip([grid[place] for place in order], random, strict=True)
        cells = tuple(cell for pair in pairs for cell in (pair if choices["random"] else pair[:1]))
        updates = min(choices["updates"], spec.stop.max_steps)
        found = cls(
            base, x, y, tuple(columns), tuple(rows), cells, updates, choices["by"], 0 if spec.validated else _validation(base)
        )
        for cell in giving_way_between(cells, 8):
            found.spec(cell)  # refused before anything is begun
        return found

    def spec(self, cell: Cell) -> RunSpec:
        """The run of a cell: it ends by itself where the search has it end."""
        made = with_values(self.base, {self.x.knob.path: cell.x, self.y.knob.path: cell.y}, "x")
        return made.model_copy(update={"stop": made.stop.model_copy(update={"max_steps": self.updates})})

    @property
    def digest(self) -> str:
        """What a kept search must be of to be gone on with."""
        own = self.base.model_dump_json(exclude={"data"} if isinstance(self.base.data, InlineData) else None)
        told = json.dumps([own, self.updates, [[cell.kind, cell.row, cell.column, cell.x, cell.y] for cell in self.cells]])
        return hashlib.sha256(told.encode()).hexdigest()[:16]


def _validation(spec: RunSpec) -> int:
    data = spec.data
    return 0 if isinstance(data, InlineData) else data.counts(data.count)[1]


def validated(spec: RunSpec, fraction: float) -> RunSpec:
    """The spec with a validation split: its own, or one of its training samples; the test split stays as it is."""
    if spec.validated:
        return spec
    if isinstance(spec.data, InlineData):
        raise ChoiceError("run", "its data have no validation rows to select on", "a run with a validation split")
    data = spec.data.model_dump() | {"validation_fraction": fraction}
    if fraction + spec.data.test_fraction > 0.95 or round(spec.data.count * fraction) < 1:
        allowed = f"a share that leaves samples to train on beside the test share of {spec.data.test_fraction:g}"
        raise ChoiceError("validation", f"{fraction:g} does not fit the {spec.data.count} samples", allowed)
    return RunSpec.model_validate(spec.model_dump(exclude={"data"}) | {"data": data})
