"""An experiment of a session: what was asked for, and how far it has come. It goes on by slices, and knows nothing of who goes
on with it."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from server.protocol.lab import LabInfo, LabRun

if TYPE_CHECKING:
    from engine.lab import Subject
    from engine.lab.experiment import Making, Progress, Result
    from engine.pausable import Pausable

log = logging.getLogger("chainrule")

Status = Literal["running", "done", "cancelled", "failed"]
ENDED = "It was ended before it was done"
FAILED = "The experiment failed on the server"


class Asked(NamedTuple):
    """What was asked for, as it is kept: enough to begin it again."""

    experiment: str
    choices: dict[str, Any]
    of_run: bool


class Heard:
    """How far the work has come, what it found that is news, and what it can go on from."""

    def __init__(self) -> None:
        self.share = 0.0
        self.so_far: Result | None = None
        self.kept: Mapping[str, Any] | None = None

    def hear(self, progress: Progress) -> None:
        self.share = min(1.0, max(self.share, float(progress.share)))
        if progress.so_far is not None:
            self.so_far = progress.so_far
        if progress.kept is not None:
            self.kept = progress.kept


class UnderWay:
    """`found` is the newest result, `shown` counts what the channel is to send anew; `kept` is what it can go on from after
    the server's end, `keepings` counts how often that was another."""

    def __init__(
        self,
        asked: Asked,
        number: int,
        *,
        subject: Subject | None = None,
        on: LabRun | None = None,
        updates: int = 0,
        size: int = 0,
    ) -> None:
        self.asked, self.number, self.on, self.updates, self.size = asked, number, on, updates, size
        self.subject = subject
        self.spec = None if subject is None else subject.spec
        self.status: Status = "running"
        self.share, self.shown, self.seconds, self.message = 0.0, 0, 0.0, ""
        self.found: Result | None = None
        self.kept: Mapping[str, Any] | None = None
        self.keepings = 0
        self._heard = Heard()
        self._work: Pausable[Result] | None = None

    def begin(self, making: Making) -> None:
        """In a worker: its first step, which refuses choices that do not fit (`ChoiceError`); it goes on from there."""
        started = time.perf_counter()
        self.subject = None  # the work's own from now on
        try:
            self._heard.hear(next(making))
        except StopIteration as end:
            self._ends("done", end.value)
        else:
            self._work = paused(making, self._heard)
            self._look()
        self.seconds = time.perf_counter() - started

    @property
    def running(self) -> bool:
        return self.status == "running"

    def advance(self, seconds: float) -> bool:
        """In a worker: about so long, or to the end; whether it is at its end."""
        from engine.lab.experiment import ChoiceError

        work = self._work
        if work is None or not self.running:
            return True
        started = time.perf_counter()
        try:
            over = work.go_on(seconds)
            self._look()
            if over:
                self._ends("done", work.found)
        except ChoiceError as error:
            self.fail(str(error))
        except Exception:
            log.exception("an experiment of the lab failed")
            self.fail(FAILED)
        self.seconds += time.perf_counter() - started
        return not self.running

    def _look(self) -> None:
        """What is heard of the work."""
        self.share = self._heard.share
        if self._heard.so_far is not None:
            self._show(self._heard.so_far)
            self._heard.so_far = None
        if self._heard.kept is not None:
            self.kept, self._heard.kept = self._heard.kept, None
            self.keepings += 1

    def _show(self, result: Result) -> None:
        self.found = result
        self.shown += 1

    def _ends(self, status: Status, result: Result | None = None) -> None:
        self.status = status
        if result is not None:
            self.share = 1.0
            self._show(result)
        self.shown += 1
        self.let_go()

    def cancel(self) -> None:
        """What it has found so far stays."""
        if self.running:
            self.message = ENDED
            self._ends("cancelled")

    def fail(self, message: str) -> None:
        self.message = message
        self._ends("failed")

    def let_go(self) -> None:
        """Nothing more of it is wanted: what it worked with goes."""
        if self._work is not None:
            self._work.leave()
            self._work = None

    @property
    def weight(self) -> int:
        """Bytes: of what it works with, and of what it found."""
        found = self.found
        arrays = 0 if found is None else sum(array.nbytes for array in found.arrays.values())
        return arrays + (self.size if self.running else 0)

    def info(self) -> LabInfo:
        return LabInfo(
            number=self.number,
            experiment=self.asked.experiment,
            choices=self.asked.choices,
            on=self.on,
            status=self.status,
            share=self.share,
            message=self.message,
            seconds=round(self.seconds, 2),
            updates=self.updates,
        )

    def told(self) -> dict[str, Any]:
        """What its frames say of it."""
        return {"number": self.number, "experiment": self.asked.experiment, "status": self.status, "share": self.share}


def paused(making: Making, heard: Heard) -> Pausable[Result]:
    """It pauses wherever it gives way, however deep. It tells `heard` how far it is, and knows nothing else of who goes on with
    it: one that nobody has any more ends."""
    from engine.parts import give_way
    from engine.pausable import Pausable

    def all_of_it() -> Result:
        while True:
            try:
                progress = next(making)
            except StopIteration as done:
                found: Result = done.value
                return found
            heard.hear(progress)
            give_way()

    return Pausable(all_of_it)
