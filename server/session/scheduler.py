"""Who runs next: the engine's threads, shared among all sessions.

A session has one call under way at a time, its own actor sees to that. Calls that a command waits for go first, as long as the
session's allowance of such time lasts; the others take turns in the order in which they came, so that no session has a second
slice before every one that waits had its first; what goes on for nobody comes behind all of them. The more wait, the shorter a
slice is to be, and a turn comes soon all the same. A call that has not begun may be withdrawn.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
import math
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

ROUND = 0.03
"""Seconds that a round of all sessions is to take: with more of them, slices are shorter …"""
SHORTEST = 0.0005
"""… but a slice is not to be mostly overhead."""
ALLOWANCE = 0.1
"""Seconds of engine time that a session's commands may take ahead of everybody's turn; as much is given anew every second."""
SPARE, AMONG = 3, 1.0
"""Where somebody had a turn within so many seconds, what is done for nobody is followed by so many times as long without."""
SMOOTH = 32
"""Turns over which the time that they wait is averaged."""
HURRIED = 3
"""So many calls in a row may go ahead where a turn waits; then the turn is next."""


class Withdrawn(Exception):  # noqa: N818  it is no error
    """The call was taken back before it began: nothing has happened."""


class Account:
    """One session's standing: what is left of its allowance, and its place among those that wait for a turn."""

    def __init__(self) -> None:
        self.place: int | None = None
        """Kept when a call is withdrawn: who waited does not wait anew."""
        self._left, self._since = ALLOWANCE, 0.0

    def may_hurry(self, now: float) -> bool:
        self._left = min(ALLOWANCE, self._left + ALLOWANCE * max(0.0, now - self._since))
        self._since = now
        return self._left > 0

    def spend(self, seconds: float) -> None:
        self._left -= seconds


@dataclass(eq=False, slots=True)
class Job:
    """A call that waits for a thread."""

    account: Account
    function: Callable[[], Any]
    hurried: bool = False
    behind: bool = False
    """Whether it is for nobody: it has the time that is left."""
    future: asyncio.Future[Any] | None = None
    came: float = 0.0
    gone: bool = False
    """Taken by a thread, or withdrawn."""

    async def result(self) -> Any:
        """What the call returns or raises; `Withdrawn` where it was taken back."""
        assert self.future is not None
        return await self.future


@dataclass(slots=True)
class Line:
    """The order of calls; it knows no threads and no time."""

    _hurried: deque[Job] = field(default_factory=deque)
    _turns: list[tuple[bool, int, int, Job]] = field(default_factory=list)
    _places: itertools.count[int] = field(default_factory=itertools.count)
    _row: int = 0
    """Calls that went ahead since the last turn."""
    _waiting: int = 0

    def __len__(self) -> int:
        return self._waiting

    def put(self, job: Job) -> None:
        self._waiting += 1
        if job.hurried:
            self._hurried.append(job)
            return
        if job.account.place is None:
            job.account.place = next(self._places)
        heapq.heappush(self._turns, (job.behind, job.account.place, next(self._places), job))

    def take(self, *, behind: bool = True) -> Job | None:
        """The next call, None where none waits; `behind`: also one that is for nobody."""
        while self._hurried and self._hurried[0].gone:
            self._hurried.popleft()
        while self._turns and self._turns[0][3].gone:
            heapq.heappop(self._turns)
        if self._hurried and (self._row < HURRIED or not self._turns):
            self._row += 1
            job = self._hurried.popleft()
        elif self._turns and (behind or not self._turns[0][0]):
            self._row = 0
            job = heapq.heappop(self._turns)[3]
            job.account.place = None
        else:
            return None
        job.gone = True
        self._waiting -= 1
        return job

    def withdraw(self, job: Job) -> bool:
        """Take a call back; False where it has begun."""
        if job.gone:
            return False
        job.gone = True
        self._waiting -= 1
        return True


class Scheduler:
    """Threads over one line. `run` belongs to one event loop."""

    def __init__(self, threads: int, slice_seconds: float) -> None:
        self._loop = asyncio.get_running_loop()
        self._line, self._lock = Line(), threading.Lock()
        self._ready = threading.Condition(self._lock)
        self._longest, self._closed = slice_seconds, False
        self._finished: deque[tuple[asyncio.Future[Any], Any, BaseException | None]] = deque()
        self._delivering = False
        self._spared = 0.0
        """Until then nothing is done for nobody."""
        self._looked = -AMONG
        """When somebody's turn was last."""
        self.lag = 0.0
        """Seconds that a turn waits before it begins, of late."""
        self._threads = [threading.Thread(target=self._work, name=f"engine-{number}") for number in range(threads)]
        for thread in self._threads:
            thread.start()

    @property
    def depth(self) -> int:
        """Calls that wait."""
        return len(self._line)

    @property
    def slice_seconds(self) -> float:
        """How long a slice is to be now."""
        return fair(self._longest, len(self._threads), self.depth)

    def submit(self, account: Account, function: Callable[[], Any], *, hurried: bool, behind: bool = False) -> Job:
        """A call, to be awaited by its `result`."""
        now = time.monotonic()
        job = Job(account, function, behind=behind, future=self._loop.create_future(), came=now)
        with self._lock:
            job.hurried = hurried and not behind and account.may_hurry(now)
            if self._closed:
                raise RuntimeError("the server stops")
            self._line.put(job)
            self._ready.notify()
        return job

    def withdraw(self, job: Job) -> bool:
        """Take a call back that has not begun: who awaits it finds `Withdrawn`."""
        with self._lock:
            withdrawn = self._line.withdraw(job)
        if withdrawn and job.future is not None and not job.future.done():
            job.future.set_exception(Withdrawn())
        return withdrawn

    def close(self) -> None:
        """What runs is run to its end, what waits is forgotten."""
        with self._lock:
            self._closed = True
            self._ready.notify_all()

    def _work(self) -> None:
        while True:
            with self._lock:
                job = None
                while not self._closed and (job := self._line.take(behind=time.monotonic() >= self._spared)) is None:
                    self._ready.wait(None if math.isinf(self._spared) else max(0.0, self._spared - time.monotonic()) or None)
                if job is not None and job.behind:
                    self._spared = math.inf  # one at a time
            if job is None:
                return
            begun = time.monotonic()
            result, error = None, None
            try:
                result = job.function()
            except BaseException as raised:  # it is raised where the call is awaited
                error = raised
            if job.behind:
                with self._lock:
                    now = time.monotonic()
                    self._spared = now + (SPARE * (now - begun) if now - self._looked < AMONG else 0.0)
                    self._ready.notify()
            elif not job.hurried:
                self._looked = begun
                self.lag += (begun - job.came - self.lag) / SMOOTH
            else:
                with self._lock:
                    job.account.spend(time.monotonic() - begun)
            if job.future is not None:
                self._deliver(job.future, result, error)

    def _deliver(self, future: asyncio.Future[Any], result: Any, error: BaseException | None) -> None:
        """Wake the loop, once for all that finish before it is awake."""
        self._finished.append((future, result, error))
        if not self._delivering:
            self._delivering = True
            if not self._loop.is_closed():
                self._loop.call_soon_threadsafe(self._settle)

    def _settle(self) -> None:
        self._delivering = False
        while self._finished:
            future, result, error = self._finished.popleft()
            if future.done():
                continue  # nobody awaits it any more
            if error is None:
                future.set_result(result)
            else:
                future.set_exception(error)


def fair(longest: float, threads: int, waiting: int) -> float:
    """How long a slice is to be while so many calls wait."""
    return max(min(longest, SHORTEST), min(longest, threads * ROUND / max(1, waiting)))
