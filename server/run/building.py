"""A trainer from a spec, within the server's limits and its memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from server.settings import Settings
from server.wire.sizes import check_built, check_given, memory_of

if TYPE_CHECKING:
    from engine import RunSpec, Trainer


class Wanted(NamedTuple):
    """A run that may be built."""

    spec: RunSpec
    size: int
    """Bytes that it takes, about."""


def check(spec: dict[str, Any] | RunSpec, settings: Settings, prefix: str = "spec") -> Wanted:
    """In a worker: a run within the server's limits; raises `CommandError`, or what the engine says of the spec."""
    from engine import RunSpec  # here, so that the server answers before the engine is imported

    check_given(spec, settings, prefix)
    checked = RunSpec.model_validate(spec) if isinstance(spec, dict) else spec
    check_given(checked, settings, prefix)  # what was a number in another dress is one now
    check_built(checked, settings, prefix=prefix)
    return Wanted(checked, memory_of(checked))


def build(wanted: Wanted) -> Trainer:
    """In a worker."""
    from engine import Trainer

    return Trainer(wanted.spec)
