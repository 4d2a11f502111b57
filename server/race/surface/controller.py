"""A session's race on a surface: how its rates were chosen, how long its optimizers take, what of its trails is new."""

from __future__ import annotations

from collections.abc import Hashable
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import TYPE_CHECKING, Any

from server.interfaces import SurfaceAccess
from server.mathml import block
from server.protocol import Status
from server.protocol.race import RaceBegin, RaceInfo, RaceLane, RaceLoad, RacePause, RaceRates, RaceSeek, RaceState
from server.race import script
from server.race.controller import RaceController
from server.race.interfaces import SurfaceRaceAccess
from server.race.lanes import lane_fields
from server.race.names import title
from server.race.rates import Chosen, Sweep, Tuning, chosen_of, kept_choice
from server.race.refusals import refused
from server.race.surface.fan import Fans
from server.race.surface.steppable import SurfaceSteps
from server.session.activity import Host
from server.wire.errors import CommandError
from server.wire.sizes import check_race

if TYPE_CHECKING:
    from engine.race import Race
    from engine.race.fan import Fan
    from engine.race.on_surface import Lane, Standing
    from engine.solvers.spec import LaneOptimizer
    from engine.spec import ScheduleSpec

POINT = 16 * 3 * 8
"""Bytes that a step of a race takes: of each lane that there may be two coordinates and the loss."""
COUNTS = 16 * 3 * 4
"""And what each evaluated, where there are solvers."""
TIMED = 2000
"""Updates over which an optimizer's engine time is measured."""


class SurfaceRaceController(RaceController["Race"], SurfaceAccess, SurfaceRaceAccess):
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
        self.fans = Fans()
        self._seconds: dict[Hashable, float] = {}

    @property
    def weight(self) -> int:
        """Of the trails of as many lanes as there may be, when they are at their end."""
        if self.race is None:
            return 0
        counted = any(lane.spec.solvers for lane in self.race.lanes)
        return (POINT + (COUNTS if counted else 0)) * self.race.spec.max_steps

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
        self.fans.forget()

    async def lay_out(self, found: dict[str, Any]) -> int:
        check_race(found["spec"], self.host.settings, "script.spec")
        race = await self.host.call(race_of, found["spec"], "script.spec")
        step = script.step_of(found, race.spec.max_steps)
        self.threshold = script.threshold_of(found, self.usual_threshold)
        await self.adopt(race)
        self.chosen, self.rates = kept_choice(found, race.lanes)
        self.same_bits = await self.host.call(script.same_bits, found)
        await self.changed()
        return step

    def renamed(self, names: dict[int, int]) -> None:
        self.chosen = {names[number]: how for number, how in self.chosen.items()}

    def lane_joined(self, number: int, source: int | None = None) -> None:
        if source is not None:
            self.chosen[number] = self.chosen.get(source, "own")
            return
        self.chosen[number] = chosen_of(self.present().lane(number).spec.optimizer)

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

    def room_to_tune(self, command: RaceRates) -> AbstractAsyncContextManager[None]:
        return nullcontext()

    def sweep(self, command: RaceRates) -> Sweep:
        from engine.race.sweep import tuned

        race, threshold = self.present(), self.threshold
        return lambda lane: tuned(race, lane, threshold, command.steps, command.rates)

    def settle_rates(self, rates: dict[int, float], how: Chosen) -> None:
        """In a worker: give lanes their rates, from the start on. A solver has none."""
        from engine.race.sweep import at_rate

        race = self.present()
        for lane in list(race.lanes):
            if lane.id not in rates or lane.spec.optimizer.lr is None:
                self.chosen[lane.id] = "own"
                continue
            race.replace(lane.id, at_rate(lane.spec, rates[lane.id]))
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
            minimum="none" if not least else "found" if surface.row is None else "known",
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

    def seconds(self, race: Race, optimizer: LaneOptimizer) -> float:
        """Engine time of an update: measured once for each optimizer on each kind of surface."""
        from engine.race import Race as Other

        key = (race.spec.surface.name, optimizer.code)
        if key not in self._seconds:
            spec = race.spec.model_copy(update={"lanes": (), "start": None})
            other = Other(spec)
            still = {} if optimizer.lr is None else {"lr": 1e-6}
            self._seconds[key] = other.time_per_step(other.add({"optimizer": optimizer.model_dump() | still}), TIMED)
        return self._seconds[key]

    def told_lane(self, wished: int | None) -> tuple[Standing | None, bool]:
        """Where the lane stands that a page asks of, the leader where it asks of none that is there, and whether it leads; None
        in a race without lanes."""
        ranked = self.present().standings(self.threshold)
        leader = ranked[0] if ranked else None
        found = next((standing for standing in ranked if standing.id == wished), leader)
        return found, found is leader

    def fan(self) -> Fan | None:
        """In a worker: one lane from many starts, as the race is now."""
        return self.fans.of(self.present(), (self.number, self.changes), self.threshold)

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
