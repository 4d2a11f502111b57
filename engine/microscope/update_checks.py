"""Was it right? The coming update against slopes taken by finite differences and against the change of J that it makes, all on
the very mini-batch, masks and statistics of that update, in the run's own buffers, which are put back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from engine.array import Array
from engine.diagnostics.differences import refined, rounding_of, step_for
from engine.evaluation.tangents import TangentPass
from engine.kernels import codes
from engine.machine.layout import TensorSlot
from engine.machine.trace import trace_update
from engine.microscope.expressions.expression import plain
from engine.microscope.update_equations import slot_of
from engine.rows.activations import ACTIVATIONS

if TYPE_CHECKING:
    from engine.machine.machine import Machine
    from engine.trainer import Trainer

BOUND = 1e-6  # relative: a larger difference is looked at again
FLOOR = 1e-8
Entry = tuple[str, tuple[int, ...]]


@dataclass(frozen=True)
class SlopeCheck:
    """∂J/∂θ of one entry: `analytic` by backpropagation, before clipping, `numeric` by a central difference of `step` each way,
    or, where that disagrees, by shorter and longer ones extrapolated. `error` is relative, |a − n| / max(|a| + |n|, 1e-8).
    `kink`: some unit crossed a corner of its activation in between, or the entry the corner of an L1 penalty, where both are
    right and differ. `noise`: how far `numeric` may be off by rounding and by the length of the step."""

    name: str
    index: tuple[int, ...]
    analytic: float
    numeric: float
    error: float
    step: float
    kink: bool
    noise: float

    @property
    def zero(self) -> bool:
        """Both are 0 but for rounding, as a bias' slope before batch norm is: their relative error says nothing."""
        return max(abs(self.analytic), abs(self.numeric)) <= self.noise

    def as_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "index": list(self.index),
            "analytic": plain(self.analytic),
            "numeric": plain(self.numeric),
            "error": plain(self.error),
            "step": self.step,
            "kink": self.kink,
            "noise": plain(self.noise),
            "zero": self.zero,
        }


@dataclass(frozen=True)
class Change:
    """J of the mini-batch `before` and `after` the update, at the same masks. `linear` is g·Δ, g at the parameters before,
    `quadratic` ½ΔᵀHΔ (H Δ by the tape's own second derivative), `predicted` their sum, `actual` as it came."""

    before: float
    after: float
    linear: float
    quadratic: float

    @property
    def predicted(self) -> float:
        return self.linear + self.quadratic

    @property
    def actual(self) -> float:
        return self.after - self.before

    def as_json(self) -> dict[str, Any]:
        names = ("before", "after", "linear", "quadratic", "predicted", "actual")
        return {name: plain(getattr(self, name)) for name in names}


class BatchObjective:
    """The mini-batch of the coming update under any parameters: J, its gradient, and on which side of corners units stand."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        tape = machine.tape
        ops = tape.ops[:, codes.CODE]
        words = tape.words
        forward = [i for i, word in enumerate(words) if word.phase in ("forward", "loss") and ops[i] not in PREPARATION]
        backward = [i for i, word in enumerate(words) if word.phase == "backward"]
        self.forward = np.ascontiguousarray(tape.ops[forward])
        self.derivative = np.ascontiguousarray(tape.ops[[*forward, *backward]])
        self.last_prepared = min(forward)

    def prepare(self) -> None:
        """Lay out the mini-batch, its masks' key and, for textbook Nesterov, the point where its gradient is taken."""
        for _ in range(self.last_prepared):
            self.machine.one_op()

    def objective(self, theta: Array) -> float:
        """J at `theta` (P,), penalties included."""
        self.machine.theta[...] = theta
        self.machine.run_apart(self.forward)
        return float(self.machine.float_state[codes.LAST_LOSS]) + self._penalty()

    def gradient(self, theta: Array) -> Array:
        """∂J/∂θ at `theta`, (P,) both, penalties included, not clipped."""
        self.machine.theta[...] = theta
        self.machine.run_apart(self.derivative)
        found: Array = self.machine.grad.copy()
        for slot in self.machine.tape.slots:
            if slot.kind == "bias" and not self.machine.spec.network.train_bias:
                slot.view(found)[...] = 0.0
        return found

    def hessian_product(self, theta: Array, v: Array) -> Array:
        """H v of J at `theta`, (P,) each, penalties included: exact, `engine.evaluation.tangents`."""
        machine = self.machine
        machine.theta[...] = theta
        columns = int(machine.int_state[codes.BATCH])
        passed = TangentPass(machine.tape, self._execute, machine.theta, machine.work, columns, codes.TRAINING)
        found: Array = passed.along(v[None], self.derivative)[0]
        for slot in machine.tape.slots:
            if slot.matrix:
                slot.view(found)[...] += machine.spec.regularization.l2 * slot.view(v)
        return found

    def _execute(self, ops: NDArray[np.int64]) -> None:
        self.machine.run_apart(ops)

    def difference(self, theta: Array, at: int, step: float) -> tuple[float, bool]:
        """The central difference of J in entry `at`, and whether some unit crossed a corner in between."""
        up, down = theta.copy(), theta.copy()
        up[at] += step
        down[at] -= step
        above, side = self.objective(up), self.sides()
        below, other = self.objective(down), self.sides()
        return (above - below) / float(up[at] - down[at]), side != other

    def slope(self, theta: Array, at: int, step: float) -> float:
        """The central difference alone."""
        return self.difference(theta, at, step)[0]

    def reach(self, theta: Array) -> list[float]:
        """The largest |h_l| of each layer, l = 0 … L − 1: what its weights multiply."""
        self.objective(theta)
        tape, columns = self.machine.tape, int(self.machine.int_state[codes.BATCH])
        layers = [tape.layout.view(self.machine.work, f"h{layer}", columns) for layer in range(len(tape.sizes) - 1)]
        return [float(np.max(np.abs(values), initial=0.0)) for values in layers]

    def rounding(self, theta: Array) -> float:
        """By how much J is off by rounding, from its neighbours along a line so short that J is straight."""
        reach = max(1.0, *self.reach(theta))
        way = np.random.Generator(np.random.Philox(0)).normal(size=theta.size)
        way *= 1e-5 * step_for(0.0, reach) * np.maximum(1.0, np.abs(theta))
        return rounding_of(lambda t: self.objective(theta + t * way))

    def sides(self) -> bytes:
        """After a forward pass: which units stand above the corners of their activations."""
        tape, columns = self.machine.tape, int(self.machine.int_state[codes.BATCH])
        parts = []
        for layer, name in enumerate(tape.activations, 1):
            if ACTIVATIONS[name].kinks:
                at = f"u{layer}" if tape.norms[layer - 1] else f"z{layer}"
                parts.append((tape.layout.view(self.machine.work, at, columns) > 0.0).tobytes())
        return b"".join(parts)

    def _penalty(self) -> float:
        penalties = self.machine.spec.regularization
        weights = [slot.view(self.machine.theta) for slot in self.machine.tape.slots if slot.matrix]
        return float(sum(0.5 * penalties.l2 * np.sum(W * W) + penalties.l1 * np.sum(np.abs(W)) for W in weights))


PREPARATION = (codes.GATHER, codes.AUGMENT, codes.RATE, codes.LOOK_AHEAD)


@contextmanager
def batch_objective(machine: Machine) -> Iterator[BatchObjective]:
    """A bench at the coming update, its mini-batch laid out; the machine is put back afterwards."""
    kept = machine.copy_buffers()
    machine.abandon_update()
    try:
        made = BatchObjective(machine)
        made.prepare()
        yield made
    finally:
        machine.restore_buffers(kept)


def check(trainer: Trainer, entries: Sequence[Entry]) -> list[SlopeCheck]:
    """Backpropagation against central differences, entry by entry, where the coming update takes its gradient."""
    slots = [(slot_of(trainer, name, index), index) for name, index in entries]
    found = []
    with batch_objective(trainer.machine) as made:
        theta = trainer.machine.theta.copy()
        analytic = made.gradient(theta)
        reach, rounding = made.reach(theta), made.rounding(theta)
        spec = trainer.effective_spec
        for slot, index in slots:
            at = slot.offset + int(np.ravel_multi_index(index, slot.shape))
            step = step_for(float(theta[at]), _source(slot, reach))
            numeric, kink = made.difference(theta, at, step)
            own = float(analytic[at])
            if slot.kind == "bias" and not spec.network.train_bias:
                own = _held(made, theta, at)
            kink = kink or (spec.regularization.l1 > 0.0 and slot.matrix and abs(float(theta[at])) <= step)
            noise = rounding / step
            if not kink and not abs(own - numeric) <= BOUND * (abs(own) + abs(numeric)) + noise:
                slope = refined(partial(made.slope, theta, at), step, rounding)
                numeric, noise = slope.value, slope.error
            error = abs(own - numeric) / max(abs(own) + abs(numeric), FLOOR)
            found.append(SlopeCheck(slot.name, index, own, numeric, error, step, kink, noise))
    return found


def _source(slot: TensorSlot, reach: Sequence[float]) -> float:
    """The size of what a parameter multiplies."""
    if not slot.matrix:
        return 1.0
    return reach[slot.layer - 1] if slot.kind == "weight" else max(reach)


def _held(objective: BatchObjective, theta: Array, at: int) -> float:
    """The derivative that a held bias has all the same."""
    objective.machine.theta[...] = theta
    objective.machine.run_apart(objective.derivative)
    return float(objective.machine.grad[at])


def change(trainer: Trainer) -> Change:
    """What the coming update was to do to J of its mini-batch, and what it does. A ValueError where it cannot be made."""
    machine = trainer.machine
    trace = trace_update(machine)
    if not trace.complete:
        raise ValueError(f"step: update {trace.step + 1} gives a value that is not finite; allowed: an update that can be made")
    with batch_objective(machine) as made:
        kept = machine.copy_buffers()
        machine.abandon_update()
        start = machine.theta.copy()
        machine.restore_buffers(kept)
        end = start.copy()
        for step in trace.steps:
            for slot in machine.tape.slots:
                if step.op.startswith("update") and slot.name in step.results:
                    slot.view(end)[...] = step.results[slot.name]
        delta = end - start
        before, after = made.objective(start), made.objective(end)
        linear = float(made.gradient(start) @ delta)
        return Change(before, after, linear, 0.5 * float(made.hessian_product(start, delta) @ delta))
