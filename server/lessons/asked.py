"""A card as a class sees it: what it tells, and its question with what the engine measures of it. What is measured is built for
that alone: no question of a class moves the session."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from html import escape, unescape
from typing import TYPE_CHECKING, Any

from server.interfaces import Asked, CardSeen, TaskSeen, Truth
from server.lessons import measured
from server.lessons.library import library
from server.lessons.limits import size_of
from server.lessons.open_card import OpenCard
from server.lessons.reading.html import filled
from server.lessons.reading.html import plain as without_marks
from server.protocol.lessons import LessonVerdict
from server.settings import Settings
from server.wire.errors import CommandError

if TYPE_CHECKING:
    from engine.lessons.card import Card
    from engine.lessons.judging import Verdict
    from engine.lessons.scripts import Subject
    from engine.lessons.situation import Situation


def card_seen(card: OpenCard) -> CardSeen:
    """As `OpenCard.info` tells it to the page: nothing that is not told there."""
    spec, html = card.spec, card.html
    shown = {} if card.locked or card.values is None else card.values
    task = None if spec.task is None else TaskSeen(html.task, spec.task.wanted, dict(spec.measures))
    return CardSeen(
        lesson=card.lesson,
        card=card.card,
        of=len(card.read.lesson.cards),
        title=without_marks(card.read.lesson.title),
        heading=html.heading,
        words=filled(html.words, shown),
        kind=card.kind,
        step=0 if card.situation is None else card.situation.step,
        asks=spec.question is not None,
        locked=card.locked,
        controls=tuple(spec.controls),
        task=task,
        met=card.met,
    )


def asked_of(card: OpenCard, there: Subject | None, settings: Settings, *, own: bool) -> Asked:
    """In a worker. `own`: it is measured on its own situation, whatever is there. Raises `CommandError`."""
    question, told = card.spec.question, card.info().question
    if question is None or told is None:
        raise CommandError("invalid", "This card asks nothing", "source", "a card with a question, a number, or words")
    situation = _script(card, there, own=own)
    size = 0 if situation is None else size_of(card.spec, situation)
    measure = partial(_measured, card, situation, settings)
    return Asked(told.model_dump(mode="json"), f"{card.lesson or ''}.{card.card + 1}", _twin(card), size, measure)


def _script(card: OpenCard, there: Subject | None, *, own: bool) -> Situation | None:
    """What it is measured on; of what is there its script as it stands now, for it may go on."""
    from engine.lessons.scripts import situation_of

    if own or there is None or card.spec.situation is not None:
        return card.situation
    return situation_of(there, there.steps_done if hasattr(there, "steps_done") else getattr(there, "step", 0))


def _twin(card: OpenCard) -> str | None:
    """Also of a question that is open: it is the class that is asked it."""
    twin = None if card.spec.question is None else card.spec.question.twin
    lesson, _, number = (twin or "").partition("#")
    return f"{lesson}.{number or 1}" if lesson in library() else None


def _measured(card: OpenCard, situation: Situation | None, settings: Settings) -> Truth:
    built = measured.built_for(card.spec, situation, None, settings)
    verdict = measured.verdict(card.spec, built, None)
    return Truth(
        value=measured.plain(verdict.value),
        truth=measured.plain(verdict.truth),
        said=_said(card, verdict),
        curve=None if verdict.curve is None else (measured.plain(verdict.curve[0]), measured.plain(verdict.curve[1])),
        standard=standard_of(card.spec, verdict),
    )


def _said(card: OpenCard, verdict: Verdict) -> str:
    """In plain words; of choices and items as they are shown."""
    question = card.spec.question
    assert question is not None
    if question.kind == "choose" and verdict.truth is not None:
        return _words(question.choices[int(verdict.truth)].text)
    if question.kind == "order":
        return ", ".join(_words(question.items[item].text) for item in verdict.truth)
    return verdict.said


def revealed(card: OpenCard, told: Mapping[str, Any]) -> LessonVerdict:
    """What was measured of it elsewhere, as the page is told it: nobody answered here."""
    question, truth = card.spec.question, told["truth"]
    said = escape(str(told["said"]))
    if question is not None and question.kind == "choose" and truth is not None:
        said = card.html.texts[int(truth)]
    elif question is not None and question.kind == "order":
        said = ", ".join(card.html.texts[int(item)] for item in truth)
    return LessonVerdict(value=told["value"], truth=truth, said=said, curve=told["curve"])


def _words(text: str) -> str:
    return unescape(without_marks(text))


def standard_of(card: Card, verdict: Verdict) -> dict[str, Any]:
    """What every answer to its question is held against."""
    from engine.lessons.standards import standard_of

    assert card.question is not None
    return standard_of(card.question, verdict)
