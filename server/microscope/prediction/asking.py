"""Predict, then reveal: from a page's wish to a question about one number of the update."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from server.microscope.prediction.hidden import MOST, Question, Questions
from server.microscope.refused import refusals
from server.wire.errors import CommandError

if TYPE_CHECKING:
    from engine.microscope import Step, Update, Value
    from server.protocol.microscope_queries import Ask


def question_of(update: Update, command: Ask) -> Question:
    """The number that is to be asked for. Refused where there is none, or none to predict."""
    if not command.micro < len(update.steps):
        raise _refusal("micro", f"This update has {len(update.steps)} micro-steps", f"0 to {len(update.steps) - 1}")
    step = update.steps[command.micro]
    value = _value(step, command.name, command.sample)
    rows, columns = value.array.shape
    for field, given, count in (("row", command.row, rows), ("column", command.column, columns)):
        if given >= count:
            raise _refusal(field, f"'{value.name}' has {count} {field}s", f"0 to {count - 1}")
    number = float(value.array[command.row, command.column])
    if not math.isfinite(number):
        raise _refusal("row", "This number is not finite: there is nothing to predict", "an entry with a finite number")
    return Question(
        0,
        command.micro,
        value.name,
        command.row,
        command.column,
        number,
        step.symbol_of(value, command.row, command.column),
        _words(value, command.row, command.column),
    )


def _value(step: Step, name: str, sample: int) -> Value:
    if step.of_sample is None:
        for value in step.operands:
            if name and value.name == name and all(made.name != name for made in step.results):
                return value
    with refusals():
        return step.result(name if step.of_sample is None else "", sample)


def _words(value: Value, row: int, column: int) -> str:
    """Which entry it is: "δ of layer 1 …, unit 3, sample 17"."""
    parts = [value.words.split(",")[0].split(":")[0]]
    if value.rows.kind == "unit" and len(value.rows.names) > 1:
        parts.append(f"unit {value.rows.names[row]}")
    if value.columns.kind == "unit":
        parts.append(f"from {value.columns.names[column]}")
    if value.columns.kind == "sample":
        parts.append(f"sample {value.columns.names[column]}")
    return ", ".join(parts)


def _refusal(field: str, message: str, allowed: str) -> CommandError:
    return CommandError("invalid", f"{field}: {message}", field, allowed)


def ask(questions: Questions, question: Question) -> dict[str, Any]:
    if len(questions.open) >= MOST:
        raise _refusal("micro", f"{MOST} numbers are asked for already: answer or reveal one", f"up to {MOST} at a time")
    return {"question": questions.ask(question).as_json()} | told(questions)


def answer(questions: Questions, id: int, given: float | None) -> dict[str, Any]:
    """Judge an answer, and say what the stage's answer is."""
    question = _open(questions, id)
    if given is not None and question.stage != "digits" and given != int(given):
        allowed = "-1, 0, 1" if question.stage == "sign" else "a whole number"
        raise _refusal("answer", f"The {question.stage} is {allowed}", allowed)
    if given is not None and question.stage == "sign" and abs(given) > 1:
        raise _refusal("answer", "The sign is -1, 0 or 1", "-1, 0, 1")
    after = questions.answer(question, given)
    return _judged(questions, after, question)


def reveal(questions: Questions, id: int) -> dict[str, Any]:
    """Tell the number; the stages left count as revealed, not as answered."""
    question = _open(questions, id)
    return _judged(questions, questions.reveal(question), question)


def told(questions: Questions) -> dict[str, Any]:
    """The questions that are open, the oldest first, and the score."""
    return {
        "questions": [question.as_json() for question in questions.open.values()],
        "score": questions.score.as_json(),
    }


def _open(questions: Questions, id: int) -> Question:
    if id not in questions.open:
        known = ", ".join(str(key) for key in questions.open) or "none are open"
        raise _refusal("question", f"There is no open question {id}: it is answered, or its update is past", known)
    return questions.open[id]


def _judged(questions: Questions, after: Question, before: Question) -> dict[str, Any]:
    stage, right, truth = after.answers[len(before.answers)]
    over = after.id not in questions.open
    return {
        "question": after.as_json(),
        "stage": stage,
        "right": right,
        "truth": truth,
        "value": after.value if over else None,
    } | told(questions)
