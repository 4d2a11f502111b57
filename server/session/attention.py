"""Whether somebody looks, and whether what somebody looks at comes through."""

from __future__ import annotations

SLOW = 0.5
"""Seconds from sending a frame to its acknowledgement, smoothed: a page beyond reads slowly …"""
QUICK = 0.25
"""… until it is below this; between the two nothing changes."""
LONGEST = 1.5
"""No single frame counts for more: a laptop that slept is not long held to be slow."""


class Attention:
    """Since when nobody looks at a session: no page is attached, or it is hidden. After a while what plays rests."""

    def __init__(self, patience: float, now: float) -> None:
        self._patience = patience
        self._since: float | None = now

    def turn(self, watched: bool, now: float) -> bool:
        """Somebody looks, or nobody does any more. True where this ends a rest."""
        if not watched:
            self._since = now if self._since is None else self._since
            return False
        rested, self._since = self.rests(now), None
        return rested

    def rests(self, now: float) -> bool:
        return self._since is not None and now - self._since > self._patience


OPENING = 12
"""Frames at first that are not judged: a page that opens is busy with itself."""


class Reading:
    """How quickly a page takes its frames: the time from sending one to its acknowledgement."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.slow = False
        self._opening = OPENING

    def took(self, seconds: float) -> bool:
        """Learn from a frame; whether it is another judgement now."""
        if self._opening:
            self._opening -= 1
            return False
        self.seconds += (min(seconds, LONGEST) - self.seconds) / 4
        if self.seconds > SLOW if not self.slow else self.seconds < QUICK:
            self.slow = not self.slow
            return True
        return False
