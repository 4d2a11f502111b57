"""What the diagram shows at a micro-step: one quantity on the nodes, the activations beneath, what runs along the edges."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from server.microscope.numbers import open_numbers
from server.microscope.scope import Scope

if TYPE_CHECKING:
    from engine.array import Array
    from engine.microscope import Step, Update, Value


class Shown(NamedTuple):
    told: dict[str, Any]
    values: Array


def nodes_of(update: Update, step: Step, column: int | None, scope: Scope, layers: int) -> list[Shown | None]:
    """By layer, 0 the inputs. In the layer where something happens, what is made there; forward, in the others what they hand
    on; backward, the δ of those that blame has reached."""
    found: dict[int, Value] = {}
    kind = "delta" if step.phase == "backward" else "h"
    if step.phase != "update":
        for value in _made(update, step):
            layer = _layer(value)
            if layer is not None and value.name == f"{kind}{layer}":
                found[layer] = value
    here = _here(step)
    if here is not None:
        layer = _layer(here)
        if layer is not None:
            found[layer] = here
    return [_shown(found[layer], column, scope) if layer in found else None for layer in range(layers)]


def _here(step: Step) -> Value | None:
    """The array of this micro-step that has a number for each unit of a layer."""
    if step.flow is not None:
        named = [value for value in (*step.results, *step.operands) if value.name == step.flow.nodes]
        if named:
            return named[0]
    return next((value for value in step.results if value.rows.kind == "unit" and value.columns.kind != "unit"), None)


def forward_of(update: Update, step: Step, column: int | None, scope: Scope) -> dict[int, Array]:
    """The activations of the layers that are done: they lie beneath what the nodes show."""
    found: dict[int, Array] = {}
    for value in _made(update, step):
        layer = _layer(value)
        if layer is not None and value.name == f"h{layer}":
            found[layer] = _of_column(value, column, scope)
    return found


def edges_of(update: Update, step: Step, column: int | None, scope: Scope) -> Shown | None:
    """What runs along the edges into a layer: (its units, the units of the layer it comes from). At a change of weights that
    change."""
    flow = step.flow
    if flow is not None and flow.edges is not None:
        told = {"name": flow.name, "layer": flow.layer, "source": flow.source, "backward": flow.backward}
        values = np.array(flow.edges(column), dtype=np.float64)
        for value in (*step.operands, *step.results):
            _leave_out(values, value, flow.layer, flow.source, column, scope)
        return Shown(told, open_numbers(scope, flow.name, values))
    changed = next((value for value in step.results if value.rows.kind == value.columns.kind == "unit"), None)
    if changed is None or step.kind not in ("update", "penalty"):
        return None
    layer, source = _layer(changed), changed.columns.layer
    before = next((value for value in step.operands if value.name == changed.name), None)
    if before is None or layer is None or source is None:
        return None
    after = open_numbers(scope, changed.name, changed.array)
    name = f"Δ{changed.name}" if step.kind == "update" else changed.name
    values = after - open_numbers(scope, before.name, before.array) if step.kind == "update" else after
    for row, unit in scope.withheld.places(changed.name):
        values[row, unit] = np.nan  # the step that is asked for can be read off the change
    return Shown({"name": name, "layer": layer, "source": source, "backward": False, "still": True}, values)


def _leave_out(values: Array, value: Value, layer: int, source: int, column: int | None, scope: Scope) -> None:
    """What runs along edges is made of numbers: where one of them is withheld, it would tell it."""
    if not scope.withheld:
        return
    mask = scope.withheld.mask(value.name, value.array)
    if value.rows.kind == value.columns.kind == "unit" and mask.shape == values.shape:
        values[mask] = np.nan
    elif value.columns.kind == "sample" and value.rows.kind == "unit":
        units = mask.any(axis=1) if column is None else mask[:, column]
        if value.rows.layer == layer:
            values[units] = np.nan
        elif value.rows.layer == source:
            values[:, units] = np.nan


def _made(update: Update, step: Step) -> list[Value]:
    return [value for each in update.steps[: step.index + 1] for value in each.results]


def _layer(value: Value) -> int | None:
    return value.rows.layer if value.rows.kind == "unit" else None


def _shown(value: Value, column: int | None, scope: Scope) -> Shown:
    mean = column is None and value.columns.kind == "sample" and value.array.shape[1] > 1
    told = {"name": value.name, "symbol": value.symbol, "words": value.words, "mean": mean}
    return Shown(told, _of_column(value, column, scope))


def _of_column(value: Value, column: int | None, scope: Scope) -> Array:
    """A number for each row: the sample's, or the mean over the mini-batch."""
    numbers = open_numbers(scope, value.name, value.array)
    if value.columns.kind != "sample":
        return numbers[:, 0]
    # The mean of δ over the mini-batch is the biases' gradient: it may be withheld by itself.
    return open_numbers(scope, "", numbers.mean(axis=1)) if column is None else numbers[:, column]
