"""The lessons that come with chainrule: a folder for each course, a file for each lesson. ``deep/03-ten-sigmoids.md`` is
deep/ten-sigmoids, the third of its course."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from server.lessons.reading import lesson as reading
from server.lessons.reading import plain_yaml
from server.lessons.reading.html import LESSON, plain
from server.lessons.reading.lesson import Read
from server.lessons.reading.problems import LessonError, Problem

log = logging.getLogger("chainrule")

FOLDER = Path(__file__).parent / "courses"
COURSES = "courses.yaml"
FILE = re.compile(r"(\d\d)-([a-z0-9-]+)\.md")


class Course(NamedTuple):
    name: str
    title: str
    about: str
    lessons: tuple[str, ...]
    """Ids, in their order."""


class Library:
    """Each lesson is read once, when it is first asked for. Call from worker threads."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self.folder = folder
        self._files: dict[str, Path] = {}
        self.courses = tuple(self._courses())
        self.read = lru_cache(maxsize=None)(self._read)

    def _courses(self) -> Iterator[Course]:
        file = self.folder / COURSES
        if not file.is_file():
            return
        for row in plain_yaml.read(file.read_text(encoding="utf-8")).value:
            found = sorted((self.folder / row["name"]).glob("*.md"))
            names = {f"{row['name']}/{match[2]}": path for path in found if (match := FILE.fullmatch(path.name))}
            self._files |= names
            yield Course(row["name"], row["title"], row.get("about", ""), tuple(names))

    def __contains__(self, id: str) -> bool:
        return id in self._files

    def text(self, id: str) -> str:
        """As it is written; KeyError where there is none."""
        return self._files[id].read_text(encoding="utf-8")

    def _read(self, id: str) -> Read:
        """Raises `LessonError` with the file's name."""
        path = self._files[id]
        file = path.relative_to(self.folder).as_posix()
        found = reading.read(path.read_text(encoding="utf-8"), file)
        if found.lesson.course != path.parent.name:
            allowed = f"course: {path.parent.name}, the folder's name"
            raise LessonError([Problem(2, f"course: {found.lesson.course} is another folder", allowed)], file)
        return found

    def title_of(self, course: str) -> str:
        return next((each.title for each in self.courses if each.name == course), course)

    def check(self) -> list[str]:
        """All that is wrong with any of them, in words: what cannot be read, links that lead nowhere or in a circle."""
        wrong: list[str] = []
        lessons: dict[str, Read] = {}
        for course in self.courses:
            for id in course.lessons:
                try:
                    lessons[id] = self.read(id)
                except LessonError as error:
                    wrong.append(str(error))
        for id, found in lessons.items():
            file = self._files[id].relative_to(self.folder).as_posix()
            for line, message, allowed in self._links(id, found, lessons):
                wrong.append(f"{file}:{line}: {message}; allowed: {allowed}")
        return wrong

    def _links(self, id: str, found: Read, lessons: dict[str, Read]) -> Iterator[Problem]:
        known = found.lesson.know
        for other in known:
            if other.partition("#")[0] not in lessons:
                yield Problem(2, f"know: there is no lesson {other}", "lessons that are there")
        circle = _circle(id, lessons)
        if circle:
            yield Problem(2, f"know: a circle, {' → '.join(circle)}", "lessons that come before")
        for card in found.lesson.cards:
            twin = None if card.question is None else card.question.twin
            if twin is not None and not _is_card(twin, id, card.line, lessons):
                yield Problem(card.line, f"twin: there is no other card {twin} with a question", "course/lesson#4")
        for card, told in zip(found.lesson.cards, found.html, strict=True):
            for link in re.findall(r'href="#l=([a-z0-9-]+/[a-z0-9-]+)(?:\.\d+)?"', told.words + told.why):
                if LESSON.fullmatch(link) and link not in lessons:
                    yield Problem(card.line, f"a link leads to no lesson: {link}", "lessons that are there")

    def document(self) -> dict[str, Any]:
        """``/api/lessons``. A lesson that cannot be read is not there, and the log says why."""
        courses = []
        for course in self.courses:
            rows = [row for id in course.lessons if (row := self._row(id)) is not None]
            courses.append({"name": course.name, "title": course.title, "about": course.about, "lessons": rows})
        return {"courses": courses}

    def _row(self, id: str) -> dict[str, Any] | None:
        try:
            found = reading.outline(self.text(id))
        except LessonError as error:
            log.error("the lesson %s cannot be read: %s", id, error)
            return None
        own = {"title": plain(found.title), "can": plain(found.can), "know": list(found.know)}
        return {"id": id, **own, "minutes": list(found.minutes), "cards": found.cards}


def _circle(id: str, lessons: dict[str, Read]) -> list[str]:
    """The way from a lesson over what it wants known back to it; nothing where there is none."""
    waiting: list[list[str]] = [[id]]
    seen: set[str] = set()
    while waiting:
        way = waiting.pop()
        for reference in lessons[way[-1]].lesson.know:
            other = reference.partition("#")[0]
            if other == id:
                return [*way, id]
            if other in lessons and other not in seen:
                seen.add(other)
                waiting.append([*way, other])
    return []


def _is_card(twin: str, own: str, line: int, lessons: dict[str, Read]) -> bool:
    """Whether a twin is a card with a question, and not the card itself."""
    other, _, number = twin.partition("#")
    if other not in lessons or not number or not 1 <= int(number) <= len(lessons[other].lesson.cards):
        return False
    card = lessons[other].lesson.cards[int(number) - 1]
    return card.question is not None and (other, card.line) != (own, line)


@lru_cache(maxsize=1)
def library() -> Library:
    return Library()
