"""The listing of an update: walk its micro-steps, write each as its library writes it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from engine.microscope.code import numpy_backward, numpy_forward, numpy_update
from engine.microscope.code.numpy_forward import Written
from engine.microscope.code.statements import Line, line_of, plain
from engine.microscope.code.subject import Subject
from engine.microscope.code.torch_lines import torch_lines
from engine.microscope.steps import Step

if TYPE_CHECKING:
    from engine.microscope.update_view import Update
    from engine.trainer import Trainer

NUMPY: dict[str, Callable[[Subject, Step], Written]] = {
    "mini-batch": numpy_forward.mini_batch,
    "augmentation": numpy_forward.augmentation,
    "rate": numpy_update.rate,
    "look ahead": numpy_update.look_ahead,
    "affine": numpy_forward.affine,
    "norm statistics": numpy_forward.norm_statistics,
    "norm": numpy_forward.norm,
    "norm scale": numpy_forward.norm_scale,
    "activation": numpy_forward.activation,
    "dropout": numpy_forward.dropout,
    "skip": numpy_forward.skip,
    "losses": numpy_forward.losses,
    "mean loss": numpy_forward.mean_loss,
    "output delta": numpy_backward.output_delta,
    "sample gradients": numpy_backward.sample_gradients,
    "mean gradient": numpy_backward.mean_gradient,
    "back product": numpy_backward.back_product,
    "back along skip": numpy_backward.back_skip,
    "back through dropout": numpy_backward.back_dropout,
    "back through activation": numpy_backward.delta,
    "delta": numpy_backward.delta,
    "penalty": numpy_backward.penalty,
    "hold": numpy_update.hold,
    "clip": numpy_update.clip,
    "running statistics": numpy_update.running_statistics,
    "update": numpy_update.update,
}
"""Kinds of micro-steps, with how each is written."""
DEFINED = re.compile(r"(?:^def |import )(\w+)")


@dataclass(frozen=True)
class Listing:
    """An update as code. It is the same for every update that is made alike: of numbers it has hyperparameters alone."""

    numpy: tuple[Line, ...]
    torch: tuple[Line, ...]

    def as_json(self) -> dict[str, Any]:
        return {"numpy": [line.as_json() for line in self.numpy], "torch": [line.as_json() for line in self.torch]}


def listing(trainer: Trainer, update: Update) -> Listing:
    """The listing of the run's next update."""
    subject = Subject(update.steps, trainer.effective_spec, trainer.tape)
    return Listing(tuple(_numpy(subject)), tuple(torch_lines(subject)))


def likeness(trainer: Trainer, update: Update) -> tuple[Any, ...]:
    """What a listing goes by, quickly told: updates that agree in it have the same one."""
    subject = Subject(update.steps, trainer.effective_spec, trainer.tape)
    named = [
        (step.kind, step.layer, *(value.name for value in step.operands), "", *(value.name for value in step.results))
        for step in update.steps
    ]
    return subject.spec, named, [subject.frozen(slot) for slot in trainer.tape.slots]


def _numpy(s: Subject) -> list[Line]:
    body: list[Line] = []
    for phase, steps in groupby(s.steps, key=lambda step: step.phase):
        body += [*plain(f"\n# {phase}"), *(line for step in steps for line in _lines(s, step))]
    return [*plain("import numpy as np"), *_helpers(s, body), *body]


def _lines(s: Subject, step: Step) -> Iterable[Line]:
    return (line_of(statement, (step,)) for statement in NUMPY[step.kind](s, step))


def _helpers(s: Subject, body: Iterable[Line]) -> list[Line]:
    """What rows define for their forms, as far as it is used."""
    text = "\n".join(line.text for line in body)
    rows = [*(s.activation(layer).numpy for layer in range(1, s.last + 1)), s.loss.numpy]
    form = s.spec.optimizer.form
    defined = [helper for row in (*rows, form.numpy) if row is not None for helper in row.helpers]
    found: list[Line] = []
    for helper in dict.fromkeys(defined):
        name = DEFINED.search(helper)
        if name and re.search(rf"\b{name[1]}\(", text):
            found += [*plain(""), *plain(helper)] if helper.startswith("def ") else plain(helper)
    return found
