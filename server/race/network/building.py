"""Building a race on the network, within what this server allows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from server.race.network.plane import opening
from server.race.refusals import refused
from server.settings import Settings
from server.wire.limits import beyond
from server.wire.sizes import check_batch, check_built, check_given, check_race, memory_of

if TYPE_CHECKING:
    from engine import Trainer
    from engine.race import NetworkRace
    from engine.race.chart import Chart
    from engine.race.on_network import NetworkRaceSpec
    from engine.race.spec import LaneSpec

BESIDE = ("sgd", "momentum", "rmsprop", "adam")
"""Optimizers that a race opens with beside the run's own, at their defaults."""


class Wanted(NamedTuple):
    """A race that may be built."""

    spec: NetworkRaceSpec
    lane: int
    """Bytes that a lane takes, about."""

    @property
    def size(self) -> int:
        """Of all of them, and of the plane they are seen over."""
        return self.lane * (1 + len(self.spec.lanes))


def race_of_run(trainer: Trainer, lanes: list[dict[str, Any]] | None, settings: Settings) -> Wanted:
    """In a worker: the run's spec as it stands, and what is frozen in it; its own optimizer comes first."""
    from engine.race.on_network import frozen_of

    run = trainer.effective_spec
    if lanes is None:
        own = {"optimizer": run.optimizer.model_dump(), "schedule": run.schedule.model_dump()}
        lanes = [own, *({"optimizer": {"name": name}} for name in BESIDE if name != run.optimizer.name)]
    frozen = [tensor.model_dump() for tensor in frozen_of(trainer)]
    return check({"run": run, "lanes": lanes, "frozen": frozen}, settings)


def check(spec: dict[str, Any], settings: Settings) -> Wanted:
    """In a worker: a race within the server's limits, as far as that can be told before its lanes are there."""
    from engine.race.on_network import NetworkRaceSpec

    check_race({"lanes": spec.get("lanes")}, settings, "")
    if isinstance(spec.get("run"), dict):
        check_given(spec["run"], settings, "spec.run")
    with refused("spec"):
        checked = NetworkRaceSpec.model_validate(spec)
    check_built(checked.run, settings, prefix="spec.run")
    return Wanted(checked, memory_of(checked.run))


def race_of(wanted: Wanted, settings: Settings) -> tuple[NetworkRace, Chart | None]:
    """In a worker: a race and its first plane. Each lane is checked as a run of its own before any is built."""
    from engine.race import NetworkRace

    checked = wanted.spec
    race = NetworkRace(checked.model_copy(update={"lanes": ()}))
    for index, lane in enumerate(checked.lanes):
        check_room(race, settings, lane)
        with refused(f"lanes.{index}"):
            race.add(lane)
    return race, opening(race) if race.lanes else None


def check_room(race: NetworkRace, settings: Settings, lane: LaneSpec) -> None:
    """Every lane is a trainer of its own: together they have no more parameters, and hold no more, than one run may."""
    check_race({"lanes": [*(each.spec for each in race.lanes), lane]}, settings, "")
    if race.lanes:
        size = race.lanes[0].trainer.tape.parameter_count
        most = max(1, settings.max_parameters // size)
        if len(race.lanes) >= most:
            words = f"lanes: {most + 1} lanes of {size} parameters are too many for this server"
            raise beyond("max_parameters", words, "lanes", f"up to {most}")
    batch = race.spec.run.batch_size if lane.batch_size is None else lane.batch_size
    check_batch(race.spec.run, batch, settings, "lane.batch_size", 1 + len(race.lanes))
