"""The arrays that the lanes of a race on a surface run in: a row each, advanced together by compiled calls."""

from __future__ import annotations

import numpy as np

from engine.array import Array
from engine.kernels import codes
from engine.kernels.race import advance
from engine.kernels.solvers.codes import GRADIENTS, N_COUNTS, NONE
from engine.machine.updates import blocks, fresh_state, scratch_size, set_optimizer, state_of
from engine.race.spec import MOST_LANES
from engine.rows.rates import kernel_parameters, rates_at
from engine.solvers.buffers import Counts, SolverBuffers
from engine.solvers.spec import LaneOptimizer, SolverSpec
from engine.spec import OptimizerSpec, ScheduleSpec
from engine.surfaces.function import SurfaceFunction

FIRST_CAPACITY = 1024
MOST_TENSORS = 3
STATE_SIZE = 2 * MOST_TENSORS + codes.N_CLOCK
POINT = [("theta", 0, (2,))]


class LaneBuffers:
    """`theta` (lanes, 2), `trail` (lanes, steps + 1, 2) and `loss` (lanes, steps + 1) of up to 16 lanes; NaN where a lane has
    not been. `slot` is a lane's row."""

    def __init__(self, max_steps: int) -> None:
        self.ops = np.zeros((MOST_LANES, codes.N_FIELDS), dtype=np.int64)
        self.int_state = np.zeros((MOST_LANES, codes.N_COUNTERS), dtype=np.int64)
        self.float_state = np.zeros((MOST_LANES, codes.N_HYPER))
        self.theta = np.zeros((MOST_LANES, 2))
        self.state = np.zeros((MOST_LANES, STATE_SIZE))
        self.grad = np.zeros(2)
        """Of the last update made, noise and all."""
        self.goals = np.zeros(MOST_LANES, dtype=np.int64)
        self.trail = np.full((MOST_LANES, min(FIRST_CAPACITY, max_steps) + 1, 2), np.nan)
        self.loss = np.full(self.trail.shape[:2], np.nan)
        self._scratch = np.zeros(max(1, scratch_size([])))
        self._solvers: SolverBuffers | None = None

    def reserve(self, steps: int, max_steps: int) -> None:
        """Room for so many steps at least, never for more than `max_steps`."""
        have = self.loss.shape[1] - 1
        if steps <= have:
            return
        size = min(max(steps, 2 * have), max_steps) + 1
        trail, loss = np.full((MOST_LANES, size, 2), np.nan), np.full((MOST_LANES, size), np.nan)
        trail[:, : have + 1], loss[:, : have + 1] = self.trail, self.loss
        self.trail, self.loss = trail, loss
        if self._solvers is not None:
            self._solvers.reserve(size)

    def reset(self, slot: int, start: tuple[float, float], loss: float, seed: int) -> None:
        """A lane back to step 0, at a start where f is `loss`."""
        done = self.steps_done(slot)
        self.trail[slot, : done + 1] = np.nan
        self.loss[slot, : done + 1] = np.nan
        self.int_state[slot] = 0
        self.int_state[slot, codes.SEED] = seed
        self.theta[slot] = start
        self.trail[slot, 0] = start
        self.loss[slot, 0] = loss

    def adopt(self, slot: int, before: LaneOptimizer | None, optimizer: LaneOptimizer, schedule: ScheduleSpec) -> None:
        """Put an optimizer in force, or a solver, which begins anew."""
        if isinstance(optimizer, SolverSpec):
            if self._solvers is None:
                self._solvers = SolverBuffers(*self.loss.shape)
            self._solvers.adopt(slot, optimizer, self.steps_done(slot))
            return
        if self._solvers is not None:
            self._solvers.leave(slot)
        self._adopt(slot, None if isinstance(before, SolverSpec) else before, optimizer, schedule)

    def _adopt(self, slot: int, before: OptimizerSpec | None, optimizer: OptimizerSpec, schedule: ScheduleSpec) -> None:
        """What two forms of the same optimizer both keep goes on; another begins with fresh state."""
        state = self.state[slot]
        clock = state[-codes.N_CLOCK :].copy()
        goes_on = before is not None and before.code == optimizer.code and clock[codes.UPDATES] > 0.0
        kept = {name: value.copy() for name, value in state_of(before, state, 2).items()} if before and goes_on else {}
        state[:] = 0.0
        steps = np.array([self.steps_done(slot)])
        fresh = fresh_state(optimizer, 2, float(rates_at(schedule, optimizer.lr, steps)[0]))
        state[-len(fresh) :] = fresh
        if goes_on:
            state[-codes.N_CLOCK :] = clock
            for name, value in state_of(optimizer, state, 2).items():
                value[...] = kept.get(name, 0.0)
        self.float_state[slot] = 0.0
        set_optimizer(self.float_state[slot], optimizer)
        self.float_state[slot, codes.RATE_FACTOR] = 1.0
        moves = kernel_parameters(schedule)
        self.float_state[slot, codes.SCHEDULE_PARAMETERS : codes.SCHEDULE_PARAMETERS + len(moves)] = moves
        self.int_state[slot, codes.SCHEDULE] = schedule.row.code
        self.int_state[slot, codes.SCHEDULE_UNIT] = codes.STEPS
        self.int_state[slot, codes.WARMUP] = schedule.warmup
        (part,) = blocks(optimizer, POINT)
        self.ops[slot] = 0
        for field, number in part.fields.items():
            self.ops[slot, getattr(codes, field)] = number

    def advance(self, surface: SurfaceFunction, noise: float, bound: float) -> None:
        """Every lane to its goal, or to where it leaves the surface."""
        goals = self.goals
        if self._solvers is not None:
            solving = self._solvers.kinds != NONE
            theirs, goals = np.where(solving, goals, 0), np.where(solving, 0, goals)
            self._solvers.advance(surface, self.int_state, self.theta, theirs, bound, self.trail, self.loss)
        advance(
            *surface.arguments,
            self.ops,
            self.int_state,
            self.float_state,
            self.theta,
            self.state,
            self.grad,
            self._scratch,
            goals,
            noise,
            bound,
            self.trail,
            self.loss,
        )

    def alive(self, slot: int) -> bool:
        return bool(self.int_state[slot, codes.STATUS] == codes.RUNNING)

    def steps_done(self, slot: int) -> int:
        return int(self.int_state[slot, codes.STEP])

    def evaluations(self, slot: int, stages: list[tuple[int, LaneOptimizer]], first: int, last: int) -> Counts:
        """Evaluations of f, its gradient and its Hessian up to steps first..last, (n, 3). `stages`: what a lane goes by from
        which step on. An optimizer's update takes one gradient."""
        found = np.zeros((last - first + 1, N_COUNTS), dtype=np.int64)
        before = np.zeros(N_COUNTS, dtype=np.int64)
        ends = [*(min(step, last) for step, _ in stages[1:]), last]
        for (begin, optimizer), end in zip(stages, ends, strict=True):
            if end <= begin:
                continue
            here = min(max(begin + 1, first), end)
            if isinstance(optimizer, SolverSpec):
                assert self._solvers is not None
                own = before + self._solvers.counts[slot, here : end + 1]
            else:
                own = np.tile(before, (end + 1 - here, 1))
                own[:, GRADIENTS] += np.arange(here, end + 1) - begin
            if end >= first:
                found[here - first : end + 1 - first] = own
            before = own[-1]
        return found

    def state_tensors(self, slot: int, optimizer: OptimizerSpec) -> dict[str, Array]:
        """Copies of a lane's optimizer state by name, (2,) each."""
        return {name: value.copy() for name, value in state_of(optimizer, self.state[slot], 2).items()}
