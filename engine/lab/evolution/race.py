"""The race: one network trained by backpropagation and by evolution strategies, each at its own tuned rate, counted in forward
passes over a mini-batch and timed."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from engine.array import Array
from engine.dataset import Dataset
from engine.evaluation.evaluator import Evaluator
from engine.lab.evolution.population import Population
from engine.machine.machine import Machine
from engine.machine.pieces import MADE, Pieces
from engine.spec import OptimizerSpec, RunSpec

Method = Literal["backpropagation", "evolution"]
METHODS: tuple[Method, ...] = ("backpropagation", "evolution")
PASSES = 3
"""Forward passes that a backpropagation counts as: itself one, its backward pass about two."""
RATES = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
"""Tried for both."""
POINTS = 24
DIVERGED = 1e6
"""Times the loss at the start: a run beyond that has diverged, finite or not. Evolution strategies seldom overflow: where θ is
so large that θ ± σε rounds to θ, all losses are the same and nothing moves any more."""


@dataclass(frozen=True)
class Setting:
    """What both run under, but for the rate. `budget` counts forward passes of one run."""

    spec: RunSpec
    dataset: Dataset
    pairs: int
    sigma: float
    ranked: bool
    budget: int

    def passes(self, method: Method) -> int:
        """Of one update."""
        if method == "backpropagation":
            return PASSES
        return 2 * self.pairs + ("batch" in {layer.norm for layer in self.spec.network.layers})

    def updates(self, method: Method) -> int:
        return max(1, self.budget // self.passes(method))

    def points(self, method: Method) -> NDArray[np.int64]:
        """Updates after which the train loss is looked at: 0, 1 and on by a constant factor."""
        most = self.updates(method)
        return np.unique(np.concatenate([[0], np.geomspace(1, most, POINTS).round()]).astype(np.int64))

    def at(self, rate: float, seed: int) -> RunSpec:
        optimizer = OptimizerSpec.model_validate(self.spec.optimizer.model_dump() | {"lr": rate})
        return self.spec.model_copy(update={"optimizer": optimizer, "seed": seed})


class Entry:
    """One run of one method. `losses` (n,) at the setting's points: the train loss, infinite from where it diverged on;
    `seconds` of single updates, medians of many where many were made in one call."""

    def __init__(self, setting: Setting, method: Method, rate: float, seed: int) -> None:
        self.method, self.points = method, setting.points(method)
        self.machine = Machine(setting.at(rate, seed), setting.dataset)
        self.machine.record_nothing()
        self.population = Population(self.machine, setting.pairs, setting.sigma, setting.ranked, seed)
        self.losses = np.full(len(self.points), np.inf)
        self.seconds: list[float] = []
        self._pieces = Pieces(self.machine, lambda: None)
        self._evaluator = Evaluator(self.machine)

    def going(self) -> Iterator[float]:
        """To the end of the budget; yields the share that is done."""
        for place, step in enumerate(self.points):
            while self.machine.step < step:
                if not self._on(int(step)):
                    return
                yield self.machine.step / int(self.points[-1])
            loss, _ = self._evaluator.loss_and_outputs(*self._evaluator.rows("train"))
            if not loss <= DIVERGED * self.losses[0]:
                return
            self.losses[place] = loss
        yield 1.0

    def _on(self, step: int) -> bool:
        before, begun = self.machine.step, time.perf_counter()
        if self.method == "evolution":
            fine = self.population.update()
        else:
            fine = self._pieces.updates(step - before) in MADE
        made = self.machine.step - before
        if made:
            self.seconds.append((time.perf_counter() - begun) / made)
        return fine


@dataclass
class Contest:
    """Of one method, so far: the `tried` losses at the budget's end by rate, infinite where the run diverged, the `rate`
    chosen, None where all diverged, and each seed's `losses`."""

    points: NDArray[np.int64]
    passes: int
    tried: dict[float, float] = field(default_factory=dict)
    rate: float | None = None
    losses: list[Array] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    @property
    def evaluations(self) -> Array:
        """At the points, (n,)."""
        return np.asarray(self.points * float(self.passes))

    @property
    def times(self) -> Array:
        """Seconds at the points: updates by the median time of one."""
        return np.asarray(self.points * float(np.median(self.seconds)))

    def band(self) -> tuple[Array, Array, Array]:
        """Median and quartiles over the seeds, nearest measured values, (n,) each; NaN where that diverged."""
        found = np.quantile(np.array(self.losses), (0.5, 0.25, 0.75), axis=0, method="inverted_cdf")
        median, low, high = np.where(np.isfinite(found), found, np.nan)
        return median, low, high


class Race:
    """Both methods: first every rate of `RATES` on the first seed, each with the whole budget, then the best on other seeds."""

    def __init__(self, setting: Setting, seeds: int) -> None:
        self.setting = setting
        first = setting.spec.seed
        self.tuned_on, self.seeds = first, tuple(range(first + 1, first + 1 + seeds))
        self.found = {method: Contest(setting.points(method), setting.passes(method)) for method in METHODS}

    def going(self) -> Iterator[float]:
        """Method by method to their rates, then seed by seed; yields the share that is done."""
        runs = len(METHODS) * (len(RATES) + len(self.seeds))
        done = 0
        for method, contest in self.found.items():
            for rate in RATES:
                entry = Entry(self.setting, method, rate, self.tuned_on)
                for share in entry.going():
                    yield (done + share) / runs
                contest.tried[rate] = float(entry.losses[-1])
                done += 1
            best = min(RATES, key=lambda rate: (contest.tried[rate], rate))
            contest.rate = best if np.isfinite(contest.tried[best]) else None
        for seed in self.seeds:
            for method, contest in self.found.items():
                done += 1
                if contest.rate is None:
                    continue
                entry = Entry(self.setting, method, contest.rate, seed)
                for share in entry.going():
                    yield (done - 1 + share) / runs
                contest.losses.append(entry.losses)
                contest.seconds += entry.seconds
            yield done / runs
