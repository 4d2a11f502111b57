"""Long work in parts: a generator that yields after each, and returns what came out. Who drives it may stop between two."""

from __future__ import annotations

import time
from collections.abc import Generator
from typing import TypeVar

R = TypeVar("R")
Parts = Generator[float, None, R]
"""Yields the share that is done, as far as that is known; 0 where it is not."""


class Pace:
    """How much to do between two looks, so that it takes about `seconds`. What comes out does not depend on it."""

    def __init__(self, seconds: float, most: int, first: int = 1) -> None:
        self._seconds, self._most, self._begun = seconds, most, 0.0
        self.count = min(first, most)

    def begin(self) -> int:
        self._begun = time.perf_counter()
        return self.count

    def end(self) -> None:
        """What was begun is done: next time more or less of it."""
        wanted = self.count * self._seconds / max(time.perf_counter() - self._begun, 1e-6)
        self.count = max(1, int(min(wanted, 4.0 * self.count, self._most)))


def at_once(parts: Parts[R]) -> R:
    """All of it, one part after the other."""
    while True:
        try:
            next(parts)
        except StopIteration as end:
            found: R = end.value
            return found
