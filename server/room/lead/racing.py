"""A race as those see it who follow: the surface as coarse heat with the lanes' trails, or the lanes' curves; and the
standings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from server.room.lead.scene import Scene
from server.session.channel_types import Arrays

if TYPE_CHECKING:
    from engine.array import Array
    from engine.race import NetworkRace, Race

HEAT = 48
"""Cells along a side of the surface."""
TRAIL, CURVE = 150, 120
"""Points of a lane's trail, and of its curve."""
MOST_LANES = 8
FLOOR = 0.005
"""The share of the surface that is as dark as its lowest point."""
SURFACE_TELLS = frozenset({"race_surface"})
TRAILS_TELL = frozenset({"race_trails", "race_point", "race_outcome", "race_standings"})
NETWORK_TELLS = frozenset({"network_curves", "network_standings", "network_outcome", "network_ways"})


def race_picture(scene: Scene) -> tuple[dict[str, Any], Arrays]:
    """`meta.on`, `meta.lanes`: {id, name, colour, loss, diverged, words} in the order of the standings. On a surface `heat`
    (g, g) from 0, the lowest, to 255, row 0 the lowest y, over `xs` and `ys`, and a trail `lane_0` … (n, 2) of each lane; on
    the network a curve `train_0` … (n, 2) of each, step and loss."""
    races = scene.race()
    race = races.race
    on = "network" if races is scene.network else "surface"
    meta: dict[str, Any] = {"kind": "race", "on": on, "lanes": [], "status": "playing" if races.moving else "paused"}
    if race is None:
        return meta, {}
    meta["step"] = race.step
    return _on_surface(scene, race, meta) if on == "surface" else _on_network(scene, race, meta)


def _on_surface(scene: Scene, race: Race, meta: dict[str, Any]) -> tuple[dict[str, Any], Arrays]:
    x, y, f = race.surface.grid(HEAT, HEAT)
    meta |= {"xs": [float(x[0]), float(x[-1])], "ys": [float(y[0]), float(y[-1])]}
    arrays: Arrays = {}
    if not scene.withheld & SURFACE_TELLS:
        arrays["heat"] = heat(f, log=race.surface.row is None or race.surface.row.colour == "log")
    if scene.withheld & TRAILS_TELL:
        return meta, arrays
    ranked = race.standings(scene.race().threshold)[:MOST_LANES]
    for place, found in enumerate(ranked):
        lane = race.lane(found.id)
        trail = race.trail(lane.id)
        arrays[f"lane_{place}"] = trail[_thinned(len(trail), TRAIL)].astype(np.float32)
        told = {"loss": found.loss, "diverged": found.diverged is not None, "words": _words(found.arrived, found.diverged)}
        meta["lanes"].append(_lane(scene, lane) | told)
    return meta, arrays


def _on_network(scene: Scene, race: NetworkRace, meta: dict[str, Any]) -> tuple[dict[str, Any], Arrays]:
    arrays: Arrays = {}
    if scene.withheld & NETWORK_TELLS:
        return meta, arrays
    for place, found in enumerate(race.standings(scene.race().threshold)[:MOST_LANES]):
        lane = race.lane(found.id)
        line = lane.trainer.series.until(lane.trainer.steps_done).columns()
        kept = _thinned(len(line["step"]), CURVE)
        arrays[f"train_{place}"] = np.column_stack([line["step"][kept], line["train_loss"][kept]]).astype(np.float32)
        told = {"loss": found.train_loss, "accuracy": found.accuracy, "diverged": found.diverged is not None}
        meta["lanes"].append(_lane(scene, lane) | told | {"words": _words(found.arrived, found.diverged)})
    return meta, arrays


def _lane(scene: Scene, lane: Any) -> dict[str, Any]:
    name = lane.spec.label or lane.spec.optimizer.row.title
    return {"id": lane.id, "name": name, "colour": scene.race().slots.get(lane.id, 0)}


def heat(heights: Array, *, log: bool) -> NDArray[np.uint8]:
    """Heights as bytes from the lowest to the highest, what is not finite as the highest; `log`: as far as they lie above the
    lowest, on a logarithmic scale."""
    level = np.where(np.isfinite(heights), heights, np.nan)
    if np.isnan(level).all():
        return np.zeros(heights.shape, dtype=np.uint8)
    level -= np.nanmin(level)
    if log:
        level = np.log10(level + max(float(np.nanquantile(level, FLOOR)), 1e-9 * float(np.nanmax(level)), 1e-300))
        level -= np.nanmin(level)
    top = float(np.nanmax(level))
    shares = np.nan_to_num(level / top if top > 0.0 else level, nan=1.0)
    levels: NDArray[np.uint8] = np.rint(255.0 * shares).astype(np.uint8)
    return levels


def _words(arrived: int | None, diverged: int | None) -> str:
    if diverged is not None:
        return f"left at step {diverged:,}"
    return "" if arrived is None else f"arrived at step {arrived:,}"


def _thinned(count: int, most: int) -> Any:
    return np.unique(np.linspace(0, max(0, count - 1), min(count, most)).round().astype(np.int64))
