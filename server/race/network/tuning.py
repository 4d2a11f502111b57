"""Tuned rates on the network: what was found is remembered, so that the same race is tuned once."""

from __future__ import annotations

import hashlib
import json
import threading
from collections import OrderedDict
from functools import cache, partial
from typing import TYPE_CHECKING

from server.protocol.long_json import written
from server.protocol.race_network import NetworkRates
from server.race.network.studies.kinds import within
from server.race.rates import Sweep
from server.settings import Settings

if TYPE_CHECKING:
    from engine.race import NetworkRace
    from engine.race.spec import LaneSpec
    from engine.race.sweep import RateSweep

KEPT = 256
"""Sweeps that are remembered."""
GRID = 16
"""Rates where none are named, and lanes of a sweep that run side by side."""


def check_budget(lanes: int, command: NetworkRates, settings: Settings) -> None:
    """It is a study's, as far as how much a server computes for one wish."""
    within(lanes * (len(command.rates) if command.rates else GRID), command.steps, settings)


class TunedRates:
    """Of all races on networks of this server, by run, lane and budget. A class that opens the same race tunes it once."""

    def __init__(self) -> None:
        self._found: OrderedDict[str, RateSweep] = OrderedDict()
        self._lock = threading.Lock()

    def sweep(self, race: NetworkRace, threshold: float, command: NetworkRates) -> Sweep:
        """What tunes lanes of a race, in a worker: as it was found before, or now."""
        whole = partial(json.dumps, sort_keys=True)

        @cache
        def race_itself() -> str:
            beside = race.spec.model_dump(mode="json", exclude={"run", "lanes"})
            return f"{written(race.spec.run.as_plain())}{whole([beside, threshold, command.rates])}"

        def of_lane(lane: LaneSpec) -> RateSweep:
            from engine.race.sweep import network_tuned

            # All that it depends on: not the lane's name, its rate, or what was changed on the way.
            own = lane.model_dump(mode="json", exclude={"label": True, "retunes": True, "optimizer": {"lr"}})
            key = hashlib.sha256(f"{race_itself()}{whole(own)}{command.steps}".encode()).hexdigest()
            with self._lock:
                found = self._found.get(key)
            if found is None:
                found = network_tuned(race, lane, threshold, command.steps, command.rates)
            with self._lock:
                self._found[key] = found
                self._found.move_to_end(key)
                while len(self._found) > KEPT:
                    self._found.popitem(last=False)
            return found

        return of_lane


TUNED = TunedRates()
