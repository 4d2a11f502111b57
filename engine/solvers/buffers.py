"""What the lanes of a race keep that go by a solver: made when the first of them is there."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.array import Array
from engine.kernels.solvers import codes
from engine.kernels.solvers.advance import advance_solvers
from engine.solvers.spec import SolverSpec
from engine.surfaces.function import SurfaceFunction

Counts = NDArray[np.int64]


class SolverBuffers:
    """`kinds` (lanes,) says which solver each lane goes by, if any; `counts` (lanes, steps + 1, 3) what it evaluated since it
    began: f, gradients, Hessians. Nothing is said where it did not go by one."""

    def __init__(self, lanes: int, points: int) -> None:
        self.kinds = np.zeros(lanes, dtype=np.int64)
        self.options = np.zeros((lanes, codes.N_OPTIONS))
        self.memory = np.zeros((lanes, codes.N_MEMORY))
        self.counts = np.empty((lanes, points, codes.N_COUNTS), dtype=np.int32)
        self._used: set[int] = set()

    def reserve(self, points: int) -> None:
        counts = np.empty((len(self.kinds), points, codes.N_COUNTS), dtype=np.int32)
        for slot in self._used:
            counts[slot, : self.counts.shape[1]] = self.counts[slot]
        self.counts = counts

    def adopt(self, slot: int, solver: SolverSpec, step: int) -> None:
        """A lane goes by a solver from a step on, as if it began there."""
        self.kinds[slot] = solver.code
        self.options[slot, : len(solver.numbers)] = solver.numbers
        self.memory[slot] = 0.0
        self.counts[slot, step] = 0
        self._used.add(slot)

    def leave(self, slot: int) -> None:
        self.kinds[slot] = codes.NONE

    def advance(
        self,
        surface: SurfaceFunction,
        int_state: NDArray[np.int64],
        theta: Array,
        goals: NDArray[np.int64],
        bound: float,
        trail: Array,
        loss: Array,
    ) -> None:
        advance_solvers(
            *surface.arguments,
            self.kinds,
            self.options,
            int_state,
            theta,
            self.memory,
            goals,
            bound,
            trail,
            loss,
            self.counts,
        )
