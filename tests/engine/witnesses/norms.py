"""The independent formula of each norm: one entry a row. Imports nothing from `engine`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

EPS = 1e-5  # added to the variance, under the root


@dataclass(frozen=True)
class Witness:
    """`axis`: what mean and variance of z (units, samples) are taken over, 1 the samples of a unit, 0 the units of a sample;
    `running`: whether inference uses statistics of training."""

    axis: int
    running: bool = False

    def statistics(self, z):
        """Mean and biased variance, with the axis they were taken over."""
        mean = z.mean(axis=self.axis, keepdims=True)
        return mean, ((z - mean) ** 2).mean(axis=self.axis, keepdims=True)

    def value(self, z, gamma, beta):
        """γ x̂ + β; γ and β (units,)."""
        mean, variance = self.statistics(z)
        return gamma[:, None] * (z - mean) / np.sqrt(variance + EPS) + beta[:, None]


NORMS = {"batch": Witness(axis=1, running=True), "layer": Witness(axis=0)}
