"""A session without a socket, measured: how long the event loop and the engine's one thread are each busy at a stretch, and how
soon what is under way is left.

Stretches are the processor time of the thread itself, which nobody else's work is in; how soon something is left is told in
seconds as they pass. Both are held against what this machine does beside them (`factor`).
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
import threading
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any

import numpy as np
import pytest

from engine import pool
from engine.landscape import slices
from engine.pausable import _Call
from server import activities
from server.keeping.database import Database
from server.keeping.experiments import Experiments
from server.protocol import WarmUp
from server.session.hosting import Hosting
from server.session.scheduler import Job, Scheduler
from server.session.session import Session
from server.session.viewer import Viewer
from server.settings import Settings
from server.warmup import Kernels
from server.wire.frames import decode

ON_LOOP, IN_THREAD, TO_LEAVE = 0.02, 0.1, 0.2
"""Seconds that are allowed."""
QUIET = 0.0125
"""Seconds that the work of `yardstick` takes on the quiet machine that the limits were measured on."""
PATIENCE, SEEN = 60.0, 20.0
"""Seconds until an answer, and until a picture."""
CHOICES = ("format", "kind", "how")
"""Fields of commands that say which of several things is to be done."""
NO_PLACES = ("parts.py", "pausable.py", "scheduler.py", "stretches.py")
"""Files that only hand on who gives way."""
A = np.random.default_rng(0).normal(size=(700, 700))


def yardstick() -> tuple[float, float]:
    """How much longer a fixed piece of work takes here and now: on the processor, and as time passes."""
    started = time.perf_counter(), time.thread_time()
    np.dot(A, A)
    return (time.thread_time() - started[1]) / QUIET, (time.perf_counter() - started[0]) / QUIET


def here() -> str:
    """Where the engine gives way, the innermost lines first."""
    frame, lines = sys._getframe(1), []
    while frame is not None and len(lines) < 3:
        path = frame.f_code.co_filename
        if not path.endswith(NO_PLACES):
            lines.append(f"{'/'.join(path.rsplit('/', 2)[1:])}:{frame.f_lineno}")
        frame = frame.f_back  # type: ignore[assignment]  # None at the end
    return " < ".join(lines)


class Watched(Scheduler):
    """Tells each piece of each call, in its thread's processor time, and from where to where it was."""

    tell: Callable[[float, str], None]

    def __init__(self, threads: int, slice_seconds: float) -> None:
        self._begun_at: dict[Job, tuple[float, str]] = {}
        super().__init__(threads, slice_seconds)

    def _piece(self, job: Job, end: str) -> None:
        now = time.thread_time()
        began, begin = self._begun_at.get(job, (now, ""))
        self.tell(now - began, f"{begin} … {end}")

    def _begin_slice(self, job: Job) -> None:
        super()._begin_slice(job)
        self._begun_at[job] = time.thread_time(), "begin"

    def _end_slice(self, job: Job) -> None:
        self._piece(job, "end")
        del self._begun_at[job]
        super()._end_slice(job)

    def _give_way(self, job: Job) -> None:
        place = here()
        self._piece(job, place)
        try:
            super()._give_way(job)
        finally:  # what is not to be left goes on from here
            self._begun_at[job] = time.thread_time(), place


class Calls:
    """Tells the pieces of what has a thread of its own while the engine's waits for it (`engine.pausable`)."""

    def __init__(self, tell: Callable[[float, str], None], patch: pytest.MonkeyPatch) -> None:
        self._tell, self._own = tell, threading.local()
        give_way, run = _Call.give_way, _Call.run

        def watched_way(call: _Call[Any]) -> None:
            place = here()
            self._piece(place)
            try:
                give_way(call)
            finally:
                self._own.since = time.thread_time(), place

        def watched(call: _Call[Any]) -> None:
            self._own.since = time.thread_time(), "begin"
            function = call.function

            def whole() -> Any:
                try:
                    return function()
                finally:
                    self._piece("end")

            call.function = whole
            run(call)

        patch.setattr(_Call, "give_way", watched_way)
        patch.setattr(_Call, "run", watched)

    def _piece(self, place: str) -> None:
        since, begin = self._own.since
        self._tell(time.thread_time() - since, f"{begin} … {place}")


class InThisThread:
    """In the pool's place: what is done side by side is part of the stretch."""

    map = staticmethod(map)


def label_of(type: str, fields: Mapping[str, Any]) -> str:
    """A command with the choice that it names."""
    return " ".join([type, *(fields[name] for name in CHOICES if isinstance(fields.get(name), str))])


class Measured:
    """A session and its page. By command, `stretches` has the engine's longest, `loops` the loop's, `leaving` what it took."""

    def __init__(self, session: Session, viewer: Viewer, scheduler: Watched) -> None:
        self.session, self.viewer, self.scheduler = session, viewer, scheduler
        self.stretches: dict[str, float] = defaultdict(float)
        self.places: dict[str, str] = {}
        """Of the longest of each."""
        self.loops: dict[str, float] = defaultdict(float)
        self.leaving: dict[str, float] = {}
        self.unseen: list[str] = []
        """Channels that were looked at in vain."""
        self.yards: list[tuple[float, float]] = []
        self.answers: dict[int, dict[str, Any]] = {}
        self.frames: dict[str, int] = defaultdict(int)
        self.doing, self._id = "begin", 0
        self._looked = 0.0
        self.heard = asyncio.Event()
        scheduler.tell = self._engine

    def _engine(self, seconds: float, place: str) -> None:
        if seconds >= self.stretches[self.doing]:
            self.stretches[self.doing], self.places[self.doing] = seconds, place

    def on_loop(self, seconds: float) -> None:
        self.loops[self.doing] = max(self.loops[self.doing], seconds)

    @property
    def factors(self) -> tuple[float, float]:
        """How much slower this machine is, by the slowest of what was measured beside: at work, and as time passes."""
        worked, passed = (max(each) for each in zip(*self.yards, strict=True))
        return max(1.0, worked), max(1.0, passed)

    async def listen(self) -> None:
        """As a page does that paints at once."""
        async for message in self.viewer.messages():
            if isinstance(message, str):
                event = await asyncio.to_thread(read, message)
                if event["type"] in ("done", "error") and event.get("id"):
                    self.answers[event["id"]] = event
            else:
                header, _ = decode(message)
                self.viewer.acknowledge(header["channel"], header["frame"])
                self.frames[header["channel"]] += 1
                self.session.poke()
            self.heard.set()

    async def until(self, condition: Callable[[], bool], seconds: float = PATIENCE) -> bool:
        """Whether it came true in so many seconds."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not condition():
                    self.heard.clear()
                    await self.heard.wait()
        return condition()

    async def send(self, type: str, **fields: Any) -> int:
        self._id += 1
        command = self.session._hosting.vocabulary.commands.validate_python({"type": type, "id": self._id, **fields})
        await self.session.submit(self.viewer, command)
        return self._id

    async def do(
        self, type: str, *, leave: str | None = None, within: float = PATIENCE, label: str = "", **fields: Any
    ) -> dict[str, Any]:
        """A command and its answer. One that takes longer than `within` is left by another: how soon that is done is noted."""
        self.doing = label or label_of(type, fields)
        await self._measure()
        id = await self.send(type, **fields)
        if not await self.until(lambda: id in self.answers, within):
            assert leave is not None, f"{self.doing} is not answered"
            started = time.perf_counter()
            other = await self.send(leave)
            assert await self.until(lambda: id in self.answers and other in self.answers), f"{self.doing} is not left"
            self.leaving[self.doing] = time.perf_counter() - started
        await self._measure()
        return self.answers[id]

    async def see(self, channel: str) -> None:
        """A channel by itself, until it came."""
        before, sample = self.frames[channel], {"split": "train", "index": 0}
        await self.do("subscribe", label=f"channel {channel}", channels=[channel], grid=100, sample=sample)
        if not await self.until(lambda: self.frames[channel] > before, SEEN):
            self.unseen.append(channel)

    async def _measure(self) -> None:
        """What the machine does beside."""
        if time.monotonic() - self._looked > 0.5:
            self.yards.append(await asyncio.to_thread(yardstick))
            self._looked = time.monotonic()

    def report(self) -> str:
        worked, passed = self.factors
        lines = [f"factors {worked:.2f}, {passed:.2f}; milliseconds: longest on the loop, in the thread; to leave"]
        for name in {**self.loops, **self.stretches}:
            left = f"{1e3 * self.leaving[name]:7.1f}" if name in self.leaving else ""
            where = self.places[name] if self.stretches[name] > IN_THREAD / 2 else ""
            lines.append(
                f"{name:24s} {1e3 * self.loops[name]:7.1f} {1e3 * self.stretches[name]:7.1f} {left:7s} {where}".rstrip()
            )
        return "\n".join(lines)

    def check(self) -> None:
        worked, passed = self.factors
        found = []
        for what, seconds, most in (
            ("on the loop", self.loops, ON_LOOP * worked),
            ("in the thread", self.stretches, IN_THREAD * worked),
            ("until it is left", self.leaving, TO_LEAVE * passed),
        ):
            found += [f"{name}: {1e3 * took:.0f} ms {what}" for name, took in seconds.items() if took > most]
        found += [f"{channel} is not shown" for channel in self.unseen]
        assert found == [], f"with factors of {worked:.2f} and {passed:.2f}: {'; '.join(found)}"


def read(message: str) -> dict[str, Any]:
    import json

    found: dict[str, Any] = json.loads(message)
    return found


@contextlib.asynccontextmanager
async def measured(settings: Settings, patch: pytest.MonkeyPatch) -> AsyncIterator[Measured]:
    """A new session, its engine on one thread."""
    scheduler = Watched(1, settings.slice_seconds)
    hosting, kernels = Hosting(activities.registered()), Kernels(lambda progress: None)
    kernels.progress = WarmUp(done=1, total=1, current=None)
    database = Database(settings)
    session = Session("measured", settings, scheduler, kernels, Experiments(settings, database), hosting)
    session.offer = lambda record: None
    viewer = Viewer(100_000, 10**9)
    found = Measured(session, viewer, scheduler)
    plain = asyncio.Handle._run  # type: ignore[attr-defined]  # every call that the loop makes

    def timed(handle: asyncio.Handle) -> None:
        started = time.thread_time()
        plain(handle)
        found.on_loop(time.thread_time() - started)

    patch.setattr(asyncio.Handle, "_run", timed)
    Calls(found._engine, patch)
    for module in (pool, slices):
        patch.setattr(module, "pool", InThisThread)
    session.attach(viewer, None, "")
    tasks = [asyncio.create_task(session.live()), asyncio.create_task(found.listen())]
    try:
        yield found
    finally:
        session.end()
        await asyncio.wait(tasks[:1], timeout=PATIENCE)
        for task in tasks:
            task.cancel()
        scheduler.close()
        database.close()


def run(test: Callable[[Measured], Awaitable[None]], settings: Settings) -> Measured:
    """Walk, in a loop of its own."""

    async def walk() -> Measured:
        with pytest.MonkeyPatch.context() as patch:
            async with measured(settings, patch) as page:
                try:
                    await test(page)
                finally:
                    print(page.report())
                return page

    return asyncio.run(walk())
