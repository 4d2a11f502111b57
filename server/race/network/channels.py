"""The pictures of a race on the network: one function per channel, from its controller to typed arrays. They run in a worker,
between slices."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from server.race.levels import contour_values, contours_of, ends_of, floor_of
from server.race.network.outcome import outcome, outcome_key
from server.race.network.plane import climbs, words_of
from server.race.network.studies.study import Study, StudyKind, output_map
from server.session.activity import Channel
from server.session.channel_types import READING, Arrays, Picture, Want
from server.session.clock import Play, Seek

if TYPE_CHECKING:
    from engine.array import Array
    from engine.recording.series import Series
    from server.race.network.controller import NetworkRaceController
    from server.session.viewer import Slot, Viewer

GRID = 32
"""Cells along a side of a lane's map."""
CURVE_POINTS = 300


class StudyCursor(NamedTuple):
    """What a viewer has been shown of which studies: (number, shown) by kind."""

    seen: tuple[tuple[StudyKind, tuple[int, int]], ...] = ()


def _lanes_key(races: NetworkRaceController, viewer: Viewer, slot: Slot) -> Hashable:
    """A picture is made again only when this has changed; None where there is nothing to draw: also on the way to a step, for
    nobody looks at what lies between."""
    race = races.race
    if race is None or isinstance(races.work, Seek):
        return None
    return races.number, races.changes, *(lane.trainer.steps_done for lane in race.lanes)


def _trajectories_key(races: NetworkRaceController, viewer: Viewer, slot: Slot) -> Hashable:
    here, plane = _lanes_key(races, viewer, slot), races.plane
    return None if here is None or plane.chart is None else (here, plane.number, plane.measured, plane.drawn)


def _surface_key(races: NetworkRaceController, viewer: Viewer, slot: Slot) -> Hashable:
    here, plane = _lanes_key(races, viewer, slot), races.plane
    nothing = here is None or plane.chart is None or plane.chart.picture is None
    return None if nothing else (races.number, plane.number, plane.drawn)


def _study_key(races: NetworkRaceController, viewer: Viewer, slot: Slot) -> Hashable:
    due = _due(races, slot.cursor)
    return None if due is None else (due.number, due.shown)


def surface(races: NetworkRaceController, want: Want) -> Picture | None:
    """The loss `f` (rows, columns) over the plane's coordinates `x` and `y`, and `level`, log₁₀ of its distance from the
    least, NaN where the loss is not finite; `meta.contours` are the losses at which contours are drawn. `meta` says which
    plane it is, where it was centred, what random directions do with biases and norms, and whether a finer picture follows."""
    chart = races.plane.chart
    if chart is None or chart.picture is None:
        return None
    picture, plane = chart.picture, chart.plane
    f = np.where(np.isfinite(picture.values), picture.values, np.nan)
    known = bool(np.isfinite(f).any())
    least = float(np.nanmin(f)) if known else 0.0
    gap = f - least
    floor = floor_of(gap) if known else 1.0
    level = np.log10(gap + floor)
    offset = chart.offset
    meta: dict[str, Any] = {"chart": races.plane.number, "plane": plane.kind, "names": plane.names, "policy": plane.policy}
    meta |= {"cosine": plane.cosine, "offset": offset, "domain": (chart.across, chart.up), "least": least, "floor": floor}
    meta |= {"centred": chart.step, "stride": picture.stride, "more": picture.stride > 1, "words": words_of(chart)}
    meta["levels"] = contours_of(*ends_of(level))
    meta["contours"] = contour_values(f)
    return Picture(meta, {"x": picture.a, "y": picture.b, "f": f, "level": level})


COLUMNS = ("a", "b", "off", "residual", "true_loss", "slice_loss")


def trajectories(races: NetworkRaceController, want: Want) -> Picture | None:
    """Of each lane in `meta.lanes` `count` points of its trajectory up to the present step, one lane after the other in `steps`
    (n,) and in the columns of `engine.race.chart.Point`; losses are NaN until measured, the heads' always are. `slopes`
    (lanes, 2): the gradient where it stands, along the plane's coordinates. `meta.explained`: the share of all trajectories'
    variance within the plane; `meta.climbs`: who seems to climb, in words; `meta.minima`: of the picture the lowest point, and
    where the first lane would roll to."""
    chart, race = races.plane.chart, races.present()
    if chart is None:
        return None
    chart.measure(race, 0.0)
    lanes: list[dict[str, Any]] = []
    steps: list[NDArray[np.int32]] = [np.zeros(0, dtype=np.int32)]
    columns: dict[str, list[Array]] = {name: [np.zeros(0)] for name in COLUMNS}
    slopes = np.full((len(race.lanes), 2), np.nan)
    for row, lane in enumerate(race.lanes):
        walked = chart.trajectory(race, lane.id)
        gone = lane.stopped is not None and lane.stopped.kind == "non_finite"
        lanes.append({"id": lane.id, "count": len(walked.steps), "diverged": lane.trainer.steps_done if gone else None})
        steps.append(walked.steps.astype(np.int32))
        for name in COLUMNS:
            columns[name].append(walked.columns[name])
        if np.isfinite(lane.trainer.machine.theta).all():
            slopes[row] = chart.slope(race, lane.id)
    meta: dict[str, Any] = {
        "lanes": lanes,
        "chart": races.plane.number,
        "change": races.changes,
        "explained": chart.explained(race),
    }
    meta["climbs"] = [] if isinstance(races.work, Play) else climbs(race, chart)
    first = chart.choice.lane or (race.lanes[0].id if race.lanes else None)
    standing = {lane.id for lane in race.lanes}
    lowest = chart.lowest(race, first) if first in standing and first is not None else None
    meta["minima"] = None if lowest is None else {"lowest": lowest[0], "reached": lowest[1], "lane": first}
    arrays: Arrays = {"steps": np.concatenate(steps), "slopes": slopes}
    return Picture(meta, arrays | {name: np.concatenate(parts) for name, parts in columns.items()})


def standings(races: NetworkRaceController, want: Want) -> Picture | None:
    """Every lane where it stands, in the order of arrival, then by train loss, diverged ones last: what
    `engine.race.on_network.NetworkStanding` has, the accuracy of the largest class (`baseline`), the rate of its next update,
    and the epochs it has begun."""
    race = races.present()
    rows = []
    for found in race.standings(races.threshold):
        trainer = race.lane(found.id).trainer
        row: dict[str, Any] = {"id": found.id, "step": found.step, "loss": found.train_loss, "test": found.test_loss}
        row |= {"accuracy": found.accuracy, "diverged": found.diverged, "reached": found.reached}
        row |= {"arrived": found.arrived}
        row |= {"baseline": trainer.dataset.largest_class_share("train")}
        stop = trainer.stopped
        words = stop.message if stop is not None and stop.kind != "finished" else None
        rows.append(row | {"rate": float(trainer.rate), "epoch": trainer.epoch, "stopped": words})
    return Picture({"lanes": rows, "threshold": races.threshold, "change": races.changes}, {})


def curves(races: NetworkRaceController, want: Want) -> Picture | None:
    """The recorded losses of each lane up to the present step, thinned: ``steps1``, ``train1`` and, where there is such a
    split, ``test1`` of lane 1, and so on."""
    race = races.present()
    arrays: Arrays = {}
    for lane in race.lanes:
        line: Series = lane.trainer.series.until(lane.trainer.steps_done)
        columns = line.columns()
        count = len(columns["step"])
        kept = np.unique(np.linspace(0, max(0, count - 1), min(count, CURVE_POINTS)).round().astype(np.int64))
        arrays[f"steps{lane.id}"] = columns["step"][kept].astype(np.float64)
        arrays[f"train{lane.id}"] = columns["train_loss"][kept]
        if lane.trainer.dataset.rows[2]:
            arrays[f"test{lane.id}"] = columns["test_loss"][kept]
    return Picture({"lanes": [lane.id for lane in race.lanes], "change": races.changes}, arrays)


def maps(races: NetworkRaceController, want: Want) -> Picture | None:
    """Of each lane in `meta.lanes` its output over the plane, `maps` (lanes, g, g), row 0 lowest y: bytes from `meta.low` to
    `meta.high`, or where there are several outputs the class told. Nothing where the data are no plane."""
    race = races.present()
    found = [output_map(lane.trainer, GRID) for lane in race.lanes]
    if not found or found[0] is None:
        return None
    several = race.lanes[0].trainer.tape.sizes[-1] > 1
    meta = {"lanes": [lane.id for lane in race.lanes], "classes": several, "change": races.changes}
    return Picture(meta, {"maps": np.stack(found)})


def study(races: NetworkRaceController, want: Want) -> Picture | None:
    """What a viewer lacks of the last study of each kind, one a frame, the oldest first: what is told stands in
    `server.race.network.studies.kinds`."""
    due = _due(races, want.cursor)
    if due is None:
        return None
    seen = dict(want.cursor.seen) if isinstance(want.cursor, StudyCursor) else {}
    return due.picture()._replace(cursor=StudyCursor(tuple((seen | {due.kind: (due.number, due.shown)}).items())))


def _due(races: NetworkRaceController, cursor: Hashable) -> Study | None:
    seen = dict(cursor.seen) if isinstance(cursor, StudyCursor) else {}
    lacking = [study for study in races.studies.kept.values() if seen.get(study.kind) != (study.number, study.shown)]
    return min(lacking, key=lambda study: study.number, default=None)


CHANNELS = (
    Channel("network_ways", trajectories, _trajectories_key),
    Channel("network_standings", standings, _lanes_key, READING),
    Channel("network_curves", curves, _lanes_key, READING),
    Channel("network_maps", maps, _lanes_key),
    Channel("network_outcome", outcome, outcome_key, READING),
    Channel("network_surface", surface, _surface_key),
    Channel("study", study, _study_key),
)
