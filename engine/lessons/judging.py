"""Answers judged: what was measured, which answer that makes the right one, and how far off a given one is."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.lessons.building import Built
from engine.lessons.card import Choose, NumberAsked, Order, Place, Power, Question, Sign, Sketch
from engine.lessons.measuring import Condition, Measurement, Names
from engine.script.edit_checks import number as in_words

MOST_POINTS = 60
"""Of a curve that is measured."""
SIGNS = {-1: "negative", 0: "zero", 1: "positive"}


class AnswerError(ValueError):
    """What is no answer to this kind of question; `allowed` says what is."""

    def __init__(self, problem: str, allowed: str) -> None:
        super().__init__(f"answer: {problem}; allowed: {allowed}")
        self.problem, self.allowed = problem, allowed


@dataclass(frozen=True)
class Verdict:
    """`value` is what was measured (of an order one of each item, of a place its coordinates), `truth` the right answer in the
    form of one, `said` the truth in words; `right` is None where nothing was answered; `reply` answers a wrong choice. `curve`
    is the measured one of a sketch, steps and heights; `off` how far a number, a place or a curve was off."""

    answer: Any
    right: bool | None
    value: float | list[float]
    truth: Any
    said: str
    reply: str = ""
    curve: tuple[list[float], list[float]] | None = None
    off: float | None = None


def judge(question: Question, built: Built, answer: Any, names: Names | None = None) -> Verdict:
    """Measure, and judge an answer, by its kind: the index of a choice; -1, 0 or 1; a power of ten; a number; indices in order;
    [x, y]; heights of a curve at evenly spaced steps. None: I don't know. `names` are the card's measures. Raises AnswerError,
    before anything is measured, and MeasureError."""
    check_answer(question, answer)
    with built.budget.of_one():
        return _judged(question, built, answer, names or {})


def _judged(question: Question, built: Built, answer: Any, known: Names) -> Verdict:
    if isinstance(question, Choose):
        return _choose(question, built, answer, known)
    if isinstance(question, Order):
        return _order(question, built, answer, known)
    if isinstance(question, Place):
        return _place(question, built, answer, known)
    if isinstance(question, Sketch):
        return _sketch(question, built, answer, known)
    value = Measurement.read(question.measure, known).value(built)
    if isinstance(question, Sign):
        sign = 0 if value == 0.0 or math.isnan(value) else int(math.copysign(1.0, value))
        return Verdict(answer, _same(answer, sign), value, sign, SIGNS[sign])
    if isinstance(question, Power):
        power = power_of(value)
        return Verdict(answer, _same(answer, power), value, power, "0" if power is None else in_words(value))
    return _number(question, value, answer)


def check_answer(question: Question, answer: Any) -> None:
    """Raises AnswerError where it is no answer of this kind."""
    if answer is None:
        return
    if isinstance(question, Choose):
        _check(_whole(answer) and 0 <= answer < len(question.choices), f"0 to {len(question.choices) - 1}")
    elif isinstance(question, Sign):
        _check(_whole(answer) and answer in SIGNS, "-1, 0 or 1")
    elif isinstance(question, Power):
        _check(_whole(answer) and abs(answer) <= 400, "a whole number")
    elif isinstance(question, NumberAsked):
        _check(_finite(answer), "a number")
    elif isinstance(question, Order):
        wanted = list(range(len(question.items)))
        _check(_listed(answer, len(wanted), len(wanted)) and sorted(answer) == wanted, f"{wanted} in some order")
    elif isinstance(question, Place):
        _check(_listed(answer, 2, 2), "[x, y]")
    else:
        _check(_listed(answer, 2, 400), "2 to 400 numbers")


def _check(fits: bool, allowed: str) -> None:
    if not fits:
        raise AnswerError("is no answer to this question", allowed)


def _whole(answer: Any) -> bool:
    return isinstance(answer, int | float) and not isinstance(answer, bool) and math.isfinite(answer) and answer == int(answer)


def _finite(answer: Any) -> bool:
    return isinstance(answer, int | float) and not isinstance(answer, bool) and math.isfinite(answer)


def _listed(answer: Any, least: int, most: int) -> bool:
    return isinstance(answer, Sequence) and least <= len(answer) <= most and all(_finite(each) for each in answer)


def _same(answer: Any, truth: Any) -> bool | None:
    return None if answer is None else answer == truth


def power_of(value: float) -> int | None:
    """The power of ten at or below the size of a number; None of 0 and of what is not finite.

    >>> power_of(-0.0034), power_of(1000.0), power_of(0.0)
    (-3, 3, None)
    """
    if value == 0.0 or not math.isfinite(value):
        return None
    return int(f"{abs(value):.16e}".partition("e")[2])


def _number(question: NumberAsked, value: float, answer: Any) -> Verdict:
    if answer is None:
        return Verdict(None, None, value, value, in_words(value))
    off = abs(answer - value)
    near = question.tolerance * (abs(value) if question.relative else 1.0)
    return Verdict(answer, bool(off <= near < math.inf), value, value, in_words(value), off=off)


def right_choices(question: Choose, built: Built, names: Mapping[str, str]) -> list[int]:
    """The indices of all choices that hold: one, where a card is well made."""
    measurement = Measurement.read(question.measure, names)
    return [i for i, each in enumerate(question.choices) if Condition.read(each.when, names, measurement).holds(built)]


def _choose(question: Choose, built: Built, answer: Any, names: Names) -> Verdict:
    value = Measurement.read(question.measure, names).value(built)
    right = right_choices(question, built, names)
    truth = right[0] if right else None
    said = in_words(value) if truth is None else question.choices[truth].text
    reply = question.choices[int(answer)].reply if answer is not None and answer != truth else ""
    return Verdict(answer, _same(answer, truth), value, truth, said, reply)


def _order(question: Order, built: Built, answer: Any, names: Names) -> Verdict:
    values = [Measurement.read(item.measure, names).value(built) for item in question.items]
    ranks = [math.inf if math.isnan(value) else value for value in values]
    truth = sorted(range(len(ranks)), key=lambda item: ranks[item])
    right = None
    if answer is not None:  # of two that are equal either may stand first
        right = [ranks[int(item)] for item in answer] == sorted(ranks)
    return Verdict(answer, right, values, truth, ", ".join(question.items[item].text for item in truth))


def _place(question: Place, built: Built, answer: Any, names: Names) -> Verdict:
    x, y = (Measurement.read(each, names).value(built) for each in (question.x, question.y))
    off = None if answer is None else math.hypot(answer[0] - x, answer[1] - y)
    right = None if off is None else off <= question.tolerance
    return Verdict(answer, right, [x, y], [x, y], f"({in_words(x)}, {in_words(y)})", off=off)


def curve_of(question: Sketch, built: Built, names: Names | None = None) -> tuple[list[float], list[float]]:
    """The measured curve of a sketch: steps and heights."""
    measurement = Measurement.read(question.measure, names)
    last = built.step + question.steps
    steps = np.unique(np.linspace(built.step, last, min(question.steps + 1, MOST_POINTS)).round().astype(np.int64)).tolist()
    return [float(step) for step in steps], [measurement.value(built.at(step)) for step in steps]


def _sketch(question: Sketch, built: Built, answer: Any, names: Names) -> Verdict:
    steps, heights = curve_of(question, built, names)
    truth = heights
    said = f"from {in_words(heights[0])} to {in_words(heights[-1])}"
    if answer is None:
        return Verdict(None, None, heights[-1], truth, said, curve=(steps, heights))
    places = np.linspace(steps[0], steps[-1], len(answer))
    drawn = np.interp(steps, places, _on_axis(question, answer))
    off = float(np.max(np.abs(drawn - _on_axis(question, heights))))
    return Verdict(answer, bool(off <= question.tolerance), heights[-1], truth, said, curve=(steps, heights), off=off)


def _on_axis(question: Sketch, heights: Sequence[float]) -> Any:
    """As parts of the axis, what lies beyond its ends at them."""
    ends = np.array([question.low, question.high], dtype=np.float64)
    values = np.nan_to_num(np.array(heights, dtype=np.float64), nan=question.high, posinf=question.high)
    values = np.clip(values, *ends)
    if question.log:
        tiny = np.finfo(np.float64).tiny
        values, ends = np.log(np.maximum(values, tiny)), np.log(np.maximum(ends, tiny))
    return (values - ends[0]) / (ends[1] - ends[0])
