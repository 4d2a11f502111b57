"""Each optimizer's own stability bound on a local quadratic, and the map of rates and momenta with its border."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from engine.array import Array
from engine.landscape.curvature import Product, hessian_in_parts, lanczos_in_parts, scaled
from engine.optimizers.stability import Stability
from engine.parts import Parts, at_once
from engine.solvers.spec import LaneOptimizer

DIRECT_UP_TO = 400


@dataclass(frozen=True)
class Bound:
    """The largest stable rate at a point: `formula` in LaTeX, `curvature` the λ_max it is taken of (of P⁻¹H where the optimizer
    divides by running squares, frozen as they are; with what a decay that is multiplied by the rate adds), `rate` the bound,
    infinite where nothing curves upwards."""

    formula: str
    curvature: float
    rate: float
    frozen: bool


def limit_of(optimizer: LaneOptimizer) -> Stability | None:
    """Its row's speed limit; None for optimizers whose steps are no multiple of the gradient."""
    limit = optimizer.stability
    return None if isinstance(limit, str) else limit


def factor(optimizer: LaneOptimizer, updates: int = 0) -> tuple[float, str] | None:
    """c of η < c / λ_max after so many updates and its LaTeX; None where there is none."""
    limit = limit_of(optimizer)
    return None if limit is None else (limit.factor(optimizer.parameters, updates), limit.formula)


def preconditioner(optimizer: LaneOptimizer, state: dict[str, Array], updates: int) -> Array | None:
    """What the optimizer divides by, as its state stands after some updates, (P,): √(s + ε), √s + ε or √v̂ + ε. None where it
    does not divide, or has made no update yet."""
    limit = limit_of(optimizer)
    if limit is None or limit.divisor is None or updates <= 0:
        return None
    with np.errstate(divide="ignore", invalid="ignore"):  # 0 / 0 of what has had no gradient: it is told
        return limit.divisor(state, optimizer.parameters, updates)


def unbounded(optimizer: LaneOptimizer, state: dict[str, Array] | None = None, updates: int = 0) -> str | None:
    """Why an optimizer has no bound where it stands, in words; None where it has one, were the curvature finite."""
    limit = optimizer.stability
    if isinstance(limit, str):
        return f"{optimizer.row.title} has no bound of this kind: {limit}."
    if limit.divisor is None:
        return None
    P = preconditioner(optimizer, state or {}, updates)
    if P is None:
        return "Its bound depends on its running squares: it has one from its first update on."
    if not (np.isfinite(P) & (P > 0.0)).all():
        return "Its bound depends on its running squares, and some are 0: what has had no gradient yet is divided by 0."
    return None


def bound(
    optimizer: LaneOptimizer, product: Product, size: int, state: dict[str, Array] | None = None, updates: int = 0
) -> Bound | None:
    """A lane's own bound where it stands, `state` its optimizer's tensors by name, (size,) each; None for an optimizer without
    one, or before its first update where it needs one (`unbounded` says why)."""
    return at_once(bound_in_parts(optimizer, product, size, state, updates))


def bound_in_parts(
    optimizer: LaneOptimizer, product: Product, size: int, state: dict[str, Array] | None = None, updates: int = 0
) -> Parts[Bound | None]:
    """`bound`, a product at a time."""
    known, limit = factor(optimizer, updates), limit_of(optimizer)
    if known is None or limit is None or unbounded(optimizer, state, updates) is not None:
        return None
    P = preconditioner(optimizer, state or {}, updates)
    wanted = product if P is None else scaled(product, P)
    if size <= DIRECT_UP_TO:
        matrix, _ = yield from hessian_in_parts(wanted, size)
        if not np.isfinite(matrix).all():
            return None
        top = float(np.linalg.eigvalsh(matrix)[-1])
    else:
        _, top, _ = yield from lanczos_in_parts(wanted, size)
    top += limit.added(optimizer.parameters)
    return Bound(known[1], top, max(0.0, known[0]) / top if top > 0.0 else np.inf, P is not None)


def growth(rule: str, rate: ArrayLike, momentum: ArrayLike, curvatures: ArrayLike) -> Array:
    """The spectral radius of one update on a quadratic with these curvatures, for momentum ("momentum") or Nesterov
    ("nesterov"); broadcasts rate with momentum. Below 1 it converges, at that factor a step.

    Roots of z² − (1 + β − ηλ) z + β, and of z² − (1 + β)(1 − ηλ) z + β (1 − ηλ).
    """
    if rule not in ("momentum", "nesterov"):
        raise ValueError(f"rule: '{rule}' is not known; allowed: momentum, nesterov")
    eta, beta = np.broadcast_arrays(np.asarray(rate, dtype=np.float64), np.asarray(momentum, dtype=np.float64))
    largest = np.zeros(eta.shape)
    for curvature in np.asarray(curvatures, dtype=np.float64).ravel():
        shrink = 1.0 - eta * curvature
        middle = beta + shrink if rule == "momentum" else (1.0 + beta) * shrink
        last = beta if rule == "momentum" else beta * shrink
        under = np.sqrt((middle * middle - 4.0 * last).astype(np.complex128))
        roots = np.maximum(np.abs(middle + under), np.abs(middle - under)) / 2.0
        largest = np.maximum(largest, roots)
    return largest


@dataclass(frozen=True)
class PhaseDiagram:
    """`growth` (m, n): the spectral radius at momentum `momenta[i]` and rate `rates[j]`."""

    rule: str
    rates: Array
    momenta: Array
    growth: Array
    curvatures: tuple[float, ...]


def phase_diagram(
    rule: str, curvatures: ArrayLike, points: int = 81, most: float | None = None, momenta: tuple[float, float] = (0.0, 0.99)
) -> PhaseDiagram:
    """Rates 0 … `most` (unless given, beyond the bound at the largest momentum) against momenta, of a local quadratic."""
    given = np.atleast_1d(np.asarray(curvatures, dtype=np.float64))
    top = float(given.max())
    if not np.isfinite(given).all() or top <= 0.0:
        raise ValueError("curvatures: none is positive; allowed: finite numbers, one of them above 0")
    reach = 2.2 * (1.0 + momenta[1]) / top if most is None else most
    rates, rows = np.linspace(0.0, reach, points), np.linspace(*momenta, points)
    extremes = np.unique([given.min(), top])
    found = growth(rule, rates[None, :], rows[:, None], extremes)
    return PhaseDiagram(rule, rates, rows, found, tuple(float(value) for value in extremes))
