"""A race on a surface: lanes from one start, under the same noise, each by its own rule, advanced together in compiled calls.

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
from engine.kernels import codes
from engine.kernels.race import advance
from engine.machine.updates import blocks, fresh_state, scratch_size, set_rule, state_of
from engine.race.spec import MOST_LANES, LaneSpec, RaceSpec, badges
from engine.rows.rates import kernel_parameters, rates_at
from engine.spec import OptimizerSpec, ScheduleSpec
from engine.surfaces.function import SurfaceFunction

FIRST_CAPACITY = 1024
MOST_SLOTS = 3
STATE_SIZE = 2 * MOST_SLOTS + codes.N_CLOCK
POINT = [("theta", 0, (2,))]


@dataclass
class Lane:
    """A lane as it runs: `slot` is its row in the arrays, `joined` the step of the race at which it was added."""

    id: int
    slot: int
    spec: LaneSpec
    joined: int


@dataclass(frozen=True)
class Update:
    """The update after `step` of one lane: the rule with its numbers (`hyper`), the point and the rule's state before it, the
    gradient that it follows (noise and all, taken ahead where the rule looks ahead), and the point after it. Points, gradient
    and each tensor of `state` are (2,)."""

    step: int
    rule: OptimizerSpec
    theta: Array
    state: dict[str, Array]
    grad: Array
    hyper: Array
    after: Array


@dataclass(frozen=True)
class Standing:
    """A lane at a step: its point, f and ‖∇f‖ there; the step at which it left the surface, and at which it first came within
    the threshold of the least known value, each None where it did not up to here."""

    id: int
    step: int
    x: float
    y: float
    loss: float
    gradient_norm: float
    diverged: int | None
    reached: int | None
    evaluations: int


class Race:
    """Up to 16 lanes. `step` is where one looks, `computed` how far the lanes have run."""

    def __init__(self, spec: RaceSpec | Mapping[str, Any]) -> None:
        self.spec = spec if isinstance(spec, RaceSpec) else RaceSpec.model_validate(spec)
        self.step = 0
        self.computed = 0
        self.lanes: list[Lane] = []
        self._next_id = 1
        shape = (MOST_LANES, codes.N_FIELDS)
        self._ops = np.zeros(shape, dtype=np.int64)
        self._counters = np.zeros((MOST_LANES, codes.N_COUNTERS), dtype=np.int64)
        self._hyper = np.zeros((MOST_LANES, codes.N_HYPER))
        self._theta = np.zeros((MOST_LANES, 2))
        self._state = np.zeros((MOST_LANES, STATE_SIZE))
        self._grad = np.zeros(2)
        self._scratch = np.zeros(max(1, scratch_size([])))
        self._goal = np.zeros(MOST_LANES, dtype=np.int64)
        self._trail = np.full((MOST_LANES, min(FIRST_CAPACITY, self.spec.max_steps) + 1, 2), np.nan)
        self._loss = np.full(self._trail.shape[:2], np.nan)
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
        self.spec = RaceSpec.model_validate(self.script.model_dump() | fields)
        self.surface = SurfaceFunction(self.spec.surface)
        self.step = min(self.step, self.spec.max_steps)
        self.computed = 0
        for lane in self.lanes:
            self._reset(lane)
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
        RaceSpec.model_validate(self.spec.model_dump() | {"lanes": (spec,), "start": None})
        taken = {lane.slot for lane in self.lanes}
        slot = next(slot for slot in range(MOST_LANES) if slot not in taken)
        made = Lane(self._next_id, slot, spec, self.step)
        self._next_id += 1
        self.lanes.append(made)
        self._reset(made)
        self._catch_up()
        return made.id

    def remove(self, number: int) -> None:
        self.lanes.remove(self.lane(number))

    def duplicate(self, number: int) -> int:
        """A second lane with the same past, ready to be changed."""
        return self.add(self.lane(number).spec)

    def retune(
        self,
        number: int,
        optimizer: OptimizerSpec | Mapping[str, Any],
        schedule: ScheduleSpec | Mapping[str, Any] | None = None,
    ) -> None:
        """From the present step on another rule, rate or schedule. A rate keeps the rule's state; another rule begins anew."""
        lane = self.lane(number)
        rule = OptimizerSpec.model_validate(optimizer)
        gone = self.diverged(number)
        if gone is not None and gone <= self.step:
            raise ValueError(f"lane: it left the surface at step {gone}; allowed: a change at a step before that")
        own = lane.spec.in_force(self.step)[1] if schedule is None else ScheduleSpec.model_validate(schedule)
        lane.spec = lane.spec.retuned(self.step, rule, own)
        self._reset(lane)
        self._catch_up()

    def replace(self, number: int, spec: LaneSpec | Mapping[str, Any]) -> None:
        """Another spec in a lane's place: it keeps its id and runs again from the start to where the others are."""
        lane = self.lane(number)
        wanted = spec if isinstance(spec, LaneSpec) else LaneSpec.model_validate(spec)
        RaceSpec.model_validate(self.spec.model_dump() | {"lanes": (wanted,), "start": None})
        lane.spec = wanted
        self._reset(lane)
        self._catch_up()

    def badges(self, number: int) -> tuple[str, ...]:
        return badges(self.lane(number).spec, network=False)

    def _reset(self, lane: Lane) -> None:
        slot = lane.slot
        done = int(self._counters[slot, codes.STEP])
        self._trail[slot, : done + 1] = np.nan
        self._loss[slot, : done + 1] = np.nan
        self._counters[slot] = 0
        self._counters[slot, codes.SEED] = self.spec.seed if lane.spec.seed is None else lane.spec.seed
        self._theta[slot] = self.start
        self._trail[slot, 0] = self.start
        self._loss[slot, 0] = self.surface.at([self.start]).value[0]
        self._adopt(lane, None, lane.spec.in_force(0)[0], lane.spec.in_force(0)[1])

    def _adopt(self, lane: Lane, before: OptimizerSpec | None, rule: OptimizerSpec, schedule: ScheduleSpec) -> None:
        """Put a rule in force. What two forms of the same rule both keep goes on; another rule begins with fresh state."""
        slot, state = lane.slot, self._state[lane.slot]
        clock = state[-codes.N_CLOCK :].copy()
        goes_on = before is not None and before.code == rule.code and clock[codes.UPDATES] > 0.0
        kept = {name: value.copy() for name, value in state_of(before, state, 2).items()} if before and goes_on else {}
        state[:] = 0.0
        fresh = fresh_state(rule, 2)
        state[-len(fresh) :] = fresh
        if goes_on:
            state[-codes.N_CLOCK :] = clock
            for name, value in state_of(rule, state, 2).items():
                value[...] = kept.get(name, 0.0)
        self._hyper[slot] = 0.0
        set_rule(self._hyper[slot], rule)
        self._hyper[slot, codes.RATE_FACTOR] = 1.0
        moves = kernel_parameters(schedule)
        self._hyper[slot, codes.SCHEDULE_PARAMETERS : codes.SCHEDULE_PARAMETERS + len(moves)] = moves
        self._counters[slot, codes.SCHEDULE] = schedule.row.code
        self._counters[slot, codes.SCHEDULE_UNIT] = codes.STEPS
        self._counters[slot, codes.WARMUP] = schedule.warmup
        (part,) = blocks(rule, POINT)
        self._ops[slot] = 0
        self._ops[slot, codes.EXTRA] = len(rule.state)
        for field, place in part.fields.items():
            self._ops[slot, getattr(codes, field)] = place

    # Running ---------------------------------------------------------------------------------------------------------

    def advance(self, updates: int = 1) -> int:
        """Go on by some updates, or to the end of the race; returns the step arrived at."""
        if updates < 0:
            raise ValueError(f"updates: {updates} given; allowed: 0 or more")
        return self.seek(min(self.step + updates, self.spec.max_steps))

    def seek(self, step: int) -> int:
        """Look at a step; what was not run yet is run."""
        if not 0 <= step <= self.spec.max_steps:
            raise ValueError(f"step: {step} given; allowed: 0 to {self.spec.max_steps}")
        self._run(step)
        self.step = step
        return step

    def _catch_up(self) -> None:
        self._run(self.computed)

    def _run(self, goal: int) -> None:
        """Every lane to `goal` at least, in compiled calls that end where a lane is retuned."""
        self._make_room(goal)
        self._goal[:] = 0
        while True:
            for lane in self.lanes:
                done = int(self._counters[lane.slot, codes.STEP])
                changes = [retune.step for retune in lane.spec.retunes if retune.step > done]
                self._goal[lane.slot] = min([goal, *changes])
            active = [lane for lane in self.lanes if self._alive(lane) and self._done(lane) < self._goal[lane.slot]]
            if not active:
                break
            self._call()
            for lane in active:
                self._apply_retunes(lane)
        self.computed = max(self.computed, goal)

    def _apply_retunes(self, lane: Lane) -> None:
        done = self._done(lane)
        if any(retune.step == done for retune in lane.spec.retunes):
            self._adopt(lane, lane.spec.in_force(done - 1)[0], *lane.spec.in_force(done))

    def _call(self) -> None:
        advance(
            *self.surface.arguments,
            self._ops,
            self._counters,
            self._hyper,
            self._theta,
            self._state,
            self._grad,
            self._scratch,
            self._goal,
            self.spec.noise,
            self.spec.bound,
            self._trail,
            self._loss,
        )

    def _make_room(self, goal: int) -> None:
        have = self._loss.shape[1] - 1
        if goal <= have:
            return
        size = min(max(goal, 2 * have), self.spec.max_steps) + 1
        trail, loss = np.full((MOST_LANES, size, 2), np.nan), np.full((MOST_LANES, size), np.nan)
        trail[:, : have + 1], loss[:, : have + 1] = self._trail, self._loss
        self._trail, self._loss = trail, loss

    def _alive(self, lane: Lane) -> bool:
        return bool(self._counters[lane.slot, codes.STATUS] == codes.RUNNING)

    def _done(self, lane: Lane) -> int:
        return int(self._counters[lane.slot, codes.STEP])

    # Looking ---------------------------------------------------------------------------------------------------------

    def diverged(self, number: int) -> int | None:
        """The update after which a lane was no longer on the surface, or None; it made no other after it."""
        lane = self.lane(number)
        return None if self._alive(lane) else self._done(lane)

    def trail(self, number: int, first: int = 0, last: int | None = None) -> Array:
        """Points after updates first..last (the present step), (n, 2); a diverged lane's end where it left. A view."""
        lane = self.lane(number)
        end = min(self.step if last is None else last, self._done(lane))
        return self._trail[lane.slot, first : end + 1]

    def losses(self, number: int, first: int = 0, last: int | None = None) -> Array:
        """f at the points of `trail`, (n,), without any noise. A view."""
        lane = self.lane(number)
        end = min(self.step if last is None else last, self._done(lane))
        return self._loss[lane.slot, first : end + 1]

    def alone(self, number: int, step: int) -> Race:
        """The race of this lane alone, at a step: the same bits. It has run no further than that."""
        other = Race(self.spec.model_copy(update={"lanes": ()}))
        other.add(self.lane(number).spec)
        other.seek(step)
        return other

    def one_update(self) -> Update:
        """The next update of a race of one lane (`alone`), made, with all that it read."""
        (lane,) = self.lanes
        slot, step = lane.slot, self._done(lane)
        rule = lane.spec.in_force(step)[0]
        theta = self._theta[slot].copy()
        state = {name: value.copy() for name, value in state_of(rule, self._state[slot], 2).items()}
        self._make_room(step + 1)
        self._goal[:] = 0
        self._goal[slot] = step + 1
        self._call()
        made = Update(step, rule, theta, state, self._grad.copy(), self._hyper[slot].copy(), self._theta[slot].copy())
        self._apply_retunes(lane)  # only now: a rule that comes next has numbers of its own
        self.step = self.computed = step + 1
        return made

    def state(self, number: int) -> dict[str, Array]:
        """The rule's state at the present step by name, each (2,). Where the lane has run further it is run there once more."""
        lane, other = self.lane(number), self
        made = lane
        if self._done(lane) > self.step:
            other = self.alone(number, self.step)
            made = other.lanes[0]
        rule = lane.spec.in_force(max(0, self.step - 1))[0]
        return {name: value.copy() for name, value in state_of(rule, other._state[made.slot], 2).items()}

    def updates(self, number: int) -> int:
        """How many updates the rule in force at the present step has made: another rule begins with fresh state."""
        spec = self.lane(number).spec
        before, began = spec.optimizer, 0
        for retune in spec.retunes:
            if retune.step <= self.step:
                began = began if retune.optimizer.code == before.code else retune.step
                before = retune.optimizer
        return self.step - began

    def rate(self, number: int) -> float:
        """The rate of the update that comes next, by the schedule."""
        rule, schedule = self.lane(number).spec.in_force(self.step)
        return float(rates_at(schedule, rule.lr, np.array([self.step]))[0])

    def next_step(self, number: int) -> Array | None:
        """What the next update will add to the point, (2,); None at the race's end and for a lane that diverged."""
        if self.step >= self.spec.max_steps:
            return None
        self._run(self.step + 1)
        points = self.trail(number, self.step, self.step + 1)
        return points[1] - points[0] if len(points) == 2 else None

    def standings(self, threshold: float = 0.01) -> list[Standing]:
        """Every lane at the present step, the least loss first, diverged ones last."""
        least = min((minimum.value for minimum in self.surface.minima), default=0.0)
        found = []
        for lane in self.lanes:
            losses = self.losses(lane.id)
            here = len(losses) - 1
            x, y = (float(value) for value in self.trail(lane.id)[-1])
            there = self.surface.at([[x, y]])
            within = np.flatnonzero(losses - least <= threshold)
            gone = self.diverged(lane.id)
            left = gone is not None and gone <= self.step
            slope = float(np.hypot(*there.gradient[0]))
            reached = int(within[0]) if len(within) else None
            found.append(Standing(lane.id, here, x, y, float(losses[-1]), slope, gone if left else None, reached, here))
        return sorted(
            found, key=lambda s: (s.diverged is not None, not np.isfinite(s.loss), s.loss if np.isfinite(s.loss) else 0.0)
        )

    def time_per_step(self, number: int, updates: int = 2000) -> float:
        """Seconds of engine time that one update of a lane takes: measured now, the best of three runs from the start."""
        lane, best = self.lane(number), np.inf
        for _ in range(3):
            other = Race(self.spec.model_copy(update={"lanes": (), "max_steps": updates}))
            other.add(lane.spec)
            begin = time.perf_counter()
            other.seek(updates)
            best = min(best, (time.perf_counter() - begin) / max(1, other._done(other.lanes[0])))
        return float(best)
