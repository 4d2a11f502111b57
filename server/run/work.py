"""What a session may be busy with: playing, stepping, seeking. Each goes ahead by slices, made in a worker thread."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from server.metrics import STEPS_OF_RUN
from server.protocol import Done, ErrorEvent, Message, Speed
from server.session.pacer import Clock, Meter, Slice
from server.session.viewer import Viewer

if TYPE_CHECKING:
    from engine import Trainer
    from engine.script.replay import Replay


def train(trainer: Trainer, updates: int, slice: Slice) -> None:
    """So many updates, and what they teach about the length of a slice."""
    before, started = trainer.steps_done, time.perf_counter()
    trainer.advance(updates)
    slice.observe(trainer.steps_done - before, time.perf_counter() - started)
    STEPS_OF_RUN.inc(max(0, trainer.steps_done - before))


class Work(ABC):
    """The part all kinds share. `viewer` is told `answer` when the work ends, done or abandoned."""

    def __init__(self, viewer: Viewer | None = None, answer: Message | None = None) -> None:
        self.viewer, self.answer = viewer, answer
        self.started = time.monotonic()
        self._home: Iterator[int] | None = None

    def wait(self, now: float) -> float:
        """Seconds until there is something to do."""
        return 0.0

    @abstractmethod
    def advance(self, trainer: Trainer, slice: Slice) -> bool:
        """Make one slice; True when the work is at its end."""

    def tell(self) -> None:
        """Say how far it is, where somebody should know."""
        return

    def stopped(self, trainer: Trainer, slice: Slice) -> bool:
        """Whether the run has stopped and stands where it is to: after an early stop the way back is made in slices, too."""
        if self._home is None:
            if trainer.stopped is None:
                return False
            self._home = trainer.returning(slice.updates)
        return next(self._home, None) is None

    def end(self) -> None:
        """Let go, finished or not."""
        if self.viewer is not None and self.answer is not None:
            self.viewer.put(self.answer)


class Play(Work):
    """Updates at a steady rate, or flat out, until the run stops."""

    def __init__(self, trainer: Trainer, speed: Speed) -> None:
        super().__init__()
        self.meter = Meter()
        self.meter.mark(self.started, trainer.steps_done)
        self.pace(trainer, speed)

    def pace(self, trainer: Trainer, speed: Speed, *, at_once: bool = True) -> None:
        """Set the clock: at the start, and whenever the speed or the length of an epoch changes."""
        rate = speed.rate * (trainer.steps_per_epoch if speed.unit == "epochs" else 1)
        flat = speed.unit == "flat"
        self._clock = None if flat else Clock(rate, time.monotonic(), trainer.steps_done, at_once=at_once)

    @property
    def flat_out(self) -> bool:
        return self._clock is None

    def go_on(self, trainer: Trainer, speed: Speed) -> None:
        """After a rest, which is no part of the play."""
        self.meter = Meter()
        self.meter.mark(time.monotonic(), trainer.steps_done)
        self.pace(trainer, speed)

    def wait(self, now: float) -> float:
        return 0.0 if self._clock is None else self._clock.wait(now)

    def advance(self, trainer: Trainer, slice: Slice) -> bool:
        if self._home is not None:
            return self.stopped(trainer, slice)
        updates = slice.updates
        if self._clock is not None:
            updates = self._clock.take(time.monotonic(), trainer.steps_done, updates)
        if updates:
            train(trainer, updates, slice)
            self.meter.mark(time.monotonic(), trainer.steps_done)
        return self.stopped(trainer, slice)


class Stepping(Work):
    """A number of updates, as fast as they go."""

    def __init__(self, count: int, viewer: Viewer, answer: Message) -> None:
        super().__init__(viewer, answer)
        self._remaining = count

    def advance(self, trainer: Trainer, slice: Slice) -> bool:
        if self._home is not None:
            return self.stopped(trainer, slice)
        before = trainer.steps_done
        train(trainer, min(self._remaining, slice.updates), slice)
        self._remaining -= trainer.steps_done - before
        return self.stopped(trainer, slice) or (self._remaining <= 0 and self._home is None)


class Seeking(Work):
    """To the state after an update, forwards or backwards."""

    def __init__(self, trainer: Trainer, target: int, viewer: Viewer | None, answer: Message | None) -> None:
        super().__init__(viewer, answer)
        self.origin, self.target = trainer.steps_done, target

    def advance(self, trainer: Trainer, slice: Slice) -> bool:
        # Begun anew each time, so that a slice may have another size: the engine goes on from where it stands, or from a
        # checkpoint further on.
        started = time.perf_counter()
        reached = next(iter(trainer.seeking(self.target, updates=slice.updates)), None)
        if reached is not None and reached < self.target:
            slice.observe(slice.updates, time.perf_counter() - started)
        return reached is None or reached >= self.target or trainer.stopped is not None


class Resuming(Seeking):
    """From numbers that were kept to where the run stood, after the server was gone; `onward`: then it plays on."""

    def __init__(self, trainer: Trainer, target: int, *, onward: bool) -> None:
        super().__init__(trainer, target, None, None)
        self.onward = onward


class Loading(Seeking):
    """A script followed from its start to where it stood, edit by edit. Left early, the run is as far as it came."""

    def __init__(self, replay: Replay[Trainer], viewer: Viewer, answer: Done, told: Callable[[], None]) -> None:
        super().__init__(replay.trainer, replay.data.furthest, viewer, answer)
        self._replay, self._told, self._over = replay, told, False

    def advance(self, trainer: Trainer, slice: Slice) -> bool:
        from engine.script.replay import ReplayError

        before, started = trainer.steps_done, time.perf_counter()
        try:
            self._over = self._replay.advance(slice.updates)
        except ReplayError as error:
            self._refuse(str(error))
            return True
        if trainer.steps_done > before:
            slice.observe(trainer.steps_done - before, time.perf_counter() - started)
        return self._over

    def _refuse(self, message: str) -> None:
        assert isinstance(self.answer, Done)
        self.answer = ErrorEvent(id=self.answer.id, code="invalid", field="script", message=message)

    def end(self) -> None:
        missing = len(self._replay.data.edits) - self._replay.made
        if not self._over and isinstance(self.answer, Done):
            self._refuse(f"Loading was left at step {self._replay.trainer.steps_done}, with {missing} edits still to come")
        self._told()
        super().end()
