"""What each command of a lesson does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from server.lessons import measured
from server.lessons.controller import Lessons, open_card
from server.lessons.library import library
from server.lessons.limits import check_situation, check_variants
from server.lessons.open_card import OpenCard, previews
from server.lessons.reading.lesson import Read
from server.lessons.reading.lesson import read as read_lesson
from server.lessons.reading.problems import LessonError, Problem
from server.protocol import Command, Done, name_of
from server.protocol.lessons import (
    LessonAnswer,
    LessonCheck,
    LessonKeep,
    LessonLeave,
    LessonOpen,
    LessonReceipt,
    LessonReset,
    LessonSource,
    LessonTry,
)
from server.session.activity import Handler
from server.session.viewer import Viewer
from server.settings import Settings
from server.wire.errors import CommandError

Result = dict[str, Any]


async def open_lesson(lessons: Lessons, viewer: Viewer, command: LessonOpen) -> bool:
    if "/" in command.lesson:
        card = await lessons.host.call(_of_course, command.lesson, command.card)
    else:
        text = await lessons.host.store.lessons.text(command.lesson)
        card = await lessons.host.call(_own, text, command.card, command.lesson)
    card.waived = command.answered and card.spec.question is not None
    return await lessons.begin_card(card, viewer, Done(id=command.id, command=name_of(command)))


async def try_text(lessons: Lessons, viewer: Viewer, command: LessonTry) -> bool | Result:
    found = await lessons.host.call(_read, command.text, lessons.host.settings)
    if isinstance(found, LessonError):
        return _problems(found)
    card = open_card(found, command.card, None, own=True)
    return await lessons.begin_card(card, viewer, Done(id=command.id, command=name_of(command), result={"problems": []}))


async def check_text(lessons: Lessons, viewer: Viewer, command: LessonCheck) -> Result:
    found = await lessons.host.call(_read, command.text, lessons.host.settings)
    if isinstance(found, LessonError):
        return _problems(found) | {"lesson": None}
    return {"problems": [], "lesson": await lessons.host.call(_shown, found)}


async def answer(lessons: Lessons, viewer: Viewer, command: LessonAnswer) -> Result:
    card = lessons.present()
    if card.spec.question is None:
        raise CommandError("invalid", "This card asks nothing", "answer", "a card with a question")
    if card.answered:
        raise CommandError("invalid", "This question is answered", "answer", "lesson_reset, or another card")
    try:
        async with lessons.host.room(lessons.size):
            found = await lessons.host.call(lessons.judge, command.answer)
    except CommandError as error:
        if error.code == measured.UNMEASURED:
            lessons.give_up(card)
        raise
    lessons.settle(card, **found)
    info = card.info().verdict
    return {} if info is None else info.model_dump(mode="json")


async def reset(lessons: Lessons, viewer: Viewer, command: LessonReset) -> bool:
    card = lessons.present()
    return await lessons.begin_card(card, viewer, Done(id=command.id, command=name_of(command)), anew=True)


async def leave(lessons: Lessons, viewer: Viewer, command: LessonLeave) -> None:
    await lessons.leave()


async def keep(lessons: Lessons, viewer: Viewer, command: LessonKeep) -> Result:
    found = await lessons.host.call(_read, command.text, lessons.host.settings)
    if isinstance(found, LessonError):
        first = found.problems[0]
        raise CommandError("invalid", f"text: line {first.line}: {first.message}", "text", first.allowed or None)
    store = lessons.host.store.lessons
    return {"lesson": await store.keep(command.text, lessons.host.address), "lasting": store.lasting}


async def source(lessons: Lessons, viewer: Viewer, command: LessonSource) -> Result:
    """What is asked in a lesson may stand in its text, as a claim: while its question is open it is not told."""
    if lessons.locked:
        raise CommandError("locked", "A lesson's text opens after the prediction", allowed="lesson_answer")
    if "/" in command.lesson:
        return {"text": (await lessons.host.call(_of_course, command.lesson, 0)).read.text}
    return {"text": await lessons.host.store.lessons.text(command.lesson)}


async def receipt(lessons: Lessons, viewer: Viewer, command: LessonReceipt) -> Result:
    card = lessons.present()
    if card.spec.task is None or card.locked:
        raise CommandError("invalid", "There is nothing to take a receipt of here", allowed="a card with a task")
    there = lessons.there()
    if there is None:
        raise CommandError("no_run", "There is nothing here to take a receipt of")
    return await lessons.host.call(measured.receipt, card, there, lessons.finish())


# In a worker --------------------------------------------------------------------------------------------------------


def _of_course(id: str, place: int) -> OpenCard:
    if id not in library():
        raise CommandError("unknown_lesson", "There is no such lesson on this server", "lesson", "/api/lessons lists them")
    try:
        return open_card(library().read(id), place, id, own=False)
    except LessonError as error:
        raise CommandError("unknown_lesson", f"This lesson cannot be read: {error}", "lesson") from error


def _own(text: str, place: int, id: str) -> OpenCard:
    """One that an earlier or a later chainrule took may be none to this one."""
    try:
        return open_card(read_lesson(text), place, id, own=True)
    except LessonError as error:
        raise CommandError("unknown_lesson", f"This lesson cannot be read here: {error}", "lesson") from error


def _read(text: str, settings: Settings) -> Read | LessonError:
    """A text that is being written, its situations held against the limits."""
    try:
        found = read_lesson(text)
        problems = list(_beyond(found, settings))
        return LessonError(problems) if problems else found
    except LessonError as error:
        return error


def _beyond(found: Read, settings: Settings) -> list[Problem]:
    problems = []
    for card in found.lesson.cards:
        try:
            if card.situation is not None:
                check_situation(card.situation, settings)
                check_variants(card, card.situation, settings)
        except (CommandError, ValueError) as error:
            allowed = getattr(error, "allowed", None) or ""
            problems.append(Problem(card.line, str(getattr(error, "message", error)), allowed))
    return problems


def _shown(found: Read) -> Result:
    lesson = found.lesson
    cards = [info.model_dump(mode="json") for info in previews(found)]
    return {"title": cards[0]["title"], "course": lesson.course, "can": cards[0]["can"], "cards": cards}


def _problems(error: LessonError) -> Result:
    return {"problems": [problem.as_json() for problem in error.problems]}


HANDLERS: Mapping[type[Command], Handler] = {
    LessonOpen: open_lesson,
    LessonTry: try_text,
    LessonCheck: check_text,
    LessonAnswer: answer,
    LessonReset: reset,
    LessonLeave: leave,
    LessonKeep: keep,
    LessonSource: source,
    LessonReceipt: receipt,
}
