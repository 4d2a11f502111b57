"""A lane's coming update on a surface taken apart, for one coordinate: the engine's own numbers, now and in the past.

A surface has no layers to go back through, but the optimizer is the one that trains networks, and so are its quantities. The
lane is run once more on its own: the race is left alone.
"""

from __future__ import annotations

from typing import Literal

from engine.kernels import codes
from engine.machine.trace import MicroStep
from engine.microscope.update_equations import LAST, Dissection, Entry, equations_for, inputs_of
from engine.optimizers.row import SAVED
from engine.race.on_surface import Race, Update
from engine.solvers.spec import SolverSpec

Coordinate = Literal["x", "y"]
COORDINATES: tuple[Coordinate, ...] = ("x", "y")
NUMBERS = {
    "eta": codes.ETA,
    "c1": codes.CORRECTION_1,
    "c2": codes.CORRECTION_2,
    "f1": codes.FACTOR_1,
    "f2": codes.FACTOR_2,
    "f3": codes.FACTOR_3,
}
POINT = "theta"


def dissect_lane(race: Race, number: int, coordinate: str, last: int = LAST) -> Dissection:
    """The update of lane `number` that comes next, with the values every quantity had in up to `last` updates before.

    Raises ValueError where there is no such lane or coordinate, and where the lane makes no update at the present step; a
    solver's step is none.
    """
    spec = race.lane(number).spec
    if coordinate not in COORDINATES:
        raise ValueError(f"coordinate: there is no '{coordinate}'; allowed: {', '.join(COORDINATES)}")
    gone = race.diverged(number)
    if gone is not None and gone <= race.step:
        raise ValueError(f"lane: lane {number} left the surface at step {gone}; allowed: a step before that")
    here = spec.in_force(race.step)[0]
    if isinstance(here, SolverSpec):
        raise ValueError(f"lane: {here.row.title} has no update equations to open; allowed: a lane by an optimizer with a rate")
    end = race.spec.max_steps
    if race.step >= end:
        raise ValueError(f"step: the race is at its end, step {end}; allowed: 0 to {end - 1}, or a longer race")
    first = max(0, race.step - last)
    while any(isinstance(spec.in_force(step)[0], SolverSpec) for step in range(first, race.step)):
        first += 1
    alone = race.alone(number, first)
    *past, now = (_entry(race, alone.one_update(), COORDINATES.index(coordinate)) for _ in range(race.step - first + 1))
    return now.dissection(race.step, [entry.values() for entry in past])


def _entry(race: Race, update: Update, index: int) -> Entry:
    optimizer = update.optimizer
    equations = equations_for(optimizer, matrix=False)
    # The parameters as they were kept while it looked ahead are the point itself.
    state = {f"{name}.{POINT}": value for name, value in update.state.items() if name != SAVED}
    operands = {POINT: update.theta, f"d{POINT}": update.grad, **state}
    numbers = {name: float(update.float_state[index]) for name, index in NUMBERS.items()}
    step = MicroStep(update.step, "update", "update", 0, operands, {POINT: update.after}, numbers)
    inputs = inputs_of(step, POINT, optimizer, equations)
    ahead = any(quantity.name == "ahead" for quantity in equations.quantities)
    name = COORDINATES[index]
    words = {
        "theta": f"{name}, the coordinate before the update",
        "g": f"the slope ∂f/∂{name} {'at the look-ahead point' if ahead else 'where the lane stands'}"
        + (", with this update's noise" if race.spec.noise else ""),
    }
    return Entry(optimizer, equations, inputs, name, (index,), words)
