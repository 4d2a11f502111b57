"""What is the same of a session's race on a surface and its race on the network: lanes under one clock, told as they stand.
Everything here is called by the session's one task."""

from __future__ import annotations

import logging
import math
import time
from abc import ABC, abstractmethod
from collections.abc import Hashable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from server.interfaces import RaceAccess
from server.keeping.versions import RACE_VERSION
from server.protocol import Command, Message, Status
from server.protocol.race import RaceSeek, RaceSpeed
from server.protocol.race_network import NetworkSeek
from server.race.lanes import RaceOfLanes, in_force
from server.race.steppable import Return, Stop
from server.session.activity import Header, Host, Job, Restored
from server.session.clock import Play, Seek, Work
from server.session.pacer import Slice, Throttle
from server.wire.errors import CommandError
from server.wire.sizes import check_race

if TYPE_CHECKING:
    from engine.race.spec import LaneSpec
    from engine.spec import ScheduleSpec
    from server.session.clock import Steppable

log = logging.getLogger("chainrule")

STATE_INTERVAL = 1 / 30
"""While a race plays, its state is told no more often than this; every change of status is told at once."""
R = TypeVar("R", bound=RaceOfLanes)


class RaceController(RaceAccess, ABC, Generic[R]):
    """`number` counts the races of the session, `changes` what was done to the present one; `slots` are the places of the
    lanes' colours, by their ids."""

    key: ClassVar[str]
    """What the race is called among the things that are kept."""
    absent: ClassVar[str]
    """What is said where there is no race."""
    share_command: ClassVar[str]
    longest_script: ClassVar[int]
    """Characters of one that is sent."""
    usual_threshold: ClassVar[float]

    def __init__(self, host: Host) -> None:
        super().__init__(host)
        self.race: R | None = None
        self.number, self.changes = 0, 0
        self.slots: dict[int, int] = {}
        self.threshold = self.usual_threshold
        self.work: Work | None = None
        self.speed = RaceSpeed()
        self.same_bits = True
        self._slice = Slice(host.settings.slice_seconds)
        self._info: Message | None = None
        self._state: Message | None = None
        self._in_force: tuple[int, ...] = ()
        self._throttle = Throttle()

    def present(self) -> R:
        if self.race is None:
            raise CommandError("no_race", self.absent)
        return self.race

    # What each race has of its own -------------------------------------------------------------------------------------

    @abstractmethod
    def steppable(self) -> Steppable:
        """The present race for the clock."""

    @property
    @abstractmethod
    def furthest(self) -> int:
        """The furthest step that its lanes have come to."""

    @abstractmethod
    async def lay_out(self, found: dict[str, Any]) -> int:
        """Adopt the race of a script, at its start; returns the step to stand at."""

    @abstractmethod
    def describe(self) -> Message:
        """In a worker: the race and its lanes, for `events`."""

    @abstractmethod
    def told_lanes(self) -> Sequence[Message]:
        """The lanes as they stand, as `describe` tells them."""

    @abstractmethod
    def told_state(self, status: Status) -> Message:
        """Where the race stands."""

    @abstractmethod
    def as_script(self) -> dict[str, Any]:
        """In a worker: what `lay_out` takes."""

    @abstractmethod
    def check_playable(self) -> None:
        """Refuse to play what goes no further."""

    @abstractmethod
    def forget(self, number: int) -> None:
        """A lane has another past now, or is no more."""

    @abstractmethod
    async def lanes_began(self) -> None:
        """Lanes began anew, and are to be where the others are."""

    def lane_joined(self, number: int, source: int | None = None) -> None:
        """A lane is new; `source` is the one it repeats."""

    def renamed(self, names: dict[int, int]) -> None:
        """Lanes have other ids now: the new ones by the old."""

    def check_room(self, lane: LaneSpec) -> None:
        """In a worker: refuse a lane that is one too many."""
        check_race({"lanes": [*(each.spec for each in self.present().lanes), lane]}, self.host.settings, "")

    def room_for_lane(self) -> AbstractAsyncContextManager[None]:
        """Memory for one more."""
        return nullcontext()

    def check_replacement(self, lane: LaneSpec) -> None:
        """In a worker: refuse what may not take a lane's place."""

    def check_schedule(self, schedule: ScheduleSpec) -> None:
        """In a worker: refuse one that does not fit this race."""

    async def settle(self) -> None:
        """A seek was left on its way."""

    def reset(self) -> None:
        """Let go of what belonged to the race before."""

    # Being busy ------------------------------------------------------------------------------------------------------

    def takes(self, waiting: Sequence[Command]) -> bool:
        """Whether the first of the commands that wait may be obeyed now."""
        if self.work is None or isinstance(self.work, Play):
            return True
        ends = self.interrupting
        if isinstance(self.work, Return):  # a page that comes back and seeks waits until all is as it was
            ends = tuple(kind for kind in ends if not issubclass(kind, RaceSeek | NetworkSeek))
        return any(isinstance(command, ends) for command in waiting)

    @property
    def underway(self) -> Work | None:
        """What the race is seen to be busy with."""
        return self.work

    @property
    def playing(self) -> bool:
        return self.work is not None

    @property
    def moving(self) -> bool:
        return self.underway is not None

    def wait(self, now: float) -> float:
        """Seconds until the lanes are to go on, or what was held back is to be told."""
        return min(self._wait(now), self._held(now))

    def _held(self, now: float) -> float:
        return self._throttle.wait(now, STATE_INTERVAL) if self.host.seen else math.inf

    def _wait(self, now: float) -> float:
        """Seconds until the lanes are to go on; while the session rests, nothing plays."""
        if self.work is None or (isinstance(self.work, Play) and self.host.resting):
            return math.inf
        return self.work.wait(now)

    def job(self, now: float) -> Job | None:
        if self._held(now) <= 0:
            self.tell()
        work = self.work
        if work is None or self._wait(now) > 0:
            return None
        self._slice.aim(self.host.slice_seconds)
        return Job(partial(work.advance, self._slice), self.went, hurried=work.hurried)

    async def went(self, over: Any, failed: Exception | None) -> None:
        """After a slice, which may have been the last."""
        if failed is not None:
            log.error("a race failed", exc_info=failed)
            self.end_work(onward=False)
            raise failed
        if over:
            self.end_work()
        else:
            self.tell(hurry=False)

    def stumble(self) -> None:
        self.let_go()
        self.work = None

    def let_go(self) -> None:
        if self.work is not None:
            self.work.leave()

    def go_on(self) -> None:
        """After a rest."""
        if isinstance(self.work, Play):
            self.work.go_on(self.speed)

    def play(self) -> None:
        self.work = Play(self.steppable(), self.speed)
        self.tell()

    def begin_work(self, work: Work) -> None:
        self.work = work
        self.tell()

    def end_work(self, *, onward: bool = True) -> None:
        """It is over, or failed. The state is told before the answer, so that `done` finds it in place."""
        work, self.work = self.work, None
        if work is None:
            return
        if onward and isinstance(work, Seek) and work.onward:
            self.work = Play(self.steppable(), self.speed)
        self.tell()
        work.end()

    async def stop(self) -> None:
        """Let go of what moves the lanes, wherever they have come. Left on the way, for a command that makes pointless the one
        that asked for it, it is as if nobody had asked: the work goes on, and is answered."""
        work = self.work
        if work is None:
            return
        if isinstance(work, Return):
            await self.host.call(work.hasten)
        if isinstance(work, Seek):
            await self.settle()
        self.work = None
        self.tell()
        work.end()

    def pace(self) -> None:
        """The speed, or the race below the clock, is another."""
        if isinstance(self.work, Play):
            self.work.pace(self.speed, at_once=False)

    # Being changed ---------------------------------------------------------------------------------------------------

    async def adopt(self, race: R) -> None:
        """Another race."""
        await self.stop()
        self.reset()
        self.race, self.same_bits, self.slots = race, True, {}
        self.number += 1
        self._slice = Slice(self.host.settings.slice_seconds)
        await self.changed()

    async def changed(self) -> None:
        """Its script is no longer what it was: tell it, and draw everything again."""
        from engine.parts import whole

        self.changes += 1
        self._colour()
        self._info = await self.host.call(whole, self.describe)
        self._in_force = in_force(self.present())
        self.host.report(self._info)
        self.tell()

    def _colour(self) -> None:
        """Lanes came or went: a new one takes the first colour that is free."""
        lanes = self.present().lanes
        self.slots = {lane.id: self.slots[lane.id] for lane in lanes if lane.id in self.slots}
        for lane in lanes:
            free = (slot for slot in range(len(lanes)) if slot not in self.slots.values())
            self.slots.setdefault(lane.id, next(free, 0))

    # Being told ------------------------------------------------------------------------------------------------------

    def events(self) -> Iterable[Message | None]:
        """What a page that attaches is told."""
        return self._info, self._state

    def tell(self, *, hurry: bool = True) -> None:
        """Where it stands, if that is news; what is in force, where that has changed on the way."""
        now, race = time.monotonic(), self.race
        if race is None or not self._throttle.allows(now, STATE_INTERVAL, hurry=hurry):
            return
        if self._info is not None and in_force(race) != self._in_force:
            self._in_force = in_force(race)
            self._info = self._info.model_copy(update={"lanes": self.told_lanes()})
            self.host.report(self._info)
        state = self.told_state(self._status())
        if state != self._state:
            self._state = state
            self._throttle.told(now)
            self.host.report(state)

    def _status(self) -> Status:
        if isinstance(self.underway, Play):
            return "playing"
        if self.underway is not None:
            return "seeking"
        at = self.steppable()
        return "finished" if at.step >= at.end else "paused"

    @property
    def steps_per_second(self) -> float | None:
        return self.underway.meter.rate if isinstance(self.underway, Play) else None

    # Being drawn -----------------------------------------------------------------------------------------------------

    def header(self) -> Header:
        return {"run": self.number, "branch": 0, "step": 0 if self.race is None else self.race.step}

    # Being kept ------------------------------------------------------------------------------------------------------

    def script_key(self) -> Hashable:
        return self.number, self.changes

    def place_key(self) -> Hashable:
        return self.race and self.race.step, self.speed

    def script(self) -> dict[str, Any]:
        if self.race is None:
            return {self.key: None}
        return {self.key: {"version": RACE_VERSION, **self.as_script(), **self.identity()}}

    def identity(self) -> dict[str, Any]:
        """In a worker: what a page knows of this very race, beside its script."""
        race = self.present()
        lanes = [[lane.id, self.slots.get(lane.id, 0)] for lane in race.lanes]
        return {"changes": self.changes, "lanes": lanes, "next_lane": race.next_id}

    def on_the_way(self, found: dict[str, Any]) -> Iterable[Stop]:
        """What is done at which step before the race that was kept stands where it stood; `found` is its script."""
        return ()

    def place(self) -> dict[str, Any]:
        """Where it stands; on its way somewhere, where it is going."""
        if self.race is None:
            return {self.key: None}
        going = self.work if isinstance(self.work, Seek) else None
        step = self.race.step if going is None else going.target
        plays = isinstance(self.work, Play) or (going is not None and going.onward)
        end = max(step, self.furthest, self.work.furthest if isinstance(self.work, Return) else 0)
        return {self.key: [self.number, step, plays, self.speed.model_dump()], f"{self.key}_end": end}

    async def restore(self, restored: Restored) -> None:
        """Where it stood, playing where it played. A race that cannot be taken up is not there."""
        found, place = restored.script.get(self.key), restored.place.get(self.key)
        if not found or not place:
            return
        try:
            number, step, plays, speed = place
            self.number = number - 1
            await self.lay_out(found)
            stops = [Stop(int(restored.place.get(f"{self.key}_end", step))), *self.on_the_way(found)]
            await self._resume(found)
            self.speed = RaceSpeed.model_validate(speed)
            self.begin_work(Return(self.steppable(), step, stops, onward=plays))
        except Exception:
            log.exception("a kept race cannot be taken up")

    async def _resume(self, found: dict[str, Any]) -> None:
        """Lanes go by the ids and the colours that they had, and changes are counted on: a page that was here knows them."""
        if "changes" not in found:
            return  # kept before they were
        from engine.race.lane_ids import renumber

        race, slots = self.present(), dict[int, int](found["lanes"])
        names = dict(zip([lane.id for lane in race.lanes], slots, strict=True))
        renumber(race, list(slots), found["next_lane"])
        self.renamed(names)
        self.slots = slots
        self.changes = found["changes"] - 1
        await self.changed()
