"""From the samples of a mini-batch to what one parameter follows: each sample's gradient, their mean, penalty, clip."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.array import Array
from engine.machine.trace import MicroStep
from engine.microscope.expressions.expression import plain
from engine.microscope.update_view import Update

MOST = 10


@dataclass(frozen=True)
class SampleChain:
    """Entry `index` of parameter `name`. `gradients` (B,): each sample's own, `samples` its training rows (0-based). `mean`,
    `with_penalty` and `clipped` are the run's own numbers; `penalty` what that added; `scale` what clipping multiplied by (the
    `clipped` of a held bias is 0, but no clipping made it so: 1). `largest`: columns by the size of their gradient, `shares`
    their parts of Σ|gradient|."""

    name: str
    index: tuple[int, ...]
    samples: tuple[int, ...]
    gradients: Array
    mean: float
    penalty: float
    with_penalty: float
    clipped: float
    scale: float
    largest: tuple[int, ...]
    shares: tuple[float, ...]

    def as_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "index": list(self.index),
            "samples": list(self.samples),
            "gradients": [plain(value) for value in self.gradients],
            "mean": plain(self.mean),
            "penalty": plain(self.penalty),
            "with_penalty": plain(self.with_penalty),
            "clipped": plain(self.clipped),
            "scale": plain(self.scale),
            "largest": list(self.largest),
            "shares": [plain(value) for value in self.shares],
        }


def sample_chain(update: Update, name: str, index: tuple[int, ...]) -> SampleChain:
    """The chain of one parameter entry. A ValueError says why there is none: batch norm, or no such entry."""
    if update.coupled:
        raise ValueError(
            "name: under batch norm every sample's loss depends on all samples of the mini-batch, so that no sample has a "
            "gradient of its own; allowed: networks without batch norm"
        )
    steps = update.trace.steps
    made = next((step for step in steps if step.phase == "backward" and f"d{name}" in step.results), None)
    if made is None:
        known = [key[1:] for step in steps if step.op.startswith("gradient") for key in step.results]
        raise ValueError(f"name: no parameter '{name}'; allowed: {', '.join(known)}")
    mean_tensor = made.results[f"d{name}"]
    if len(index) != mean_tensor.ndim or not all(0 <= i < size for i, size in zip(index, mean_tensor.shape, strict=True)):
        raise ValueError(f"index: {list(index)} is outside {name}; allowed: within {list(mean_tensor.shape)}")
    gradients = _gradients(made, name, index)
    later = [step for step in steps if step.index > made.index and f"d{name}" in step.results]
    penalized = next((step.results[f"d{name}"] for step in later if step.op.startswith("penalty")), mean_tensor)
    clipping = next((step for step in later if step.op == "clip"), None)
    before = float(clipping.operands[f"d{name}"][index]) if clipping else 0.0
    after = float(later[-1].results[f"d{name}"][index]) if later else float(penalized[index])
    sizes = np.abs(gradients)
    order = np.argsort(-sizes, kind="stable")[:MOST]
    whole = float(sizes.sum())
    return SampleChain(
        name=name,
        index=index,
        samples=update.samples,
        gradients=gradients,
        mean=float(mean_tensor[index]),
        penalty=float(penalized[index] - mean_tensor[index]),
        with_penalty=float(penalized[index]),
        clipped=after,
        scale=after / before if before else 1.0,
        largest=tuple(int(column) for column in order),
        shares=tuple(float(sizes[column] / whole) if whole else 0.0 for column in order),
    )


def _gradients(step: MicroStep, name: str, index: tuple[int, ...]) -> Array:
    """Each sample's own, from the op's operands: δ times source, or what stands for it."""
    kind = name.rstrip("0123456789")
    operands = list(step.operands.values())
    delta = operands[0][index[0]]
    if kind in ("W", "P"):
        return np.asarray(delta * operands[1][index[1]])
    if kind == "alpha":
        return np.asarray(delta * np.minimum(0.0, operands[1][index[0]]))
    if kind == "gamma":
        return np.asarray(delta * operands[1][index[0]])
    return np.asarray(delta)
