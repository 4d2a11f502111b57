"""What the parts of a spec are made of: validators that name the allowed range, ranges in use, the base models."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, LiteralString, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, FailFast
from pydantic_core import PydanticCustomError

from engine.rows.row import Parameter

MAX_SEED = 2**53 - 1
MAX_LAYERS = 50
MAX_UNITS = 1024
MAX_STEPS = 1_000_000_000

T = TypeVar("T")


class _FirstWrong(FailFast):
    """pydantic's own has no hash, so that it could not stand in a union."""

    def __hash__(self) -> int:
        return hash(self.fail_fast)


Many = Annotated[tuple[T, ...], _FirstWrong()]
"""A list whose first wrong entry is told, and the others not looked at: there may be a million."""


def refuse(kind: LiteralString, problem: str, allowed: str, field: str = "") -> PydanticCustomError:
    """An error that names the allowed range; `field` where the validator sees more than the field itself."""
    context = {"problem": f"{field}: {problem}" if field else problem, "allowed": allowed, "field": field}
    return PydanticCustomError(kind, "{problem}; allowed: {allowed}", context)


def within(low: float, high: float, *, low_open: bool = False, high_open: bool = False) -> Callable[[float], float]:
    """A validator that names the whole range."""
    bound = Parameter("", "", "", None, minimum=low, maximum=high, exclusive_minimum=low_open, exclusive_maximum=high_open)

    def check(value: float) -> float:
        # A whole number may have more digits than a float holds; compared as it is, it is out of range like any other.
        if bound.problem(value if isinstance(value, int) else float(value)):
            raise refuse("out_of_range", "out of range", bound.allowed.removeprefix("a number in "))
        return value

    return check


def known(name: Any, rows: dict[str, Any], planned: tuple[str, ...] = (), field: str = "") -> str:
    if not isinstance(name, str) or name not in rows:
        reason = "is not available yet" if name in planned else "is not known"
        raise refuse("unknown_name", f"'{name}' {reason}", ", ".join(rows), field)
    return name


def count_or(word: str) -> Callable[[Any], Any]:
    """A validator of fields that hold a count or one word."""

    def check(value: Any) -> Any:
        whole = isinstance(value, int) and not isinstance(value, bool)
        if value != word and not (whole and 1 <= value <= MAX_STEPS):
            raise refuse("out_of_range", "out of range", f"'{word}' or a whole number from 1 to {MAX_STEPS}")
        return value

    return check


Fraction = Annotated[float, AfterValidator(within(0.0, 0.95))]
Penalty = Annotated[float, AfterValidator(within(0.0, 1e6))]
Seed = Annotated[int, AfterValidator(within(0, MAX_SEED))]


class SpecModel(BaseModel):
    """The base of all parts of a spec: frozen, nothing beside its fields."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", ser_json_inf_nan="strings", json_schema_serialization_defaults_required=True
    )


class RowSpec(BaseModel):
    """A row chosen by name with its own parameters beside it; absent ones are written out with their defaults."""

    model_config = ConfigDict(
        frozen=True, extra="allow", ser_json_inf_nan="strings", json_schema_serialization_defaults_required=True
    )
    name: str

    @property
    def parameters(self) -> dict[str, Any]:
        return dict(self.model_extra or {})


def complete(
    values: dict[str, Any], fixed: tuple[str, ...], rows: tuple[Parameter, ...], defaults: dict[str, Any]
) -> dict[str, Any]:
    """`values` with every parameter of the row present, of its kind and in its range."""
    allowed = {parameter.name: parameter for parameter in rows}
    done = {key: value for key, value in values.items() if key in fixed}
    for key in values:
        if key not in allowed and key not in fixed:
            raise refuse("unknown_field", "no such parameter", ", ".join(allowed) or "none", key)
    for name, parameter in allowed.items():
        value = values.get(name, defaults[name])
        problem = parameter.problem(value)
        if problem:
            raise refuse("out_of_range", problem, parameter.allowed, name)
        done[name] = parameter.normalized(value)
    return done
