"""What each command does to a race. A handler returns what was asked for, or True when it is answered later."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, cast

from pydantic_core import from_json

from server import mathml
from server.protocol import (
    AnyCommand,
    Done,
    RaceBegin,
    RaceChange,
    RaceDissect,
    RaceExport,
    RaceLaneAdd,
    RaceLaneDuplicate,
    RaceLaneRemove,
    RaceLaneReplace,
    RaceLaneRetune,
    RaceLoad,
    RacePause,
    RacePlay,
    RaceRates,
    RaceSeek,
    RaceShare,
    RaceSpeedCommand,
    RaceStep,
)
from server.race.refusals import refused
from server.race.surface import files
from server.race.surface.controller import Chosen
from server.race.surface.opening import OPENING
from server.race.surface.work import Going, Playing, Tuning
from server.session.viewer import Viewer
from server.wire.errors import CommandError
from server.wire.limits import beyond
from server.wire.sizes import check_race, check_retunes

if TYPE_CHECKING:
    from engine.race import Race
    from engine.spec import OptimizerSpec
    from server.session.session import Session

LONGEST_SCRIPT = 1_000_000


# Beginning ----------------------------------------------------------------------------------------------------------


async def begin(session: Session, viewer: Viewer, command: RaceBegin) -> None:
    given = OPENING if command.spec is None else command.spec
    check_race(given, session.settings)
    race = await session.call(_race, given)
    session.desk.threshold = command.threshold
    await session.desk.adopt(session, race)


async def load(session: Session, viewer: Viewer, command: RaceLoad) -> bool:
    step = await lay_out(session, await session.call(_script_of, command.script))
    session.desk.work = Going(step, viewer, Done(id=command.id, command="race_load"))
    session.desk.tell(session)
    return True


async def lay_out(session: Session, script: dict[str, Any]) -> int:
    """The race of a script, at its start; the step to stand at."""
    check_race(script["spec"], session.settings, "script.spec")
    race = await session.call(_race, script["spec"], "script.spec")
    step = script.get("step", 0)
    if isinstance(step, bool) or not isinstance(step, int) or not 0 <= step <= race.spec.max_steps:
        allowed = f"0 to {race.spec.max_steps}"
        raise CommandError("invalid", "script.step: the race does not go there", "script.step", allowed)
    desk = session.desk
    desk.threshold = _threshold(script)
    await desk.adopt(session, race)
    chosen = script.get("chosen")
    known = [lane.id for lane in race.lanes]
    if isinstance(chosen, list) and len(chosen) == len(known):
        desk.chosen = {number: cast(Chosen, how) for number, how in zip(known, chosen, strict=True) if how in HOWS}
    desk.rates = str(script.get("rates", ""))[:200]
    desk.same_bits = script.get("fingerprint") in (None, await session.call(_fingerprint))
    await desk.changed(session)
    return step


HOWS = ("own", "same", "default", "tuned")


def _race(spec: dict[str, Any], prefix: str = "spec") -> Race:
    """In a worker: the first import of the engine takes a moment."""
    from engine.race import Race

    with refused(prefix):
        return Race(spec)


def _script_of(given: dict[str, Any] | str) -> dict[str, Any]:
    if isinstance(given, str):
        if len(given) > LONGEST_SCRIPT:
            raise CommandError("too_large", "script: it is too long", "script", f"at most {LONGEST_SCRIPT} characters")
        try:
            given = from_json(given)
        except ValueError as error:
            raise CommandError("invalid", f"script: not JSON: {error}", "script", "what race_share gave") from error
    if not isinstance(given, dict) or not isinstance(given.get("spec"), dict):
        raise CommandError("invalid", "script: a race's script has a spec", "script", "what race_share gave")
    return given


def _threshold(script: dict[str, Any]) -> float:
    given = script.get("threshold", 0.01)
    if isinstance(given, bool) or not isinstance(given, int | float) or not 0 < given <= 1e12:
        raise CommandError("invalid", "script.threshold: out of range", "script.threshold", "above 0 and at most 1e12")
    return float(given)


def _fingerprint() -> str:
    from engine import fingerprint

    return fingerprint()


# The clock ----------------------------------------------------------------------------------------------------------


async def play(session: Session, viewer: Viewer, command: RacePlay) -> None:
    desk = session.desk
    race = desk.present()
    if command.speed is not None:
        desk.speed = command.speed
    desk.end_work(session)
    if race.step >= race.spec.max_steps:
        raise CommandError("invalid", "The race is at its end: go back, or change max_steps", "max_steps")
    desk.work = Playing(race, desk.speed)
    desk.tell(session)


async def pause(session: Session, viewer: Viewer, command: RacePause) -> None:
    session.desk.end_work(session)


async def set_speed(session: Session, viewer: Viewer, command: RaceSpeedCommand) -> None:
    desk = session.desk
    desk.speed = command.speed
    if isinstance(desk.work, Playing):
        desk.work.pace(desk.present(), desk.speed, at_once=False)
    desk.tell(session)


async def step(session: Session, viewer: Viewer, command: RaceStep) -> bool:
    race = session.desk.present()
    goal = min(race.step + command.count, race.spec.max_steps)
    return _go(session, goal, viewer, Done(id=command.id, command="race_step"))


async def seek(session: Session, viewer: Viewer, command: RaceSeek) -> bool:
    race = session.desk.present()
    if command.step > race.spec.max_steps:
        allowed = f"0 to {race.spec.max_steps}"
        raise CommandError("invalid", "step: the race does not go as far as that", "step", allowed)
    return _go(session, command.step, viewer, Done(id=command.id, command="race_seek"))


def _go(session: Session, goal: int, viewer: Viewer, answer: Done) -> bool:
    session.desk.end_work(session)
    session.desk.work = Going(goal, viewer, answer)
    session.desk.tell(session)
    return True


# What is raced ------------------------------------------------------------------------------------------------------


async def change(session: Session, viewer: Viewer, command: RaceChange) -> None:
    desk = session.desk
    race = desk.present()
    names = ("surface", "start", "noise", "seed", "max_steps", "bound")
    fields = {name: getattr(command, name) for name in names if getattr(command, name) is not None}
    check_race(fields, session.settings, "")
    if fields:
        await session.call(_change, race, fields)
        desk.again()
    if command.threshold is not None:
        desk.threshold = command.threshold
    if isinstance(desk.work, Playing):
        desk.work.pace(race, desk.speed, at_once=False)
    await desk.changed(session, surface="surface" in fields)


def _change(race: Race, fields: dict[str, Any]) -> None:
    with refused(""):
        race.change(**fields)


async def rates(session: Session, viewer: Viewer, command: RaceRates) -> bool | dict[str, Any]:
    desk = session.desk
    race = desk.present()
    if not race.lanes:
        raise CommandError("invalid", "how: there is no lane whose rate could be chosen", "how", "at least one lane")
    if command.how == "tuned":
        desk.end_work(session)
        desk.work = Tuning(race, command.rates, command.steps, viewer, command.id)
        desk.tell(session)
        return True
    if command.how == "same":
        if command.lr is None:
            raise CommandError("invalid", "lr: the same rate for all is wanted", "lr", "above 0 and at most 1e6")
        await session.call(desk.settle, {lane.id: command.lr for lane in race.lanes}, "same")
        desk.rates = f"the same η for all, {command.lr:g}"
    else:
        usual = {lane.id: float(_default(lane.spec.optimizer)) for lane in race.lanes}
        await session.call(desk.settle, usual, "default")
        desk.rates = "each rule's default"
    await desk.changed(session)
    return {"words": desk.rates}


def _default(rule: OptimizerSpec) -> float:
    from engine.spec import OptimizerSpec

    return OptimizerSpec.model_validate({"name": rule.name, "dialect": rule.dialect}).lr


# Lanes --------------------------------------------------------------------------------------------------------------


async def lane_add(session: Session, viewer: Viewer, command: RaceLaneAdd) -> dict[str, Any]:
    desk = session.desk
    race = desk.present()
    check_race({"lanes": [*(lane.spec for lane in race.lanes), command.lane]}, session.settings, "")
    number = await session.call(_add, race, command.lane)
    rule = race.lane(number).spec.optimizer
    desk.chosen[number] = "default" if rule.lr == _default(rule) else "own"
    await desk.changed(session)
    return {"lane": number}


def _add(race: Race, lane: dict[str, Any]) -> int:
    from engine.race.spec import LaneSpec

    with refused("lane", one_lane=True):
        return race.add(LaneSpec.model_validate(lane))


async def lane_remove(session: Session, viewer: Viewer, command: RaceLaneRemove) -> None:
    race = session.desk.present()
    with refused("lane"):
        race.remove(command.lane)
    await session.desk.changed(session)


async def lane_duplicate(session: Session, viewer: Viewer, command: RaceLaneDuplicate) -> dict[str, Any]:
    desk = session.desk
    race = desk.present()
    twice = [lane.spec for lane in race.lanes if lane.id == command.lane]
    check_race({"lanes": [*(lane.spec for lane in race.lanes), *twice]}, session.settings, "")
    number = await session.call(_duplicate, race, command.lane)
    desk.chosen[number] = desk.chosen.get(command.lane, "own")
    await desk.changed(session)
    return {"lane": number}


def _duplicate(race: Race, number: int) -> int:
    with refused("lane"):
        return race.duplicate(number)


async def lane_retune(session: Session, viewer: Viewer, command: RaceLaneRetune) -> None:
    desk = session.desk
    check_retunes([lane.spec for lane in desk.present().lanes], session.settings, "lane", more=1)
    await session.call(_retune, desk.present(), command)
    desk.chosen[command.lane] = "own"
    desk.again(command.lane)
    await desk.changed(session)


def _retune(race: Race, command: RaceLaneRetune) -> None:
    from engine.spec import OptimizerSpec, ScheduleSpec

    with refused("lane"):
        now, schedule = race.lane(command.lane).spec.in_force(race.step)
    if command.optimizer is not None:
        with refused("optimizer"):
            now = OptimizerSpec.model_validate(command.optimizer)
    if command.schedule is not None:
        with refused("schedule"):
            schedule = ScheduleSpec.model_validate(command.schedule)
            # A surface has no epochs and no measurements: what the engine says of a lane's own schedule holds of a later one.
            _fits(race, schedule)
    with refused("lane"):
        race.retune(command.lane, now, schedule)


def _fits(race: Race, schedule: Any) -> None:
    from engine.race.spec import LaneSpec

    with refused("", one_lane=True):
        type(race.spec).model_validate(race.spec.model_dump() | {"lanes": (LaneSpec(schedule=schedule),), "start": None})


async def lane_replace(session: Session, viewer: Viewer, command: RaceLaneReplace) -> None:
    desk = session.desk
    others = [lane.spec for lane in desk.present().lanes if lane.id != command.lane]
    check_retunes([*others, command.spec], session.settings, "spec.retunes")
    await session.call(_replace, desk.present(), command.lane, command.spec)
    desk.chosen[command.lane] = "own"
    desk.again(command.lane)
    await desk.changed(session)


def _replace(race: Race, number: int, spec: dict[str, Any]) -> None:
    from engine.race.spec import LaneSpec

    with refused("lane"):
        race.lane(number)
    with refused("spec", one_lane=True):
        race.replace(number, LaneSpec.model_validate(spec))


# A lane's update taken apart ----------------------------------------------------------------------------------------


async def dissect(session: Session, viewer: Viewer, command: RaceDissect) -> dict[str, Any]:
    return await session.call(_dissect, session.desk.present(), command.lane, command.coordinate)


def _dissect(race: Race, number: int, coordinate: str) -> dict[str, Any]:
    from engine.microscope import Writing
    from engine.race import dissect_lane

    with refused("lane"):
        found = dissect_lane(race, number, coordinate)
    return {"lane": number, **mathml.dissection(found, Writing(numbers=True))}


# Taking it away -----------------------------------------------------------------------------------------------------


async def share(session: Session, viewer: Viewer, command: RaceShare) -> dict[str, Any]:
    desk = session.desk
    return {"script": await session.call(files.script, desk.present(), desk)}


async def export(session: Session, viewer: Viewer, command: RaceExport) -> dict[str, Any]:
    desk = session.desk
    race = desk.present()
    points, most = len(race.lanes) * (race.step + 1), session.settings.max_export_rows
    if points > most:
        words = f"format: {points} points of the race are too many for a file; go back to an earlier step"
        raise beyond("max_export_rows", words, "format", f"at most {most} points, so up to step {most // len(race.lanes) - 1}")
    if command.format == "csv":
        return await session.call(files.table, race)
    return await session.call(files.page, race, desk, command.theme)


HANDLERS: dict[str, Callable[[Session, Viewer, Any], Awaitable[bool | dict[str, Any] | None]]] = {
    "race": begin,
    "race_load": load,
    "race_change": change,
    "race_rates": rates,
    "race_play": play,
    "race_pause": pause,
    "race_speed": set_speed,
    "race_step": step,
    "race_seek": seek,
    "race_lane_add": lane_add,
    "race_lane_remove": lane_remove,
    "race_lane_duplicate": lane_duplicate,
    "race_lane_retune": lane_retune,
    "race_lane_replace": lane_replace,
    "race_dissect": dissect,
    "race_share": share,
    "race_export": export,
}


def is_race(command: AnyCommand) -> bool:
    return command.type in HANDLERS
