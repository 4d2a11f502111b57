"""A race on a surface for the clock. What was run already is only looked at: going back, or forward to there, costs nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from server.race.lanes import count_steps

if TYPE_CHECKING:
    from engine.race import Race


class SurfaceSteps:
    """All lanes side by side."""

    steps_per_epoch = 1

    def __init__(self, race: Race) -> None:
        self._race = race

    @property
    def step(self) -> int:
        return self._race.step

    @property
    def end(self) -> int:
        return self._race.spec.max_steps

    @property
    def over(self) -> bool:
        return self.step >= self.end

    def advance(self, updates: int) -> int:
        return self._to(min(self.step + updates, self.end))

    def seeking(self, target: int, updates: int) -> Iterator[int]:
        while True:
            self._to(min(target, max(self.step, self._race.computed) + updates))
            if self.step == target:
                return
            yield self.step

    def _to(self, step: int) -> int:
        before = self._race.computed
        self._race.seek(step)
        return count_steps(self._race, self._race.computed - before)
