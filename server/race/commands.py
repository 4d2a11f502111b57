"""What commands do that both races know: their clock, their lanes, taking a race away. The handlers take the race's controller;
each returns what was asked for, or True when it is answered later."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from server.protocol import Done
from server.protocol.race import RaceExport, RaceLoad, RacePause, RacePlay, RaceSeek, RaceShare, RaceSpeedCommand, RaceStep
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

Races = RaceController[Any]
Export = RaceExport | NetworkExport
C = TypeVar("C", bound=RaceController[Any])


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
    return await _go(races, min(at.step + command.count, at.end), viewer, Done(id=command.id, command=command.type))


async def seek(races: Races, viewer: Viewer, command: RaceSeek | NetworkSeek) -> bool:
    races.present()
    end = races.steppable().end
    if command.step > end:
        raise CommandError("invalid", "step: the race does not go as far as that", "step", f"0 to {end}")
    return await _go(races, command.step, viewer, Done(id=command.id, command=command.type))


async def load(races: Races, viewer: Viewer, command: RaceLoad | NetworkLoad) -> bool:
    found = await races.host.call(script.read, command.script, races.longest_script, races.share_command)
    return await _go(races, await races.lay_out(found), viewer, Done(id=command.id, command=command.type))


async def _go(races: Races, goal: int, viewer: Viewer, answer: Done) -> bool:
    await races.stop()
    races.begin_work(Seek(races.steppable(), goal, viewer, answer))
    return True


async def share(races: Races, viewer: Viewer, command: RaceShare | NetworkShare) -> dict[str, Any]:
    races.present()
    return {"script": await races.host.call(_shared, races)}


def _shared(races: Races) -> str:
    return script.text_of(races.as_script())


def exporting(
    check: Callable[[C], None],
    table: Callable[[C], dict[str, Any]],
    page: Callable[[C, str], dict[str, Any]],
    replay: Callable[[C, Any], dict[str, Any]],
) -> Callable[[C, Viewer, Export], Awaitable[dict[str, Any]]]:
    """The handler of a race's export: `check` refuses what would make no file, the others make one in a worker."""

    async def export(races: C, viewer: Viewer, command: Export) -> dict[str, Any]:
        races.present()
        if command.format == "replay":
            return await races.host.call(replay, races, command)
        check(races)
        if command.format == "csv":
            return await races.host.call(table, races)
        return await races.host.call(page, races, command.theme)

    return export
