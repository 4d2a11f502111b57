"""What `/metrics` tells, by the Prometheus client: counted where it happens, cheaply, and added up over the workers.

Nothing here names a session or an address. With several workers each writes its numbers to files of a folder that all share
(`for_several`), and whichever is asked adds them up.
"""

from __future__ import annotations

import asyncio
import atexit
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Protocol

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
    multiprocess,
)

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
CONTENT_TYPE = CONTENT_TYPE_LATEST
EVERY = 5.0
"""Seconds between two looks at the sessions there are, for the workers that are not asked themselves."""

_registry = CollectorRegistry()
SESSIONS = Gauge(
    "chainrule_sessions",
    "Sessions there are: all, those a page is attached to, those whose clock runs",
    ["kind"],
    registry=_registry,
    multiprocess_mode="livesum",
)
SOCKETS = Gauge("chainrule_sockets", "Open sockets", registry=_registry, multiprocess_mode="livesum")
QUEUE = Gauge(
    "chainrule_engine_queue_depth",
    "Calls that wait for a thread of the engine",
    registry=_registry,
    multiprocess_mode="livesum",
)
STRETCHES = Histogram(
    "chainrule_engine_stretch_seconds",
    "Of each call to the engine its longest stretch in which no other could have its turn",
    registry=_registry,
    buckets=(0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.5),
)
MEMORY = Gauge(
    "chainrule_memory_bytes",
    "Memory: what there may be, and what sessions and each kind of activity take by estimate",
    ["of"],
    registry=_registry,
    multiprocess_mode="livesum",
)
STEPS = Counter("chainrule_steps", "Updates made, of runs and of lanes", ["of"], registry=_registry)
FRAMES = Counter("chainrule_frames_sent", "Frames sent to pages", ["channel"], registry=_registry)
ENCODED = Counter(
    "chainrule_pictures_encoded",
    "Pictures made and encoded, each once for all who want it alike",
    ["channel"],
    registry=_registry,
)
BYTES = Counter("chainrule_bytes_sent", "Bytes sent over sockets", ["kind"], registry=_registry)
MESSAGES = Counter("chainrule_messages_received", "Messages that came over sockets", registry=_registry)
BUS = Counter(
    "chainrule_bus_messages",
    "Messages of classes between processes: sent, heard, and lost since the bus was not there",
    ["way"],
    registry=_registry,
)
BUS_LINE = Gauge(
    "chainrule_bus_connected",
    "Workers whose line to the bus is there",
    registry=_registry,
    multiprocess_mode="livesum",
)
ERRORS = Counter("chainrule_errors", "Commands refused, by code", ["code"], registry=_registry)
LATENCY = Histogram(
    "chainrule_command_seconds",
    "From a command's arrival to its answer",
    ["command"],
    registry=_registry,
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1.0, 2.5, 10.0),
)
_WORKER = {
    "process_resident_memory_bytes": ("chainrule_worker_resident_memory_bytes", "Memory of each worker"),
    "process_cpu_seconds_total": ("chainrule_worker_cpu_seconds", "Processor time of each worker"),
}
_process = ProcessCollector(registry=None)
if os.environ.get(FOLDER):  # the client's own collectors know one process only: each worker tells its own
    OF_WORKERS = {
        own: Gauge(name, words, registry=_registry, multiprocess_mode="liveall") for own, (name, words) in _WORKER.items()
    }
else:
    OF_WORKERS = {}
    _registry.register(_process)
    PlatformCollector(registry=_registry)
    GCCollector(registry=_registry)

_weighed: set[str] = set()
"""Kinds of activity that were seen to take some."""

STEPS_OF_RUN, STEPS_OF_LANES = STEPS.labels("run"), STEPS.labels("lane")
BUS_SENT, BUS_HEARD, BUS_LOST = BUS.labels("sent"), BUS.labels("heard"), BUS.labels("lost")
TEXT_BYTES, FRAME_BYTES = BYTES.labels("event"), BYTES.labels("frame")


def for_several() -> Path:
    """Make the folder that workers share and name it in the environment: the parent calls it before it starts them as
    processes of their own. Removed when the parent ends."""
    given = os.environ.get(FOLDER)
    if given:
        folder = Path(given)
        folder.mkdir(parents=True, exist_ok=True)
        for stale in folder.glob("*.db"):
            stale.unlink(missing_ok=True)
        return folder
    folder = Path(tempfile.mkdtemp(prefix="chainrule-metrics-"))
    os.environ[FOLDER] = str(folder)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def worker_ended(pid: int) -> None:
    """The parent says that a worker is gone: what it had open no longer counts, what it counted stays."""
    if os.environ.get(FOLDER):
        multiprocess.mark_process_dead(pid)


def text() -> bytes:
    """All of it, as Prometheus reads it."""
    if os.environ.get(FOLDER):
        together = CollectorRegistry()
        multiprocess.MultiProcessCollector(together)
        return generate_latest(together)
    return generate_latest(_registry)


class Counted(Protocol):
    """What is counted of a session."""

    @property
    def watched_by(self) -> int: ...
    @property
    def playing(self) -> bool: ...


class Share(Protocol):
    """What a session takes of the memory."""

    @property
    def weights(self) -> Mapping[str, int]: ...


class Weighed(Counted, Protocol):
    """What is counted and weighed."""

    @property
    def share(self) -> Share: ...


class Sessions(Protocol):
    """All of them."""

    @property
    def budget(self) -> Limited: ...
    def __iter__(self) -> Iterator[Weighed]: ...


class Limited(Protocol):
    """The memory of a process."""

    @property
    def most(self) -> int: ...
    @property
    def taken(self) -> int: ...


def weigh(sessions: Sessions) -> None:
    """Add up what the sessions take of the memory."""
    weights = dict.fromkeys(_weighed, 0)
    for session in sessions:
        for kind, size in session.share.weights.items():
            weights[kind] = weights.get(kind, 0) + size
    _weighed.update(weights)
    for kind, size in (weights | {"limit": sessions.budget.most, "sessions": sessions.budget.taken}).items():
        MEMORY.labels(kind).set(size)


def look(sessions: Iterable[Counted], depth: Callable[[], int]) -> None:
    """Count the sessions, and what waits for the engine."""
    found = list(sessions)
    SESSIONS.labels("all").set(len(found))
    SESSIONS.labels("watched").set(sum(session.watched_by > 0 for session in found))
    SESSIONS.labels("playing").set(sum(session.playing for session in found))
    QUEUE.set(depth())
    if OF_WORKERS:
        samples = {sample.name: sample.value for family in _process.collect() for sample in family.samples}
        for name, gauge in OF_WORKERS.items():
            gauge.set(samples.get(name, 0.0))


async def keep_looking(sessions: Sessions, depth: Callable[[], int]) -> None:
    """`look` every so often, until cancelled."""
    while True:
        look(sessions, depth)
        weigh(sessions)
        await asyncio.sleep(EVERY)


class Answers:
    """When the commands of a page came, by the ids they gave; bounded, whatever ids it gives."""

    MOST = 1000

    def __init__(self) -> None:
        self._asked: dict[str | int, tuple[str, float]] = {}

    def asked(self, id: str | int | None, command: str) -> None:
        if id is not None and len(self._asked) < self.MOST:
            self._asked[id] = command, time.perf_counter()

    def answered(self, id: str | int | None) -> None:
        found = None if id is None else self._asked.pop(id, None)
        if found is not None:
            LATENCY.labels(found[0]).observe(time.perf_counter() - found[1])
