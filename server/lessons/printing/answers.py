"""What a teacher's sheet tells: each question's answer and each number of the words, measured card by card. In a worker."""

from __future__ import annotations

import logging
import math
import time
from typing import TYPE_CHECKING, NamedTuple

from server.lessons import measured
from server.lessons.open_card import OpenCard
from server.lessons.reading.lesson import Read
from server.protocol.lessons import LessonVerdict
from server.settings import Settings
from server.wire.errors import CommandError

if TYPE_CHECKING:
    from engine.lessons.building import Built

log = logging.getLogger("chainrule")

PATIENCE = 120.0
"""Seconds after which no further card is measured: what a stranger wrote may take long."""


class Measured(NamedTuple):
    """Of a card; None where it asks nothing, or cannot be measured."""

    verdict: LessonVerdict | None
    values: dict[str, float]


NOT_MEASURED = Measured(None, {})


def answers(read: Read, settings: Settings) -> list[Measured]:
    """A card without a situation is measured where the one before it began."""
    begun = time.monotonic()
    return [
        _measured(OpenCard(read, place), settings) if time.monotonic() - begun < PATIENCE else NOT_MEASURED
        for place in range(len(read.lesson.cards))
    ]


def _measured(card: OpenCard, settings: Settings) -> Measured:
    names = card.html.names()
    if card.spec.question is None and not names:
        return NOT_MEASURED
    try:
        built: Built = measured.built_for(card.spec, card.situation, None, settings)
        values = measured.values(card.spec, built, names)
        verdict = None
        if card.spec.question is not None:
            verdict = measured.judged(card.spec, card.html, built, None)
        return Measured(verdict, values)
    except (CommandError, ValueError) as error:
        log.warning("a card of %s cannot be measured for its sheet: %s", card.read.lesson.title, error)
        return Measured(None, dict.fromkeys(names, math.nan))
