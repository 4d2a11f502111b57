"""What a surface's row is: a function of two variables in words, with its minima. The kernels are in `engine.kernels.surfaces`.

Minima are closed forms where there are any, else the roots of the gradient, polished; tests verify all of them to 1e-8.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, ClassVar, Literal

from engine.rows.row import Row

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
    ending: Literal["arrives", "rests", "roams"] = "arrives"
    """How the usual lanes end from this start, each at its tuned rate: half of them or more arrive at the least minimum; or
    none does, and half or more rest elsewhere, in a local minimum, on a ridge or a plain; or none does either."""
    minima: Callable[[Numbers], list[Minimum]] = lambda own: []
    """The minima for given parameters; those on the note's word alone are left out."""
    numbers: Callable[[Numbers], list[float]] = lambda own: list(own.values())
    """What the kernel gets in place of the parameters."""

    internal: ClassVar[tuple[str, ...]] = ("minima", "numbers")

    def defaults(self) -> dict[str, float]:
        return {parameter.name: parameter.default for parameter in self.parameters}

    def as_json(self) -> dict[str, Any]:
        return super().as_json() | {"minima": [asdict(minimum) for minimum in self.minima(self.defaults())]}


def minima_at(*points: tuple[float, float, float]) -> list[Minimum]:
    """Minima (x, y, f): the lowest are global."""
    least = min(value for _, _, value in points)
    return [Minimum(x, y, f, "global" if f <= least + 1e-12 * (1.0 + abs(least)) else "local") for x, y, f in points]
