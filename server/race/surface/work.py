"""What a race may be busy with: playing, going to a step, tuning. Each goes ahead by slices, made in a worker thread."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from server.metrics import STEPS_OF_LANES
from server.protocol import Done, ErrorEvent, Message, RaceSpeed
from server.session.pacer import Clock, Meter, Slice
from server.session.viewer import Viewer

if TYPE_CHECKING:
    from engine.race import Race
    from engine.race.sweep import RateSweep


class RaceWork(ABC):
    """The part all share. `viewer` is told `answer` when it ends, done or abandoned."""

    def __init__(self, viewer: Viewer | None = None, answer: Message | None = None) -> None:
        self.viewer, self.answer = viewer, answer

    def wait(self, now: float) -> float:
        return 0.0

    @abstractmethod
    def advance(self, race: Race, slice: Slice) -> bool:
        """Make one slice; True when the work is at its end."""

    def end(self) -> None:
        if self.viewer is not None and self.answer is not None:
            self.viewer.put(self.answer)


def forward(race: Race, goal: int, slice: Slice) -> None:
    """Towards a step, by a slice at most; where the lanes have been already it costs nothing."""
    before, started = race.computed, time.perf_counter()
    race.seek(min(goal, max(race.step, race.computed) + slice.updates))
    slice.observe(race.computed - before, time.perf_counter() - started)
    STEPS_OF_LANES.inc(len(race.lanes) * (race.computed - before))


class Playing(RaceWork):
    """All lanes at a steady rate, or flat out, to the end of the race."""

    def __init__(self, race: Race, speed: RaceSpeed) -> None:
        super().__init__()
        self.meter = Meter()
        self.meter.mark(time.monotonic(), race.step)
        self.pace(race, speed)

    def pace(self, race: Race, speed: RaceSpeed, *, at_once: bool = True) -> None:
        flat = speed.unit == "flat"
        self._clock = None if flat else Clock(speed.rate, time.monotonic(), race.step, at_once=at_once)

    def go_on(self, race: Race, speed: RaceSpeed) -> None:
        """After a rest, which is no part of the play."""
        self.meter = Meter()
        self.meter.mark(time.monotonic(), race.step)
        self.pace(race, speed)

    def wait(self, now: float) -> float:
        return 0.0 if self._clock is None else self._clock.wait(now)

    def advance(self, race: Race, slice: Slice) -> bool:
        updates = slice.updates if self._clock is None else self._clock.take(time.monotonic(), race.step, slice.updates)
        forward(race, min(race.step + updates, race.spec.max_steps), slice)
        self.meter.mark(time.monotonic(), race.step)
        return race.step >= race.spec.max_steps


class Going(RaceWork):
    """To a step."""

    def __init__(self, target: int, viewer: Viewer, answer: Message) -> None:
        super().__init__(viewer, answer)
        self.target = target

    def advance(self, race: Race, slice: Slice) -> bool:
        forward(race, self.target, slice)
        return race.step == self.target


class Tuning(RaceWork):
    """Every lane's rate by its loss after a budget of steps, a lane a slice. Nothing is changed before all are known."""

    def __init__(self, race: Race, rates: list[float] | None, steps: int, viewer: Viewer, id: str | int | None) -> None:
        words = "The tuning was ended before all lanes were known; their rates are as they were"
        super().__init__(viewer, ErrorEvent(id=id, code="cancelled", message=words))
        self.total, self.words = len(race.lanes), ""
        self._id, self._rates, self._steps = id, rates, steps
        self._found: dict[int, RateSweep] = {}

    @property
    def far(self) -> tuple[int, int]:
        return len(self._found), self.total

    def advance(self, race: Race, slice: Slice) -> bool:
        from engine.race.sweep import RATES, rate_sweep

        left = [lane for lane in race.lanes if lane.id not in self._found]
        if left:
            seeds = tuple(race.spec.seed + step for step in range(3))
            steps = min(self._steps, race.spec.max_steps)
            self._found[left[0].id] = rate_sweep(race.spec, left[0].spec, self._rates or RATES, steps, seeds)
        return len(left) <= 1

    def found(self) -> dict[int, float]:
        """The best rate of each lane; a lane that diverged at every rate has none. Told as done."""
        self.words = next((sweep.words for sweep in self._found.values()), "")
        self.answer = Done(id=self._id, command="race_rates", result={"words": self.words})
        return {number: sweep.best for number, sweep in self._found.items() if sweep.best is not None}
