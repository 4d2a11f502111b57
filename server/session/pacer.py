"""When and how much: the size of a slice, the clock of a paced play, the measured speed, how often its state is told."""

from __future__ import annotations

import math
from collections import deque


class Slice:
    """How many updates take about `seconds`. The numbers of a run do not depend on it."""

    def __init__(self, seconds: float, guess: int = 1) -> None:
        self._seconds = seconds
        self.updates = max(1, guess)

    @property
    def seconds(self) -> float:
        return self._seconds

    def aim(self, seconds: float) -> None:
        """At another length from now on."""
        if seconds != self._seconds:
            self.updates = max(1, int(self.updates * seconds / self._seconds))
            self._seconds = seconds

    def observe(self, updates: int, elapsed: float) -> None:
        """Learn from a stretch of training. A short one is mostly overhead and says only that there is room."""
        if updates < 1 or (2 * updates < self.updates and elapsed < self._seconds):
            return
        ideal = self._seconds * updates / max(elapsed, 1e-6)
        self.updates = max(1, min(int(ideal), 4 * self.updates, 1_000_000))


class Clock:
    """The updates due at a steady rate. What is due is counted from one origin, so rounding never accumulates."""

    CATCH_UP = 0.1
    """Seconds of play that may be made good after a delay; a longer stall is forgotten, never followed by a burst."""
    TICK = 0.008
    """At high rates several updates are made at a time, this far apart."""

    def __init__(self, rate: float, now: float, step: int, *, at_once: bool = True) -> None:
        self._rate = rate
        self._step = step
        # The first update is due now, so that play is seen to begin even at one step a second.
        self._origin = now - (1 / rate if at_once else 0)
        self._following = self._origin + 1 / rate

    def take(self, now: float, step: int, limit: int) -> int:
        """How many updates to make now, `step` being done: those that are due, `limit` at most."""
        behind = math.floor((now - self._origin) * self._rate + 1e-9) - (step - self._step)
        most = max(1, int(self._rate * self.CATCH_UP))
        if behind > most:
            self._origin, self._step, behind = now - most / self._rate, step, most
        count = max(0, min(behind, limit))
        self._following = self._origin + (step + count - self._step + 1) / self._rate
        if count == behind and self._rate * self.TICK > 1:
            self._following = max(self._following, now + self.TICK)
        return count

    def wait(self, now: float) -> float:
        """Seconds until something is due."""
        return max(0.0, self._following - now)


class Meter:
    """Updates a second, measured over the last second."""

    WINDOW = 1.0

    def __init__(self) -> None:
        self._marks: deque[tuple[float, int]] = deque()

    def mark(self, now: float, step: int) -> None:
        self._marks.append((now, step))
        while len(self._marks) > 2 and self._marks[1][0] <= now - self.WINDOW:
            self._marks.popleft()

    @property
    def rate(self) -> float | None:
        if len(self._marks) < 2:
            return None
        (start, first), (end, last) = self._marks[0], self._marks[-1]
        return (last - first) / (end - start) if end > start else None


class Throttle:
    """How often something is told that changes all the time. What was held back is told as soon as it may be: it is never lost.
    Between two words `interval` seconds pass, which may be others each time."""

    def __init__(self) -> None:
        self._told = -math.inf
        self._held = False

    def allows(self, now: float, interval: float, *, hurry: bool = False) -> bool:
        """Whether it may be told now; if not, it is held back until then. In a hurry it may always be."""
        self._held = not hurry and now - self._told < interval
        return not self._held

    def told(self, now: float) -> None:
        """It was told."""
        self._told = now

    def wait(self, now: float, interval: float) -> float:
        """Seconds until what was held back is to be told; infinity where nothing was."""
        return max(0.0, self._told + interval - now) if self._held else math.inf
