"""The microscope's two channels: the update that comes next in words, and the numbers of the micro-step that is looked at."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from server.mathml import dictionary
from server.microscope.curve import curve_of
from server.microscope.diagram import edges_of, forward_of, nodes_of
from server.microscope.numbers import open_numbers, part
from server.microscope.place import equations_of, place_of
from server.microscope.prediction.hidden import HIDDEN
from server.microscope.scope import Sight
from server.microscope.trees import equation_json, symbols
from server.session.channel_types import Arrays, Picture

if TYPE_CHECKING:
    from engine import Trainer
    from engine.microscope import Step


def microscope(trainer: Trainer, sight: Sight) -> Picture:
    """The update that comes next, without its numbers: ``meta`` is `engine.microscope.Update` as JSON, its ``steps`` with rule,
    symbols and the descriptors of operands and results, ``notations`` there are, and ``mathml``: LaTeX -> MathML of everything
    written in it. An axis has ``names`` null where they are 1, 2, 3 … or the samples'. ``losses``: of each sample.
    ``code`` counts the listings of the update as code (the command `code`): of another number it is another."""
    from engine.microscope import NOTATIONS

    scope, key, look = sight
    update = scope.update(trainer, key, look.notation)
    meta = update.as_json(numbers=False)
    for told, step in zip(meta["steps"], update.steps, strict=True):
        _describe(told, step)
    meta["mathml"] = dictionary(_written(meta["steps"]))
    meta["notations"] = [{"name": each.name, "title": each.title, "summary": each.summary} for each in NOTATIONS.values()]
    meta["code"] = scope.listings(trainer, key, look.notation)
    meta["train"] = len(trainer.dataset.splits["train"])
    if scope.withheld:
        meta = scope.withheld.json(meta)
        meta["loss"] = None if meta["loss"] == HIDDEN else meta["loss"]
    losses = next((step.results[0] for step in update.steps if step.kind == "losses"), None)
    arrays: Arrays = {} if losses is None else {"losses": open_numbers(scope, "losses", losses.array)[0].copy()}
    return Picture(meta, arrays)


def _describe(told: dict[str, Any], step: Step) -> None:
    """The axes without the names that the page knows already; of each sample's own gradient what it would be."""
    if step.of_sample is not None and not told["results"]:
        told["results"] = [step.of_sample(0).as_json(numbers=False)]
    for value in (*told["operands"], *told["results"]):
        for axis in (value["rows"], value["columns"]):
            count = len(axis["names"])
            axis["count"] = count
            if axis["kind"] == "sample" or axis["names"] == [str(index + 1) for index in range(count)]:
                axis["names"] = None


def _written(steps: Iterable[dict[str, Any]]) -> Iterable[str]:
    for step in steps:
        yield step["rule"]
        yield step["short"]
        yield from (symbol["latex"] for symbol in step["symbols"])
        yield from (value["symbol"] for value in (*step["operands"], *step["results"]))
        yield from (each for each in step["matrix"] if isinstance(each, str))


def microstep(trainer: Trainer, sight: Sight) -> Picture:
    """The micro-step that is looked at. ``meta``: where that is (``micro sample absent sample_column depth name row column
    term``), its ``equation`` (`server.microscope.trees`) and ``mathml`` of the symbols in it, ``nodes``: by layer which named
    array they show or null, ``edges``: what runs along which, ``parts``: by array which rows and columns of it are sent (null:
    all), ``asked``: how many numbers are withheld: they are NaN. Arrays: ``operand.NAME`` and ``result.NAME``; ``nodes0`` … and
    ``forward0`` … of the layers that show anything;
    ``edges`` (d_l, d_source); ``curve`` (2, n), z and φ(z), where an activation of one z is passed through. For the whole
    mini-batch nodes and edges are means over it."""
    scope, key, look = sight
    update = scope.update(trainer, key, look.notation)
    place = place_of(update, look)
    step, value = place.step, place.value
    column = None if place.sample is None else place.sample_column
    # What is made of all samples is shown with all of them.
    over_all = value is not None and value.columns.kind != "sample" and value.of != "sample" and step.phase != "forward"
    alone = None if over_all else column
    arrays: Arrays = {}
    parts: dict[str, Any] = {}
    results = step.results if step.of_sample is None or value is None else (value,)
    for prefix, values in (("operand", step.operands), ("result", results)):
        for each in values:
            told = open_numbers(scope, each.name, each.array)
            if each.columns.kind == "sample" and alone is not None:
                arrays[f"{prefix}.{each.name}"] = told[:, alone : alone + 1].copy()
                parts[f"{prefix}.{each.name}"] = {"rows": None, "columns": [alone]}
            else:
                sent, which = part(told, place.row, place.column)
                arrays[f"{prefix}.{each.name}"], parts[f"{prefix}.{each.name}"] = sent, which
    if step.kind == "activation" and not scope.withheld:  # a point of the curve may be the number that is asked for
        curve = curve_of(trainer, step, arrays[f"operand.{step.operands[0].name}"])
        arrays |= {} if curve is None else {"curve": curve}
    nodes = nodes_of(update, step, column, scope, len(trainer.tape.sizes))
    for layer, shown in enumerate(nodes):
        if shown is not None:
            arrays[f"nodes{layer}"] = shown.values
    arrays |= {f"forward{layer}": values for layer, values in forward_of(update, step, column, scope).items()}
    edges = edges_of(update, step, alone, scope)
    if edges is not None:
        arrays["edges"], parts["edges"] = part(edges.values, place.row, place.column)
    equations = equations_of(place, look)
    equation = None if equations is None else equation_json(*equations, scope, place.term)
    meta = {
        "micro": step.index,
        "steps": len(update.steps),
        "notation": look.notation,
        "sample": place.sample,
        "absent": place.absent,
        "sample_column": place.sample_column,
        "depth": look.depth,
        "name": None if value is None else value.name,
        "row": place.row,
        "column": place.column,
        "term": place.term,
        "equation": equation,
        "mathml": dictionary(symbols(equation)),
        "nodes": [None if shown is None else shown.told for shown in nodes],
        "edges": None if edges is None else edges.told,
        "parts": parts,
        "asked": len(scope.withheld.questions),
    }
    return Picture(meta, {name: np.ascontiguousarray(array, dtype=np.float64) for name, array in arrays.items()})
