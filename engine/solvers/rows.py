"""The solvers: Newton's method, gradient descent with a line search, L-BFGS. Kernels: `engine.kernels.solvers`."""

from __future__ import annotations

from engine.kernels.solvers import codes
from engine.rows.row import Parameter, by_name
from engine.solvers.row import Solver

POINT = ("x", "where the lane stands")
SLOPE = ("g", "the gradient there, without noise")
LENGTH = ("t", "the step length that the line search finds")

SOLVERS = by_name(
    (
        Solver(
            "newton",
            "Newton's method",
            "Goes where the local quadratic has its critical point: minimum, maximum or saddle.",
            "Nocedal and Wright 2006, 3.3; the variant with |λ|: Dauphin et al. 2014",
            r"x \leftarrow x - H^{-1} g",
            (
                Parameter(
                    "absolute",
                    "|λ| for λ",
                    "",
                    False,
                    kind="bool",
                    summary="every eigenvalue of H by its size: away from saddles, too; off: the plain step, also uphill",
                ),
            ),
            code=codes.NEWTON,
            link="https://doi.org/10.1007/978-0-387-40065-5",
            symbols=(
                POINT,
                SLOPE,
                ("H", "the Hessian there, by hand; along an eigenvector whose eigenvalue is 0 the step goes nowhere"),
            ),
            step_length="Each step is a whole one, without a line search.",
            unbounded="its step is no multiple of the gradient, and on a quadratic it is there at once",
            example="""
            >>> from engine.race import Race
            >>> lane = {"optimizer": {"name": "newton"}}
            >>> race = Race({"surface": "booth", "start": [-4.0, 2.0], "lanes": [lane]})
            >>> race.advance(1)  # a quadratic: there in one step
            1
            >>> race.trail(1).round(9).tolist()
            [[-4.0, 2.0], [1.0, 3.0]]
            >>> print(race.evaluations(1)[-1])  # of f, its gradient, its Hessian
            [0 1 1]
            """,
        ),
        Solver(
            "line_search",
            "line search",
            "Gradient descent that looks for the length of each step.",
            "Nocedal and Wright 2006, algorithms 3.5 and 3.6, as scipy.optimize.line_search",
            r"x \leftarrow x - t\, g",
            (
                Parameter(
                    "c1",
                    "least decrease",
                    "c₁",
                    1e-4,
                    minimum=0.0,
                    maximum=1.0,
                    exclusive_minimum=True,
                    exclusive_maximum=True,
                    scale="log",
                    summary="the share of the decrease that the slope promises",
                ),
                Parameter(
                    "c2",
                    "flatter slope",
                    "c₂",
                    0.9,
                    minimum=0.0,
                    maximum=1.0,
                    exclusive_minimum=True,
                    exclusive_maximum=True,
                    summary="the share of the slope that may be left after the step: the smaller, the closer the search",
                ),
            ),
            code=codes.LINE_SEARCH,
            link="https://docs.scipy.org/doc/scipy/reference/generated/scipy.optimize.line_search.html",
            symbols=(POINT, SLOPE, LENGTH),
            step_length=(
                "The strong Wolfe conditions: f falls by at least c₁ of what the slope promises, and at most c₂ of it is left."
            ),
            unbounded="a line search finds the length of each step anew",
            rising=(("c1", "c2"),),
            example="""
            >>> from engine.race import Race
            >>> lane = {"optimizer": {"name": "line_search"}}
            >>> race = Race({"surface": {"name": "ravine", "kappa": 4}, "start": [1.0, 0.0], "lanes": [lane]})
            >>> race.advance(1)  # along the floor the first trial, of length 1, ends at the minimum
            1
            >>> race.trail(1)[-1].round(9).tolist()
            [0.0, 0.0]
            >>> print(race.evaluations(1)[-1])  # of f, its gradient, its Hessian
            [2 2 0]
            """,
        ),
        Solver(
            "lbfgs",
            "L-BFGS",
            "Newton's step with a Hessian guessed from the last steps, and a line search.",
            "Nocedal 1980; Liu and Nocedal 1989; line search and constants as torch.optim.LBFGS with strong_wolfe",
            r"x \leftarrow x - t\, H_m g",
            (
                Parameter(
                    "history",
                    "history",
                    "m",
                    10,
                    kind="int",
                    minimum=1,
                    maximum=codes.MOST_PAIRS,
                    summary="how many of the last steps the guess is made of",
                ),
                Parameter(
                    "tolerance_grad",
                    "gradient at rest",
                    "",
                    1e-7,
                    minimum=0.0,
                    maximum=1.0,
                    scale="log",
                    summary="it rests where no entry of the gradient is larger",
                ),
                Parameter(
                    "tolerance_change",
                    "change at rest",
                    "",
                    1e-9,
                    minimum=0.0,
                    maximum=1.0,
                    scale="log",
                    summary="and where f falls by less along a whole step, were it straight",
                ),
            ),
            code=codes.LBFGS,
            link="https://doi.org/10.1007/BF01589116",
            symbols=(
                POINT,
                SLOPE,
                LENGTH,
                ("Hₘ", "an inverse Hessian that agrees with how the gradient changed along the last m steps"),
            ),
            step_length=("The strong Wolfe conditions with c₁ = 10⁻⁴ and c₂ = 0.9, by cubic interpolation; 1 is tried first."),
            unbounded="a line search finds the length of each step anew",
            example="""
            >>> from engine.race import Race
            >>> lane = {"optimizer": {"name": "lbfgs"}}
            >>> race = Race({"surface": "bowl", "lanes": [lane], "max_steps": 20})
            >>> race.advance(20)
            20
            >>> bool(race.losses(1)[-1] < 1e-11), race.evaluations(1)[-1].tolist() == race.evaluations(1)[-2].tolist()
            (True, True)
            """,
        ),
    )
)
