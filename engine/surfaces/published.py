"""Test functions from the literature of optimization."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from engine.kernels import surfaces as kernels
from engine.rows.row import Parameter
from engine.surfaces.row import Minimum, Numbers, Surface, minima_at


def _styblinski_tang(own: Numbers) -> list[Minimum]:
    roots = sorted(float(root.real) for root in np.roots([4.0, 0.0, -32.0, 5.0]))
    wells = [_newton(root, lambda t: 2 * t**3 - 16 * t + 2.5, lambda t: 6 * t * t - 16) for root in (roots[0], roots[2])]

    def half(t: float) -> float:
        return 0.5 * (t**4 - 16 * t * t + 5 * t)

    return minima_at(*((x, y, half(x) + half(y)) for x in wells for y in wells))


def _camel(own: Numbers) -> list[Minimum]:
    s = (4.2 + math.sqrt(4.2**2 - 4 * 3.5)) / 2  # y = -x/2 leaves 3.5 - 4.2 s + s^2 = 0 for s = x^2
    x = math.sqrt(s)
    f = (2 - 1.05 * s + s * s / 6) * s - 0.25 * s
    return minima_at((0.0, 0.0, 0.0), (x, -x / 2, f), (-x, x / 2, f))


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

PUBLISHED = (
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
        link="https://doi.org/10.1093/comjnl/3.3.175",
        example="""\
>>> from engine.surfaces.function import SurfaceFunction, SurfaceSpec
>>> found = SurfaceFunction(SurfaceSpec.model_validate("rosenbrock")).at([[-1.0, 2.0]])
>>> print(found.value, found.gradient.tolist())
[104.] [[396.0, 200.0]]
""",
        domain=((-2.0, 2.0), (-0.8, 2.6)),
        start=(-1.3, 1.6),
        minima=lambda own: minima_at((own["a"], own["a"] ** 2, 0.0)),
    ),
    Surface(
        "beale",
        "Beale",
        "A flat valley between walls that rise with the sixth power.",
        "Beale 1958, as in Surjanovic and Bingham's library",
        r"f = (1.5 - x + xy)^2 + \left(2.25 - x + xy^2\right)^2 + \left(2.625 - x + xy^3\right)^2",
        code=kernels.BEALE,
        link="https://www.sfu.ca/~ssurjano/beale.html",
        example="""\
>>> from engine.surfaces.function import SurfaceFunction, SurfaceSpec
>>> found = SurfaceFunction(SurfaceSpec.model_validate("beale")).at([[0.0, 0.0]])
>>> print(found.value, found.gradient.tolist())
[14.203125] [[-12.75, 0.0]]
""",
        domain=((-4.5, 4.5), (-4.5, 4.5)),
        start=(1.0, 1.5),
        minima=lambda own: minima_at((3.0, 0.5, 0.0)),
    ),
    Surface(
        "himmelblau",
        "Himmelblau",
        "Four equally deep minima: which one depends on the start.",
        "Himmelblau 1972",
        r"f = \left(x^2 + y - 11\right)^2 + \left(x + y^2 - 7\right)^2",
        code=kernels.HIMMELBLAU,
        link="https://en.wikipedia.org/wiki/Himmelblau%27s_function",
        example="""\
>>> from engine.surfaces.function import SurfaceFunction, SurfaceSpec
>>> found = SurfaceFunction(SurfaceSpec.model_validate("himmelblau")).at([[0.0, 0.0], [3.0, 2.0]])
>>> print(found.value, found.gradient.tolist())
[170.   0.] [[-14.0, -22.0], [0.0, 0.0]]
""",
        domain=((-5.0, 5.0), (-5.0, 5.0)),
        start=(-0.5, -1.0),
        minima=lambda own: minima_at(*HIMMELBLAU),
    ),
    Surface(
        "booth",
        "Booth",
        "A bowl turned by 45 degrees, curvatures 2 and 18.",
        "as in Surjanovic and Bingham's library",
        r"f = (x + 2y - 7)^2 + (2x + y - 5)^2",
        code=kernels.BOOTH,
        link="https://www.sfu.ca/~ssurjano/booth.html",
        example="""\
>>> from engine.surfaces.function import SurfaceFunction, SurfaceSpec
>>> found = SurfaceFunction(SurfaceSpec.model_validate("booth")).at([[0.0, 0.0], [1.0, 3.0]])
>>> print(found.value, found.gradient.tolist())
[74.  0.] [[-34.0, -38.0], [0.0, 0.0]]
""",
        domain=((-10.0, 10.0), (-10.0, 10.0)),
        start=(-8.0, -6.0),
        minima=lambda own: minima_at((1.0, 3.0, 0.0)),
    ),
    Surface(
        "styblinski_tang",
        "Styblinski–Tang",
        "Four wells, one the deepest.",
        "Styblinski and Tang 1990, as in Surjanovic and Bingham's library",
        r"f = \tfrac{1}{2}\left(x^4 - 16x^2 + 5x + y^4 - 16y^2 + 5y\right)",
        code=kernels.STYBLINSKI_TANG,
        link="https://www.sfu.ca/~ssurjano/stybtang.html",
        example="""\
>>> from engine.surfaces.function import SurfaceFunction, SurfaceSpec
>>> found = SurfaceFunction(SurfaceSpec.model_validate("styblinski_tang")).at([[0.0, 0.0], [1.0, 1.0]])
>>> print(found.value, found.gradient.tolist())
[  0. -10.] [[2.5, 2.5], [-11.5, -11.5]]
""",
        ending="rests",
        domain=((-4.5, 4.5), (-4.5, 4.5)),
        start=(0.5, 1.0),
        minima=_styblinski_tang,
    ),
    Surface(
        "three_hump_camel",
        "three-hump camel",
        "Three wells side by side, the middle one the deepest.",
        "as in Surjanovic and Bingham's library",
        r"f = 2x^2 - 1.05x^4 + \tfrac{x^6}{6} + xy + y^2",
        code=kernels.CAMEL,
        link="https://www.sfu.ca/~ssurjano/camel3.html",
        example="""\
>>> from engine.surfaces.function import SurfaceFunction, SurfaceSpec
>>> found = SurfaceFunction(SurfaceSpec.model_validate("three_hump_camel")).at([[0.0, 0.0], [0.0, 1.0]])
>>> print(found.value, found.gradient.tolist())
[0. 1.] [[0.0, 0.0], [1.0, 2.0]]
""",
        domain=((-2.5, 2.5), (-2.5, 2.5)),
        start=(-1.9, 2.0),
        minima=_camel,
    ),
    Surface(
        "rastrigin",
        "Rastrigin",
        "A bowl full of dimples: a local minimum near each pair of whole numbers.",
        "Rastrigin 1974, as in Surjanovic and Bingham's library",
        r"f = 2A + x^2 + y^2 - A\left(\cos 2\pi x + \cos 2\pi y\right)",
        (Parameter("A", "height", "A", 10.0, minimum=0.0, maximum=100.0, summary="of the dimples"),),
        code=kernels.RASTRIGIN,
        link="https://www.sfu.ca/~ssurjano/rastr.html",
        example="""\
>>> from engine.surfaces.function import SurfaceFunction, SurfaceSpec
>>> found = SurfaceFunction(SurfaceSpec.model_validate("rastrigin")).at([[0.0, 0.0], [1.0, 0.5]])
>>> print(np.round(found.value, 4), np.round(found.gradient, 4).tolist())
[ 0.   21.25] [[0.0, 0.0], [2.0, 1.0]]
""",
        ending="rests",
        domain=((-5.12, 5.12), (-5.12, 5.12)),
        start=(-3.3, 2.7),
        colour="linear",
        note="Only the global minimum is marked.",
        minima=lambda own: minima_at((0.0, 0.0, 0.0)),
    ),
    Surface(
        "ackley",
        "Ackley",
        "Almost flat far out, dimpled, with one deep hole.",
        "Ackley 1987, as in Surjanovic and Bingham's library",
        r"f = -20\, e^{-0.2 \sqrt{(x^2 + y^2)/2}} - e^{(\cos 2\pi x + \cos 2\pi y)/2} + 20 + e",
        code=kernels.ACKLEY,
        link="https://www.sfu.ca/~ssurjano/ackley.html",
        example="""\
>>> from engine.surfaces.function import SurfaceFunction, SurfaceSpec
>>> found = SurfaceFunction(SurfaceSpec.model_validate("ackley")).at([[0.0, 0.0], [1.0, 0.0]])
>>> print(np.round(found.value, 4), np.round(found.gradient, 4).tolist())
[0.     2.6375] [[0.0, 0.0], [2.4554, 0.0]]
""",
        ending="roams",
        domain=((-5.0, 5.0), (-5.0, 5.0)),
        start=(-3.2, 2.4),
        colour="linear",
        note="The minimum is the tip of a cone: no gradient there, and 0 is given. Only the global minimum is marked.",
        minima=lambda own: minima_at((0.0, 0.0, 0.0)),
    ),
    Surface(
        "goldstein_price",
        "Goldstein–Price",
        "Values from 3 to a million within the picture.",
        "Goldstein and Price 1971, as in Surjanovic and Bingham's library",
        r"\begin{split} f &= [1 + (x + y + 1)^2 \\ &\quad \cdot (19 - 14x + 3x^2 - 14y + 6xy + 3y^2)] \\"
        r" &\quad \cdot [30 + (2x - 3y)^2 \\ &\quad \cdot (18 - 32x + 12x^2 + 48y - 36xy + 27y^2)] \end{split}",
        code=kernels.GOLDSTEIN_PRICE,
        link="https://www.sfu.ca/~ssurjano/goldpr.html",
        example="""\
>>> from engine.surfaces.function import SurfaceFunction, SurfaceSpec
>>> found = SurfaceFunction(SurfaceSpec.model_validate("goldstein_price")).at([[0.0, 0.0], [0.0, -1.0]])
>>> print(found.value, found.gradient.tolist())
[600.   3.] [[720.0, 720.0], [0.0, 0.0]]
""",
        domain=((-2.0, 2.0), (-2.0, 2.0)),
        start=(-1.2, 0.6),
        minima=lambda own: minima_at((0.0, -1.0, 3.0), (-0.6, -0.4, 30.0), (1.8, 0.2, 84.0), (1.2, 0.8, 840.0)),
    ),
)
