"""A trainer from a spec, within the server's limits; and the one a session has."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from server.errors import CommandError
from server.settings import Settings

if TYPE_CHECKING:
    from engine import RunSpec, Trainer
    from server.session import Session


def build(spec: dict[str, Any] | RunSpec, settings: Settings) -> Trainer:
    """In a worker: a trainer, within the server's limits."""
    from engine import RunSpec, Trainer  # here, so that the server answers before the engine is imported

    checked = RunSpec.model_validate(spec) if isinstance(spec, dict) else spec
    check(checked, settings)
    trainer = Trainer(checked)
    if trainer.tape.parameter_count > settings.max_parameters:
        raise _too_many(settings)
    return trainer


def check(checked: RunSpec, settings: Settings) -> None:
    """Refuse what is known to be too much before anything is made of it."""
    widths = [layer.units for layer in checked.network.layers]
    if sum(a * b for a, b in pairwise(widths)) > settings.max_parameters:
        raise _too_many(settings)
    if isinstance(checked.batch_size, int) and checked.batch_size > settings.max_batch:
        allowed = f"at most {settings.max_batch}"
        raise CommandError("limit", "The batch is too large for this server", "spec.batch_size", allowed)


def _too_many(settings: Settings) -> CommandError:
    allowed = f"at most {settings.max_parameters} parameters"
    return CommandError("limit", "The network has more parameters than this server allows", "spec.network.layers", allowed)


def trainer_of(session: Session) -> Trainer:
    if session.trainer is None:
        raise CommandError("no_run", "There is no run yet: configure one")
    return session.trainer
