"""A card's situation against the server's limits, as a learner's own run or race is: before anything is built of it, whoever
wrote it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from server.settings import Settings
from server.wire.limits import beyond
from server.wire.sizes import check_built, check_given, check_race, memory_of

if TYPE_CHECKING:
    from engine.lessons.card import Card
    from engine.lessons.situation import LabSpec, Situation

SMALL = 1_000_000
A_STEP = 500
"""Bytes of a step of a race on a surface, for all lanes."""


def check_situation(situation: Situation, settings: Settings, field: str = "situation") -> None:
    """In a worker. Raises `CommandError`."""
    if situation.run is not None:
        check_given(situation.run, settings, f"{field}.run")
        check_built(situation.run, settings, prefix=f"{field}.run")
    if situation.race is not None:
        check_race(situation.race, settings, f"{field}.race")
    if situation.lab is not None:
        check_experiment(situation.lab, settings, f"{field}.lab.choices")
    if situation.network is not None:
        check_race(situation.network, settings, f"{field}.network")
        check_given(situation.network.run, settings, f"{field}.network.run")
        check_built(situation.network.run, settings, max(1, len(situation.network.lanes)), f"{field}.network.run")


def check_variants(card: Card, situation: Situation, settings: Settings) -> None:
    """In a worker: what is built to be measured beside the situation. Raises `CommandError`, or what the engine raises."""
    from engine.lessons.building import build

    built = build(situation, card.variants)
    for name in card.variants:
        check_situation(built.varied(name).situation, settings, f"variants.{name}")


def size_of(card: Card, situation: Situation) -> int:
    """In a worker: bytes that it takes while something is measured of it, its variants and others made from it, about."""
    return (1 + len(card.variants)) * _size(situation)


def check_experiment(lab: LabSpec, settings: Settings, field: str) -> None:
    updates = _experiment(lab)[0]
    if updates > settings.max_study_steps:
        words = f"{field}: {updates:,} updates are too many for one experiment"
        raise beyond("max_study_steps", words, field, f"at most {settings.max_study_steps:,} updates in all")


def _experiment(lab: LabSpec) -> tuple[int, int]:
    """The updates that an experiment makes in all, and its bytes."""
    from engine.lab.experiment import chosen
    from engine.lab.rows import EXPERIMENTS

    experiment = EXPERIMENTS[lab.experiment]
    choices = chosen(experiment, lab.choices)
    return experiment.updates(None, choices), experiment.size(None, choices)


def _size(situation: Situation) -> int:
    if situation.run is not None:
        return 2 * memory_of(situation.run)
    if situation.lab is not None:
        return _experiment(situation.lab)[1]
    if situation.network is not None:
        return memory_of(situation.network.run) * (1 + 2 * len(situation.network.lanes))
    return SMALL if situation.race is None else SMALL + A_STEP * situation.race.max_steps
