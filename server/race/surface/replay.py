"""A race on a surface as a file that plays by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from server.protocol.race import RaceExport
from server.race import figures as parts
from server.race.levels import contour_values, positions
from server.race.names import names_of, title
from server.race.refusals import refused
from server.race.surface.figures import told_of
from server.replay.page import replay_file
from server.replay.race import lane, lay_ground

if TYPE_CHECKING:
    from server.race.surface.controller import SurfaceRaceController

ROWS, COLUMNS = 101, 201
"""Of the ground's grid, which is twice as broad as high."""


def replay(races: SurfaceRaceController, command: RaceExport) -> dict[str, Any]:
    """In a worker: the steps asked for, up to the present one."""
    from engine.export.replay.race import surface_recording

    race = races.present()
    last = race.step if command.last is None else command.last
    with refused("last"):
        recording = surface_recording(race, command.first, last, command.seconds)
    plane = parts.grown(race.surface.domain)
    heights = race.surface.grid(COLUMNS, ROWS, plane)[2]
    heights[~np.isfinite(heights)] = np.nan
    contours = contour_values(heights)
    lay_ground(recording, heights, *positions(heights, contours), contours)
    names = names_of(race)
    light, dark = (parts.looks_of(theme, race, races.slots) for theme in ("light", "dark"))
    stood = {each.id: each for each in race.standings(races.threshold)}
    told = told_of(races, command.theme)
    recording.title = f"Race on {title(race)}"
    recording.meta |= {
        "lanes": [
            lane(
                each.id,
                names[each.id],
                light[each.id].color,
                dark[each.id].color,
                light[each.id].dash,
                stood[each.id].reached,
                stood[each.id].arrived,
                stood[each.id].diverged,
            )
            for each in race.lanes
        ],
        "axes": ["x", "y"],
        "domain": [list(side) for side in plane],
        "minima": [[found.x, found.y] for found in race.surface.minima],
        "finish": race.finish(races.threshold),
        "value": "f",
        "note": f"start ({race.start[0]:g}, {race.start[1]:g})".replace("-", "−"),
        "solvers": any(each.spec.solvers for each in race.lanes),
        "outcome": None if told is None else {"title": told.title, "words": told.words},
    }
    name = f"chainrule-race-{race.spec.surface.name}-replay-{command.first}-to-{last}"
    return replay_file(name, recording, command.theme, command.link)
