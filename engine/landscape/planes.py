"""Planes through parameter space, and where points lie on them: coordinates by least squares, distances off the plane."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine.array import PIECE, Array, copied, fill, pieces, zeros
from engine.machine.layout import TensorSlot
from engine.machine.work import HEAVY
from engine.parts import give_way, giving_way_between
from engine.randomness import generator

Basis = tuple[tuple[Array, Array], tuple[float, float], float]
MANY = 2_000_000
"""Numbers of points that are dealt with in one go."""
Others = Literal["zero", "normal"]
"""What random directions are along biases, norms' and PReLU's parameters: nothing, or normal of the parameter's own norm."""


@dataclass(frozen=True)
class Plane:
    """The points origin + a·directions[0] + b·directions[1]; `origin` (P,), `directions` (2, P), independent but not always
    orthogonal. `explained` (2,): the shares of the trajectories' variance along each, of PCA alone."""

    kind: Literal["weights", "random", "pca", "points"]
    origin: Array
    directions: Array
    names: tuple[str, str] = ("a", "b")
    explained: tuple[float, float] | None = None
    policy: str = ""
    _basis: list[Basis] = field(default_factory=list, repr=False, compare=False)
    """Found once, where it is needed."""

    def __post_init__(self) -> None:
        gram = self.directions @ self.directions.T
        across = gram[0, 0] * gram[1, 1] - gram[0, 1] ** 2
        if not np.isfinite(gram).all() or across <= 1e-14 * gram[0, 0] * gram[1, 1] or gram.trace() == 0.0:
            raise ValueError("plane: its two directions are parallel or zero; allowed: two that span a plane")

    @property
    def cosine(self) -> float:
        """Of the angle between the directions: 0 where they are orthogonal."""
        u, v = self.directions
        return float(u @ v / np.sqrt((u @ u) * (v @ v)))

    def coordinates(self, points: ArrayLike) -> Array:
        """(n, P) -> (n, 2): of the nearest point of the plane, by least squares."""
        given = np.atleast_2d(np.asarray(points, dtype=np.float64))
        if given.size > MANY or given.shape[1] > PIECE:
            return np.array([self._nearest(point) for point in giving_way_between(given, 1)])
        found, *_ = np.linalg.lstsq(self.directions.T, (given - self.origin).T, rcond=None)
        return np.ascontiguousarray(found.T)

    def _nearest(self, point: Array) -> Array:
        """The same of one point among very many numbers, (2,): by an orthonormal basis of the plane, in a few passes."""
        (first, second), lengths, share = self._orthonormal()
        offset = np.empty_like(point)
        for piece in pieces(point.size):
            np.subtract(point[piece], self.origin[piece], out=offset[piece])
        b = float(second @ offset) / lengths[1]
        return np.array([float(first @ offset) / lengths[0] - share * b, b])

    def _orthonormal(self) -> Basis:
        """Two orthonormal vectors q₁, q₂ with u = l₁ q₁ and v = s u + l₂ q₂, (l₁, l₂), and s. Orthogonalized twice, as good as
        by reflections."""
        if self._basis:
            return self._basis[0]
        u, v = self.directions
        length = float(np.linalg.norm(u))
        first, rest, along = copied(u), copied(v), 0.0
        for piece in pieces(u.size):
            first[piece] /= length
        for _ in range(2):
            part = float(first @ rest)
            for piece in pieces(u.size):
                rest[piece] -= part * first[piece]
            along += part
        height = float(np.linalg.norm(rest))
        for piece in pieces(u.size):
            rest[piece] /= height
        self._basis.append(((first, rest), (length, height), along / length))
        return self._basis[0]

    def at(self, coordinates: ArrayLike) -> Array:
        """(n, 2) -> (n, P)."""
        flat: Array = self.origin + np.atleast_2d(np.asarray(coordinates, dtype=np.float64)) @ self.directions
        return flat

    def off(self, points: ArrayLike) -> Array:
        """(n, P) -> (n,): distances from the plane."""
        given = np.atleast_2d(np.asarray(points, dtype=np.float64))
        spots = self.coordinates(given)
        if given.size > MANY:
            return np.array([self._distance(point, a, b) for point, (a, b) in zip(given, spots, strict=True)])
        distances: Array = np.linalg.norm(given - self.at(spots), axis=1)
        return distances

    def _distance(self, point: Array, a: float, b: float) -> float:
        """Of one point among very many numbers from a place of the plane."""
        total = 0.0
        for piece in pieces(point.size):
            left = point[piece] - (self.origin[piece] + a * self.directions[0, piece] + b * self.directions[1, piece])
            total += float(left @ left)
        return math.sqrt(total)

    def share_of(self, points: ArrayLike) -> float:
        """Of the variance of points (n, P) the share that lies within the plane; NaN where they are one point."""
        given = np.atleast_2d(np.asarray(points, dtype=np.float64))
        give_way()
        centred = _less(given, _mean(given))
        total = float(sum(np.sum(some * some) for some in giving_way_between(_stretches(centred), 1)))
        within = Plane(self.kind, np.zeros(given.shape[1]), self.directions)
        left = float(np.sum(within.off(centred) ** 2))
        return 1.0 - left / total if total > 0.0 else float("nan")

    def residual(self, points: ArrayLike, reference: ArrayLike) -> Array:
        """‖θ − P(θ)‖ / ‖θ − θ_ref‖, (n,): 0 on the plane, 1 where the plane shows nothing of the trajectory from θ_ref. 0 at
        θ_ref."""
        given = np.atleast_2d(np.asarray(points, dtype=np.float64))
        start = np.asarray(reference, dtype=np.float64)
        distances = np.concatenate([np.linalg.norm(some - start, axis=1) for some in giving_way_between(_stretches(given), 1)])
        share: Array = np.divide(self.off(given), distances, out=np.zeros(len(given)), where=distances > 0.0)
        return share


def through_weights(origin: Array, first: int, second: int, names: tuple[str, str]) -> Plane:
    """Two parameters by their places in θ (P,); coordinates are what is added to each."""
    if first == second or not (0 <= first < origin.size and 0 <= second < origin.size):
        raise ValueError(f"weights: {first} and {second} given; allowed: two different places from 0 to {origin.size - 1}")
    directions = np.zeros((2, origin.size))
    directions[0, first] = directions[1, second] = 1.0
    return Plane("weights", origin.copy(), directions, names)


def random_directions(
    origin: Array, slots: Sequence[TensorSlot], seed: int, others: Others = "zero", frozen: NDArray[np.int64] | None = None
) -> Plane:
    """Gaussian directions through `origin` (P,), filter-normalized (Li et al. 2018): the part into each unit has the norm of
    that unit's weights.

    `others`: biases, norms' scales and shifts, slopes are left where they are ("zero", Li et al.'s choice for pictures of
    trained networks), or get a normal direction of each tensor's own norm. Places in θ that are `frozen` (n,) stay where they
    are, and count for no norm.
    """
    trained, held = copied(origin), np.zeros(0, dtype=np.int64) if frozen is None else frozen
    trained[held] = 0.0
    directions = zeros(2 * origin.size).reshape(2, -1)
    for number, direction in enumerate(directions):
        random, drawn = generator(seed, "plane", number), np.empty(origin.size)
        for piece in pieces(origin.size):
            drawn[piece] = random.normal(size=drawn[piece].size)
        drawn[held] = 0.0
        for slot in giving_way_between(slots, 1):
            own, into = np.atleast_2d(slot.view(trained)), np.atleast_2d(slot.view(direction))
            if slot.matrix or others == "normal":
                _as_long(own, np.atleast_2d(slot.view(drawn)), into)
    words = "only weight matrices, each unit's part as long as its weights; biases and norms stay"
    if others == "normal":
        words = "each unit's part as long as its weights; of biases and norms each tensor as long as itself"
    return Plane("random", copied(origin), directions, ("first direction", "second direction"), policy=words)


def _as_long(own: Array, drawn: Array, into: Array) -> None:
    """Each row of `drawn` (m, n) at the length of `own`'s."""
    some = max(1, PIECE // own.shape[1])
    for first in range(0, len(own), some):
        rows = drawn[first : first + some]
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        size = np.linalg.norm(own[first : first + some], axis=1, keepdims=True)
        share = np.divide(size, lengths, out=np.zeros_like(size), where=lengths > 0.0)
        np.multiply(rows, share, out=into[first : first + some])
        give_way()


def principal(points: Array, origin: Array | None = None) -> Plane:
    """The plane of the most variance of trajectory points (T, P), by the T×T Gram matrix; through their mean, or `origin`.

    Directions are orthonormal, the sign such that the last point has positive coordinates.
    """
    given = np.asarray(points, dtype=np.float64)
    if given.ndim != 2 or len(given) < 3 or not np.isfinite(given).all():
        raise ValueError("points: at least 3 finite ones are needed for a plane of most variance")
    mean = _mean(given)
    centred = _less(given, mean)
    values, vectors = np.linalg.eigh(_gram(centred))
    total = float(sum(np.sum(some * some) for some in giving_way_between(_stretches(centred), 1)))
    if values[-2] <= 1e-14 * values[-1] or total == 0.0:
        raise ValueError("points: they lie on one line; allowed: points that span a plane")
    directions, steepest = np.empty((2, given.shape[1])), vectors[:, [-1, -2]]
    for piece in pieces(given.shape[1]):
        directions[:, piece] = (centred[:, piece].T @ steepest).T
    _divide(directions, _lengths(directions))
    across = directions[1] @ directions[0]
    for piece in pieces(given.shape[1]):
        directions[1, piece] -= across * directions[0, piece]
    _divide(directions[1:], _lengths(directions[1:]))
    _divide(directions, np.where(directions @ centred[-1] < 0.0, -1.0, 1.0)[:, None])
    give_way()
    shares = np.sum((centred @ directions.T) ** 2, axis=0) / total
    give_way()
    explained = (float(shares[0]), float(shares[1]))
    return Plane(
        "pca", mean if origin is None else copied(origin), directions, ("first component", "second component"), explained
    )


def _lengths(rows: Array) -> Array:
    """Of rows (m, P), (m, 1)."""
    if rows.shape[1] <= PIECE:
        found: Array = np.linalg.norm(rows, axis=1, keepdims=True)
        return found
    return np.array([[math.sqrt(float(row @ row))] for row in giving_way_between(rows, 1)])


def _divide(rows: Array, by: Array) -> None:
    """Each of rows (m, P) by its own number, (m, 1), in place."""
    for piece in pieces(rows.shape[1]):
        rows[:, piece] /= by


def _stretches(points: Array) -> Iterator[Array]:
    """All points (n, P), or where they are very many numbers some of them at a time."""
    if points.size <= MANY:
        yield points
        return
    some = max(1, MANY // points.shape[1])
    for first in range(0, len(points), some):
        yield points[first : first + some]


def finite_of(points: Sequence[Array]) -> Array:
    """Of points (P,), of which there are some, those that are finite: a copy, (m, P)."""
    return stacked([point for point in giving_way_between(points, 1) if np.isfinite(point).all()], points[0].size)


def stacked(points: Sequence[Array], size: int = 0) -> Array:
    """Points (P,) as one array, (n, P); `size`: P, where there may be none."""
    found = np.empty((len(points), points[0].size if points else size))
    for row, point in zip(found, giving_way_between(points, 1), strict=True):
        fill(row, point)
    return found


def _mean(points: Array) -> Array:
    """Of points (n, P), (P,): added in their order, as NumPy does."""
    total: Array = copied(points[0])
    for point in giving_way_between(points[1:], 1):
        total += point
    total /= len(points)
    return total


def _less(points: Array, origin: Array) -> Array:
    """points − origin, (n, P)."""
    found = np.empty_like(points)
    for row, point in zip(found, points, strict=True):
        for piece in pieces(origin.size):
            np.subtract(point[piece], origin[piece], out=row[piece])
    return found


def _gram(points: Array) -> Array:
    """(n, P) -> (n, n)."""
    if len(points) * points.size <= HEAVY:
        found: Array = points @ points.T
        return found
    return np.concatenate([some @ points.T for some in giving_way_between(np.array_split(points, len(points) // 8 + 1), 1)])


def through_points(first: Array, second: Array, third: Array) -> Plane:
    """Through three points: they have the coordinates (0, 0), (1, 0) and (0, 1)."""
    return Plane("points", first.copy(), np.stack([second - first, third - first]), ("to the second", "to the third"))


def frame(coordinates: Array, margin: float = 0.25, least: float = 1e-6) -> tuple[tuple[float, float], tuple[float, float]]:
    """Ranges ((a0, a1), (b0, b1)) that hold all points (n, 2) with a margin, no side below a twentieth of the other."""
    low, high = coordinates.min(axis=0), coordinates.max(axis=0)
    size = np.maximum(high - low, least)
    size = np.maximum(size, 0.05 * size.max())
    middle, half = (low + high) / 2.0, size * (0.5 + margin)
    (a0, b0), (a1, b1) = middle - half, middle + half
    return (float(a0), float(a1)), (float(b0), float(b1))


def grown(
    across: tuple[float, float], up: tuple[float, float], broad: float
) -> tuple[tuple[float, float], tuple[float, float]]:
    """As much more of the shorter side as a picture `broad` times as broad as high has room for, where a unit of one coordinate
    is as long as one of the other."""
    (a0, a1), (b0, b1) = across, up
    wide, high = max(a1 - a0, broad * (b1 - b0)) / 2.0, max(b1 - b0, (a1 - a0) / broad) / 2.0
    a, b = (a0 + a1) / 2.0, (b0 + b1) / 2.0
    return (a - wide, a + wide), (b - high, b + high)
