"""An update in PyTorch: the forward pass line by line, the gradients by autograd, the update by an optimizer. A sample is a row
there, as is PyTorch's custom; the forms of activations, norms, losses and optimizers are their rows'."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import groupby

from engine.export.torch_network import torch_loss
from engine.export.torch_optimizers import optimizer_text, torch_optimizer
from engine.kernels.ops.norms import MOMENTUM
from engine.microscope.code.numpy_backward import penalties
from engine.microscope.code.numpy_forward import Written, augmentation
from engine.microscope.code.numpy_update import CLIP_EPS, rate_of
from engine.microscope.code.statements import Line, Statement, line_of, plain
from engine.microscope.code.subject import Subject
from engine.microscope.steps import Step
from engine.optimizers.torch_form import WrittenOut
from engine.rows.norms import NORMS

TOGETHER = {
    **dict.fromkeys(("norm statistics", "norm", "norm scale"), "norm"),
    **dict.fromkeys(("losses", "mean loss"), "loss"),
    **dict.fromkeys(
        (
            *("output delta", "sample gradients", "mean gradient", "back product", "back along skip"),
            *("back through dropout", "back through activation", "delta"),
        ),
        "backward",
    ),
}
"""Kinds of micro-steps that PyTorch makes in one, with what that is."""


def torch_lines(s: Subject) -> list[Line]:
    """Blocks of micro-steps that PyTorch makes in one, in the order of the run."""
    rate = next((step for step in s.steps if step.kind == "rate"), None)
    lines = [*plain("import torch\n\n# in PyTorch a sample is a row"), *_optimizer(s, [rate] if rate else [])]
    phase = ""
    for (together, _), group in groupby(s.steps, key=_block):
        steps = list(group)
        if steps[0].phase != phase:
            phase = steps[0].phase
            lines += plain(f"\n# {phase}")
        if together == "backward":
            lines += _backward(s, steps)
        else:
            lines += [line_of(statement, steps) for statement in WRITERS[together](s, steps)]
    return lines


def _block(step: Step) -> tuple[str, int]:
    """What a micro-step is a part of: micro-steps one behind the other that have it in common are made in one."""
    found = TOGETHER.get(step.kind, step.kind)
    return found, -1 if found in ("norm", "loss", "backward", "update") else step.index


# The optimizer ------------------------------------------------------------------------------------------------------------


def _optimizer(s: Subject, steps: list[Step]) -> Iterator[Line]:
    names = [slot.name for slot in s.trained]
    yield line_of(f"parameters = [{', '.join(names)}]", ())
    for slot in s.trained:
        if s.frozen(slot):
            yield line_of(f"value_{slot.name} = {slot.name}.detach().clone()[frozen_{slot.name}]  # frozen entries", ())
    try:
        text = optimizer_text(s.spec.optimizer, torch_optimizer(s.spec.optimizer))
    except LookupError as why:
        text = f"optimizer = {s.spec.optimizer.name}(parameters)  # {why}"
    if re.search(r"(?<![\w.])tensor\(", text):
        yield from plain("def tensor(value):\n    return torch.tensor(value, dtype=torch.float64)")
    for line in text.strip("\n").split("\n"):
        yield line_of(line, steps if line.startswith("optimizer = ") else ())


def _written_out(s: Subject) -> WrittenOut | None:
    try:
        form = torch_optimizer(s.spec.optimizer)
    except LookupError:
        return None
    return form if isinstance(form, WrittenOut) else None


def rate(s: Subject, steps: list[Step]) -> Written:
    moving = rate_of(s)
    if not moving.startswith("schedule"):
        return []
    if _written_out(s):
        return [f"optimizer.lr = {moving}"]
    return ["for group in optimizer.param_groups:", f'    group["lr"] = {moving}']


def look_ahead(s: Subject, steps: list[Step]) -> Written:
    return ["optimizer.look_ahead()", *_put_back(s)]


def _put_back(s: Subject) -> Written:
    frozen = [slot.name for slot in s.trained if s.frozen(slot)]
    back: Written = [f"    {name}[frozen_{name}] = value_{name}  # they stay" for name in frozen]
    return ["with torch.no_grad():", *back] if frozen else []


# Forward and loss -----------------------------------------------------------------------------------------------------------


def mini_batch(s: Subject, steps: list[Step]) -> Written:
    return ["h0, y = X[batch], Y[batch]  # batch: the samples of this update", "B = len(h0)"]


def affine(s: Subject, steps: list[Step]) -> Written:
    w, h, b = (value.name for value in steps[0].operands)
    return [f"{steps[0].results[0].name} = {h} @ {w}.T + {b}"]


def norm(s: Subject, steps: list[Step]) -> Written:
    layer = steps[0].layer
    name = s.tape.norms[layer - 1] or ""
    return [f"u{layer} = {NORMS[name].torch.format(u=f'z{layer}', layer=layer)}"]


def activation(s: Subject, steps: list[Step]) -> Written:
    step = steps[0]
    z, out = step.operands[0].name, step.results[0].name
    row = s.activation(step.layer)
    form = row.torch_in(s.spec.numerics, z, step.layer)
    return [f"{out} = {form or f'{row.name}({z})'}"]


def dropout(s: Subject, steps: list[Step]) -> Written:
    (mask, a), out = (value.name for value in steps[0].operands), steps[0].results[0].name
    return [f"{out} = {mask} * {a}  # {mask}: drawn anew"]


def skip(s: Subject, steps: list[Step]) -> Written:
    own, source, *matrix = (value.name for value in steps[0].operands)
    return [f"{steps[0].results[0].name} = {own} + {source}{f' @ {matrix[0]}.T' if matrix else ''}"]


def loss(s: Subject, steps: list[Step]) -> Written:
    return [f"loss = {torch_loss(s.spec, s.tape, f'z{s.last}', f'h{s.last}')} / B"]


# Backward and update --------------------------------------------------------------------------------------------------------


def _backward(s: Subject, steps: list[Step]) -> Iterator[Line]:
    """All at once; then what each gradient is called there."""
    others = [slot.name for slot in s.tape.slots if slot not in s.trained]
    yield from plain("for p in parameters:\n    p.grad = None")
    if others:
        yield line_of(" = ".join(f"{name}.grad" for name in others) + " = None", ())
    yield line_of("loss.backward()", steps)
    for step in steps:
        if step.kind == "mean gradient":
            name = step.results[0].name
            yield line_of(f"{name} = {name[1:]}.grad", (step,))


def penalty(s: Subject, steps: list[Step]) -> Written:
    weights = steps[0].operands[1].name
    return [Statement(f"{weights}.grad += {penalties(s, f'{weights}.detach()', 'torch').removeprefix(' + ')}")]


def hold(s: Subject, steps: list[Step]) -> Written:
    name = steps[0].results[0].name.removeprefix("d")
    slot = next(slot for slot in s.tape.slots if slot.name == name)
    if slot not in s.trained:
        return [f"{name}.grad.zero_()  # held: not among the parameters that the optimizer moves"]
    return [f"{name}.grad[frozen_{name}] = 0  # frozen entries: their gradient is not followed"]


def clip(s: Subject, steps: list[Step]) -> Written:
    limit, most = s.spec.clip.norm, s.spec.clip.value
    found: Written = []
    if limit is not None and s.spec.optimizer.dialect == "pytorch":
        found.append(f"norm = torch.nn.utils.clip_grad_norm_(parameters, {limit!r})  # it divides by norm + {CLIP_EPS!r}")
    elif limit is not None:
        found += [
            "norm = torch.sqrt(sum((p.grad**2).sum() for p in parameters))",
            "for p in parameters:",
            f"    p.grad *= min(1, {limit!r} / norm)",
        ]
    return found if most is None else [*found, f"torch.nn.utils.clip_grad_value_(parameters, {most!r})"]


def running_statistics(s: Subject, steps: list[Step]) -> Written:
    run_mean, run_var = (value.name for value in steps[0].results)
    z = f"z{steps[0].layer}.detach()"
    return [
        f"{run_mean} = {run_mean} + {MOMENTUM!r} * ({z}.mean(dim=0) - {run_mean})",
        f"{run_var} = {run_var} + {MOMENTUM!r} * ({z}.var(dim=0) - {run_var})",
    ]


def update(s: Subject, steps: list[Step]) -> Written:
    return ["optimizer.step()", *_put_back(s)]


WRITERS: dict[str, Callable[[Subject, list[Step]], Written]] = {
    "mini-batch": mini_batch,
    "augmentation": lambda s, steps: augmentation(s, steps[0]),
    "rate": rate,
    "look ahead": look_ahead,
    "affine": affine,
    "norm": norm,
    "activation": activation,
    "dropout": dropout,
    "skip": skip,
    "loss": loss,
    "penalty": penalty,
    "hold": hold,
    "clip": clip,
    "running statistics": running_statistics,
    "update": update,
}
"""Kinds of micro-steps, or what they are together, with how they are written."""
