"""How the rates of all lanes are chosen: one for all, each optimizer's default, or each tuned within a declared budget."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Any, Literal, Protocol, cast

from server.protocol import Done, ErrorEvent
from server.protocol.race import RaceRates
from server.protocol.race_network import NetworkRates
from server.race.lanes import LaneOfRace, RaceOfLanes
from server.session.activity import Host
from server.session.clock import Work
from server.session.pacer import Slice
from server.session.viewer import Viewer
from server.wire.errors import CommandError

if TYPE_CHECKING:
    from engine.race.spec import LaneSpec
    from engine.race.sweep import RateSweep
    from engine.solvers.spec import LaneOptimizer

Chosen = Literal["own", "same", "default", "tuned"]
HOWS = ("own", "same", "default", "tuned")
Sweep = Callable[["LaneSpec"], "RateSweep"]
LONGEST_WORDS = 200


class RatedRaces(Protocol):
    """Either race's controller, as far as rates are chosen."""

    host: Host
    rates: str
    """How they were, in words."""

    def present(self) -> RaceOfLanes: ...
    async def stop(self) -> None: ...
    def begin_work(self, work: Work) -> None: ...
    async def lanes_began(self) -> None: ...
    def room_to_tune(self, command: Any) -> AbstractAsyncContextManager[None]:
        """Memory for the lanes of a sweep. Raises `CommandError` where it is too much."""

    def sweep(self, command: Any) -> Sweep:
        """What tunes a lane of the present race, as it is wished."""

    def settle_rates(self, rates: dict[int, float], how: Chosen) -> None:
        """In a worker: give lanes their rates, from the start on."""


async def choose(races: RatedRaces, viewer: Viewer, command: RaceRates | NetworkRates) -> bool | dict[str, Any]:
    from engine.parts import whole  # of some lanes alone they would be worse than of none

    rated = [lane for lane in races.present().lanes if lane.spec.optimizer.lr is not None]
    if not rated:
        raise CommandError("invalid", "how: there is no lane whose rate could be chosen", "how", "at least one lane")
    if command.how == "tuned":
        await races.stop()
        async with races.room_to_tune(command):
            races.begin_work(Tuning(rated, races.sweep(command), command, viewer))
        return True
    if command.how == "same":
        if command.lr is None:
            raise CommandError("invalid", "lr: the same rate for all is wanted", "lr", "above 0 and at most 1e6")
        await races.host.call(whole, races.settle_rates, {lane.id: command.lr for lane in rated}, "same")
        races.rates = f"the same η for all, {command.lr:g}"
    else:
        usual = {lane.id: rate for lane in rated if (rate := default_rate(lane.spec.optimizer)) is not None}
        await races.host.call(whole, races.settle_rates, usual, "default")
        races.rates = "each rule's default"
    await races.lanes_began()
    return {"words": races.rates}


class Tuning(Work):
    """One lane after the other, of those that have a rate. Nothing is changed before all are known."""

    hurried = True

    def __init__(self, lanes: Sequence[LaneOfRace], sweep: Sweep, command: RaceRates | NetworkRates, viewer: Viewer) -> None:
        from engine.pausable import Pausable

        words = "The tuning was ended before all lanes were known; their rates are as they were"
        super().__init__(viewer, ErrorEvent(id=command.id, code="cancelled", message=words))
        self.words = ""
        self._lanes, self._sweep = lanes, sweep
        self._id, self._command = command.id, command.type
        self._found: dict[int, RateSweep] = {}
        self._all = Pausable(self._sweep_all)

    @property
    def far(self) -> tuple[int, int]:
        """Lanes tuned, of how many."""
        return len(self._found), len(self._lanes)

    def advance(self, slice: Slice) -> bool:
        return self._all.go_on(slice.seconds) and self._all.found

    def leave(self) -> None:
        self._all.leave()

    def _sweep_all(self) -> bool:
        for lane in self._lanes:
            self._found[lane.id] = self._sweep(lane.spec)
        return True

    def found(self) -> dict[int, float]:
        """The best rate of each lane; a lane that diverged at every rate has none. Told as done."""
        self.words = next((sweep.words for sweep in self._found.values()), "")
        self.answer = Done(id=self._id, command=self._command, result={"words": self.words})
        return {number: sweep.best for number, sweep in self._found.items() if sweep.best is not None}


def default_rate(optimizer: LaneOptimizer) -> float | None:
    """The rate that it has where none is chosen; None for a solver."""
    from engine.spec import OptimizerSpec

    if not isinstance(optimizer, OptimizerSpec):
        return None
    return float(OptimizerSpec.model_validate({"name": optimizer.name, "dialect": optimizer.dialect}).lr)


def chosen_of(optimizer: LaneOptimizer) -> Chosen:
    """How the rate of a lane that joins was chosen."""
    usual = default_rate(optimizer)
    return "default" if usual is not None and optimizer.lr == usual else "own"


def kept_choice(found: dict[str, Any], lanes: Sequence[LaneOfRace]) -> tuple[dict[int, Chosen], str]:
    """Of a race that is taken up: how each lane's rate was chosen, and the words for it. A script may have none."""
    told, known = found.get("chosen"), [lane.id for lane in lanes]
    chosen: dict[int, Chosen] = {}
    if isinstance(told, list) and len(told) == len(known):
        chosen = {number: cast(Chosen, how) for number, how in zip(known, told, strict=True) if how in HOWS}
    return chosen, str(found.get("rates", ""))[:LONGEST_WORDS]
