"""A race for the clock: all lanes step side by side."""

from __future__ import annotations

from typing import Generic, TypeVar

from server.race.lanes import RaceOfLanes

R = TypeVar("R", bound=RaceOfLanes)


class RaceSteps(Generic[R]):
    """What both races have of a `server.session.clock.Steppable`."""

    def __init__(self, race: R) -> None:
        self.race = race

    @property
    def step(self) -> int:
        return self.race.step
