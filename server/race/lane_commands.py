"""What commands do to lanes, on a surface or on a network."""

from __future__ import annotations

from typing import Any

from server.protocol.race import RaceLaneAdd, RaceLaneDuplicate, RaceLaneRemove, RaceLaneReplace, RaceLaneRetune
from server.protocol.race_network import (
    NetworkLaneAdd,
    NetworkLaneDuplicate,
    NetworkLaneRemove,
    NetworkLaneReplace,
    NetworkLaneRetune,
)
from server.race.controller import RaceController
from server.race.refusals import refused
from server.session.viewer import Viewer
from server.wire.sizes import check_retunes

Races = RaceController[Any]


async def lane_add(races: Races, viewer: Viewer, command: RaceLaneAdd | NetworkLaneAdd) -> dict[str, Any]:
    races.present()
    async with races.room_for_lane():
        number = await races.host.call(_add, races, command.lane)
    races.lane_joined(number)
    await races.lanes_began()
    return {"lane": number}


def _add(races: Races, lane: dict[str, Any]) -> int:
    from engine.race.spec import LaneSpec

    with refused("lane", one_lane=True):
        checked = LaneSpec.model_validate(lane)
    races.check_room(checked)
    with refused("lane", one_lane=True):
        number: int = races.present().add(checked)
    return number


async def lane_duplicate(races: Races, viewer: Viewer, command: RaceLaneDuplicate | NetworkLaneDuplicate) -> dict[str, Any]:
    races.present()
    async with races.room_for_lane():
        number = await races.host.call(_duplicate, races, command.lane)
    races.lane_joined(number, command.lane)
    await races.lanes_began()
    return {"lane": number}


def _duplicate(races: Races, number: int) -> int:
    race = races.present()
    with refused("lane"):
        repeated = race.lane(number).spec
    races.check_room(repeated)
    with refused("lane"):
        twin: int = race.duplicate(number)
    return twin


async def lane_remove(races: Races, viewer: Viewer, command: RaceLaneRemove | NetworkLaneRemove) -> None:
    race = races.present()
    with refused("lane"):
        race.remove(command.lane)
    races.forget(command.lane)
    await races.changed()


async def lane_retune(races: Races, viewer: Viewer, command: RaceLaneRetune | NetworkLaneRetune) -> None:
    check_retunes([lane.spec for lane in races.present().lanes], races.host.settings, "lane", more=1)
    await races.host.call(_retune, races, command)
    races.forget(command.lane)
    await races.changed()


def _retune(races: Races, command: RaceLaneRetune | NetworkLaneRetune) -> None:
    from engine.solvers.spec import lane_optimizer
    from engine.spec import ScheduleSpec

    race = races.present()
    with refused("lane"):
        optimizer, _ = race.lane(command.lane).spec.in_force(race.step)
    if command.optimizer is not None:
        with refused("optimizer"):
            optimizer = lane_optimizer(command.optimizer)
    schedule: ScheduleSpec | None = None
    if command.schedule is not None:
        with refused("schedule"):
            schedule = ScheduleSpec.model_validate(command.schedule)
            races.check_schedule(schedule)
    with refused("", one_lane=True):
        race.retune(command.lane, optimizer, schedule)


async def lane_replace(races: Races, viewer: Viewer, command: RaceLaneReplace | NetworkLaneReplace) -> None:
    races.present()
    await races.host.call(_replace, races, command.lane, command.spec)
    races.forget(command.lane)
    await races.lanes_began()


def _replace(races: Races, number: int, spec: dict[str, Any]) -> None:
    from engine.race.spec import LaneSpec

    race = races.present()
    with refused("lane"):
        race.lane(number)
    with refused("spec", one_lane=True):
        wanted = LaneSpec.model_validate(spec)
    others = [lane.spec for lane in race.lanes if lane.id != number]
    check_retunes([*others, wanted], races.host.settings, "spec.retunes")
    races.check_replacement(wanted)
    with refused("spec", one_lane=True):
        race.replace(number, wanted)
