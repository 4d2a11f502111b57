"""A session's race: the engine's race, how it is looked at, its clock. Everything here is called by the session's one task."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Hashable
from typing import TYPE_CHECKING, Literal

from server.mathml import block
from server.protocol import Command as AnyCommand
from server.protocol import RaceBegin as Begin
from server.protocol import RaceInfo, RaceLane, RaceLoad, RacePause, RaceSeek, RaceSpeed, RaceState
from server.race.surface.work import Going, Playing, RaceWork, Tuning
from server.session.pacer import Slice
from server.session.scheduler import Withdrawn
from server.wire.errors import CommandError

if TYPE_CHECKING:
    from typing import Any as Session

    from engine.race import Race
    from engine.race.on_surface import Lane
    from engine.spec import OptimizerSpec

log = logging.getLogger("chainrule")

STATE_INTERVAL = 1 / 30
INTERRUPTING = (RacePause, RaceSeek, Begin, RaceLoad)
"""Commands that end what is under way at once; the others wait for a step or a tuning to be done."""
TIMED = 2000
"""Updates over which a rule's engine time is measured."""
Chosen = Literal["own", "same", "default", "tuned"]


class Desk:
    """`changes` counts what was done to the race, `redrawn` what changes its surface."""

    def __init__(self, slice_seconds: float) -> None:
        self.race: Race | None = None
        self.number, self.changes, self.redrawn = 0, 0, 0
        self.work: RaceWork | None = None
        self.speed = RaceSpeed()
        self.threshold, self.rates = 0.01, ""
        self.chosen: dict[int, Chosen] = {}
        self.revisions: dict[int, int] = {}
        self.same_bits = True
        self._seconds: dict[Hashable, float] = {}
        self._slice_seconds = slice_seconds
        self._slice = Slice(slice_seconds)
        self._info: RaceInfo | None = None
        self._state: RaceState | None = None
        self._forces: tuple[int, ...] = ()
        self._told = 0.0

    @property
    def events(self) -> tuple[RaceInfo | RaceState | None, ...]:
        """What a page that attaches is told."""
        return self._info, self._state

    def present(self) -> Race:
        if self.race is None:
            raise CommandError("no_race", "There is no race yet: begin one")
        return self.race

    # Being busy ------------------------------------------------------------------------------------------------------

    def takes(self, waiting: list[AnyCommand]) -> bool:
        """Whether the first of the commands that wait may be obeyed now."""
        if not isinstance(self.work, Going | Tuning):
            return True
        return any(isinstance(command, INTERRUPTING) for command in waiting)

    def wait(self, now: float, resting: bool) -> float:
        """Seconds until there is something to do; while the session rests, nothing plays."""
        if self.work is None or (resting and isinstance(self.work, Playing)):
            return math.inf
        return self.work.wait(now)

    def go_on(self) -> None:
        """After a rest."""
        if isinstance(self.work, Playing):
            self.work.go_on(self.present(), self.speed)

    async def advance(self, session: Session) -> None:
        """A slice of what is under way, where it is due."""
        work, race = self.work, self.race
        if work is None or race is None or self.wait(time.monotonic(), session.resting) > 0:
            return
        self._slice.aim(session.slice_seconds)
        try:
            call = session.hurry if isinstance(work, Going | Tuning) else session.slice
            over = await call(work.advance, race, self._slice)
            if over and isinstance(work, Tuning):
                await session.call(self.settle, work.found(), "tuned")
                self.rates = work.words
                await self.changed(session)
        except Withdrawn:
            raise
        except Exception:
            log.exception("a race failed")
            self.end_work(session)
            raise
        if over:
            self.end_work(session)
        else:
            self.tell(session, hurry=False)

    def end_work(self, session: Session) -> None:
        work, self.work = self.work, None
        if work is not None:
            self.tell(session)
            work.end()

    # Being changed ---------------------------------------------------------------------------------------------------

    async def adopt(self, session: Session, race: Race) -> None:
        """Another race."""
        self.end_work(session)
        self.race = race
        self.number += 1
        self.chosen, self.revisions, self.rates, self.same_bits = {}, {}, "", True
        self._slice = Slice(self._slice_seconds)
        await self.changed(session, surface=True)

    async def changed(self, session: Session, *, surface: bool = False) -> None:
        """Its script is no longer what it was: time what is new, tell it, draw everything again."""
        self.changes += 1
        self.redrawn += surface
        self._info = await session.call(self._describe, self.present())
        self._forces = self._in_force()
        session.report(self._info)
        self.tell(session)

    def again(self, number: int | None = None) -> None:
        """A lane's trail, or all of them, is another: it is sent from its start."""
        for lane in self.present().lanes:
            if number in (None, lane.id):
                self.revisions[lane.id] = self.revisions.get(lane.id, 0) + 1

    def settle(self, rates: dict[int, float], how: Chosen) -> None:
        """In a worker: give lanes their rates, from the start on."""
        race = self.present()
        for lane in list(race.lanes):
            if lane.id not in rates:
                self.chosen[lane.id] = "own"
                continue
            rule = type(lane.spec.optimizer).model_validate(lane.spec.optimizer.model_dump() | {"lr": rates[lane.id]})
            race.replace(lane.id, lane.spec.model_copy(update={"optimizer": rule, "retunes": ()}))
            self.chosen[lane.id] = how
        self.again()

    # Being told ------------------------------------------------------------------------------------------------------

    def tell(self, session: Session, *, hurry: bool = True) -> None:
        """Where it stands, if that is news; what is in force, where that has changed on the way."""
        now, race = time.monotonic(), self.race
        if race is None or (not hurry and now - self._told < STATE_INTERVAL):
            return
        if self._info is not None and self._in_force() != self._forces:
            self._forces = self._in_force()
            lanes = [self._lane(race, lane) for lane in race.lanes]
            self._info = self._info.model_copy(update={"lanes": lanes})
            session.report(self._info)
        status: Literal["paused", "playing", "seeking", "finished"] = "paused"
        if isinstance(self.work, Playing):
            status = "playing"
        elif self.work is not None:
            status = "seeking"
        elif race.step >= race.spec.max_steps:
            status = "finished"
        state = RaceState(
            race=self.number,
            status=status,
            step=race.step,
            end=max(race.step, min(race.computed, race.spec.max_steps)),
            max_steps=race.spec.max_steps,
            speed=self.speed,
            steps_per_second=self.work.meter.rate if isinstance(self.work, Playing) else None,
            tuning=self.work.far if isinstance(self.work, Tuning) else None,
            same_bits=self.same_bits,
        )
        if state != self._state:
            self._state, self._told = state, now
            session.report(state)

    def _in_force(self) -> tuple[int, ...]:
        race = self.present()
        return tuple(sum(retune.step <= race.step for retune in lane.spec.retunes) for lane in race.lanes)

    def _describe(self, race: Race) -> RaceInfo:
        """In a worker: a rule that is new here is timed."""
        surface = race.surface
        least = [minimum.value for minimum in surface.minima]
        return RaceInfo(
            race=self.number,
            change=self.changes,
            on="surface",
            spec=race.script.model_dump(mode="json"),
            title="your own formula" if surface.row is None else surface.row.title,
            mathml=block(surface.latex),
            domain=surface.domain,
            start=race.start,
            least=min(least) if least else None,
            lanes=[self._lane(race, lane) for lane in race.lanes],
            threshold=self.threshold,
            rates=self.rates,
        )

    def _lane(self, race: Race, lane: Lane) -> RaceLane:
        rule, schedule = lane.spec.in_force(race.step)
        return RaceLane(
            id=lane.id,
            slot=lane.slot,
            label=lane.spec.label,
            optimizer=rule.model_dump(mode="json"),
            schedule=schedule.model_dump(mode="json"),
            seed=lane.spec.seed,
            retunes=[retune.step for retune in lane.spec.retunes],
            joined=lane.joined,
            badges=list(race.badges(lane.id)),
            chosen=self.chosen.get(lane.id, "own"),
            clock=[(0, self.seconds(race, lane.spec.optimizer))]
            + [(retune.step, self.seconds(race, retune.optimizer)) for retune in lane.spec.retunes],
        )

    def seconds(self, race: Race, rule: OptimizerSpec) -> float:
        """Engine time of an update: measured once for each rule on each kind of surface."""
        from engine.race import Race as Other

        key = (race.spec.surface.name, rule.name, rule.dialect)
        if key not in self._seconds:
            spec = race.spec.model_copy(update={"lanes": (), "start": None})
            other = Other(spec)
            self._seconds[key] = other.time_per_step(other.add({"optimizer": rule.model_dump() | {"lr": 1e-6}}), TIMED)
        return self._seconds[key]
