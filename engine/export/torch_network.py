"""The forward pass and the loss of a network as lines of PyTorch. A sample is a row there, as is PyTorch's custom.

The forms of activations, norms and losses are on their rows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from engine.rows.activations import ACTIVATIONS
from engine.rows.losses import LOSSES
from engine.rows.norms import NORMS

if TYPE_CHECKING:
    from engine.machine.tape import Tape
    from engine.spec import LayerSpec, RunSpec


def loss_of(spec: RunSpec, tape: Tape) -> list[str]:
    """The body of loss_of(x, y, masks): inputs (n, d_0), targets (n, d_L), dropout masks by layer -> the mean loss."""
    last = len(tape.sizes) - 1
    lines = [f"{', '.join(slot.name for slot in tape.slots)} = parameters", "h0 = x"]
    for layer, own in enumerate(spec.network.layers, 1):
        lines += _layer(layer, own, tape.activations[layer - 1], spec)
        if own.dropout:
            lines.append(f"h{layer} = masks[{layer}] * h{layer}")
        if own.skip is not None:
            projected = any(slot.name == f"P{layer}" for slot in tape.slots)
            lines.append(f"h{layer} = h{layer} + h{layer - own.skip}{f' @ P{layer}.T' if projected else ''}")
    lines += _layer(last, None, tape.activations[-1], spec)
    return [*lines, f"return {torch_loss(spec, tape, 'u', f'h{last}')} / len(x)"]


def torch_loss(spec: RunSpec, tape: Tape, u: str, h: str) -> str:
    """The loss summed over a mini-batch, of what the output's activation takes and makes; the targets are y."""
    value = LOSSES[tape.loss].torch_in(spec.numerics, tape.activations[-1], h)
    return value if u == "u" else re.sub(r"\bu\b", u, value)


def _layer(layer: int, own: LayerSpec | None, activation: str, spec: RunSpec) -> list[str]:
    lines = [f"u = h{layer - 1} @ W{layer}.T + b{layer}"]
    if own is not None and own.norm is not None:
        lines.append("u = " + NORMS[own.norm].torch.format(u="u", layer=layer))
    row = ACTIVATIONS[activation]
    note = f"  # {row.torch_note}" if row.torch_note and row.code_in(spec.numerics) == row.code else ""
    return [*lines, f"h{layer} = {row.torch_in(spec.numerics, 'u', layer)}{note}"]
