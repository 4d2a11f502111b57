"""The card that is open: what it is, how its question was answered, what was measured; as it is told, and as it is kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from server.keeping.versions import LESSON_VERSION
from server.lessons.library import library
from server.lessons.reading import html
from server.lessons.reading.lesson import CardHtml, Read
from server.protocol.lessons import LessonInfo, LessonQuestion, LessonTask, LessonVerdict

if TYPE_CHECKING:
    from engine.lessons.card import Card
    from engine.lessons.situation import Kind, Situation

DEFAULT_KIND: Kind = "run"


@dataclass
class OpenCard:
    """`lesson` is its id, none of a text that is tried; `course` is the course's title, empty where it is not from chainrule;
    `waived`: it was answered before, and is not asked again."""

    read: Read
    card: int
    lesson: str | None = None
    course: str = ""
    own: bool = False
    waived: bool = False
    verdict: LessonVerdict | None = None
    values: dict[str, float] | None = None
    """What the words print, by its name; None before it is measured."""
    failed: bool = False
    """Whether it could not be measured: it is not tried again, and nothing waits for an answer."""
    met: bool = False
    number: int = 0
    tells: frozenset[str] = frozenset()
    """Channels whose pictures would give the answer away."""

    @property
    def spec(self) -> Card:
        return self.read.lesson.cards[self.card]

    @property
    def html(self) -> CardHtml:
        return self.read.html[self.card]

    @property
    def locked(self) -> bool:
        """Whether its question is open."""
        return self.spec.question is not None and not (self.waived or self.failed) and self.verdict is None

    @property
    def answered(self) -> bool:
        return not self.locked

    @property
    def withheld(self) -> frozenset[str]:
        """Channels that show nothing while its question is open."""
        return self.tells if self.locked else frozenset()

    @property
    def situation(self) -> Situation | None:
        """What it begins from, or an earlier card whose situation it goes on with."""
        return next((each.situation for each in reversed(self.read.lesson.cards[: self.card + 1]) if each.situation), None)

    @property
    def kind(self) -> Kind:
        return DEFAULT_KIND if self.situation is None else self.situation.kind

    @property
    def unmeasured(self) -> bool:
        """Whether something that may be told is still to be measured."""
        if self.locked or self.failed:
            return False
        asked = self.spec.question is not None and self.verdict is None
        return asked or (self.values is None and bool(self.html.names()))

    def goes_on_from(self, other: OpenCard | None) -> bool:
        """Whether it finds what it begins from where another card is open: an earlier one of the same text."""
        if other is None or self.spec.situation is not None or other.read.text != self.read.text:
            return False
        return other.card <= self.card and other.situation == self.situation

    # As it is told ----------------------------------------------------------------------------------------------------

    def info(self) -> LessonInfo:
        lesson, card, told = self.read.lesson, self.spec, self.html
        shown = {} if self.locked or self.values is None else self.values
        return LessonInfo(
            lesson=self.lesson,
            own=self.own,
            title=html.plain(lesson.title),
            course=self.course or ("" if self.own else html.plain(lesson.course)),
            can=html.plain(lesson.can),
            count=len(lesson.cards),
            card=self.card,
            heading=told.heading,
            words=html.filled(told.words, shown),
            why=None if self.locked else html.filled(told.why, shown),
            view=card.view,
            after=card.after,
            place=self._place(),
            lit=list(card.lit),
            controls=list(card.controls),
            minutes=(card.minutes.alone, card.minutes.in_class),
            question=self._question(),
            verdict=self._verdict(shown),
            task=self._task(),
            twin=self._twin(),
            locked=self.locked,
            withheld=sorted(self.withheld),
            number=self.number,
        )

    def _place(self) -> dict[str, Any] | None:
        situation, place = self.situation, self.spec.place
        if situation is not None and situation.graph is not None:
            return {"text": situation.graph.text, "inputs": dict(situation.graph.inputs)}
        if situation is not None and situation.lab is not None:
            return situation.lab.model_dump(mode="json")
        return None if place is None else place.model_dump()

    def _question(self) -> LessonQuestion | None:
        question, told = self.spec.question, self.html
        if question is None:
            return None
        axis, log = None, False
        if question.kind == "sketch":
            first = 0 if self.situation is None else self.situation.step
            axis, log = (float(first), float(first + question.steps), question.low, question.high), question.log
        own = {"texts": list(told.texts), "unit": told.unit, "reading": told.reading}
        return LessonQuestion(kind=question.kind, ask=told.ask, axis=axis, log=log, **own)

    def _twin(self) -> str | None:
        """As a card's address names it; one's own may name a lesson that is not there."""
        twin = None if self.spec.question is None or self.locked else self.spec.question.twin
        lesson, _, number = (twin or "").partition("#")
        return f"{lesson}.{number or 1}" if lesson in library() else None

    def _verdict(self, shown: dict[str, float]) -> LessonVerdict | None:
        """A reply may print what was measured."""
        if self.verdict is None:
            return None
        return self.verdict.model_copy(update={"reply": html.filled(self.verdict.reply, shown)})

    def _task(self) -> LessonTask | None:
        task = self.spec.task
        if task is None:
            return None
        told = self.html
        return LessonTask(ask=told.task, wanted=told.wanted, receipt=task.receipt, met=self.met, live=told.live)

    # As it is kept ----------------------------------------------------------------------------------------------------

    def kept(self) -> dict[str, Any]:
        """Plain data; a lesson of chainrule's by its id alone."""
        text = self.read.text if self.own or self.lesson is None else None
        verdict = None if self.verdict is None else self.verdict.model_dump_json()
        values = None if self.values is None else {name: value.hex() for name, value in self.values.items()}
        return {
            "version": LESSON_VERSION,
            "lesson": self.lesson,
            "text": text,
            "card": self.card,
            "waived": self.waived,
            "verdict": verdict,
            "values": values,
            "met": self.met,
            "number": self.number,
        }

    def take_up(self, kept: dict[str, Any]) -> None:
        """How it stood."""
        self.waived, self.met, self.number = bool(kept["waived"]), bool(kept["met"]), int(kept["number"])
        if kept["verdict"] is not None:
            self.verdict = LessonVerdict.model_validate_json(kept["verdict"])
        if kept["values"] is not None:
            self.values = {name: float.fromhex(value) for name, value in kept["values"].items()}


NOTHING = LessonInfo()
"""No card is open."""


def previews(read: Read) -> list[LessonInfo]:
    """Every card as its writer sees it while nothing is built: asked, and with what is told afterwards."""
    found = []
    for place in range(len(read.lesson.cards)):
        card = OpenCard(read, place, own=True)
        found.append(card.info().model_copy(update={"why": html.filled(card.html.why, {})}))
    return found
