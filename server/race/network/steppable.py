"""A race on the network for the clock: every lane is a trainer of its own, and some stop before the others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from server.race.lanes import count_steps

if TYPE_CHECKING:
    from engine.race import NetworkRace


class NetworkSteps:
    """All lanes side by side."""

    def __init__(self, race: NetworkRace) -> None:
        self._race = race

    @property
    def step(self) -> int:
        return self._race.step

    @property
    def end(self) -> int:
        return self._race.max_steps

    @property
    def over(self) -> bool:
        return self.step >= self.end or all(lane.stopped is not None for lane in self._race.lanes)

    @property
    def steps_per_epoch(self) -> int:
        return self._race.lanes[0].trainer.steps_per_epoch if self._race.lanes else 1

    def advance(self, updates: int) -> int:
        before = self.step
        self._race.advance(updates)
        return count_steps(self._race, self.step - before)

    def seeking(self, target: int, updates: int) -> Iterator[int]:
        return self._race.seeking(target, updates)
