"""The network of an update as a picture within a page: its units with a sample's activations, its weights by sign and width."""

from __future__ import annotations

from html import escape
from math import ceil, isfinite

import numpy as np

from engine.microscope.expressions.expression import HIDDEN, Number, Withheld
from engine.microscope.update_view import Update
from engine.microscope.values import Value
from engine.parts import giving_way_between

MOST_UNITS = 12
"""Of a layer that are drawn; of a larger one so many, and how many more there are."""
MOST_NUMBERS = 12
"""Edges that have their weight beside them, between two layers."""
WIDTH, ACROSS, DOWN, RADIUS, TOP, SIDE = 680, 150, 46, 18, 34, 90
THICKEST, THINNEST = 6.0, 0.6


def diagram(update: Update, sample: int, withheld: Withheld | None = None) -> str:
    """An SVG with its caption; the empty string where the update ends before a layer is computed. Weights are those before the
    update; what is `withheld` is dashed grey, and a question mark."""
    weights, activations = _arrays(update)
    if not weights:
        return ""
    layers = [weights[0].array.shape[1], *(value.array.shape[0] for value in weights)]
    shown = [min(units, MOST_UNITS) for units in layers]
    across = min(ACROSS, (WIDTH - 2 * SIDE) / len(weights))
    height = TOP + DOWN * max(shown) + (18 if layers != shown else 0)
    middle = (WIDTH - across * len(weights)) / 2

    def place(layer: int, unit: int) -> tuple[float, float]:
        return middle + across * layer, TOP + DOWN * ((max(shown) - shown[layer]) / 2 + unit + 0.5)

    largest = max((_largest(value, withheld) for value in weights), default=0.0)
    edges, numbers, nodes = [], [], []
    for layer, value in enumerate(weights, 1):
        told = shown[layer - 1] * shown[layer] <= MOST_NUMBERS
        for unit in range(shown[layer]):
            for source in range(shown[layer - 1]):
                start, end = place(layer - 1, source), place(layer, unit)
                weight = _told(value, unit, source, withheld)
                edges.append(_edge(start, end, weight, largest))
                if told:
                    numbers.append(_beside(start, end, HIDDEN if weight is None else _short(weight), source))
    for layer, units in enumerate(layers):
        x, _ = place(layer, 0)
        name = "inputs" if layer == 0 else "output" if layer == len(layers) - 1 else f"layer {layer}"
        nodes.append(_text(x, 16, f"{name}, {units}" if units > 1 else name, "head"))
        for unit in range(shown[layer]):
            nodes += _node(place(layer, unit), activations.get(layer), unit, sample, withheld)
        if units > shown[layer]:
            nodes.append(_text(x, place(layer, shown[layer] - 1)[1] + 36, f"and {units - shown[layer]} more"))
    for layer, side in ((0, -1), (len(layers) - 1, 1)):
        nodes += _names(activations.get(layer), [place(layer, unit) for unit in range(shown[layer])], side)
    caption = f"The network: in each unit its activation for sample {update.samples[sample] + 1}. A line is a weight before the"
    caption += f" update: blue is positive, orange and dashed negative, its width the size; the widest is {_short(largest)}."
    label = f"A network of {'–'.join(map(str, layers))} units"
    picture = (
        f'<svg viewBox="0 0 {WIDTH} {ceil(height)}" role="img" aria-label="{label}">'
        + "".join([*edges, *numbers, *nodes])
        + "</svg>"
    )
    return f"<figure class=network>{picture}<figcaption>{escape(caption)}</figcaption></figure>"


def _arrays(update: Update) -> tuple[list[Value], dict[int, Value]]:
    """The weights layer by layer as far as they were read, and the activations of each layer."""
    weights: list[Value] = []
    activations: dict[int, Value] = {}
    for step in update.steps:
        if step.phase != "forward":
            continue
        for value in (*step.operands, *step.results):
            layer = value.rows.layer
            if layer is None:
                continue
            if value.name == f"W{layer}" and layer == len(weights) + 1:
                weights.append(value)
            elif value.name == f"h{layer}":
                activations[layer] = value
    return weights, activations


def _told(value: Value, row: int, column: int, withheld: Withheld | None) -> float | None:
    number = float(value.array[row, column])
    return None if withheld is not None and withheld(Number("", number, value.name, (row, column))) else number


def _largest(value: Value, withheld: Withheld | None) -> float:
    if withheld is None:
        sizes = np.abs(value.array)
        return float(np.max(sizes[np.isfinite(sizes)], initial=0.0))
    rows, columns = value.array.shape
    told = (_told(value, row, column, withheld) for row in giving_way_between(range(rows), 4) for column in range(columns))
    return max((abs(x) for x in told if x is not None and isfinite(x)), default=0.0)


def _edge(start: tuple[float, float], end: tuple[float, float], weight: float | None, largest: float) -> str:
    """From the rim of one unit to that of the next."""
    x1, x2 = start[0] + RADIUS, end[0] - RADIUS
    path = f'x1="{x1:.0f}" y1="{start[1]:.0f}" x2="{x2:.0f}" y2="{end[1]:.0f}"'
    if weight is None or not isfinite(weight):
        return f'<line class="withheld" {path} stroke-width="1"/>'
    width = max(THINNEST, THICKEST * abs(weight) / largest) if largest > 0 else THINNEST
    kind = "positive" if weight > 0 else "negative" if weight < 0 else "zero"
    return f'<line class="{kind}" {path} stroke-width="{width:.1f}"/>'


def _beside(start: tuple[float, float], end: tuple[float, float], text: str, source: int) -> str:
    """A number on its line: those of neighbouring lines stand apart along them."""
    along = 0.28 if source % 2 == 0 else 0.6
    return _text(start[0] + along * (end[0] - start[0]), start[1] + along * (end[1] - start[1]) - 3, text, "weight")


def _node(place: tuple[float, float], value: Value | None, unit: int, sample: int, withheld: Withheld | None) -> list[str]:
    x, y = place
    circle = f'<circle cx="{x:.0f}" cy="{y:.0f}" r="{RADIUS}"/>'
    if value is None:
        return [circle]
    number = _told(value, unit, sample if value.columns.kind == "sample" else 0, withheld)
    return [circle, _text(x, y + 4, HIDDEN if number is None else _short(number))]


def _names(value: Value | None, places: list[tuple[float, float]], side: int) -> list[str]:
    """What inputs and outputs are called, outside of the network."""
    if value is None:
        return []
    names = value.rows.names[: len(places)]
    if list(names) == [str(unit) for unit in range(1, len(names) + 1)]:
        return []
    anchor = "end" if side < 0 else "start"
    return [
        _text(x + side * (RADIUS + 6), y + 4, _cut(name), "name", anchor) for name, (x, y) in zip(names, places, strict=True)
    ]


def _cut(name: str, most: int = 10) -> str:
    return name if len(name) <= most else f"{name[: most - 1]}…"


def _short(value: float) -> str:
    return f"{value:.3g}".replace("-", "−")


def _text(x: float, y: float, text: str, kind: str = "", anchor: str = "middle") -> str:
    named = f' class="{kind}"' if kind else ""
    return f'<text{named} x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}">{escape(text)}</text>'
