"""Threads for kernels that hold no lock: what is alike is done side by side."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeVar

from engine.parts import LeftOff, giving_way

MOST_THREADS = min(4, os.cpu_count() or 1)
"""As many as there are cores, at most four."""
LONG = 0.05
"""Seconds after which all that is done on the pool is left, to be gone on with by who waits for it."""
T = TypeVar("T")
R = TypeVar("R")


@cache
def pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=MOST_THREADS, thread_name_prefix="landscape")


def side_by_side(function: Callable[[T], R], items: Sequence[T], *, heavy: bool = False) -> list[R]:
    """What `function` gives for each. It goes on from where it was left: on the pool nobody can give way, so what takes long
    there, or is `heavy` from the beginning, is done in this thread, one after the other."""
    found: list[list[R]] = [[] for _ in items]
    if not heavy and len(items) > 1:
        end = time.perf_counter() + LONG
        found = list(pool().map(lambda item: _until(end, function, item), items))
    return [made[0] if made else function(item) for made, item in zip(found, items, strict=True)]


def _until(end: float, function: Callable[[T], R], item: T) -> list[R]:
    def enough() -> None:
        if time.perf_counter() > end:
            raise LeftOff

    try:
        with giving_way(enough):
            return [function(item)]
    except LeftOff:
        return []
