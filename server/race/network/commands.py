"""What commands do that only a race on the network knows: beginning one from the run, laying planes, opening a lane's run, and
studies."""

from __future__ import annotations

from typing import Any

from server.interfaces import RunAccess
from server.protocol.race_network import (
    NetworkBegin,
    NetworkOpen,
    NetworkPlane,
    StudyCancel,
)
from server.race import script
from server.race.network.building import race_of_run
from server.race.network.controller import NetworkRaceController, Wish
from server.race.network.plane import chart_of
from server.race.network.studies.asking import StudyCommand, study_of
from server.race.refusals import refused
from server.session.viewer import Viewer


async def begin(races: NetworkRaceController, viewer: Viewer, command: NetworkBegin) -> None:
    if command.unless_there and races.race is not None:
        return
    trainer = races.host.find(RunAccess).present()
    wanted = await races.host.call(race_of_run, trainer, command.lanes, races.host.settings)
    async with races.host.room(wanted.size):
        await races.open(wanted, command.threshold)


async def open_lane(races: NetworkRaceController, viewer: Viewer, command: NetworkOpen) -> dict[str, Any]:
    """The lane's own run, as the Train view and the microscope take it."""
    race = races.present()
    with refused("lane"):
        race.lane(command.lane)
    return {"script": await races.host.call(lambda: script.text_of(race.run_script(command.lane)))}


async def plane(races: NetworkRaceController, viewer: Viewer, command: NetworkPlane) -> None:
    race = races.present()
    races.plane.lay(await races.host.call(chart_of, race, command), command.points)
    races.planned = Wish(command, race.step)
    races.host.poke()


# Studies ------------------------------------------------------------------------------------------------------------


async def study(races: NetworkRaceController, viewer: Viewer, command: StudyCommand) -> dict[str, Any]:
    async with races.host.room(races.study_size(command)):
        made = await races.host.call(study_of, races, command, races.studies.count + 1)
        races.studied = Wish(command, races.present().step) if races.race is not None else None
        races.studies.begin(made)
    races.host.poke()
    return {"study": made.number}


async def study_cancel(races: NetworkRaceController, viewer: Viewer, command: StudyCancel) -> None:
    races.studies.cancel()
    races.host.poke()
