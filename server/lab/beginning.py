"""From what was asked for to an experiment that goes on: found, held against what there is to choose from and against the
server's limits, begun. In a worker: the first import of the engine takes a moment."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from server.lab.experiment import Asked, UnderWay
from server.protocol.lab import LabRun
from server.settings import PREFIX, Settings
from server.wire.errors import CommandError
from server.wire.limits import beyond

if TYPE_CHECKING:
    from engine.lab import Experiment
    from engine.trainer import Trainer


def row(name: str) -> Experiment:
    from engine.lab import EXPERIMENTS

    if name not in EXPERIMENTS:
        allowed = ", ".join(EXPERIMENTS)
        raise CommandError("invalid", f"experiment: there is none called {name!r}", "experiment", allowed)
    return EXPERIMENTS[name]


def made_of(
    experiment: Experiment, asked: Asked, trainer: Trainer | None, number: int, on: LabRun | None, settings: Settings
) -> UnderWay:
    """Not begun. Raises `CommandError`."""
    from engine.lab.experiment import chosen
    from engine.lab.subject import Subject

    with refused():
        choices = chosen(experiment, asked.choices)
        subject = None if trainer is None else Subject.of(trainer.machine)
        updates = experiment.updates(subject, choices)
        size = experiment.size(subject, choices)
    if updates > settings.max_study_steps:
        words = f"choices: {updates:,} updates are too many for one experiment"
        raise beyond("max_study_steps", words, "choices", f"at most {settings.max_study_steps:,} updates in all")
    return UnderWay(asked._replace(choices=choices), number, subject=subject, on=on, updates=updates, size=size)


def begun(made: UnderWay, experiment: Experiment, kept: Mapping[str, Any] | None) -> None:
    """Its first step is made, or the first after what was `kept`. Raises `CommandError` for choices that do not fit the run."""
    from engine.lab.experiment import begun as begun_by

    with refused():
        made.begin(begun_by(experiment, made.subject, made.asked.choices, kept))


@contextlib.contextmanager
def refused() -> Iterator[None]:
    """What an experiment refuses, as the wire says it."""
    from engine.lab import ChoiceError

    try:
        yield
    except ChoiceError as error:
        if error.field == "run":
            raise CommandError("no_run", error.words, "run", error.allowed) from error
        if error.field.startswith(PREFIX):  # no choice, but a setting of this server
            raise CommandError("unavailable", f"{error.field}: {error.words}", None, error.allowed) from error
        field = f"choices.{error.field}"
        raise CommandError("invalid", f"{field}: {error.words}", field, error.allowed) from error
