"""The text of the PyTorch script: tensors and autograd; torch.optim where its optimizer is ours, written out where it is
not."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from engine.export.torch_network import loss_of
from engine.export.torch_optimizers import optimizer_text, torch_optimizer
from engine.kernels import codes
from engine.optimizers.row import SAVED
from engine.optimizers.torch_form import TorchOptimizer, WrittenOut
from engine.parts import give_way, giving_way_between

if TYPE_CHECKING:
    from engine.spec import RunSpec
    from engine.trainer import Trainer


@dataclass(frozen=True)
class Ahead:
    """The mini-batches to come: `batches` are rows of x (n, d_0) and y (n, d_L), `masks` dropout's by layer, (batch, d_l),
    `rates` of their updates, and `losses` what the engine had on them."""

    x: NDArray[Any]
    y: NDArray[Any]
    batches: list[list[int]]
    masks: list[dict[int, NDArray[Any]]]
    rates: list[float]
    losses: list[float]


def _set_rate(form: TorchOptimizer) -> list[str]:
    """The schedule's rates, worked out by chainrule."""
    if isinstance(form, WrittenOut):
        return ["    optimizer.lr = rates[k]"]
    return ["    for group in optimizer.param_groups:", '        group["lr"] = rates[k]']


def _frozen(masks: dict[int, NDArray[np.bool_]]) -> list[str]:
    """Of frozen entries: which they are, by the parameter's place, and how they get their values back."""
    if not masks:
        return []
    places = ", ".join(f"{i}: {np.flatnonzero(mask).tolist()}" for i, mask in masks.items())
    return [
        "# Frozen entries of the parameters, counted row by row: they keep their values.",
        f"frozen = {{{places}}}",
        "masks_of = {i: torch.zeros(parameters[i].numel(), dtype=torch.bool) for i in frozen}",
        "for i, places in frozen.items():",
        "    masks_of[i][places] = True",
        "frozen = {i: mask.view_as(parameters[i]) for i, mask in masks_of.items()}",
        "values = {i: parameters[i].detach()[mask].clone() for i, mask in frozen.items()}",
        "",
        "",
        "def put_back():",
        '    """What a decay, the rest of a momentum or a look-ahead did to frozen entries."""',
        "    with torch.no_grad():",
        "        for i, mask in frozen.items():",
        "            parameters[i][mask] = values[i]",
        "",
        "",
    ]


def _after_backward(spec: RunSpec, biases: list[int], frozen: bool) -> list[str]:
    """Penalties, then what is held or frozen, then clipping, on the gradients. `biases`: their places among the parameters."""
    lines = []
    l1, l2 = spec.regularization.l1, spec.regularization.l2
    if l1 or l2:
        lines += [
            "with torch.no_grad():  # penalties on weights, never on biases",
            "    for W in parameters:",
            "        if W.dim() == 2:",
            f"            W.grad += {l2!r} * W + {l1!r} * torch.sign(W)",
        ]
    if not spec.network.train_bias:
        lines += [
            f"held = {{i: parameters[i].detach().clone() for i in {biases!r}}}  # biases stay as they are",
            "for i in held:",
            "    parameters[i].grad.zero_()",
        ]
    if frozen:
        lines += ["for i, mask in frozen.items():  # a gradient that is not followed", "    parameters[i].grad[mask] = 0"]
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


def _put_back(spec: RunSpec, frozen: bool) -> list[str]:
    """Held biases and frozen entries, which a decay would have moved."""
    back = ["put_back()"] if frozen else []
    if spec.network.train_bias:
        return back
    return [*back, "with torch.no_grad():", "    for i, bias in held.items():", "        parameters[i].copy_(bias)"]


def _tensor(values: NDArray[Any]) -> str:
    """A tensor's literal: the shortest decimals that are the same doubles."""
    rows = ",\n    ".join(str(row) for row in giving_way_between(values.tolist(), 16))
    return f"tensor([\n    {rows},\n])" if values.size else f"torch.zeros({values.shape}, dtype=torch.float64)"


def _tensors(named: dict[str, NDArray[Any]]) -> str:
    tensors = (f"    # {name}\n    {_tensor(values)},\n" for name, values in named.items())
    return "".join(giving_way_between(("[\n", *giving_way_between(tensors, 1), "]"), 1))


def _indented(lines: list[str]) -> str:
    return "".join(f"    {line}\n" for line in lines)


def script(trainer: Trainer, ahead: Ahead) -> str:
    """The whole file, for the mini-batches that come next. LookupError: there is no such form, and why."""
    spec, tape, rule = trainer.effective_spec, trainer.tape, trainer.effective_spec.optimizer
    biases = [i for i, slot in enumerate(tape.slots) if slot.kind == "bias"]
    kept = {name: tensors for name, tensors in trainer.optimizer_state.items() if name != SAVED}
    state = "".join(giving_way_between((f'state["{name}"] = {_tensors(tensors)}\n' for name, tensors in kept.items()), 1))
    masks = trainer.frozen
    frozen = {i: masks[slot.name] for i, slot in enumerate(tape.slots) if slot.name in masks}
    give_way()
    form, moving = torch_optimizer(rule), set(ahead.rates) != {rule.lr}
    optimizer = optimizer_text(rule, form)
    product = re.search(r"\bproduct\b", optimizer) is not None
    shape = "-".join(str(size) for size in tape.sizes)
    return "\n".join(
        (
            f'"""A network of chainrule, {shape}, taken along after update {trainer.steps_done}.',
            "",
            f"Makes the next {len(ahead.batches)} updates in PyTorch, with {rule.name} ({rule.dialect}), and prints the data",
            "loss of each mini-batch before its update, beside chainrule's. Needs torch and nothing else.",
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
            *((f"product = {float(trainer.machine.clock[codes.PRODUCT])!r}  # of NAdam's momenta",) if product else ()),
            "",
            "# The samples of the mini-batches to come, as the network sees them, and which of them make up each.",
            f"X = {_tensor(ahead.x)}",
            f"Y = {_tensor(ahead.y)}",
            "batches = [",
            *(f"    {batch}," for batch in ahead.batches),
            "]",
            *(("rates = [", *(f"    {rate!r}," for rate in ahead.rates), "]") if moving else ()),
            "expected = [",
            *(f"    {_number(loss)}," for loss in ahead.losses),
            "]",
            "# Dropout's masks of each mini-batch, by layer.",
            "masks = [",
            *(f"    {{{', '.join(f'{layer}: {_tensor(mask)}' for layer, mask in masks.items())}}}," for masks in ahead.masks),
            "]",
            "",
            "# W1, b1, …, layer by layer; W of shape (units, units below).",
            f"parameters = {_tensors(dict(trainer.named_parameters))}",
            "for p in parameters:",
            "    p.requires_grad_(True)",
            "",
            "state = {}",
            state,
            "",
            "def loss_of(x, y, masks):",
            '    """Mean over the mini-batch of the loss summed over the outputs."""',
            _indented(loss_of(spec, tape)),
            optimizer,
            *_frozen(frozen),
            "largest = 0.0",
            "for k, rows in enumerate(batches):",
            *(_set_rate(form) if moving else ()),
            *(("    optimizer.look_ahead()", *(("    put_back()",) if frozen else ())) if form.looks_ahead else ()),
            "    loss = loss_of(X[rows], Y[rows], masks[k])",
            "    for p in parameters:",
            "        p.grad = None",
            "    loss.backward()",
            _indented([*_after_backward(spec, biases, bool(frozen)), "optimizer.step()", *_put_back(spec, bool(frozen))])
            + "    largest = max(largest, abs(loss.item() - expected[k]))\n"
            + '    print(f"update {start + k + 1}: loss {loss.item()!r}, chainrule {expected[k]!r}")',
            'print(f"largest difference {largest:.1e}")',
            "",
        )
    )


def _number(value: float) -> str:
    return repr(value) if np.isfinite(value) else f'float("{value}")'
