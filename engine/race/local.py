"""Where a lane on the network is: slope, curvature, its own stability bound beside its rate, and the map of rates
and momenta of the quadratic that fits there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.array import Array, copied
from engine.kernels import codes
from engine.landscape.curvature import FLAT, Curvature, Product, hessian_in_parts, of_hessian_in_parts
from engine.landscape.degeneracy import after_newton_step, newton_offset
from engine.landscape.slices import Landscape
from engine.landscape.stability import Bound, PhaseDiagram, bound_in_parts, growth, phase_diagram, unbounded
from engine.parts import Parts
from engine.race.on_network import NetworkRace
from engine.spec import OptimizerSpec

SEEN = 1e-3
"""Of the largest curvature: the map leaves out what is flatter, along which nothing moves in sight whatever the rate."""
MOMENTA = {"sgd": "momentum", "momentum": "momentum", "nesterov": "nesterov"}
"""Optimizers that have a place in the map of rates and momenta, and whose map it is."""


@dataclass(frozen=True)
class Local:
    """Of the objective over the whole training set, where a lane stands. `rate` is that of its next update, `bound` its own
    optimizer's, None where there is none, and `unbounded` says why; `phase` the map, with the lane's momentum and its growth a
    step, or None; `negative` counts eigenvalues below zero where the whole spectrum is known."""

    lane: int
    step: int
    optimizer: OptimizerSpec
    rate: float
    curvature: Curvature
    bound: Bound | None
    unbounded: str | None
    phase: PhaseDiagram | None
    momentum: float | None
    growth: float | None
    negative: int | None


def local_in_parts(race: NetworkRace, number: int, landscape: Landscape | None = None) -> Parts[Local]:
    """A Hessian product at a time. The race may go on meanwhile: it is about where the lane stands when this is called."""
    lane = race.lane(number)
    trainer = lane.trainer
    theta, step = copied(trainer.machine.theta), trainer.steps_done
    optimizer, rate = trainer.effective_spec.optimizer, float(trainer.rate)
    state = {name: copied(value) for name, value in trainer.machine.state_tensors.items()}
    updates = int(trainer.machine.clock[codes.UPDATES])  # of this optimizer: another began anew
    surface = landscape or race.landscape()
    return _local_in_parts(LanePosition(number, step, updates, optimizer, rate, state, theta), surface)


@dataclass(frozen=True)
class LanePosition:
    """A lane as it stood: what the rest depends on. `theta` and each tensor of `state` are (P,)."""

    lane: int
    step: int
    updates: int
    optimizer: OptimizerSpec
    rate: float
    state: dict[str, Array]
    theta: Array


def _local_in_parts(position: LanePosition, surface: Landscape) -> Parts[Local]:
    optimizer, rate, theta = position.optimizer, position.rate, position.theta
    hessian, gradient = surface.hessian(theta), surface.gradient(theta)
    curvature = yield from of_hessian_in_parts(gradient, hessian)
    offset = newton_offset(curvature, gradient)
    if offset is not None:
        beyond = surface.hessian(theta + offset)
        there, _ = yield from hessian_in_parts(beyond, theta.size, beyond.at_once)
        curvature = after_newton_step(curvature, there)
    matrix = curvature.matrix
    product: Product = hessian if matrix is None else lambda v: v @ matrix  # symmetric: for rows v of (k, P), too
    found = yield from bound_in_parts(optimizer, product, theta.size, position.state, position.updates)
    why = unbounded(optimizer, position.state, position.updates)
    phase, momentum, grows = None, None, None
    if optimizer.name in MOMENTA and np.isfinite(curvature.largest) and curvature.largest > 0.0:
        curvatures = upward(curvature)
        momentum = 0.0 if optimizer.name == "sgd" else float(optimizer.parameters["beta"])
        limit = found.rate if found is not None else 0.0
        reach = max(2.2 * 1.99 / curvature.largest, 1.25 * limit, 1.25 * rate if rate < 4.0 * limit else 0.0)
        phase = phase_diagram(MOMENTA[optimizer.name], curvatures, most=reach)
        grows = float(growth(MOMENTA[optimizer.name], rate, momentum, curvatures))
    negative = None
    if curvature.spectrum is not None:
        negative = int(np.sum(curvature.spectrum < -FLAT * max(abs(curvature.smallest), abs(curvature.largest))))
    return Local(position.lane, position.step, optimizer, rate, curvature, found, why, phase, momentum, grows, negative)


def upward(curvature: Curvature) -> list[float]:
    """The least curvature in sight and the largest, or the largest alone where only the extremes are known: downwards no rate
    converges."""
    if curvature.spectrum is None:
        low = [curvature.smallest] if curvature.smallest > SEEN * curvature.largest else []
        return [*low, curvature.largest]
    positive = curvature.spectrum[curvature.spectrum > SEEN * curvature.largest]
    return [float(positive.min()), float(positive.max())]
