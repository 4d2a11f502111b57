"""What a process takes of its machine: memory, of which what is freed goes back, and open files."""

from __future__ import annotations

import contextlib
import ctypes
import sys

if sys.platform != "win32":
    import resource

MMAP_THRESHOLD = -3
"""The parameter's number in glibc's malloc.h."""
LARGE = 1_000_000


def give_back() -> None:
    """Blocks of a megabyte and more are mapped one by one, and unmapped when they are freed. Left alone, glibc takes the first
    large message as a sign that there will be more, and keeps the room of every later one."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):  # another C library has no such parameter
            ctypes.CDLL(None).mallopt(MMAP_THRESHOLD, LARGE)


def open_files(*, raise_to_most: bool = False) -> int:
    """How many files the process may have open, connections among them; where it is asked for, as many as the system lets it."""
    if sys.platform == "win32":
        return 8192
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if raise_to_most and soft != hard:
        with contextlib.suppress(OSError, ValueError):  # a system may say that there is no limit, and still have one
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
            soft = hard
    return soft if soft != resource.RLIM_INFINITY else 1 << 20
