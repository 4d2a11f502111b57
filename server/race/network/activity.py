"""The race on the network as a row."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any, get_args

from server.protocol import NetworkCommand, NetworkInfo, NetworkState
from server.protocol.base import name_of
from server.race.adapter import NetworkRace, handler
from server.race.network.channels import NETWORK_CHANNELS, key_of
from server.race.network.commands import HANDLERS
from server.session.activity import Channel, Kind
from server.session.channel_types import FRAME, READING, Picture, Want
from server.session.viewer import Slot, Viewer


def _row(name: str) -> Channel:
    def make(race: Any, want: Want) -> Picture | None:
        return NETWORK_CHANNELS[name](race.desk, want)

    def key(race: Any, viewer: Viewer, slot: Slot) -> Hashable:
        return key_of(race.desk, name, slot)

    return Channel(name, make, key, READING if name in ("network_standings", "network_curves") else FRAME)


NETWORK = Kind(
    "network",
    NetworkRace,
    {model: handler(HANDLERS[name_of(model)]) for model in get_args(NetworkCommand)},
    (NetworkInfo, NetworkState),
    tuple(_row(name) for name in NETWORK_CHANNELS),
)
