"""One lane from many starts at once: where each goes, and where it ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.array import Array
from engine.parts import Parts, at_once, give_way
from engine.race.on_surface import Race
from engine.race.spec import LaneSpec, RaceSpec

MOST_STARTS = 200
MOST_UPDATES = 1_000_000
"""Of all paths together: many of them end before a long race does."""
MOST_POINTS = 200
"""Of each path that are kept: its start, its end and what lies evenly between."""


@dataclass(frozen=True)
class Fan:
    """Paths of n starts: `steps` (k,) are those kept, from 0 to the last, `points` (n, k, 2) where each was then, NaN from
    where it left the surface on. `arrived` (n,) is the step since which it stays at the finish, −1 where it does not; `ends`
    (n, 2) and `losses` (n,) are those of the last step, NaN where it left, and `reaches` (n,) the place in the surface's minima
    of the one that is nearest to an end that has arrived or rests at it, −1 where there is none."""

    steps: NDArray[np.int64]
    points: Array
    ends: Array
    losses: Array
    arrived: NDArray[np.int64]
    reaches: NDArray[np.int64]


def fan(
    spec: RaceSpec | Mapping[str, Any],
    lane: LaneSpec | Mapping[str, Any],
    starts: Sequence[tuple[float, float]],
    threshold: float = 0.01,
) -> Fan:
    """A lane of a race, as it begins and with all its changes, from each of up to 200 starts, to the race's end or as far as a
    million updates in all go. ValueError where there are more, and where f has no value at one."""
    return at_once(fan_in_parts(spec, lane, starts, threshold))


def fan_in_parts(
    spec: RaceSpec | Mapping[str, Any],
    lane: LaneSpec | Mapping[str, Any],
    starts: Sequence[tuple[float, float]],
    threshold: float = 0.01,
) -> Parts[Fan]:
    """`fan`, start by start."""
    given = spec if isinstance(spec, RaceSpec) else RaceSpec.model_validate(spec)
    if not len(starts) <= MOST_STARTS:
        raise ValueError(f"starts: {len(starts)} given; allowed: up to {MOST_STARTS}")
    race = Race(given.model_copy(update={"lanes": ()}))
    number = race.add(lane)
    count = len(starts)
    last = min(given.max_steps, MOST_UPDATES // max(1, count))
    steps = np.unique(np.linspace(0, last, min(last + 1, MOST_POINTS)).round().astype(np.int64))
    points, ends = np.full((count, len(steps), 2), np.nan), np.full((count, 2), np.nan)
    losses = np.full(count, np.nan)
    arrived, reaches = np.full(count, -1, dtype=np.int64), np.full(count, -1, dtype=np.int64)
    minima = np.array([(minimum.x, minimum.y) for minimum in race.surface.minima]).reshape(-1, 2)
    (x0, x1), (y0, y1) = race.surface.domain
    close = 0.02 * max(x1 - x0, y1 - y0)
    for row, (x, y) in enumerate(starts):
        if not (abs(x) <= given.bound and abs(y) <= given.bound and race.surface.inside(x, y)):
            raise ValueError(f"starts: f has no value at ({x:g}, {y:g}); allowed: where f and its gradient are finite")
        race.restart((float(x), float(y)))
        race.seek(last)
        path = race.trail(number)
        kept = steps[steps < len(path)]
        points[row, : len(kept)] = path[kept]
        if race.diverged(number) is None:
            standing = race.standings(threshold)[0]
            ends[row], losses[row] = path[-1], standing.loss
            arrived[row] = -1 if standing.arrived is None else standing.arrived
            far = np.linalg.norm(minima - path[-1], axis=1) if len(minima) else np.array([np.inf])
            if standing.arrived is not None or far.min() <= close:
                reaches[row] = int(np.argmin(far)) if len(minima) else -1
        elif len(kept):
            points[row, len(kept) - 1] = np.nan  # where it left there is no place on the surface
        give_way()
        yield (row + 1) / count
    return Fan(steps, points, ends, losses, arrived, reaches)
