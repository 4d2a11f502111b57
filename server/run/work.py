"""What a run may be busy with: playing, stepping and seeking by the clock of all that steps, and what only a run has: coming
home after an early stop, and following a script."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from server.metrics import STEPS_OF_RUN
from server.protocol import Done, ErrorEvent
from server.session import clock
from server.session.pacer import Slice
from server.session.viewer import Viewer

if TYPE_CHECKING:
    from engine import Trainer
    from engine.script.replay import Replay


class Stepper:
    """A trainer as something that steps."""

    def __init__(self, trainer: Trainer) -> None:
        self.trainer = trainer
        self._home: Iterator[int] | None = None

    @property
    def step(self) -> int:
        return self.trainer.steps_done

    @property
    def end(self) -> int:
        return self.trainer.max_steps

    @property
    def over(self) -> bool:
        return self.trainer.stopped is not None

    @property
    def steps_per_epoch(self) -> int:
        return self.trainer.steps_per_epoch

    def advance(self, updates: int) -> int:
        before = self.trainer.steps_done
        self.trainer.advance(updates)
        made = max(0, self.trainer.steps_done - before)
        STEPS_OF_RUN.inc(made)
        return made

    def seeking(self, target: int, updates: int) -> Iterator[int]:
        for reached in self.trainer.seeking(target, updates=updates):
            if reached >= target or self.trainer.stopped is not None:
                return
            yield reached

    def led_home(self, advance: Callable[[Slice], bool], slice: Slice) -> bool:
        """A slice of a work that steps; a run that has stopped early then goes back to where it is to stand, in slices, too."""
        if self._home is None:
            over = advance(slice)
            if not self.over:
                return over
            self._home = self.trainer.returning(slice.updates)
        try:
            return next(self._home, None) is None
        except BaseException:  # left on the way, it is not there: the next slice comes to the stop again, and begins anew
            self._home = None
            raise


class Play(clock.Play):
    """Updates at a steady rate, or flat out, until the run stops."""

    on: Stepper

    def advance(self, slice: Slice) -> bool:
        return self.on.led_home(super().advance, slice)


class Steps(clock.Steps):
    """A number of updates, as fast as they go."""

    on: Stepper

    def advance(self, slice: Slice) -> bool:
        return self.on.led_home(super().advance, slice)


class Loading(clock.Seek):
    """A script followed from its start to where it stood, edit by edit. Left early, the run is as far as it came."""

    def __init__(
        self,
        replay: Replay[Trainer],
        viewer: Viewer,
        answer: Done,
        learn: Callable[[Trainer], None],
        told: Callable[[], None],
    ) -> None:
        """`learn` is called in the worker after each edit, `told` at the end."""
        super().__init__(Stepper(replay.trainer), replay.data.furthest, viewer, answer)
        self._replay, self._learn, self._told, self._over = replay, learn, told, False

    def advance(self, slice: Slice) -> bool:
        from engine.script.replay import ReplayError

        before, started, made = self.on.step, time.perf_counter(), self._replay.made
        try:
            self._over = self._replay.advance(slice.updates)
            if self._replay.made > made:
                self._learn(self._replay.trainer)
        except ReplayError as error:
            self._refuse(str(error))
            return True
        if self.on.step > before:
            slice.observe(self.on.step - before, time.perf_counter() - started)
        return self._over

    def _refuse(self, message: str) -> None:
        assert isinstance(self.answer, Done)
        self.answer = ErrorEvent(id=self.answer.id, code="invalid", field="script", message=message)

    def end(self) -> None:
        missing = len(self._replay.data.edits) - self._replay.made
        if not self._over and isinstance(self.answer, Done):
            self._refuse(f"Loading was left at step {self.on.step}, with {missing} edits still to come")
        self._told()
        super().end()
