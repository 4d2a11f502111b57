"""The race on the network as an activity of a session."""

from __future__ import annotations

from server.protocol.race_network import (
    NetworkBegin,
    NetworkExport,
    NetworkInfo,
    NetworkLaneAdd,
    NetworkLaneDuplicate,
    NetworkLaneRemove,
    NetworkLaneReplace,
    NetworkLaneRetune,
    NetworkLoad,
    NetworkOpen,
    NetworkPause,
    NetworkPlane,
    NetworkPlay,
    NetworkRates,
    NetworkSeek,
    NetworkShare,
    NetworkSpeed,
    NetworkState,
    NetworkStep,
    StudyBasins,
    StudyCancel,
    StudyCompass,
    StudyEdge,
    StudyPoint,
    StudyRates,
    StudySeeds,
)
from server.race import commands, lane_commands, rates
from server.race.network import commands as own
from server.race.network import files
from server.race.network.channels import CHANNELS
from server.race.network.controller import NetworkRaceController
from server.race.network.replay import replay
from server.session.activity import Kind

NETWORK = Kind(
    name="network",
    begin=NetworkRaceController,
    handlers={
        NetworkBegin: own.begin,
        NetworkLoad: commands.load,
        NetworkShare: commands.share,
        NetworkExport: commands.exporting(files.check, files.table, files.page, replay),
        NetworkLaneAdd: lane_commands.lane_add,
        NetworkLaneRemove: lane_commands.lane_remove,
        NetworkLaneDuplicate: lane_commands.lane_duplicate,
        NetworkLaneRetune: lane_commands.lane_retune,
        NetworkLaneReplace: lane_commands.lane_replace,
        NetworkRates: rates.choose,
        NetworkPlay: commands.play,
        NetworkPause: commands.pause,
        NetworkSpeed: commands.set_speed,
        NetworkStep: commands.step,
        NetworkSeek: commands.seek,
        NetworkPlane: own.plane,
        NetworkOpen: own.open_lane,
        StudySeeds: own.study,
        StudyRates: own.study,
        StudyBasins: own.study,
        StudyCompass: own.study,
        StudyPoint: own.study,
        StudyEdge: own.study,
        StudyCancel: own.study_cancel,
    },
    events=(NetworkInfo, NetworkState),
    channels=CHANNELS,
)
