"""A race on a surface for the clock. What was run already is only looked at: going back, or forward to there, costs nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from server.race.lanes import count_steps
from server.race.steppable import RaceSteps

if TYPE_CHECKING:
    from engine.race import Race

if TYPE_CHECKING:
    pass


class SurfaceSteps(RaceSteps["Race"]):
    """Those of a race on a surface, which has no epochs."""

    race: Race
    steps_per_epoch = 1

    @property
    def end(self) -> int:
        return self.race.spec.max_steps

    @property
    def over(self) -> bool:
        return self.step >= self.end

    def advance(self, updates: int) -> int:
        return self._to(min(self.step + updates, self.end))

    def seeking(self, target: int, updates: int) -> Iterator[int]:
        while True:
            self._to(min(target, max(self.step, self.race.computed) + updates))
            if self.step == target:
                return
            yield self.step

    def _to(self, step: int) -> int:
        before = self.race.computed
        self.race.seek(step)
        return count_steps(self.race, self.race.computed - before)
