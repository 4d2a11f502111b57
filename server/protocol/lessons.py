"""Lessons on the wire: a card is opened, its question answered, its task told live. Nothing here holds an answer before it is
given."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from server.protocol.base import Command, Message

MOST_TEXT = 60_000
LessonId = Annotated[
    str,
    Field(
        max_length=120,
        pattern=r"^[a-z0-9-]+/[a-z0-9-]+$|^[A-Za-z0-9_-]{1,64}$",
        description="course/lesson, or an own one's id",
    ),
]
Coordinate = Annotated[float, Field(ge=-1e12, le=1e12, allow_inf_nan=False)]


class LessonOpen(Command):
    """Open a card: its situation is built in this session, in place of what is there, and nothing moves or tells what it asks
    before its question is answered. A card that goes on with what is there leaves it. The event `lesson` tells the card."""

    holds: ClassVar[str] = "situation"
    type: Literal["lesson"] = "lesson"
    lesson: LessonId
    card: int = Field(default=0, ge=0, lt=12, description="counted from 0")
    answered: bool = Field(default=False, description="its question was answered before, on this page: nothing is asked again")


class LessonTry(Command):
    """Open a card of a text that is being written. `done.result`: {problems: [{line, message, allowed}]}, empty where it is
    opened."""

    type: Literal["lesson_try"] = "lesson_try"
    text: str = Field(max_length=MOST_TEXT)
    card: int = Field(default=0, ge=0, lt=12)


class LessonCheck(Command):
    """Read a text that is being written. `done.result`: {problems: [{line, message, allowed}], lesson: its cards as `lesson`
    tells them, without situations, or null}."""

    type: Literal["lesson_check"] = "lesson_check"
    text: str = Field(max_length=MOST_TEXT)


class LessonAnswer(Command):
    """Answer the question of the card that is open; null: I don't know. By its kind: the index of a choice; -1, 0 or 1; a power
    of ten; a number; indices in order; [x, y]; the heights of a curve at evenly spaced steps. `done.result` is the
    `LessonVerdict`."""

    type: Literal["lesson_answer"] = "lesson_answer"
    answer: int | float | Annotated[list[Coordinate], Field(max_length=400)] | None


class LessonReset(Command):
    """Build the card's situation again; an answer that was given stays given."""

    type: Literal["lesson_reset"] = "lesson_reset"


class LessonLeave(Command):
    """Leave the lesson: what it began stays, and nothing is locked."""

    type: Literal["lesson_leave"] = "lesson_leave"


class LessonKeep(Command):
    """Keep a text on the server. `done.result`: {lesson, lasting}: the id to open it by, in any session, and whether it
    outlives the server. Refused where it cannot be read."""

    type: Literal["lesson_keep"] = "lesson_keep"
    text: str = Field(max_length=MOST_TEXT)


class LessonSource(Command):
    """A lesson's text. `done.result`: {text}."""

    type: Literal["lesson_source"] = "lesson_source"
    lesson: LessonId


class LessonReceipt(Command):
    """What was done on the card, as a file that `chainrule check` replays. `done.result`: {name, type, text}."""

    type: Literal["lesson_receipt"] = "lesson_receipt"


class LessonQuestion(Message):
    """`ask` and the choices' or items' `texts` are HTML. Of a sketch `axis` is [first step, last step, low, high] and `log`
    whether its heights are on a logarithmic axis."""

    kind: Literal["choose", "sign", "power", "number", "order", "place", "sketch"]
    ask: str
    texts: list[str] = Field(default_factory=list)
    unit: str = ""
    axis: tuple[float, float, float, float] | None = None
    log: bool = False
    reading: str = Field(default="", description="what the curve or the point is, in words")


class LessonVerdict(Message):
    """How an answer went, or null for `answer` where it was not known. `value` is what was measured, `truth` the right answer
    in the form of `LessonAnswer.answer`; `said` words the truth, `reply` answers a wrong choice; `curve` is the measured one of
    a sketch, [steps, heights]; `off` how far a place or a curve was off."""

    answer: int | float | list[float] | None = None
    right: bool | None = None
    value: float | list[float] | None = None
    truth: int | float | list[float] | None = None
    said: str = ""
    reply: str = ""
    curve: tuple[list[float], list[float]] | None = None
    off: float | None = None


class LessonTask(Message):
    """`ask` is HTML, and so is `wanted`, the condition. Where it stands, the channel `lesson_task` tells."""

    ask: str
    wanted: str
    receipt: bool = False
    met: bool = Field(default=False, description="it was, at some time since the card was opened")
    live: bool = Field(default=True, description="false: it takes long to measure, and is told where nothing moves")


class LessonInfo(Message):
    """The card that is open; `card` null: none is. `words`, `why` and headings are HTML, sanitized; `why` is null until the
    question is answered. In them a number that was measured is ``<data value="1.8e-06">``, and before it may be told
    ``<data value="">``. `locked`: what moves and what would tell is refused until then, with the code ``locked``. `own`:
    somebody else's than chainrule's; a text that is tried has no `lesson`."""

    latest: ClassVar[bool] = True
    type: Literal["lesson"] = "lesson"
    lesson: str | None = None
    own: bool = False
    title: str = ""
    course: str = ""
    can: str = ""
    count: int = 0
    card: int | None = None
    heading: str = ""
    words: str = ""
    why: str | None = None
    view: str = "train"
    after: str | None = None
    place: dict[str, Any] | None = Field(
        default=None, description="in Step {micro, sample}, of an expression {text, inputs}, of the lab {experiment, choices}"
    )
    lit: list[str] = Field(default_factory=list)
    controls: list[str] = Field(default_factory=list)
    minutes: tuple[float, float] | None = None
    question: LessonQuestion | None = None
    verdict: LessonVerdict | None = None
    task: LessonTask | None = None
    twin: str | None = Field(
        default=None, description="once the question is answered: the card that asks the same in other clothes, `deep/rescue.1`"
    )
    locked: bool = False
    withheld: list[str] = Field(
        default_factory=list, description="channels that show nothing until then, for they would give the answer away"
    )
    number: int = Field(default=0, description="counts the cards opened in this session")
