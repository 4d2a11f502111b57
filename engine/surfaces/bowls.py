"""Quadratic surfaces of a chosen condition number: the local picture of any minimum."""

from __future__ import annotations

import math

from engine.kernels import surfaces as kernels
from engine.rows.row import Parameter
from engine.surfaces.row import Numbers, Surface, minima_at


def _ellipse(own: Numbers) -> list[float]:
    """H of ½ rᵀ H r: eigenvalues κ across, 1 along the direction that `angle` turns away from the x axis."""
    kappa, turn = own["kappa"], math.radians(own.get("angle", 0.0))
    c, s = (math.cos(turn), math.sin(turn)) if turn else (1.0, 0.0)
    return [c * c + kappa * s * s, (1.0 - kappa) * c * s, s * s + kappa * c * c]


KAPPA = Parameter(
    "kappa",
    "condition number",
    "κ",
    100.0,
    minimum=1.0,
    maximum=1e4,
    scale="log",
    summary="steepest curvature over least",
)

BOWLS = (
    Surface(
        "ravine",
        "ravine",
        "Steep walls, a gentle floor: curvatures 1 along it and κ across.",
        "Boyd and Vandenberghe 2004, 9.3.2; here also turned",
        r"f = \tfrac{1}{2}\left(x^2 + \kappa y^2\right)",
        (
            KAPPA,
            Parameter("angle", "turned by", "φ", 0.0, minimum=-90.0, maximum=90.0, summary="of the floor, in degrees"),
        ),
        code=kernels.QUADRATIC,
        link="https://web.stanford.edu/~boyd/cvxbook/",
        example="""\
>>> from engine.surfaces.function import SurfaceFunction, SurfaceSpec
>>> found = SurfaceFunction(SurfaceSpec.model_validate("ravine")).at([[1.0, 1.0]])
>>> print(found.value, found.gradient.tolist())
[50.5] [[1.0, 100.0]]
""",
        domain=((-1.5, 1.5), (-1.5, 1.5)),
        note="The formula is for φ = 0.",
        minima=lambda own: minima_at((0.0, 0.0, 0.0)),
        numbers=_ellipse,
    ),
    Surface(
        "bowl",
        "bowl",
        "The plainest surface: an almost round bowl.",
        "Boyd and Vandenberghe 2004, 9.3.2",
        r"f = \tfrac{1}{2}\left(x^2 + \kappa y^2\right)",
        (Parameter("kappa", "condition number", "κ", 2.0, minimum=1.0, maximum=10.0, summary=KAPPA.summary),),
        code=kernels.QUADRATIC,
        link="https://web.stanford.edu/~boyd/cvxbook/",
        example="""\
>>> from engine.surfaces.function import SurfaceFunction, SurfaceSpec
>>> found = SurfaceFunction(SurfaceSpec.model_validate("bowl")).at([[1.0, 2.0]])
>>> print(found.value, found.gradient.tolist())
[4.5] [[1.0, 4.0]]
""",
        domain=((-2.0, 2.0), (-2.0, 2.0)),
        start=(1.6, 1.2),
        minima=lambda own: minima_at((0.0, 0.0, 0.0)),
        numbers=_ellipse,
    ),
)
