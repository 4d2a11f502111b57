"""A session's race on the network: the engine's race, the plane it is seen over, the study under way, its clock. Everything
here is called by the session's one task."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

from server.metrics import STEPS_OF_LANES
from server.protocol import AnyCommand, Done
from server.protocol.race import RaceSpeed
from server.protocol.race_network import (
    NetworkBegin,
    NetworkInfo,
    NetworkLane,
    NetworkLoad,
    NetworkPause,
    NetworkSeek,
    NetworkState,
    StudyCancel,
    Tensor,
)
from server.race.network.studies import Compasses, Kind, Study
from server.session.pacer import Clock, Meter, Slice
from server.wire.errors import CommandError

if TYPE_CHECKING:
    from engine.landscape.slices import Picture
    from engine.race import NetworkRace
    from engine.race.chart import Chart
    from engine.race.on_network import NetworkLane as Lane
    from server.session.session import Session
    from server.session.viewer import Viewer

log = logging.getLogger("chainrule")

STATE_INTERVAL = 1 / 30
INTERRUPTING = (NetworkPause, NetworkSeek, NetworkBegin, NetworkLoad, StudyCancel)
"""Commands that do not wait for a step or a seek to be done."""


class Going:
    """To a step, all lanes side by side. `onward`: whether the race plays on from there."""

    def __init__(
        self, race: NetworkRace, target: int, viewer: Viewer | None, answer: Done | None, *, onward: bool = False
    ) -> None:
        self.race, self.target, self.viewer, self.answer, self.onward = race, target, viewer, answer, onward

    def advance(self, slice: Slice) -> bool:
        """A slice. Begun anew each time, so that the next may have another size: every lane goes on from where it stands."""
        started = time.perf_counter()
        reached = next(iter(self.race.seeking(self.target, slice.updates)), None)
        if reached is not None:
            slice.observe(slice.updates, time.perf_counter() - started)
        return reached is None

    def end(self) -> None:
        if self.viewer is not None and self.answer is not None:
            self.viewer.put(self.answer)


class Playing:
    """All lanes at a steady rate, or flat out, to the end."""

    def __init__(self, race: NetworkRace, speed: RaceSpeed) -> None:
        self.race = race
        self.meter = Meter()
        self.meter.mark(time.monotonic(), race.step)
        self.pace(speed)

    def pace(self, speed: RaceSpeed, *, at_once: bool = True) -> None:
        flat = speed.unit == "flat"
        self._clock = None if flat else Clock(speed.rate, time.monotonic(), self.race.step, at_once=at_once)

    def go_on(self, speed: RaceSpeed) -> None:
        """After a rest, which is no part of the play."""
        self.meter = Meter()
        self.meter.mark(time.monotonic(), self.race.step)
        self.pace(speed)

    def wait(self, now: float) -> float:
        return 0.0 if self._clock is None else self._clock.wait(now)

    def advance(self, slice: Slice) -> bool:
        race = self.race
        updates = slice.updates if self._clock is None else self._clock.take(time.monotonic(), race.step, slice.updates)
        before, started = race.step, time.perf_counter()
        race.advance(updates)
        slice.observe(race.step - before, time.perf_counter() - started)
        STEPS_OF_LANES.inc(len(race.lanes) * (race.step - before))
        self.meter.mark(time.monotonic(), race.step)
        return race.step >= race.max_steps or all(lane.stopped is not None for lane in race.lanes)


class NetworkDesk:
    """`changes` counts what was done to the race, `charts` its planes, `drawn` the levels of the present one's picture and
    `measured` how often losses of the ways' points were added."""

    def __init__(self, slice_seconds: float) -> None:
        self.race: NetworkRace | None = None
        self.number, self.changes, self.charts, self.drawn, self.measured = 0, 0, 0, 0, 0
        self.run, self.threshold = 0, 0.05
        self.work: Playing | Going | None = None
        self.speed = RaceSpeed()
        self.chart: Chart | None = None
        self.study: Study | None = None
        self.studies, self.compasses = 0, Compasses()
        self.kept: dict[Kind, Study] = {}
        """The last study of each kind."""
        self.slots: dict[int, int] = {}
        self.same_bits = True
        self._painting: Iterator[Picture | None] | None = None
        self._known: tuple[int, int, int] | None = None
        """Where all points of the ways were measured: chart, change, step."""
        self._slice_seconds = slice_seconds
        self._slice = Slice(slice_seconds)
        self._info: NetworkInfo | None = None
        self._state: NetworkState | None = None
        self._forces: tuple[int, ...] = ()
        self._told = 0.0

    @property
    def events(self) -> tuple[NetworkInfo | NetworkState | None, ...]:
        """What a page that attaches is told."""
        return self._info, self._state

    def present(self) -> NetworkRace:
        if self.race is None:
            raise CommandError("no_race", "There is no race on the network yet: begin one")
        return self.race

    # Being busy ------------------------------------------------------------------------------------------------------

    def takes(self, waiting: list[AnyCommand]) -> bool:
        """Whether the first of the commands that wait may be obeyed now."""
        return not isinstance(self.work, Going) or any(isinstance(command, INTERRUPTING) for command in waiting)

    @property
    def busy(self) -> bool:
        return self.work is not None or self._studying or self._painting is not None

    @property
    def _studying(self) -> bool:
        return self.study is not None and self.study.state == "running"

    def wait(self, now: float, resting: bool) -> float:
        """Seconds until there is something to do; while the session rests, nothing plays."""
        if self._studying or self._painting is not None:
            return 0.0
        return self._work_wait(now, resting)

    def _work_wait(self, now: float, resting: bool) -> float:
        if isinstance(self.work, Going):
            return 0.0
        return math.inf if self.work is None or resting else self.work.wait(now)

    def go_on(self) -> None:
        """After a rest."""
        if isinstance(self.work, Playing):
            self.work.go_on(self.speed)

    async def advance(self, session: Session) -> None:
        """A slice of what is under way, where it is due: of the lanes' steps, of the picture, of a study."""
        work, seconds = self.work, session.slice_seconds
        self._slice.aim(seconds)
        if work is not None and self._work_wait(time.monotonic(), session.resting) <= 0:
            call = session.hurry if isinstance(work, Going) else session.slice
            if await call(work.advance, self._slice):
                self.work = None
                if isinstance(work, Going) and work.onward:
                    self.work = Playing(work.race, self.speed)
                self.tell(session)
                if isinstance(work, Going):
                    work.end()
            else:
                self.tell(session, hurry=False)
                if isinstance(work, Going):
                    return  # somebody waits for it
        if self._painting is not None:
            await session.slice(self._paint, seconds)
        if self.study is not None and self._studying:
            await session.slice(self.study.advance, seconds)
        elif self._painting is None and self.work is None and self.race is not None and self.chart is not None:
            here = self.charts, self.changes, self.race.step
            if self._known != here and session.seen and session.viewer and "network_ways" in session.viewer.slots:
                self._known = here if await session.slice(self.chart.measure, self.race, seconds) else None
                self.measured += 1
                session.poke()

    def _paint(self, seconds: float) -> None:
        """In a worker: some points of the picture."""
        assert self._painting is not None and self.chart is not None
        painting, self._painting = self._painting, None  # one that fails is not begun again and again
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            try:
                level = next(painting)
            except StopIteration:
                return
            if level is not None:
                self.chart.picture = level
                self.drawn += 1
                break
        self._painting = painting

    def paint_all(self) -> None:
        """In a worker: the finest picture, now."""
        painting, self._painting = self._painting, None
        for level in painting or ():
            if level is not None and self.chart is not None:
                self.chart.picture = level
                self.drawn += 1

    def begin_study(self, study: Study) -> None:
        """In place of the one under way, which is left."""
        if self.study is not None:
            self.study.cancel()
        self.studies, self.study = study.number, study
        self.kept[study.kind] = study

    async def stop(self, session: Session) -> None:
        """Let go of what moves the lanes. A seek that is left stands where the last lane has come."""
        work, self.work = self.work, None
        if isinstance(work, Going):
            await session.call(settle, work.race)
        if work is not None:
            self.tell(session)
        if isinstance(work, Going):
            work.end()

    # Being changed ---------------------------------------------------------------------------------------------------

    async def adopt(self, session: Session, race: NetworkRace) -> None:
        """Another race."""
        await self.stop(session)
        if self.study is not None:
            self.study.cancel()
        self.race, self.chart, self._painting, self._known = race, None, None, None
        self.number += 1
        self.run, self.slots, self.same_bits = session.run, {}, True
        self._slice = Slice(self._slice_seconds)
        await self.changed(session)

    def lay(self, chart: Chart, points: int) -> None:
        """Another plane; its picture is begun."""
        self.chart, self._known = chart, None
        self.charts += 1
        self._painting = chart.landscape.pictures_in_parts(chart.plane, chart.across, chart.up, points)

    async def changed(self, session: Session) -> None:
        """Its script is no longer what it was: tell it, and draw everything again."""
        race = self.present()
        self.changes += 1
        standing = {lane.id for lane in race.lanes}
        self.slots = {number: slot for number, slot in self.slots.items() if number in standing}
        for lane in race.lanes:
            free = (slot for slot in range(len(race.lanes)) if slot not in self.slots.values())
            self.slots.setdefault(lane.id, next(free, 0))
        self._info = await session.call(self._describe, race)
        self._forces = self._in_force()
        session.report(self._info)
        self.tell(session)

    # Being told ------------------------------------------------------------------------------------------------------

    def tell(self, session: Session, *, hurry: bool = True) -> None:
        """Where it stands, if that is news; what is in force, where that has changed on the way."""
        now, race = time.monotonic(), self.race
        if race is None or (not hurry and now - self._told < STATE_INTERVAL):
            return
        if self._info is not None and self._in_force() != self._forces:
            self._forces = self._in_force()
            self._info = self._info.model_copy(update={"lanes": [self._lane(race, lane) for lane in race.lanes]})
            session.report(self._info)
        status: Literal["paused", "playing", "seeking", "finished"] = "paused"
        if isinstance(self.work, Playing):
            status = "playing"
        elif self.work is not None:
            status = "seeking"
        elif race.step >= race.max_steps:
            status = "finished"
        state = NetworkState(
            race=self.number,
            status=status,
            step=race.step,
            end=max([race.step, *(lane.trainer.end for lane in race.lanes)]),
            max_steps=race.max_steps,
            steps_per_epoch=race.lanes[0].trainer.steps_per_epoch if race.lanes else 1,
            speed=self.speed,
            steps_per_second=self.work.meter.rate if isinstance(self.work, Playing) else None,
            same_bits=self.same_bits,
        )
        if state != self._state:
            self._state, self._told = state, now
            session.report(state)

    def _in_force(self) -> tuple[int, ...]:
        race = self.present()
        return tuple(sum(retune.step <= race.step for retune in lane.spec.retunes) for lane in race.lanes)

    def _describe(self, race: NetworkRace) -> NetworkInfo:
        """In a worker. A race whose lanes were all taken away is described by one of its own, which is not run."""
        from engine.rows.datasets import DATASETS
        from engine.trainer import Trainer

        trainer = race.lanes[0].trainer if race.lanes else Trainer(race.spec.run)
        dataset, tape, name = trainer.dataset, trainer.tape, race.spec.run.data.name
        title = DATASETS[name].title if name in DATASETS else "own data"
        return NetworkInfo(
            race=self.number,
            change=self.changes,
            run=self.run,
            title=f"{title} · {'–'.join(str(size) for size in tape.sizes)}",
            task=dataset.task,
            kind=dataset.kind,
            domain=[(float(low), float(high)) for low, high in dataset.domain or ()],
            classes=len(dataset.classes or ()),
            samples=dataset.rows[0],
            batch_size=race.spec.run.batch_size,
            parameter_count=tape.parameter_count,
            tensors=[Tensor(name=place.name, shape=list(place.shape), offset=place.offset) for place in tape.slots],
            lanes=[self._lane(race, lane) for lane in race.lanes],
            threshold=self.threshold,
        )

    def _lane(self, race: NetworkRace, lane: Lane) -> NetworkLane:
        rule, schedule = lane.spec.in_force(race.step)
        return NetworkLane(
            id=lane.id,
            slot=self.slots.get(lane.id, 0),
            label=lane.spec.label,
            optimizer=rule.model_dump(mode="json"),
            schedule=schedule.model_dump(mode="json"),
            batch_size=lane.spec.batch_size,
            seed=lane.spec.seed,
            initializer=None if lane.spec.initializer is None else lane.spec.initializer.model_dump(mode="json"),
            retunes=[retune.step for retune in lane.spec.retunes],
            joined=lane.joined,
            badges=list(race.badges(lane.id)),
        )


def settle(race: NetworkRace) -> None:
    """All lanes to where the last of them has come, unless it has stopped for good."""
    running = [lane.trainer.steps_done for lane in race.lanes if lane.stopped is None]
    race.seek(min(running, default=race.step))
