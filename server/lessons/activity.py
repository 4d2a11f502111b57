"""Lessons as an activity of a session: their commands, the channel of a task, the list of courses."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from server.lessons import measured
from server.lessons.controller import Lessons
from server.lessons.handlers import HANDLERS
from server.lessons.library import library
from server.lessons.printing.routes import routes
from server.protocol.lessons import LessonInfo
from server.session.activity import Channel, Kind
from server.session.channel_types import Cadence, Picture, Want
from server.session.viewer import Slot, Viewer

LIVE = Cadence(1 / 4, apart=10)
"""A task is told no more often than its number can be read, and takes little of the time."""


def _task(lessons: Lessons, want: Want) -> Picture | None:
    card, there = lessons.open, lessons.there()
    if card is None or there is None:
        return None
    told = measured.task_now(card.spec, there, lessons.finish())
    lessons.note(card, met=told["met"])
    return Picture({"card": card.card, "number": card.number, "kept": card.met} | told, {})


def _task_key(lessons: Lessons, viewer: Viewer, slot: Slot) -> Hashable:
    card = lessons.open
    if card is None or card.spec.task is None or card.locked or lessons.building is not None or lessons.there() is None:
        return None
    if not card.html.live and lessons.source.moving:
        return slot.key  # it waits until nothing moves
    return card.number, lessons.point()


def document() -> dict[str, Any]:
    return library().document()


LESSONS = Kind(
    name="lessons",
    begin=Lessons,
    handlers=HANDLERS,
    events=(LessonInfo,),
    channels=(Channel("lesson_task", _task, _task_key, LIVE),),
    documents={"/api/lessons": document},
    routes=routes,
    turn=2,
)
