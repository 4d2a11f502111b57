"""The forward pass and the loss of a network as lines of PyTorch. A sample is a row there, as is PyTorch's custom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.kernels.ops.activations import LEAKY_SLOPE
from engine.kernels.ops.norms import EPS

if TYPE_CHECKING:
    from engine.machine.tape import Tape
    from engine.spec import LayerSpec, RunSpec

ACTIVATIONS = {
    "identity": "{u}",
    "sigmoid": "torch.sigmoid({u})",
    "tanh": "torch.tanh({u})",
    "relu": "torch.relu({u})",
    "leaky_relu": f"torch.nn.functional.leaky_relu({{u}}, {LEAKY_SLOPE})",
    "prelu": "torch.nn.functional.prelu({u}, alpha{layer})",
    "elu": "torch.nn.functional.elu({u})",
    "gelu": "torch.nn.functional.gelu({u})",
    "softplus": "torch.logaddexp({u}, torch.zeros_like({u}))",
    "silu": "torch.nn.functional.silu({u})",
    "softmax": "torch.softmax({u}, dim=1)",
}
NAIVE_ACTIVATIONS = {
    "sigmoid": "1 / (1 + torch.exp(-{u}))",
    "softmax": "torch.exp({u}) / torch.exp({u}).sum(dim=1, keepdim=True)",
}
NORMS = {
    "batch": f"torch.nn.functional.batch_norm({{u}}, None, None, gamma{{layer}}, beta{{layer}}, training=True, eps={EPS})",
    "layer": f"torch.nn.functional.layer_norm({{u}}, {{u}}.shape[1:], gamma{{layer}}, beta{{layer}}, eps={EPS})",
}

SQUARED = "0.5 * ((h{last} - y) ** 2).sum()"
LOSSES = {
    ("bce", "sigmoid"): "torch.nn.functional.binary_cross_entropy_with_logits(u, y, reduction='sum')",
    ("cross_entropy", "softmax"): "-(y * torch.log_softmax(u, dim=1)).sum()",
    ("cross_entropy", "sigmoid"): "-(y * torch.nn.functional.logsigmoid(u)).sum()",
    ("bce", "softmax"): "-(y * torch.log_softmax(u, dim=1) + (1 - y) * torch.log1p(-torch.softmax(u, dim=1))).sum()",
}
"""By loss and output activation, from the logits u where that keeps digits; the squared error is the same for all outputs."""
NAIVE_LOSSES = {
    "bce": "-(y * torch.log(h{last}) + (1 - y) * torch.log(1 - h{last})).sum()",
    "cross_entropy": "-(y * torch.log(h{last})).sum()",
}


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
    if tape.loss == "mse":
        value = SQUARED
    elif spec.numerics == "naive":
        value = NAIVE_LOSSES[tape.loss]
    else:
        value = LOSSES[tape.loss, tape.activations[-1]]
    return [*lines, f"return {value.format(last=last)} / len(x)"]


def _layer(layer: int, own: LayerSpec | None, activation: str, spec: RunSpec) -> list[str]:
    lines = [f"u = h{layer - 1} @ W{layer}.T + b{layer}"]
    if own is not None and own.norm is not None:
        lines.append("u = " + NORMS[own.norm].format(u="u", layer=layer))
    naive = NAIVE_ACTIVATIONS if spec.numerics == "naive" else {}
    return [*lines, f"h{layer} = " + naive.get(activation, ACTIVATIONS[activation]).format(u="u", layer=layer)]
