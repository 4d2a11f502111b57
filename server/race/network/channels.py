"""The pictures of a race on the network: one function per channel, from its desk to typed arrays. They run in a worker, between
slices."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from server.protocol import Channel
from server.race.network.controller import Going, NetworkDesk, Playing
from server.race.network.landscape import climbs, words_of
from server.race.network.studies import Kind, Study, output_map
from server.race.surface.channels import BANDS, level_size
from server.session.channel_types import Arrays, Picture, Want

if TYPE_CHECKING:
    from engine.array import Array
    from engine.recording.series import Series
    from server.session.viewer import Slot

GRID = 32
"""Cells along a side of a lane's map."""
CURVE_POINTS = 300


class StudyCursor(NamedTuple):
    """What a viewer has been shown of which studies: (number, shown) by kind."""

    seen: tuple[tuple[Kind, tuple[int, int]], ...] = ()


def key_of(desk: NetworkDesk, channel: Channel, slot: Slot) -> Hashable:
    """A picture is made again only when this has changed; None where there is nothing to draw."""
    race = desk.race
    if channel == "study":
        due = _due(desk, slot.cursor)
        return None if due is None else (due.number, due.shown)
    if race is None:
        return None
    if isinstance(desk.work, Going):
        return None  # nobody looks at what lies between
    if channel == "network_surface":
        return None if desk.chart is None or desk.chart.picture is None else (desk.number, desk.charts, desk.drawn)
    here = desk.number, desk.changes, *(lane.trainer.steps_done for lane in race.lanes)
    if channel == "network_ways":
        return None if desk.chart is None else (*here, desk.charts, desk.measured, desk.drawn)
    return here


def surface(desk: NetworkDesk, want: Want) -> Picture | None:
    """The loss `f` (rows, columns) over the plane's coordinates `x` and `y`, and `level`, log₁₀ of its distance from the
    least, which is drawn, NaN where the loss is not finite. `meta` says which plane it is, where it was centred, what random
    directions do with biases and norms, and whether a finer picture follows."""
    chart = desk.chart
    if chart is None or chart.picture is None:
        return None
    picture, plane = chart.picture, chart.plane
    f = np.where(np.isfinite(picture.values), picture.values, np.nan)
    known = bool(np.isfinite(f).any())
    least = float(np.nanmin(f)) if known else 0.0
    gap = f - least
    floor = max(float(np.nanquantile(gap, 0.005)), 1e-9 * float(np.nanmax(gap)), 1e-300) if known else 1.0
    level = np.log10(gap + floor)
    low, high = (float(np.nanmin(level)), float(np.nanmax(level))) if known else (0.0, 1.0)
    size = level_size((high - low) / BANDS)
    offset = chart.offset
    meta: dict[str, Any] = {"chart": desk.charts, "plane": plane.kind, "names": plane.names, "policy": plane.policy}
    meta |= {"cosine": plane.cosine, "offset": offset, "domain": (chart.across, chart.up), "least": least, "floor": floor}
    meta |= {"centred": chart.step, "stride": picture.stride, "more": picture.stride > 1, "words": words_of(chart)}
    meta["levels"] = {"start": math.ceil(low / size) * size, "end": math.floor(high / size) * size, "size": size}
    return Picture(meta, {"x": picture.a, "y": picture.b, "f": f, "level": level})


COLUMNS = ("a", "b", "off", "residual", "true_loss", "slice_loss")


def ways(desk: NetworkDesk, want: Want) -> Picture | None:
    """Of each lane in `meta.lanes` `count` points of its way up to the present step, one lane after the other in `steps` (n,)
    and in the columns of `engine.race.chart.Point`; losses are NaN until they are measured, the heads' always are. `slopes`
    (lanes, 2): the gradient where it stands, along the plane's coordinates. `meta.explained`: the share of all ways' variance
    within the plane; `meta.climbs`: who seems to climb, in words; `meta.minima`: of the picture the lowest point, and where the
    first lane would roll to."""
    chart, race = desk.chart, desk.present()
    if chart is None:
        return None
    chart.measure(race, 0.0)
    lanes: list[dict[str, Any]] = []
    steps: list[NDArray[np.int32]] = [np.zeros(0, dtype=np.int32)]
    columns: dict[str, list[Array]] = {name: [np.zeros(0)] for name in COLUMNS}
    slopes = np.full((len(race.lanes), 2), np.nan)
    for row, lane in enumerate(race.lanes):
        way = chart.trajectory(race, lane.id)
        gone = lane.stopped is not None and lane.stopped.kind == "non_finite"
        lanes.append({"id": lane.id, "count": len(way.steps), "diverged": lane.trainer.steps_done if gone else None})
        steps.append(way.steps.astype(np.int32))
        for name in COLUMNS:
            columns[name].append(way.columns[name])
        if np.isfinite(lane.trainer.machine.theta).all():
            slopes[row] = chart.slope(race, lane.id)
    meta: dict[str, Any] = {"lanes": lanes, "chart": desk.charts, "change": desk.changes, "explained": chart.explained(race)}
    meta["climbs"] = [] if isinstance(desk.work, Playing) else climbs(race, chart)
    first = chart.choice.lane or (race.lanes[0].id if race.lanes else None)
    standing = {lane.id for lane in race.lanes}
    lowest = chart.lowest(race, first) if first in standing and first is not None else None
    meta["minima"] = None if lowest is None else {"lowest": lowest[0], "reached": lowest[1], "lane": first}
    arrays: Arrays = {"steps": np.concatenate(steps), "slopes": slopes}
    return Picture(meta, arrays | {name: np.concatenate(parts) for name, parts in columns.items()})


def standings(desk: NetworkDesk, want: Want) -> Picture | None:
    """Every lane where it stands, the least train loss first, diverged ones last: what `engine.race.on_network.NetworkStanding`
    has, the rate of its next update, and the epochs it has begun."""
    race = desk.present()
    rows = []
    for found in race.standings(desk.threshold):
        trainer = race.lane(found.id).trainer
        row: dict[str, Any] = {"id": found.id, "step": found.step, "loss": found.train_loss, "test": found.test_loss}
        row |= {"accuracy": found.accuracy, "diverged": found.diverged, "reached": found.reached}
        stop = trainer.stopped
        words = stop.message if stop is not None and stop.kind != "finished" else None
        rows.append(row | {"rate": float(trainer.rate), "epoch": trainer.epoch, "stopped": words})
    return Picture({"lanes": rows, "threshold": desk.threshold, "change": desk.changes}, {})


def curves(desk: NetworkDesk, want: Want) -> Picture | None:
    """The recorded losses of each lane up to the present step, thinned: ``steps1``, ``train1`` and, where there is such a
    split, ``test1`` of lane 1, and so on."""
    race = desk.present()
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
    return Picture({"lanes": [lane.id for lane in race.lanes], "change": desk.changes}, arrays)


def maps(desk: NetworkDesk, want: Want) -> Picture | None:
    """Of each lane in `meta.lanes` its output over the plane, `maps` (lanes, g, g), row 0 lowest y: bytes from `meta.low` to
    `meta.high`, or where there are several outputs the class told. Nothing where the data are no plane."""
    race = desk.present()
    found = [output_map(lane.trainer, GRID) for lane in race.lanes]
    if not found or found[0] is None:
        return None
    several = race.lanes[0].trainer.tape.sizes[-1] > 1
    meta = {"lanes": [lane.id for lane in race.lanes], "classes": several, "change": desk.changes}
    return Picture(meta, {"maps": np.stack(found)})


def study(desk: NetworkDesk, want: Want) -> Picture | None:
    """What a viewer lacks of the last study of each kind, one a frame, the oldest first: what is told stands in
    `server.race.network.studies`."""
    due = _due(desk, want.cursor)
    if due is None:
        return None
    seen = dict(want.cursor.seen) if isinstance(want.cursor, StudyCursor) else {}
    return due.picture()._replace(cursor=StudyCursor(tuple((seen | {due.kind: (due.number, due.shown)}).items())))


def _due(desk: NetworkDesk, cursor: Hashable) -> Study | None:
    seen = dict(cursor.seen) if isinstance(cursor, StudyCursor) else {}
    lacking = [study for study in desk.kept.values() if seen.get(study.kind) != (study.number, study.shown)]
    return min(lacking, key=lambda study: study.number, default=None)


NETWORK_CHANNELS: Mapping[Channel, Callable[[NetworkDesk, Want], Picture | None]] = {
    "network_ways": ways,
    "network_standings": standings,
    "network_curves": curves,
    "network_maps": maps,
    "network_surface": surface,
    "study": study,
}
"""In the order in which they are made where several are due."""
