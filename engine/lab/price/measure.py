"""What a gradient of one network takes, counted on its tape and measured: by backpropagation, by central differences and by
forward mode. The last two are really made where the network is small, and held against backpropagation."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from engine.array import Array
from engine.diagnostics.differences import steps_for
from engine.lab.passes.counts import Ops, multiplications, weights_of
from engine.lab.passes.network import in_words
from engine.lab.passes.runner import Runner, backward_ops, forward_ops
from engine.lab.price.dual import DualRunner, has_dual
from engine.machine.machine import Machine
from engine.machine.tape import Tape
from engine.parts import Parts

FORWARD, BACKWARD, DIFFERENCES, FORWARD_MODE = "forward", "backward", "differences", "forward_mode"
CALL = 3e-4
"""Seconds of one measured call, about: as many passes are made in it as fit. Short, so that few are interrupted by others."""
CALLS, LEAST = 61, 7
LONGEST = 0.08
"""Seconds for the calls of one median, but for the least of them."""
REALLY = 400_000_000
"""Multiplications up to which 2n forward passes, or n of forward mode, are really made, one by one,"""
MOST = 4000
"""and parameters."""
MOST_OF_DUAL = 2_000_000
"""Parameters up to which forward mode has its buffers, three times as large as θ."""
SHORT = 2e-5
"""Seconds that a call takes at least, so that the call itself is not what is measured."""
SLICE = 0.01


@dataclass
class Price:
    """Of one network, for a mini-batch of `batch` samples. By the way in which it is worked out, forward and backward being the
    two halves of backpropagation: `operations`, multiplications of matrix products for each sample; `passes`; `seconds` for the
    batch, medians of many passes: of all that are `really` made, else of some, times their number; `off`, the largest
    difference from backpropagation's gradient, over the largest entry of that."""

    network: str
    weights: int
    first_weights: int
    parameters: int
    batch: int
    operations: dict[str, int]
    passes: dict[str, int]
    seconds: dict[str, float] = field(default_factory=dict)
    really: dict[str, bool] = field(default_factory=dict)
    off: dict[str, float] = field(default_factory=dict)

    @property
    def counted_ratio(self) -> float:
        """Backward over forward, in operations."""
        return self.operations[BACKWARD] / self.operations[FORWARD]

    @property
    def measured_ratio(self) -> float:
        """The same in seconds."""
        return self.seconds[BACKWARD] / self.seconds[FORWARD]


def priced(machine: Machine, batch: int) -> Parts[Price]:
    """The price of one network, in pieces of some milliseconds. Its machine's parameters come back as they were."""
    runner = Runner(machine, batch)
    runner(runner.tape.forward_ops)
    forward, backward = forward_ops(runner), backward_ops(runner)
    dual = DualRunner(machine, batch) if has_dual(machine.tape) and machine.theta.size <= MOST_OF_DUAL else None
    price = _counted(runner.tape, batch, forward, backward, None if dual is None else dual.ops)
    yield 0.1
    passes: list[tuple[Runner, Ops]] = [(runner, forward), (runner, backward), *([(dual, dual.ops)] if dual else [])]
    medians = yield from _medians(passes)
    price.seconds[FORWARD], price.seconds[BACKWARD] = medians[:2]
    runner(forward)
    runner(backward)
    gradient = runner.grad.copy()
    times = _times(medians[0])
    yield from _all_passes(price, DIFFERENCES, medians[0], gradient, lambda: _differences(runner, forward, times))
    if dual is not None:
        made, often = dual, _times(medians[2])
        yield from _all_passes(price, FORWARD_MODE, medians[2], gradient, lambda: _forward_mode(made, often))
    return price


def _counted(tape: Tape, batch: int, forward: Ops, backward: Ops, dual: Ops | None) -> Price:
    (weights, first), n, once = weights_of(tape), tape.parameter_count, multiplications(forward)
    operations = {FORWARD: once, BACKWARD: multiplications(backward), DIFFERENCES: 2 * n * once}
    passes = {FORWARD: 1, BACKWARD: 1, DIFFERENCES: 2 * n}
    if dual is not None:
        operations[FORWARD_MODE], passes[FORWARD_MODE] = n * multiplications(dual), n
    return Price(in_words(tape.sizes), weights, first, n, batch, operations, passes)


def _times(seconds: float) -> int:
    return max(1, math.ceil(SHORT / max(seconds, 1e-8)))


def _medians(passes: Sequence[tuple[Runner, Ops]]) -> Parts[list[float]]:
    """Seconds of one pass of each, the median of many calls, made in turn: what else the machine does hits all alike."""
    times = []
    for runner, ops in passes:
        runner(ops)
        often = max(1, int(CALL / max(runner.seconds(ops), 1e-8)))
        times.append(max(1, int(CALL / max(runner.seconds(ops, often), 1e-8))))
        yield 0.1
    found: list[list[float]] = []
    begun = time.perf_counter()
    while len(found) < CALLS and (len(found) < LEAST or time.perf_counter() - begun < LONGEST * len(passes)):
        found.append([])
        for (runner, ops), often in zip(passes, times, strict=True):
            found[-1].append(runner.seconds(ops, often))
            yield 0.1 + 0.4 * len(found) / CALLS
    return [float(each) for each in np.median(np.array(found), axis=0)]


def _all_passes(
    price: Price, name: str, one: float, gradient: Array, make: Callable[[], Parts[tuple[Array, float]]]
) -> Parts[None]:
    """A gradient pass by pass where that is soon done, else what it would take."""
    work = price.operations[name] * price.batch
    price.really[name] = work <= REALLY and price.parameters <= MOST
    price.seconds[name] = price.passes[name] * one
    if not price.really[name]:
        return
    found, price.seconds[name] = yield from make()
    price.off[name] = float(np.max(np.abs(found - gradient)) / max(np.max(np.abs(gradient)), np.finfo(np.float64).tiny))


def _differences(runner: Runner, forward: Ops, times: int) -> Parts[tuple[Array, float]]:
    """Central differences of the loss by every parameter (P,), and the seconds of all of its forward passes: so many times the
    median of them. Each is made several `times` in its call, and counts once."""
    theta = runner.theta
    steps, found, taken, looked = steps_for(theta), np.empty(theta.size), np.empty((theta.size, 2)), time.perf_counter()
    for index in range(theta.size):
        value, losses = theta[index], []
        points = (value + steps[index], value - steps[index])
        for side, point in enumerate(points):
            theta[index] = point
            taken[index, side] = runner.seconds(forward, times)
            losses.append(runner.loss)
        theta[index] = value
        found[index] = (losses[0] - losses[1]) / (points[0] - points[1])
        if time.perf_counter() - looked > SLICE:
            yield 0.5 + 0.25 * index / theta.size
            looked = time.perf_counter()
    return found, float(np.median(taken)) * taken.size


def _forward_mode(dual: DualRunner, times: int) -> Parts[tuple[Array, float]]:
    """The derivatives along every parameter, a pass each (P,), and the seconds of all of them, as for differences."""
    found, taken, looked = np.empty(dual.parameters), np.empty(dual.parameters), time.perf_counter()
    for index in range(found.size):
        dual.point(index)
        taken[index] = dual.seconds(dual.ops, times)
        found[index] = dual.derivative
        if time.perf_counter() - looked > SLICE:
            yield 0.75 + 0.25 * index / found.size
            looked = time.perf_counter()
    return found, float(np.median(taken)) * taken.size
