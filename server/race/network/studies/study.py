"""A study: what takes long and is looked at when it is done. One at a time, in slices; the channel `study` tells how far."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Any, Literal

from server.session.channel_types import Picture

if TYPE_CHECKING:
    from engine.pausable import Pausable
    from engine.trainer import Trainer

log = logging.getLogger("chainrule")

StudyKind = Literal["seeds", "rates", "basins", "compass", "point", "edge"]
Making = Generator[float, None, Picture]
SHOWN = 1 / 50
"""Seconds between two pictures of a study that shows what it has so far."""


class Study:
    """`shown` counts what the channel is to send anew. `about` is what was asked for, as the page is told it."""

    def __init__(
        self,
        kind: StudyKind,
        number: int,
        making: Making,
        about: dict[str, Any],
        so_far: Callable[[], Picture | None] | None = None,
    ) -> None:
        self.kind, self.number, self.about = kind, number, about
        self.state: Literal["running", "done", "cancelled", "failed"] = "running"
        self.share, self.shown, self.message = 0.0, 0, ""
        self.size = 0
        """Bytes that it holds while it runs, about."""
        self.found: Picture | None = None
        self._far = [0.0]
        self._made = paused(making, self._far)
        self._so_far, self._last = so_far, 0.0

    def advance(self, seconds: float) -> None:
        """In a worker: about so long, or to the end."""
        try:
            over = self._made.go_on(seconds)
            self.share = self._far[0]
            if over:
                self.found, self.share, self.state = self._made.found, 1.0, "done"
                self._end()
        except ValueError as error:
            self.state, self.message = "failed", str(error)
            self._end()
        except Exception:
            log.exception("a study failed")
            self.state, self.message = "failed", "The study failed on the server"
            self._end()
        else:
            if not over and time.monotonic() - self._last > SHOWN:
                self._last = time.monotonic()
                self.shown += 1

    def cancel(self) -> None:
        if self.state == "running":
            self.state, self.message = "cancelled", "It was ended before it was done"
            self._end()

    def _end(self) -> None:
        """It is shown once more, and what it worked with is let go: a study is kept for what it found."""
        self.shown += 1
        self._made.leave()
        self._so_far = None

    def picture(self) -> Picture:
        """What the channel sends: `meta.study` says which it is and how far, the rest is the study's own."""
        found = self.found
        if found is None and self.state == "running" and self._so_far is not None:
            found = self._so_far()
        meta = {"kind": self.kind, "number": self.number, "state": self.state, "share": self.share, "message": self.message}
        own = found.meta if found is not None else {}
        return Picture({"study": meta, "about": self.about, **own}, found.arrays if found is not None else {})


def paused(making: Making, far: list[float]) -> Pausable[Picture]:
    """A study that pauses wherever it gives way, however deep. It tells in `far` how far it is, and knows nothing else of who
    goes on with it: one that nobody has any more ends."""
    from engine.parts import give_way
    from engine.pausable import Pausable

    def all_of_it() -> Picture:
        while True:
            try:
                far[0] = next(making)
            except StopIteration as done:
                found: Picture = done.value
                return found
            give_way()

    return Pausable(all_of_it)


class Studies:
    """A session's. `kept` has the last study of each kind."""

    def __init__(self) -> None:
        self.count = 0
        self.present: Study | None = None
        self.kept: dict[StudyKind, Study] = {}

    @property
    def running(self) -> Study | None:
        return self.present if self.present is not None and self.present.state == "running" else None

    def begin(self, study: Study) -> None:
        """In place of the one under way, which is left."""
        self.cancel()
        self.count, self.present = study.number, study
        self.kept[study.kind] = study

    def cancel(self) -> None:
        if self.present is not None:
            self.present.cancel()


def output_map(trainer: Trainer, grid: int) -> Any:
    """The output over the plane as bytes (grid, grid), as `engine.race.answers` makes it."""
    from engine.race.answers import answer_map

    return answer_map(trainer, grid)
