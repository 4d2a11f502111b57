"""A race on a surface: lanes from one start, under the same noise, each by its own optimizer, advanced together in compiled
calls.

A race is its script. A lane that is added or changed is run again from the start, so that every lane has always made the same
number of updates and the trails are what a race from step 0 under the present script gives, bit for bit.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.array import Array
from engine.kernels.solvers.codes import GRADIENTS
from engine.parts import give_way, unbroken
from engine.race.lane_buffers import LaneBuffers
from engine.race.outcome.arrival import arrival, in_order
from engine.race.spec import MOST_LANES, LaneSpec, RaceSpec, badges
from engine.rows.rates import rates_at
from engine.solvers.buffers import Counts
from engine.solvers.spec import LaneOptimizer, SolverSpec, lane_optimizer
from engine.spec import OptimizerSpec, ScheduleSpec
from engine.surfaces.function import SurfaceFunction

USUAL_THRESHOLD = 0.01
STRETCH = 1000
"""Updates of each lane that one compiled call makes at most."""


@dataclass
class Lane:
    """A lane as it runs: `slot` is its row in the arrays, `joined` the step of the race at which it was added."""

    id: int
    slot: int
    spec: LaneSpec
    joined: int


@dataclass(frozen=True)
class Update:
    """The update after `step` of one lane: the optimizer with its numbers (`float_state`), the point and the optimizer's state
    before it, the gradient that it follows (noise and all, taken ahead where Nesterov looks ahead), and the point after it.
    Points, gradient and each tensor of `state` are (2,)."""

    step: int
    optimizer: OptimizerSpec
    theta: Array
    state: dict[str, Array]
    grad: Array
    float_state: Array
    after: Array


@dataclass(frozen=True)
class Standing:
    """A lane at a step: its point, f and ‖∇f‖ there; the step at which it left the surface, at which it first came to the
    finish (`reached`), and since which it has stayed there (`arrived`), each None where it did not up to here. `evaluations`
    are of the gradient."""

    id: int
    step: int
    x: float
    y: float
    loss: float
    gradient_norm: float
    diverged: int | None
    reached: int | None
    arrived: int | None
    evaluations: int


class Race:
    """Up to 16 lanes. `step` is where one looks, `computed` how far the lanes have run."""

    def __init__(self, spec: RaceSpec | Mapping[str, Any]) -> None:
        self.spec = spec if isinstance(spec, RaceSpec) else RaceSpec.model_validate(spec)
        self.step = 0
        self.computed = 0
        self.lanes: list[Lane] = []
        self.next_id = 1
        """Of the lane that is added next."""
        self._buffers = LaneBuffers(self.spec.max_steps)
        self.surface = SurfaceFunction(self.spec.surface)
        for lane in self.spec.lanes:
            self.add(lane)

    # The script ------------------------------------------------------------------------------------------------------

    @property
    def start(self) -> tuple[float, float]:
        return self.spec.start or self.surface.start

    def as_script(self) -> dict[str, Any]:
        """The race as plain data: `Race.from_script` gives the same bits on a machine of the same fingerprint."""
        return {"spec": self.script.model_dump(mode="json"), "step": self.step}

    @property
    def script(self) -> RaceSpec:
        """The spec with the lanes as they are now."""
        return self.spec.model_copy(update={"lanes": tuple(lane.spec for lane in self.lanes)})

    @classmethod
    def from_script(cls, script: Mapping[str, Any]) -> Race:
        race = cls(script["spec"])
        race.seek(int(script.get("step", 0)))
        return race

    def change(self, **fields: Any) -> None:
        """Another surface, start, noise, seed, length or bound: every lane runs again from the start."""
        if "surface" in fields and "start" not in fields:
            fields["start"] = None
        if fields.get("noise", 0.0) > 0.0 and any(lane.spec.solvers for lane in self.lanes):
            raise ValueError("noise: there are lanes that go by exact values of f; allowed: 0, or a race without such lanes")
        self.spec = RaceSpec.model_validate(self.script.model_dump() | fields)
        self.surface = SurfaceFunction(self.spec.surface)
        self.step = min(self.step, self.spec.max_steps)
        self.computed = 0
        for lane in self.lanes:
            self._reset(lane)
        with unbroken():  # it is another race already
            self._run(self.step)

    def restart(self, start: tuple[float, float]) -> None:
        """Every lane back to step 0, at another start whose f and gradient are finite."""
        self.spec = self.spec.model_copy(update={"start": start})
        self.step = self.computed = 0
        for lane in self.lanes:
            self._reset(lane)

    # Lanes -----------------------------------------------------------------------------------------------------------

    def lane(self, number: int) -> Lane:
        for lane in self.lanes:
            if lane.id == number:
                return lane
        known = ", ".join(str(lane.id) for lane in self.lanes) or "none"
        raise ValueError(f"lane: there is no lane {number}; allowed: {known}")

    def add(self, lane: LaneSpec | Mapping[str, Any]) -> int:
        """Add a lane, which runs from the start to where the others are. Returns its id."""
        spec = lane if isinstance(lane, LaneSpec) else LaneSpec.model_validate(lane)
        if len(self.lanes) >= MOST_LANES:
            raise ValueError(f"lanes: there are {MOST_LANES} already; allowed: up to {MOST_LANES}")
        self._check(spec)
        taken = {lane.slot for lane in self.lanes}
        slot = next(slot for slot in range(MOST_LANES) if slot not in taken)
        made = Lane(self.next_id, slot, spec, self.step)
        self.next_id += 1
        self.lanes.append(made)
        self._reset(made)
        self._catch_up()
        return made.id

    def _check(self, lane: LaneSpec) -> None:
        """Refuse a lane that does not fit this race."""
        RaceSpec.model_validate(self.spec.model_dump() | {"lanes": (lane,), "start": None})

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
        """From the present step on another optimizer, rate or schedule. A rate keeps the optimizer's state; another optimizer
        begins anew. A solver has no schedule."""
        lane = self.lane(number)
        changed = lane_optimizer(optimizer)
        gone = self.diverged(number)
        if gone is not None and gone <= self.step:
            raise ValueError(f"lane: it left the surface at step {gone}; allowed: a change at a step before that")
        own = lane.spec.in_force(self.step)[1] if schedule is None else ScheduleSpec.model_validate(schedule)
        if isinstance(changed, SolverSpec):
            own = ScheduleSpec.model_validate({}) if schedule is None else own
            self._check(LaneSpec(optimizer=changed, schedule=own))
        lane.spec = lane.spec.retuned(self.step, changed, own)
        self._reset(lane)
        self._catch_up()

    def replace(self, number: int, spec: LaneSpec | Mapping[str, Any]) -> None:
        """Another spec in a lane's place: it keeps its id and runs again from the start to where the others are."""
        lane = self.lane(number)
        wanted = spec if isinstance(spec, LaneSpec) else LaneSpec.model_validate(spec)
        self._check(wanted)
        lane.spec = wanted
        self._reset(lane)
        self._catch_up()

    def badges(self, number: int) -> tuple[str, ...]:
        return badges(self.lane(number).spec, network=False)

    def _reset(self, lane: Lane) -> None:
        loss = float(self.surface.at([self.start]).value[0])
        self._buffers.reset(lane.slot, self.start, loss, self.spec.seed if lane.spec.seed is None else lane.spec.seed)
        self._buffers.adopt(lane.slot, None, *lane.spec.in_force(0))

    # Running ---------------------------------------------------------------------------------------------------------

    def advance(self, updates: int = 1) -> int:
        """Go on by some updates, or to the end of the race; returns the step arrived at."""
        if updates < 0:
            raise ValueError(f"updates: {updates} given; allowed: 0 or more")
        return self.seek(min(self.step + updates, self.spec.max_steps))

    def seek(self, step: int) -> int:
        """Stand at a step; what was not run yet is run."""
        if not 0 <= step <= self.spec.max_steps:
            raise ValueError(f"step: {step} given; allowed: 0 to {self.spec.max_steps}")
        self._run(step)
        self.step = step
        return step

    def _catch_up(self) -> None:
        with unbroken():
            self._run(self.computed)

    def _run(self, goal: int) -> None:
        """Every lane to `goal` at least, in compiled calls that are soon done, and end where a lane is retuned."""
        self._buffers.reserve(goal, self.spec.max_steps)
        goals = self._buffers.goals
        goals[:] = 0
        while True:
            for lane in self.lanes:
                done = self._done(lane)
                changes = [retune.step for retune in lane.spec.retunes if retune.step > done]
                goals[lane.slot] = min([goal, done + STRETCH, *changes])
            active = [lane for lane in self.lanes if self._alive(lane) and self._done(lane) < goals[lane.slot]]
            if not active:
                break
            self._advance_lanes()
            for lane in active:
                self._apply_retunes(lane)
            give_way()
        self.computed = max(self.computed, goal)

    def _apply_retunes(self, lane: Lane) -> None:
        done = self._done(lane)
        if any(retune.step == done for retune in lane.spec.retunes):
            self._buffers.adopt(lane.slot, lane.spec.in_force(done - 1)[0], *lane.spec.in_force(done))

    def _advance_lanes(self) -> None:
        self._buffers.advance(self.surface, self.spec.noise, self.spec.bound)

    def _alive(self, lane: Lane) -> bool:
        return self._buffers.alive(lane.slot)

    def _done(self, lane: Lane) -> int:
        return self._buffers.steps_done(lane.slot)

    # Evaluation ------------------------------------------------------------------------------------------------------

    def diverged(self, number: int) -> int | None:
        """The update after which a lane was no longer on the surface, or None; it made no other after it."""
        lane = self.lane(number)
        return None if self._alive(lane) else self._done(lane)

    def trail(self, number: int, first: int = 0, last: int | None = None) -> Array:
        """Points after updates first..last (the present step), (n, 2); a diverged lane's end where it left. A view."""
        lane = self.lane(number)
        end = min(self.step if last is None else last, self._done(lane))
        return self._buffers.trail[lane.slot, first : end + 1]

    def losses(self, number: int, first: int = 0, last: int | None = None) -> Array:
        """f at the points of `trail`, (n,), without any noise. A view."""
        lane = self.lane(number)
        end = min(self.step if last is None else last, self._done(lane))
        return self._buffers.loss[lane.slot, first : end + 1]

    def evaluations(self, number: int, first: int = 0, last: int | None = None) -> Counts:
        """Evaluations of f, its gradient and its Hessian up to each point of `trail`, (n, 3): of an optimizer one gradient for
        each update, of a solver what it asked for."""
        lane = self.lane(number)
        end = min(self.step if last is None else last, self._done(lane))
        begins = [0, *(retune.step for retune in lane.spec.retunes)]
        stages = [(step, optimizer) for step, (optimizer, _) in zip(begins, lane.spec.stages, strict=True)]
        return self._buffers.evaluations(lane.slot, stages, first, end)

    def alone(self, number: int, step: int) -> Race:
        """The race of this lane alone, at a step: the same bits. It has run no further than that."""
        other = Race(self.spec.model_copy(update={"lanes": ()}))
        other.add(self.lane(number).spec)
        other.seek(step)
        return other

    def one_update(self) -> Update:
        """The next update of a race of one lane (`alone`), made, with all that it read."""
        (lane,) = self.lanes
        buffers, slot, step = self._buffers, lane.slot, self._done(lane)
        optimizer = lane.spec.in_force(step)[0]
        if isinstance(optimizer, SolverSpec):
            raise ValueError(f"lane: {optimizer.row.title} makes no update of this kind; allowed: a lane by an optimizer")
        theta, state = buffers.theta[slot].copy(), buffers.state_tensors(slot, optimizer)
        buffers.reserve(step + 1, self.spec.max_steps)
        buffers.goals[:] = 0
        buffers.goals[slot] = step + 1
        self._advance_lanes()
        made = Update(
            step, optimizer, theta, state, buffers.grad.copy(), buffers.float_state[slot].copy(), buffers.theta[slot].copy()
        )
        self._apply_retunes(lane)  # only now: an optimizer that comes next has numbers of its own
        self.step = self.computed = step + 1
        return made

    def state(self, number: int) -> dict[str, Array]:
        """The optimizer's state at the present step by name, each (2,); a solver tells none. Where the lane has run further it
        is run there once more."""
        lane, other = self.lane(number), self
        optimizer = lane.spec.in_force(max(0, self.step - 1))[0]
        if isinstance(optimizer, SolverSpec):
            return {}
        made = lane
        if self._done(lane) > self.step:
            other = self.alone(number, self.step)
            made = other.lanes[0]
        return other._buffers.state_tensors(made.slot, optimizer)

    def updates(self, number: int) -> int:
        """How many updates the optimizer in force at the present step has made: another optimizer begins with fresh state."""
        spec = self.lane(number).spec
        before, began = spec.optimizer, 0
        for retune in spec.retunes:
            if retune.step <= self.step:
                began = began if retune.optimizer.code == before.code else retune.step
                before = retune.optimizer
        return self.step - began

    def rate(self, number: int) -> float | None:
        """The rate of the update that comes next, by the schedule; a solver has none."""
        optimizer, schedule = self.lane(number).spec.in_force(self.step)
        if optimizer.lr is None:
            return None
        return float(rates_at(schedule, optimizer.lr, np.array([self.step]))[0])

    def next_step(self, number: int) -> Array | None:
        """What the next update will add to the point, (2,); None at the race's end and for a lane that diverged."""
        if self.step >= self.spec.max_steps:
            return None
        self._run(self.step + 1)
        points = self.trail(number, self.step, self.step + 1)
        return points[1] - points[0] if len(points) == 2 else None

    def usual_threshold(self) -> float:
        """How far above the least known value a finish usually lies: 0.01, or a hundredth of the start's height where that is
        less than 1."""
        height = float(self.surface.at([self.start]).value[0]) - self.finish(0.0)
        return float(f"{0.01 * min(1.0, height):.0e}") if height > 0.0 and self.surface.minima else USUAL_THRESHOLD

    def finish(self, threshold: float = 0.01) -> float:
        """The loss at which a lane arrives: so much above the least known value; where none is known, the threshold itself."""
        return min((minimum.value for minimum in self.surface.minima), default=0.0) + threshold

    def standings(self, threshold: float = 0.01) -> list[Standing]:
        """Every lane at the present step, in the order in which they arrived, then by loss, diverged ones last."""
        finish = self.finish(threshold)
        found = []
        for lane in self.lanes:
            losses = self.losses(lane.id)
            here = len(losses) - 1
            x, y = (float(value) for value in self.trail(lane.id)[-1])
            there = self.surface.at([[x, y]])
            touched, arrived = arrival(losses, finish)
            gone = self.diverged(lane.id)
            left = gone if gone is not None and gone <= self.step else None
            slope = float(np.hypot(*there.gradient[0]))
            slopes = int(self.evaluations(lane.id, here)[-1, GRADIENTS])
            found.append(Standing(lane.id, here, x, y, float(losses[-1]), slope, left, touched, arrived, slopes))
        return sorted(found, key=lambda s: in_order(s.arrived, s.loss, diverged=s.diverged is not None))

    def time_per_step(self, number: int, updates: int = 2000) -> float:
        """Seconds of engine time that one update of a lane takes: measured now, the best of three runs from the start. A solver
        at rest makes none."""
        lane, best = self.lane(number), np.inf
        for _ in range(3):
            other = Race(self.spec.model_copy(update={"lanes": (), "max_steps": updates}))
            other.add(lane.spec)
            begin = time.perf_counter()
            other.seek(updates)
            seconds, run = time.perf_counter() - begin, other.lanes[0]
            made = int(np.count_nonzero(np.diff(other.evaluations(run.id), axis=0).any(axis=1)))
            best = min(best, seconds / max(1, made))
        return float(best)
