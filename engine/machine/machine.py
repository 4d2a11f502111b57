"""The numbers of a run: buffers, the tape in force, and the compiled `run` over them. The timeline is `engine.trainer`'s."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.array import Array, copied, fill, pieces, zeros
from engine.dataset import Dataset
from engine.kernels import codes
from engine.kernels.optimizers.dispatch import NESTEROV_LOOK_AHEAD
from engine.kernels.run import run
from engine.kernels.threads import one_blas_thread
from engine.machine.compiler import compile_tape
from engine.machine.start import Start, initial
from engine.machine.tape import NONE_FROZEN, Op, Tape
from engine.machine.updates import fresh_state, set_optimizer, state_of
from engine.machine.work import heavy, parts_of, pieces_of
from engine.optimizers import PYTORCH, TEXTBOOK
from engine.optimizers.row import SAVED
from engine.parts import give_way, unbroken, whole
from engine.recording import rules
from engine.rows.rates import kernel_parameters, rates_at
from engine.spec import RunSpec

BUFFERS = ("int_state", "float_state", "theta", "theta_before", "change", "grad", "state", "rules", "work", "order")
TAPES = 4
"""Tapes of a machine that are kept."""
NEVER = 2**62
"""A step that no run comes to."""
EVALUATION_COLUMNS = 256
SERIES_ROWS = 1024
LOSSES = 8192
"""Of the newest updates, each with its mini-batch's loss."""
TORCH_CLIP_EPS = 1e-6  # torch.nn.utils.clip_grad_norm_ divides by norm + 1e-6


@dataclass(frozen=True)
class Snapshot:
    """The state after update `step`, before the edits that precede the next one: copies of the machine's `theta` (P,), `state`
    (running statistics, the optimizer's tensors, its clock) and `rules` (`engine.recording.rules.N_STATE`,); places in θ of
    the `frozen` entries (n,)."""

    step: int
    epoch: int
    cursor: int
    spec: RunSpec
    theta: Array
    state: Array
    rules: Array
    frozen: NDArray[np.int64]

    @property
    def bytes(self) -> int:
        return self.theta.nbytes + self.state.nbytes + self.rules.nbytes + self.frozen.nbytes


class Machine:
    """Buffers of one network in training. One caller at a time."""

    def __init__(self, spec: RunSpec, dataset: Dataset, parameters: Start | None = None) -> None:
        one_blas_thread()
        self.dataset = dataset
        self.x, self.y = dataset.stacked()
        self.int_state = np.zeros(codes.N_COUNTERS, dtype=np.int64)
        self.float_state = np.zeros(codes.N_HYPER)
        self.order = np.zeros(dataset.rows[0], dtype=np.int64)
        self.series = np.zeros((SERIES_ROWS, len(codes.SERIES_COLUMNS)))
        self.losses = np.zeros(LOSSES)
        self._tapes: list[tuple[RunSpec, int, NDArray[np.int64], Tape]] = []
        self._lay_evaluation(spec)
        self.evaluation_work = zeros(self.evaluation_tape.layout.size)
        self.theta = initial(self.evaluation_tape, spec, parameters)
        self.grad = zeros(self.theta.size)
        self.change = zeros(self.theta.size)
        self.theta_before = copied(self.theta)  # at the beginning of an update that is made op by op
        self.state = np.zeros(0)
        self.rules = rules.initial_state()
        self.frozen = NONE_FROZEN
        give_way()
        self.begin(spec)
        give_way()

    # What is in force ------------------------------------------------------------------------------------------------

    def begin(self, spec: RunSpec) -> None:
        """Step 0 of `spec`, with the parameters as they are."""
        self.int_state[[codes.STEP, codes.EPOCH, codes.CURSOR, codes.RECORDED]] = 0
        self._lay(spec)
        self.state = np.zeros(self.tape.running_size)
        for slot in self.tape.running:
            slot.view(self.state)[...] = float(slot.name.startswith("var"))
        self._reset_state()
        int_state = self.int_state
        int_state[codes.TRAIN_ROWS : codes.TRAIN_ROWS + 3] = self.dataset.rows
        int_state[codes.SEED] = spec.seed
        int_state[codes.CLASSIFY] = self.dataset.task == "classification"
        int_state[codes.RECORD_UNIT] = codes.EPOCHS if spec.eval_every == "epoch" else codes.STEPS

    def adopt(self, spec: RunSpec) -> None:
        """Go on under another spec of the same network. A change of optimizer resets its state; one of batches begins an
        epoch."""
        before, tensors, clock = self.spec, self.state_tensors, self.clock
        rules.adopt(self.rules, before, spec)
        self._lay(spec)
        if (before.batch_size, before.shuffle) != (spec.batch_size, spec.shuffle) and self.int_state[codes.CURSOR] > 0:
            self.int_state[codes.EPOCH] += 1
            self.int_state[codes.CURSOR] = 0
        another = before.optimizer.code != spec.optimizer.code or before.optimizer.name != spec.optimizer.name
        if another or clock[codes.UPDATES] == 0.0:
            self._reset_state()
        elif before.optimizer.state != spec.optimizer.state:  # an option of the same optimizer: what both forms keep goes on
            self._reset_state()
            self.clock[...] = clock
            for name, values in self.state_tensors.items():
                values[...] = tensors.get(name, 0.0)

    def freeze(self, places: NDArray[np.int64]) -> None:
        """From the next update on, the entries at these `places` in θ (n,), ascending, and no others, stay as they are."""
        self.frozen = places
        self._lay(self.spec)

    def compile(self, spec: RunSpec, columns: int, frozen: NDArray[np.int64] = NONE_FROZEN) -> Tape:
        """The tape of this data's network for mini-batches of at most `columns`, with entries that are `frozen`. The last ones
        are kept: seeking goes back to the same spec, and a tape does not change."""
        for known, width, places, tape in self._tapes:
            if known is spec and width == columns and places is frozen:
                return tape
        tape = compile_tape(spec, self.x.shape[1], self.y.shape[1], columns, self.dataset.image_shape, frozen)
        self._tapes = [*self._tapes[1 - TAPES :], (spec, columns, frozen, tape)]
        return tape

    def _lay_evaluation(self, spec: RunSpec) -> None:
        self.evaluation_numerics = spec.numerics
        self.evaluation_tape = self.compile(spec, min(EVALUATION_COLUMNS, max(self.dataset.rows)))
        self.evaluation_forward = self.evaluation_tape.forward_ops

    def _lay(self, spec: RunSpec) -> None:
        """All that a spec decides but the optimizer's state, whether the spec is edited, undone or sought."""
        if spec.numerics != self.evaluation_numerics:
            self._lay_evaluation(spec)
        rows = self.dataset.rows[0]
        batch = rows if spec.batch_size == "full" else min(spec.batch_size, rows)
        self.spec = spec
        self.tape = self.compile(spec, batch, self.frozen)
        self.work = whole(zeros, self.tape.layout.size)
        self.work[self.tape.frozen.at :: 2] = self.frozen
        self.next_op = 0
        self.int_state[codes.BATCH_SIZE] = batch
        self.int_state[codes.SHUFFLE] = spec.shuffle
        self.int_state[codes.ORDER_EPOCH] = -1
        self.int_state[codes.SOURCE] = codes.MINI_BATCHES
        self.int_state[codes.MODE] = codes.TRAINING
        set_optimizer(self.float_state, spec.optimizer)
        self.float_state[codes.L1] = spec.regularization.l1
        self.float_state[codes.L2] = spec.regularization.l2
        self.float_state[codes.JITTER] = spec.regularization.jitter
        self.float_state[codes.CLIP_NORM] = spec.clip.norm or 0.0
        own = kernel_parameters(spec.schedule)
        self.float_state[codes.SCHEDULE_PARAMETERS : codes.SCHEDULE_PARAMETERS + len(own)] = own
        self.float_state[codes.RATE_FACTOR] = self.rules[rules.FACTOR]
        self.int_state[codes.SCHEDULE] = spec.schedule.row.code
        self.int_state[codes.SCHEDULE_UNIT] = codes.EPOCHS if spec.schedule.unit == "epoch" else codes.STEPS
        self.int_state[codes.WARMUP] = spec.schedule.warmup
        self.int_state[codes.SERIES_ROOM] = 1 if rules.in_force(spec) else SERIES_ROWS
        self.float_state[codes.CLIP_VALUE] = spec.clip.value or 0.0
        self.float_state[codes.CLIP_EPS] = TORCH_CLIP_EPS if spec.optimizer.dialect == PYTORCH else 0.0

    def _reset_state(self) -> None:
        """The optimizer's state as at its start; the running statistics stay."""
        running = self.tape.running_size
        state = whole(fresh_state, self.spec.optimizer, self.theta.size, self._next_rate, running)
        state[:running] = self.state[:running]
        self.state = state

    @property
    def _next_rate(self) -> float:
        """The schedule's rate of the update to come."""
        spec, unit = self.spec, codes.EPOCH if self.spec.schedule.unit == "epoch" else codes.STEP
        t = np.array([self.int_state[unit]])
        return float(rates_at(spec.schedule, spec.optimizer.lr, t, float(self.rules[rules.FACTOR]))[0])

    @property
    def clock(self) -> Array:
        """What the optimizer counts and multiplies up, (codes.N_CLOCK,), a view."""
        return self.state[-codes.N_CLOCK :]

    @property
    def step(self) -> int:
        return int(self.int_state[codes.STEP])

    @property
    def state_tensors(self) -> dict[str, Array]:
        """The optimizer's state by name, (P,) each: views."""
        return state_of(self.spec.optimizer, self.state, self.theta.size)

    def nesterov_points(self, rate: float) -> dict[str, Array] | None:
        """θ and θ − ηβv, (P,) each, by the dialect whose parameters they are; None where another optimizer is in force. The
        textbook looks ahead by the `rate` of the update to come, PyTorch's parameters already stand where the last one's
        led."""
        optimizer = self.spec.optimizer
        if optimizer.name != "nesterov":
            return None
        tensors = self.state_tensors
        way = optimizer.parameters["beta"] * tensors["v"]
        way[self.frozen] = 0.0
        if optimizer.dialect == PYTORCH:
            return {TEXTBOOK: self.theta + self.float_state[codes.ETA] * way, PYTORCH: self.theta.copy()}
        if self._looks_ahead:  # in the middle of an update
            return {TEXTBOOK: tensors["saved"].copy(), PYTORCH: self.theta.copy()}
        return {TEXTBOOK: self.theta.copy(), PYTORCH: self.theta - rate * way}

    # Running ---------------------------------------------------------------------------------------------------------

    @property
    def heavy_update(self) -> bool:
        """Whether an update is more than a piece."""
        return heavy(self.theta.size, int(self.int_state[codes.BATCH_SIZE]), 3, self.tape.update_work)

    def updates(self, count: int) -> int:
        """Run up to `count` whole updates in one compiled call; the status says why fewer."""
        self._run_on(self.tape.ops, 0, len(self.tape.ops), count)
        return int(self.int_state[codes.STATUS])

    def one_op(self) -> int:
        """Run the next op of the present update; in parts where it is heavy by itself, and left on the way it is half done."""
        op = self.next_op
        if op == 0:
            fill(self.theta_before, self.theta)
        ops = self.tape.ops
        *parts, last = parts_of(ops[op])
        for part in parts:
            self._run_on(np.vstack([part, part]), 0, 1, 1)  # not the last of its tape: no update is made by it
            give_way()
        if parts:
            ops = ops.copy()
            ops[op] = last
        self._run_on(ops, op, op + 1, 1)
        status = int(self.int_state[codes.STATUS])
        if status in (codes.RUNNING, codes.SERIES_FULL):
            self.next_op = (op + 1) % len(self.tape.ops)
            if self.next_op == 0:
                self._note_change()
        return status

    def _note_change(self) -> None:
        """What the update that was made has changed, whoever wants to leave it now."""
        with unbroken():
            for piece in pieces(self.theta.size):
                np.subtract(self.theta[piece], self.theta_before[piece], out=self.change[piece])

    def run_apart(self, ops: NDArray[np.int64]) -> int:
        """Run ops on the buffers as they stand, outside the update's course; the status they leave."""
        apart = given = np.ascontiguousarray(np.atleast_2d(ops))
        if self.tape.update_work:
            apart = np.concatenate([part for op in given for part in parts_of(op)])
        for first, last in pieces_of(len(apart), self.theta.size, int(self.int_state[codes.BATCH]), len(apart) > len(given)):
            self._run_on(apart, first, last, 1)
            if self.int_state[codes.STATUS] != codes.RUNNING:
                break
            give_way()
        return int(self.int_state[codes.STATUS])

    def _run_on(self, ops: NDArray[np.int64], first: int, last: int, count: int) -> None:
        run(self.tape.core)(
            ops,
            first,
            last,
            count,
            self.evaluation_forward,
            self.int_state,
            self.float_state,
            self.theta,
            self.change,
            self.grad,
            self.state,
            self.work,
            self.evaluation_work,
            self.order,
            self.x,
            self.y,
            self.series,
            self.losses,
        )

    def take_series(self) -> Array:
        """The points recorded since the last call, (n, columns); the rules in force see each."""
        points = self.series[: self.int_state[codes.RECORDED]].copy()
        self.int_state[codes.RECORDED] = 0
        for point in points:
            self.observe(point)
        return points

    def observe(self, point: Array) -> None:
        """Let the rules in force see a point (columns,) of the series."""
        if rules.in_force(self.spec):
            rules.observe(self.rules, self.spec, point, validated=self.dataset.rows[1] > 0)
            self.float_state[codes.RATE_FACTOR] = self.rules[rules.FACTOR]

    def first_nonfinite_op(self) -> str:
        """The first op of the present update whose result is not finite, by the status the last call left."""
        updating = self.int_state[codes.STATUS] == codes.UPDATE_NON_FINITE
        for code, op in zip(self.tape.ops[:, codes.CODE], self.tape.words, strict=True):
            if updating == (code == codes.UPDATE) and not all(np.isfinite(values).all() for values in self._results(code, op)):
                return op.name
        return "update"

    def _results(self, code: int, op: Op) -> Iterator[Array]:
        """What an op wrote, as it stands in the buffers."""
        if code == codes.CLIP:
            yield self.float_state[codes.GRADIENT_NORM : codes.GRADIENT_NORM + 1]
        own = {slot.name: slot for slot in self.tape.slots}
        for name in op.writes:
            if name in own:
                yield own[name].view(self.theta)
                yield from (own[name].view(state) for state in self.state_tensors.values() if code == codes.UPDATE)
            elif name[1:] in own:
                yield own[name[1:]].view(self.grad)
            else:
                yield self.tape.layout.view(self.work, name, int(self.int_state[codes.BATCH]))

    def record_nothing(self) -> None:
        """No more points of the series, until `restore_buffers`: of an update that is made to be looked at they are not wanted,
        and may be looks at all of the data."""
        self.int_state[codes.RECORD_AFTER] = NEVER

    def abandon_update(self) -> None:
        """Leave an update begun but not made: parameters as they were before it."""
        if self._looks_ahead or (self._has_look_ahead and self.int_state[codes.STATUS] == codes.NON_FINITE):
            self.theta[...] = self.state_tensors[SAVED]
        self.next_op = 0

    @property
    def _has_look_ahead(self) -> bool:
        return bool(self.tape.ops[-1, codes.KIND] == NESTEROV_LOOK_AHEAD)

    @property
    def _looks_ahead(self) -> bool:
        """Whether theta is where textbook Nesterov takes its gradient, in the middle of an update."""
        return self._has_look_ahead and self.next_op > self.tape.first(codes.LOOK_AHEAD)

    # Keeping and going back ------------------------------------------------------------------------------------------

    def snapshot(self) -> Snapshot:
        own = self.int_state
        theta, state = whole(copied, self.theta), whole(copied, self.state)
        return Snapshot(
            self.step, int(own[codes.EPOCH]), int(own[codes.CURSOR]), self.spec, theta, state, self.rules.copy(), self.frozen
        )

    def restore(self, snapshot: Snapshot) -> None:
        self.rules[...] = snapshot.rules
        self.frozen = snapshot.frozen
        self._lay(snapshot.spec)
        whole(fill, self.theta, snapshot.theta)
        self.state = whole(copied, snapshot.state)
        self.int_state[codes.STEP] = snapshot.step
        self.int_state[codes.EPOCH] = snapshot.epoch
        self.int_state[codes.CURSOR] = snapshot.cursor

    def copy_buffers(self) -> dict[str, Any]:
        """A copy of every buffer, from which `restore_buffers` puts the machine back exactly."""
        found: dict[str, Any] = {name: np.empty_like(getattr(self, name)) for name in BUFFERS}
        for name, values in found.items():
            fill(values, getattr(self, name))
        return found | {"next_op": self.next_op}

    def restore_buffers(self, buffers: dict[str, Any]) -> None:
        """All of them, whoever wants to leave it in the middle."""
        with unbroken():
            for name, value in buffers.items():
                if name == "next_op":
                    self.next_op = value
                else:
                    fill(getattr(self, name), value)

    def equal(self, other: Machine) -> None:
        """Take over the state of a machine of the same spec and data; what an update left in the workspace is none."""
        if not np.array_equal(self.frozen, other.frozen):
            self.freeze(other.frozen)
        for name in BUFFERS:
            if name != "work" or other.next_op:
                fill(getattr(self, name), getattr(other, name))
        self.next_op = other.next_op
