"""How a session calls the engine: one call at a time, for a command or in its turn. There is no other way to a thread: what is
called here is measured, takes turns with the other sessions wherever it gives way, and may be left there."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import ParamSpec, TypeVar

from server.session.scheduler import Account, Job, Scheduler

PATIENCE = 0.05
"""Seconds that what is under way may have run for before a command has it left: most of it is done by then."""
CROWD, CROWDED = 2, 1 / 16
"""Where turns have to wait, a session's pictures are so many times that wait apart, but need not be further apart than this."""
P = ParamSpec("P")
R = TypeVar("R")


class Calling:
    """Mixed into a session, whose one task awaits each call before the next: of what it hosts, one thing is done at a time."""

    def __init__(self, scheduler: Scheduler) -> None:
        self._scheduler = scheduler
        self._account = Account()
        self.alone: AbstractContextManager[object] = nullcontext()
        """Held while anything is called: where what the activities work on is used by others, too, it keeps them apart."""
        self._queued: Job | None = None
        self._called: Job | None = None
        """What a command is waiting for now."""

    async def call(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run in a worker thread what a command waits for, unless nobody does any more: then when somebody is there again."""
        await self.awake()
        return await self._call(partial(function, *args, **kwargs), hurried=True, turn=False)

    async def slice(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run in a worker thread a slice of what goes on by itself, in this session's turn. Raises `Withdrawn` where a command
        comes before it has begun."""
        return await self._call(partial(function, *args, **kwargs), hurried=False, turn=True)

    async def hurry(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """The same of what a command waits for, ahead of what goes on by itself."""
        return await self._call(partial(function, *args, **kwargs), hurried=True, turn=True)

    @property
    def watched_by(self) -> int:
        """Pages that are attached."""
        return 1

    async def awake(self) -> None:
        """Wait where there is nobody to work for."""

    @property
    def slice_seconds(self) -> float:
        """How long a slice is to be, with as many sessions at work as there are."""
        return self._scheduler.slice_seconds

    @property
    def lag(self) -> float:
        """Seconds that a turn waits before it begins, of late."""
        return self._scheduler.lag

    @property
    def crowd(self) -> float:
        """Seconds that pictures are to be apart at least, where turns have to wait: training and commands are to have their
        share."""
        return min(CROWDED, CROWD * self._scheduler.lag)

    def make_way(self) -> None:
        """A command need not wait for a slice that has not begun, nor long for one that has."""
        if self._queued is not None:
            self._scheduler.leave(self._queued, PATIENCE)

    def look(self) -> None:
        """What went on for nobody does so for somebody."""
        if self._queued is not None:
            self._scheduler.forward(self._queued)

    def call_off(self) -> None:
        """A command makes pointless what another one is waiting for: unless it is soon at its end, it is left. What is quick is
        done, begun or not: who edits and then pauses means both."""
        if self._called is not None:
            self._scheduler.cut_short(self._called, PATIENCE)

    async def _call(self, function: Callable[[], R], *, hurried: bool, turn: bool) -> R:
        behind = turn and not self.watched_by
        job = self._scheduler.submit(self._account, partial(_held, self.alone, function), hurried=hurried, behind=behind)
        self._queued, self._called = (job, None) if turn else (None, job)
        try:
            result: R = await job.result()
            return result
        except asyncio.CancelledError:
            self._scheduler.leave(job)
            raise
        finally:
            self._queued = self._called = None


def _held(alone: AbstractContextManager[object], function: Callable[[], R]) -> R:
    """In the worker."""
    with alone:
        return function()
