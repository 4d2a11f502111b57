"""What is freed goes back to the system."""

from __future__ import annotations

import contextlib
import ctypes
import sys

MMAP_THRESHOLD = -3
"""The parameter's number in glibc's malloc.h."""
LARGE = 1_000_000


def give_back() -> None:
    """Blocks of a megabyte and more are mapped one by one, and unmapped when they are freed. Left alone, glibc takes the first
    large message as a sign that there will be more, and keeps the room of every later one."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):  # another C library has no such parameter
            ctypes.CDLL(None).mallopt(MMAP_THRESHOLD, LARGE)
