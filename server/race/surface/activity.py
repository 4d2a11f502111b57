"""The race on a surface as an activity of a session."""

from __future__ import annotations

from server.protocol.race import (
    RaceBegin,
    RaceChange,
    RaceDissect,
    RaceExport,
    RaceFan,
    RaceInfo,
    RaceLaneAdd,
    RaceLaneDuplicate,
    RaceLaneRemove,
    RaceLaneReplace,
    RaceLaneRetune,
    RaceLoad,
    RacePause,
    RacePlay,
    RaceRates,
    RaceSeek,
    RaceShare,
    RaceSpeedCommand,
    RaceState,
    RaceStep,
)
from server.race import commands, lane_commands, rates
from server.race.surface import commands as own
from server.race.surface import files
from server.race.surface.channels import CHANNELS
from server.race.surface.controller import SurfaceRaceController
from server.race.surface.figures import page_figures
from server.race.surface.replay import replay
from server.session.activity import Kind

SURFACE = Kind(
    name="race",
    begin=SurfaceRaceController,
    handlers={
        RaceBegin: own.begin,
        RaceLoad: commands.load,
        RaceChange: own.change,
        RaceRates: rates.choose,
        RaceLaneAdd: lane_commands.lane_add,
        RaceLaneRemove: lane_commands.lane_remove,
        RaceLaneDuplicate: lane_commands.lane_duplicate,
        RaceLaneRetune: lane_commands.lane_retune,
        RaceLaneReplace: lane_commands.lane_replace,
        RacePlay: commands.play,
        RacePause: commands.pause,
        RaceSpeedCommand: commands.set_speed,
        RaceStep: commands.step,
        RaceSeek: commands.seek,
        RaceDissect: own.dissect,
        RaceFan: own.fan,
        RaceShare: commands.share,
        RaceExport: commands.exporting(files.check, files.table, files.page, replay),
    },
    events=(RaceInfo, RaceState),
    channels=CHANNELS,
    figures=page_figures,
)
