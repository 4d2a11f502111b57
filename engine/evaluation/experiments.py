"""Experiments on clones of a run, mixed into the trainer: the run itself is left alone."""

from __future__ import annotations

from engine.diagnostics import finder, gradient_check
from engine.machine.machine import Machine


class Experiments:
    """Each has a form in slices, which a server can pause between, and one that runs to the end."""

    machine: Machine

    def rate_finder(self, low: float = finder.LOW, high: float = finder.HIGH, updates: int | None = None) -> finder.RateFinder:
        """A learning-rate range test from the present state, still to be advanced."""
        return finder.RateFinder(self.machine, low, high, updates)

    def find_rate(self, low: float = finder.LOW, high: float = finder.HIGH, updates: int | None = None) -> finder.RateTest:
        """The range test, run to its end."""
        made = self.rate_finder(low, high, updates)
        for _ in made.slices():
            pass
        return made.result

    def gradient_checker(
        self, weights: int = gradient_check.MOST_WEIGHTS, samples: int = gradient_check.MOST_SAMPLES, seed: int = 0
    ) -> gradient_check.GradientCheck:
        """A gradient check at the present parameters, still to be advanced."""
        return gradient_check.GradientCheck(self.machine, weights, samples, seed)

    def check_gradient(
        self, weights: int = gradient_check.MOST_WEIGHTS, samples: int = gradient_check.MOST_SAMPLES, seed: int = 0
    ) -> gradient_check.GradientReport:
        """The gradient check, run to its end."""
        made = self.gradient_checker(weights, samples, seed)
        for _ in made.slices():
            pass
        return made.report
