"""What to try, as fields of the spec: the remedies that several findings share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from engine.diagnostics.findings import Evidence, Finding, Name, Remedy, applicable
from engine.diagnostics.symptoms import Symptoms
from engine.spec.fields import MAX_UNITS


def finding(
    name: Name,
    summary: str,
    evidence: Sequence[Evidence],
    s: Symptoms,
    tries: Sequence[Remedy | None],
    layer: int | None = None,
) -> Finding:
    """A finding with those of the remedies that its run's spec accepts."""
    return Finding(name, summary, tuple(evidence), applicable(s.spec, tries), layer)


def rate(s: Symptoms, factor: float, words: str) -> Remedy:
    return Remedy("optimizer.lr", float(f"{s.spec.optimizer.lr * factor:.2g}"), words)


def suitable_initializer(s: Symptoms) -> Remedy:
    """The initializer that suits the activations; with the same already in place, another draw is no remedy."""
    rectifying = any(layer.saturated is None and layer.activation != "identity" for layer in s.hidden)
    name, title = ("he_normal", "He, for ReLU") if rectifying else ("xavier_uniform", "Xavier, for tanh and sigmoid")
    return Remedy("network.initializer", {"name": name}, f"Re-initialize ({title})")


def layers(s: Symptoms, field: str, value: Any, words: str) -> Remedy | None:
    """Every hidden layer with one field changed; half its units; a skip where widths agree with the layer before."""
    layers = [layer.model_dump() for layer in s.spec.network.layers]
    if not layers or (field == "units" and max(layer["units"] for layer in layers) < 4):
        return None
    for index, layer in enumerate(layers):
        if field == "units":
            layer["units"] = max(2, layer["units"] // 2)
        elif field != "skip" or (index > 0 and layers[index - 1]["units"] == layer["units"]):
            layer[field] = value
    return Remedy("network.layers", layers, words)


def batch_norm(s: Symptoms) -> Remedy | None:
    return layers(s, "norm", "batch", "Add batch norm")


def more_units(s: Symptoms) -> Remedy:
    """Every hidden layer four times as wide, 8 units at least: where two units stand in each other's way, eight seldom do."""
    wider = [layer.model_dump() | {"units": min(MAX_UNITS, max(8, 4 * layer.units))} for layer in s.spec.network.layers]
    return Remedy("network.layers", wider, "More hidden units")


def another_start(s: Symptoms) -> Remedy:
    """The next seed: another draw of the initial weights."""
    return Remedy("seed", s.spec.seed + 1, "Another random seed")


def larger_network(s: Symptoms) -> Remedy:
    """Twice the units and at least two layers, none of them linear."""
    wider: list[dict[str, Any]] = [
        layer.model_dump()
        | {"units": 2 * layer.units, "activation": "tanh" if layer.activation == "identity" else layer.activation}
        for layer in s.spec.network.layers
    ]
    if len(wider) < 2:
        wider.append({"units": 8, "activation": wider[-1]["activation"] if wider else "tanh"})
    return Remedy("network.layers", wider, "A larger network, with a nonlinear activation in every layer")
