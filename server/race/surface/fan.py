"""One lane from many starts: what was asked for, and its paths as the race is now."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from engine.race import Race
    from engine.race.fan import Fan

Starts = tuple[tuple[float, float], ...]


class FanWish(NamedTuple):
    """`number` counts the wishes of a session."""

    number: int = 0
    lane: int | None = None
    starts: Starts = ()


class Fans:
    """The newest wish, and what came of it: run again where the race has changed meanwhile."""

    def __init__(self) -> None:
        self.wish = FanWish()
        self._known: tuple[object, Fan | None] = (None, None)

    def want(self, lane: int, starts: Starts) -> None:
        self.wish = FanWish(self.wish.number + 1, lane if starts else None, starts)

    def forget(self) -> None:
        """Another race: its lanes are others."""
        if self.wish.lane is not None:
            self.wish = FanWish(self.wish.number + 1)

    def of(self, race: Race, change: Hashable, threshold: float) -> Fan | None:
        """In a worker: its paths on a race as it is since a `change`; None where none is wanted, or its lane is no more. Starts
        that are off a new surface are left out."""
        key = (change, self.wish.number)
        if key != self._known[0]:
            self._known = key, self._run(race, threshold)
        return self._known[1]

    def _run(self, race: Race, threshold: float) -> Fan | None:
        from engine.race.fan import fan

        lane = next((lane for lane in race.lanes if lane.id == self.wish.lane), None)
        if lane is None:
            return None
        inside = [start for start in self.wish.starts if race.surface.inside(*start)]
        return fan(race.spec, lane.spec, inside, threshold) if inside else None
