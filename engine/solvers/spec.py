"""A solver as a lane's spec names it, and which of a lane's optimizers a spec means."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import ValidatorFunctionWrapHandler, WrapValidator, model_validator

from engine.solvers import SOLVERS, Solver
from engine.spec import OptimizerSpec
from engine.spec.fields import RowSpec, complete, known, refuse


class SolverSpec(RowSpec):
    """A solver and its row's parameters, for a lane of a race on a surface. It has no rate and no dialects."""

    lr: ClassVar[None] = None

    @model_validator(mode="before")
    @classmethod
    def _fill(cls, raw: Any) -> Any:
        if not isinstance(raw, dict):
            return raw
        row = SOLVERS[known(raw.get("name"), SOLVERS, field="name")]
        found = complete(raw, ("name",), row.parameters, row.defaults())
        for first, second in row.rising:
            if not found[first] < found[second]:
                raise refuse("out_of_range", f"must be below {second}", f"a number in (0, {found[second]:g})", first)
        return found

    @property
    def row(self) -> Solver:
        return SOLVERS[self.name]

    @property
    def code(self) -> int:
        return self.row.code

    @property
    def numbers(self) -> list[float]:
        """Its parameters as the kernel takes them."""
        return self.row.numbers(self.parameters)

    @property
    def stability(self) -> str:
        """Why it has no stability bound."""
        return self.row.unbounded


def lane_optimizer(given: Any) -> OptimizerSpec | SolverSpec:
    """The spec of what a lane goes by: a solver where it is called like one, else an optimizer."""
    if isinstance(given, OptimizerSpec | SolverSpec):
        return given
    name = given.get("name") if isinstance(given, dict) else None
    return (
        SolverSpec.model_validate(given) if isinstance(name, str) and name in SOLVERS else OptimizerSpec.model_validate(given)
    )


def _by_name(given: Any, handler: ValidatorFunctionWrapHandler) -> OptimizerSpec | SolverSpec:
    """Only the one that is meant says what is wrong."""
    return lane_optimizer(given)


LaneOptimizer = Annotated[OptimizerSpec | SolverSpec, WrapValidator(_by_name)]
