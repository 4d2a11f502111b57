"""What can be wrong with a card whose fields are right each by itself: its measurements, what it is seen in, its choices."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from html import escape
from typing import TYPE_CHECKING, TypeVar

from pydantic import ValidationError

from server.lessons.reading.html import CLEANER
from server.lessons.reading.plain_yaml import Path, Tree
from server.lessons.reading.problems import Problem
from server.mathml import inline
from server.wire.errors import from_validation

if TYPE_CHECKING:
    from engine.lessons.card import Card
    from engine.lessons.measuring import Condition, Measurement
    from engine.lessons.situation import Kind

VIEWS = {"run": ("train", "step"), "race": ("race",), "network": ("network",), "graph": ("graph",), "lab": ("lab",)}
Found = Iterator[tuple[Path, str, str]]
"""Where something stands, what is wrong with it, what is allowed."""
R = TypeVar("R")


def problems_of(card: Card, kind: Kind, tree: Tree) -> list[Problem]:
    """`kind` is that of the situation that the card begins from, or goes on with."""
    reading = _Measured(card, kind)
    checks = (_views(card), _script(card), _sketch(card), _tasks(card, kind), reading.problems())
    return [Problem(tree.line_of(path), message, allowed) for found in checks for path, message, allowed in found]


def _views(card: Card) -> Found:
    if card.situation is not None:
        allowed = VIEWS[card.situation.kind]
        for name in ("view", "after"):
            view = getattr(card, name)
            if view is not None and view not in allowed:
                yield (name,), f"{name}: a {card.situation.kind} is not seen in {view}", ", ".join(allowed)
    if card.place is not None and "step" not in (card.view, card.after):
        yield ("place",), "place: only Step has one", "view: step, or after: step"


def _script(card: Card) -> Found:
    """Edits follow from what is in force before them."""
    from engine.script.script_data import ScriptData

    situation = card.situation
    if situation is None or situation.run is None:
        return
    try:
        ScriptData(spec=situation.run, edits=situation.edits, step=situation.step)
    except ValidationError as error:
        found = from_validation(error, None, "situation")
        path = tuple(int(part) if part.isdigit() else part for part in (found.field or "").split("."))
        yield path, found.message, found.allowed or ""


def _sketch(card: Card) -> Found:
    question = card.question
    if question is None or question.kind != "sketch":
        return
    if question.high <= question.low:
        yield ("question", "high"), "high: an axis rises", f"above {question.low:g}"
    if question.log and question.low <= 0:
        yield ("question", "low"), "low: a logarithmic axis has no 0", "above 0"


def _tasks(card: Card, kind: Kind) -> Found:
    task = card.task
    if task is not None and kind == "lab":
        yield ("task",), "task: an experiment is nothing to bring about", "a question, or a task on a run or a race"
    if task is not None and task.solution == type(task.solution)():
        yield ("task", "solution"), "solution: it changes nothing", "change, edits, a situation or steps"


class _Measured:
    """The texts of a card that are measurements or conditions, read one after the other."""

    def __init__(self, card: Card, kind: Kind) -> None:
        self._card, self._kind = card, kind
        self._wrong: list[tuple[Path, str, str]] = []

    def problems(self) -> Found:
        card = self._card
        for name, text in card.measures.items():
            self._measurement(("measures", name), text)
        for index, claim in enumerate(card.claims):
            self._condition(("claims", index), claim)
        if card.given is not None:
            self._condition(("given",), card.given)
        self._question()
        if card.task is not None:
            self._condition(("task", "wanted"), card.task.wanted)
        yield from self._wrong

    def _question(self) -> None:
        question = self._card.question
        if question is None:
            return
        if question.kind == "order":
            for index, item in enumerate(question.items):
                self._measurement(("question", "items", index, "measure"), item.measure)
        elif question.kind == "place":
            self._measurement(("question", "x"), question.x)
            self._measurement(("question", "y"), question.y)
        else:
            of = self._measurement(("question", "measure"), question.measure)
            if question.kind == "choose" and of is not None:
                choices = [
                    (index, self._condition(("question", "choices", index, "when"), choice.when, of))
                    for index, choice in enumerate(question.choices)
                ]
                self._overlaps([(index, when) for index, when in choices if when is not None])

    def _overlaps(self, choices: list[tuple[int, Condition]]) -> None:
        """Two choices that may both be right."""
        for place, (index, own) in enumerate(choices):
            path: Path = ("question", "choices", index, "when")
            if own.bounds is not None and own.bounds[0] > own.bounds[1]:
                self._wrong.append((path, "when: no number is in this range", "0.03 .. 0.3"))
            for earlier, other in choices[:place]:
                if _meet(own, other):
                    message = f"when: choice {index + 1} is right where choice {earlier + 1} may be"
                    self._wrong.append((path, message, "ranges that do not overlap"))

    def _measurement(self, path: Path, text: str) -> Measurement | None:
        from engine.lessons.measuring import Measurement

        return self._read(path, lambda: self._checked(Measurement.read(text, self._card.measures)))

    def _condition(self, path: Path, text: str, of: Measurement | None = None) -> Condition | None:
        from engine.lessons.measuring import Condition

        def read() -> Condition:
            found = Condition.read(text, self._card.measures, of)
            for each in found.measurements:
                self._checked(each)
            return found

        return self._read(path, read)

    def _checked(self, found: Measurement) -> Measurement:
        """It can be taken of this kind of situation, and its variants are the card's."""
        from engine.lessons.measuring import MeasureError
        from engine.lessons.vocabulary.row import Variant

        found.check(self._kind)
        for call in found.calls:
            for argument, given in zip(call.row.arguments, call.arguments, strict=False):
                if argument.kind is Variant and given not in self._card.variants:
                    allowed = ", ".join(self._card.variants) or "none: the card has none"
                    raise MeasureError(f"there is no variant {given}", call.position, allowed)
        return found

    def _read(self, path: Path, read: Callable[[], R]) -> R | None:
        from engine.lessons.measuring import MeasureError

        try:
            return read()
        except MeasureError as error:
            name = ".".join(str(part) for part in path)
            self._wrong.append((path, f"{name}: {error.problem} at character {error.position}", error.allowed))
            return None


def reading_of(card: Card) -> str:
    """HTML: what a question measures, as formulas. Of a choice it would give nothing away, but is not needed to answer."""
    from engine.lessons.measuring import Measurement

    question = card.question
    if question is None or question.kind == "order":
        return ""
    texts = [question.x, question.y] if question.kind == "place" else [question.measure]
    if question.kind == "place" and any("round(" in card.measures.get(text, text) for text in texts):
        return ""  # how a place is rounded says nothing to who places it
    told = ", ".join(_formula(Measurement.read(text, card.measures).latex, text) for text in texts)
    return f"({told})" if question.kind == "place" else told


def wanted_of(card: Card) -> tuple[str, bool]:
    """The condition of a task as HTML, and whether it can be told beside what plays."""
    from engine.lessons.measuring import Condition

    if card.task is None:
        return "", True
    wanted = Condition.read(card.task.wanted, card.measures)
    return _formula(wanted.latex, card.task.wanted), wanted.live


def _formula(latex: str, text: str) -> str:
    """A formula, or its text where it makes none."""
    try:
        return CLEANER.clean(inline(latex))
    except Exception:  # what comes out of a formula that is none is of many kinds
        return f"<code>{escape(text)}</code>"


def _meet(one: Condition, other: Condition) -> bool:
    """Whether some number is in both, of the same measurement; that two ranges share an end is no matter."""
    if one.bounds is None or other.bounds is None or one.measurements[0].text != other.measurements[0].text:
        return False
    low, high = max(one.bounds[0], other.bounds[0]), min(one.bounds[1], other.bounds[1])
    if low < high:
        return True
    within = all(found[0] < low < found[1] or found[0] == found[1] for found in (one.bounds, other.bounds))
    return low == high and within
