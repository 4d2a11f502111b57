"""Which rate, and where it leads: the loss after a budget of steps over a grid of rates; where each start of a grid ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.array import Array
from engine.parts import Parts, at_once
from engine.race.on_network import NetworkRace
from engine.race.on_surface import Race
from engine.race.outcome.arrival import arrival
from engine.race.seeds import SeedRace
from engine.race.spec import MOST_LANES, LaneSpec, RaceSpec
from engine.solvers.spec import SolverSpec
from engine.spec import FrozenTensor, OptimizerSpec, RunSpec
from engine.surfaces.function import SurfaceFunction
from engine.surfaces.rows import Box

RATES = tuple(float(rate) for rate in np.logspace(-4, 0, 13))
SURFACE_RATES = (*(float(f"{first}e{power}") for power in range(-6, 1) for first in (1, 2, 5)), 10.0)
"""1, 2 and 5 times a power of ten: curvatures of surfaces lie between a millionth and a million."""
NETWORK_RATES = (*(float(f"{first}e{power}") for power in range(-4, 1) for first in (1, 2, 5)), 10.0)
"""As many as run side by side: each of them that is chosen is a round number."""
TUNED_OVER = 1000
"""Steps."""
NETWORK_TUNED_OVER = 500
ARRIVALS = 60
"""Parts of a network's budget at whose ends it is looked whether the finish is reached: the loss of all samples takes long."""
MOST_RATES = 64
MOST_SIDE = 64
SLICE = 1000
"""Steps of a sweep between two looks at whether it is still wanted."""


@dataclass(frozen=True)
class RateSweep:
    """Of one lane at `rates` (n,): the loss at the budget's end for each seed (seeds, n), infinite where it diverged, its
    median over seeds (n,), and the best rate, None where all diverged. Where a finish was named, `arrived` (seeds, n) is the
    step since which the lane stayed there, infinite where it does not, and the best rate is that which arrives first; of those
    that arrive together, or do not, the one of least loss. Where a box was named, rates whose lanes keep `within` it (n,) go
    before all others. How it was chosen is all here: grid, budget, seeds."""

    rates: Array
    steps: int
    seeds: tuple[int, ...]
    losses: Array
    median: Array
    best: float | None
    arrived: Array | None = None
    within: NDArray[np.bool_] | None = None

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
    finish: float | None = None,
    box: Box | None = None,
) -> RateSweep:
    """A lane of a surface at each rate, from the race's start, under its noise; seeds differ in the noise alone. The best rate
    is that of least loss, or, with a `finish`, the loss to come to, that which is there first and stays; with a `box`, of those
    that do not leave it, if there are any."""
    return at_once(rate_sweep_in_parts(spec, lane, rates, steps, seeds, finish, box))


def at_rate(lane: LaneSpec, rate: float) -> LaneSpec:
    """A lane as it begins, at another rate. ValueError for a solver, which has none."""
    if isinstance(lane.optimizer, SolverSpec):
        raise ValueError(f"lane: {lane.optimizer.row.title} has no rate; allowed: a lane by an optimizer with a rate")
    optimizer = OptimizerSpec.model_validate(lane.optimizer.model_dump() | {"lr": float(rate)})
    return lane.model_copy(update={"optimizer": optimizer, "retunes": ()})


def rate_sweep_in_parts(
    spec: RaceSpec | Mapping[str, Any],
    lane: LaneSpec | Mapping[str, Any],
    rates: Sequence[float] = RATES,
    steps: int = 1000,
    seeds: Sequence[int] = (0,),
    finish: float | None = None,
    box: Box | None = None,
) -> Parts[RateSweep]:
    """`rate_sweep`, some steps of some rates at a time."""
    given = spec if isinstance(spec, RaceSpec) else RaceSpec.model_validate(spec)
    own = lane if isinstance(lane, LaneSpec) else LaneSpec.model_validate(lane)
    if not 1 <= len(rates) <= MOST_RATES or not 1 <= len(seeds) <= MOST_RATES:
        raise ValueError(f"rates, seeds: {len(rates)} and {len(seeds)} given; allowed: 1 to {MOST_RATES} of each")
    used = tuple(seeds) if given.noise > 0.0 else tuple(seeds)[:1]
    losses, arrived = np.full((len(used), len(rates)), np.inf), np.full((len(used), len(rates)), np.inf)
    within = np.ones(len(rates), dtype=bool)
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
                    since = arrival(race.losses(each.id), -np.inf if finish is None else finish).arrived
                    arrived[row, column] = np.inf if since is None else since
                within[column] &= box is None or _keeps_within(race.trail(each.id), box)
    return _swept(rates, steps, used, losses, None if finish is None else arrived, None if box is None else within)


def _keeps_within(points: Array, box: Box) -> bool:
    (x0, x1), (y0, y1) = box
    return bool(((points >= (x0, y0)) & (points <= (x1, y1))).all())


def _swept(
    rates: Sequence[float],
    steps: int,
    seeds: tuple[int, ...],
    losses: Array,
    arrived: Array | None = None,
    within: NDArray[np.bool_] | None = None,
) -> RateSweep:
    median = np.quantile(losses, 0.5, axis=0, method="inverted_cdf")
    since = np.zeros(len(rates)) if arrived is None else np.quantile(arrived, 0.5, axis=0, method="inverted_cdf")
    gone = ~np.isfinite(median)
    strayed = gone if within is None else gone | ~within
    best = int(np.lexsort((median, since, strayed, gone))[0])
    found = None if gone[best] else float(rates[best])
    return RateSweep(np.array(rates, dtype=np.float64), steps, seeds, losses, median, found, arrived, within)


def tuned(
    race: Race, lane: LaneSpec, threshold: float, steps: int = TUNED_OVER, rates: Sequence[float] | None = None
) -> RateSweep:
    """A lane's rate for this race, chosen as every other's: that with which it first comes to the finish and stays; where no
    rate brings it there, that of least loss; of rates that keep it in sight, if there are any. Under noise, on three seeds."""
    seeds = tuple(race.spec.seed + more for more in range(3))
    budget = min(steps, race.spec.max_steps)
    return rate_sweep(race.spec, lane, rates or SURFACE_RATES, budget, seeds, race.finish(threshold), _in_sight(race))


def _in_sight(race: Race) -> Box:
    """The surface's domain with a twentieth of it more on every side, and the start."""
    (x0, x1), (y0, y1) = race.surface.domain
    across, up, (x, y) = 0.05 * (x1 - x0), 0.05 * (y1 - y0), race.start
    return (min(x0 - across, x), max(x1 + across, x)), (min(y0 - up, y), max(y1 + up, y))


def network_rate_sweep_in_parts(
    run: RunSpec | Mapping[str, Any],
    lane: LaneSpec | Mapping[str, Any],
    rates: Sequence[float] = RATES,
    steps: int = 1000,
    seeds: Sequence[int] = (0,),
    frozen: Sequence[FrozenTensor] = (),
    finish: float | None = None,
) -> Parts[RateSweep]:
    """A lane of a network at each rate; seeds differ in start and batches, the data are the same, and so is what is `frozen`.
    Losses are train losses. The best rate is as on a surface; when a lane arrives is known to one `ARRIVALS`-th of the
    budget."""
    own = lane if isinstance(lane, LaneSpec) else LaneSpec.model_validate(lane)
    if not 1 <= len(rates) <= MOST_RATES or not 1 <= len(seeds) <= MOST_RATES:
        raise ValueError(f"rates, seeds: {len(rates)} and {len(seeds)} given; allowed: 1 to {MOST_RATES} of each")
    losses, arrived = np.full((len(seeds), len(rates)), np.inf), np.full((len(seeds), len(rates)), np.inf)
    points = max(2, steps // SLICE) if finish is None else 1 + ARRIVALS
    for first in range(0, len(rates), MOST_LANES):
        some = rates[first : first + MOST_LANES]
        lanes = [at_rate(own, rate).model_copy(update={"seed": None}) for rate in some]
        race = SeedRace(run, lanes, tuple(seeds), steps, points=points, frozen=frozen)
        for share in race.slices():
            yield (first + share * len(some)) / len(rates)
        losses[:, first : first + len(some)] = race.losses[:, :, -1].T
        for place, of_seeds in enumerate(race.losses, first):
            for row, curve in enumerate(of_seeds):
                since = arrival(curve, -np.inf if finish is None else finish).arrived
                arrived[row, place] = np.inf if since is None else float(race.steps[since])
    return _swept(rates, steps, tuple(seeds), losses, None if finish is None else arrived)


def network_tuned(
    race: NetworkRace,
    lane: LaneSpec,
    threshold: float,
    steps: int = NETWORK_TUNED_OVER,
    rates: Sequence[float] | None = None,
) -> RateSweep:
    """A lane's rate for this race on a network, chosen as every other's: that with which its train loss first comes to the
    threshold and stays; where no rate brings it there, that of least loss. On the lane's own seed."""
    run = race.spec.run
    seeds, budget = (run.seed if lane.seed is None else lane.seed,), min(steps, race.max_steps)
    parts = network_rate_sweep_in_parts(run, lane, rates or NETWORK_RATES, budget, seeds, race.spec.frozen, threshold)
    return at_once(parts)


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
