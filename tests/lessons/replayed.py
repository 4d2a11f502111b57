"""A lesson's cards as the engine finds them: their situations built, their answers, claims and tasks measured."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from engine.lessons.building import Built, build
from engine.lessons.card import Card, Choose, Lesson, NumberAsked, Order, Place, Power, Question, Sign, Sketch
from engine.lessons.judging import judge, right_choices
from engine.lessons.measuring import Condition, Measurement
from engine.lessons.situation import Situation


def situations(lesson: Lesson) -> list[Situation]:
    """What each card begins from; a card without one goes on with that before it."""
    found: list[Situation] = []
    for card in lesson.cards:
        given = card.situation or (found[-1] if found else None)
        assert given is not None, f"{card.title}: the first card has no situation"
        found.append(given)
    return found


MOST_DRAWS = 60
"""Among which the seeds are found that a card is about."""


def draws(card: Card, situation: Situation) -> list[Built]:
    """The card's situation for each of its blocks of seeds, the first ones of which holds what is `given`: one where chance
    plays no part."""
    first = build(situation, card.variants)
    count = card.seeds if chance(card, first) else 1
    if card.given is None:
        return [first, *(build(situation, card.variants, shift) for shift in range(1, count))]
    given = Condition.read(card.given, card.measures)
    found = [first]  # that it is one of them is asked with its claims
    for shift in range(1, MOST_DRAWS):
        if len(found) < count and given.holds(built := build(situation, card.variants, shift)):
            found.append(built)
    assert len(found) == count, f"{card.title}: of {MOST_DRAWS} seeds {card.given} holds for {len(found)} alone"
    return found


def chance(card: Card, built: Built) -> bool:
    """Whether it plays in the situation, in one of its variants, or in the task's solution."""
    others = [built.varied(name) for name in card.variants]
    if card.task is not None:
        others.append(built.solved(card.task.solution))
    return any(each.chance for each in (built, *others))


def problems(card: Card, situation: Situation) -> Iterator[str]:
    """What does not hold of a card, in words."""
    names = card.measures
    right: set[Any] = set()
    claims = [claim for claim in (card.given, *card.claims) if claim is not None]
    for built in draws(card, situation):
        where = f"{card.title} (seeds + {built.shift})"
        values = {name: Measurement.read(text, names).value(built) for name, text in names.items()}
        yield from (f"{where}: {name} is no number" for name, value in values.items() if value != value)
        yield from (f"{where}: {claim}, of {values}" for claim in claims if not Condition.read(claim, names).holds(built))
        if card.question is not None:
            yield from (f"{where}: {problem}" for problem in _misjudged(card.question, built, card))
            if isinstance(card.question, Choose):
                right.add(tuple(right_choices(card.question, built, names)))
        if card.task is not None:
            wanted = Condition.read(card.task.wanted, names)
            if wanted.holds(built):
                yield f"{where}: the task is met at the start, {wanted.values(built)}"
            solved = built.solved(card.task.solution)
            if not wanted.holds(solved):
                yield f"{where}: the task is not met by its solution, {wanted.values(solved)}"
    if len(right) > 1:
        yield f"{card.title}: other seeds, another answer: {sorted(right)}"


def _misjudged(question: Question, built: Built, card: Card) -> Iterator[str]:
    """Right answers that are not, and wrong ones that are."""
    unknown = judge(question, built, None, card.measures)
    if unknown.right is not None:
        yield "“I don't know” is judged"
    if isinstance(question, Choose):
        found = right_choices(question, built, card.measures)
        if len(found) != 1:
            yield f"{len(found)} choices are right, of {unknown.value}"
            return
    if judge(question, built, unknown.truth, card.measures).right is not True:
        yield f"the right answer {unknown.truth} is judged wrong"
    for answer in wrong_answers(question, unknown.truth):
        if judge(question, built, answer, card.measures).right is not False:
            yield f"{answer} is judged right, and {unknown.truth} is the answer"


def wrong_answers(question: Question, truth: Any) -> list[Any]:
    """Answers that are further off than the question allows."""
    if isinstance(question, Choose):
        return [index for index in range(len(question.choices)) if index != truth]
    if isinstance(question, Sign):
        return [sign for sign in (-1, 0, 1) if sign != truth]
    if isinstance(question, Power):
        return [truth - 1, truth + 1]
    if isinstance(question, NumberAsked):
        far = 1.01 * question.tolerance * (abs(truth) if question.relative else 1.0) + 1e-9
        return [truth - far, truth + far]
    if isinstance(question, Order):
        return [truth[::-1]]
    if isinstance(question, Place):
        x, y = truth
        return [[x + 1.01 * question.tolerance, y], [x, y - 1.01 * question.tolerance]]
    assert isinstance(question, Sketch)
    far = 1.05 * question.tolerance
    low, high = question.low, question.high
    middle = truth[len(truth) // 2]
    if question.log:
        factor = (high / low) ** far
        moved = middle * factor if middle * factor <= high else middle / factor
    else:
        moved = middle + far * (high - low) if middle + far * (high - low) <= high else middle - far * (high - low)
    return [[*truth[: len(truth) // 2], moved, *truth[len(truth) // 2 + 1 :]]]
