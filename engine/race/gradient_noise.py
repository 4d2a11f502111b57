"""The noise of a mini-batch's gradient: per-sample gradients in the plane of two weights, a mini-batch's mean, the full
gradient."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.array import Array
from engine.evaluation.evaluator import Evaluator
from engine.kernels import codes
from engine.landscape.slices import Landscape
from engine.machine.tape import Tape
from engine.parts import Parts
from engine.randomness import generator

SOME = 128
"""Samples between two looks at whether they are still wanted."""


@dataclass(frozen=True)
class GradientNoise:
    """Gradients of the data term along two weights, at the present parameters, dropout off: of each train sample (n, 2), whose
    mean is `full` (2,). `weights` are the two weights' indices in θ."""

    weights: tuple[int, int]
    samples: Array
    full: Array

    @property
    def covariance(self) -> Array:
        """Of one sample's arrow, (2, 2), over the training set."""
        off = self.samples - self.full
        return off.T @ off / len(self.samples)

    def draw(self, batch_size: int, number: int, seed: int = 0) -> NDArray[np.int64]:
        """The samples of the `number`-th mini-batch drawn for display, without replacement; not the run's own batches."""
        count = len(self.samples)
        if not 1 <= batch_size <= count:
            raise ValueError(f"batch_size: {batch_size} given; allowed: 1 to {count}")
        return np.sort(generator(seed, "compass", number).choice(count, batch_size, replace=False))

    def mean(self, rows: NDArray[np.int64]) -> Array:
        """The arrow of a mini-batch, (2,)."""
        found: Array = self.samples[rows].mean(axis=0)
        return found

    def spread(self, batch_size: int) -> float:
        """Root mean square distance of a mini-batch's arrow from the full gradient, over all mini-batches of that size:
        σ √((N − B) / (B (N − 1))), drawn without replacement."""
        count = len(self.samples)
        if not 1 <= batch_size <= count:
            raise ValueError(f"batch_size: {batch_size} given; allowed: 1 to {count}")
        if count == 1:
            return 0.0
        return float(np.sqrt(np.trace(self.covariance) * (count - batch_size) / (batch_size * (count - 1))))


def _check(tape: Tape, first: int, second: int) -> None:
    if tape.coupled:
        raise ValueError("network: under batch norm a sample has no gradient of its own; allowed: networks without it")
    if first == second or not (0 <= first < tape.parameter_count and 0 <= second < tape.parameter_count):
        raise ValueError(
            f"weights: {first} and {second} given; allowed: two different places from 0 to {tape.parameter_count - 1}"
        )


def gradient_noise_in_parts(landscape: Landscape, theta: Array, first: int, second: int) -> Parts[GradientNoise]:
    """`gradient_noise` at any parameters `theta` (P,), some samples at a time: the run they are of may go on meanwhile."""
    _check(landscape.tape, first, second)
    count = len(landscape.x)
    samples = np.empty((count, 2))
    for start in range(0, count, SOME):
        end = min(count, start + SOME)
        samples[start:end] = landscape.sample_gradients(theta, (first, second), start, end)
        yield end / count
    return GradientNoise((first, second), samples, samples.mean(axis=0))


def gradient_noise(evaluator: Evaluator, first: int, second: int) -> GradientNoise:
    """Per-sample gradients along two weights. Refused under batch norm, where a sample has no gradient of its own."""
    _check(evaluator.tape, first, second)
    x, y = evaluator.rows("train")
    samples = np.empty((len(x), 2))
    for row in range(len(x)):
        for _ in evaluator.passes("gradient_ops", x[row : row + 1], y[row : row + 1], codes.STATISTICS):
            samples[row] = evaluator.grad[[first, second]]
    return GradientNoise((first, second), samples, samples.mean(axis=0))
