"""One clock for all that steps: playing at a pace or flat out, a number of steps, going to a step. Each is a work that goes
ahead by slices, made in a worker thread."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import ClassVar, Protocol

from server.protocol import Message
from server.session.pacer import Clock, Meter, Slice
from server.session.viewer import Viewer


class Pace(Protocol):
    """How fast to play: so many steps or epochs a second, or flat out."""

    @property
    def unit(self) -> str: ...
    @property
    def rate(self) -> float: ...


class Steppable(Protocol):
    """What is stepped."""

    @property
    def step(self) -> int:
        """Steps done, where it stands."""

    @property
    def end(self) -> int:
        """The last step it may go to."""

    @property
    def over(self) -> bool:
        """Whether play is at its end here, or has stopped."""

    @property
    def steps_per_epoch(self) -> int: ...

    def advance(self, updates: int) -> int:
        """Go so many steps, up to its end at most. How many of them were computed: those are what takes time."""

    def seeking(self, target: int, updates: int) -> Iterator[int]:
        """On the way to a step, forwards or backwards: yields after every so many updates that are not the last."""


class Work(ABC):
    """The part all share. `viewer` is told `answer` when the work ends, done or abandoned."""

    hurried: ClassVar[bool] = False
    """Whether a command waits for it."""

    def __init__(self, viewer: Viewer | None = None, answer: Message | None = None) -> None:
        self.viewer, self.answer = viewer, answer
        self.started = time.monotonic()

    def wait(self, now: float) -> float:
        """Seconds until there is something to do."""
        return 0.0

    @abstractmethod
    def advance(self, slice: Slice) -> bool:
        """Make one slice; True when the work is at its end."""

    def tell(self) -> None:
        """Say how far it is, where somebody should know."""
        return

    def leave(self) -> None:
        """It is not gone on with: let go of what it works with. Part of `end`, or without an answer."""
        return

    def end(self) -> None:
        """Let go, finished or not."""
        self.leave()
        if self.viewer is not None and self.answer is not None:
            self.viewer.put(self.answer)


def stepped(on: Steppable, updates: int, slice: Slice) -> None:
    """So many updates, and what they teach about the length of a slice."""
    started = time.perf_counter()
    computed = on.advance(updates)
    slice.observe(computed, time.perf_counter() - started)


class Play(Work):
    """Steps at a steady rate, or flat out, until it is over."""

    def __init__(self, on: Steppable, pace: Pace) -> None:
        super().__init__()
        self.on = on
        self.go_on(pace)

    def pace(self, pace: Pace, *, at_once: bool = True) -> None:
        """Set the clock: at the start, and whenever the speed or the length of an epoch changes."""
        rate = pace.rate * (self.on.steps_per_epoch if pace.unit == "epochs" else 1)
        flat = pace.unit == "flat"
        self._clock = None if flat else Clock(rate, time.monotonic(), self.on.step, at_once=at_once)

    def go_on(self, pace: Pace) -> None:
        """At the start, and after a rest, which is no part of the play."""
        self.meter = Meter()
        self.meter.mark(time.monotonic(), self.on.step)
        self.pace(pace)

    @property
    def flat_out(self) -> bool:
        return self._clock is None

    def wait(self, now: float) -> float:
        return 0.0 if self._clock is None else self._clock.wait(now)

    def advance(self, slice: Slice) -> bool:
        updates = slice.updates
        if self._clock is not None:
            updates = self._clock.take(time.monotonic(), self.on.step, updates)
        if updates:
            stepped(self.on, updates, slice)
            self.meter.mark(time.monotonic(), self.on.step)
        return self.on.over


class Steps(Work):
    """A number of steps, as fast as they go."""

    hurried = True

    def __init__(self, on: Steppable, count: int, viewer: Viewer | None, answer: Message | None) -> None:
        super().__init__(viewer, answer)
        self.on = on
        self._remaining = count

    def advance(self, slice: Slice) -> bool:
        before = self.on.step
        stepped(self.on, min(self._remaining, slice.updates), slice)
        self._remaining -= self.on.step - before
        return self.on.over or self._remaining <= 0


class Seek(Work):
    """To the state after a step, forwards or backwards; `onward`: then it plays on, which is its activity's matter."""

    hurried = True

    def __init__(
        self, on: Steppable, target: int, viewer: Viewer | None = None, answer: Message | None = None, *, onward: bool = False
    ) -> None:
        super().__init__(viewer, answer)
        self.on, self.target, self.onward = on, target, onward
        self.origin = on.step

    def advance(self, slice: Slice) -> bool:
        # Begun anew each time, so that a slice may have another size: it goes on from where it stands, or from a checkpoint
        # further on.
        started = time.perf_counter()
        reached = next(iter(self.on.seeking(self.target, slice.updates)), None)
        if reached is not None:
            slice.observe(slice.updates, time.perf_counter() - started)
        return reached is None
