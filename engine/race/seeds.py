"""One race over many seeds: what luck explains and what the optimizer does. Networks: other starts and batches on the same
data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.array import Array
from engine.kernels import codes
from engine.machine.work import heavy
from engine.parts import Pace, give_way
from engine.pool import side_by_side
from engine.race.on_network import spec_of
from engine.race.spec import LaneSpec, check_count
from engine.spec import FrozenTensor, RunSpec
from engine.trainer import Trainer

MOST_SEEDS = 64
POINTS = 101
SECONDS = 0.01
"""About so long some runs go on between two looks at whether they are still wanted."""
AT_ONCE = 32
"""Runs that one slice moves from one point to the next: few enough to be stopped soon, enough to share out evenly."""


@dataclass(frozen=True)
class Band:
    """Of one lane over its seeds, at `steps` (n,): median and quartiles of the train loss, each (n,). A run that diverged
    counts as infinitely high."""

    median: Array
    low: Array
    high: Array


class SeedRace:
    """Lanes × seeds, every pair a run of its own, sharing data, and per seed start and batches. `losses` (lanes, seeds, n)
    is NaN where nothing was run yet, infinite where the run diverged."""

    def __init__(
        self,
        run: RunSpec | Mapping[str, Any],
        lanes: Sequence[LaneSpec | Mapping[str, Any]],
        seeds: int | Sequence[int] = 32,
        steps: int = 1000,
        points: int = POINTS,
        frozen: Sequence[FrozenTensor] = (),
    ) -> None:
        self.frozen = tuple(frozen)
        self.run = run if isinstance(run, RunSpec) else RunSpec.model_validate(run)
        self.lanes = tuple(lane if isinstance(lane, LaneSpec) else LaneSpec.model_validate(lane) for lane in lanes)
        check_count(self.lanes)
        self.seeds = tuple(range(seeds)) if isinstance(seeds, int) else tuple(seeds)
        if not 1 <= len(self.seeds) <= MOST_SEEDS or not self.lanes:
            raise ValueError(
                f"seeds: {len(self.seeds)} given for {len(self.lanes)} lanes; allowed: 1 to {MOST_SEEDS} for 1 or more"
            )
        if any(lane.retunes or lane.seed is not None for lane in self.lanes):
            raise ValueError("lanes: changes on the way and own seeds are not repeated over seeds; allowed: lanes without them")
        if not 1 <= steps <= self.run.stop.max_steps:
            raise ValueError(f"steps: {steps} given; allowed: 1 to {self.run.stop.max_steps}")
        self.steps = np.unique(np.linspace(0, steps, min(points, steps + 1)).astype(np.int64))
        self.losses: Array = np.full((len(self.lanes), len(self.seeds), len(self.steps)), np.nan)
        self.endings: dict[tuple[int, int], Trainer] = {}
        """The trainers by (lane, seed) places, as they stand: pictures of their endings."""

    def spec(self, lane: int, seed: int) -> RunSpec:
        """The run of a lane's place and a seed's."""
        return spec_of(self.run, self.lanes[lane].model_copy(update={"seed": self.seeds[seed]}))

    def slices(self) -> Iterator[float]:
        """Run to the end, all pairs from one point to the next, some at a time on the pool; yields the share that is done."""
        pairs = [(lane, seed) for seed in range(len(self.seeds)) for lane in range(len(self.lanes))]
        some = [pairs[first : first + AT_ONCE] for first in range(0, len(pairs), AT_ONCE)]
        for few in some:
            for pair in few:
                self.endings[pair] = Trainer(self.spec(*pair), frozen=self.frozen)
                give_way()
            yield 0.0
        pace = Pace(SECONDS, int(self.steps[-1]))
        for index in range(len(self.steps)):
            for number, few in enumerate(some, 1):
                while any(np.isnan(self.losses[pair][index]) for pair in few):
                    updates = pace.begin()
                    side_by_side(lambda pair: self._on(pair, index, updates), few, heavy=self._heavy)  # noqa: B023  done at once
                    pace.end()
                    yield (index + (number - 1) / len(some)) / len(self.steps)
                yield (index + number / len(some)) / len(self.steps)

    def finish(self) -> SeedRace:
        for _ in self.slices():
            pass
        return self

    @property
    def _heavy(self) -> bool:
        """Whether an update of one pair, or its loss, is: then one after the other, each giving way on its way."""
        machine = next(iter(self.endings.values())).machine
        rows = max(3 * int(machine.int_state[codes.BATCH_SIZE]), len(machine.x))
        return heavy(machine.theta.size, AT_ONCE * rows, own=AT_ONCE * machine.tape.update_work)

    def _on(self, pair: tuple[int, int], index: int, updates: int) -> None:
        """A run towards a point, by so many updates at most; where it has come there, or stopped, its loss."""
        trainer, step = self.endings[pair], int(self.steps[index])
        if trainer.steps_done < step and trainer.stopped is None:
            trainer.step(min(updates, step - trainer.steps_done))
        if trainer.steps_done < step and trainer.stopped is None:
            return
        gone = trainer.stopped is not None and trainer.stopped.kind == "non_finite"
        loss = np.inf if gone else trainer.loss("train")
        self.losses[pair[0], pair[1], index] = loss if np.isfinite(loss) else np.inf

    # What came out ---------------------------------------------------------------------------------------------------

    def band(self, lane: int) -> Band:
        """Median and quartiles (nearest measured values, so that infinity is a value like any other)."""
        low, median, high = np.quantile(self.losses[lane], [0.25, 0.5, 0.75], axis=0, method="inverted_cdf")
        return Band(median, low, high)

    def share_below(self, lane: int, threshold: float) -> float:
        """The share of seeds whose train loss is below the threshold at the end."""
        return float(np.mean(self.losses[lane, :, -1] < threshold))

    def wins(self) -> Array:
        """(lanes,): the share of seeds in which a lane ends lowest; ties are shared; where all diverged nobody wins."""
        last = self.losses[:, :, -1]
        lowest = (last == last.min(axis=0)) & np.isfinite(last)
        share: Array = np.sum(lowest / np.maximum(lowest.sum(axis=0), 1), axis=1) / len(self.seeds)
        return share
