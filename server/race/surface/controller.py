"""A session's race on a surface: how its rates were chosen, how long its optimizers take, what of its trails is new."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Any, Literal, cast

from server.mathml import block
from server.protocol import Status
from server.protocol.race import RaceBegin, RaceInfo, RaceLane, RaceLoad, RacePause, RaceSeek, RaceState
from server.race import script
from server.race.controller import RaceController
from server.race.interfaces import SurfaceRaceAccess
from server.race.lanes import lane_fields
from server.race.names import title
from server.race.refusals import refused
from server.race.surface.steppable import SurfaceSteps
from server.race.surface.tuning import Tuning
from server.session.activity import Host
from server.wire.errors import CommandError
from server.wire.sizes import check_race

if TYPE_CHECKING:
    from engine.race import Race
    from engine.race.on_surface import Lane
    from engine.spec import OptimizerSpec, ScheduleSpec

POINT = 16 * 3 * 8
"""Bytes that a step of a race takes: of each lane that there may be two coordinates and the loss."""
TIMED = 2000
"""Updates over which an optimizer's engine time is measured."""
Chosen = Literal["own", "same", "default", "tuned"]
HOWS = ("own", "same", "default", "tuned")


class SurfaceRaceController(RaceController["Race"], SurfaceRaceAccess):
    """`redrawn` counts what changes the surface, `revisions` of each lane how often its trail became another."""

    key = "race"
    absent = "There is no race yet: begin one"
    share_command = "race_share"
    longest_script = 1_000_000
    interrupting = (RacePause, RaceSeek, RaceBegin, RaceLoad)
    usual_threshold = 0.01

    def __init__(self, host: Host) -> None:
        super().__init__(host)
        self.redrawn, self.rates = 0, ""
        self.chosen: dict[int, Chosen] = {}
        self.revisions: dict[int, int] = {}
        self._seconds: dict[Hashable, float] = {}

    @property
    def weight(self) -> int:
        """Of the trails of as many lanes as there may be, when they are at their end."""
        return 0 if self.race is None else POINT * self.race.spec.max_steps

    def steppable(self) -> SurfaceSteps:
        return SurfaceSteps(self.present())

    @property
    def furthest(self) -> int:
        race = self.present()
        return max(race.step, min(race.computed, race.spec.max_steps))

    def check_playable(self) -> None:
        if self.steppable().over:
            raise CommandError("invalid", "The race is at its end: go back, or change max_steps", "max_steps")

    async def went(self, over: Any, failed: Exception | None) -> None:
        work = self.work
        if over and isinstance(work, Tuning):
            await self.host.call(self.settle_rates, work.found(), "tuned")
            self.rates = work.words
            await self.changed()
        await super().went(over, failed)

    # Being changed ---------------------------------------------------------------------------------------------------

    def reset(self) -> None:
        self.chosen, self.revisions, self.rates = {}, {}, ""
        self.redrawn += 1

    async def lay_out(self, found: dict[str, Any]) -> int:
        check_race(found["spec"], self.host.settings, "script.spec")
        race = await self.host.call(race_of, found["spec"], "script.spec")
        step = script.step_of(found, race.spec.max_steps)
        self.threshold = script.threshold_of(found, self.usual_threshold)
        await self.adopt(race)
        chosen = found.get("chosen")
        known = [lane.id for lane in race.lanes]
        if isinstance(chosen, list) and len(chosen) == len(known):
            self.chosen = {number: cast(Chosen, how) for number, how in zip(known, chosen, strict=True) if how in HOWS}
        self.rates = str(found.get("rates", ""))[:200]
        self.same_bits = await self.host.call(script.same_bits, found)
        await self.changed()
        return step

    def renamed(self, names: dict[int, int]) -> None:
        self.chosen = {names[number]: how for number, how in self.chosen.items()}

    def lane_joined(self, number: int, source: int | None = None) -> None:
        if source is not None:
            self.chosen[number] = self.chosen.get(source, "own")
            return
        optimizer = self.present().lane(number).spec.optimizer
        self.chosen[number] = "default" if optimizer.lr == default_rate(optimizer) else "own"

    async def lanes_began(self) -> None:
        await self.changed()  # the engine has brought them there

    def forget(self, number: int) -> None:
        self.chosen[number] = "own"
        self.again(number)

    def check_schedule(self, schedule: ScheduleSpec) -> None:
        """A surface has no epochs and no measurements: what the engine says of a lane's own schedule holds of a later one."""
        from engine.race.spec import LaneSpec

        spec = self.present().spec
        with refused("", one_lane=True):
            type(spec).model_validate(spec.model_dump() | {"lanes": (LaneSpec(schedule=schedule),), "start": None})

    def again(self, number: int | None = None) -> None:
        """A lane's trail, or all of them, is another: it is sent from its start."""
        for lane in self.present().lanes:
            if number in (None, lane.id):
                self.revisions[lane.id] = self.revisions.get(lane.id, 0) + 1

    def settle_rates(self, rates: dict[int, float], how: Chosen) -> None:
        """In a worker: give lanes their rates, from the start on."""
        race = self.present()
        for lane in list(race.lanes):
            if lane.id not in rates:
                self.chosen[lane.id] = "own"
                continue
            optimizer = lane.spec.optimizer
            at_rate = type(optimizer).model_validate(optimizer.model_dump() | {"lr": rates[lane.id]})
            race.replace(lane.id, lane.spec.model_copy(update={"optimizer": at_rate, "retunes": ()}))
            self.chosen[lane.id] = how
        self.again()

    # Being told ------------------------------------------------------------------------------------------------------

    def describe(self) -> RaceInfo:
        """An optimizer that is new here is timed."""
        race = self.present()
        surface = race.surface
        least = [minimum.value for minimum in surface.minima]
        return RaceInfo(
            race=self.number,
            change=self.changes,
            on="surface",
            spec=race.script.model_dump(mode="json"),
            title=title(race),
            mathml=block(surface.latex),
            domain=surface.domain,
            start=race.start,
            least=min(least) if least else None,
            lanes=self.told_lanes(),
            threshold=self.threshold,
            rates=self.rates,
        )

    def told_lanes(self) -> list[RaceLane]:
        race = self.present()
        return [
            RaceLane(
                **lane_fields(race, lane, self.slots.get(lane.id, 0)),
                chosen=self.chosen.get(lane.id, "own"),
                clock=self._clock(race, lane),
            )
            for lane in race.lanes
        ]

    def _clock(self, race: Race, lane: Lane) -> list[tuple[int, float]]:
        first = [(0, self.seconds(race, lane.spec.optimizer))]
        return first + [(retune.step, self.seconds(race, retune.optimizer)) for retune in lane.spec.retunes]

    def told_state(self, status: Status) -> RaceState:
        race = self.present()
        return RaceState(
            race=self.number,
            status=status,
            step=race.step,
            end=self.furthest,
            max_steps=race.spec.max_steps,
            speed=self.speed,
            steps_per_second=self.steps_per_second,
            tuning=self.work.far if isinstance(self.work, Tuning) else None,
            same_bits=self.same_bits,
        )

    def seconds(self, race: Race, optimizer: OptimizerSpec) -> float:
        """Engine time of an update: measured once for each optimizer on each kind of surface."""
        from engine.race import Race as Other

        key = (race.spec.surface.name, optimizer.name, optimizer.dialect)
        if key not in self._seconds:
            spec = race.spec.model_copy(update={"lanes": (), "start": None})
            other = Other(spec)
            self._seconds[key] = other.time_per_step(other.add({"optimizer": optimizer.model_dump() | {"lr": 1e-6}}), TIMED)
        return self._seconds[key]

    # Taking it away --------------------------------------------------------------------------------------------------

    def as_script(self) -> dict[str, Any]:
        race = self.present()
        chosen = [self.chosen.get(lane.id, "own") for lane in race.lanes]
        return script.written(race.as_script(), self.threshold, {"rates": self.rates, "chosen": chosen})


def race_of(spec: dict[str, Any], prefix: str = "spec") -> Race:
    """In a worker: the first import of the engine takes a moment."""
    from engine.race import Race

    with refused(prefix):
        return Race(spec)


def default_rate(optimizer: OptimizerSpec) -> float:
    """The rate that it has where none is chosen."""
    from engine.spec import OptimizerSpec

    return float(OptimizerSpec.model_validate({"name": optimizer.name, "dialect": optimizer.dialect}).lr)
