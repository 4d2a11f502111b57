"""Why a lane of a race on the network arrives before another: the same arithmetic as on a surface (`reasons`), along the lanes'
paths through the space of weights, and each rate beside its bound where that was measured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, NamedTuple

import numpy as np

from engine.array import Array
from engine.kernels import codes
from engine.parts import give_way
from engine.race.on_network import NetworkRace, NetworkStanding

LAST = 20
"""Recorded losses by which noise is told."""

Told = Literal["longer steps", "shorter path", "tie", "under way", "alone", "nobody", "all left"]


class Measured(NamedTuple):
    """Where a lane stands: the largest `curvature`, λ_max (of P⁻¹H where the optimizer divides), and the `bound` by it."""

    curvature: float
    bound: float


@dataclass(frozen=True)
class NetworkPath:
    """A lane's path from its start to where it arrived, or stands: `updates` made, `length` of the polyline through the points
    that were kept, `spacing` updates apart; mean `step`, the length over the updates; the `rate` of its next update, and what
    was `measured` where it stands, if it was."""

    lane: int
    updates: int
    length: float
    step: float
    spacing: int
    loss: float
    rate: float
    measured: Measured | None


@dataclass(frozen=True)
class NetworkReason:
    """As `reasons.Reason`, without the place of a minimum: nobody knows where one is. `batch` of how many samples its gradients
    are, and `noise` the least and the largest of the first one's last recorded losses, where that is not all of them."""

    told: Told
    first: int
    other: int | None
    paths: dict[int, NetworkPath]
    batch: tuple[int, int] | None
    noise: tuple[float, float] | None


def network_reason(race: NetworkRace, threshold: float, measured: Mapping[int, Measured]) -> NetworkReason | None:
    """Of the race as it stands; None before its first step and without lanes."""
    ranked = race.standings(threshold)
    if not ranked or race.step == 0:
        return None
    first, *rest = ranked
    other = next((each for each in rest if each.diverged is None), None)
    paths = {each.id: _path(race, each, measured.get(each.id)) for each in (first, other) if each is not None}
    trainer = race.lane(first.id).trainer
    batch, samples = int(trainer.machine.int_state[codes.BATCH_SIZE]), trainer.dataset.rows[0]
    noisy = batch < samples and first.diverged is None
    losses = race.lane(first.id).recorded["train_loss"][-LAST:]
    return NetworkReason(
        _told(first, other, paths),
        first.id,
        None if other is None else other.id,
        paths,
        (batch, samples) if noisy else None,
        (float(losses.min()), float(losses.max())) if noisy and len(losses) > 1 else None,
    )


def _told(first: NetworkStanding, other: NetworkStanding | None, paths: dict[int, NetworkPath]) -> Told:
    if first.diverged is not None:
        return "all left"
    if first.arrived is None:
        return "nobody"
    if other is None:
        return "alone"
    if other.arrived is None:
        return "under way"
    if first.arrived == other.arrived:
        return "tie"
    one, two = paths[first.id], paths[other.id]
    return "longer steps" if one.step * one.length >= two.step * two.length else "shorter path"


def _path(race: NetworkRace, standing: NetworkStanding, measured: Measured | None) -> NetworkPath:
    give_way()
    last = standing.step if standing.arrived is None else standing.arrived
    points: list[Array] = [point for step, point in race.points(standing.id).items() if step <= last]
    length = float(sum(np.linalg.norm(after - before) for before, after in pairwise(points)))
    trainer = race.lane(standing.id).trainer
    step = length / last if last else 0.0
    return NetworkPath(standing.id, last, length, step, race.spacing, standing.train_loss, float(trainer.rate), measured)
