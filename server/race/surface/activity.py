"""The race on a surface as a row."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any, get_args

from server.protocol import RaceCommand, RaceInfo, RaceState
from server.protocol.base import name_of
from server.race.adapter import SurfaceRace, handler
from server.race.surface.channels import RACE_CHANNELS, key_of
from server.race.surface.commands import HANDLERS
from server.race.surface.figures import race_figures
from server.session.activity import Channel, Kind
from server.session.channel_types import FRAME, READING, Picture, Want
from server.session.viewer import Slot, Viewer


def _row(name: str) -> Channel:
    def make(race: Any, want: Want) -> Picture | None:
        return RACE_CHANNELS[name](race.desk, want)

    def key(race: Any, viewer: Viewer, slot: Slot) -> Hashable:
        return key_of(race.desk, viewer, name, slot)

    return Channel(name, make, key, READING if name in ("race_standings", "race_point") else FRAME)


SURFACE = Kind(
    "race",
    SurfaceRace,
    {model: handler(HANDLERS[name_of(model)]) for model in get_args(RaceCommand)},
    (RaceInfo, RaceState),
    tuple(_row(name) for name in ("race_surface", "race_trails", "race_standings", "race_point")),
    race_figures,
)
