"""Predict, then reveal: the numbers of an update that are asked for and not told yet, and how the answers went.

A number that is asked for is withheld wherever it stands: by its place, and, since an update holds many a number twice (the
mean over a mini-batch of one, the same entry read by a later micro-step, a check of it by differences), by its value. Values so
short that being equal means nothing, such as 0, 1 or 0.35, are withheld in their own place only.
"""

from __future__ import annotations

import math
import re
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from server.mathml import block

if TYPE_CHECKING:
    from engine.array import Array
    from engine.microscope import Number

Stage = Literal["sign", "order", "digits"]
STAGES: tuple[Stage, ...] = ("sign", "order", "digits")
HIDDEN = "?"
SAME = 1e-9
"""Two numbers are the same one if they differ by no more than this part: sums in another order do."""
MOST = 12
"""Questions at a time."""
DIGITS = 2
"""Significant digits that an answer is held to."""


@dataclass(frozen=True)
class Question:
    """One number of the update: entry (row, column) of the array `name`, first asked at micro-step `micro`."""

    id: int
    micro: int
    name: str
    row: int
    column: int
    value: float
    symbol: str
    words: str
    stage: Stage = "sign"
    answers: tuple[tuple[Stage, bool | None, str], ...] = ()
    """Of each stage that is over: whether the answer was right (None: not known), and what it is in words."""

    @property
    def short(self) -> bool:
        """Whether other numbers equal this one by chance."""
        return float(f"{self.value:.3g}") == self.value

    @property
    def order(self) -> int:
        """The power of ten at or below its size."""
        return math.floor(math.log10(abs(self.value)))

    def kept(self) -> dict[str, Any]:
        """As plain data for the database, under keys of its own."""
        return {
            "id": self.id,
            "micro": self.micro,
            "name": self.name,
            "row": self.row,
            "column": self.column,
            "value": self.value,
            "symbol": self.symbol,
            "words": self.words,
            "stage": self.stage,
            "answers": [list(answer) for answer in self.answers],
        }

    @classmethod
    def taken_up(cls, kept: Mapping[str, Any]) -> Question:
        return cls(
            id=kept["id"],
            micro=kept["micro"],
            name=kept["name"],
            row=kept["row"],
            column=kept["column"],
            value=kept["value"],
            symbol=kept["symbol"],
            words=kept["words"],
            stage=kept["stage"],
            answers=tuple((stage, right, truth) for stage, right, truth in kept["answers"]),
        )

    def here(self, name: str, row: int, column: int) -> bool:
        return (name, row, column) == (self.name, self.row, self.column)

    def is_value(self, value: float) -> bool:
        return abs(abs(value) - abs(self.value)) <= SAME * abs(self.value)

    def is_right(self, answer: float) -> bool:
        """Whether an answer to the stage is right: the sign's, the power of ten, the number to two significant digits."""
        if self.stage == "sign":
            return float(np.sign(answer)) == float(np.sign(self.value))
        if self.stage == "order":
            return answer == self.order
        return abs(answer - self.value) <= 0.5 * 10.0 ** (self.order - DIGITS + 1) * (1 + SAME)

    @property
    def truth(self) -> str:
        """The stage's answer in words."""
        if self.stage == "sign":
            return "zero" if self.value == 0.0 else "positive" if self.value > 0.0 else "negative"
        if self.stage == "order":
            return f"from 10^{self.order} to 10^{self.order + 1}"
        return repr(self.value)

    def as_json(self) -> dict[str, Any]:
        """All but the number itself."""
        return {
            "id": self.id,
            "micro": self.micro,
            "name": self.name,
            "row": self.row,
            "column": self.column,
            "symbol": block(self.symbol),
            "words": self.words,
            "stage": self.stage,
            "answers": [{"stage": stage, "right": right, "truth": truth} for stage, right, truth in self.answers],
        }


class Withheld:
    """What is not told: asked of every number on its way out. False where nothing is."""

    def __init__(self, questions: Iterable[Question] = ()) -> None:
        self.questions = tuple(questions)

    def __bool__(self) -> bool:
        return bool(self.questions)

    def value(self, value: float) -> bool:
        """A number of no known place."""
        return any(not question.short and question.is_value(value) for question in self.questions)

    def entry(self, name: str, row: int, column: int, value: float) -> bool:
        """Entry (row, column) of a named array."""
        here = (question for question in self.questions if question.short and question.here(name, row, column))
        return self.value(value) or any(question.is_value(value) for question in here)

    def number(self, number: Number) -> bool:
        """A leaf of an equation; for `Writing.withheld` and the sheet."""
        return self.value(number.value) if number.position is None else self.entry(number.name, *number.position, number.value)

    def places(self, parameter: str) -> set[tuple[int, int]]:
        """The entries of a parameter of which something is asked: itself, its gradient, its step, the rule's state."""
        return {
            (question.row, question.column)
            for question in self.questions
            if question.name.rpartition(".")[2] in (parameter, f"d{parameter}")
        }

    def mask(self, name: str, array: Array) -> NDArray[np.bool_]:
        """Which entries of a named array (rows, columns) are withheld."""
        found = np.zeros(array.shape, dtype=np.bool_)
        for question in self.questions:
            same = np.abs(np.abs(array) - abs(question.value)) <= SAME * abs(question.value)
            if question.short:
                place = (question.row, question.column)
                if question.name == name and all(i < size for i, size in zip(place, array.shape, strict=False)):
                    found[place] |= same[place]
            else:
                found |= same
        return found

    def array(self, name: str, array: Array) -> Array:
        """A named array with NaN for what is withheld; the same one where nothing is."""
        mask = self.mask(name, array) if self.questions else None
        return array if mask is None or not mask.any() else np.where(mask, np.nan, array)

    def text(self, words: str) -> str:
        """Words that may tell a number in passing."""
        for question in self.questions:
            if not question.short:
                told = {f"{abs(question.value):.4g}", f"{abs(question.value):#.4g}", repr(abs(question.value))}
                for number in sorted(told, key=len, reverse=True):
                    words = re.sub(rf"(?<![\d.]){re.escape(number)}(?![\d])", HIDDEN, words)
        return words

    def json(self, value: Any) -> Any:
        """Anything of the engine's as JSON, with "?" for what is withheld: numbers, leaves of equations, arrays by name."""
        return self._json(value) if self.questions else value

    def _json(self, value: Any) -> Any:
        if isinstance(value, float):
            return HIDDEN if self.value(value) else value
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list | tuple):
            return [self._json(item) for item in value]
        if not isinstance(value, dict):
            return value
        told = {key: self._json(item) for key, item in value.items()}
        name, place, array, number = (value.get(key) for key in ("name", "place", "array", "value"))
        if isinstance(name, str) and place and isinstance(number, float) and self.entry(name, place[0], place[1], number):
            told["value"] = HIDDEN
        if isinstance(name, str) and isinstance(array, list):
            told["array"] = [
                [HIDDEN if isinstance(x, float) and self.entry(name, j, k, x) else x for k, x in enumerate(row)]
                for j, row in enumerate(array)
            ]
        return told


@dataclass
class Score:
    """Of the stages answered: how many right, wrong and not known; and how many numbers were revealed without an answer."""

    right: int = 0
    wrong: int = 0
    unknown: int = 0
    revealed: int = 0

    def as_json(self) -> dict[str, int]:
        return {"right": self.right, "wrong": self.wrong, "unknown": self.unknown, "revealed": self.revealed}


@dataclass
class Questions:
    """A session's questions, all of one update; its score goes on. `revision` counts the changes of what is withheld."""

    open: dict[int, Question] = field(default_factory=dict)
    score: Score = field(default_factory=Score)
    revision: int = 0
    _of: Hashable = None
    _made: int = 0

    def at(self, update: Hashable) -> Questions:
        """The questions of an update, which is told by anything that differs between updates: those of another are dropped."""
        if update != self._of:
            self._of = update
            if self.open:
                self.open = {}
                self.revision += 1
        return self

    @property
    def withheld(self) -> Withheld:
        return Withheld(self.open.values())

    def ask(self, question: Question) -> Question:
        """Withhold a number; one that is asked already stays as it is."""
        for known in self.open.values():
            if known.here(question.name, question.row, question.column) and known.value == question.value:
                return known
        self._made += 1
        self.open[self._made] = made = replace(question, id=self._made)
        self.revision += 1
        return made

    def answer(self, question: Question, answer: float | None) -> Question:
        """Judge an answer to the present stage, None being "I don't know"; behind the last one the number is told."""
        right = None if answer is None else question.is_right(answer)
        self.score.unknown += right is None
        self.score.right += right is True
        self.score.wrong += right is False
        answers = (*question.answers, (question.stage, right, question.truth))
        over = question.stage == "digits" or (question.stage == "sign" and question.value == 0.0)
        if over:
            self.tell(question)
            return replace(question, answers=answers)
        after = STAGES[STAGES.index(question.stage) + 1]
        self.open[question.id] = now = replace(question, stage=after, answers=answers)
        return now

    def reveal(self, question: Question) -> Question:
        """Tell the number without an answer: no stage counts as answered."""
        self.score.revealed += 1
        self.tell(question)
        return replace(question, answers=(*question.answers, (question.stage, None, question.truth)))

    def kept(self) -> dict[str, Any]:
        """As plain data, the numbers included: for the database alone."""
        return {"open": [question.kept() for question in self.open.values()], "score": self.score.as_json(), "made": self._made}

    def take_up(self, kept: Mapping[str, Any], update: Hashable) -> None:
        """What was kept, of an update that stands as it stood."""
        self.open = {question.id: question for question in map(Question.taken_up, kept["open"])}
        score = kept["score"]
        revealed = score.get("revealed", 0)  # earlier versions counted them as not known
        self.score = Score(score["right"], score["wrong"], score["unknown"], revealed)
        self._made, self._of = int(kept["made"]), update
        self.revision += 1

    def tell(self, question: Question) -> None:
        """It is withheld no longer."""
        if self.open.pop(question.id, None) is not None:
            self.revision += 1
