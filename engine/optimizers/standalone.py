"""An optimizer on any objective: the kernels that train a network, given a point and its gradients by the caller."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from engine.array import Array
from engine.kernels import codes
from engine.kernels.optimizers.standalone import apply_update, prepare_update
from engine.machine.updates import blocks, fresh_state, scratch_size, set_optimizer, state_of
from engine.spec import OptimizerSpec


class StandaloneOptimizer:
    """One point on its way down. A matrix is a matrix to the optimizers that care (Muon); a vector is not.

    lane = StandaloneOptimizer(OptimizerSpec(name="adam", lr=0.1), [-1.0, 1.0])
    while lane.step(gradient(lane.ahead())): ...
    """

    def __init__(self, optimizer: OptimizerSpec, start: ArrayLike) -> None:
        first = np.array(start, dtype=np.float64)
        if first.ndim not in (1, 2) or not first.size or not np.isfinite(first).all():
            raise ValueError(f"start: shape {first.shape} given; allowed: finite numbers, a vector or a matrix, not empty")
        self.optimizer = optimizer
        self.shape = first.shape
        self.theta: Array = first.ravel()
        self.state = fresh_state(optimizer, self.theta.size, optimizer.lr)
        self._float_state = np.zeros(codes.N_HYPER)
        set_optimizer(self._float_state, optimizer)
        parts = blocks(optimizer, [("theta", 0, self.shape)])
        self._ops = np.zeros((len(parts), codes.N_FIELDS), dtype=np.int64)
        for op, part in zip(self._ops, parts, strict=True):
            for field, value in part.fields.items():
                op[getattr(codes, field)] = value
        self._gradient = np.zeros_like(self.theta)
        self._scratch = np.zeros(scratch_size(parts))
        self._under_way = False

    @property
    def point(self) -> Array:
        """Where it stands (textbook Nesterov between `ahead` and `step`: where its gradient is taken), a copy of the shape of
        `start`."""
        return self.theta.reshape(self.shape).copy()

    @property
    def tensors(self) -> dict[str, Array]:
        """The optimizer's state by name, each of the point's shape: views."""
        return {name: flat.reshape(self.shape) for name, flat in state_of(self.optimizer, self.state, self.theta.size).items()}

    @property
    def updates(self) -> int:
        """Updates made."""
        return int(self.state[codes.UPDATES - codes.N_CLOCK])

    def ahead(self) -> Array:
        """Where the gradient of the next update is to be taken: the point itself, but for textbook Nesterov; of the
        shape of `start`."""
        if not self._under_way:
            prepare_update(self._ops, self.theta, self.state, self._float_state)
            self._under_way = True
        return self.point

    def step(self, gradient: ArrayLike) -> bool:
        """One update from the gradient at `ahead()`, of the point's shape. False where it leaves the finite numbers."""
        g = np.asarray(gradient, dtype=np.float64)
        if g.shape != self.shape:
            raise ValueError(f"gradient: shape {g.shape} given; allowed: {self.shape}")
        self.ahead()
        self._under_way = False
        self._gradient[...] = g.ravel()
        return bool(apply_update(self._ops, self.theta, self._gradient, self.state, self._float_state, self._scratch))
