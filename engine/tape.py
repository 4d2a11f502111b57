"""RunSpec -> Tape: the ordered ops of one update, where the parameters lie, and where the intermediate values lie.

The tape that trains is the tape that is stepped through: `engine.kernels.run` executes slices of it. Parameters are one flat
vector, W_1 (row-major), b_1, W_2, …; `grad` and each state tensor of the optimizer have the same layout. Intermediate values
are (units, batch) columns in one flat workspace; a narrower batch is packed with its own stride.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from engine.activations import ACTIVATIONS
from engine.kernels import codes
from engine.kernels.optimizers import NESTEROV_LOOK_AHEAD
from engine.losses import LOSSES
from engine.spec import RunSpec
from engine.updates import Block, blocks, scratch_size

Flat = NDArray[np.float64]
FORWARD = (codes.GATHER, codes.AFFINE, codes.ACTIVATION, codes.LOSS)
DERIVATIVE = (*FORWARD, codes.OUTPUT_DELTA, codes.BACK_PRODUCT, codes.BACK_ACTIVATION, codes.GRADIENT)


@dataclass(frozen=True)
class Place:
    """Where a named tensor lies in a flat buffer."""

    name: str
    layer: int
    offset: int
    shape: tuple[int, ...]

    @property
    def size(self) -> int:
        return int(np.prod(self.shape))

    def view(self, flat: Flat) -> Flat:
        return flat[self.offset : self.offset + self.size].reshape(self.shape)


@dataclass(frozen=True)
class Op:
    """One op of a tape, in words: what it is, whose layer, and which workspace values it reads and writes."""

    name: str
    phase: str  # forward, loss, backward, update
    layer: int
    reads: tuple[str, ...]
    writes: tuple[str, ...]


@dataclass(frozen=True)
class Layout:
    """Offsets of the workspace for `capacity` columns; rows are packed by the columns in use."""

    capacity: int
    offsets: dict[str, int]
    units: dict[str, int]
    size: int

    def view(self, work: Flat, name: str, columns: int) -> Flat:
        """The named values as (units, columns); per-sample losses as (1, columns)."""
        start = self.offsets[name]
        return work[start : start + self.units[name] * columns].reshape(self.units[name], columns)


@dataclass(frozen=True)
class Tape:
    """A compiled run: `ops` (n, N_FIELDS) in integer codes, `words` the same for people."""

    sizes: tuple[int, ...]
    activations: tuple[str, ...]
    loss: str
    places: tuple[Place, ...]
    layout: Layout
    ops: NDArray[np.int64]
    words: tuple[Op, ...]
    state_slots: int

    @property
    def parameter_count(self) -> int:
        return sum(place.size for place in self.places)

    @property
    def state_size(self) -> int:
        return self.state_slots * self.parameter_count + codes.N_CLOCK

    def first(self, code: int) -> int:
        """Index of the first op with this code."""
        return int(np.argmax(self.ops[:, codes.CODE] == code))

    @property
    def forward(self) -> NDArray[np.int64]:
        """The ops from the samples to their losses."""
        return np.ascontiguousarray(self.ops[np.isin(self.ops[:, codes.CODE], FORWARD)])

    @property
    def derivative(self) -> NDArray[np.int64]:
        """The ops from the samples to the gradient of the data term."""
        return np.ascontiguousarray(self.ops[np.isin(self.ops[:, codes.CODE], DERIVATIVE)])

    @property
    def penalties(self) -> NDArray[np.int64]:
        return np.ascontiguousarray(self.ops[self.ops[:, codes.CODE] == codes.PENALTY])


def places_of(sizes: tuple[int, ...]) -> tuple[Place, ...]:
    """W_1, b_1, W_2, b_2, … one behind the other."""
    places: list[Place] = []
    offset = 0
    for layer in range(1, len(sizes)):
        for name, shape in ((f"W{layer}", (sizes[layer], sizes[layer - 1])), (f"b{layer}", (sizes[layer],))):
            places.append(Place(name, layer, offset, shape))
            offset += places[-1].size
    return tuple(places)


def layout_of(sizes: tuple[int, ...], capacity: int) -> Layout:
    """h_0, targets, then z_l, h_l, delta_l of each layer, then the samples' losses; z and h of a layer lie side by side."""
    units = {"h0": sizes[0], "y": sizes[-1]}
    for layer, size in enumerate(sizes[1:], 1):
        units |= {f"z{layer}": size, f"h{layer}": size, f"delta{layer}": size}
    units["losses"] = 1
    offsets: dict[str, int] = {}
    total = 0
    for name, size in units.items():
        offsets[name] = total
        total += size * capacity
    return Layout(capacity, offsets, units, total)


def update_blocks(spec: RunSpec, places: tuple[Place, ...]) -> dict[int, list[Block]]:
    """The blocks that the rule updates together, layer by layer."""
    layers = sorted({place.layer for place in places})
    return {
        layer: blocks(spec.optimizer, [(place.name, place.offset, place.shape) for place in places if place.layer == layer])
        for layer in layers
    }


class _Writer:
    """Collects ops in both tongues."""

    def __init__(self, sizes: tuple[int, ...], places: tuple[Place, ...], layout: Layout) -> None:
        self.sizes = sizes
        self.weights = {place.layer: place.offset for place in places if place.name.startswith("W")}
        self.layout = layout
        self.ops: list[list[int]] = []
        self.words: list[Op] = []

    def add(
        self, code: int, name: str, phase: str, layer: int, reads: tuple[str, ...], writes: tuple[str, ...], **fields: int
    ) -> None:
        op = [0] * codes.N_FIELDS
        op[codes.CODE] = code
        op[codes.LAYER] = layer
        if layer:
            op[codes.ROWS], op[codes.COLS], op[codes.WEIGHTS] = self.sizes[layer], self.sizes[layer - 1], self.weights[layer]
        for field, value in fields.items():
            op[getattr(codes, field)] = value
        self.ops.append(op)
        self.words.append(Op(name, phase, layer, reads, writes))

    def at(self, name: str) -> int:
        return self.layout.offsets[name]


def compile_tape(spec: RunSpec, inputs: int, outputs: int, capacity: int) -> Tape:
    """The tape of a spec for d_0 = `inputs`, d_L = `outputs` and mini-batches of at most `capacity` columns."""
    sizes = (inputs, *(layer.units for layer in spec.network.layers), outputs)
    output, loss = spec.output_and_loss
    activations = (*(layer.activation for layer in spec.network.layers), output)
    places = places_of(sizes)
    layout = layout_of(sizes, capacity)
    parts = update_blocks(spec, places)
    scratch = layout.size
    layout = replace(layout, size=scratch + scratch_size([part for own in parts.values() for part in own]))
    writer = _Writer(sizes, places, layout)
    add, at = writer.add, writer.at
    last = len(sizes) - 1
    rule = spec.optimizer.code
    slots = len(spec.optimizer.state)
    count = sum(place.size for place in places)

    add(codes.GATHER, "mini-batch", "forward", 0, (), ("h0", "y"), OUTPUT=at("h0"), OTHER=at("y"), EXTRA=capacity)
    add(codes.RATE, "rate", "forward", 0, (), (), KIND=rule)
    if rule == NESTEROV_LOOK_AHEAD:
        parameters = tuple(place.name for place in places)
        add(codes.LOOK_AHEAD, "look ahead", "forward", 0, parameters, parameters)
    for layer in range(1, last + 1):
        z, h = f"z{layer}", f"h{layer}"
        add(
            codes.AFFINE,
            f"affine {layer}",
            "forward",
            layer,
            (f"W{layer}", f"h{layer - 1}", f"b{layer}"),
            (z,),
            INPUT=at(f"h{layer - 1}"),
            OUTPUT=at(z),
        )
        kind = ACTIVATIONS[activations[layer - 1]].code
        add(codes.ACTIVATION, f"activation {layer}", "forward", layer, (z,), (h,), INPUT=at(z), OUTPUT=at(h), KIND=kind)
    z, h, delta = f"z{last}", f"h{last}", f"delta{last}"
    pair = {
        "KIND": LOSSES[loss].code,
        "EXTRA": ACTIVATIONS[output].code,
        "INPUT": at(z),
        "COLS": at(h) - at(z),
        "OTHER": at("y"),
    }
    add(codes.LOSS, "loss", "loss", last, (z, h, "y"), ("losses",), OUTPUT=at("losses"), **pair)
    add(codes.OUTPUT_DELTA, f"delta {last}", "backward", last, (z, h, "y"), (delta,), OUTPUT=at(delta), **pair)
    for layer in range(last, 0, -1):
        delta, below = f"delta{layer}", layer - 1
        add(
            codes.GRADIENT,
            f"gradient {layer}",
            "backward",
            layer,
            (delta, f"h{below}"),
            (f"dW{layer}", f"db{layer}"),
            INPUT=at(delta),
            OTHER=at(f"h{below}"),
        )
        if below == 0:
            continue
        add(
            codes.BACK_PRODUCT,
            f"back through {layer}",
            "backward",
            layer,
            (f"W{layer}", delta),
            (f"delta{below}",),
            INPUT=at(delta),
            OUTPUT=at(f"delta{below}"),
        )
        add(
            codes.BACK_ACTIVATION,
            f"delta {below}",
            "backward",
            below,
            (f"delta{below}", f"z{below}", f"h{below}"),
            (f"delta{below}",),
            INPUT=at(f"z{below}"),
            OTHER=at(f"h{below}"),
            OUTPUT=at(f"delta{below}"),
            KIND=ACTIVATIONS[activations[below - 1]].code,
        )
    if spec.regularization.l1 or spec.regularization.l2:
        for layer in range(1, last + 1):
            add(codes.PENALTY, f"penalty {layer}", "backward", layer, (f"W{layer}", f"dW{layer}"), (f"dW{layer}",))
    if spec.clip.norm is not None or spec.clip.value is not None:
        everything = tuple(f"d{place.name}" for place in places)
        add(codes.CLIP, "clip", "update", 0, everything, everything, EXTRA=count)
    add(codes.CHECK, "check", "update", 0, (), (), EXTRA=count)
    for layer, own in parts.items():
        for part in own:
            name = f"update {layer}" if len(own) == 1 else f"update {', '.join(part.names)}"
            gradients = tuple(f"d{name}" for name in part.names)
            fields = part.fields | {"OTHER": scratch, "EXTRA": slots}
            add(codes.UPDATE, name, "update", layer, (*part.names, *gradients), part.names, **fields)
    return Tape(sizes, activations, loss, places, layout, np.array(writer.ops, dtype=np.int64), tuple(writer.words), slots)
