"""One update, micro-step by micro-step: words, rule, matrices of a sample, entries written out, and the network's weights."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from engine.export.replay.recording import Recording, RecordingError
from engine.microscope.expressions.expression import Number, Withheld, Writing
from engine.microscope.sheet import WIDEST, mathml
from engine.microscope.steps import Step
from engine.microscope.update_view import Update
from engine.microscope.values import Value
from engine.parts import give_way, giving_way_between

ENTRIES = 16
"""Of a matrix that are written out, row by row."""
TERMS = 8
"""Of a sum that is written out."""
SECONDS_EACH = 4.0
"""That a micro-step stands while it plays."""
MOST_STEPS = 400
Words = Callable[[str], str]
"""A text without what is withheld."""


def update_recording(
    update: Update, sample: int, title: str, withheld: Withheld | None = None, words: Words = str
) -> Recording:
    """Every micro-step as a frame. `sample`: a column of the mini-batch, of which matrices are shown. Numbers are the engine's
    own doubles, entries written out are rounded as the sheet's (`engine.microscope.sheet`); what is `withheld` is left out, of
    texts by `words`. RecordingError where there is nothing, or too much."""
    if not 0 <= sample < len(update.samples):
        raise RecordingError("sample", f"{sample} given", f"0 to {len(update.samples) - 1}")
    if not 0 < len(update.steps) <= MOST_STEPS:
        raise RecordingError("format", f"the update has {len(update.steps)} micro-steps", f"1 to {MOST_STEPS}")
    told = [_told(step, sample, withheld, words) for step in giving_way_between(update.steps, 1)]
    meta = _network(update, withheld)
    meta |= {
        "update": update.step + 1,
        "sample": update.samples[sample] + 1,
        "batch": len(update.samples),
        "notation": update.notation.title,
        "problem": None if update.problem is None else words(update.problem),
        "steps_told": told,
    }
    count = len(update.steps)
    steps = np.arange(1, count + 1, dtype=np.int32)
    return Recording("update", title, steps, SECONDS_EACH * count, meta)


def _told(step: Step, sample: int, withheld: Withheld | None, words: Words) -> dict[str, Any]:
    made = step.results if step.of_sample is None else (step.result(sample=sample),)
    values = [(value, True) for value in made] + [(value, False) for value in step.operands]
    small = [(value, result) for value, result in values if max(_shape(value)) <= WIDEST]
    return {
        "phase": step.phase,
        "title": step.title,
        "why": words(step.why),
        "note": words(step.note),
        "rule": mathml(step.rule),
        "layer": step.layer,
        "backward": step.phase == "backward",
        "results": [_table(step, value, sample, withheld, written=True) for value, result in small if result],
        "operands": [_table(step, value, sample, withheld, written=False) for value, result in small if not result],
        "large": [
            f"{value.words}: {' × '.join(map(str, _shape(value)))}" for value, _ in values if max(_shape(value)) > WIDEST
        ],
    }


def _shape(value: Value) -> tuple[int, int]:
    """As it is shown: of what has a column for each sample the sample's."""
    rows, columns = value.array.shape
    return rows, 1 if value.columns.kind == "sample" else columns


def _table(step: Step, value: Value, sample: int, withheld: Withheld | None, *, written: bool) -> dict[str, Any]:
    give_way()
    first = sample if value.columns.kind == "sample" else 0
    rows, columns = _shape(value)
    cells: list[list[float | None]] = []
    for row in range(rows):
        cells.append([])
        for column in range(columns):
            x = float(value.array[row, first + column])
            hidden = withheld is not None and withheld(Number("", x, value.name, (row, first + column)))
            cells[-1].append(None if hidden else x)
    return {
        "name": value.name,
        "caption": value.words,
        "symbol": mathml(value.symbol),
        "rows": list(value.rows.names),
        "columns": list(value.columns.names) if value.columns.kind == "unit" else [""] * columns,
        "layer": value.rows.layer if value.rows.kind == "unit" else None,
        "of_sample": value.columns.kind == "sample",
        "cells": cells,
        "entries": _entries(step, value, first, rows, columns, sample, withheld) if written and step.terms is not None else [],
    }


def _entries(
    step: Step, value: Value, first: int, rows: int, columns: int, sample: int, withheld: Withheld | None
) -> list[str | None]:
    """MathML of the first entries, each with the numbers of its terms."""
    how = Writing(numbers=True, terms=TERMS, withheld=withheld)
    found: list[str | None] = []
    for place in range(min(rows * columns, ENTRIES)):
        give_way()
        row, column = divmod(place, columns)
        name = "" if step.of_sample is not None else value.name
        equation = step.equation(row, first + column, name=name, sample=sample)
        found.append(mathml(equation.latex(how)))
    return found


def _network(update: Update, withheld: Withheld | None) -> dict[str, Any]:
    """Its layers, and the weights before the update as far as they were read."""
    weights: list[Value] = []
    names: dict[int, tuple[str, ...]] = {}
    for step in update.steps:
        for value in (*step.operands, *step.results):
            if value.name == f"W{len(weights) + 1}" and step.phase == "forward":
                weights.append(value)
            if value.rows.layer is not None and value.name == f"h{value.rows.layer}":
                names[value.rows.layer] = value.rows.names
    sizes = [weights[0].array.shape[1], *(value.array.shape[0] for value in weights)] if weights else []
    drawn = all(size <= 64 for size in sizes)
    return {
        "sizes": sizes,
        "inputs": list(names.get(0, ())),
        "outputs": list(names.get(len(sizes) - 1, ())),
        "weights": [_matrix(value, withheld) for value in weights] if drawn else [],
    }


def _matrix(value: Value, withheld: Withheld | None) -> list[list[float | None]]:
    rows, columns = value.array.shape
    numbers = ((Number("", float(value.array[j, k]), value.name, (j, k)) for k in range(columns)) for j in range(rows))
    return [[None if withheld is not None and withheld(each) else each.value for each in row] for row in numbers]
