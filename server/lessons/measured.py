"""What is measured of a card: the answer to its question, the numbers that its words print, where its task stands. In workers;
whatever takes long gives way."""

from __future__ import annotations

import math
from collections.abc import Iterable
from html import escape
from typing import TYPE_CHECKING, Any

from server.lessons.limits import check_situation, check_variants
from server.lessons.reading.html import plain as plain_text
from server.lessons.reading.lesson import CardHtml
from server.mathml import inline
from server.protocol.lessons import LessonVerdict
from server.settings import Settings
from server.wire.errors import CommandError

if TYPE_CHECKING:
    from engine.lessons.building import Built
    from engine.lessons.card import Card
    from engine.lessons.judging import Verdict
    from engine.lessons.scripts import Subject
    from engine.lessons.situation import Situation
    from server.lessons.open_card import OpenCard

UNMEASURED = "unmeasured"
Answer = int | float | list[float] | None


def built_for(card: Card, situation: Situation | None, there: Subject | None, settings: Settings) -> Built:
    """What a card is measured on: its own situation, or the script of what is there. Never what is there itself."""
    from engine.lessons.building import build
    from engine.lessons.scripts import situation_of

    if situation is None:
        if there is None:
            raise CommandError("no_run", "There is nothing to measure: the card goes on with what is there, and nothing is")
        step = there.steps_done if hasattr(there, "steps_done") else getattr(there, "step", 0)
        situation = situation_of(there, step)
    check_situation(situation, settings)
    check_variants(card, situation, settings)
    return build(situation, card.variants)


def values(card: Card, built: Built, names: Iterable[str]) -> dict[str, float]:
    """What cannot be measured is no number."""
    from engine.lessons.measuring import MeasureError, Measurement

    found: dict[str, float] = {}
    for name in names:
        try:
            found[name] = Measurement.read(card.measures[name], card.measures).value(built)
        except MeasureError:
            found[name] = math.nan
    return found


def judged(card: Card, told: CardHtml, built: Built, answer: Answer) -> LessonVerdict:
    """`told` is the card's HTML. Raises `CommandError` as `verdict` does."""
    found = verdict(card, built, answer)
    return LessonVerdict(
        answer=answer,
        right=found.right,
        value=plain(found.value),
        truth=plain(found.truth),
        said=_said(card, told, found),
        reply=told.replies[int(found.answer)] if found.reply else "",
        curve=None if found.curve is None else (plain(found.curve[0]), plain(found.curve[1])),
        off=found.off,
    )


def verdict(card: Card, built: Built, answer: Answer) -> Verdict:
    """Raises `CommandError` where the answer is none to this question, and where that cannot be measured."""
    from engine.lessons.judging import AnswerError, judge
    from engine.lessons.measuring import MeasureError

    assert card.question is not None
    try:
        return judge(card.question, built, answer, card.measures)
    except AnswerError as error:
        raise CommandError("invalid", f"answer: {error.problem}", "answer", error.allowed) from error
    except MeasureError as error:
        raise CommandError(UNMEASURED, f"This question cannot be measured: {error.problem}", None, error.allowed) from error


def _said(card: Card, told: CardHtml, found: Verdict) -> str:
    """The truth as HTML: of choices and items as they are shown."""
    assert card.question is not None
    if card.question.kind == "choose" and found.truth is not None:
        return told.texts[int(found.truth)]
    if card.question.kind == "order":
        return ", ".join(told.texts[item] for item in found.truth)
    return escape(found.said)


def plain(value: Any) -> Any:
    """Arrays and tuples as lists."""
    if value is None or isinstance(value, int | float):
        return value
    return [float(each) if not isinstance(each, int) else each for each in value]


def tells(card: Card) -> frozenset[str]:
    """Channels whose pictures would give the question's answer away."""
    from engine.lessons.measuring import Measurement

    question = card.question
    if question is None:
        return frozenset()
    if question.kind == "order":
        texts = [item.measure for item in question.items]
    else:
        texts = [question.x, question.y] if question.kind == "place" else [question.measure]
    return frozenset().union(*(Measurement.read(text, card.measures).tells for text in texts))


def task_now(card: Card, there: Subject, finish: float | None) -> dict[str, Any]:
    """Where a task stands, of what is there as it stands: each part of its condition as a formula with its value. What cannot
    be measured of it, as of a layer that was taken away, is no number, and `trouble` says why."""
    from engine.lessons.building import Built
    from engine.lessons.measuring import Condition, MeasureError

    assert card.task is not None
    built = Built.of(there, variants=card.variants, finish=finish)
    wanted = Condition.read(card.task.wanted, card.measures)
    parts, trouble = [], ""
    for side in wanted.measurements:
        try:
            value = side.value(built)
        except MeasureError as error:
            value, trouble = math.nan, error.problem
        parts.append({"text": inline(side.latex), "value": value})
    return {"met": not trouble and wanted.holds(built), "parts": parts, "trouble": trouble}


def receipt(card: OpenCard, there: Subject, finish: float | None) -> dict[str, Any]:
    """The file that `chainrule check` replays. Raises `CommandError` where what is there has no script."""
    from engine.lessons.building import Built
    from engine.lessons.receipts import Receipt

    assert card.spec.task is not None
    lesson, number = card.lesson or "", card.card + 1
    built = Built.of(there, variants=card.spec.variants, finish=finish)
    try:
        made = Receipt.of(
            built,
            card.spec.task.wanted,
            card.spec.measures,
            lesson=lesson,
            card=number,
            title=plain_text(card.read.lesson.title),
        )
    except ValueError as error:
        raise CommandError("invalid", f"There is no receipt of this: {error}") from error
    name = f"{lesson.rpartition('/')[2] or 'lesson'}-{number}.receipt.json"
    return {"name": name, "type": "application/json", "text": made.as_json()}
