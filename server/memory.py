"""What a process takes of its machine: memory, of which what is freed goes back, and open files."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import os
import sys
from pathlib import Path

if sys.platform != "win32":
    import resource

MMAP_THRESHOLD = -3
"""The parameter's number in glibc's malloc.h."""
LARGE = 1_000_000
STATM = Path("/proc/self/statm")
LIMITS = Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes")
"""Where a container's control group, of either version, says how much memory it may have."""
UNKNOWN = 4_000_000_000
"""Bytes of a machine that does not say."""


def give_back() -> None:
    """Blocks of a megabyte and more are mapped one by one, and unmapped when they are freed. Left alone, glibc takes the first
    large message as a sign that there will be more, and keeps the room of every later one."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):  # another C library has no such parameter
            ctypes.CDLL(None).mallopt(MMAP_THRESHOLD, LARGE)


def give_back_now() -> None:
    """What is not used any more, at once: what is in circles, and what the C library keeps in reserve."""
    gc.collect()
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).malloc_trim(0)


def resident() -> int:
    """Bytes of this process that are in memory; 0 where that cannot be told."""
    try:
        return int(STATM.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, AttributeError):
        return 0


def machine_memory() -> int:
    """Bytes that the machine has, or as many as its container may have of them."""
    found = [UNKNOWN]
    with contextlib.suppress(OSError, ValueError, AttributeError):
        found = [os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")]
    for file in LIMITS:
        with contextlib.suppress(OSError, ValueError):  # "max" is no number
            found.append(int(file.read_text()))
    return min(found)


def open_files(*, raise_to_most: bool = False) -> int:
    """How many files the process may have open, connections among them; on demand first raised to what the system lets it."""
    if sys.platform == "win32":
        return 8192
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if raise_to_most and soft != hard:
        with contextlib.suppress(OSError, ValueError):  # a system may say that there is no limit, and still have one
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
            soft = hard
    return soft if soft != resource.RLIM_INFINITY else 1 << 20
