"""What commands do that only a race on the network knows: beginning one from the run, laying planes, opening a lane's run, and
studies."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from server.interfaces import RunAccess
from server.protocol.race_network import (
    NetworkBegin,
    NetworkOpen,
    NetworkPlane,
    StudyBasins,
    StudyCancel,
    StudyCompass,
    StudyPoint,
    StudyRates,
    StudySeeds,
)
from server.race import script
from server.race.interfaces import SurfaceRaceAccess
from server.race.network import studies
from server.race.network.building import race_of_run
from server.race.network.controller import NetworkRaceController
from server.race.network.plane import chart_of
from server.race.network.study import Study
from server.race.refusals import refused
from server.session.viewer import Viewer


async def begin(races: NetworkRaceController, viewer: Viewer, command: NetworkBegin) -> None:
    trainer = races.host.find(RunAccess).present()
    wanted = await races.host.call(race_of_run, trainer, command.lanes, races.host.settings)
    async with races.host.room(wanted.size):
        await races.open(wanted, command.threshold)


async def open_lane(races: NetworkRaceController, viewer: Viewer, command: NetworkOpen) -> dict[str, Any]:
    """The lane's own run, as the Train view and the microscope take it."""
    race = races.present()
    with refused("lane"):
        trainer = race.lane(command.lane).trainer
    return {"script": script.text_of(await races.host.call(trainer.as_script))}


async def plane(races: NetworkRaceController, viewer: Viewer, command: NetworkPlane) -> None:
    races.plane.lay(await races.host.call(chart_of, races.present(), command), command.points)
    races.host.poke()


# Studies ------------------------------------------------------------------------------------------------------------


async def _study(races: NetworkRaceController, make: Callable[[int], Study], runs: int = 1) -> dict[str, Any]:
    """`runs`: how many of the race's networks it holds at a time."""
    size = races.lane_size * runs
    async with races.host.room(size):
        made = await races.host.call(make, races.studies.count + 1)
        made.size = size
        races.studies.begin(made)
    races.host.poke()
    return {"study": made.number}


async def study_seeds(races: NetworkRaceController, viewer: Viewer, command: StudySeeds) -> dict[str, Any]:
    race = races.present()
    runs = command.seeds * len(race.lanes if command.lanes is None else command.lanes)
    return await _study(races, lambda number: studies.seeds(race, command, number, races.host.settings), runs)


async def study_rates(races: NetworkRaceController, viewer: Viewer, command: StudyRates) -> dict[str, Any]:
    on = races.present() if command.on == "network" else races.host.find(SurfaceRaceAccess).present()
    return await _study(races, lambda number: studies.rates(on, command, number, races.host.settings))


async def study_basins(races: NetworkRaceController, viewer: Viewer, command: StudyBasins) -> dict[str, Any]:
    race = races.host.find(SurfaceRaceAccess).present()
    return await _study(races, lambda number: studies.basins(race, command, number, races.host.settings))


async def study_gradient_noise(races: NetworkRaceController, viewer: Viewer, command: StudyCompass) -> dict[str, Any]:
    race, key = races.present(), (races.number, races.changes)
    return await _study(races, lambda number: races.gradient_noise.study(race, command, number, key))


async def study_point(races: NetworkRaceController, viewer: Viewer, command: StudyPoint) -> dict[str, Any]:
    race = races.present()
    return await _study(races, lambda number: studies.point(race, command, number))


async def study_cancel(races: NetworkRaceController, viewer: Viewer, command: StudyCancel) -> None:
    races.studies.cancel()
    races.host.poke()
