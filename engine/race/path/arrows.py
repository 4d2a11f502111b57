"""What a lane's next update is made of, as arrows at its head: the gradient, what the optimizer remembers of past ones, the
sizes that it divides by, and the step.

They are the optimizer's own quantities (`engine.microscope.update_equations`), each worked out for both coordinates.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

import numpy as np

from engine.array import Array
from engine.microscope.update_equations import Dissection, equations_for
from engine.race.lane_equations import COORDINATES, dissect_lane
from engine.race.on_surface import Race
from engine.spec import OptimizerSpec

ROOT, STEP, CORRECTED = "root", "step", "m_hat"


@dataclass(frozen=True)
class UpdateArrow:
    """One quantity: LaTeX `symbol`, `words`, and its value along x and y, `vector` (2,). `role`: "gradient" and "memory" are
    directions that the lane would go against; "scale" is what each coordinate is divided by; "step" is what θ loses."""

    role: Literal["gradient", "memory", "scale", "step"]
    symbol: str
    words: str
    vector: Array


def update_arrows(race: Race, number: int) -> tuple[UpdateArrow, ...]:
    """Of a lane at the present step, in the order in which they come about. ValueError where it makes no update of this kind:
    at the race's end, after it has left, and of a solver."""
    both = [dissect_lane(race, number, coordinate, last=0) for coordinate in COORDINATES]
    found = [_arrow("gradient", "g", both)]
    names = [part.name for part in both[0].parts]
    for part in both[0].parts:
        if part.becomes not in (None, "theta") and part.name != STEP and _is_direction(both[0], part.name):
            found.append(_arrow("memory", CORRECTED if CORRECTED in names else part.name, both))
    if ROOT in names:
        found.append(_arrow("scale", ROOT, both))
    return (*found, _arrow("step", STEP, both))


def _is_direction(dissection: Dissection, name: str) -> bool:
    """Whether a quantity is a mean or a sum of gradients: it reads g, neither squared nor under a condition."""
    optimizer = OptimizerSpec.model_validate({"name": dissection.rule, "dialect": dissection.dialect})
    formula = next(quantity.formula for quantity in equations_for(optimizer, matrix=False).quantities if quantity.name == name)
    return " if " not in formula and "g * g" not in formula and re.search(r"\bg\b", formula) is not None


def _arrow(role: Literal["gradient", "memory", "scale", "step"], name: str, both: list[Dissection]) -> UpdateArrow:
    parts = [next(part for part in (*each.inputs, *each.parts) if part.name == name) for each in both]
    return UpdateArrow(role, parts[0].symbol, parts[0].words, np.array([part.value for part in parts]))
