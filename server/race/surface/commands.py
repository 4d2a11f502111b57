"""What commands do that only a race on a surface knows: beginning one, another surface below it, a lane's update taken
apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from server.mathml import dissection
from server.protocol.race import RaceBegin, RaceChange, RaceDissect, RaceFan
from server.race.refusals import refused
from server.race.surface.controller import SurfaceRaceController, race_of
from server.race.surface.opening import opening
from server.session.viewer import Viewer
from server.wire.errors import CommandError
from server.wire.sizes import check_race

if TYPE_CHECKING:
    from engine.race import Race


async def begin(races: SurfaceRaceController, viewer: Viewer, command: RaceBegin) -> None:
    if command.unless_there and races.race is not None:
        return
    if command.spec is not None and command.surface is not None:
        raise CommandError("invalid", "surface: the spec names one", "surface", "none where there is a spec")
    spec, words, threshold = command.spec, "", races.usual_threshold
    if spec is None:
        from engine.parts import whole

        limits = races.host.settings
        found = await races.host.call(whole, opening, command.surface, limits.max_lanes, limits.max_race_steps)
        spec, words, threshold = found
    check_race(spec, races.host.settings)
    race = await races.host.call(race_of, spec)
    races.threshold = threshold if command.threshold is None else command.threshold
    await races.adopt(race)
    if words:
        races.chosen, races.rates = {lane.id: "tuned" for lane in race.lanes}, words
        await races.changed()


async def change(races: SurfaceRaceController, viewer: Viewer, command: RaceChange) -> None:
    races.present()
    names = ("surface", "start", "noise", "seed", "max_steps", "bound")
    fields = {name: getattr(command, name) for name in names if getattr(command, name) is not None}
    check_race(fields, races.host.settings, "")
    if fields:
        await races.host.call(_change, races, fields)
        races.again()
    if command.threshold is not None:
        races.threshold = command.threshold
    races.pace()
    races.redrawn += "surface" in fields
    await races.changed()


def _change(races: SurfaceRaceController, fields: dict[str, Any]) -> None:
    race = races.present()
    usual, before = race.usual_threshold(), _kind(race)
    with refused(""):
        race.change(**fields)
    if _kind(race) != before:
        if race.surface.row is None and race.spec.start is None:
            race.restart(race.surface.tidy_start)
        race.seek(0)
        if races.threshold == usual:
            races.threshold = race.usual_threshold()


def _kind(race: Race) -> tuple[str, object]:
    """Which surface, whatever its numbers."""
    surface = race.spec.surface
    return surface.name, surface.parameters.get("formula")


async def dissect(races: SurfaceRaceController, viewer: Viewer, command: RaceDissect) -> dict[str, Any]:
    races.present()
    return await races.host.call(_dissect, races, command)


def _dissect(races: SurfaceRaceController, command: RaceDissect) -> dict[str, Any]:
    from engine.microscope import Writing
    from engine.race import dissect_lane

    with refused("lane"):
        found = dissect_lane(races.present(), command.lane, command.coordinate)
    return {"lane": command.lane, **dissection(found, Writing(numbers=True))}


async def fan(races: SurfaceRaceController, viewer: Viewer, command: RaceFan) -> None:
    races.present()
    await races.host.call(_fan, races, command)


def _fan(races: SurfaceRaceController, command: RaceFan) -> None:
    from engine.race.fan import fan as run

    race = races.present()
    with refused(""):
        lane = race.lane(command.lane)
        run(race.spec.model_copy(update={"max_steps": 1}), lane.spec, command.starts)  # refuses a start that is off the surface
    races.fans.want(command.lane, tuple(command.starts))
    races.fan()
