"""Which process this is, and whether another one of this machine is gone: its sessions need not wait for their leases."""

from __future__ import annotations

import functools
import os
import time
from pathlib import Path

PROC = Path("/proc")


@functools.cache
def this_machine() -> str:
    """The machine since it was started, and which of its processes can be seen: a container sees only its own. Empty where
    that cannot be told."""
    try:
        boot = (PROC / "sys/kernel/random/boot_id").read_text().strip()
        return f"{boot}/{(PROC / 'self/ns/pid').readlink().name}"
    except OSError:
        return ""


def this_process() -> str:
    pid = os.getpid()
    started = _started(pid)
    return f"{this_machine()}/{pid}/{started}" if this_machine() and started else ""


def gone(process: str | None) -> bool:
    """Whether it ran here and runs no more; false where nothing is known. Numbers of processes are used again, so a process is
    told by when it was started, too."""
    machine, _, rest = (process or "").rpartition("/")[0].rpartition("/")
    if not machine or machine != this_machine() or not rest.isdecimal():
        return False
    return _started(int(rest)) != (process or "").rpartition("/")[2]


def _started(pid: int) -> str | None:
    """When a process was started, in ticks of the machine's clock; None where there is none, or only what is left of it."""
    try:
        state, *fields = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if state in "ZX" else fields[18]


def clock() -> float:
    """Seconds, as this process may count on: they pass while it is stopped, and while the machine sleeps."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()
