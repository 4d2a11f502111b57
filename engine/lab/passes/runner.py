"""Parts of a tape, run on buffers of their own at the state of a machine, which is left alone: as often as one likes in one
compiled call, so that what is measured is the passes and not the calls."""

from __future__ import annotations

import time

import numpy as np
from numpy.typing import NDArray

from engine.array import Array, zeros
from engine.kernels import codes
from engine.kernels.run import run
from engine.machine.machine import Machine

CLOCK = time.thread_time if time.get_clock_info("thread_time").resolution <= 1e-6 else time.perf_counter
"""Seconds that this thread has computed, so that what else the machine does is not measured; where the system tells these only
roughly, seconds that went by."""
Ops = NDArray[np.int64]
NO_SERIES = np.zeros((1, len(codes.SERIES_COLUMNS)))


class Runner:
    """The first `columns` samples of a machine's training set in a workspace with `room` for numbers behind it. `theta` (P,) is
    the machine's own, or what it is run at instead."""

    def __init__(self, machine: Machine, columns: int, mode: int = codes.STATISTICS, room: int = 0) -> None:
        self.machine, self.tape, self.columns, self.mode = machine, machine.tape, columns, mode
        self.theta = machine.theta
        self.grad = zeros(machine.theta.size)
        self.behind = self.tape.layout.size
        """Where the room behind the tape's own workspace begins."""
        self.work = zeros(self.behind + room)
        self.core = self.tape.core
        self._int_state = np.zeros(codes.N_COUNTERS, dtype=np.int64)
        self._int_state[codes.SOURCE] = codes.ROWS_AS_THEY_LIE
        self._int_state[codes.MODE] = mode
        self._int_state[[codes.ROW_COUNT, codes.BATCH]] = columns
        self._float_state = np.zeros(codes.N_HYPER)
        self._nothing = np.zeros(codes.N_CLOCK)
        self._unordered = np.zeros(0, dtype=np.int64)

    def __call__(self, ops: Ops, times: int = 1) -> None:
        """Run `ops` so many `times` in one call."""
        run(self.core)(
            ops,
            0,
            len(ops),
            times,
            self.machine.evaluation_forward,
            self._int_state,
            self._float_state,
            self.theta,
            self._nothing,
            self.grad,
            self.machine.state,
            self.work,
            self.work,
            self._unordered,
            self.machine.x,
            self.machine.y,
            NO_SERIES,
            self._nothing,
        )

    def seconds(self, ops: Ops, times: int = 1) -> float:
        """What `ops` take, so many `times` in one call; of one of them."""
        begun = CLOCK()
        self(ops, times)
        return (CLOCK() - begun) / times

    @property
    def loss(self) -> float:
        """The mean loss of the last forward pass."""
        return float(self._float_state[codes.LAST_LOSS])

    def values(self, name: str) -> Array:
        """Workspace values of the last pass, (units, columns), a view."""
        return self.tape.layout.view(self.work, name, self.columns)


def forward_ops(runner: Runner) -> Ops:
    """From the samples, which stand in the workspace, to their loss."""
    ops: Ops = runner.tape.forward_ops[1:]
    return ops


def backward_ops(runner: Runner) -> Ops:
    """From the loss to the gradient of all parameters."""
    ops = runner.tape.gradient_ops
    return np.ascontiguousarray(ops[1 + int(np.argmax(ops[:, codes.CODE] == codes.LOSS)) :])
