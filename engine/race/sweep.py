"""Which rate, and where it leads: the loss after a budget of steps over a grid of rates; where each start of a grid ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.array import Array
from engine.parts import Parts, at_once
from engine.race.on_surface import Race
from engine.race.seeds import SeedRace
from engine.race.spec import MOST_LANES, LaneSpec, RaceSpec
from engine.spec import FrozenTensor, RunSpec
from engine.surfaces.function import SurfaceFunction
from engine.surfaces.rows import Box

RATES = tuple(float(rate) for rate in np.logspace(-4, 0, 13))
MOST_RATES = 64
MOST_SIDE = 64
SLICE = 1000
"""Steps of a sweep between two looks at whether it is still wanted."""


@dataclass(frozen=True)
class RateSweep:
    """Of one lane at `rates` (n,): the loss at the budget's end for each seed (seeds, n), infinite where it diverged, its
    median over seeds (n,), and the best rate, None where all diverged. How it was chosen is all here: grid, budget, seeds."""

    rates: Array
    steps: int
    seeds: tuple[int, ...]
    losses: Array
    median: Array
    best: float | None

    @property
    def words(self) -> str:
        count = len(self.seeds)
        return f"{len(self.rates)} rates × {count} {'seed' if count == 1 else 'seeds'}, {self.steps} steps"


def rate_sweep(
    spec: RaceSpec | Mapping[str, Any],
    lane: LaneSpec | Mapping[str, Any],
    rates: Sequence[float] = RATES,
    steps: int = 1000,
    seeds: Sequence[int] = (0,),
) -> RateSweep:
    """A lane of a surface at each rate, from the race's start, under its noise; seeds differ in the noise alone."""
    return at_once(rate_sweep_in_parts(spec, lane, rates, steps, seeds))


def at_rate(lane: LaneSpec, rate: float) -> LaneSpec:
    """A lane as it begins, at another rate."""
    optimizer = type(lane.optimizer).model_validate(lane.optimizer.model_dump() | {"lr": float(rate)})
    return lane.model_copy(update={"optimizer": optimizer, "retunes": ()})


def rate_sweep_in_parts(
    spec: RaceSpec | Mapping[str, Any],
    lane: LaneSpec | Mapping[str, Any],
    rates: Sequence[float] = RATES,
    steps: int = 1000,
    seeds: Sequence[int] = (0,),
) -> Parts[RateSweep]:
    """`rate_sweep`, some steps of some rates at a time."""
    given = spec if isinstance(spec, RaceSpec) else RaceSpec.model_validate(spec)
    own = lane if isinstance(lane, LaneSpec) else LaneSpec.model_validate(lane)
    if not 1 <= len(rates) <= MOST_RATES or not 1 <= len(seeds) <= MOST_RATES:
        raise ValueError(f"rates, seeds: {len(rates)} and {len(seeds)} given; allowed: 1 to {MOST_RATES} of each")
    used = tuple(seeds) if given.noise > 0.0 else tuple(seeds)[:1]
    losses = np.full((len(used), len(rates)), np.inf)
    for row, seed in enumerate(used):
        base = RaceSpec.model_validate(given.model_dump() | {"lanes": (), "max_steps": steps, "seed": seed})
        for first in range(0, len(rates), MOST_LANES):
            race = Race(base)
            for rate in rates[first : first + MOST_LANES]:
                race.add(at_rate(own, rate))
            while race.step < steps:
                race.seek(min(steps, race.step + SLICE))
                done = row + (first + min(MOST_LANES, len(rates) - first) * race.step / steps) / len(rates)
                yield done / len(used)
            for column, each in enumerate(race.lanes, first):
                if race.diverged(each.id) is None:
                    losses[row, column] = race.losses(each.id)[-1]
    return _swept(rates, steps, used, losses)


def _swept(rates: Sequence[float], steps: int, seeds: tuple[int, ...], losses: Array) -> RateSweep:
    median = np.quantile(losses, 0.5, axis=0, method="inverted_cdf")
    best = int(np.argmin(median))
    found = float(rates[best]) if np.isfinite(median[best]) else None
    return RateSweep(np.array(rates, dtype=np.float64), steps, seeds, losses, median, found)


def network_rate_sweep_in_parts(
    run: RunSpec | Mapping[str, Any],
    lane: LaneSpec | Mapping[str, Any],
    rates: Sequence[float] = RATES,
    steps: int = 1000,
    seeds: Sequence[int] = (0,),
    frozen: Sequence[FrozenTensor] = (),
) -> Parts[RateSweep]:
    """A lane of a network at each rate; seeds differ in start and batches, the data are the same, and so is what is `frozen`.
    Losses are train losses."""
    own = lane if isinstance(lane, LaneSpec) else LaneSpec.model_validate(lane)
    if not 1 <= len(rates) <= MOST_RATES or not 1 <= len(seeds) <= MOST_RATES:
        raise ValueError(f"rates, seeds: {len(rates)} and {len(seeds)} given; allowed: 1 to {MOST_RATES} of each")
    losses = np.full((len(seeds), len(rates)), np.inf)
    for first in range(0, len(rates), MOST_LANES):
        some = rates[first : first + MOST_LANES]
        lanes = [at_rate(own, rate).model_copy(update={"seed": None}) for rate in some]
        race = SeedRace(run, lanes, tuple(seeds), steps, points=max(2, steps // SLICE), frozen=frozen)
        for share in race.slices():
            yield (first + share * len(some)) / len(rates)
        losses[:, first : first + len(some)] = race.losses[:, :, -1].T
    return _swept(rates, steps, tuple(seeds), losses)


@dataclass(frozen=True)
class Basins:
    """Where an optimizer ends from each start of a grid: `ends` (m, n, 2), `losses` (m, n), `minimum` (m, n) the place in the
    surface's minima of the one it came within `reach` of, −1 of none, −2 where it diverged. `x` (n,), `y` (m,)."""

    x: Array
    y: Array
    ends: Array
    losses: Array
    minimum: NDArray[np.int32]
    steps: int
    reach: float


def basins(
    spec: RaceSpec | Mapping[str, Any],
    lane: LaneSpec | Mapping[str, Any],
    side: int = 32,
    steps: int = 500,
    reach: float = 0.05,
    domain: Box | None = None,
) -> Basins:
    """Every start of a side × side grid over the domain, its cells' middles, run for some steps by the lane's optimizer."""
    return at_once(basins_in_parts(spec, lane, side, steps, reach, domain))


def basins_in_parts(
    spec: RaceSpec | Mapping[str, Any],
    lane: LaneSpec | Mapping[str, Any],
    side: int = 32,
    steps: int = 500,
    reach: float = 0.05,
    domain: Box | None = None,
) -> Parts[Basins]:
    """`basins`, start by start."""
    given = spec if isinstance(spec, RaceSpec) else RaceSpec.model_validate(spec)
    if not 2 <= side <= MOST_SIDE:
        raise ValueError(f"side: {side} given; allowed: 2 to {MOST_SIDE}")
    surface = SurfaceFunction(given.surface)
    (x0, x1), (y0, y1) = domain or surface.domain
    middles = (np.arange(side) + 0.5) / side
    x, y = x0 + middles * (x1 - x0), y0 + middles * (y1 - y0)
    minima = np.array([(minimum.x, minimum.y) for minimum in surface.minima]).reshape(-1, 2)
    ends, losses = np.full((side, side, 2), np.nan), np.full((side, side), np.nan)
    which = np.full((side, side), -2, dtype=np.int32)
    race = Race(RaceSpec.model_validate(given.model_dump() | {"lanes": (), "max_steps": steps, "start": None}))
    number = race.add(lane)
    for j in range(side):
        for i in range(side):
            if not surface.inside(x[i], y[j]):
                continue
            race.restart((float(x[i]), float(y[j])))
            race.seek(steps)
            ends[j, i], losses[j, i] = race.trail(number)[-1], race.losses(number)[-1]
            if race.diverged(number) is None:
                far = np.linalg.norm(minima - ends[j, i], axis=1) if len(minima) else np.array([np.inf])
                which[j, i] = int(np.argmin(far)) if far.min() <= reach else -1
            yield (j * side + i + 1) / side**2
    return Basins(x, y, ends, losses, which, steps, reach)
