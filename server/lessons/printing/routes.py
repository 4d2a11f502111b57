"""``/lessons/{course}/{name}/handout`` and ``/sheet``, and the same of one's own by its id, as pages to print."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response

from server.http.page import Packed
from server.keeping.experiments import Experiments
from server.lessons.library import library
from server.lessons.printing import pages
from server.lessons.printing.answers import answers
from server.lessons.reading.lesson import Read
from server.lessons.reading.lesson import read as read_lesson
from server.lessons.reading.problems import LessonError
from server.session.calling import Calling
from server.settings import Settings
from server.wire.errors import CommandError

Kind = Literal["handout", "sheet"]
Part = Annotated[str, Path(pattern=r"^[a-z0-9-]{1,58}$")]
OwnId = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
KEPT = 64
"""Pages that are remembered."""
NO_LESSON = "There is no such lesson here."


class Printer:
    """One page is made at a time: to measure all the cards of a lesson takes seconds."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._made: OrderedDict[tuple[str, str], Packed] = OrderedDict()
        self._lock = asyncio.Lock()

    async def page(self, request: Request, id: str, kind: Kind) -> Response:
        own = "/" not in id
        try:
            text = await self._store(request).lessons.text(id) if own else ""
        except CommandError as refusal:
            return _refused(refusal.message)
        async with self._lock:
            if (id, kind) not in self._made:
                calling = Calling(request.app.state.scheduler)
                page = await calling.call(self._page, id, text, kind)
                if page is None:
                    return _refused(NO_LESSON)
                self._made[id, kind] = Packed(page.encode(), "text/html; charset=utf-8")
                if len(self._made) > KEPT:
                    self._made.popitem(last=False)
            return self._made[id, kind].response(request.headers)

    def _store(self, request: Request) -> Experiments:
        found: Experiments = request.app.state.store
        return found

    def _page(self, id: str, text: str, kind: Kind) -> str | None:
        """In a worker."""
        own = "/" not in id
        try:
            read = self._read(id, text)
        except LessonError:
            return None
        if read is None:
            return None
        course = "" if own else library().title_of(read.lesson.course)
        if kind == "handout":
            return pages.handout(read, course, own=own)
        return pages.sheet(read, course, answers(read, self._settings), own=own)

    def _read(self, id: str, text: str) -> Read | None:
        if "/" not in id:
            return read_lesson(text)
        return library().read(id) if id in library() else None


def routes(settings: Settings) -> APIRouter:
    router, printer = APIRouter(), Printer(settings)

    @router.get("/lessons/{course}/{name}/{kind}")
    async def of_course(request: Request, course: Part, name: Part, kind: Kind) -> Response:
        return await printer.page(request, f"{course}/{name}", kind)

    @router.get("/lessons/{id}/{kind}")
    async def of_ones_own(request: Request, id: OwnId, kind: Kind) -> Response:
        return await printer.page(request, id, kind)

    return router


def _refused(words: str) -> Response:
    return Response(words, status_code=404, media_type="text/plain; charset=utf-8")
