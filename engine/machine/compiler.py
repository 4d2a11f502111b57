"""RunSpec -> Tape: the ops of one update are written in order, forward, loss, backward, update."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from engine.kernels import codes
from engine.kernels.optimizers.dispatch import NESTEROV_LOOK_AHEAD
from engine.machine.layout import TensorSlot, layout_of, tensor_slots
from engine.machine.tape import NONE_FROZEN, FrozenEntries, Op, Tape
from engine.machine.updates import Block, blocks, decay_fields, scratch_size
from engine.rows.activations import ACTIVATIONS
from engine.rows.losses import LOSSES
from engine.rows.norms import NORMS
from engine.spec import LayerSpec, RunSpec


def update_blocks(spec: RunSpec, slots: tuple[TensorSlot, ...]) -> dict[int, list[Block]]:
    """The blocks that the optimizer updates together, layer by layer; held biases are in none and cut what lies around them."""
    found: dict[int, list[Block]] = {}
    for layer in sorted({slot.layer for slot in slots}):
        parts: list[list[tuple[str, int, tuple[int, ...]]]] = [[]]
        for slot in (slot for slot in slots if slot.layer == layer):
            if slot.kind == "bias" and not spec.network.train_bias:
                parts.append([])
            else:
                parts[-1].append((slot.name, slot.offset, slot.shape))
        found[layer] = [block for part in parts if part for block in blocks(spec.optimizer, part)]
    return found


class TapeWriter:
    """Writes a tape op by op: its integer codes, and the same in words."""

    def __init__(self, spec: RunSpec, inputs: int, outputs: int, capacity: int) -> None:
        self.spec = spec
        self.layers: tuple[LayerSpec, ...] = (*spec.network.layers, LayerSpec(units=outputs))
        self.sizes = (inputs, *(layer.units for layer in self.layers))
        self.last = len(self.sizes) - 1
        self.output, self.loss = spec.output_and_loss
        self.activations = (*(layer.activation for layer in spec.network.layers), self.output)
        self.slots = tensor_slots(self.sizes, spec.network.layers)
        self.at = {slot.name: slot.offset for slot in self.slots}
        self.layout = layout_of(self.sizes, spec.network.layers, capacity)
        self.ops: list[list[int]] = []
        self.words: list[Op] = []
        self.running: dict[int, int] = {}
        self.running_size = 0
        for number, layer in enumerate(spec.network.layers, 1):
            if layer.norm == "batch":
                self.running[number] = self.running_size
                self.running_size += 2 * layer.units

    def add(
        self, code: int, name: str, phase: str, layer: int, reads: tuple[str, ...], writes: tuple[str, ...], **fields: int
    ) -> None:
        op = [0] * codes.N_FIELDS
        op[codes.CODE] = code
        op[codes.LAYER] = layer
        if layer:
            op[codes.ROWS], op[codes.COLS], op[codes.WEIGHTS] = self.sizes[layer], self.sizes[layer - 1], self.at[f"W{layer}"]
        for field, value in fields.items():
            op[getattr(codes, field)] = value
        self.ops.append(op)
        self.words.append(Op(name, phase, layer, reads, writes))

    def value(self, name: str) -> int:
        """Where a value lies in the workspace."""
        return self.layout.offsets[name]

    def activation(self, layer: int) -> int:
        """Its code; in naive numerics the forms as printed."""
        return ACTIVATIONS[self.activations[layer - 1]].code_in(self.spec.numerics)

    def source(self, layer: int) -> int | None:
        """The layer that a skip into `layer` comes from."""
        back = self.layers[layer - 1].skip
        return None if back is None else layer - back

    # Forward ---------------------------------------------------------------------------------------------------------

    def affine(self, layer: int) -> None:
        z, h = f"z{layer}", f"h{layer - 1}"
        reads = (f"W{layer}", h, f"b{layer}")
        self.add(codes.AFFINE, f"affine {layer}", "forward", layer, reads, (z,), INPUT=self.value(h), OUTPUT=self.value(z))

    def norm(self, layer: int) -> None:
        kind = self.layers[layer - 1].norm
        if kind is None:
            return
        self.add(
            codes.NORM,
            f"{kind} norm {layer}",
            "forward",
            layer,
            (f"z{layer}", f"gamma{layer}", f"beta{layer}"),
            (f"mean{layer}", f"var{layer}", f"xhat{layer}", f"u{layer}"),
            KIND=NORMS[kind].code,
            WEIGHTS=self.at[f"gamma{layer}"],
            INPUT=self.value(f"z{layer}"),
            OUTPUT=self.value(f"u{layer}"),
            OTHER=self.value(f"xhat{layer}"),
            MORE=self.value(f"mean{layer}"),
            VARIANCE=self.value(f"var{layer}"),
            STATE=self.running.get(layer, 0),
        )

    def activate(self, layer: int) -> None:
        """Activation, dropout, skip: from z or u to h."""
        own = self.layers[layer - 1]
        stations = ["u" if own.norm else "z", *(["a"] if own.dropout or own.skip else [])]
        stations += ["d"] if own.dropout and own.skip else []
        names = [f"{station}{layer}" for station in (*stations, "h")]
        self.add(
            codes.ACTIVATION,
            f"activation {layer}",
            "forward",
            layer,
            (names[0], *((f"alpha{layer}",) if ACTIVATIONS[own.activation].learned_slopes else ())),
            (names[1],),
            INPUT=self.value(names[0]),
            OUTPUT=self.value(names[1]),
            KIND=self.activation(layer),
            MORE=self.at.get(f"alpha{layer}", 0),
        )
        if own.dropout:
            mask = f"mask{layer}"
            self.add(
                codes.DROPOUT,
                f"dropout {layer}",
                "forward",
                layer,
                (names[1],),
                (mask, names[2]),
                INPUT=self.value(names[1]),
                OTHER=self.value(mask),
                OUTPUT=self.value(names[2]),
                EXTRA=int(np.float64(own.dropout).view(np.int64)),
            )
        source = self.source(layer)
        if source is not None:
            reads = (names[-2], f"h{source}", *self.projection(layer))
            fields = {"INPUT": self.value(names[-2]), "OTHER": self.value(f"h{source}"), "OUTPUT": self.value(names[-1])}
            self.add(codes.SKIP, f"skip {layer}", "forward", layer, reads, (names[-1],), **fields, **self.along(layer))

    def projection(self, layer: int) -> tuple[str, ...]:
        return (f"P{layer}",) if f"P{layer}" in self.at else ()

    def along(self, layer: int) -> dict[str, int]:
        """Fields of an op along the skip into `layer`: P (rows, cols), KIND 1 where it is learned."""
        source = self.source(layer)
        assert source is not None
        return {"COLS": self.sizes[source], "WEIGHTS": self.at.get(f"P{layer}", 0), "KIND": int(f"P{layer}" in self.at)}

    # Backward --------------------------------------------------------------------------------------------------------

    def back_activate(self, layer: int) -> None:
        """From dJ/dh_l, which lies where delta_l will, to dJ/dz_l."""
        own, delta = self.layers[layer - 1], f"delta{layer}"
        value = self.value
        for above in range(layer + 1, self.last):
            if self.source(above) == layer:
                g = f"g{above}"
                reads = (delta, g, *self.projection(above))
                fields = {"INPUT": value(g), "OUTPUT": value(delta)} | self.along(above)
                self.add(codes.BACK_SKIP, f"back along skip {above}", "backward", above, reads, (delta,), **fields)
        source = self.source(layer)
        if source is not None:
            g = f"g{layer}"
            fields = {"INPUT": value(delta), "OUTPUT": value(g)}
            self.add(codes.KEEP, f"kept for skip {layer}", "backward", layer, (delta,), (g,), **fields)
            if self.projection(layer):
                fields = {"INPUT": value(g), "OTHER": value(f"h{source}")} | self.along(layer)
                reads = (g, f"h{source}")
                self.add(codes.SKIP_GRADIENT, f"gradient of skip {layer}", "backward", layer, reads, (f"dP{layer}",), **fields)
        if own.dropout:
            mask = f"mask{layer}"
            fields = {"OTHER": value(mask), "OUTPUT": value(delta)}
            self.add(codes.BACK_DROPOUT, f"back through dropout {layer}", "backward", layer, (delta, mask), (delta,), **fields)
        u = f"u{layer}" if own.norm else f"z{layer}"
        a = f"a{layer}" if own.dropout or own.skip else f"h{layer}"
        slopes: tuple[str, ...] = ()
        if ACTIVATIONS[own.activation].learned_slopes:
            slopes = (f"alpha{layer}",)
            fields = {"INPUT": value(u), "OTHER": value(delta), "WEIGHTS": self.at[f"alpha{layer}"]}
            name = f"gradient of slopes {layer}"
            self.add(codes.SLOPE_GRADIENT, name, "backward", layer, (delta, u), (f"dalpha{layer}",), **fields)
        self.add(
            codes.BACK_ACTIVATION,
            f"delta {layer}" if own.norm is None else f"back through activation {layer}",
            "backward",
            layer,
            (delta, u, a, *slopes),
            (delta,),
            INPUT=value(u),
            OTHER=value(a),
            OUTPUT=value(delta),
            KIND=self.activation(layer),
            MORE=self.at.get(f"alpha{layer}", 0),
        )
        if own.norm is not None:
            self.add(
                codes.BACK_NORM,
                f"delta {layer}",
                "backward",
                layer,
                (delta, f"xhat{layer}", f"var{layer}", f"gamma{layer}"),
                (f"dgamma{layer}", f"dbeta{layer}", delta),
                KIND=NORMS[own.norm].code,
                WEIGHTS=self.at[f"gamma{layer}"],
                OTHER=value(f"xhat{layer}"),
                OUTPUT=value(delta),
                VARIANCE=value(f"var{layer}"),
            )

    def gradient(self, layer: int) -> None:
        delta, h = f"delta{layer}", f"h{layer - 1}"
        fields = {"INPUT": self.value(delta), "OTHER": self.value(h)}
        writes = (f"dW{layer}", f"db{layer}")
        self.add(codes.GRADIENT, f"gradient {layer}", "backward", layer, (delta, h), writes, **fields)

    def back_product(self, layer: int) -> None:
        delta, below = f"delta{layer}", f"delta{layer - 1}"
        fields = {"INPUT": self.value(delta), "OUTPUT": self.value(below)}
        self.add(codes.BACK_PRODUCT, f"back through {layer}", "backward", layer, (f"W{layer}", delta), (below,), **fields)

    def penalty(self, slot: TensorSlot) -> None:
        own = (slot.name, f"d{slot.name}")
        rows, cols = slot.shape
        name = f"penalty {slot.layer}" if slot.kind == "weight" else f"penalty of skip {slot.layer}"
        self.add(codes.PENALTY, name, "backward", slot.layer, own, own[1:], ROWS=rows, COLS=cols, WEIGHTS=slot.offset)


def compile_tape(
    spec: RunSpec,
    inputs: int,
    outputs: int,
    capacity: int,
    image: tuple[int, int] | None = None,
    places: NDArray[np.int64] = NONE_FROZEN,
) -> Tape:
    """The tape of a spec for d_0 = `inputs`, d_L = `outputs` and mini-batches of at most `capacity` columns; `image` is the
    (height, width) of pictures, which may be shifted. `places` in θ, ascending, are of entries that are frozen."""
    writer = TapeWriter(spec, inputs, outputs, capacity)
    add, value, last = writer.add, writer.value, writer.last
    form = spec.optimizer.form
    count = sum(slot.size for slot in writer.slots)
    parameters = tuple(slot.name for slot in writer.slots)
    parts = update_blocks(spec, writer.slots)
    scratch = writer.layout.size
    frozen = FrozenEntries(places, scratch + scratch_size([part for own in parts.values() for part in own]))

    add(codes.GATHER, "mini-batch", "forward", 0, (), ("h0", "y"), OUTPUT=value("h0"), OTHER=value("y"), EXTRA=capacity)
    if spec.regularization.jitter or spec.regularization.shift:
        height, width = image or (0, 0)
        fields = {"OUTPUT": value("h0"), "COLS": inputs, "ROWS": height, "MORE": width, "EXTRA": spec.regularization.shift}
        add(codes.AUGMENT, "augmentation", "forward", 0, ("h0",), ("h0",), **fields)
    add(codes.RATE, "rate", "forward", 0, (), (), KIND=form.code, **decay_fields(spec.optimizer))
    if form.code == NESTEROV_LOOK_AHEAD:
        add(codes.LOOK_AHEAD, "look ahead", "forward", 0, parameters, parameters, **frozen.fields(0, count))
    for layer in range(1, last + 1):
        writer.affine(layer)
        writer.norm(layer)
        writer.activate(layer)
    z, h, delta = f"z{last}", f"h{last}", f"delta{last}"
    pair = {
        "KIND": LOSSES[writer.loss].code,
        "EXTRA": writer.activation(last),
        "INPUT": value(z),
        "COLS": value(h) - value(z),
        "OTHER": value("y"),
    }
    add(codes.LOSS, "loss", "loss", last, (z, h, "y"), ("losses",), OUTPUT=value("losses"), **pair)
    add(codes.OUTPUT_DELTA, f"delta {last}", "backward", last, (z, h, "y"), (delta,), OUTPUT=value(delta), **pair)
    for layer in range(last, 0, -1):
        writer.gradient(layer)
        if layer > 1:
            writer.back_product(layer)
            writer.back_activate(layer - 1)
    if spec.regularization.l1 or spec.regularization.l2:
        for slot in writer.slots:
            if slot.matrix:
                writer.penalty(slot)
    if not spec.network.train_bias:
        for slot in writer.slots:
            if slot.kind == "bias":
                db = (f"d{slot.name}",)
                held = {"WEIGHTS": slot.offset, "COUNT": slot.size}
                add(codes.HOLD, f"biases held {slot.layer}", "update", slot.layer, db, db, **held)
    for slot in writer.slots:
        fields = frozen.fields(slot.offset, slot.size)
        if fields["FROZEN_COUNT"]:
            gradient = (f"d{slot.name}",)
            add(codes.HOLD, f"frozen {slot.name}", "update", slot.layer, gradient, gradient, **fields)
    if spec.clip.norm is not None or spec.clip.value is not None:
        everything = tuple(f"d{name}" for name in parameters)
        add(codes.CLIP, "clip", "update", 0, everything, everything, EXTRA=count)
    add(codes.CHECK, "check", "update", 0, (), (), EXTRA=count, INPUT=value("z1"))  # what came from the data is finite
    for layer, offset in writer.running.items():
        mean, var = f"mean{layer}", f"var{layer}"
        fields = {"MORE": value(mean), "VARIANCE": value(var), "STATE": offset}
        add(codes.RUNNING_STATISTICS, f"running statistics {layer}", "update", layer, (mean, var), (), **fields)
    for layer, own in parts.items():
        for part in own:
            name = f"update {layer}" if len(own) == 1 else f"update {', '.join(part.names)}"
            gradients = tuple(f"d{name}" for name in part.names)
            fields = part.fields | {"OTHER": scratch} | frozen.fields(part.offset, part.size)
            add(codes.UPDATE, name, "update", layer, (*part.names, *gradients), part.names, **fields)
    return Tape(
        writer.sizes,
        writer.activations,
        tuple(layer.norm for layer in writer.layers),
        tuple(layer.skip for layer in writer.layers),
        writer.loss,
        writer.slots,
        replace(writer.layout, size=frozen.at + 2 * len(places)),
        np.array(writer.ops, dtype=np.int64),
        tuple(writer.words),
        len(form.state),
        writer.running_size,
        frozen,
    )
