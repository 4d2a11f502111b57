"""Who runs next: the engine's threads, shared among all sessions.

A session has one call under way at a time, its own actor sees to that. Calls that a command waits for go first, as long as the
session's allowance of such time lasts; the others take turns in the order in which they came, so that no session has a second
slice before every one that waits had its first; what goes on for nobody comes behind all of them. The more wait, the shorter a
slice is to be, and a turn comes soon all the same. A call that has not begun may be withdrawn.

No call is one slice by right. Wherever its work gives way (`engine.parts`), one that has had its slice pauses where others
wait, and takes its turn again: however long it is, nobody waits for more than the piece between two such places. There it may
be left, too.
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

from server.metrics import STRETCHES

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


class Left(Exception):  # noqa: N818  it is no error
    """The call was left on its way: what it was to change stands as between two pieces of its work."""


class Withdrawn(Left):
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
    haste: bool = False
    """Whether a command waits for it, which goes ahead as long as the allowance lasts."""
    left_after: float = math.inf
    """When it has run for so many seconds, nobody wants any more of it."""
    ran: float = 0.0
    """Seconds in the slices before this one."""
    since: float = 0.0
    """When its slice began …"""
    piece: float = 0.0
    """… and its piece, which lasts until it gives way next."""
    stretch: float = 0.0
    """Its longest piece, in seconds."""
    go: threading.Semaphore | None = None
    """Of one that has paused: what its thread waits for; `back`: what the thread waits for that let it go on."""
    back: threading.Semaphore | None = None

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
        somebodys = bool(self._turns) and not self._turns[0][0]
        if self._hurried and (self._row < HURRIED or not somebodys):
            self._row += 1
            job = self._hurried.popleft()
        elif self._turns and (behind or somebodys):
            self._row = 0
            job = heapq.heappop(self._turns)[3]
            job.account.place = None
        else:
            return None
        job.gone = True
        self._waiting -= 1
        return job

    def forward(self, job: Job) -> None:
        """A call that was for nobody is for somebody; where it waits, it does so in its place among the others."""
        job.behind = False
        if not job.gone:
            self._turns = [(each.behind, place, tie, each) for _, place, tie, each in self._turns]
            heapq.heapify(self._turns)

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
        self._begun: set[Job] = set()
        self._finished: deque[tuple[asyncio.Future[Any], Any, BaseException | None]] = deque()
        self._delivering = False
        self._aside: Job | None = None
        """What is being done for nobody, one call at a time …"""
        self._spared = 0.0
        """… and until then nothing is."""
        self._looked = -AMONG
        """When somebody's turn was last."""
        self.lag = 0.0
        """Seconds that a turn waits before it begins, of late."""
        self._numbers = itertools.count()
        self._threads = threads
        for _ in range(threads):
            self._add_thread()

    def _add_thread(self) -> None:
        threading.Thread(target=self._work, name=f"engine-{next(self._numbers)}").start()

    @property
    def depth(self) -> int:
        """Calls that wait."""
        return len(self._line)

    @property
    def slice_seconds(self) -> float:
        """How long a slice is to be now."""
        return fair(self._longest, self._threads, self.depth)

    def submit(self, account: Account, function: Callable[[], Any], *, hurried: bool, behind: bool = False) -> Job:
        """A call, to be awaited by its `result`."""
        now = time.monotonic()
        haste = hurried and not behind
        job = Job(account, function, behind=behind, future=self._loop.create_future(), came=now, haste=haste)
        with self._lock:
            job.hurried = haste and account.may_hurry(now)
            if self._closed:
                raise RuntimeError("the server stops")
            self._line.put(job)
            self._ready.notify()
        return job

    def withdraw(self, job: Job) -> bool:
        """Take a call back that has not begun: who awaits it finds `Withdrawn`."""
        with self._lock:
            withdrawn = job not in self._begun and self._line.withdraw(job)
        if withdrawn and job.future is not None and not job.future.done():
            job.future.set_exception(Withdrawn())
        return withdrawn

    def forward(self, job: Job) -> None:
        """Somebody looks again at what went on for nobody: it waits among the others from now on."""
        with self._lock:
            if job.behind:
                job.came = time.monotonic()
                self._line.forward(job)
                self._free(job)
                self._ready.notify()

    def leave(self, job: Job, after: float = 0.0) -> None:
        """Take a call back; one that has begun ends where it gives way next, but not before it has run for so many seconds. Who
        awaits it finds `Withdrawn` or `Left`."""
        if not self.withdraw(job):
            self.cut_short(job, after)

    def cut_short(self, job: Job, after: float) -> None:
        """The same of one that has begun or not: what takes no longer is done, in its turn."""
        with self._lock:
            job.left_after = min(job.left_after, after)
            if job.ran >= job.left_after and job in self._begun and self._line.withdraw(job) and job.go is not None:
                job.go.release()  # it only ends: that takes nobody's turn

    def close(self) -> None:
        """What runs is left where it gives way next, what waits is forgotten."""
        with self._lock:
            self._closed = True
            self._ready.notify_all()
            begun = list(self._begun)
        for job in begun:
            self.leave(job)

    # In a thread ------------------------------------------------------------------------------------------------------

    def _work(self) -> None:
        """Take calls until one takes this thread along: another has its place by then."""
        while True:
            with self._lock:
                job = None
                while not self._closed and (job := self._line.take(behind=self._may_spare())) is None:
                    self._ready.wait(max(0.0, self._spared - time.monotonic()) or None)
                if job is not None:
                    self._begun.add(job)
                    if job.behind:
                        self._aside = job
            if job is None:
                return
            if job.go is not None and job.back is not None:
                job.go.release()
                job.back.acquire()
            elif self._run(job):
                return

    def _run(self, job: Job) -> bool:
        """A call from its beginning to its end; whether it paused on the way."""
        from engine.parts import LeftOff, giving_way  # here, so that the server answers before the engine is imported

        self._begin_slice(job)
        result: Any = None
        error: BaseException | None = None
        try:
            with giving_way(lambda: self._give_way(job)):
                result = job.function()
        except LeftOff:
            error = Left()
        except BaseException as raised:  # it is raised where the call is awaited
            error = raised
        self._end_slice(job)
        STRETCHES.observe(job.stretch)
        with self._lock:
            self._begun.discard(job)
        if job.future is not None:
            self._deliver(job.future, result, error)
        if job.back is None:
            return False
        job.back.release()
        return True

    def _begin_slice(self, job: Job) -> None:
        job.since = job.piece = time.monotonic()
        if not job.hurried and not job.behind:
            self._looked = job.since
            self.lag += (job.since - job.came - self.lag) / SMOOTH

    def _end_slice(self, job: Job) -> None:
        now = time.monotonic()
        job.stretch, job.ran = max(job.stretch, now - job.piece), job.ran + now - job.since
        with self._lock:
            if job.hurried:
                job.account.spend(now - job.since)
            if self._aside is job:
                self._spared = now + (SPARE * (now - job.since) if now - self._looked < AMONG else 0.0)
                self._free(job)
                self._ready.notify()

    def _may_spare(self) -> bool:
        """Whether something may be done for nobody."""
        return self._aside is None and time.monotonic() >= self._spared

    def _free(self, job: Job) -> None:
        """It is not what is done for nobody any more."""
        if self._aside is job:
            self._aside = None

    def _give_way(self, job: Job) -> None:
        """Between two pieces of a call: let others have their turn where it has had its own, unless nobody waits."""
        from engine.parts import LeftOff

        now = time.monotonic()
        job.stretch, job.piece = max(job.stretch, now - job.piece), now
        if job.ran + now - job.since >= job.left_after:
            raise LeftOff
        if len(self._line) and now - job.since >= self.slice_seconds:
            self._pause(job)
            if job.ran >= job.left_after:
                raise LeftOff

    def _pause(self, job: Job) -> None:
        self._end_slice(job)
        go, back, first = job.go, job.back, False
        if go is None or back is None:
            job.go, job.back = go, back = threading.Semaphore(0), threading.Semaphore(0)
            first = True
        with self._lock:
            waits = job.ran < job.left_after
            if waits:
                job.came = time.monotonic()
                job.hurried, job.gone = job.haste and job.account.may_hurry(job.came), False
                self._line.put(job)
                self._ready.notify()
        # Only now may another go on in its place, who finds it among those that wait: where it does, nothing is spare.
        if first:
            self._add_thread()
        else:
            back.release()
        if waits:
            go.acquire()
        self._begin_slice(job)

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
