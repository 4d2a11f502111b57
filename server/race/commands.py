"""What commands do that both races know: their clock, their lanes, taking a race away. The handlers take the race's controller;
each returns what was asked for, or True when it is answered later."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from server.protocol import Done, RaceExport, RaceLoad, RacePause, RacePlay, RaceSeek, RaceShare, RaceSpeedCommand, RaceStep
from server.protocol.race_network import (
    NetworkExport,
    NetworkLoad,
    NetworkPause,
    NetworkPlay,
    NetworkSeek,
    NetworkShare,
    NetworkSpeed,
    NetworkStep,
)
from server.race import script
from server.race.controller import RaceController
from server.session.clock import Seek
from server.session.viewer import Viewer
from server.wire.errors import CommandError

if TYPE_CHECKING:
    from server.protocol import Command

Races = RaceController[Any]


async def play(races: Races, viewer: Viewer, command: RacePlay | NetworkPlay) -> None:
    races.present()
    if command.speed is not None:
        races.speed = command.speed
    await races.stop()
    races.check_playable()
    races.play()


async def pause(races: Races, viewer: Viewer, command: RacePause | NetworkPause) -> None:
    await races.stop()


async def set_speed(races: Races, viewer: Viewer, command: RaceSpeedCommand | NetworkSpeed) -> None:
    races.speed = command.speed
    races.pace()
    races.tell()


async def step(races: Races, viewer: Viewer, command: RaceStep | NetworkStep) -> bool:
    await races.stop()
    races.present()
    at = races.steppable()
    return await _go(races, min(at.step + command.count, at.end), viewer, command)


async def seek(races: Races, viewer: Viewer, command: RaceSeek | NetworkSeek) -> bool:
    races.present()
    end = races.steppable().end
    if command.step > end:
        raise CommandError("invalid", "step: the race does not go as far as that", "step", f"0 to {end}")
    return await _go(races, command.step, viewer, command)


async def load(races: Races, viewer: Viewer, command: RaceLoad | NetworkLoad) -> bool:
    found = await races.host.call(script.read, command.script, races.longest_script, races.share_command)
    return await _go(races, await races.lay_out(found), viewer, command)


async def _go(races: Races, goal: int, viewer: Viewer, command: Command) -> bool:
    await races.stop()
    races.seek(Seek(races.steppable(), goal, viewer, Done(id=command.id, command=command.type)))
    return True


async def share(races: Races, viewer: Viewer, command: RaceShare | NetworkShare) -> dict[str, Any]:
    races.present()
    return {"script": await races.host.call(_shared, races)}


def _shared(races: Races) -> str:
    return script.text_of(races.as_script())


async def export(races: Races, viewer: Viewer, command: RaceExport | NetworkExport) -> dict[str, Any]:
    races.present()
    races.check_export()
    if command.format == "csv":
        return await races.host.call(races.table)
    return await races.host.call(races.page, command.theme)
