"""What is studied of a race: its lanes over many seeds, at many rates, from many starts; the loss around where they stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from server.mathml import block
from server.protocol.race_network import StudyBasins, StudyEdge, StudyPoint, StudyRates, StudySeeds
from server.race.network.studies.study import Making, Study, output_map
from server.race.refusals import refused
from server.session.channel_types import Arrays, Picture
from server.settings import Settings
from server.wire.errors import CommandError
from server.wire.limits import beyond

if TYPE_CHECKING:
    from engine.array import Array
    from engine.race import NetworkRace, Race
    from engine.race.local import Local
    from engine.race.on_network import NetworkLane
    from engine.race.on_surface import Lane
    from engine.race.path.sharpness import Sharpness
    from engine.race.seeds import SeedRace

EVERY_STEP, SOME = 401, 98
"""Looks at a path. At the edge every second step is alike: some, which make a prime number of stretches, fall on both kinds."""
PIECE = 100
"""Steps of a run between two looks at whether it is still wanted."""
ENDING = 24
"""Cells along a side of an ending's map."""
SINE: dict[str, Any] = {
    "data": {"name": "sine", "samples": 40, "noise": 0.0, "test_fraction": 0.5},
    "network": {"layers": [{"units": 8, "activation": "tanh"}, {"units": 8, "activation": "tanh"}]},
    "loss": "mse",
    "batch_size": "full",
    "seed": 1,
}
"""A run that comes to the edge of stability within 200 steps of gradient descent at η = 0.2, and stays about it."""


def within(runs: int, steps: int, settings: Settings) -> None:
    if runs * steps > settings.max_study_steps:
        most = max(1, settings.max_study_steps // runs)
        raise beyond(
            "max_study_steps", f"steps: {runs} runs of {steps} steps are too much for one study", "steps", f"1 to {most}"
        )


def _chosen(race: NetworkRace, numbers: list[int] | None) -> list[NetworkLane]:
    if not race.lanes:
        raise CommandError("invalid", "lanes: the race has none", "lanes", "at least one lane")
    with refused("lanes"):
        return list(race.lanes) if numbers is None else [race.lane(number) for number in numbers]


# Many seeds ---------------------------------------------------------------------------------------------------------


def seeds(race: NetworkRace, command: StudySeeds, number: int, settings: Settings) -> Study:
    """`steps` (n,), `median` `low` `high` (lanes, n), `last` (lanes, seeds) and, of planes, `endings` (lanes, seeds, g, g) as
    `network_maps` has them; in `meta` for each lane its id, the `share` below the threshold and their `count`, and `wins`, the
    share of seeds in which it ends lowest."""
    from engine.race.seeds import SeedRace

    lanes = _chosen(race, command.lanes)
    within(len(lanes) * command.seeds, command.steps, settings)
    whole = _with_room(race, command.steps)
    with refused("lanes"):
        made = SeedRace(
            whole,
            [lane.spec for lane in lanes],
            tuple(range(command.first, command.first + command.seeds)),
            command.steps,
            frozen=race.spec.frozen,
        )
    ids, quartiles = [lane.id for lane in lanes], _Quartiles(made)

    def making() -> Making:
        yield from (0.95 * share for share in made.slices())
        endings: list[Any] = []
        pairs = [(lane, seed) for lane in range(len(ids)) for seed in range(command.seeds)]
        for place, pair in enumerate(pairs):
            endings.append(output_map(made.endings[pair], ENDING))
            yield 0.95 + 0.05 * (place + 1) / len(pairs)
        found = _bands(made, quartiles, ids, command.threshold, len(made.steps))
        if endings[0] is not None:
            found.arrays["endings"] = np.stack(endings).reshape(len(ids), command.seeds, ENDING, ENDING)
        return found

    def so_far() -> Picture | None:
        known = np.flatnonzero(~np.isnan(made.losses).any(axis=(0, 1)))
        return _bands(made, quartiles, ids, command.threshold, len(known)) if len(known) else None

    about = {"lanes": ids, "seeds": list(made.seeds), "steps": command.steps, "threshold": command.threshold}
    return Study("seeds", number, making(), about, so_far)


def _with_room(race: NetworkRace, steps: int) -> Any:
    """The race's spec, whose runs go as far as the study asks."""
    run = race.spec.run
    stop = run.stop.model_copy(update={"max_steps": max(steps, run.stop.max_steps)})
    return run.model_copy(update={"stop": stop})


class _Quartiles:
    """Of a race over seeds as far as it has come: each point's are computed once."""

    def __init__(self, made: SeedRace) -> None:
        self._made, self._known = made, 0
        self._found = np.empty((3, *made.losses.shape[::2]))

    def up_to(self, count: int) -> Array:
        """Median, lower and upper quartile, (3, lanes, count); nearest measured values, so that infinity is one like any
        other."""
        if count > self._known:
            new = slice(self._known, count)
            quantiles = np.quantile(self._made.losses[:, :, new], [0.5, 0.25, 0.75], axis=1, method="inverted_cdf")
            self._found[:, :, new], self._known = quantiles, count
        return np.ascontiguousarray(self._found[:, :, :count])


def _bands(made: SeedRace, quartiles: _Quartiles, ids: list[int], threshold: float, count: int) -> Picture:
    median, low, high = quartiles.up_to(count)
    last = made.losses[:, :, count - 1]
    below = last < threshold
    lowest = (last == last.min(axis=0)) & np.isfinite(last)
    wins = np.sum(lowest / np.maximum(lowest.sum(axis=0), 1), axis=1) / last.shape[1]
    lanes = [
        {"id": number, "count": int(below[row].sum()), "share": float(below[row].mean()), "wins": float(wins[row])}
        for row, number in enumerate(ids)
    ]
    arrays: Arrays = {"steps": made.steps[:count].astype(np.int32), "median": median, "low": low, "high": high}
    return Picture({"lanes": lanes, "step": int(made.steps[count - 1])}, arrays | {"last": np.ascontiguousarray(last)})


# Rates --------------------------------------------------------------------------------------------------------------


def rates(on: NetworkRace | Race, command: StudyRates, number: int, settings: Settings) -> Study:
    """`rates` (n,), `losses` (lanes, seeds, n), infinite where it diverged, `median` (lanes, n); in `meta` of each lane its id
    and the `best` rate, null where it diverged at all, and `words`: grid, seeds and budget."""
    from engine.race import NetworkRace
    from engine.race.sweep import network_rate_sweep_in_parts, rate_sweep_in_parts

    if command.high <= command.low:
        raise CommandError("invalid", "high: the rates rise from low to high", "high", f"above low, {command.low:g}")
    if not on.lanes:
        raise CommandError("invalid", "lanes: the race has none", "lanes", "at least one lane")
    with refused("lanes"):
        lanes: list[NetworkLane | Lane] = list(on.lanes) if command.lanes is None else [on.lane(each) for each in command.lanes]
    within(len(lanes) * command.rates * command.seeds, command.steps, settings)
    ladder = [float(rate) for rate in np.geomspace(command.low, command.high, command.rates)]
    wanted = tuple(range(command.seeds))
    specs = [lane.spec.model_copy(update={"seed": None}) for lane in lanes]

    def making() -> Making:
        swept = []
        for place, spec in enumerate(specs):
            if isinstance(on, NetworkRace):
                whole, frozen = _with_room(on, command.steps), on.spec.frozen
                parts = network_rate_sweep_in_parts(whole, spec, ladder, command.steps, wanted, frozen)
            else:
                parts = rate_sweep_in_parts(on.spec, spec, ladder, command.steps, wanted)
            while True:
                try:
                    yield (place + next(parts)) / len(specs)
                except StopIteration as end:
                    swept.append(end.value)
                    break
        told = [{"id": lane.id, "best": found.best} for lane, found in zip(lanes, swept, strict=True)]
        arrays: Arrays = {"rates": np.array(ladder), "losses": np.stack([found.losses for found in swept])}
        return Picture({"lanes": told, "words": swept[0].words}, arrays | {"median": np.stack([s.median for s in swept])})

    about = {"on": command.on, "lanes": [lane.id for lane in lanes], "steps": command.steps, "seeds": command.seeds}
    return Study("rates", number, making(), about)


# Basins -------------------------------------------------------------------------------------------------------------


def basins(race: Race, command: StudyBasins, number: int, settings: Settings) -> Study:
    """`x`, `y` (side,), the cells' middles; `minimum` (side, side), the place in `meta.minima` of the one it ended at, −1 at
    none, −2 where it diverged; `ends` (side, side, 2) and `losses`; `meta.counts` by place, of none, and of those diverged."""
    from engine.race.sweep import basins_in_parts

    with refused("lane"):
        lane = race.lane(command.lane)
    within(command.side**2, command.steps, settings)
    parts = basins_in_parts(race.spec, lane.spec, command.side, command.steps, command.reach)
    minima = [{"x": found.x, "y": found.y, "value": found.value} for found in race.surface.minima]

    def making() -> Making:
        found = yield from parts
        counts = [int(np.sum(found.minimum == place)) for place in range(len(minima))]
        meta = {"minima": minima, "counts": counts, "nowhere": int(np.sum(found.minimum == -1))}
        meta["diverged"] = int(np.sum(found.minimum == -2))
        arrays: Arrays = {"x": found.x, "y": found.y, "minimum": found.minimum}
        return Picture(meta, arrays | {"ends": found.ends, "losses": found.losses})

    about: dict[str, Any] = {"lane": lane.id, "side": command.side, "steps": command.steps, "reach": command.reach}
    about |= {"domain": race.surface.domain, "surface": race.spec.surface.name}
    return Study("basins", number, making(), about)


# Around where a lane stands ------------------------------------------------------------------------------------------


def point(race: NetworkRace, command: StudyPoint, number: int) -> Study:
    """Of each lane in `meta.lanes` what `engine.race.local.Local` has, with the bound's formula in MathML or why there is none;
    of a lane with a map of rates and momenta its `growth{id}` (momenta, rates) over `rates{id}` and `momenta{id}`."""
    from engine.race.local import local_in_parts

    lanes = _chosen(race, command.lanes)
    landscape = race.landscape()
    kept = [lane.id for lane in lanes if np.isfinite(lane.trainer.machine.theta).all()]
    snapshots = [local_in_parts(race, lane, landscape) for lane in kept]
    step = race.step

    def making() -> Making:
        told: list[dict[str, Any]] = []
        arrays: Arrays = {}
        for place, parts in enumerate(snapshots):
            while True:
                try:
                    yield (place + next(parts)) / len(kept)
                except StopIteration as end:
                    told.append(_local(end.value, arrays))
                    break
        return Picture({"lanes": told}, arrays)

    return Study("point", number, making(), {"lanes": kept, "step": step})


def _local(found: Local, arrays: Arrays) -> dict[str, Any]:
    curvature, bound = found.curvature, found.bound
    told: dict[str, Any] = {"id": found.lane, "step": found.step, "rate": found.rate}
    told |= {"gradient_norm": curvature.gradient_norm, "newton_step": curvature.newton_step}
    told |= {"smallest": curvature.smallest, "largest": curvature.largest, "condition": curvature.condition}
    told |= {"kind": curvature.kind, "exact": curvature.exact, "negative": found.negative}
    told |= {"error": curvature.error, "corners": curvature.corners}
    told["bound"] = bound and {
        "rate": bound.rate,
        "curvature": bound.curvature,
        "frozen": bound.frozen,
        "mathml": block(bound.formula),
    }
    told["unbounded"] = found.unbounded
    told["phase"] = None
    if found.phase is not None:
        told["phase"] = {"rule": found.phase.rule, "momentum": found.momentum, "growth": found.growth}
        told["phase"] |= {"curvatures": list(found.phase.curvatures)}
        arrays |= {f"growth{found.lane}": found.phase.growth, f"rates{found.lane}": found.phase.rates}
        arrays |= {f"momenta{found.lane}": found.phase.momenta}
    return told


# The edge of stability -----------------------------------------------------------------------------------------------


def edge(race: NetworkRace | None, command: StudyEdge, number: int) -> Study:
    """`steps` (n,) and, after each, `losses`, λ_max `largest`, what the optimizer meets of it `felt`, and the `limit` above
    which that is unstable, NaN where there is none. In `meta` the `lane`'s id, null of the sine, its `rate` at the end, the
    step at which it is first beyond the limit (`crossed`), and the share of what follows that is (`beyond`)."""
    from engine.race import NetworkRace
    from engine.race.path.sharpness import network_sharpness_in_parts

    whole, to = race, 0
    if whole is None:
        stop, rule = {"max_steps": max(command.steps, 1000)}, {"name": "sgd", "lr": command.rate}
        whole, to = NetworkRace({"run": SINE | {"stop": stop}, "lanes": [{"optimizer": rule}]}), command.steps
    points = command.points or (SOME if race is not None else EVERY_STEP)
    lane = _chosen(whole, None if command.lane is None or race is None else [command.lane])[0]
    if race is not None and lane.trainer.steps_done == 0:
        raise CommandError("invalid", "lane: it has not moved yet", "lane", "a lane that has run, or on: sine")

    def making() -> Making:
        for at in whole.seeking(to, PIECE) if race is None else ():
            yield 0.1 * at / to
        parts = network_sharpness_in_parts(whole, lane.id, points)
        while True:
            try:
                yield 0.1 + 0.9 * next(parts)
            except StopIteration as end:
                found: Sharpness = end.value
                break
        beyond = found.beyond
        first = int(beyond.argmax()) if beyond.any() else None
        meta = {"lane": None if race is None else lane.id, "rate": float(found.rates[-1])}
        meta["crossed"] = None if first is None else int(found.steps[first])
        meta["beyond"] = None if first is None else float(beyond[first:].mean())
        arrays: Arrays = {"steps": found.steps.astype(np.int32), "losses": found.losses, "largest": found.largest}
        return Picture(meta, arrays | {"felt": found.felt, "limit": found.limit})

    about = {"on": command.on, "lane": None if race is None else lane.id, "points": points}
    return Study("edge", number, making(), about | {"steps": to or lane.trainer.steps_done})
