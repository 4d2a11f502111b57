"""A surface to race on: which one, as a spec, and its values, gradients and Hessians by the kernels."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import model_validator

from engine.arithmetic import FormulaError
from engine.array import Array
from engine.kernels import surfaces as kernels
from engine.kernels.formula import WIDTH
from engine.spec.fields import RowSpec, complete, known, refuse
from engine.surfaces.formula import Formula, compile_formula
from engine.surfaces.rows import SURFACES, Box, Minimum

NO_PROGRAM = np.zeros((0, 2), dtype=np.int64)
OWN = "formula"
OWN_DOMAIN: Box = ((-3.0, 3.0), (-3.0, 3.0))
REACH = 1e6


class SurfaceSpec(RowSpec):
    """A row with its parameters, or {"name": "formula", "formula": "x**2 + sin(y)", "domain": [[-3, 3], [-3, 3]]}."""

    name: str = "rosenbrock"

    @model_validator(mode="before")
    @classmethod
    def _fill(cls, raw: Any) -> Any:
        raw = {"name": raw} if isinstance(raw, str) else raw
        if not isinstance(raw, dict):
            return raw
        if raw.get("name") == OWN:
            return _own(raw)
        row = SURFACES[known(raw.get("name", "rosenbrock"), SURFACES | {OWN: None}, field="name")]
        return complete(raw, ("name",), row.parameters, row.defaults())


def _own(raw: dict[str, Any]) -> dict[str, Any]:
    for key in raw:
        if key not in ("name", "formula", "domain"):
            raise refuse("unknown_field", "no such parameter", "formula, domain", key)
    text = raw.get("formula")
    if not isinstance(text, str):
        raise refuse("out_of_range", "must be text", "a formula in x and y", "formula")
    try:
        compile_formula(text)
    except FormulaError as problem:
        raise refuse("out_of_range", f"{problem.problem} at character {problem.position}", problem.allowed, "formula") from None
    return {"name": OWN, "formula": text, "domain": _box(raw.get("domain", OWN_DOMAIN))}


def _box(raw: Any) -> Box:
    try:
        (x0, x1), (y0, y1) = ((float(low), float(high)) for low, high in raw)
    except (TypeError, ValueError):
        x0, x1, y0, y1 = 0.0, 0.0, 0.0, 0.0
    if not all(abs(value) <= REACH for value in (x0, x1, y0, y1)) or x1 - x0 < 1e-6 or y1 - y0 < 1e-6:
        allowed = f"[[x0, x1], [y0, y1]] with x0 < x1, y0 < y1, up to {REACH:g}"
        raise refuse("out_of_range", "must be two ranges", allowed, "domain")
    return ((x0, x1), (y0, y1))


def _rounded(value: float, within: float) -> float:
    """The number of fewest digits that is as near."""
    return round(value, max(0, math.ceil(-math.log10(within))))


@dataclass(frozen=True)
class Points:
    """f (n,), gradient (n, 2) and Hessian (n, 2, 2) at some points."""

    value: Array
    gradient: Array
    hessian: Array


class SurfaceFunction:
    """A surface in numbers. One caller at a time: a formula's stack is shared."""

    def __init__(self, spec: SurfaceSpec) -> None:
        self.spec = spec
        self.row = SURFACES.get(spec.name)
        self.program, depth = NO_PROGRAM, 1
        if self.row is None:
            compiled = self.formula
            self.code, self.numbers, self.program, depth = (
                kernels.FORMULA,
                compiled.constants,
                compiled.program,
                compiled.depth,
            )
        else:
            self.code, self.numbers = self.row.code, np.array([*self.row.numbers(spec.parameters), 0.0])
        self.stack = np.zeros((depth, WIDTH))

    @cached_property
    def formula(self) -> Formula:
        return compile_formula(str(self.spec.parameters["formula"]))

    @property
    def latex(self) -> str:
        return self.formula.latex if self.row is None else self.row.formula

    @property
    def domain(self) -> Box:
        return self.spec.parameters["domain"] if self.row is None else self.row.domain

    @property
    def start(self) -> tuple[float, float]:
        """The row's; of a formula a place in its domain, away from the axes of symmetry, where it has a value if it has any."""
        return self._own_start if self.row is None else self.row.start

    @cached_property
    def _own_start(self) -> tuple[float, float]:
        (x0, x1), (y0, y1) = self.domain
        shares = [(0.2, 0.75), *((i / 16, j / 16) for i in range(1, 16) for j in range(1, 16))]
        places = [(x0 + across * (x1 - x0), y0 + up * (y1 - y0)) for across, up in shares]
        return next((place for place in places if self.inside(*place)), places[0])

    @property
    def tidy_start(self) -> tuple[float, float]:
        """The same to a hundredth of the domain, where f has a value there: a start that can be read."""
        (x0, x1), (y0, y1) = self.domain
        x, y = self.start
        rounded = _rounded(x, 0.01 * (x1 - x0)), _rounded(y, 0.01 * (y1 - y0))
        return rounded if self.inside(*rounded) else (x, y)

    @property
    def minima(self) -> list[Minimum]:
        """Those that are known; of a formula those that were found in its domain."""
        return self._found_minima if self.row is None else self.row.minima(self.spec.parameters)

    @cached_property
    def _found_minima(self) -> list[Minimum]:
        from engine.surfaces.search import minima_of  # it looks at a surface

        return minima_of(self)

    @property
    def arguments(self) -> tuple[int, Array, NDArray[np.int64], Array]:
        """What the kernels take for it: code, numbers (n,), program (n, 2), stack (depth, WIDTH)."""
        return self.code, self.numbers, self.program, self.stack

    def at(self, points: ArrayLike) -> Points:
        """f, its gradient and its Hessian at points (n, 2)."""
        raw = np.ascontiguousarray(points, dtype=np.float64).reshape(-1, 2)
        out = np.empty((len(raw), WIDTH))
        kernels.surface_at(*self.arguments, raw, out)
        return Points(out[:, 0], out[:, 1:3], out[:, [3, 4, 4, 5]].reshape(-1, 2, 2))

    def grid(self, columns: int, rows: int, domain: Box | None = None) -> tuple[Array, Array, Array]:
        """x (columns,), y (rows,) and f (rows, columns) over the domain, its edges included."""
        (x0, x1), (y0, y1) = domain or self.domain
        across, up = np.linspace(x0, x1, columns), np.linspace(y0, y1, rows)
        out = np.empty((rows, columns))
        kernels.surface_grid(*self.arguments, across, up, out)
        return across, up, out

    def inside(self, x: float, y: float) -> bool:
        """Whether f and its gradient are finite there."""
        found = self.at([[x, y]])
        return math.isfinite(found.value[0]) and bool(np.isfinite(found.gradient).all())
