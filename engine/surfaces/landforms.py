"""Saddles, hills and plains: surfaces that each make one point."""

from __future__ import annotations

import math

from engine.kernels import surfaces as kernels
from engine.rows.row import Parameter
from engine.surfaces.row import Minimum, Surface, minima_at

HILLS = ((-2.0, 1.6, 1.2, 0.8), (-1.2, -1.5, 1.0, 0.7), (-1.0, -0.6, -1.6, 0.9), (1.4, 0.2, 0.1, 0.5), (0.8, 1.5, -1.2, 0.7))
HILLS_MINIMA = (
    (1.5558261206242858, 1.1708071651578889, -1.8004841296931606),
    (-1.4373492358902105, 0.9481835922161875, -1.0553175406947595),
    (-0.5891146807241758, -1.4913146638083652, -0.8541040238444113),
)

LANDFORMS = (
    Surface(
        "saddle",
        "saddle",
        "Down one way, up the other. On the ridge itself only noise finds the way down.",
        "the saddle surface; the quartic, which gives it two wells, is ours",
        r"f = \tfrac{1}{2}\left(x^2 - y^2\right) + \tfrac{c}{4}\, y^4",
        (Parameter("c", "floor", "c", 0.25, minimum=0.0, maximum=10.0, summary="bends the way down into two wells"),),
        code=kernels.SADDLE,
        link="https://en.wikipedia.org/wiki/Saddle_point",
        example="""\
>>> from engine.surfaces.function import SurfaceFunction, SurfaceSpec
>>> found = SurfaceFunction(SurfaceSpec.model_validate("saddle")).at([[2.0, 1.0], [0.0, 2.0]])
>>> print(found.value, found.gradient.tolist())
[ 1.5625 -1.    ] [[2.0, -0.75], [0.0, 0.0]]
""",
        ending="rests",
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
        "Hilbert and Cohn-Vossen 1932; Weisstein",
        r"f = x^3 - 3xy^2",
        code=kernels.MONKEY_SADDLE,
        link="https://mathworld.wolfram.com/MonkeySaddle.html",
        example="""\
>>> from engine.surfaces.function import SurfaceFunction, SurfaceSpec
>>> found = SurfaceFunction(SurfaceSpec.model_validate("monkey_saddle")).at([[1.0, 1.0]])
>>> print(found.value, found.gradient.tolist())
[-2.] [[0.0, -6.0]]
""",
        ending="rests",
        domain=((-2.0, 2.0), (-2.0, 2.0)),
        start=(1.5, 0.0),
        colour="linear",
        note="There is no minimum. On the x axis plain descent comes to rest at the origin, where the Hessian vanishes; off it "
        "lanes leave the picture.",
    ),
    Surface(
        "gaussian_hills",
        "Gaussian hills",
        "Hills and hollows in a wide bowl.",
        "a sum of Gaussian functions; their places and sizes are ours",
        r"f = 0.05\left(x^2 + y^2\right) + \sum_k a_k \exp\left(-\frac{(x - x_k)^2 + (y - y_k)^2}{2 s_k^2}\right)",
        code=kernels.HILLS,
        link="https://en.wikipedia.org/wiki/Gaussian_function",
        example="""\
>>> from engine.surfaces.function import SurfaceFunction, SurfaceSpec
>>> found = SurfaceFunction(SurfaceSpec.model_validate("gaussian_hills")).at([[0.0, 0.0], [3.0, 3.0]])
>>> print(np.round(found.value, 4), np.round(found.gradient, 4).tolist())
[0.989  0.8656] [[1.1059, 0.5334], [0.3753, 0.3968]]
""",
        ending="rests",
        domain=((-4.0, 4.0), (-4.0, 4.0)),
        start=(2.4, -2.6),
        colour="linear",
        note="(a, x, y, s): " + "; ".join(f"({', '.join(f'{value:g}' for value in hill)})" for hill in HILLS),
        minima=lambda own: minima_at(*HILLS_MINIMA),
        numbers=lambda own: [0.1, float(len(HILLS)), *(value for hill in HILLS for value in hill)],
    ),
    Surface(
        "plateau",
        "plateau",
        "A hole in a plain: far from it the gradient is almost nothing.",
        "a Gaussian function, upside down",
        r"f = 1 - e^{-(x^2 + y^2)/(2 s^2)}",
        (Parameter("s", "width", "s", 1.0, minimum=0.1, maximum=5.0, summary="of the hole"),),
        code=kernels.PLATEAU,
        link="https://en.wikipedia.org/wiki/Gaussian_function",
        example="""\
>>> from engine.surfaces.function import SurfaceFunction, SurfaceSpec
>>> found = SurfaceFunction(SurfaceSpec.model_validate("plateau")).at([[0.0, 0.0], [1.0, 0.0]])
>>> print(np.round(found.value, 4), np.round(found.gradient, 4).tolist())
[0.     0.3935] [[0.0, 0.0], [0.6065, 0.0]]
""",
        domain=((-4.0, 4.0), (-4.0, 4.0)),
        start=(2.4, 1.8),
        colour="linear",
        minima=lambda own: minima_at((0.0, 0.0, 0.0)),
    ),
    Surface(
        "tiny_gradients",
        "tiny gradients",
        "A bowl so shallow that the place of ε decides: inside the root it brakes, outside it hardly matters.",
        "Kingma and Ba 2015, on the place of ε in algorithm 1",
        r"f = \tfrac{s}{2}\left(x^2 + y^2\right)",
        (Parameter("s", "scale", "s", 1e-6, minimum=1e-12, maximum=1.0, scale="log", summary="of the gradient"),),
        code=kernels.TINY,
        link="https://arxiv.org/abs/1412.6980",
        example="""\
>>> from engine.surfaces.function import SurfaceFunction, SurfaceSpec
>>> found = SurfaceFunction(SurfaceSpec.model_validate("tiny_gradients")).at([[1.0, 0.5]])
>>> print(found.value, found.gradient.tolist())
[6.25e-07] [[1e-06, 5e-07]]
""",
        domain=((-1.5, 1.5), (-1.5, 1.5)),
        minima=lambda own: minima_at((0.0, 0.0, 0.0)),
    ),
)
