"""Curvature where a lane stands: gradient norm, Hessian eigenvalues, what kind of point it is, each optimizer's own stability
bound.

Stability bounds on a local quadratic (MATHS in words): a step along an eigenvector of curvature λ multiplies the distance to
the minimum by a factor that depends on ηλ; it grows beyond the bound.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np

from engine.array import Array
from engine.parts import Parts, at_once

Product = Callable[[Array], Array]
"""v ↦ H v, for v of (P,), or several at once, (k, P)."""

EXACT_UP_TO = 400
"""Parameters up to which the whole Hessian is made, column by column."""
CRITICAL = 1e-3
"""Of a Newton step, in the parameters' own units: one that is longer says that no critical point is here."""
EPSILON = float(np.finfo(np.float64).eps)
FLAT = 1e-6
"""Of the largest curvature: a smaller one counts as 0."""
KRYLOV = 80
"""Hessian products spent on the Newton step of a large network, at most."""

Kind = Literal["minimum", "maximum", "saddle", "degenerate", "not critical", "not smooth"]


@dataclass(frozen=True)
class Curvature:
    """At a point: ‖∇f‖, the length of the Newton step, extreme eigenvalues, the whole spectrum (P,) where it was made
    (ascending), κ = λ_max/λ_min where both are positive, and the kind of point, named only where the Newton step is short.
    `exact` is False of Lanczos' extremes; `error` is how far these may be off; `matrix` is H (P, P) where it was made.

    `corners` of activations at which units stand, and of an L1 penalty: where there are any, the objective has no second
    derivative, the kind of point is "not smooth", and the numbers are those of one side, φ′(0) = 0 as in training."""

    gradient_norm: float
    newton_step: float
    smallest: float
    largest: float
    spectrum: Array | None
    condition: float | None
    kind: Kind
    exact: bool
    error: float = 0.0
    corners: int = 0
    matrix: Array | None = None


class Hessian(Protocol):
    """v ↦ H v of an objective at a point, as `engine.landscape.slices.HessianProducts` makes it: `at_once` directions are best
    given in one call; `corners` says how many corners it met."""

    at_once: int
    corners: int

    def __call__(self, v: Array) -> Array: ...


def hessian_in_parts(product: Product, size: int, at_once: int = 1) -> Parts[tuple[Array, float]]:
    """H (size, size) from its columns, so many of them `at_once`, made symmetric; and how far its eigenvalues may be off by
    rounding. Each pair of equal entries is worked out twice, over different sums: by how much they differ tells."""
    columns = np.empty((size, size))
    for first in range(0, size, at_once):
        rows = np.zeros((min(at_once, size - first), size))
        rows[np.arange(len(rows)), first + np.arange(len(rows))] = 1.0
        columns[first : first + len(rows)] = product(rows if at_once > 1 else rows[0])
        yield (first + len(rows)) / size
    spread = float(np.linalg.norm(columns - columns.T))
    return (columns + columns.T) / 2.0, spread + EPSILON * size * float(np.linalg.norm(columns))


def _tridiagonal(
    product: Product, q: Array, most: int, tolerance: float, *, settled: bool
) -> Parts[tuple[Array, Array, float]]:
    """Eigenvalues and eigenvectors of the tridiagonal matrix that Lanczos' recurrence makes from a unit vector `q`, with full
    reorthogonalization: after `most` products, where the space is used up, or where it is to be `settled`, when the residuals
    of both extremes are below `tolerance` of the largest in size. And the larger of these residuals."""
    basis = np.zeros((min(most, q.size), q.size))
    diagonal: list[float] = []
    beside: list[float] = []
    for k in range(len(basis)):
        basis[k] = q
        w = product(q)
        diagonal.append(float(w @ q))
        for _ in range(2):
            w = w - basis[: k + 1].T @ (basis[: k + 1] @ w)
        length = float(np.linalg.norm(w))
        matrix = np.diag(diagonal) + np.diag(beside, 1) + np.diag(beside, -1)
        if not np.isfinite(matrix).all():
            return np.full(k + 1, np.nan), np.full((k + 1, k + 1), np.nan), np.nan
        values, vectors = np.linalg.eigh(matrix)
        reach = max(abs(values[0]), abs(values[-1]), np.finfo(float).tiny)
        residuals = length * np.abs(vectors[-1, [0, -1]])
        if k + 1 == q.size or length <= 1e-14 * reach or (settled and k >= 2 and (residuals <= tolerance * reach).all()):
            break
        beside.append(length)
        q = w / length
        yield 0.0
    return values, vectors, float(residuals.max())


def lanczos(product: Product, size: int, tolerance: float = 1e-9, most: int = 300, seed: int = 0) -> tuple[float, float]:
    """Smallest and largest eigenvalue of a symmetric matrix known by its products (Lanczos 1950), each until its residual is
    below `tolerance` of the largest in size."""
    return at_once(lanczos_in_parts(product, size, tolerance, most, seed))[:2]


def lanczos_in_parts(
    product: Product, size: int, tolerance: float = 1e-9, most: int = 300, seed: int = 0
) -> Parts[tuple[float, float, float]]:
    """`lanczos`, product by product; and how far off either may be: its residual, and what so small a one can hide."""
    q = np.random.Generator(np.random.Philox(seed)).normal(size=size)
    values, _, residual = yield from _tridiagonal(product, q / np.linalg.norm(q), most, tolerance, settled=True)
    reach = float(np.abs(values).max())
    return float(values[0]), float(values[-1]), max(residual, 10.0 * tolerance * reach)


def newton_length(shares: Array, curvatures: Array) -> float:
    """How far off the critical point of the local quadratic is: √Σ (g_i / |λ_i|)², the gradient's shares g_i (P,) along the
    eigenvectors over their curvatures. A curvature below `FLAT` of the largest counts as that much: along a flat direction a
    gradient that is not nothing either leads far.

    ‖∇f‖ against λ_max alone would not do. On the floor of a narrow valley the gradient points along it, where the curvature is
    λ_min: 1/κ of λ_max, so that half the valley would pass for its lowest point.
    """
    reach = float(np.abs(curvatures).max(initial=0.0))
    if reach == 0.0:
        return 0.0 if not shares.any() else np.inf
    return float(np.linalg.norm(shares / np.maximum(np.abs(curvatures), FLAT * reach)))


def classify(newton_step: float, smallest: float, largest: float, small: float = CRITICAL) -> Kind:
    """The kind of point. Only where the Newton step is at most `small` is it named: elsewhere it is none."""
    reach = max(abs(smallest), abs(largest))
    if not np.isfinite([smallest, largest]).all() or np.isnan(newton_step):
        return "not smooth"
    if newton_step > small:
        return "not critical"
    if reach == 0.0 or min(abs(smallest), abs(largest)) <= FLAT * reach:
        return "degenerate"
    if smallest > 0.0:
        return "minimum"
    return "maximum" if largest < 0.0 else "saddle"


def _found(
    gradient_norm: float,
    step: float,
    smallest: float,
    largest: float,
    small: float,
    spectrum: Array | None,
    H: Array | None,
    error: float = 0.0,
    corners: int = 0,
) -> Curvature:
    condition = largest / smallest if 0.0 < smallest < np.inf and np.isfinite(largest) else None
    kind = classify(step, smallest, largest, small) if corners == 0 else "not smooth"
    return Curvature(gradient_norm, step, smallest, largest, spectrum, condition, kind, H is not None, error, corners, H)


def of_matrix(gradient: Array, H: Array, small: float = CRITICAL, error: float = 0.0, corners: int = 0) -> Curvature:
    """From a gradient (P,) and an exact Hessian (P, P), as surfaces have it."""
    norm = float(np.linalg.norm(gradient))
    if not (np.isfinite(H).all() and np.isfinite(gradient).all()):
        return Curvature(norm, np.nan, np.nan, np.nan, None, None, "not smooth", True, np.nan, corners)
    spectrum, vectors = np.linalg.eigh(np.asarray(H, dtype=np.float64))
    step = newton_length(vectors.T @ gradient, spectrum)
    return _found(norm, step, float(spectrum[0]), float(spectrum[-1]), small, spectrum, H, error, corners)


def of_hessian(gradient: Array, hessian: Hessian, small: float = CRITICAL, exact_up_to: int = EXACT_UP_TO) -> Curvature:
    """From a gradient (P,) and Hessian products, as networks have them: the whole Hessian of a small one, Lanczos' extremes of
    a larger."""
    return at_once(of_hessian_in_parts(gradient, hessian, small, exact_up_to))


def of_hessian_in_parts(
    gradient: Array, hessian: Hessian, small: float = CRITICAL, exact_up_to: int = EXACT_UP_TO
) -> Parts[Curvature]:
    """`of_hessian`, a call of the Hessian at a time."""
    if gradient.size <= exact_up_to:
        H, error = yield from hessian_in_parts(hessian, gradient.size, hessian.at_once)
        return of_matrix(gradient, H, small, error, hessian.corners)
    norm = float(np.linalg.norm(gradient))
    smallest, largest, error = yield from lanczos_in_parts(hessian, gradient.size)
    if norm == 0.0 or not np.isfinite([norm, smallest, largest]).all():
        step = 0.0 if norm == 0.0 else np.nan
        return _found(norm, step, smallest, largest, small, None, None, error, hessian.corners)
    # Begun from the gradient, Lanczos' values and the first entries of their vectors are its shares by curvature (Gauss
    # quadrature of its spectral measure): the same sum as of the whole spectrum.
    values, vectors, _ = yield from _tridiagonal(hessian, gradient / norm, KRYLOV, 0.0, settled=False)
    step = newton_length(norm * vectors[0], values)
    return _found(norm, step, smallest, largest, small, None, None, error, hessian.corners)


def scaled(product: Product, preconditioner: Array) -> Product:
    """P^-½ H P^-½ for a diagonal P, given as that diagonal: symmetric, with the eigenvalues of P⁻¹H."""
    root = np.sqrt(preconditioner)
    return lambda v: product(v / root) / root
