"""A race for the clock: all lanes step side by side."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from typing import Generic, NamedTuple, TypeVar

from server.race.lanes import RaceOfLanes
from server.session.clock import Seek, Steppable
from server.session.pacer import Slice

R = TypeVar("R", bound=RaceOfLanes)


class RaceSteps(Generic[R]):
    """What both races have of a `server.session.clock.Steppable`."""

    def __init__(self, race: R) -> None:
        self.race = race

    @property
    def step(self) -> int:
        return self.race.step


class Stop(NamedTuple):
    """A step on a way, and what is done there, in a worker."""

    step: int
    act: Callable[[], None] = lambda: None


class Return(Seek):
    """Of a race that is taken up again: where it once was, one step after the other, and then where it stood."""

    def __init__(self, on: Steppable, target: int, stops: Iterable[Stop], *, onward: bool) -> None:
        super().__init__(on, target, onward=onward)
        self._stops = deque(stops)

    def advance(self, slice: Slice) -> bool:
        if not self._stops:
            return super().advance(slice)
        target, self.target = self.target, self._stops[0].step
        try:
            if super().advance(slice):
                self._do()
        finally:
            self.target = target
        return False

    def _do(self) -> None:
        """What is to be done at the first stop. Left on the way, for a command, it is done when the work goes on."""
        self._stops[0].act()
        self._stops.popleft()

    @property
    def furthest(self) -> int:
        """Of what is still to be come to."""
        return max((stop.step for stop in self._stops), default=0)

    def hasten(self) -> None:
        """In a worker: what is still to be done, here."""
        while self._stops:
            self._do()
