"""A call that pauses wherever it gives way, and is gone on with later: it is sliced without being written for it."""

from __future__ import annotations

import threading
import time
import weakref
from collections.abc import Callable
from typing import Generic, TypeVar

from engine.parts import LeftOff, giving_way

R = TypeVar("R")


class _Call(Generic[R]):
    """What the thread of a call knows of it; not the `Pausable`, so that one which nobody has any more ends."""

    def __init__(self, function: Callable[[], R]) -> None:
        self.function = function
        self.go, self.back = threading.Semaphore(0), threading.Semaphore(0)
        self.until = 0.0
        self.begun = self.left = self.over = False
        self.found: list[R] = []
        self.error: BaseException | None = None

    def run(self) -> None:
        try:
            with giving_way(self.give_way):
                self.found.append(self.function())
        except BaseException as error:  # it is raised where the call is gone on with
            self.error = error
        self.over = True
        self.back.release()

    def give_way(self) -> None:
        if not self.left and time.perf_counter() < self.until:
            return
        if not self.left:
            self.back.release()
            self.go.acquire()
        if self.left:
            raise LeftOff

    def leave(self) -> None:
        self.left = True
        self.go.release()


class Pausable(Generic[R]):
    """A call in a thread of its own, which runs only while `go_on` waits for it. One that is left ends where it paused."""

    def __init__(self, function: Callable[[], R]) -> None:
        self._call = _Call(function)
        weakref.finalize(self, self._call.leave)

    @property
    def over(self) -> bool:
        return self._call.over

    @property
    def found(self) -> R:
        """What an ended call returned, or raised."""
        if self._call.error is not None:
            raise self._call.error
        return self._call.found[0]

    def go_on(self, seconds: float) -> bool:
        """About so long, on to where it gives way after that; true at its end."""
        call = self._call
        if call.over or call.left:
            return True
        call.until = time.perf_counter() + seconds
        if call.begun:
            call.go.release()
        else:
            call.begun = True
            threading.Thread(target=call.run, name="pausable", daemon=True).start()
        call.back.acquire()
        return call.over

    def leave(self) -> None:
        """Nothing more of it is wanted."""
        self._call.leave()
