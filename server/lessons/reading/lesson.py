"""A lesson read from its text: every part is checked, and all that is wrong is told at once, each with its line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import ValidationError

from server.lessons.reading import checks, html, plain_yaml, sections
from server.lessons.reading.plain_yaml import Path, Tree
from server.lessons.reading.problems import LessonError, Problem
from server.lessons.reading.sections import CardText
from server.wire.errors import from_validation

if TYPE_CHECKING:
    from engine.lessons.card import Card, Lesson
    from engine.lessons.situation import Kind

TEXTS = frozenset({"text", "when", "reply", "ask", "unit", "measure", "x", "y", "wanted", "micro", "title", "course", "can"})
"""Fields of words: a number that stands there is what was written."""
LISTS_OF_TEXTS = frozenset({"claims", "lit", "controls", "measures", "know"})
NUMBERS = frozenset({"situation", "edits", "variants", "change"})
"""Below these numbers are meant."""
MOST_TIMES = 50
LONGEST_WORDS = 4000
FROM_TEXT = ("title", "line", "words", "why")
"""Fields of a card that do not stand in its block."""


class CardHtml(NamedTuple):
    """What of a card is HTML, with holes where something measured stands."""

    heading: str
    words: str
    why: str
    ask: str = ""
    texts: tuple[str, ...] = ()
    replies: tuple[str, ...] = ()
    unit: str = ""
    reading: str = ""
    task: str = ""
    wanted: str = ""
    live: bool = True
    """Whether that can be told beside what plays."""

    def names(self) -> list[str]:
        """What is measured for it."""
        return html.names_in("".join((self.words, self.why, *self.replies)))


class Read(NamedTuple):
    """A lesson and its HTML, a part for each card."""

    lesson: Lesson
    html: tuple[CardHtml, ...]
    text: str


def read(text: str, file: str = "") -> Read:
    """In a worker. Raises `LessonError`, whose `file` is as given."""
    try:
        return _read(text)
    except LessonError as error:
        raise LessonError(error.problems, file) from error


class Outline(NamedTuple):
    """What a list of lessons tells of one; `minutes` alone and in class."""

    title: str
    can: str
    know: tuple[str, ...]
    minutes: tuple[float, float]
    cards: int


def outline(text: str) -> Outline:
    """In a worker: little of a text is read, and nothing of it checked but what is told. Raises `LessonError`."""
    from engine.lessons.card import Lesson, Minutes

    cut = sections.cut(text)
    front = plain_yaml.read(cut.front.text, cut.front.line)
    blocks = [plain_yaml.read(part.yaml.text, part.yaml.line) for part in cut.cards]
    try:
        lesson = Lesson.model_validate(_front(front) | {"cards": [_ANY]})
        minutes = [Minutes.model_validate(block.value["minutes"]) for block in blocks]
    except (ValidationError, KeyError, TypeError) as error:
        raise LessonError([Problem(1, f"it cannot be listed: {error}", "what front matter and minutes are to be")]) from error
    spent = sum(each.alone for each in minutes), sum(each.in_class for each in minutes)
    return Outline(lesson.title, lesson.can, lesson.know, spent, len(minutes))


def _read(text: str) -> Read:
    from engine.lessons.card import Lesson
    from engine.parts import give_way

    cut = sections.cut(text)
    problems: list[Problem] = []
    front: dict[str, Any] = {}
    cards: list[tuple[Card, CardHtml]] = []
    tree: Tree | None = None
    try:
        tree = plain_yaml.read(cut.front.text, cut.front.line)
        front = _front(tree)
    except LessonError as error:
        problems += error.problems
    kind: Kind = "run"
    for part in cut.cards:
        give_way()
        try:
            card, rendered = _card(part, kind)
            cards.append((card, rendered))
            kind = kind if card.situation is None else card.situation.kind
        except LessonError as error:
            problems += error.problems
    if tree is not None:
        try:
            known: list[Any] = [card for card, _ in cards]
            lesson = Lesson.model_validate(front | {"cards": known or [_ANY]})
        except ValidationError as error:
            problems.append(_problem(error, tree))
    if problems:
        raise LessonError(problems)
    return Read(lesson, tuple(found for _, found in cards), text)


_ANY: dict[str, Any] = {"title": "one", "minutes": {"alone": 1, "class": 1}}
"""Stands for the cards where they are wrong: what else is wrong is told, too."""


def _front(tree: Tree) -> dict[str, Any]:
    if not isinstance(tree.value, dict):
        raise LessonError([Problem(2, "the front matter is empty", "title, course, can, know")])
    found: dict[str, Any] = _worded(tree.value, (), tree)
    if "cards" in found:
        raise LessonError([Problem(tree.line_of(("cards",)), "cards stand below the front matter", "title, course, can, know")])
    return found


def _card(part: CardText, before: Kind) -> tuple[Card, CardHtml]:
    from engine.lessons.card import Card

    tree = plain_yaml.read(part.yaml.text, part.yaml.line)
    if not isinstance(tree.value, dict):
        raise LessonError([Problem(part.yaml.line, "the block is empty", "minutes, and what the card has")])
    own = [name for name in FROM_TEXT if name in tree.value]
    if own:
        raise LessonError(
            [Problem(tree.line_of((own[0],)), f"{own[0]} does not belong here", "title and words around the block")]
        )
    long = [section for section in (part.words, part.why) if len(section.text) > LONGEST_WORDS]
    if long:
        raise LessonError([Problem(long[0].line, "the words are too many", f"at most {LONGEST_WORDS} characters")])
    around = {"title": part.title, "line": part.line, "words": part.words.text, "why": part.why.text}
    try:
        card = Card.model_validate(_worded(tree.value, (), tree) | around)
    except ValidationError as error:
        raise LessonError([_problem(error, tree)]) from error
    return card, _rendered(card, part, tree, before if card.situation is None else card.situation.kind)


def _worded(value: Any, path: Path, tree: Tree) -> Any:
    """The same, with words as they were written where words belong, and equal layers written out."""
    if isinstance(value, dict):
        return {
            name: _repeated(inner, (*path, name), tree) if name in NUMBERS else _worded(inner, (*path, name), tree)
            for name, inner in value.items()
        }
    if isinstance(value, list):
        return [_worded(inner, (*path, index), tree) for index, inner in enumerate(value)]
    words = path and (path[-1] in TEXTS or path[-1] == "know" or (len(path) > 1 and path[-2] in LISTS_OF_TEXTS))
    return tree.texts.get(path, value) if words and value is not None else value


def _repeated(value: Any, path: Path, tree: Tree) -> Any:
    """Below a situation: a layer with ``times: 10`` stands for ten of it."""
    if isinstance(value, dict):
        return {name: _repeated(inner, (*path, name), tree) for name, inner in value.items()}
    if not isinstance(value, list):
        return value
    found: list[Any] = []
    for index, inner in enumerate(value):
        entry, times = _repeated(inner, (*path, index), tree), 1
        if str(path[-1]).endswith("layers") and isinstance(entry, dict) and "times" in entry:
            times = entry.pop("times")
            if type(times) is not int or not 1 <= times <= MOST_TIMES:
                raise LessonError([Problem(tree.line_of((*path, index, "times")), "times: out of range", f"1 to {MOST_TIMES}")])
        found += [entry] * times
    return found


def _rendered(card: Card, part: CardText, tree: Tree, kind: Kind) -> CardHtml:
    """Raises `LessonError` with all that is wrong with the card."""
    problems: list[Problem] = []

    def line(text: str, *path: str | int, names: bool = False) -> str:
        found = html.Found(tree.line_of(path) if path else part.line, tuple(card.measures) if names else ())
        told = html.within_a_line(text, found)
        problems.extend(found.problems)
        return told

    def words(section: sections.Section) -> str:
        found = html.Found(section.line, tuple(card.measures))
        told = html.paragraphs(section.text, found)
        problems.extend(found.problems)
        return told

    question = card.question
    rendered = CardHtml(
        heading=line(card.title),
        words=words(part.words),
        why=words(part.why),
        ask="" if question is None else line(question.ask, "question", "ask"),
        texts=tuple(line(each.text, "question", name, index, "text") for name, index, each in _entries(question)),
        replies=tuple(
            line(each.reply, "question", name, index, "reply", names=True)
            for name, index, each in _entries(question)
            if name == "choices"
        ),
        unit="" if question is None else line(question.unit, "question", "unit"),
        task="" if card.task is None else line(card.task.ask, "task", "ask"),
    )
    problems += checks.problems_of(card, kind, tree)
    if problems:
        raise LessonError(problems)
    wanted, live = checks.wanted_of(card)
    return rendered._replace(reading=checks.reading_of(card), wanted=wanted, live=live)


def _entries(question: Any) -> Iterator[tuple[str, int, Any]]:
    """Choices and items."""
    for name in ("choices", "items"):
        for index, each in enumerate(getattr(question, name, ())):
            yield name, index, each


def _problem(error: ValidationError, tree: Tree) -> Problem:
    """The first thing that does not fit, in the words of all refusals."""
    detail = error.errors(include_url=False)[0]
    path: Path = detail["loc"]
    found = from_validation(error, None, "")
    field = detail.get("ctx", {}).get("field")
    if field:
        path = (*path, *str(field).split("."))
    line = tree.line_of(tuple(int(part) if isinstance(part, str) and part.isdigit() else part for part in path))
    return Problem(line, found.message.removeprefix("."), found.allowed or "")
