"""One process for all that takes long to read: begun when there is something, killed when it takes too long, begun anew when it
died, ended when there is nothing for a while. Addresses take turns."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import pickle
import subprocess
import sys
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any, NamedTuple, ParamSpec, TypeVar

from server.reading.process import receive, send

log = logging.getLogger("chainrule")

WITHIN = 30.0
"""Seconds of the processor's that reading one thing may take. On a machine that is busy it lasts longer: …"""
BUSY = 4.0
"""… up to so many times as long, …"""
GRACE = 2.0
"""… and so many seconds more, before it is killed."""
BEGINS = 60.0
"""Seconds within which the process has begun to read, on a machine that is busy with much else: it starts, and imports."""
IDLE = 60.0
"""Seconds without a job after which the process gives back its memory by ending."""
MOST_WAITING = 100_000_000
"""Bytes of all that waits to be read."""
ROOT = Path(__file__).resolve().parents[2]
P = ParamSpec("P")
R = TypeVar("R")


class ReadingError(Exception):
    """Something was not read: too much waits already, it took too long or too much memory. In words that can be shown."""


class BusyError(ReadingError):
    """Too much waits already; a moment later there may be room."""


class _Job(NamedTuple):
    body: bytes
    future: Future[Any]


class Reader:
    """May be used from any event loop. Nothing is started before there is something to read."""

    def __init__(self, memory: int, *, within: float = WITHIN, idle: float = IDLE) -> None:
        self._memory, self._within, self._idle = memory, within, idle
        self._waiting: OrderedDict[str, deque[_Job]] = OrderedDict()
        self._bytes = 0
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._closed = False

    @property
    def pid(self) -> int | None:
        """Of the process, while there is one."""
        process = self._process
        return None if process is None or process.poll() is not None else process.pid

    async def call(self, address: str, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """What a function of a module makes of its arguments, in that process; raises what it raises, or `ReadingError`."""
        assert not kwargs, "by position, as they are sent"
        # Here and not in the thread: a copy of what was sent waits, and the original may go.
        body = pickle.dumps((self._within, function, args), protocol=pickle.HIGHEST_PROTOCOL)
        job = _Job(body, Future())
        with self._changed:
            if self._closed or self._bytes + len(body) > MOST_WAITING:
                raise BusyError("The server reads much else; try again in a moment")
            self._bytes += len(body)
            self._waiting.setdefault(address, deque()).append(job)
            if self._thread is None:
                self._thread = threading.Thread(target=self._serve, name="reader", daemon=True)
                self._thread.start()
            self._changed.notify()
        future, body, job = job.future, b"", _Job(b"", Future())  # the thread alone holds what was sent
        result: R = await asyncio.wrap_future(future)
        return result

    def close(self) -> None:
        """No more; what waits is given up. Blocks no longer than the process takes to be killed."""
        with self._changed:
            self._closed = True
            jobs = [job for queue in self._waiting.values() for job in queue]
            self._waiting.clear()
            self._end()
            self._changed.notify()
        for job in jobs:
            job.future.cancel()
        if self._thread is not None:
            self._thread.join()

    # In the thread ------------------------------------------------------------------------------------------------------

    def _serve(self) -> None:
        while (job := self._next()) is not None:
            if job.future.set_running_or_notify_cancel():
                try:
                    done, result = self._made(job.body)
                except Exception as error:
                    done, result = False, error
                if done:
                    job.future.set_result(result)
                else:
                    job.future.set_exception(result)
                del result
            del job

    def _next(self) -> _Job | None:
        """The first of the address whose turn it is; None at the end."""
        with self._changed:
            while not self._waiting and not self._closed:
                if not self._changed.wait(self._idle if self._process is not None else None):
                    self._end()
            if self._closed:
                return None
            address, jobs = self._waiting.popitem(last=False)
            job = jobs.popleft()
            if jobs:
                self._waiting[address] = jobs  # behind all others
            self._bytes -= len(job.body)
            return job

    def _made(self, body: bytes) -> tuple[bool, Any]:
        for _ in range(2):
            process = self._begun()
            begun = self._told(process, BEGINS, body)
            since = time.monotonic()
            answer = None if begun is None else self._told(process, BUSY * self._within + GRACE)
            if answer is not None:
                done, result = pickle.loads(answer)
                if not done and isinstance(result, MemoryError):
                    self._end()
                    raise ReadingError("Reading it takes more memory than this server gives")
                return done, result
            process.kill()  # it may have closed its output only
            status = process.wait()
            self._end()
            if self._closed:
                break
            log.warning("the process that reads ended with status %d; another is begun when there is something to read", status)
            if time.monotonic() - since >= self._within:
                raise ReadingError(f"Reading it takes longer than {self._within:g} seconds")
        raise ReadingError("It cannot be read: what reads it fails")

    @staticmethod
    def _told(process: subprocess.Popen[bytes], within: float, body: bytes | None = None) -> bytes | None:
        """What the process says next, to what it is sent if anything; None where it ends, or is killed for being late."""
        assert process.stdin is not None and process.stdout is not None
        late = threading.Timer(within, process.kill)
        late.start()
        try:
            if body is not None:
                send(process.stdin, body)
            return receive(process.stdout)
        except (OSError, ValueError):
            return None
        finally:
            late.cancel()

    def _begun(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is None:
            return self._process
        path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
        # Threads of a library's own would take from its address space, and have nothing to do.
        environment = {**os.environ, "PYTHONPATH": path, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
        command = [sys.executable, "-m", "server.reading.process", str(self._memory)]
        with self._changed:
            self._end()
            if self._closed:
                raise BusyError("The server stops")
            self._process = subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            return self._process

    def _end(self) -> None:
        with self._changed:
            process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            with contextlib.suppress(OSError):
                if pipe is not None:
                    pipe.close()
