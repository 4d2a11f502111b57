"""A race on the network for the clock: every lane is a trainer of its own, and some stop before the others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from server.race.lanes import count_steps
from server.race.steppable import RaceSteps

if TYPE_CHECKING:
    from engine.race import NetworkRace


class NetworkSteps(RaceSteps["NetworkRace"]):
    """Those of a race on the network."""

    race: NetworkRace

    @property
    def end(self) -> int:
        return self.race.max_steps

    @property
    def over(self) -> bool:
        return self.step >= self.end or all(lane.stopped is not None for lane in self.race.lanes)

    @property
    def steps_per_epoch(self) -> int:
        return self.race.lanes[0].trainer.steps_per_epoch if self.race.lanes else 1

    def advance(self, updates: int) -> int:
        before = self.step
        self.race.advance(updates)
        return count_steps(self.race, self.step - before)

    def seeking(self, target: int, updates: int) -> Iterator[int]:
        return self.race.seeking(target, updates)
