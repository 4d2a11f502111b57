"""What commands do that only a race on a surface knows: beginning one, another surface below it, how rates are chosen, a lane's
update taken apart."""

from __future__ import annotations

from typing import Any

from server.mathml import dissection
from server.protocol.race import RaceBegin, RaceChange, RaceDissect, RaceRates
from server.race.refusals import refused
from server.race.surface.controller import SurfaceRaceController, default_rate, race_of
from server.race.surface.opening import OPENING
from server.race.surface.tuning import Tuning
from server.session.viewer import Viewer
from server.wire.errors import CommandError
from server.wire.sizes import check_race


async def begin(races: SurfaceRaceController, viewer: Viewer, command: RaceBegin) -> None:
    if command.unless_there and races.race is not None:
        return
    spec = OPENING if command.spec is None else command.spec
    check_race(spec, races.host.settings)
    race = await races.host.call(race_of, spec)
    races.threshold = command.threshold
    await races.adopt(race)


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
    with refused(""):
        races.present().change(**fields)


async def rates(races: SurfaceRaceController, viewer: Viewer, command: RaceRates) -> bool | dict[str, Any]:
    race = races.present()
    if not race.lanes:
        raise CommandError("invalid", "how: there is no lane whose rate could be chosen", "how", "at least one lane")
    if command.how == "tuned":
        await races.stop()
        races.begin_work(Tuning(race, command, viewer))
        return True
    if command.how == "same":
        if command.lr is None:
            raise CommandError("invalid", "lr: the same rate for all is wanted", "lr", "above 0 and at most 1e6")
        await races.host.call(races.settle_rates, {lane.id: command.lr for lane in race.lanes}, "same")
        races.rates = f"the same η for all, {command.lr:g}"
    else:
        usual = {lane.id: default_rate(lane.spec.optimizer) for lane in race.lanes}
        await races.host.call(races.settle_rates, usual, "default")
        races.rates = "each rule's default"
    await races.changed()
    return {"words": races.rates}


async def dissect(races: SurfaceRaceController, viewer: Viewer, command: RaceDissect) -> dict[str, Any]:
    races.present()
    return await races.host.call(_dissect, races, command)


def _dissect(races: SurfaceRaceController, command: RaceDissect) -> dict[str, Any]:
    from engine.microscope import Writing
    from engine.race import dissect_lane

    with refused("lane"):
        found = dissect_lane(races.present(), command.lane, command.coordinate)
    return {"lane": command.lane, **dissection(found, Writing(numbers=True))}
