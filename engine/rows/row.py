"""What a row of the catalog is: a choice with its parameters, formula and source. Forms, docs and tests derive from rows."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from typing import Any, ClassVar, Literal, TypeVar

Kind = Literal["float", "int", "bool", "choice", "pair", "text"]


@dataclass(frozen=True)
class Parameter:
    """One parameter of a row: its range, its default, its names. A pair has two `parts`, the first not the larger."""

    name: str
    title: str
    symbol: str
    default: Any
    kind: Kind = "float"
    minimum: float | None = None
    maximum: float | None = None
    exclusive_minimum: bool = False
    exclusive_maximum: bool = False
    scale: Literal["linear", "log"] = "linear"
    choices: tuple[Any, ...] | None = None
    summary: str = ""
    parts: tuple[Parameter, ...] = ()

    @property
    def allowed(self) -> str:
        """The allowed range in words."""
        if self.choices is not None:
            return ", ".join(str(choice) for choice in self.choices)
        if self.kind == "bool":
            return "true, false"
        if self.kind == "text":
            return "text"
        if self.kind == "pair":
            return "two numbers, the first not the larger: " + " and ".join(part.allowed for part in self.parts)
        low = f"{'(' if self.exclusive_minimum else '['}{self.minimum:g}" if self.minimum is not None else "(-inf"
        high = f"{self.maximum:g}{')' if self.exclusive_maximum else ']'}" if self.maximum is not None else "inf)"
        return f"{'a whole number' if self.kind == 'int' else 'a number'} in {low}, {high}"

    def problem(self, value: Any) -> str | None:
        """Why `value` is not allowed, or None."""
        if self.choices is not None:
            # True equals 1, and is no choice of a number
            among = any(value == choice and isinstance(value, bool) == isinstance(choice, bool) for choice in self.choices)
            return None if among else f"must be one of: {self.allowed}"
        if self.kind == "bool":
            return None if isinstance(value, bool) else "must be true or false"
        if self.kind == "text":
            return None if isinstance(value, str) else "must be text"
        if self.kind == "pair":
            pair = isinstance(value, list | tuple) and len(value) == 2
            inside = pair and not any(part.problem(each) for part, each in zip(self.parts, value, strict=True))
            return None if inside and value[0] <= value[1] else f"must be {self.allowed}"
        fits = isinstance(value, int) or (self.kind == "float" and isinstance(value, float))
        if isinstance(value, bool) or not fits:
            return f"must be {self.allowed}"
        below = self.minimum is not None and (value <= self.minimum if self.exclusive_minimum else value < self.minimum)
        above = self.maximum is not None and (value >= self.maximum if self.exclusive_maximum else value > self.maximum)
        return f"must be {self.allowed}" if below or above or value != value else None

    def normalized(self, value: Any) -> Any:
        """An allowed value as a spec holds it: a float, or two in a tuple."""
        if self.kind == "pair":
            return tuple(float(each) for each in value)
        return float(value) if self.kind == "float" else value

    def numbers(self, value: Any) -> list[float]:
        """The value as kernels take it; None is 0."""
        if self.kind == "pair":
            return [float(each) for each in value or (0.0, 0.0)]
        return [float(value or 0.0)]


@dataclass(frozen=True)
class Row:
    """A row of the catalog. `formula` is LaTeX; `code` is what kernels know it by. `source` says where it is from and in which
    variant, `link` (https) leads there.

    `example` is a doctest: one use of the row with what comes of it. pytest runs it (`tests/engine/test_row_documents.py`).

    >>> from engine.catalog import ROWS
    >>> print(ROWS["activations"]["relu"].documentation.splitlines()[0])
    ReLU: Zero below zero, the identity above; φ′(0) = 0.
    """

    name: str
    title: str
    summary: str
    source: str
    formula: str = ""
    parameters: tuple[Parameter, ...] = ()
    code: int = field(default=-1, kw_only=True)
    link: str = field(default="", kw_only=True)
    example: str = field(default="", kw_only=True)

    internal: ClassVar[tuple[str, ...]] = ("code", "example")
    """Fields that are the engine's own matter; a kind of row names those that it adds."""

    @property
    def documentation(self) -> str:
        """What is to be known of the row: summary, formula, source with its link, and the example."""
        parts = (f"{self.title}: {self.summary}", self.formula, " ".join(filter(None, (self.source, self.link))), self.example)
        return "\n\n".join(part for part in parts if part)

    def as_json(self) -> dict[str, Any]:
        """The row as plain data."""
        return {name: _plain(getattr(self, name)) for name in self.public()}

    @classmethod
    def public(cls) -> list[str]:
        """The fields that are told, in their order."""
        internal = {name for kind in cls.__mro__ if issubclass(kind, Row) for name in kind.internal}
        return [each.name for each in fields(cls) if each.name not in internal]


def _plain(value: Any) -> Any:
    """Parameters among a row's values as plain data too."""
    if isinstance(value, tuple):
        return tuple(_plain(each) for each in value)
    return asdict(value) if isinstance(value, Parameter) else value


R = TypeVar("R", bound=Row)


def by_name(rows: tuple[R, ...]) -> dict[str, R]:
    return {row.name: row for row in rows}
