"""What is held: parameters, gradients and optimizer state of each layer, and values by batch size and by checkpoints."""

from __future__ import annotations

import math
from collections.abc import Generator
from dataclasses import dataclass

import numpy as np

from engine.array import Array
from engine.kernels import codes
from engine.lab.experiment import ChoiceError
from engine.lab.memory.holding import Held, measured
from engine.lab.memory.schedule import Entry, products, schedule
from engine.lab.subject import Subject
from engine.machine.machine import Machine

MOST_WORK = 3e10
"""Multiplications that all the depths of checkpoints together may take; beyond it only some are measured."""
LARGEST_BATCH = 1024


@dataclass(frozen=True)
class Fixed:
    """Bytes that do not depend on the batch, by layer (layers + 1,); `clock`: what the optimizer counts, of no layer."""

    parameters: Array
    gradients: Array
    optimizer: Array
    clock: int

    @property
    def total(self) -> int:
        return int(self.parameters.sum() + self.gradients.sum() + self.optimizer.sum()) + self.clock


@dataclass(frozen=True)
class Attempt:
    """One update up to its gradient. `equal`: gradient and running statistics have the very bits of the run's own."""

    every: int | None
    entries: list[Entry]
    held: Held
    equal: bool
    ops_again: int
    forward_again: float
    """Multiplications made a second time, in forward passes."""


def fixed(machine: Machine) -> Fixed:
    """Of the arrays of a machine as they are."""
    tape = machine.tape
    found = np.zeros((3, len(tape.sizes)))
    for slot in tape.slots:
        found[0, slot.layer] += slot.view(machine.theta).nbytes
        found[1, slot.layer] += slot.view(machine.grad).nbytes
        found[2, slot.layer] += sum(slot.view(tensor).nbytes for tensor in machine.state_tensors.values())
    for slot in tape.running:
        found[2, slot.layer] += slot.view(machine.state).nbytes
    return Fixed(found[0], found[1], found[2], machine.clock.nbytes)


class Bench:
    """A machine that makes the same next update again and again, one time like any run, then with less and less held."""

    def __init__(self, subject: Subject) -> None:
        self.subject, self.machine = subject, subject.machine()
        self.tape = self.machine.tape
        self.layers = len(self.tape.sizes) - 1
        self.workspace = self.machine.work.nbytes
        self.fixed = fixed(self.machine)
        self.gradient, self.running = self._own_update()
        self.columns = int(self.machine.int_state[codes.BATCH])

    def _own_update(self) -> tuple[Array, Array]:
        """The run's own gradient, before it is clipped or held, and batch norm's running statistics after the update."""
        machine, words = self.machine, self.tape.words
        gradient = np.zeros(0)
        while True:
            if not gradient.size and words[machine.next_op].phase == "update":
                gradient = machine.grad.copy()
            if self.tape.ops[machine.next_op, codes.CODE] == codes.UPDATE:
                return gradient, machine.state[: self.tape.running_size].copy()
            if machine.one_op() not in (codes.RUNNING, codes.SERIES_FULL):
                raise ChoiceError("network", "the run's next update is not finite", "a run that has not diverged")

    def fresh(self, batch: int | None = None) -> Machine:
        """The machine before its next update, its gradient unknown; of another batch size at the beginning of an epoch."""
        machine = self.machine
        machine.restore(self.subject.snapshot)
        machine.grad[...] = np.nan
        if batch is not None:
            machine.int_state[[codes.BATCH_SIZE, codes.CURSOR]] = batch, 0
        return machine

    def attempt(self, every: int | None) -> Generator[None, None, Attempt]:
        entries = schedule(self.tape, every)
        held = Held(np.zeros(1), np.zeros((1, 1)))
        for held in measured(self.fresh(), entries):  # noqa: B007 - the last one is whole
            yield
        same = self.machine.grad.tobytes() == self.gradient.tobytes()
        same &= self.machine.state[: len(self.running)].tobytes() == self.running.tobytes()
        again = [entry.op for entry in entries if entry.again]
        share = sum(products(self.tape, op) for op in again) / self.forward_products
        return Attempt(every, entries, held, same, len(again), share)

    @property
    def forward_products(self) -> int:
        """Multiplications by weights that a forward pass makes for a sample."""
        return sum(products(self.tape, i) for i, word in enumerate(self.tape.words) if word.phase == "forward")

    def cached(self, batch: int) -> Generator[None, None, Array]:
        """Bytes of what is held after the forward pass of a mini-batch of so many samples, by layer."""
        words = self.tape.words
        entries = schedule(self.tape)
        behind = 1 + next(i for i, entry in enumerate(entries) if words[entry.op].phase == "loss")
        held = Held(np.zeros(1), np.zeros((1, 1)))
        for held in measured(self.fresh(batch), entries[:behind]):  # noqa: B007
            yield
        return held.cached

    def batches(self) -> list[int]:
        """Batch sizes to measure: powers of two that the training set has, and the run's own."""
        least, most = (2 if self.tape.coupled else 1), min(LARGEST_BATCH, int(self.machine.int_state[codes.TRAIN_ROWS]))
        sizes = {size for power in range(11) if least <= (size := 2**power) <= most}
        return sorted(sizes | {self.columns})

    def depths(self, wanted: int) -> list[int]:
        """How many layers between checkpoints to measure: all that there are, or where that is long a few."""
        everything = range(1, self.layers + 1)
        if 4.0 * self.layers * self.forward_products * self.columns <= MOST_WORK:
            return list(everything)
        return sorted({1, self.square_root, wanted, self.layers})

    @property
    def square_root(self) -> int:
        return max(1, round(math.sqrt(self.layers)))

    @property
    def checkpoint(self) -> float:
        """Bytes of a layer's h, which is what a checkpoint keeps, on average."""
        return 8.0 * self.columns * sum(self.tape.sizes[1:]) / self.layers
