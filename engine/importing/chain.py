"""The parts of a network in their order, from input to output, and the layers that they make."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from engine.array import Array
from engine.importing.imported import Tensors, UnsupportedError, listed
from engine.rows.activations import ACTIVATIONS

ORDER = "Linear, then at most one each of norm, activation, dropout, addition of an earlier layer, in this order"


@dataclass
class Part:
    """One part: `path` says where it stands, `title` what it is there."""

    path: str
    title: str
    frozen: list[str] = field(default_factory=list, kw_only=True)
    """Its tensors that are not trained, by the letter of their names."""


@dataclass
class Affine(Part):
    """z = W h + b; `weights` (units, inputs), `bias` (units,), None: there is none."""

    weights: Array
    bias: Array | None


@dataclass
class Norm(Part):
    """`kind` is the row's name; `mean`, `variance` are batch norm's running ones."""

    kind: str
    scale: Array | None
    shift: Array | None
    mean: Array | None = None
    variance: Array | None = None


@dataclass
class Activation(Part):
    """`name` is the row's, or "log_softmax", which only a loss takes; `slopes` are PReLU's."""

    name: str
    slopes: Array | None = None


@dataclass
class Dropout(Part):
    share: float


@dataclass
class Skip(Part):
    """The addition of what the layers' output number `source` was (0: the input), through `projection` where there is one."""

    source: int
    projection: Array | None = None


RANK = {Affine: 0, Norm: 1, Activation: 2, Dropout: 3, Skip: 4}


@dataclass
class Network:
    """Layers as a spec has them, and their numbers; the last one's activation is `output`."""

    inputs: int
    outputs: int
    layers: list[dict[str, Any]]
    output: str
    tensors: Tensors
    owners: dict[str, str]
    """Where each parameter was found: its name here -> the path of its module."""


def network_of(parts: Sequence[Part]) -> Network:
    """The network that these parts make. Raises `UnsupportedError` where they make none that this engine has."""
    groups: list[list[Part]] = []
    for part in parts:
        if isinstance(part, Affine):
            groups.append([part])
            continue
        if not groups:
            raise UnsupportedError(part.path, f"{part.title} before the first Linear", f"first a Linear; {ORDER}")
        last = groups[-1][-1]
        if RANK[type(part)] <= RANK[type(last)]:
            raise UnsupportedError(part.path, f"{part.title} after {last.title}", ORDER)
        groups[-1].append(part)
    if not groups:
        raise UnsupportedError("", "the network has no Linear", "one at least")
    layers: list[dict[str, Any]] = []
    owners: dict[str, str] = {}
    tensors, widths = Tensors(), [groups[0][0].weights.shape[1]]  # type: ignore[attr-defined]
    for number, group in enumerate(groups, 1):
        affine = group[0]
        assert isinstance(affine, Affine)
        if affine.weights.shape[1] != widths[-1]:
            problem = f"{affine.title} takes {affine.weights.shape[1]} values, and {widths[-1]} come from below"
            raise UnsupportedError(affine.path, problem, f"{widths[-1]} inputs")
        widths.append(len(affine.weights))
        layers.append(_layer(number, group, widths, tensors, owners))
    for part in groups[-1][1:]:
        if not isinstance(part, Activation):
            raise UnsupportedError(part.path, f"{part.title} at the output", "an activation, or nothing, after the last Linear")
    hidden = layers[:-1]
    for number, layer in enumerate(hidden, 1):
        name = layer["activation"]
        if name not in ACTIVATIONS or not ACTIVATIONS[name].hidden:
            part = next(part for part in groups[number - 1] if isinstance(part, Activation))
            allowed = listed(name for name, row in ACTIVATIONS.items() if row.hidden)
            raise UnsupportedError(part.path, f"{part.title} in a hidden layer", allowed)
    return Network(widths[0], widths[-1], hidden, layers[-1]["activation"], tensors, owners)


def _layer(
    number: int, group: Sequence[Part], widths: Sequence[int], tensors: Tensors, owners: dict[str, str]
) -> dict[str, Any]:
    """The layer's spec; its numbers go into `tensors`, and where they came from into `owners`."""
    layer: dict[str, Any] = {"units": widths[-1], "activation": "identity"}
    units = widths[-1]

    def keep(part: Part, letter: str, values: Array | None, constant: float, shape: tuple[int, ...] = (units,)) -> None:
        name = f"{letter}{number}"
        owners[name] = part.path
        if values is None or letter in part.frozen:  # what is not there is there as a constant that nothing trains
            tensors.frozen.append(name)
        tensors.parameters[name] = np.full(shape, constant) if values is None else _fitting(part, values, shape)

    for part in group:
        if isinstance(part, Affine):
            keep(part, "W", part.weights, 0.0, part.weights.shape)
            keep(part, "b", part.bias, 0.0)
        elif isinstance(part, Norm):
            layer["norm"] = part.kind
            keep(part, "gamma", part.scale, 1.0)
            keep(part, "beta", part.shift, 0.0)
            if part.mean is not None and part.variance is not None:
                tensors.statistics[f"mean{number}"] = _fitting(part, part.mean, (units,))
                tensors.statistics[f"var{number}"] = _fitting(part, part.variance, (units,))
        elif isinstance(part, Activation):
            layer["activation"] = part.name
            if part.slopes is not None:
                keep(part, "alpha", part.slopes, 0.25)
        elif isinstance(part, Dropout):
            layer["dropout"] = part.share
        elif isinstance(part, Skip):
            layer["skip"] = number - part.source
            width = widths[part.source]
            if part.projection is None and width != units:
                problem = f"{part.title} of {width} values to {units}"
                raise UnsupportedError(part.path, problem, "equal widths, or a Linear(bias=False) on the way")
            if part.projection is not None and width == units:
                problem = f"{part.title} goes through a matrix between layers of one width, {units}"
                raise UnsupportedError(part.path, problem, "the identity there, or layers of different widths")
            if part.projection is not None:
                keep(part, "P", part.projection, 0.0, (units, width))
    return layer


def _fitting(part: Part, values: Array, shape: tuple[int, ...]) -> Array:
    if values.shape != shape:
        raise UnsupportedError(part.path, f"{part.title} is of shape {values.shape}", f"{shape}")
    if not np.isfinite(values).all():
        raise UnsupportedError(part.path, f"{part.title} holds a value that is not finite", "finite numbers")
    return values
