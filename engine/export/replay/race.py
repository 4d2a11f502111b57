"""A race, frame by frame: where each lane is and what its loss is there, as the race itself has them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from engine.export.replay.recording import SECONDS, Recording, RecordingError, frames_of, span
from engine.kernels.solvers.codes import GRADIENTS
from engine.parts import give_way, giving_way_between

if TYPE_CHECKING:
    from engine.race import NetworkRace, Race
    from engine.race.chart import LaneTrajectory

GROUND_BYTES = 250_000
"""That are left for the picture of the ground."""


def surface_recording(race: Race, first: int, last: int, seconds: int) -> Recording:
    """The race on a surface from step `first` to `last`, at most the present one. Arrays: ``points`` (n, lanes, 2), ``losses``
    and ``evaluations`` (n, lanes), gradients asked for by then; NaN once a lane has left the surface. RecordingError names
    the field."""
    steps = _steps(race.step, len(race.lanes), first, last, seconds)
    points = np.full((len(steps), len(race.lanes), 2), np.nan)
    losses = np.full((len(steps), len(race.lanes)), np.nan)
    evaluations = np.full((len(steps), len(race.lanes)), np.nan)
    for place, lane in enumerate(giving_way_between(race.lanes, 1)):
        there = steps < len(race.losses(lane.id))
        points[there, place] = race.trail(lane.id)[steps[there]]
        losses[there, place] = race.losses(lane.id)[steps[there]]
        evaluations[there, place] = race.evaluations(lane.id)[steps[there], GRADIENTS]
    arrays = {"points": points, "losses": losses, "evaluations": evaluations}
    return Recording("race", "", steps, float(seconds), {"on": "surface"}, arrays)


def network_recording(
    race: NetworkRace, walked: Mapping[int, LaneTrajectory], first: int, last: int, seconds: int
) -> Recording:
    """The race on the network over a plane, on which each lane has `walked` so. Losses are recorded at some steps and
    points kept at some: the newest of either at each frame, and in ``loss_steps`` and ``point_steps`` (n, lanes) when it was.
    Arrays: ``points`` (n, lanes, 2) on the plane, ``off`` the distance from it, ``losses`` and ``test_losses`` (n, lanes)."""
    steps = _steps(race.step, len(race.lanes), first, last, seconds)
    shape = len(steps), len(race.lanes)
    arrays: dict[str, NDArray[Any]] = {name: np.full(shape, np.nan) for name in ("losses", "test_losses", "off")}
    arrays |= {"points": np.full((*shape, 2), np.nan)}
    arrays |= {name: np.zeros(shape, dtype=np.int32) for name in ("loss_steps", "point_steps")}
    for place, lane in enumerate(race.lanes):
        give_way()
        columns = lane.recorded
        recorded = columns["step"].astype(np.int64)
        newest = np.searchsorted(recorded, steps, side="right") - 1
        arrays["loss_steps"][:, place] = recorded[newest]
        arrays["losses"][:, place] = columns["train_loss"][newest]
        if "test_loss" in columns:
            arrays["test_losses"][:, place] = columns["test_loss"][newest]
        path = walked[lane.id]
        at = np.searchsorted(path.steps, steps, side="right") - 1
        arrays["point_steps"][:, place] = path.steps[at]
        arrays["points"][:, place] = np.stack([path.columns["a"][at], path.columns["b"][at]], axis=-1)
        arrays["off"][:, place] = path.columns["off"][at]
    return Recording("race", "", steps, float(seconds), {"on": "network"}, arrays)


def _steps(end: int, lanes: int, first: int, last: int, seconds: int) -> NDArray[np.int32]:
    """The frames, or what is wrong with the wish."""
    if lanes == 0:
        raise RecordingError("last", "the race has no lanes, so there is nothing to replay", "at least one lane")
    if end == 0:
        raise RecordingError("last", "nobody has run yet, so there is nothing to replay", "after the first step")
    if not 0 <= first < end:
        raise RecordingError("first", f"{first} given", span(0, end - 1))
    if not first < last <= end:
        raise RecordingError("last", f"{last} given", f"{span(first + 1, end)}, where the race stands")
    if not SECONDS[0] <= seconds <= SECONDS[1]:
        raise RecordingError("seconds", f"{seconds} given", f"{SECONDS[0]} to {SECONDS[1]}")
    return frames_of(first, last, seconds, 4 + lanes * 48, GROUND_BYTES)
