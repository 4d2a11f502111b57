"""A race on the network: lanes train one spec by different optimizers, from the same bits of start and over the same batches.

Each lane is a Trainer of its own, so that it equals a lone run bit for bit, can be sought, and opens in the microscope.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from engine.array import Array, copied
from engine.kernels import codes
from engine.landscape.planes import Plane, finite_of, principal, stacked
from engine.landscape.slices import Landscape, Path, path
from engine.machine.work import heavy
from engine.parts import LeftOff, Pace, give_way, unbroken
from engine.pool import side_by_side
from engine.race.outcome.arrival import arrival, in_order
from engine.race.spec import MOST_LANES, LaneSpec, badges, check_count
from engine.recording.stops import Stop
from engine.script.edits import MOST_ENTRIES, Entries, FreezeEdit
from engine.script.script_data import ScriptData
from engine.solvers.spec import LaneOptimizer, SolverSpec
from engine.spec import FrozenTensor, OptimizerSpec, RunSpec, ScheduleSpec
from engine.spec.fields import Many, SpecModel
from engine.trainer import Trainer
from engine.warmup import fingerprint

MOST_POINTS = 160
"""Points kept of each lane's trajectory; beyond them every second is left out."""
MOST_NUMBERS = 4_000_000
"""Of all lanes' points together: 32 MB."""
SLICE = 2048
PIECE = 0.01
"""Seconds between two places where a seek gives way."""


class NetworkRaceSpec(SpecModel):
    """A race on a network: the spec that all lanes train, and the lanes. The spec's own optimizer and schedule are not used.
    What is `frozen` keeps its values in all of them."""

    run: RunSpec = Field(default_factory=RunSpec)
    lanes: Many[LaneSpec] = ()
    frozen: Many[FrozenTensor] = ()

    @model_validator(mode="after")
    def _consistent(self) -> NetworkRaceSpec:
        check_count(self.lanes)
        return self


def spec_of(run: RunSpec, lane: LaneSpec) -> RunSpec:
    """What a lane trains; a ValidationError names the override that does not fit, or a solver, which only surfaces have."""
    for solver in lane.solvers:
        RunSpec.model_validate({"optimizer": solver.model_dump()})
    changed: dict[str, Any] = {"optimizer": lane.optimizer.model_dump(), "schedule": lane.schedule.model_dump()}
    if lane.batch_size is not None:
        changed["batch_size"] = lane.batch_size
    if lane.seed is not None:
        changed["seed"] = lane.seed
    described = {name: getattr(run, name) for name in type(run).model_fields} | changed
    if lane.initializer is not None:
        described["network"] = run.network.model_dump() | {"initializer": lane.initializer.model_dump()}
    return RunSpec.model_validate(described)


def frozen_of(trainer: Trainer) -> tuple[FrozenTensor, ...]:
    """What is frozen in a run where it stands, with its values."""
    named = trainer.named_parameters
    return tuple(
        FrozenTensor(name=name, places=tuple(np.flatnonzero(mask).tolist()), values=tuple(named[name][mask].tolist()))
        for name, mask in trainer.frozen.items()
    )


def frozen_edits(trainer: Trainer, frozen: Sequence[FrozenTensor]) -> Iterator[FreezeEdit]:
    """The same as edits before the first update, for a script of the trainer's spec."""
    shapes = {slot.name: slot.shape for slot in trainer.tape.slots}
    entries = [
        Entries(name=tensor.name, index=tuple(int(i) for i in np.unravel_index(place, shapes[tensor.name])), value=value)
        for tensor in frozen
        for place, value in zip(tensor.places, tensor.values, strict=True)
    ]
    for first in range(0, len(entries), MOST_ENTRIES):
        yield FreezeEdit(entries=tuple(entries[first : first + MOST_ENTRIES]))


@dataclass
class NetworkLane:
    """A lane as it runs: `points` are parameters (P,) by the step after which they stood."""

    id: int
    spec: LaneSpec
    trainer: Trainer
    joined: int
    points: dict[int, Array] = field(default_factory=dict)

    @property
    def stopped(self) -> Stop | None:
        return self.trainer.stopped

    @property
    def recorded(self) -> dict[str, Array]:
        """Its recorded series up to where it stands, (n,) each."""
        return self.trainer.series.until(self.trainer.steps_done).columns()


@dataclass(frozen=True)
class NetworkStanding:
    """A lane at the step it stands at: data losses of the whole splits, inference mode; None where there is no such split."""

    id: int
    step: int
    train_loss: float
    test_loss: float | None
    accuracy: float | None
    diverged: int | None
    reached: int | None
    arrived: int | None


class NetworkRace:
    """Up to 16 lanes on one network. One caller at a time."""

    def __init__(self, spec: NetworkRaceSpec | Mapping[str, Any]) -> None:
        self.spec = spec if isinstance(spec, NetworkRaceSpec) else NetworkRaceSpec.model_validate(spec)
        self.step = 0
        self.spacing = 1
        self.lanes: list[NetworkLane] = []
        self.next_id = 1
        """Of the lane that is added next."""
        for lane in self.spec.lanes:
            self.add(lane)

    @property
    def max_steps(self) -> int:
        return self.spec.run.stop.max_steps

    @property
    def script(self) -> NetworkRaceSpec:
        return self.spec.model_copy(update={"lanes": tuple(lane.spec for lane in self.lanes)})

    def as_script(self) -> dict[str, Any]:
        """The race as plain data; `from_script` gives the same bits on a machine of the same fingerprint."""
        left_out = {"run"} if self.spec.frozen else {"run", "frozen"}  # of which an older chainrule knows nothing
        spec = {"run": self.spec.run.as_plain()} | self.script.model_dump(mode="json", exclude=left_out)
        return {"spec": spec, "step": self.step}

    @classmethod
    def from_script(cls, script: Mapping[str, Any]) -> NetworkRace:
        race = cls(script["spec"])
        race.seek(int(script.get("step", 0)))
        return race

    # Lanes -----------------------------------------------------------------------------------------------------------

    def lane(self, number: int) -> NetworkLane:
        for lane in self.lanes:
            if lane.id == number:
                return lane
        known = ", ".join(str(lane.id) for lane in self.lanes) or "none"
        raise ValueError(f"lane: there is no lane {number}; allowed: {known}")

    def add(self, lane: LaneSpec | Mapping[str, Any]) -> int:
        """Add a lane at its start; `seeking` brings it to where the others are. Returns its id."""
        spec = lane if isinstance(lane, LaneSpec) else LaneSpec.model_validate(lane)
        if len(self.lanes) >= MOST_LANES:
            raise ValueError(f"lanes: there are {MOST_LANES} already; allowed: up to {MOST_LANES}")
        made = NetworkLane(self.next_id, spec, self._trainer(spec), self.step)
        made.points[0] = copied(made.trainer.machine.theta)
        self.next_id += 1
        self.lanes.append(made)
        self._retune_at(made)
        return made.id

    def _trainer(self, lane: LaneSpec) -> Trainer:
        return Trainer(spec_of(self.spec.run, lane), frozen=self.spec.frozen)

    def run_script(self, number: int) -> dict[str, Any]:
        """A lane's own run as plain data, as `Trainer.as_script`."""
        trainer = self.lane(number).trainer
        edits = (*frozen_edits(trainer, self.spec.frozen), *trainer.edits)
        return ScriptData(spec=trainer.spec, edits=edits, step=trainer.steps_done, fingerprint=fingerprint()).as_json()

    def remove(self, number: int) -> None:
        self.lanes.remove(self.lane(number))

    def duplicate(self, number: int) -> int:
        """A second lane with the same past, ready to be changed."""
        return self.add(self.lane(number).spec)

    def retune(
        self,
        number: int,
        optimizer: LaneOptimizer | Mapping[str, Any],
        schedule: ScheduleSpec | Mapping[str, Any] | None = None,
    ) -> None:
        """From the present step on another optimizer, rate or schedule; what was changed later is given up."""
        lane = self.lane(number)
        if isinstance(optimizer, SolverSpec):
            RunSpec.model_validate({"optimizer": optimizer.model_dump()})  # which no run has: it says so
        changed = OptimizerSpec.model_validate(optimizer)
        own = lane.spec.in_force(self.step)[1] if schedule is None else ScheduleSpec.model_validate(schedule)
        if self.step == 0:
            lane.spec = lane.spec.retuned(0, changed, own)
            lane.trainer = self._trainer(lane.spec)
            lane.points = {0: copied(lane.trainer.machine.theta)}
            return
        for _ in self._lane_to(lane, self.step):
            pass
        if lane.trainer.steps_done < self.step:
            raise ValueError(f"lane: it stopped at step {lane.trainer.steps_done}; allowed: a change at a step up to there")
        lane.spec = lane.spec.retuned(self.step, changed, own)
        self._put(lane, changed, own)
        lane.points = {step: point for step, point in lane.points.items() if step <= self.step}

    def replace(self, number: int, spec: LaneSpec | Mapping[str, Any]) -> None:
        """Another spec in a lane's place: it keeps its id and begins anew; `seeking` brings it to where the others are."""
        lane = self.lane(number)
        wanted = spec if isinstance(spec, LaneSpec) else LaneSpec.model_validate(spec)
        lane.trainer, lane.spec = self._trainer(wanted), wanted
        lane.points = {0: copied(lane.trainer.machine.theta)}
        self._retune_at(lane)

    def badges(self, number: int) -> tuple[str, ...]:
        return badges(self.lane(number).spec, network=True)

    @staticmethod
    def _put(lane: NetworkLane, optimizer: LaneOptimizer, schedule: ScheduleSpec) -> None:
        trainer = lane.trainer
        for name, value in (("optimizer", optimizer), ("schedule", schedule)):
            if getattr(trainer.effective_spec, name) != value:
                trainer.edit({"kind": "set", "path": name, "value": value.model_dump()})

    def _retune_at(self, lane: NetworkLane) -> None:
        """Changes of a script that are due where the lane stands and not in the trainer's own yet."""
        trainer = lane.trainer
        here = trainer.steps_done
        due = [retune for retune in lane.spec.retunes if retune.step == here]
        if due and trainer.end == here and not any(edit.step == here for edit in trainer.edits):
            self._put(lane, due[0].optimizer, due[0].schedule)

    # Running ---------------------------------------------------------------------------------------------------------

    def advance(self, updates: int = 1) -> int:
        """Go on by some updates, or to the end; returns the step arrived at."""
        if updates < 0:
            raise ValueError(f"updates: {updates} given; allowed: 0 or more")
        try:
            for _ in self.seeking(min(self.step + updates, self.max_steps)):
                give_way()
        except LeftOff:
            self.settle()
            raise
        return self.step

    def settle(self) -> None:
        """After a seek that was left: all lanes to where the furthest of them has come on its way, or the last on the way back;
        those that have stopped for good stay. Not left itself."""
        running = [lane.trainer.steps_done for lane in self.lanes if lane.stopped is None]
        if running:
            with unbroken():
                self.seek(max(running) if min(running) >= self.step else min(running))

    def seek(self, step: int) -> int:
        """Every lane after update `step`, bit for bit, forwards or backwards; stopped ones stand where they stopped."""
        pace = Pace(PIECE, SLICE)
        while next(self.seeking(step, pace.begin()), None) is not None:  # begun anew, it goes on from where the lanes stand
            pace.end()
            give_way()
        return self.step

    def seeking(self, step: int, updates: int = SLICE) -> Iterator[int]:
        """`seek` in slices of at most `updates`, all lanes side by side on the pool; yields the least step reached."""
        if not 0 <= step <= self.max_steps:
            raise ValueError(f"step: {step} given; allowed: 0 to {self.max_steps}")
        under_way = list(self.lanes)
        while under_way:
            reached = side_by_side(lambda lane: next(self._lane_to(lane, step, updates), None), under_way, heavy=self._heavy)
            under_way = [lane for lane, at in zip(under_way, reached, strict=True) if at is not None]
            if under_way:
                yield min(at for at in reached if at is not None)
        self.step = step
        self._thin()

    @property
    def _heavy(self) -> bool:
        """Whether an update of all lanes is."""
        machines = [lane.trainer.machine for lane in self.lanes]
        rows = sum(int(machine.int_state[codes.BATCH_SIZE]) for machine in machines)
        own = sum(machine.tape.update_work for machine in machines)
        return bool(machines) and heavy(machines[0].theta.size, rows, 3, own)

    def _lane_to(self, lane: NetworkLane, goal: int, updates: int = SLICE) -> Iterator[int]:
        trainer = lane.trainer
        if trainer.steps_done > goal:
            yield from trainer.seeking(goal, updates)
            return
        while trainer.steps_done < goal and not (trainer.stopped and trainer.stopped.kind != "finished"):
            here, before = trainer.steps_done, trainer.steps_done
            halts = [goal, here + updates, *(retune.step for retune in lane.spec.retunes if retune.step > here)]
            last = min(halts)
            while here < last:
                trainer.step(min(last, (here // self.spacing + 1) * self.spacing) - here)
                if trainer.steps_done == here:
                    break
                here = trainer.steps_done
                if here % self.spacing == 0:
                    lane.points[here] = copied(trainer.machine.theta)
            self._retune_at(lane)
            if here == before:
                return
            yield here

    def _thin(self) -> None:
        """Keep the points of all lanes at multiples of one spacing, within the budget."""
        size = self.lanes[0].trainer.machine.theta.size if self.lanes else 1
        most = int(np.clip(MOST_NUMBERS // (size * max(1, len(self.lanes))), 8, MOST_POINTS))
        while any(len(lane.points) > most for lane in self.lanes):
            self.spacing *= 2
            for lane in self.lanes:
                lane.points = {step: point for step, point in lane.points.items() if step % self.spacing == 0}

    # Evaluation ------------------------------------------------------------------------------------------------------

    def points(self, number: int) -> dict[int, Array]:
        """A lane's kept points (P,) up to the present step, and where it stands, by their steps in order: as they lie there,
        not to be changed, and not to be kept while the race goes on."""
        lane = self.lane(number)
        kept = {step: point for step, point in lane.points.items() if step <= self.step}
        kept[lane.trainer.steps_done] = lane.trainer.machine.theta
        return {step: kept[step] for step in sorted(kept)}

    def trajectory(self, number: int) -> tuple[NDArray[np.int64], Array]:
        """Steps (n,) and parameters (n, P) of a lane's `points`, copied."""
        kept = self.points(number)
        return np.array(list(kept), dtype=np.int64), stacked(list(kept.values()))

    def principal_plane(self, numbers: Sequence[int] | None = None) -> Plane:
        """The plane of the most variance of all lanes' points together."""
        wanted = [lane.id for lane in self.lanes] if numbers is None else list(numbers)
        if not wanted:
            raise ValueError("lanes: there are none; allowed: at least one")
        return principal(finite_of([point for number in wanted for point in self.points(number).values()]))

    def landscape(self, split: str = "train") -> Landscape:
        """The surface that all lanes run on, of the spec's objective."""
        if not self.lanes:
            raise ValueError("lanes: there are none; allowed: at least one")
        return Landscape(self.lanes[0].trainer.machine, split)

    def path(self, number: int, plane: Plane, landscape: Landscape) -> Path:
        """A lane's trajectory over a plane, measured from the start."""
        _, points = self.trajectory(number)
        return path(landscape, plane, points, self.lane(number).points[0])

    def standings(self, threshold: float = 0.05) -> list[NetworkStanding]:
        """Every lane where it stands, in the order in which they arrived, then by train loss, diverged ones last. `reached`:
        the first recorded step with train loss at or below the threshold; `arrived`: the first since which it has stayed
        there."""
        found = []
        for lane in self.lanes:
            trainer = lane.trainer
            series = trainer.series.until(trainer.steps_done).columns()
            steps = series["step"]
            touched, arrived = arrival(series["train_loss"], threshold)
            classes = trainer.dataset.task == "classification"
            stop = trainer.stopped
            found.append(
                NetworkStanding(
                    lane.id,
                    trainer.steps_done,
                    trainer.loss("train"),
                    trainer.loss("test") if trainer.dataset.rows[2] else None,
                    trainer.accuracy("train") if classes else None,
                    stop.step if stop is not None and stop.kind == "non_finite" else None,
                    None if touched is None else int(steps[touched]),
                    None if arrived is None else int(steps[arrived]),
                )
            )
        return sorted(found, key=lambda s: in_order(s.arrived, s.train_loss, diverged=s.diverged is not None))
