"""The loss of a network over a plane of its parameters: grids from coarse to fine, and true losses beside the slice's."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine.array import Array, copied, fill, pieces, sum_in_order, zeros
from engine.evaluation.evaluator import MOST_VALUES, NO_SERIES, Evaluator
from engine.evaluation.tangents import TangentPass
from engine.kernels import codes
from engine.kernels.landscape import losses_over_plane
from engine.kernels.run import run
from engine.landscape.planes import Plane
from engine.machine.machine import Machine
from engine.machine.tape import Tape
from engine.machine.work import HEAVY, heavy, pieces_of
from engine.parts import Pace, give_way
from engine.pool import MOST_THREADS, pool

Range = tuple[float, float]
COLUMNS = 256
STRIDES = (4, 2, 1)
FEW = 8
"""Points that are not worth another thread."""
AT_ONCE = 2**19
"""Values of the workspaces that Hessian products fill side by side: one call then takes some tens of milliseconds."""
PIECE = 128
"""Points of a picture that one call evaluates: small enough to be stopped soon and to share out evenly."""
SHARED = 4
"""Times what is heavy: a point that is more is evaluated in pieces, in the caller's thread, which gives way between them."""


@dataclass(frozen=True)
class Picture:
    """One level of a grid: f (m, n) at coordinates `a` (n,) and `b` (m,), its points `stride` fine ones apart."""

    a: Array
    b: Array
    values: Array
    stride: int


class _Worker:
    """Buffers of one thread."""

    def __init__(self, owner: Landscape) -> None:
        self.int_state = np.zeros(codes.N_COUNTERS, dtype=np.int64)
        self.int_state[codes.SOURCE] = codes.ROWS_AS_THEY_LIE
        self.int_state[codes.MODE] = codes.STATISTICS
        self.float_state = np.zeros(codes.N_HYPER)
        self.float_state[[codes.L1, codes.L2]] = owner.regularization.l1, owner.regularization.l2
        self.theta = np.zeros(owner.tape.parameter_count)
        self.grad = zeros(self.theta.size)
        self.work = zeros(owner.tape.layout.size)


def _between(origin: Array, directions: Array, a: float, b: float) -> Array:
    """origin + a·directions[0] + b·directions[1], (P,)."""
    point = np.empty_like(origin)
    for piece in pieces(origin.size):
        point[piece] = origin[piece] + a * directions[0, piece] + b * directions[1, piece]
    return point


class Landscape:
    """The objective of a machine's network over a split: data term with the split's own statistics, dropout off, and penalties.

    It holds the machine's data, not its parameters: a training run may go on meanwhile. Calls from several threads are safe.
    """

    def __init__(self, machine: Machine, split: str = "train") -> None:
        self.split = split
        self.x, self.y = Evaluator(machine).rows(split)
        rows = len(self.x)
        self.tape: Tape = machine.compile(machine.spec, min(COLUMNS, rows))
        if self.tape.coupled and rows > COLUMNS:
            self.tape = machine.compile(machine.spec, rows)
            if self.tape.layout.size > MOST_VALUES:
                limit = rows * MOST_VALUES // self.tape.layout.size
                raise ValueError(f"split: {rows} samples at once are too many for batch norm here; allowed: up to {limit}")
        self._forward, self._derivative, self._penalties = self.tape.forward_ops, self.tape.gradient_ops, self.tape.penalty_ops
        self._nothing, self._unordered = np.zeros(0), np.zeros(0, dtype=np.int64)
        self._state = np.zeros(self.tape.running_size + codes.N_CLOCK)
        matrices = [(slot.offset, slot.size) for slot in self.tape.slots if slot.matrix]
        self._matrices = np.array(matrices, dtype=np.int64).reshape(-1, 2)
        self.regularization = machine.spec.regularization
        self._local = threading.local()

    def _worker(self) -> _Worker:
        if not hasattr(self._local, "worker"):
            self._local.worker = _Worker(self)
        found: _Worker = self._local.worker
        return found

    def _evaluate(self, origin: Array, directions: Array, coordinates: Array) -> Array:
        if heavy(self.tape.parameter_count, len(self.x)):
            return np.array([self._one(_between(origin, directions, a, b)) for a, b in coordinates])
        worker, out = self._worker(), np.empty(len(coordinates))
        losses_over_plane(
            self._forward,
            worker.int_state,
            worker.float_state,
            origin,
            directions,
            coordinates,
            worker.theta,
            self._nothing,
            self._state,
            worker.work,
            self._unordered,
            self.x,
            self.y,
            NO_SERIES,
            self._matrices,
            self.regularization.l1,
            self.regularization.l2,
            out,
        )
        return out

    def _one(self, theta: Array) -> float:
        """As `losses_over_plane` has it, but in pieces that give way; the same bits."""
        worker, rows, capacity = self._worker(), len(self.x), self.tape.layout.capacity
        total = 0.0
        for start in range(0, rows, capacity):
            count = min(capacity, rows - start)
            self._pass(self._forward, worker, theta, start, count)
            total += float(worker.float_state[codes.LAST_LOSS]) * count
        give_way()
        squares = sizes = 0.0
        for offset, size in self._matrices:
            weights = theta[offset : offset + size]
            squares = sum_in_order(weights, np.square, squares)
            sizes = sum_in_order(weights, np.abs, sizes)
        return total / rows + (0.5 * self.regularization.l2 * squares + self.regularization.l1 * sizes)

    def at(self, points: list[Array] | Array) -> Array:
        """The objective at parameter vectors (n, P), or one: the true losses of a trajectory, (n,)."""
        given = points if isinstance(points, list) else np.atleast_2d(points)
        still, found = np.zeros((2, self.tape.parameter_count)), np.empty(len(given))
        for index, point in enumerate(given):
            own = np.ascontiguousarray(point, dtype=np.float64)
            found[index] = self._evaluate(own, still, np.zeros((1, 2)))[0]
            give_way()
        return found

    def gradient(self, theta: ArrayLike) -> Array:
        """The gradient of the objective at a parameter vector (P,)."""
        point, worker = np.ascontiguousarray(theta, dtype=np.float64), self._worker()
        rows, capacity = len(self.x), self.tape.layout.capacity
        total = zeros(worker.grad.size)
        for start in range(0, rows, capacity):
            count = min(capacity, rows - start)
            self._pass(self._derivative, worker, point, start, count)
            for piece in pieces(total.size):
                total[piece] += worker.grad[piece] * (count / rows)
        if len(self._penalties):
            fill(worker.grad, total)
            self._pass(self._penalties, worker, point, 0, 1)
            fill(total, worker.grad)
        return total

    def hessian(self, theta: ArrayLike) -> HessianProducts:
        """v ↦ H v of the objective at a parameter vector (P,)."""
        return HessianProducts(self, copied(np.asarray(theta, dtype=np.float64)))

    def hessian_products(self, theta: Array, directions: Array) -> tuple[Array, int]:
        """H v of the objective at `theta` (P,) for each of `directions` (k, P), as many, exact but for rounding; and how many
        corners stand in the way of a second derivative: of activations, and of an L1 penalty."""
        worker, rows, capacity = self._worker(), len(self.x), self.tape.layout.capacity
        total, corners = np.zeros_like(directions), 0
        for start in range(0, rows, capacity):
            count = min(capacity, rows - start)

            def execute(ops: NDArray[np.int64], start: int = start, count: int = count) -> None:
                self._pass(ops, worker, theta, start, count)

            passed = TangentPass(self.tape, execute, theta, worker.work, count, codes.STATISTICS)
            total += passed.along(directions, self._derivative) * (count / rows)
            corners += passed.corners
        for offset, size in self._matrices:
            total[:, offset : offset + size] += self.regularization.l2 * directions[:, offset : offset + size]
            if self.regularization.l1 > 0.0:
                corners += int(np.sum(theta[offset : offset + size] == 0.0))
        return total, corners

    def sample_gradients(self, theta: ArrayLike, parameters: tuple[int, ...], first: int, last: int) -> Array:
        """The data term's gradient of each of the samples first … last − 1 alone, (n, parameters): what its mean is over."""
        point, found = np.ascontiguousarray(theta, dtype=np.float64), np.empty((last - first, len(parameters)))
        for row in range(first, last):
            worker = self._worker()
            self._pass(self._derivative, worker, point, row, 1)
            found[row - first] = worker.grad[list(parameters)]
            give_way()
        return found

    def _pass(self, ops: NDArray[np.int64], worker: _Worker, theta: Array, start: int, count: int) -> None:
        worker.int_state[codes.FIRST_ROW] = start
        worker.int_state[codes.ROW_COUNT] = worker.int_state[codes.BATCH] = count
        for first, last in pieces_of(len(ops), theta.size, count):
            run(self.tape.core)(
                ops,
                first,
                last,
                1,
                self._forward,
                worker.int_state,
                worker.float_state,
                theta,
                self._nothing,
                worker.grad,
                self._state,
                worker.work,
                worker.work,
                self._unordered,
                self.x,
                self.y,
                NO_SERIES,
                self._nothing,
            )
            if worker.int_state[codes.STATUS] != codes.RUNNING:
                break
            give_way()

    def slice_at(self, plane: Plane, coordinates: ArrayLike) -> Array:
        """The objective on the plane at coordinates (n, 2), (n,), shared out over the threads."""
        wanted = np.ascontiguousarray(np.atleast_2d(np.asarray(coordinates, dtype=np.float64)))
        origin, directions = np.ascontiguousarray(plane.origin), np.ascontiguousarray(plane.directions)
        one = self.tape.parameter_count * len(self.x)
        size = min(PIECE, max(FEW, -(-len(wanted) // MOST_THREADS)), max(1, HEAVY // (2 * one)))
        parts = [wanted[first : first + size] for first in range(0, len(wanted), size)]
        found: list[Array] = []
        for first in range(0, len(parts), MOST_THREADS):
            some = parts[first : first + MOST_THREADS]
            shared = len(some) > 1 and one <= SHARED * HEAVY
            found += (pool().map if shared else map)(lambda piece: self._evaluate(origin, directions, piece), some)
            give_way()
        return np.concatenate(found)

    def pictures(self, plane: Plane, across: Range, up: Range, points: int = 101) -> Iterator[Picture]:
        """The whole picture from coarse to fine: each level evaluates what the ones before it left out.

        `points` along each side must leave 1 by division by 4: 25, 53, 101, … so that the coarse grids end at the edges.
        """
        return (level for level in self.pictures_in_parts(plane, across, up, points, np.inf) if level is not None)

    def pictures_in_parts(
        self, plane: Plane, across: Range, up: Range, points: int = 101, seconds: float = 0.01
    ) -> Iterator[Picture | None]:
        """`pictures`, about so long between two yields: None where a level is not done yet."""
        if points < 5 or (points - 1) % STRIDES[0]:
            raise ValueError(f"points: {points} given; allowed: 4 k + 1, at least 5")
        if not (across[0] < across[1] and up[0] < up[1]):
            raise ValueError(f"across, up: {across} and {up} given; allowed: rising ranges")
        a, b = np.linspace(*across, points), np.linspace(*up, points)
        values = np.full((points, points), np.nan)
        known = np.zeros((points, points), dtype=bool)
        everything = not np.isfinite(seconds)
        pace = Pace(seconds, points * points, points * points if everything else FEW)
        for stride in STRIDES:
            wanted = np.zeros_like(known)
            wanted[::stride, ::stride] = True
            rows, columns = np.nonzero(wanted & ~known)
            first = 0
            while first < len(rows):
                some = slice(first, first + pace.begin())
                j, i = rows[some], columns[some]
                values[j, i] = self.slice_at(plane, np.column_stack([a[i], b[j]]))
                pace.end()
                first = some.stop
                if first < len(rows):
                    yield None
            known |= wanted
            yield Picture(a[::stride], b[::stride], values[::stride, ::stride].copy(), stride)

    def picture(self, plane: Plane, across: Range, up: Range, points: int = 101) -> Picture:
        """The finest level alone."""
        *_, last = self.pictures(plane, across, up, points)
        return last


class HessianProducts:
    """v ↦ H v at a point `theta` (P,), for one direction (P,) or several (k, P); best `at_once` or fewer at a time. `corners`:
    how many stood in the way of a second derivative, as far as was looked."""

    def __init__(self, landscape: Landscape, theta: Array) -> None:
        self.landscape, self.theta, self.corners = landscape, theta, 0
        self.at_once = max(1, AT_ONCE // max(1, landscape.tape.layout.size))

    def __call__(self, v: Array) -> Array:
        directions = np.atleast_2d(v)
        found, corners = self.landscape.hessian_products(self.theta, directions)
        self.corners = max(self.corners, corners)
        return found.reshape(np.shape(v))


@dataclass(frozen=True)
class Path:
    """A trajectory over a plane: coordinates (n, 2), distances off it (n,), these over the distance from `reference` (n,), the
    true loss and the slice's loss at the nearest point of the plane, each (n,). Where the two losses differ, the path is not
    where the picture seems to show it, and it may seem to climb."""

    coordinates: Array
    off: Array
    residual: Array
    true_loss: Array
    slice_loss: Array


def path(landscape: Landscape, plane: Plane, points: ArrayLike, reference: ArrayLike | None = None) -> Path:
    """Trajectory points (n, P) over a plane; `reference` is the first point unless given."""
    given = np.atleast_2d(np.asarray(points, dtype=np.float64))
    coordinates = plane.coordinates(given)
    return Path(
        coordinates,
        plane.off(given),
        plane.residual(given, given[0] if reference is None else reference),
        landscape.at(given),
        landscape.slice_at(plane, coordinates),
    )
