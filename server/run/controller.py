"""The run of a session: its trainer, its clock, its place in time. Everything here is called by the session's one task, but for
what a job runs in a worker."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Hashable, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from server.interfaces import RunAccess
from server.protocol import Command, ErrorEvent, Message, Subscribe, Visible
from server.protocol.run import Cancel, Configure, Load, Pause, Play, Reset, Seek, SetSpeed, Speed
from server.protocol.run_events import Loaded, RunInfo, ScriptInfo, State
from server.run import describe, run_state
from server.run.building import build, check
from server.run.keeping import RunRecord, found
from server.run.trials import Trying
from server.run.work import Loading, Stepper, Steps
from server.run.work import Play as Playing
from server.session import clock
from server.session.activity import Header, Host, Job, Parts, Restored
from server.session.clock import Work
from server.session.pacer import Slice, Throttle
from server.wire.errors import CommandError
from server.wire.sizes import memory_of

if TYPE_CHECKING:
    from engine import RunSpec, Trainer

log = logging.getLogger("chainrule")

INTERRUPTING = (Pause, Seek, Configure, Load, Reset)
"""Commands that need not wait for a seek or a number of steps under way, nor for what another command waits for …"""
BESIDE = (Play, SetSpeed, Subscribe, Visible)
"""Commands that say nothing of its result."""
FLICKER = 1 / 15
"""Seconds that a seek takes at least to be worth being told."""


class RunController(RunAccess):
    """`changes` counts what was done to the runs' scripts."""

    number: int = 0
    trainer: Trainer | None = None
    interrupting = (*INTERRUPTING, Cancel)
    """… and who cancels waits for no trial to be begun, either."""

    def __init__(self, host: Host) -> None:
        super().__init__(host)
        self.changes = 0
        self.speed = Speed()
        self.work: Work | None = None
        self._slice = Slice(host.settings.slice_seconds)
        self._record = RunRecord()
        self._run_info: RunInfo | None = None
        self._script_info: ScriptInfo | None = None
        self._state: State | None = None
        self._throttle = Throttle()
        self._trained = 0.0
        self._size = 0
        self.edit_infos = describe.EditInfos()

    async def begin(self) -> None:
        """With the default run."""
        try:
            await self.renew({})
        except CommandError as refusal:
            log.error("the run that sessions begin with is beyond this server's limits: %s", refusal.message)
        except Exception:
            log.exception("the default run cannot be built")

    def present(self) -> Trainer:
        if self.trainer is None:
            raise CommandError("no_run", "There is no run yet: configure one")
        return self.trainer

    def point(self) -> Hashable:
        trainer = self.trainer
        return None if trainer is None else (self.number, trainer.branch, trainer.steps_done, self.changes)

    # Being busy ---------------------------------------------------------------------------------------------------

    def takes(self, waiting: Sequence[Command]) -> bool:
        """While a seek or a number of steps is under way, commands that build on its result wait for it; one that makes it
        pointless (a pause, another seek, a new run) ends it at once."""
        if not isinstance(self.work, Steps | clock.Seek):
            return True
        for command in waiting:
            if isinstance(command, INTERRUPTING):
                self.end_work()
                return True
            if not isinstance(command, BESIDE):
                return False
        return False

    def play(self) -> None:
        """From where it stands, at the speed that is set."""
        self.work = Playing(Stepper(self.present()), self.speed)

    def wait(self, now: float) -> float:
        """Seconds until there is something to train, or what was held back is to be told to somebody who looks."""
        return min(self._wait(now), self._held(now))

    def _held(self, now: float) -> float:
        return self._throttle.wait(now, self.host.interval) if self.host.seen else math.inf

    def _wait(self, now: float) -> float:
        work = self.work
        if work is None or (isinstance(work, Playing) and self.host.resting):
            return math.inf
        wait = work.wait(now)
        if isinstance(work, Playing) and not work.flat_out:
            wait = max(wait, self._trained + self.host.crowd - now)  # no turn for a step that no picture shows
        return wait

    def job(self, now: float) -> Job | None:
        if self._held(now) <= 0:
            self.tell()
        work = self.work
        if work is None or self._wait(now) > 0:
            return None
        self._trained = now
        self._slice.aim(self.host.slice_seconds)
        return Job(partial(work.advance, self._slice), partial(self._went, work), work.hurried)

    async def _went(self, work: Work, over: Any, failed: Exception | None) -> None:
        if failed is not None:
            log.error("training failed", exc_info=failed)
            self.end_work()
            self.host.report(ErrorEvent(code="internal", message="Training failed on the server"))
        elif over:
            self.end_work()
            if isinstance(work, clock.Seek) and work.onward and self.present().stopped is None:
                self.play()
                self.tell()
        elif not isinstance(work, clock.Seek) or time.monotonic() - work.started > FLICKER:
            self.tell(hurry=False)
            work.tell()

    def go_on(self) -> None:
        if isinstance(self.work, Playing):
            self.work.go_on(self.speed)

    def stumble(self) -> None:
        self.let_go()
        self.work = None

    def let_go(self) -> None:
        if self.work is not None:
            self.work.leave()

    @property
    def weight(self) -> int:
        """A trial works on a copy."""
        return 2 * self._size if isinstance(self.work, Trying) else self._size

    def end_work(self) -> None:
        """Stop whatever is under way. The state is told before the answer, so that `done` finds it in place."""
        work, self.work = self.work, None
        if work is not None:
            self.tell()
            work.end()

    # Being changed ------------------------------------------------------------------------------------------------

    async def renew(self, spec: dict[str, Any] | RunSpec) -> None:
        """Begin a run of this spec, where there is room for it."""
        wanted = await self.host.call(check, spec, self.host.settings)
        async with self.host.room(wanted.size):
            await self.adopt(await self.host.call(build, wanted))

    async def adopt(self, trainer: Trainer) -> None:
        """Begin a run."""
        edits = describe.EditInfos()
        info = await self.host.call(_described, trainer, self.number + 1, edits)
        self._size = await self.host.call(memory_of, trainer.spec)
        self.end_work()
        self.edit_infos = edits
        self.trainer, self.number, self._run_info = trainer, info.run, info
        self._slice = Slice(self.host.settings.slice_seconds)
        self.host.report(info)
        self.changed()

    def changed(self) -> None:
        """The script is no longer what it was: tell it, and draw everything anew."""
        assert self._run_info is not None
        self.changes += 1
        self._script_info = describe.script_info(self.present(), self._run_info, self.edit_infos).write()
        self.host.report(self._script_info)
        self.tell()

    # Being told ---------------------------------------------------------------------------------------------------

    def events(self) -> Iterable[Message | None]:
        return self._run_info, self._script_info, self._state

    def tell(self, *, hurry: bool = True) -> None:
        now = time.monotonic()
        if self.trainer is None or not self._throttle.allows(now, self.host.interval, hurry=hurry):
            return
        state = run_state.state(self.number, self.trainer, self.underway, self.speed)
        if state != self._state:
            self._state = state
            self._throttle.told(now)
            self.host.report(state)

    @property
    def underway(self) -> Work | None:
        """What the run is seen to be busy with."""
        return self.work

    @property
    def playing(self) -> bool:
        return isinstance(self.work, Playing)

    @property
    def moving(self) -> bool:
        return self.underway is not None

    @property
    def seeking(self) -> bool:
        return isinstance(self.underway, clock.Seek)

    def header(self) -> Header:
        trainer = self.present()
        return {"run": self.number, "branch": trainer.branch, "step": trainer.steps_done}

    # Being kept ---------------------------------------------------------------------------------------------------

    @property
    def keepable(self) -> bool:
        """A script that is being followed has nothing to keep: until it is, the run before it is what the session goes on
        from."""
        return self.trainer is not None and not isinstance(self.work, Loading)

    @property
    def plays_on(self) -> bool:
        """Whether it plays, or will where it is going."""
        return self.playing or (isinstance(self.work, clock.Seek) and self.work.onward)

    def script_key(self) -> Hashable:
        return self.number, self.changes

    def place_key(self) -> Hashable:
        trainer = self.present()
        return trainer.steps_done, trainer.end, self.plays_on, self.speed

    def script(self) -> dict[str, Any]:
        from engine.script.keeping import timeline

        return {"run": self.number, "timeline": timeline(self.present()).model_dump(mode="json", exclude={"spec"})}

    def place(self) -> dict[str, Any]:
        from engine.recording.series import Series
        from engine.script.keeping import cursor

        at = cursor(self.present())
        if isinstance(self.work, clock.Seek):
            at = at.model_copy(update={"step": self.work.target, "stop": None})
        return {
            "columns": Series.names,  # of the pieces, which are written with it
            "at": at.model_dump(mode="json"),
            "run": self.number,
            "changes": self.changes,
            "plays": self.plays_on,
            "speed": self.speed.model_dump(),
        }

    def parts(self, *, changed: bool) -> Parts:
        return self._record.parts(self.number, self.present(), changed=changed, playing=self.playing)

    async def restore(self, restored: Restored) -> None:
        """The run where it stood, playing if it played."""
        place = restored.place
        trainer, fingerprint, same_bits = await self.host.call(found, restored, self.host.settings)
        self.number, self.changes = int(place["run"]) - 1, int(place["changes"]) - 1
        await self.adopt(trainer)
        self.speed = Speed.model_validate(place["speed"])
        step, plays = place["at"]["step"], bool(place["plays"])
        if not same_bits:
            edits = len(trainer.edits)
            self.host.report(Loaded(run=self.number, step=step, edits=edits, fingerprint=fingerprint, same_bits=False))
        if trainer.steps_done != step:
            self.work = clock.Seek(Stepper(trainer), step, onward=plays)
        elif plays and trainer.stopped is None:
            self.play()
        self.tell()


def _described(trainer: Trainer, number: int, edits: describe.EditInfos) -> RunInfo:
    """In a worker."""
    edits.learn(trainer)
    return describe.run_info(trainer, number)
