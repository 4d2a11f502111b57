"""Textbook surfaces, functions of two variables: rows and their maths in words. The kernels are in `engine.kernels.surfaces`.

Minima are closed forms where there are any, else the roots of the gradient, polished; tests verify all of them to 1e-8.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, ClassVar, Literal

import numpy as np

from engine.kernels import surfaces as kernels
from engine.rows.row import Parameter, Row, by_name

Box = tuple[tuple[float, float], tuple[float, float]]
Numbers = dict[str, float]


@dataclass(frozen=True)
class Minimum:
    """A minimum, and f there; `kind` says whether any other lies lower."""

    x: float
    y: float
    value: float
    kind: Literal["global", "local"] = "global"


@dataclass(frozen=True)
class Surface(Row):
    """A function of x and y. `domain` is ((x0, x1), (y0, y1)), what a picture shows; `start` where a race begins."""

    domain: Box = ((-1.0, 1.0), (-1.0, 1.0))
    start: tuple[float, float] = (1.0, 1.0)
    colour: Literal["log", "linear"] = "log"
    """How contours are best spaced: by log(f − least f), or evenly."""
    note: str = ""
    minima: Callable[[Numbers], list[Minimum]] = lambda own: []
    """The minima for given parameters; those on the note's word alone are left out."""
    numbers: Callable[[Numbers], list[float]] = lambda own: list(own.values())
    """What the kernel gets in place of the parameters."""

    internal: ClassVar[tuple[str, ...]] = ("minima", "numbers")

    def defaults(self) -> dict[str, float]:
        return {parameter.name: parameter.default for parameter in self.parameters}

    def as_json(self) -> dict[str, Any]:
        return super().as_json() | {"minima": [asdict(minimum) for minimum in self.minima(self.defaults())]}


def _at(*points: tuple[float, float, float]) -> list[Minimum]:
    """Minima (x, y, f): the lowest are global."""
    least = min(value for _, _, value in points)
    return [Minimum(x, y, f, "global" if f <= least + 1e-12 * (1.0 + abs(least)) else "local") for x, y, f in points]


def _ellipse(own: Numbers) -> list[float]:
    """H of ½ rᵀ H r: eigenvalues κ across, 1 along the direction that `angle` turns away from the x axis."""
    kappa, turn = own["kappa"], math.radians(own.get("angle", 0.0))
    c, s = (math.cos(turn), math.sin(turn)) if turn else (1.0, 0.0)
    return [c * c + kappa * s * s, (1.0 - kappa) * c * s, s * s + kappa * c * c]


def _styblinski_tang(own: Numbers) -> list[Minimum]:
    roots = sorted(float(root.real) for root in np.roots([4.0, 0.0, -32.0, 5.0]))
    wells = [_newton(root, lambda t: 2 * t**3 - 16 * t + 2.5, lambda t: 6 * t * t - 16) for root in (roots[0], roots[2])]

    def half(t: float) -> float:
        return 0.5 * (t**4 - 16 * t * t + 5 * t)

    return _at(*((x, y, half(x) + half(y)) for x in wells for y in wells))


def _camel(own: Numbers) -> list[Minimum]:
    s = (4.2 + math.sqrt(4.2**2 - 4 * 3.5)) / 2  # y = -x/2 leaves 3.5 - 4.2 s + s^2 = 0 for s = x^2
    x = math.sqrt(s)
    f = (2 - 1.05 * s + s * s / 6) * s - 0.25 * s
    return _at((0.0, 0.0, 0.0), (x, -x / 2, f), (-x, x / 2, f))


def _newton(t: float, f: Callable[[float], float], slope: Callable[[float], float]) -> float:
    for _ in range(4):
        t -= f(t) / slope(t)
    return t


HIMMELBLAU = (
    (3.0, 2.0, 0.0),
    (-2.805118086952745, 3.131312518250573, 0.0),
    (-3.779310253377747, -3.283185991286170, 0.0),
    (3.584428340330492, -1.848126526964404, 0.0),
)
HILLS = ((-2.0, 1.6, 1.2, 0.8), (-1.2, -1.5, 1.0, 0.7), (-1.0, -0.6, -1.6, 0.9), (1.4, 0.2, 0.1, 0.5), (0.8, 1.5, -1.2, 0.7))
HILLS_MINIMA = (
    (1.5558261206242858, 1.1708071651578889, -1.8004841296931606),
    (-1.4373492358902105, 0.9481835922161875, -1.0553175406947595),
    (-0.5891146807241758, -1.4913146638083652, -0.8541040238444113),
)

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

SURFACES = by_name(
    (
        Surface(
            "ravine",
            "ravine",
            "Steep walls, a gentle floor: curvatures 1 along it and κ across.",
            "",
            r"f = \tfrac{1}{2}\left(x^2 + \kappa y^2\right)",
            (
                KAPPA,
                Parameter("angle", "turned by", "φ", 0.0, minimum=-90.0, maximum=90.0, summary="of the floor, in degrees"),
            ),
            code=kernels.QUADRATIC,
            domain=((-1.5, 1.5), (-1.5, 1.5)),
            note="The formula is for φ = 0.",
            minima=lambda own: _at((0.0, 0.0, 0.0)),
            numbers=_ellipse,
        ),
        Surface(
            "bowl",
            "bowl",
            "The plainest surface: an almost round bowl.",
            "",
            r"f = \tfrac{1}{2}\left(x^2 + \kappa y^2\right)",
            (Parameter("kappa", "condition number", "κ", 2.0, minimum=1.0, maximum=10.0, summary=KAPPA.summary),),
            code=kernels.QUADRATIC,
            domain=((-2.0, 2.0), (-2.0, 2.0)),
            start=(1.6, 1.2),
            minima=lambda own: _at((0.0, 0.0, 0.0)),
            numbers=_ellipse,
        ),
        Surface(
            "rosenbrock",
            "Rosenbrock",
            "A bent valley: its floor is found at once, its end only slowly.",
            "Rosenbrock 1960",
            r"f = (a - x)^2 + b\left(y - x^2\right)^2",
            (
                Parameter("a", "a", "a", 1.0, minimum=-3.0, maximum=3.0, summary="where the minimum lies: (a, a²)"),
                Parameter("b", "b", "b", 100.0, minimum=0.01, maximum=1e4, scale="log", summary="how steep the walls are"),
            ),
            code=kernels.ROSENBROCK,
            domain=((-2.0, 2.0), (-0.8, 2.6)),
            start=(-1.3, 1.6),
            minima=lambda own: _at((own["a"], own["a"] ** 2, 0.0)),
        ),
        Surface(
            "beale",
            "Beale",
            "A flat valley between walls that rise with the sixth power.",
            "Beale 1958",
            r"f = (1.5 - x + xy)^2 + \left(2.25 - x + xy^2\right)^2 + \left(2.625 - x + xy^3\right)^2",
            code=kernels.BEALE,
            domain=((-4.5, 4.5), (-4.5, 4.5)),
            start=(1.0, 1.5),
            minima=lambda own: _at((3.0, 0.5, 0.0)),
        ),
        Surface(
            "himmelblau",
            "Himmelblau",
            "Four equally deep minima: which one depends on the start.",
            "Himmelblau 1972",
            r"f = \left(x^2 + y - 11\right)^2 + \left(x + y^2 - 7\right)^2",
            code=kernels.HIMMELBLAU,
            domain=((-5.0, 5.0), (-5.0, 5.0)),
            start=(-0.5, -1.0),
            minima=lambda own: _at(*HIMMELBLAU),
        ),
        Surface(
            "booth",
            "Booth",
            "A bowl turned by 45 degrees, curvatures 2 and 18.",
            "",
            r"f = (x + 2y - 7)^2 + (2x + y - 5)^2",
            code=kernels.BOOTH,
            domain=((-10.0, 10.0), (-10.0, 10.0)),
            start=(-8.0, -6.0),
            minima=lambda own: _at((1.0, 3.0, 0.0)),
        ),
        Surface(
            "styblinski_tang",
            "Styblinski–Tang",
            "Four wells, one the deepest.",
            "Styblinski and Tang 1990",
            r"f = \tfrac{1}{2}\left(x^4 - 16x^2 + 5x + y^4 - 16y^2 + 5y\right)",
            code=kernels.STYBLINSKI_TANG,
            domain=((-4.5, 4.5), (-4.5, 4.5)),
            start=(0.5, 1.0),
            minima=_styblinski_tang,
        ),
        Surface(
            "three_hump_camel",
            "three-hump camel",
            "Three wells side by side, the middle one the deepest.",
            "",
            r"f = 2x^2 - 1.05x^4 + \tfrac{x^6}{6} + xy + y^2",
            code=kernels.CAMEL,
            domain=((-2.5, 2.5), (-2.5, 2.5)),
            start=(-1.9, 2.0),
            minima=_camel,
        ),
        Surface(
            "rastrigin",
            "Rastrigin",
            "A bowl full of dimples: a local minimum near each pair of whole numbers.",
            "Rastrigin 1974",
            r"f = 2A + x^2 + y^2 - A\left(\cos 2\pi x + \cos 2\pi y\right)",
            (Parameter("A", "height", "A", 10.0, minimum=0.0, maximum=100.0, summary="of the dimples"),),
            code=kernels.RASTRIGIN,
            domain=((-5.12, 5.12), (-5.12, 5.12)),
            start=(-3.3, 2.7),
            colour="linear",
            note="Only the global minimum is marked.",
            minima=lambda own: _at((0.0, 0.0, 0.0)),
        ),
        Surface(
            "ackley",
            "Ackley",
            "Almost flat far out, dimpled, with one deep hole.",
            "Ackley 1987",
            r"f = -20\, e^{-0.2 \sqrt{(x^2 + y^2)/2}} - e^{(\cos 2\pi x + \cos 2\pi y)/2} + 20 + e",
            code=kernels.ACKLEY,
            domain=((-5.0, 5.0), (-5.0, 5.0)),
            start=(-3.2, 2.4),
            colour="linear",
            note="The minimum is the tip of a cone: no gradient there, and 0 is given. Only the global minimum is marked.",
            minima=lambda own: _at((0.0, 0.0, 0.0)),
        ),
        Surface(
            "goldstein_price",
            "Goldstein–Price",
            "Values from 3 to a million within the picture.",
            "Goldstein and Price 1971",
            r"f = \left[1 + (x + y + 1)^2 \left(19 - 14x + 3x^2 - 14y + 6xy + 3y^2\right)\right]"
            r" \left[30 + (2x - 3y)^2 \left(18 - 32x + 12x^2 + 48y - 36xy + 27y^2\right)\right]",
            code=kernels.GOLDSTEIN_PRICE,
            domain=((-2.0, 2.0), (-2.0, 2.0)),
            start=(-1.2, 0.6),
            minima=lambda own: _at((0.0, -1.0, 3.0), (-0.6, -0.4, 30.0), (1.8, 0.2, 84.0), (1.2, 0.8, 840.0)),
        ),
        Surface(
            "saddle",
            "saddle",
            "Down one way, up the other. On the ridge itself only noise finds the way down.",
            "",
            r"f = \tfrac{1}{2}\left(x^2 - y^2\right) + \tfrac{c}{4}\, y^4",
            (Parameter("c", "floor", "c", 0.25, minimum=0.0, maximum=10.0, summary="bends the way down into two wells"),),
            code=kernels.SADDLE,
            domain=((-3.0, 3.0), (-3.0, 3.0)),
            start=(2.0, 0.0),
            colour="linear",
            note="The saddle point is (0, 0); the default start lies on the ridge.",
            minima=lambda own: [
                Minimum(0.0, side / math.sqrt(own["c"]), -0.25 / own["c"]) for side in (1.0, -1.0) if own["c"] > 0.0
            ],
        ),
        Surface(
            "monkey_saddle",
            "monkey saddle",
            "Three ways down from a point where gradient and Hessian both vanish.",
            "Hilbert and Cohn-Vossen 1932",
            r"f = x^3 - 3xy^2",
            code=kernels.MONKEY_SADDLE,
            domain=((-2.0, 2.0), (-2.0, 2.0)),
            start=(1.5, 0.0),
            colour="linear",
            note="There is no minimum: lanes leave the picture.",
        ),
        Surface(
            "gaussian_hills",
            "Gaussian hills",
            "Hills and hollows in a wide bowl.",
            "",
            r"f = 0.05\left(x^2 + y^2\right) + \sum_k a_k \exp\left(-\frac{(x - x_k)^2 + (y - y_k)^2}{2 s_k^2}\right)",
            code=kernels.HILLS,
            domain=((-4.0, 4.0), (-4.0, 4.0)),
            start=(2.4, -2.6),
            colour="linear",
            note="(a, x, y, s): " + "; ".join(f"({', '.join(f'{value:g}' for value in hill)})" for hill in HILLS),
            minima=lambda own: _at(*HILLS_MINIMA),
            numbers=lambda own: [0.1, float(len(HILLS)), *(value for hill in HILLS for value in hill)],
        ),
        Surface(
            "plateau",
            "plateau",
            "A hole in a plain: far from it the gradient is almost nothing.",
            "",
            r"f = 1 - e^{-(x^2 + y^2)/(2 s^2)}",
            (Parameter("s", "width", "s", 1.0, minimum=0.1, maximum=5.0, summary="of the hole"),),
            code=kernels.PLATEAU,
            domain=((-4.0, 4.0), (-4.0, 4.0)),
            start=(2.4, 1.8),
            colour="linear",
            minima=lambda own: _at((0.0, 0.0, 0.0)),
        ),
        Surface(
            "tiny_gradients",
            "tiny gradients",
            "A bowl so shallow that the place of ε decides: inside the root it brakes, outside it hardly matters.",
            "",
            r"f = \tfrac{s}{2}\left(x^2 + y^2\right)",
            (Parameter("s", "scale", "s", 1e-6, minimum=1e-12, maximum=1.0, scale="log", summary="of the gradient"),),
            code=kernels.TINY,
            domain=((-1.5, 1.5), (-1.5, 1.5)),
            minima=lambda own: _at((0.0, 0.0, 0.0)),
        ),
    )
)
