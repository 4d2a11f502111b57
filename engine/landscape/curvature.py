"""Curvature where a lane stands: gradient norm, Hessian eigenvalues, what kind of point it is, each rule's own speed limit.

Stability bounds on a local quadratic (MATHS in words): a step along an eigenvector of curvature λ multiplies the distance to
the minimum by a factor that depends on ηλ; it grows beyond the bound.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Flat = NDArray[np.float64]
Gradient = Callable[[Flat], Flat]
Product = Callable[[Flat], Flat]

EXACT_UP_TO = 400
"""Parameters up to which the whole Hessian is made, column by column."""
STEP = 1e-3
CRITICAL = 1e-3
FLAT = 1e-6
"""Of the largest curvature: a smaller one counts as 0."""

Kind = Literal["minimum", "maximum", "saddle", "degenerate", "not critical", "not smooth"]


@dataclass(frozen=True)
class Curvature:
    """At a point: ‖∇f‖, extreme eigenvalues, the whole spectrum where it was made (ascending), κ = λ_max/λ_min where both are
    positive, and the kind of point, told only where the gradient is small. `exact` is False of Lanczos' extremes."""

    gradient_norm: float
    smallest: float
    largest: float
    spectrum: Flat | None
    condition: float | None
    kind: Kind
    exact: bool


def hessian_product(gradient: Gradient, theta: Flat, step: float = STEP) -> Product:
    """v ↦ H v by fourth-order central differences of gradients along v: exact to about 1e-11 of ‖H‖ where f is smooth.

    Where a ReLU bends within the step, the difference sees the bend.
    """
    scale = step * (1.0 + float(np.linalg.norm(theta)) / np.sqrt(theta.size))

    def product(v: Flat) -> Flat:
        length = float(np.linalg.norm(v))
        if length == 0.0:
            return np.zeros_like(v)
        h = scale / length
        near = gradient(theta + h * v) - gradient(theta - h * v)
        far = gradient(theta + 2.0 * h * v) - gradient(theta - 2.0 * h * v)
        found: Flat = (8.0 * near - far) / (12.0 * h)
        return found

    return product


def hessian(product: Product, size: int) -> Flat:
    """H (P, P) from its columns, made symmetric."""
    columns = np.stack([product(row) for row in np.eye(size)])
    return (columns + columns.T) / 2.0


def lanczos(product: Product, size: int, tolerance: float = 1e-9, most: int = 300, seed: int = 0) -> tuple[float, float]:
    """Smallest and largest eigenvalue of a symmetric matrix known by its products (Lanczos 1950, with full
    reorthogonalization), each until its residual is below `tolerance` of the largest in size."""
    q = np.random.Generator(np.random.Philox(seed)).normal(size=size)
    basis = np.zeros((min(most, size), size))
    diagonal: list[float] = []
    beside: list[float] = []
    q /= np.linalg.norm(q)
    for k in range(len(basis)):
        basis[k] = q
        w = product(q)
        diagonal.append(float(w @ q))
        for _ in range(2):
            w = w - basis[: k + 1].T @ (basis[: k + 1] @ w)
        length = float(np.linalg.norm(w))
        matrix = np.diag(diagonal) + np.diag(beside, 1) + np.diag(beside, -1)
        values, vectors = np.linalg.eigh(matrix)
        reach = max(abs(values[0]), abs(values[-1]), np.finfo(float).tiny)
        residuals = length * np.abs(vectors[-1, [0, -1]])
        if k + 1 == size or length <= 1e-14 * reach or (k >= 2 and (residuals <= tolerance * reach).all()):
            break
        beside.append(length)
        q = w / length
    return float(values[0]), float(values[-1])


def classify(gradient_norm: float, smallest: float, largest: float, small: float = CRITICAL) -> Kind:
    """The kind of point. Only where ‖∇f‖ is at most `small` of the largest curvature is it told: elsewhere it is none."""
    reach = max(abs(smallest), abs(largest))
    if not np.isfinite([gradient_norm, smallest, largest]).all():
        return "not smooth"
    if gradient_norm > small * max(reach, np.finfo(float).tiny):
        return "not critical"
    if reach == 0.0 or min(abs(smallest), abs(largest)) <= FLAT * reach:
        return "degenerate"
    if smallest > 0.0:
        return "minimum"
    return "maximum" if largest < 0.0 else "saddle"


def _found(
    gradient_norm: float, smallest: float, largest: float, spectrum: Flat | None, small: float, exact: bool
) -> Curvature:
    condition = largest / smallest if 0.0 < smallest < np.inf and np.isfinite(largest) else None
    kind = classify(gradient_norm, smallest, largest, small)
    return Curvature(gradient_norm, smallest, largest, spectrum, condition, kind, exact)


def of_matrix(gradient: Flat, H: Flat, small: float = CRITICAL) -> Curvature:
    """From an exact Hessian, as surfaces have it."""
    norm = float(np.linalg.norm(gradient))
    if not np.isfinite(H).all():
        return Curvature(norm, np.nan, np.nan, None, None, "not smooth", True)
    spectrum: Flat = np.linalg.eigvalsh(H).astype(np.float64)
    return _found(norm, float(spectrum[0]), float(spectrum[-1]), spectrum, small, True)


def of_gradient(gradient: Gradient, theta: Flat, small: float = CRITICAL, exact_up_to: int = EXACT_UP_TO) -> Curvature:
    """From gradients alone, as networks have them: the whole Hessian of a small one, Lanczos' extremes of a larger."""
    g = gradient(theta)
    product = hessian_product(gradient, theta)
    if theta.size <= exact_up_to:
        return of_matrix(g, hessian(product, theta.size), small)
    smallest, largest = lanczos(product, theta.size)
    return _found(float(np.linalg.norm(g)), smallest, largest, None, small, False)


def scaled(product: Product, preconditioner: Flat) -> Product:
    """P^-½ H P^-½ for a diagonal P: symmetric, with the eigenvalues of P⁻¹H."""
    root = np.sqrt(preconditioner)
    return lambda v: product(v / root) / root
