"""Losses of PyTorch: a row for each, with what it asks of the last layer, and how large it is beside this engine's."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.array import Array
from engine.importing import samples
from engine.importing.imported import UnsupportedError
from engine.rows.activations import ACTIVATIONS
from engine.rows.losses import LOSSES

LOGITS = "identity"


@dataclass(frozen=True)
class LossRow:
    """`name` is the class in torch.nn, `function` that of torch.nn.functional; `loss` is ours. Of what stands
    behind the last Linear `ends` says which output it becomes here. It averages over outputs where `averages`: ours sums over
    them; `half`: ours has a half before it."""

    name: str
    function: str
    loss: str
    ends: Mapping[str, str]
    averages: bool = False
    half: bool = False
    hint: str = ""
    demands: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)

    def scale(self, outputs: int) -> float:
        """How many times its gradient ours is."""
        return (outputs if self.averages else 1) * (0.5 if self.half else 1.0)


UNWEIGHTED: dict[str, tuple[Any, ...]] = {"weight": (None,), "reduction": ("mean",)}
EVERY = {name: name for name, row in ACTIVATIONS.items() if row.output}
ROWS = {
    row.name: row
    for row in (
        LossRow("MSELoss", "mse_loss", "mse", EVERY, averages=True, half=True, demands={"reduction": ("mean",)}),
        LossRow(
            "BCELoss",
            "binary_cross_entropy",
            "bce",
            {"sigmoid": "sigmoid", "softmax": "softmax"},
            averages=True,
            hint="it takes probabilities: BCEWithLogitsLoss takes what a Linear gives",
            demands=UNWEIGHTED,
        ),
        LossRow(
            "BCEWithLogitsLoss",
            "binary_cross_entropy_with_logits",
            "bce",
            {LOGITS: "sigmoid"},
            averages=True,
            hint="it takes the sigmoid itself: before it there is none",
            demands=UNWEIGHTED | {"pos_weight": (None,)},
        ),
        LossRow(
            "CrossEntropyLoss",
            "cross_entropy",
            "cross_entropy",
            {LOGITS: "softmax"},
            hint="it takes the softmax itself: before it there is none",
            demands=UNWEIGHTED | {"label_smoothing": (0.0,), "ignore_index": (-100,)},
        ),
        LossRow(
            "NLLLoss",
            "nll_loss",
            "cross_entropy",
            {"log_softmax": "softmax"},
            hint="it takes the logarithms of probabilities: LogSoftmax stands before it",
            demands=UNWEIGHTED | {"ignore_index": (-100,)},
        ),
    )
}
OWN = {
    "mse": EVERY,
    "bce": {"sigmoid": "sigmoid", "softmax": "softmax", LOGITS: "sigmoid"},
    "cross_entropy": {"softmax": "softmax", "sigmoid": "sigmoid", "log_softmax": "softmax", LOGITS: "softmax"},
}
"""By this engine's names what stands at the end and the output that it becomes; logits become the loss's own output."""


@dataclass(frozen=True)
class Objective:
    """Output and loss by this engine's names, data as a spec has them, and how many times PyTorch's gradient ours is."""

    output: str
    loss: str
    data: dict[str, Any]
    scale: float = 1.0
    notes: tuple[str, ...] = ()


def objective_of(loss: Any, end: str, outputs: int, x: Array, y: Any) -> Objective:
    """What is minimized. `end` is what stands behind the last Linear; `loss` a module or function of PyTorch's losses, a
    name of this engine's, or None: what fits targets and end."""
    if loss is None or isinstance(loss, str):
        name = _fitting(end, outputs, y) if loss in (None, "auto") else loss
        if name not in LOSSES:
            raise UnsupportedError("loss", f"'{name}' is no loss", ", ".join(LOSSES))
        output = _ending(name, OWN[name], end, "")
        return Objective(output, name, _data(name, output, outputs, x, y), notes=_told(name, end, output))
    row = _row(loss)
    for attribute, allowed in row.demands.items():
        value = getattr(loss, attribute, allowed[0])
        if not any(value is each or (each is not None and value == each) for each in allowed):
            words = "a tensor" if hasattr(value, "detach") else repr(value)
            raise UnsupportedError("loss", f"{row.name}({attribute}={words})", f"{attribute}={allowed[0]!r}")
    output = _ending(row.name, row.ends, end, row.hint)
    scale = row.scale(outputs)
    notes: tuple[str, ...] = ()
    if scale != 1.0:
        notes = (
            f"{row.name} is {1 / scale:.4g} times this engine's {LOSSES[row.loss].title}, which is summed over outputs"
            f"{' and halved' if row.half else ''}: gradients are {scale:.4g} times PyTorch's, and rate, ε and state are scaled"
            " so that each update is the same.",
        )
    return Objective(output, row.loss, _data(row.loss, output, outputs, x, y), scale, notes)


def _row(loss: Any) -> LossRow:
    own = ROWS.get(type(loss).__name__) if type(loss).__module__.startswith("torch.nn.modules.") else None
    functional = getattr(sys.modules.get("torch.nn"), "functional", None)
    called = next((row for row in ROWS.values() if loss is getattr(functional, row.function, sys)), None)
    row = own or called
    if row is None:
        name = getattr(loss, "__name__", type(loss).__name__)
        raise UnsupportedError("loss", name, f"{', '.join(ROWS)}, or '{', '.join(LOSSES)}'")
    return row


def _ending(name: str, ends: Mapping[str, str], end: str, hint: str) -> str:
    if end not in ends:
        words = "nothing" if end == LOGITS else end
        allowed = ", ".join("nothing" if each == LOGITS else each for each in ends)
        raise UnsupportedError("loss", f"{name} after {words}{f' ({hint})' if hint else ''}", f"at the end {allowed}")
    return ends[end]


def _fitting(end: str, outputs: int, y: Any) -> str:
    """Of this engine's losses the one for these targets."""
    if end == "log_softmax":
        return "cross_entropy"
    if samples.looks_like_classes(y) and (outputs > 1 or end in (LOGITS, "sigmoid")):
        return "cross_entropy" if outputs > 1 and end != "sigmoid" else "bce"
    return "mse"


def _data(loss: str, output: str, outputs: int, x: Array, y: Any) -> dict[str, Any]:
    """Classes where the loss is of classes, or targets say so, and outputs are as many; else values."""
    rows = len(x)
    if loss == "cross_entropy":
        if outputs < 2:
            raise UnsupportedError("loss", "cross-entropy of one output", "an output for each class, or BCEWithLogitsLoss")
        return samples.classification(x, samples.classes_of(y, rows, outputs), [str(each) for each in range(outputs)])
    values = samples.values_of(y, rows, outputs)
    if loss == "bce" and outputs == 1 and ((values == 0) | (values == 1)).all():
        return samples.classification(x, values[:, 0].astype(int), ["0", "1"])
    if loss == "bce" and not ((values >= 0) & (values <= 1)).all():
        raise UnsupportedError("y", f"targets from {values.min():g} to {values.max():g}", "0 to 1")
    return samples.regression(x, values)


def _told(name: str, end: str, output: str) -> tuple[str, ...]:
    if end == output or end == "log_softmax":
        return ()
    return (f"The network ends in a Linear: the loss, {LOSSES[name].title}, takes its outputs through {output}.",)
