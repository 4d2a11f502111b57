"""What others ask of a session over the bus is done by the session's one task, in its turn, as its pages' commands are."""

from __future__ import annotations

import asyncio
import logging
import math
from collections import deque
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from server.protocol import Command, Done, ErrorEvent
from server.session.activity import Host, Job
from server.wire.errors import CommandError

if TYPE_CHECKING:
    from engine.pausable import Pausable

log = logging.getLogger("chainrule")
R = TypeVar("R")


class Errands:
    """Await `do`, `measure` and `obey` from any task but the session's own."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._waiting: deque[tuple[Callable[[], Awaitable[Any]], asyncio.Future[Any]]] = deque()
        self._measured: tuple[Pausable[Any], asyncio.Future[Any]] | None = None
        self._one = asyncio.Lock()

    async def do(self, work: Callable[[], Awaitable[R]]) -> R:
        """Done in the session's task, from where the host may be called."""
        done: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.append((work, done))
        self._host.make_way()
        self._host.poke()
        return await done

    async def obey(self, command: Command) -> None:
        """Have the session obey a command, and wait until that is done. Raises `CommandError` where it is refused."""
        answer: asyncio.Future[Done | ErrorEvent] = asyncio.get_running_loop().create_future()

        def answered(told: Done | ErrorEvent) -> None:
            if not answer.done():
                answer.set_result(told)

        await self.do(lambda: self._host.obey(command, answered))
        told = await answer
        if isinstance(told, ErrorEvent):
            raise CommandError(told.code, told.message, told.field, told.allowed)

    async def measure(self, function: Callable[[], R]) -> R:
        """In a worker, by slices: however long it is, the session goes on beside it. It touches nothing that moves."""
        from engine.pausable import Pausable  # in a session that has a run: the engine is there

        async with self._one:
            done: asyncio.Future[R] = asyncio.get_running_loop().create_future()
            self._measured = Pausable(function), done
            self._host.poke()
            try:
                return await done
            finally:
                self._measured[0].leave()
                self._measured = None

    # For the activity -------------------------------------------------------------------------------------------------

    @property
    def measuring(self) -> bool:
        return self._measured is not None and not self._measured[1].done()

    def wait(self, now: float) -> float:
        return 0.0 if self._waiting or self.measuring else math.inf

    def job(self) -> Job | None:
        if self._waiting:
            return Job(_nothing, self._do, hurried=True)
        if self._measured is not None and self.measuring:
            pausable, done = self._measured
            return Job(partial(pausable.go_on, self._host.slice_seconds), partial(_measured, pausable, done))
        return None

    def close(self) -> None:
        """Nobody waits any more."""
        for _, done in self._waiting:
            done.cancel()
        self._waiting.clear()
        if self._measured is not None:
            self._measured[1].cancel()

    async def _do(self, nothing: Any, failed: Exception | None) -> None:
        if not self._waiting:
            return
        work, done = self._waiting.popleft()
        if done.done():
            return
        try:
            found = await work()
        except asyncio.CancelledError:
            done.cancel()
            raise
        except BaseException as error:
            if not isinstance(error, Exception):
                error = CommandError("cancelled", "This was ended before it was done")
            if not done.done():
                done.set_exception(error)
        else:
            if not done.done():
                done.set_result(found)


async def _measured(pausable: Pausable[Any], done: asyncio.Future[Any], over: Any, failed: Exception | None) -> None:
    if not over or done.done():
        return
    try:
        done.set_result(pausable.found)
    except Exception as error:
        done.set_exception(error)


def _nothing() -> None:
    """What is to be done finds its way to a worker by itself, from the session's task."""
