"""Whether a critical point that is near is a degenerate one: its curvature would vanish where the Newton step leads.

Beside x³ or the monkey saddle the curvatures are small but there, and their signs say minimum or saddle. They are no sign of
what the point itself is: on the way to it they go to zero. Along the Newton step of a plain minimum or saddle they hardly
change.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from engine.array import Array
from engine.landscape.curvature import Curvature

CHANGED = 0.25
"""Of a curvature along the Newton step: x³ halves it, x⁴ leaves 4/9 of it; a plain minimum's changes by about the step."""


def newton_offset(curvature: Curvature, gradient: Array) -> Array | None:
    """The Newton step −H⁻¹∇f (P,) at a point that passes for a minimum, a maximum or a saddle; None elsewhere, and where H was
    not made."""
    if curvature.kind not in ("minimum", "maximum", "saddle") or curvature.matrix is None:
        return None
    return -np.asarray(np.linalg.solve(curvature.matrix, gradient), dtype=np.float64)


def after_newton_step(curvature: Curvature, there: Array) -> Curvature:
    """The same with its kind corrected by H (P, P) where the Newton step leads."""
    spectrum, vectors = np.linalg.eigh(np.asarray(curvature.matrix))
    moved = np.einsum("ij,ij->j", vectors, there @ vectors)
    if np.isfinite(moved).all() and not (np.abs(moved - spectrum) > CHANGED * np.abs(spectrum)).any():
        return curvature
    return replace(curvature, kind="degenerate")


def along_newton_step(curvature: Curvature, gradient: Array, hessian: Callable[[Array], Array]) -> Curvature:
    """The same with its kind corrected; `hessian` gives H (P, P) at an offset (P,) from the point."""
    offset = newton_offset(curvature, gradient)
    return curvature if offset is None else after_newton_step(curvature, hessian(offset))
