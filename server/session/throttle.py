"""How often something is told that changes all the time. What was held back is told as soon as it may be: it is never lost."""

from __future__ import annotations

import math


class Throttle:
    """Between two words `interval` seconds pass, which may be others each time."""

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
