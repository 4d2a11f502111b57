"""The independent formula of each loss, and its derivative by the output: one entry a row. Imports nothing from `engine`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from witnesses.activations import OUTPUTS, activate


@dataclass(frozen=True)
class Sample:
    """One sample's last pre-activations z, targets y (units,) and output activation."""

    output: str
    z: np.ndarray
    y: np.ndarray

    @property
    def answer(self):
        """ŷ"""
        return activate(self.output, self.z)

    @property
    def logs(self):
        """ln ŷ and ln(1 − ŷ) from the logits, without ever forming 1 − ŷ."""
        return LOGS[self.output](self.z)


def log_softmax(z):
    total = np.logaddexp.reduce(z)
    others = np.array([np.logaddexp.reduce(np.delete(z, k)) if z.size > 1 else -np.inf for k in range(z.size)])
    return z - total, others - total


LOGS = {"sigmoid": lambda z: (-np.logaddexp(0.0, -z), -np.logaddexp(0.0, z)), "softmax": log_softmax}


def times(target, log):
    """target · log, where 0 · log 0 counts as 0."""
    return np.where(target == 0.0, 0.0, target * np.where(target == 0.0, 0.0, log))


@dataclass(frozen=True)
class Witness:
    """`each`: what every output adds to ℓ; `slope`: ∂ℓ/∂ŷ, (units,) both. With the output `matched` δ is ŷ − y."""

    each: Callable[[Sample], np.ndarray]
    slope: Callable[[Sample], np.ndarray]
    matched: str
    outputs: tuple[str, ...]
    for_each_class: bool = False
    """Two classes want two outputs."""


LOSSES = {
    "mse": Witness(
        lambda s: 0.5 * (s.answer - s.y) ** 2,
        lambda s: s.answer - s.y,
        matched="identity",
        outputs=OUTPUTS,
    ),
    "bce": Witness(
        lambda s: -times(s.y, s.logs[0]) - times(1.0 - s.y, s.logs[1]),
        lambda s: -s.y * np.exp(-s.logs[0]) + (1.0 - s.y) * np.exp(-s.logs[1]),
        matched="sigmoid",
        outputs=("sigmoid", "softmax"),
    ),
    "cross_entropy": Witness(
        lambda s: -times(s.y, s.logs[0]),
        lambda s: -s.y * np.exp(-s.logs[0]),
        matched="softmax",
        outputs=("softmax", "sigmoid"),
        for_each_class=True,
    ),
}
PAIRS = tuple((loss, output) for loss, row in LOSSES.items() for output in row.outputs)
