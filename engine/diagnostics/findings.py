"""What a finding is: a stable name, its evidence in numbers, and what to try, as fields of the spec."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

from pydantic import ValidationError

from engine.spec import RunSpec
from engine.spec.inline import InlineData

Name = Literal[
    "non_finite",
    "diverging",
    "exploding",
    "dead_units",
    "saturated",
    "vanishing",
    "overfitting",
    "vanished_rate",
    "slow",
    "plateau",
    "underfitting",
    "leak",
]
NAMES: tuple[str, ...] = get_args(Name)
"""Every name there is, causes before consequences: the order in which findings are given."""

TITLES: dict[str, str] = {
    "non_finite": "a value is not finite",
    "diverging": "the loss rises",
    "exploding": "exploding gradients",
    "dead_units": "units are dead",
    "saturated": "units are saturated",
    "vanishing": "vanishing gradients",
    "overfitting": "overfitting",
    "vanished_rate": "the learning rate has vanished",
    "slow": "steps are too small",
    "plateau": "stuck on a plateau",
    "underfitting": "underfitting",
    "leak": "an input gives the target away",
}


@dataclass(frozen=True)
class Evidence:
    """A measured number beside the threshold it is `above` or `below`; `layer` (1-based) where it belongs to one."""

    name: str
    value: float
    threshold: float
    side: Literal["above", "below"]
    words: str
    layer: int | None = None


@dataclass(frozen=True)
class Remedy:
    """Something to try: the spec's field at `path` set to `value`."""

    path: str
    value: Any
    words: str


@dataclass(frozen=True)
class Finding:
    """One diagnosis. `layer` (1-based): where it is worst; None: it is the run's. The first evidence decided."""

    name: Name
    summary: str
    evidence: tuple[Evidence, ...]
    remedies: tuple[Remedy, ...]
    layer: int | None = None

    @property
    def title(self) -> str:
        return TITLES[self.name]

    def as_json(self) -> dict[str, Any]:
        """Plain data; non-finite numbers stay floats."""
        return asdict(self) | {"title": self.title}


def changed(spec: RunSpec, path: str, value: Any) -> RunSpec:
    """`spec` with the field at `path` (of a part, or a whole part) set to `value`; raises what the models raise.

    Parts that stay are not validated again, nor are tables of numbers for one flag beside them.
    """
    head, *tail = path.split(".")
    part = getattr(spec, head)
    made: Any = value
    if tail and isinstance(part, InlineData):
        made = part.model_copy(update={tail[0]: value} if tail[0] in type(part).model_fields else {})
    elif tail:
        made = type(part).model_validate({"name": value} if tail == ["name"] else part.model_dump() | {tail[0]: value})
    return RunSpec.model_validate({name: getattr(spec, name) for name in RunSpec.model_fields} | {head: made})


def applicable(spec: RunSpec, remedies: Iterable[Remedy | None]) -> tuple[Remedy, ...]:
    """The remedies that this spec accepts and that would change it."""
    found = []
    for remedy in remedies:
        if remedy is None:
            continue
        head = remedy.path.partition(".")[0]
        try:
            if getattr(changed(spec, remedy.path, remedy.value), head) != getattr(spec, head):
                found.append(remedy)
        except ValidationError:
            continue
    return tuple(found)
