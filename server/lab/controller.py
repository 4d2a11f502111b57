"""The lab of a session: one experiment at a time. Called by the session's one task, but for what a job runs."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Hashable, Iterable, Mapping
from contextlib import AbstractAsyncContextManager, nullcontext
from functools import cached_property, partial
from typing import Any, NamedTuple

from server.interfaces import LabAccess, RunAccess
from server.keeping.versions import LAB_VERSION
from server.lab.beginning import begun, made_of, row
from server.lab.experiment import ENDED, Asked, UnderWay
from server.mathml import prose
from server.protocol import Message
from server.protocol.lab import LabBegin, LabCancel, LabInfo, LabLeave, LabRun
from server.session.activity import Header, Host, Job, Restored
from server.session.pacer import Throttle
from server.wire.errors import CommandError
from server.wire.sizes import memory_of

log = logging.getLogger("chainrule")

STATE_INTERVAL = 1 / 10
"""Seconds between two words on how far it is."""


class Again(NamedTuple):
    """What was asked for before the server's end: what it can go on from (`kept`), as long as the run is that of the number."""

    asked: Asked
    run: int | None = None
    kept: Mapping[str, Any] | None = None


class Lab(LabAccess):
    """`number` counts the experiments of the session. `again` is to be begun when the run stands where it stood."""

    interrupting = (LabBegin, LabCancel, LabLeave)

    def __init__(self, host: Host) -> None:
        super().__init__(host)
        self.number = 0
        self.present: UnderWay | None = None
        self.again: Again | None = None
        self._throttle = Throttle()
        self._told = LabInfo()

    @cached_property
    def run(self) -> RunAccess:
        return self.host.find(RunAccess)

    # Beginning and ending ---------------------------------------------------------------------------------------------

    async def begin_experiment(self, asked: Asked, before: Again | None = None) -> None:
        """In place of the one under way, which goes on where this one is refused. Raises `CommandError`."""
        experiment = await self.host.call(row, asked.experiment)
        on, trainer = None, self.run.trainer
        if experiment.on_run or asked.of_run:
            run = self.run.present()
            on = LabRun(run=self.run.number, step=run.steps_done)
        trainer = None if on is None else trainer
        room: AbstractAsyncContextManager[None] = nullcontext() if trainer is None else self.host.room(memory_of(trainer.spec))
        async with room:
            made = await self.host.call(made_of, experiment, asked, trainer, self.number + 1, on, self.host.settings)
            async with self.host.room(made.size):
                same = before is not None and before.run == (None if on is None else on.run)
                await self.host.call(begun, made, experiment, before.kept if same and before is not None else None)
                self.cancel()
                self.number, self.present, self.again = made.number, made, None
        self.tell()

    def cancel(self) -> None:
        if self.present is not None:
            self.present.cancel()

    def leave(self) -> None:
        self.cancel()
        self.number += self.present is not None
        self.present = self.again = None
        self.tell()

    # Going on ---------------------------------------------------------------------------------------------------------

    @property
    def running(self) -> UnderWay | None:
        return self.present if self.present is not None and self.present.running else None

    def wait(self, now: float) -> float:
        held = self._throttle.wait(now, STATE_INTERVAL) if self.host.seen else math.inf
        return 0.0 if self.running is not None or self._taken_up() else held

    def _taken_up(self) -> bool:
        """Whether what was kept is to be begun again now."""
        return self.again is not None and not self.run.seeking

    def job(self, now: float) -> Job | None:
        if self._throttle.wait(now, STATE_INTERVAL) <= 0:
            self.tell()
        running = self.running
        if running is not None:
            return Job(partial(running.advance, self.host.slice_seconds), self.went)
        return Job(_nothing, self._begin_again) if self._taken_up() else None

    async def went(self, over: Any, failed: Exception | None) -> None:
        if failed is not None:
            self.stumble()
            raise failed
        self.tell(hurry=bool(over))

    async def _begin_again(self, over: Any, failed: Exception | None) -> None:
        """One that is refused now is told as failed."""
        again, self.again = self.again, None
        if again is None:
            return
        try:
            await self.begin_experiment(again.asked, again)
        except CommandError as error:
            self._not_there(again.asked, error.message)
        self.host.poke()  # what is there at once is to be drawn

    def _not_there(self, asked: Asked, message: str, *, cancelled: bool = False) -> None:
        self.number += 1
        self.present = UnderWay(asked, self.number)
        if cancelled:
            self.present.cancel()
        else:
            self.present.fail(message)
        self.tell()

    def stumble(self) -> None:
        if self.running is not None:
            self.running.fail("Something failed on the server")

    def let_go(self) -> None:
        if self.present is not None:
            self.present.let_go()

    @property
    def moving(self) -> bool:
        return self.running is not None

    @property
    def weight(self) -> int:
        return 0 if self.present is None else self.present.weight

    # Being told and kept ----------------------------------------------------------------------------------------------

    def info(self) -> LabInfo:
        if self.again is not None:
            return UnderWay(self.again.asked, self.number + 1).info()
        return LabInfo(number=self.number) if self.present is None else self.present.info()

    def events(self) -> Iterable[Message | None]:
        return (self.info(),)

    def tell(self, *, hurry: bool = True) -> None:
        now = time.monotonic()
        if not self._throttle.allows(now, STATE_INTERVAL, hurry=hurry):
            return
        info = self.info()
        if info != self._told:
            self._told = info
            self._throttle.told(now)
            self.host.report(info)

    def seen_key(self) -> Hashable:
        present = self.present
        return self.number, present is not None and (present.shown, present.status, round(present.share, 2))

    def told(self) -> dict[str, Any] | None:
        present = self.present
        if present is None:
            return None
        experiment = row(present.asked.experiment)
        defaults = {each.name: each.default for each in experiment.parameters}
        chosen = {name: value for name, value in present.asked.choices.items() if defaults.get(name) != value}
        return {
            "experiment": present.asked.experiment,
            "choices": chosen,
            "of_run": present.on is not None,
            "title": experiment.title,
            "status": present.status,
            "share": present.share,
            "said": "" if present.found is None else prose(present.found.said),
        }

    def header(self) -> Header:
        present = self.present
        return {"run": self.number, "branch": 0, "step": 0 if present is None or present.on is None else present.on.step}

    def script_key(self) -> Hashable:
        present = self.present
        return self.number, present is not None, present is not None and present.status == "cancelled"

    def script(self) -> dict[str, Any]:
        asked = self.present.asked if self.present is not None else self.again and self.again.asked
        if asked is None:
            return {"lab": None}
        ended = self.present is not None and self.present.status == "cancelled"
        own = {"experiment": asked.experiment, "choices": asked.choices, "of_run": asked.of_run}
        return {"lab": {"version": LAB_VERSION, "number": self.number + (self.again is not None), **own, "cancelled": ended}}

    def place_key(self) -> Hashable:
        return None if self.present is None else (self.present.number, self.present.keepings)

    def place(self) -> dict[str, Any]:
        """What the experiment can go on from."""
        if self.again is not None:
            return {"lab": [self.again.run, self.again.kept]}
        present = self.present
        if present is None or present.kept is None:
            return {"lab": None}
        return {"lab": [None if present.on is None else present.on.run, dict(present.kept)]}

    async def restore(self, restored: Restored) -> None:
        """What was asked for is begun again; one that was ended is told as such."""
        found = restored.script.get("lab")
        if not found:
            return
        try:
            asked = Asked(str(found["experiment"]), dict(found["choices"]), bool(found["of_run"]))
            self.number = int(found["number"]) - 1
            if found["cancelled"]:
                self._not_there(asked, ENDED, cancelled=True)
            else:
                self.again = Again(asked, *(restored.place.get("lab") or ()))
        except Exception:
            log.exception("a kept experiment of the lab cannot be taken up")


def _nothing() -> None:
    """What is to be begun finds its memory first, from the session's task."""
