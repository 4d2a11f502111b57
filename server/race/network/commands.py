"""What each command does to a race on the network. A handler returns what was asked for, or True when it is answered later."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from pydantic_core import from_json

from server.interfaces import RunAccess
from server.protocol import Done
from server.protocol.race_network import (
    NetworkBegin,
    NetworkExport,
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
    NetworkSeek,
    NetworkShare,
    NetworkSpeed,
    NetworkStep,
    StudyBasins,
    StudyCancel,
    StudyCompass,
    StudyPoint,
    StudyRates,
    StudySeeds,
)
from server.race.network import files as network_files
from server.race.network import studies
from server.race.network.controller import Going, Playing
from server.race.network.landscape import chart_of, opening
from server.race.network.studies import Study
from server.race.refusals import refused
from server.session.viewer import Viewer
from server.settings import Settings
from server.wire.errors import CommandError
from server.wire.limits import beyond
from server.wire.sizes import check_batch, check_built, check_given, check_race, check_retunes

if TYPE_CHECKING:
    from typing import Any as Session

    from engine import Trainer
    from engine.race import NetworkRace
    from engine.race.chart import Chart
    from engine.race.spec import LaneSpec

BESIDE = ("sgd", "momentum", "rmsprop", "adam")
"""Rules that a race opens with beside the run's own, at their defaults."""
LONGEST_SCRIPT = 8_000_000


# Beginning ----------------------------------------------------------------------------------------------------------


async def begin(session: Session, viewer: Viewer, command: NetworkBegin) -> None:
    trainer = session.find(RunAccess).present()
    race, chart = await session.call(_begin, trainer, command.lanes, session.settings)
    session.network.threshold = command.threshold
    await _adopt(session, race, chart)


async def load(session: Session, viewer: Viewer, command: NetworkLoad) -> bool:
    step = await lay_out(session, await session.call(_script_of, command.script))
    return _go(session, step, viewer, Done(id=command.id, command="network_load"))


async def lay_out(session: Session, script: dict[str, Any]) -> int:
    """The race of a script, at its start; the step to stand at."""
    race, chart = await session.call(_race, script["spec"], session.settings)
    step, threshold = script.get("step", 0), script.get("threshold", 0.05)
    if isinstance(step, bool) or not isinstance(step, int) or not 0 <= step <= race.max_steps:
        raise CommandError("invalid", "script.step: the race does not go there", "script.step", f"0 to {race.max_steps}")
    if isinstance(threshold, bool) or not isinstance(threshold, int | float) or not 0 < threshold <= 1e12:
        raise CommandError("invalid", "script.threshold: out of range", "script.threshold", "above 0 and at most 1e12")
    session.network.threshold = float(threshold)
    await _adopt(session, race, chart)
    session.network.same_bits = script.get("fingerprint") in (None, await session.call(_fingerprint))
    return step


async def _adopt(session: Session, race: NetworkRace, chart: Chart | None) -> None:
    desk = session.network
    await desk.adopt(session, race)
    if chart is not None:
        desk.lay(chart, 101)


def _begin(trainer: Trainer, lanes: list[dict[str, Any]] | None, settings: Settings) -> tuple[NetworkRace, Chart | None]:
    """In a worker: the run's spec as it stands; its own rule comes first."""
    run = trainer.effective_spec
    if lanes is None:
        own = {"optimizer": run.optimizer.model_dump(), "schedule": run.schedule.model_dump()}
        lanes = [own, *({"optimizer": {"name": name}} for name in BESIDE if name != run.optimizer.name)]
    return _race({"run": run.model_dump(), "lanes": lanes}, settings)


def _race(spec: dict[str, Any], settings: Settings) -> tuple[NetworkRace, Chart | None]:
    """In a worker. Each lane is checked as a run of its own before any is built."""
    from engine.race import NetworkRace
    from engine.race.on_network import NetworkRaceSpec

    check_race({"lanes": spec.get("lanes")}, settings, "")
    if isinstance(spec.get("run"), dict):
        check_given(spec["run"], settings, "spec.run")
    with refused("spec"):
        checked = NetworkRaceSpec.model_validate(spec)
    check_built(checked.run, settings, prefix="spec.run")
    race = NetworkRace(checked.model_copy(update={"lanes": ()}))
    for index, lane in enumerate(checked.lanes):
        _room(race, settings, lane)
        with refused(f"lanes.{index}"):
            race.add(lane)
    return race, opening(race) if race.lanes else None


def _room(race: NetworkRace, settings: Settings, lane: LaneSpec) -> None:
    """Every lane is a trainer of its own: together they have no more parameters, and hold no more, than one run may."""
    check_race({"lanes": [*(each.spec for each in race.lanes), lane]}, settings, "")
    if race.lanes:
        size = race.lanes[0].trainer.tape.parameter_count
        most = max(1, settings.max_parameters // size)
        if len(race.lanes) >= most:
            words = f"lanes: {most + 1} lanes of {size} parameters are too many for this server"
            raise beyond("max_parameters", words, "lanes", f"up to {most}")
    batch = race.spec.run.batch_size if lane.batch_size is None else lane.batch_size
    check_batch(race.spec.run, batch, settings, "lane.batch_size", 1 + len(race.lanes))


def _script_of(given: dict[str, Any] | str) -> dict[str, Any]:
    if isinstance(given, str):
        if len(given) > LONGEST_SCRIPT:
            raise CommandError("too_large", "script: it is too long", "script", f"at most {LONGEST_SCRIPT} characters")
        try:
            given = from_json(given)
        except ValueError as error:
            raise CommandError("invalid", f"script: not JSON: {error}", "script") from error
    if not isinstance(given, dict) or not isinstance(given.get("spec"), dict):
        raise CommandError("invalid", "script: a race's script has a spec", "script", "what network_share gave")
    return given


def _fingerprint() -> str:
    from engine import fingerprint

    return fingerprint()


async def share(session: Session, viewer: Viewer, command: NetworkShare) -> dict[str, Any]:
    desk = session.network
    return {"script": await session.call(script, desk.present(), desk.threshold)}


def script(race: NetworkRace, threshold: float) -> str:
    """What `network_load` takes."""
    made = race.as_script() | {"fingerprint": _fingerprint(), "threshold": threshold}
    return json.dumps(made, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


async def export(session: Session, viewer: Viewer, command: NetworkExport) -> Any:
    desk = session.network
    race = desk.present()
    if not race.lanes:
        raise CommandError("invalid", "lanes: the race has none to take away", "lanes", "at least one lane")
    if command.format == "csv":
        return await session.call(network_files.table, race)
    return await session.call(network_files.page, race, desk, command.theme)


async def open_lane(session: Session, viewer: Viewer, command: NetworkOpen) -> dict[str, Any]:
    """The lane's own run, as the Train view and the microscope take it."""
    race = session.network.present()
    with refused("lane"):
        trainer = race.lane(command.lane).trainer
    script = await session.call(trainer.as_script)
    return {"script": json.dumps(script, separators=(",", ":"), ensure_ascii=False, allow_nan=False)}


# The clock ----------------------------------------------------------------------------------------------------------


async def play(session: Session, viewer: Viewer, command: NetworkPlay) -> None:
    desk = session.network
    race = desk.present()
    if command.speed is not None:
        desk.speed = command.speed
    await desk.stop(session)
    if not race.lanes:
        raise CommandError("invalid", "lanes: the race has none", "lanes", "at least one lane")
    if race.step >= race.max_steps:
        raise CommandError("invalid", "The race is at its end: go back", "step", f"0 to {race.max_steps}")
    if all(lane.stopped is not None for lane in race.lanes):
        raise CommandError("invalid", "Every lane has stopped: go back, or add another", "step", "a step before they stopped")
    desk.work = Playing(race, desk.speed)
    desk.tell(session)


async def pause(session: Session, viewer: Viewer, command: NetworkPause) -> None:
    await session.network.stop(session)


async def set_speed(session: Session, viewer: Viewer, command: NetworkSpeed) -> None:
    desk = session.network
    desk.speed = command.speed
    if isinstance(desk.work, Playing):
        desk.work.pace(desk.speed, at_once=False)
    desk.tell(session)


async def step(session: Session, viewer: Viewer, command: NetworkStep) -> bool:
    await session.network.stop(session)
    race = session.network.present()
    return _go(session, min(race.step + command.count, race.max_steps), viewer, Done(id=command.id, command="network_step"))


async def seek(session: Session, viewer: Viewer, command: NetworkSeek) -> bool:
    race = session.network.present()
    if command.step > race.max_steps:
        raise CommandError("invalid", "step: the race does not go as far as that", "step", f"0 to {race.max_steps}")
    await session.network.stop(session)
    return _go(session, command.step, viewer, Done(id=command.id, command="network_seek"))


def _go(session: Session, goal: int, viewer: Viewer, answer: Done) -> bool:
    desk = session.network
    desk.work = Going(desk.present(), goal, viewer, answer)
    desk.tell(session)
    return True


# Lanes --------------------------------------------------------------------------------------------------------------


async def lane_add(session: Session, viewer: Viewer, command: NetworkLaneAdd) -> dict[str, Any]:
    race = session.network.present()
    number = await session.call(_add, race, command.lane, session.settings)
    await _catch_up(session)
    return {"lane": number}


def _add(race: NetworkRace, lane: dict[str, Any], settings: Settings) -> int:
    from engine.race.spec import LaneSpec

    with refused("lane"):
        checked = LaneSpec.model_validate(lane)
    _room(race, settings, checked)
    with refused("lane"):
        return race.add(checked)


async def lane_duplicate(session: Session, viewer: Viewer, command: NetworkLaneDuplicate) -> dict[str, Any]:
    race = session.network.present()
    number = await session.call(_duplicate, race, command.lane, session.settings)
    await _catch_up(session)
    return {"lane": number}


def _duplicate(race: NetworkRace, number: int, settings: Settings) -> int:
    with refused("lane"):
        twice = race.lane(number).spec
    _room(race, settings, twice)
    with refused("lane"):
        return race.duplicate(number)


async def lane_remove(session: Session, viewer: Viewer, command: NetworkLaneRemove) -> None:
    desk = session.network
    race = desk.present()
    with refused("lane"):
        race.remove(command.lane)
    if desk.chart is not None:
        desk.chart.forget(command.lane)
    await desk.changed(session)


async def lane_retune(session: Session, viewer: Viewer, command: NetworkLaneRetune) -> None:
    desk = session.network
    check_retunes([lane.spec for lane in desk.present().lanes], session.settings, "lane", more=1)
    await session.call(_retune, desk.present(), command)
    if desk.chart is not None:
        desk.chart.forget(command.lane)
    await desk.changed(session)


def _retune(race: NetworkRace, command: NetworkLaneRetune) -> None:
    from engine.spec import OptimizerSpec, ScheduleSpec

    with refused("lane"):
        now, schedule = race.lane(command.lane).spec.in_force(race.step)
    if command.optimizer is not None:
        with refused("optimizer"):
            now = OptimizerSpec.model_validate(command.optimizer)
    if command.schedule is not None:
        with refused("schedule"):
            schedule = ScheduleSpec.model_validate(command.schedule)
    with refused("lane"):
        race.retune(command.lane, now, schedule)


async def lane_replace(session: Session, viewer: Viewer, command: NetworkLaneReplace) -> None:
    desk = session.network
    await session.call(_replace, desk.present(), command.lane, command.spec, session.settings)
    if desk.chart is not None:
        desk.chart.forget(command.lane)
    await _catch_up(session)


def _replace(race: NetworkRace, number: int, spec: dict[str, Any], settings: Settings) -> None:
    from engine.race.spec import LaneSpec

    with refused("lane"):
        race.lane(number)
    with refused("spec"):
        wanted = LaneSpec.model_validate(spec)
    check_retunes([*(lane.spec for lane in race.lanes if lane.id != number), wanted], settings, "spec.retunes")
    if wanted.batch_size is not None:
        check_batch(race.spec.run, wanted.batch_size, settings, "spec.batch_size", len(race.lanes))
    with refused("spec"):
        race.replace(number, wanted)


async def _catch_up(session: Session) -> None:
    """A lane that begins anew runs to where the others are; a race that plays plays on from there."""
    desk = session.network
    race, onward = desk.present(), isinstance(desk.work, Playing)
    await desk.stop(session)
    await desk.changed(session)
    if race.step > 0:
        desk.work = Going(race, race.step, None, None, onward=onward)
    elif onward:
        desk.work = Playing(race, desk.speed)
    if desk.chart is None:
        desk.lay(await session.call(opening, race), 101)
    desk.tell(session)


# Looking ------------------------------------------------------------------------------------------------------------


async def plane(session: Session, viewer: Viewer, command: NetworkPlane) -> None:
    desk = session.network
    desk.lay(await session.call(chart_of, desk.present(), command), command.points)
    session.poke()


async def _study(session: Session, make: Callable[[int], Study]) -> dict[str, Any]:
    desk = session.network
    made = await session.call(make, desk.studies + 1)
    desk.begin_study(made)
    session.poke()
    return {"study": made.number}


async def study_seeds(session: Session, viewer: Viewer, command: StudySeeds) -> dict[str, Any]:
    race = session.network.present()
    return await _study(session, lambda number: studies.seeds(race, command, number, session.settings))


async def study_rates(session: Session, viewer: Viewer, command: StudyRates) -> dict[str, Any]:
    on = session.network.present() if command.on == "network" else session.desk.present()
    return await _study(session, lambda number: studies.rates(on, command, number, session.settings))


async def study_basins(session: Session, viewer: Viewer, command: StudyBasins) -> dict[str, Any]:
    race = session.desk.present()
    return await _study(session, lambda number: studies.basins(race, command, number, session.settings))


async def study_compass(session: Session, viewer: Viewer, command: StudyCompass) -> dict[str, Any]:
    desk = session.network
    race, key = desk.present(), (desk.number, desk.changes)
    return await _study(session, lambda number: desk.compasses.study(race, command, number, key))


async def study_point(session: Session, viewer: Viewer, command: StudyPoint) -> dict[str, Any]:
    race = session.network.present()
    return await _study(session, lambda number: studies.point(race, command, number))


async def study_cancel(session: Session, viewer: Viewer, command: StudyCancel) -> None:
    if session.network.study is not None:
        session.network.study.cancel()
        session.poke()


HANDLERS: dict[str, Callable[[Session, Viewer, Any], Awaitable[bool | dict[str, Any] | None]]] = {
    "network": begin,
    "network_load": load,
    "network_share": share,
    "network_export": export,
    "network_open": open_lane,
    "network_play": play,
    "network_pause": pause,
    "network_speed": set_speed,
    "network_step": step,
    "network_seek": seek,
    "network_lane_add": lane_add,
    "network_lane_remove": lane_remove,
    "network_lane_duplicate": lane_duplicate,
    "network_lane_retune": lane_retune,
    "network_lane_replace": lane_replace,
    "network_plane": plane,
    "study_seeds": study_seeds,
    "study_rates": study_rates,
    "study_basins": study_basins,
    "study_compass": study_compass,
    "study_point": study_point,
    "study_cancel": study_cancel,
}
