"""What the row of a solver is: a method for races on a surface alone, which looks at f, its gradient or its Hessian as often as
a step of it takes, where an optimizer of networks has one gradient an update and a rate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from engine.rows.row import Row


@dataclass(frozen=True)
class Solver(Row):
    """A solver. `symbols` says what the formula's letters mean; `step_length`, how far a step goes; `unbounded`, why it has no
    stability bound; `rising`: pairs of its parameters of which the first must be the smaller."""

    symbols: tuple[tuple[str, str], ...] = ()
    step_length: str = ""
    unbounded: str = ""
    rising: tuple[tuple[str, str], ...] = ()

    internal: ClassVar[tuple[str, ...]] = ("unbounded", "rising")

    def defaults(self) -> dict[str, Any]:
        return {parameter.name: parameter.default for parameter in self.parameters}

    def numbers(self, given: Mapping[str, Any]) -> list[float]:
        """The parameters as the kernel takes them."""
        return [number for parameter in self.parameters for number in parameter.numbers(given[parameter.name])]
