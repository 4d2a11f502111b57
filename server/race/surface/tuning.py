"""Every lane's rate by its loss after a budget of steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from server.protocol import Done, ErrorEvent
from server.protocol.race import RaceRates
from server.session.clock import Work
from server.session.pacer import Slice
from server.session.viewer import Viewer

if TYPE_CHECKING:
    from engine.race import Race
    from engine.race.sweep import RateSweep


class Tuning(Work):
    """One lane after the other. Nothing is changed before all are known."""

    hurried = True

    def __init__(self, race: Race, command: RaceRates, viewer: Viewer) -> None:
        from engine.pausable import Pausable

        words = "The tuning was ended before all lanes were known; their rates are as they were"
        super().__init__(viewer, ErrorEvent(id=command.id, code="cancelled", message=words))
        self.words = ""
        self._race, self._total = race, len(race.lanes)
        self._id, self._rates, self._steps = command.id, command.rates, command.steps
        self._found: dict[int, RateSweep] = {}
        self._all = Pausable(self._sweep)

    @property
    def far(self) -> tuple[int, int]:
        """Lanes tuned, of how many."""
        return len(self._found), self._total

    def advance(self, slice: Slice) -> bool:
        return self._all.go_on(slice.seconds) and self._all.found

    def leave(self) -> None:
        self._all.leave()

    def _sweep(self) -> bool:
        from engine.race.sweep import RATES, rate_sweep

        race = self._race
        seeds = tuple(race.spec.seed + step for step in range(3))
        steps = min(self._steps, race.spec.max_steps)
        for lane in list(race.lanes):
            self._found[lane.id] = rate_sweep(race.spec, lane.spec, self._rates or RATES, steps, seeds)
        return True

    def found(self) -> dict[int, float]:
        """The best rate of each lane; a lane that diverged at every rate has none. Told as done."""
        self.words = next((sweep.words for sweep in self._found.values()), "")
        self.answer = Done(id=self._id, command="race_rates", result={"words": self.words})
        return {number: sweep.best for number, sweep in self._found.items() if sweep.best is not None}
