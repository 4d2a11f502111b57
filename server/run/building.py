"""A trainer from a spec, within the server's limits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from server.settings import Settings
from server.wire.sizes import check_built, check_given

if TYPE_CHECKING:
    from engine import RunSpec, Trainer


def build(spec: dict[str, Any] | RunSpec, settings: Settings, prefix: str = "spec") -> Trainer:
    """In a worker: a trainer, within the server's limits."""
    from engine import RunSpec, Trainer  # here, so that the server answers before the engine is imported

    check_given(spec, settings, prefix)
    checked = RunSpec.model_validate(spec) if isinstance(spec, dict) else spec
    check_given(checked, settings, prefix)  # what was a number in another dress is one now
    check_built(checked, settings, prefix=prefix)
    return Trainer(checked)
