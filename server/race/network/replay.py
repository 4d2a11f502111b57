"""A race on the network as a file that plays by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from server.protocol.race_network import NetworkExport
from server.race import figures as parts
from server.race.levels import contour_values, positions
from server.race.names import names_of
from server.race.network.figures import told_of
from server.race.network.plane import words_of
from server.race.refusals import refused
from server.replay.page import replay_file
from server.replay.race import lane, lay_ground
from server.wire.errors import CommandError

if TYPE_CHECKING:
    from server.race.network.controller import NetworkRaceController


def replay(races: NetworkRaceController, command: NetworkExport) -> dict[str, Any]:
    """In a worker: the steps asked for, up to the present one, over the plane that is looked at, at its finest."""
    from engine.export.replay.race import network_recording

    race = races.present()
    races.plane.paint_all()
    chart = races.plane.chart
    if chart is None or chart.picture is None:
        raise CommandError("invalid", "format: there is no plane yet to see the race over", "format", "html, csv")
    last = race.step if command.last is None else command.last
    walked = {each.id: chart.trajectory(race, each.id) for each in race.lanes}
    with refused("last"):
        recording = network_recording(race, walked, command.first, last, command.seconds)
    heights = np.where(np.isfinite(chart.picture.values), chart.picture.values, np.nan)
    contours = contour_values(heights)
    lay_ground(recording, heights, *positions(heights, contours), contours)
    names = names_of(race)
    light, dark = (parts.looks_of(theme, race, races.slots) for theme in ("light", "dark"))
    stood = {each.id: each for each in race.standings(races.threshold)}
    told = told_of(races, command.theme)
    sizes = "–".join(str(size) for size in race.lanes[0].trainer.tape.sizes)
    recording.title = f"Race on the network {sizes}, {race.spec.run.data.name}"
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
        "axes": [
            name if offset == 0 else f"{name}, from {offset:.3g}"
            for name, offset in zip(chart.plane.names, chart.offset, strict=True)
        ],
        "domain": [list(chart.across), list(chart.up)],
        "minima": [],
        "finish": races.threshold,
        "value": "train loss",
        "note": f"The plane: {words_of(chart)}",
        "solvers": False,
        "outcome": None if told is None else {"title": told.title, "words": told.words},
    }
    name = f"chainrule-race-{race.spec.run.data.name}-replay-{command.first}-to-{last}"
    return replay_file(name, recording, command.theme, command.link)
