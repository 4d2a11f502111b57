"""A session's race on the network: its lanes' colours, the plane they are seen over, the studies of it."""

from __future__ import annotations

import contextlib
from collections.abc import Hashable, Iterator
from contextlib import AbstractAsyncContextManager
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from server.interfaces import NetworkAccess, RunAccess
from server.protocol import Status
from server.protocol.race_network import (
    NetworkBegin,
    NetworkInfo,
    NetworkLane,
    NetworkLoad,
    NetworkPause,
    NetworkPlane,
    NetworkRates,
    NetworkSeek,
    NetworkState,
    StudyCancel,
    StudyEdge,
    StudySeeds,
    Tensor,
)
from server.race import script
from server.race.controller import RaceController
from server.race.lanes import lane_fields
from server.race.network.building import Wanted, check, check_room, race_of
from server.race.network.plane import PlaneView, chart_of, opening
from server.race.network.steppable import NetworkSteps
from server.race.network.studies.asking import KEPT, StudyCommand, kept, study_of
from server.race.network.studies.gradient_noise import GradientNoiseStudies
from server.race.network.studies.kinds import SOME
from server.race.network.studies.study import Studies
from server.race.network.tuning import GRID, TUNED, check_budget
from server.race.rates import Chosen, Sweep, Tuning, chosen_of, kept_choice
from server.race.steppable import Stop
from server.session.activity import Host, Job
from server.session.clock import Play, Seek
from server.wire.errors import CommandError
from server.wire.sizes import check_batch

if TYPE_CHECKING:
    from engine.race import NetworkRace
    from engine.race.on_network import NetworkLane as NetworkLaneOfRace
    from engine.race.spec import LaneSpec

KEPT_OF_A_PARAMETER = 4 * 8
"""Bytes of each at a point of a path: itself, and what its optimizer keeps of it."""


class Wish(NamedTuple):
    """A plane or a study that was asked for, and the step at which the lanes stood then: kept, to be had again."""

    command: Any
    step: int


class NetworkRaceController(RaceController["NetworkRace"], NetworkAccess):
    """`run` is the number of the run whose spec it has, `lane_size` the bytes of a lane, `chosen` how each lane's rate was, and
    `rates` the words for it."""

    key = "network"
    absent = "There is no race on the network yet: begin one"
    share_command = "network_share"
    longest_script = 8_000_000
    interrupting = (NetworkPause, NetworkSeek, NetworkBegin, NetworkLoad, StudyCancel)
    usual_threshold = 0.05

    def __init__(self, host: Host) -> None:
        super().__init__(host)
        self.run, self.lane_size = 0, 0
        self.plane = PlaneView()
        self.planned: Wish | None = None
        self.studied: Wish | None = None
        self.studies, self.gradient_noise = Studies(), GradientNoiseStudies()
        self.chosen: dict[int, Chosen] = {}
        self.rates = ""
        self._tuning_size = 0

    def steppable(self) -> NetworkSteps:
        return NetworkSteps(self.present())

    @property
    def furthest(self) -> int:
        race = self.present()
        return max([race.step, *(lane.trainer.end for lane in race.lanes)])

    def check_playable(self) -> None:
        race = self.present()
        if not race.lanes:
            raise CommandError("invalid", "lanes: the race has none", "lanes", "at least one lane")
        if race.step >= race.max_steps:
            raise CommandError("invalid", "The race is at its end: go back", "step", f"0 to {race.max_steps}")
        if self.steppable().over:
            words = "Every lane has stopped: go back, or add another"
            raise CommandError("invalid", words, "step", "a step before they stopped")

    # Being busy ------------------------------------------------------------------------------------------------------

    @property
    def moving(self) -> bool:
        return super().moving or self._looking

    def wait(self, now: float) -> float:
        return 0.0 if self._looking or self._measures() else super().wait(now)

    @property
    def weight(self) -> int:
        """Of its lanes and the plane they are seen over, of those that are tuned, and of a study that runs."""
        running = self.studies.running
        lanes = 0 if self.race is None else self.lane_size * (1 + len(self.race.lanes))
        tuned = self._tuning_size if isinstance(self.work, Tuning) else 0
        return lanes + tuned + (0 if running is None else running.size)

    @property
    def _looking(self) -> bool:
        """Whether a picture or a study is under way."""
        return self.plane.painting or self.studies.running is not None

    def _measures(self) -> bool:
        """Where all stands: whether losses along the lanes' trajectories are lacking."""
        race = self.race
        if race is None or self.work is not None or self._looking or not self.plane.unmeasured(self.changes, race.step):
            return False
        return self.host.watched("network_ways")

    def job(self, now: float) -> Job | None:
        """A slice of the lanes' steps, where it is due, and one of what they are looked at with; who seeks does not wait for
        that."""
        lanes, measures = super().job(now), self._measures()
        if lanes is not None and lanes.hurried:
            return lanes
        if lanes is None and not measures and not self._looking:
            return None
        return Job(partial(self._slices, lanes, measures, self.host.slice_seconds), self.went)

    def _slices(self, lanes: Job | None, measures: bool, seconds: float) -> bool | None:
        """In a worker: whether the lanes are at their end; None where they had no slice."""
        over = None if lanes is None else bool(lanes.run())
        if self.plane.painting:
            self.plane.paint(seconds)
        if self.studies.running is not None:
            self.studies.running.advance(seconds)
        if measures:
            self.plane.measure(self.present(), self.changes, seconds)
        return over

    async def went(self, over: Any, failed: Exception | None) -> None:
        work = self.work
        if failed is not None or not over or not isinstance(work, Tuning):
            return await super().went(over, failed)
        self.work = None
        await self.host.call(self.settle_rates, work.found(), "tuned")
        self.rates = work.words
        await self.lanes_began()
        return work.end()

    def let_go(self) -> None:
        super().let_go()
        self.plane.let_go()
        self.studies.cancel()

    async def settle(self) -> None:
        await self.host.call(self.present().settle)

    # Being changed ---------------------------------------------------------------------------------------------------

    def reset(self) -> None:
        self.studies.cancel()
        self.plane.reset()
        self.planned = self.studied = None
        self.chosen, self.rates = {}, ""
        self.run = self.host.find(RunAccess).number

    async def lay_out(self, found: dict[str, Any]) -> int:
        wanted = await self.host.call(check, found["spec"], self.host.settings)
        step = script.step_of(found, wanted.spec.run.stop.max_steps)
        threshold = script.threshold_of(found, self.usual_threshold)
        async with self.host.room(wanted.size):
            await self.open(wanted, threshold)
        if "chosen" in found:
            self.chosen, self.rates = kept_choice(found, self.present().lanes)
            await self.changed()
        self.same_bits = await self.host.call(script.same_bits, found)
        return step

    async def open(self, wanted: Wanted, threshold: float) -> None:
        """Another race, over its first plane."""
        race, chart = await self.host.call(race_of, wanted, self.host.settings)
        self.threshold, self.lane_size = threshold, wanted.lane
        await self.adopt(race)
        if chart is not None:
            self.plane.lay(chart)

    async def lanes_began(self) -> None:
        """They run to where the others are; a race that plays plays on from there."""
        from engine.parts import whole

        race, onward = self.present(), isinstance(self.work, Play)
        await self.stop()
        await self.changed()
        if race.step > 0:
            self.work = Seek(self.steppable(), race.step, onward=onward)
        elif onward:
            self.work = Play(self.steppable(), self.speed)
        if self.plane.chart is None:
            self.plane.lay(await self.host.call(whole, opening, race))
        self.tell()

    def forget(self, number: int) -> None:
        self.chosen.pop(number, None)
        self.plane.forget(number)

    def lane_joined(self, number: int, source: int | None = None) -> None:
        if source in self.chosen:
            self.chosen[number] = self.chosen[source]

    def renamed(self, names: dict[int, int]) -> None:
        self.chosen = {names[number]: how for number, how in self.chosen.items()}

    # How rates are chosen --------------------------------------------------------------------------------------------

    def room_to_tune(self, command: NetworkRates) -> AbstractAsyncContextManager[None]:
        check_budget(len(self.present().lanes), command, self.host.settings)
        self._tuning_size = self.lane_size * GRID
        return self.host.room(self._tuning_size)

    def sweep(self, command: NetworkRates) -> Sweep:
        return TUNED.sweep(self.present(), self.threshold, command)

    def settle_rates(self, rates: dict[int, float], how: Chosen) -> None:
        """In a worker. Lanes begin anew, and lose what was changed on the way."""
        from engine.race.sweep import at_rate

        race = self.present()
        for lane in race.lanes:
            self.forget(lane.id)
            if lane.id in rates:
                race.replace(lane.id, at_rate(lane.spec, rates[lane.id]))
                self.chosen[lane.id] = how

    def how_chosen(self, lane: NetworkLaneOfRace) -> Chosen:
        """A lane of whose rate nothing is known by default has its default, or one of its own."""
        return self.chosen.get(lane.id) or chosen_of(lane.spec.in_force(self.present().step)[0])

    def study_size(self, command: StudyCommand) -> int:
        """Bytes of the race's networks that a study holds at a time, about."""
        if isinstance(command, StudyEdge):
            parameters = (
                self.present().lanes[0].trainer.tape.parameter_count if command.on == "race" and self.present().lanes else 0
            )
            return self.lane_size + (command.points or SOME) * KEPT_OF_A_PARAMETER * parameters
        if not isinstance(command, StudySeeds):
            return self.lane_size
        return self.lane_size * command.seeds * len(self.present().lanes if command.lanes is None else command.lanes)

    def room_for_lane(self) -> AbstractAsyncContextManager[None]:
        return self.host.room(self.lane_size)

    def check_room(self, lane: LaneSpec) -> None:
        check_room(self.present(), self.host.settings, lane)

    def check_replacement(self, lane: LaneSpec) -> None:
        race = self.present()
        if lane.batch_size is not None:
            check_batch(race.spec.run, lane.batch_size, self.host.settings, "spec.batch_size", len(race.lanes))

    def as_script(self) -> dict[str, Any]:
        race = self.present()
        chosen = [self.how_chosen(lane) for lane in race.lanes]
        return script.written(race.as_script(), self.threshold, {"rates": self.rates, "chosen": chosen})

    # Being kept ------------------------------------------------------------------------------------------------------

    def script_key(self) -> Hashable:
        return super().script_key(), self.planned, self._study_kept()

    def identity(self) -> dict[str, Any]:
        wishes = {"plane": self.planned, "study": self._study_kept()}
        told = {name: [kept(wish.command), wish.step] for name, wish in wishes.items() if wish is not None}
        return super().identity() | {"run": self.run, "studies": self.studies.count} | told

    def _study_kept(self) -> Wish | None:
        """One that was ended, or failed, is not begun again."""
        present = self.studies.present
        return self.studied if present is None or present.state in ("running", "done") else None

    def on_the_way(self, found: dict[str, Any]) -> Iterator[Stop]:
        self.run = int(found.get("run", self.run))
        self.studies.count = max(0, int(found.get("studies", 0)) - 1)
        wishes = {
            name: Wish(KEPT.validate_python(found[name][0]), int(found[name][1]))
            for name in ("plane", "study")
            if name in found
        }
        self.planned, self.studied = wishes.get("plane"), wishes.get("study")
        for wish in wishes.values():
            yield Stop(wish.step, partial(self._again, wish))

    def _again(self, wish: Wish) -> None:
        """In a worker: the plane or the study, as it was asked for. One that is refused now is not there."""
        race: NetworkRace = self.present()
        command = wish.command
        with contextlib.suppress(CommandError):
            if isinstance(command, NetworkPlane):
                self.plane.lay(chart_of(race, command), command.points)
            else:
                self.studies.begin(study_of(self, command, self.studies.count + 1))

    # Being told ------------------------------------------------------------------------------------------------------

    def describe(self) -> NetworkInfo:
        """A race whose lanes were all taken away is described by one of its own, which is not run."""
        from engine.rows.datasets import DATASETS
        from engine.trainer import Trainer

        race = self.present()
        trainer = race.lanes[0].trainer if race.lanes else Trainer(race.spec.run)
        dataset, tape, name = trainer.dataset, trainer.tape, race.spec.run.data.name
        title = DATASETS[name].title if name in DATASETS else "own data"
        frozen = sum(len(tensor.places) for tensor in race.spec.frozen)
        return NetworkInfo(
            race=self.number,
            change=self.changes,
            run=self.run,
            title=f"{title} · {'–'.join(str(size) for size in tape.sizes)}{f' · {frozen} frozen' if frozen else ''}",
            task=dataset.task,
            kind=dataset.kind,
            domain=[(float(low), float(high)) for low, high in dataset.domain or ()],
            classes=len(dataset.classes or ()),
            samples=dataset.rows[0],
            batch_size=race.spec.run.batch_size,
            parameter_count=tape.parameter_count,
            tensors=[Tensor(name=place.name, shape=list(place.shape), offset=place.offset) for place in tape.slots],
            lanes=self.told_lanes(),
            threshold=self.threshold,
            rates=self.rates,
        )

    def told_lanes(self) -> list[NetworkLane]:
        race, told = self.present(), []
        for lane in race.lanes:
            spec = lane.spec
            initializer = None if spec.initializer is None else spec.initializer.model_dump(mode="json")
            own = {"batch_size": spec.batch_size, "initializer": initializer, "chosen": self.how_chosen(lane)}
            told.append(NetworkLane(**lane_fields(race, lane, self.slots.get(lane.id, 0)), **own))
        return told

    def told_state(self, status: Status) -> NetworkState:
        race = self.present()
        return NetworkState(
            race=self.number,
            status=status,
            step=race.step,
            end=self.furthest,
            max_steps=race.max_steps,
            steps_per_epoch=self.steppable().steps_per_epoch,
            speed=self.speed,
            steps_per_second=self.steps_per_second,
            tuning=self.work.far if isinstance(self.work, Tuning) else None,
            same_bits=self.same_bits,
        )
