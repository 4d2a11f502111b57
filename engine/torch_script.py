"""The text of the PyTorch script: tensors and autograd; torch.optim where its rule is ours, written out where it is not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from engine.kernels import codes
from engine.kernels import optimizers as kernels
from engine.kernels.activations import LEAKY_SLOPE
from engine.torch_rules import optimizer_lines

if TYPE_CHECKING:
    from engine.spec import RunSpec
    from engine.trainer import Trainer

ACTIVATIONS = {
    "identity": "{z}",
    "sigmoid": "torch.sigmoid({z})",
    "tanh": "torch.tanh({z})",
    "relu": "torch.relu({z})",
    "leaky_relu": f"torch.nn.functional.leaky_relu({{z}}, {LEAKY_SLOPE})",
    "softmax": "torch.softmax({z}, dim=1)",
}
"""Of the affine output; a sample is a row, as is PyTorch's custom."""

SQUARED = "0.5 * ((h - y) ** 2).sum()"
LOSSES = {
    ("bce", "sigmoid"): "torch.nn.functional.binary_cross_entropy_with_logits(z, y, reduction='sum')",
    ("cross_entropy", "softmax"): "-(y * torch.log_softmax(z, dim=1)).sum()",
    ("cross_entropy", "sigmoid"): "-(y * torch.nn.functional.logsigmoid(z)).sum()",
    ("bce", "softmax"): "-(y * torch.log_softmax(z, dim=1) + (1 - y) * torch.log1p(-torch.softmax(z, dim=1))).sum()",
}
"""By loss and output activation, from the logits z where that keeps digits; the squared error is the same for all outputs."""


def _after_backward(spec: RunSpec) -> list[str]:
    """Penalties, then clipping, on the gradients."""
    lines = []
    l1, l2 = spec.regularization.l1, spec.regularization.l2
    if l1 or l2:
        lines += [
            "with torch.no_grad():  # penalties on weights, never on biases",
            "    for W in parameters[::2]:",
            f"        W.grad += {l2!r} * W + {l1!r} * torch.sign(W)",
        ]
    norm, value = spec.clip.norm, spec.clip.value
    if norm is not None and spec.optimizer.dialect == "pytorch":
        lines.append(f"torch.nn.utils.clip_grad_norm_(parameters, {norm!r})")
    elif norm is not None:
        lines += [
            "norm = torch.sqrt(sum((p.grad**2).sum() for p in parameters))",
            f"if norm > {norm!r}:  # without PyTorch's 1e-6",
            "    for p in parameters:",
            f"        p.grad *= {norm!r} / norm",
        ]
    if value is not None:
        lines.append(f"torch.nn.utils.clip_grad_value_(parameters, {value!r})")
    return lines


def _tensor(values: NDArray[Any]) -> str:
    """A tensor's literal: the shortest decimals that are the same doubles."""
    rows = ",\n    ".join(str(row) for row in values.tolist())
    return f"tensor([\n    {rows},\n])" if values.size else f"torch.zeros({values.shape}, dtype=torch.float64)"


def _tensors(named: dict[str, NDArray[Any]]) -> str:
    return "[\n" + "".join(f"    # {name}\n    {_tensor(values)},\n" for name, values in named.items()) + "]"


def _indented(lines: list[str]) -> str:
    return "".join(f"    {line}\n" for line in lines)


def script(trainer: Trainer, x: NDArray[Any], y: NDArray[Any], batches: list[list[int]], losses: list[float]) -> str:
    """The whole file: `batches` are rows of x and y, `losses` what the engine had on them. KeyError: no such form."""
    spec, tape, rule = trainer.effective_spec, trainer.tape, trainer.effective_spec.optimizer
    state = "".join(
        f'state["{name}"] = {_tensors(tensors)}\n' for name, tensors in trainer.optimizer_state.items() if name != "saved"
    )
    forward = ["h = x"]
    for layer, name in enumerate(tape.activations, start=1):
        forward.append(f"z = h @ parameters[{2 * layer - 2}].T + parameters[{2 * layer - 1}]")
        forward.append(f"h = {ACTIVATIONS[name].format(z='z')}")
    value = SQUARED if tape.loss == "mse" else LOSSES[tape.loss, tape.activations[-1]]
    ahead = rule.code == kernels.NESTEROV_LOOK_AHEAD
    nadam = rule.code == kernels.NADAM
    shape = "-".join(str(size) for size in tape.sizes)
    return "\n".join(
        (
            f'"""A network of chainrule, {shape}, taken along after update {trainer.steps_done}.',
            "",
            f"Makes the next {len(batches)} updates in PyTorch, with {rule.name} ({rule.dialect}), and prints the data loss",
            "of each mini-batch before its update, beside chainrule's. Needs torch and nothing else.",
            '"""',
            "",
            "import torch",
            "",
            "",
            "def tensor(values):",
            "    return torch.tensor(values, dtype=torch.float64)",
            "",
            "",
            f"start = {trainer.steps_done}",
            f"updates = {int(trainer.machine.clock[codes.UPDATES])}  # since the optimizer's state was last reset",
            *((f"product = {float(trainer.machine.clock[codes.PRODUCT])!r}  # of NAdam's momenta",) if nadam else ()),
            "",
            "# The samples of the mini-batches to come, as the network sees them, and which of them make up each.",
            f"X = {_tensor(x)}",
            f"Y = {_tensor(y)}",
            "batches = [",
            *(f"    {batch}," for batch in batches),
            "]",
            "expected = [",
            *(f"    {_number(loss)}," for loss in losses),
            "]",
            "",
            "# W1, b1, W2, b2, …; W of shape (units, units below).",
            f"parameters = {_tensors(dict(trainer.named_parameters))}",
            "for p in parameters:",
            "    p.requires_grad_(True)",
            "",
            "state = {}",
            state,
            "",
            "def loss_of(x, y):",
            '    """Mean over the mini-batch of the loss summed over the outputs."""',
            _indented([*forward, f"return {value} / len(x)"]),
            optimizer_lines(spec.optimizer),
            "largest = 0.0",
            "for k, rows in enumerate(batches):",
            *(("    optimizer.look_ahead()",) if ahead else ()),
            "    loss = loss_of(X[rows], Y[rows])",
            "    for p in parameters:",
            "        p.grad = None",
            "    loss.backward()",
            _indented([*_after_backward(spec), "optimizer.step()"])
            + "    largest = max(largest, abs(loss.item() - expected[k]))\n"
            + '    print(f"update {start + k + 1}: loss {loss.item()!r}, chainrule {expected[k]!r}")',
            'print(f"largest difference {largest:.1e}")',
            "",
        )
    )


def _number(value: float) -> str:
    return repr(value) if np.isfinite(value) else f'float("{value}")'
