"""Answers of all kinds judged: what is right, what is wrong and what is said to it."""

import math

import numpy as np
import pytest
from pydantic import TypeAdapter
from race_measures import DESCENT
from stated import TRAIN_X, TRAIN_Y, WEIGHTS, descent, loss, situation

from engine.lessons.building import build
from engine.lessons.card import Question
from engine.lessons.judging import MOST_POINTS, AnswerError, check_answer, curve_of, judge, power_of, right_choices
from engine.lessons.measuring import MeasureError
from engine.lessons.situation import Situation

QUESTIONS = TypeAdapter(Question)
RUN = build(Situation.model_validate(situation()))
RACE = build(Situation.model_validate(DESCENT))
START = loss(WEIGHTS, TRAIN_X, TRAIN_Y)
NAMES = {"half": "loss(train) / 2"}


def asked(kind, **fields):
    return QUESTIONS.validate_python({"kind": kind, "ask": "?"} | fields)


CHOOSE = asked(
    "choose",
    measure="half",
    choices=[
        {"text": "more", "when": "> 1", "reply": "Look at one sample."},
        {"text": "as much", "when": "0.1 .. 1"},
        {"text": "less", "when": "< 0.1 and step() == 0"},
    ],
)
SKETCH = {"measure": "loss(train)", "steps": 12, "low": 0.0, "high": 1.0, "tolerance": 0.1}


def test_choose():
    verdict = judge(CHOOSE, RUN, 1, NAMES)
    assert (verdict.right, verdict.truth, verdict.said, verdict.reply) == (True, 1, "as much", "")
    assert verdict.value == pytest.approx(START / 2.0)
    wrong = judge(CHOOSE, RUN, 0, NAMES)
    assert (wrong.right, wrong.truth, wrong.reply) == (False, 1, "Look at one sample.")
    unknown = judge(CHOOSE, RUN, None, NAMES)
    assert (unknown.right, unknown.truth, unknown.reply) == (None, 1, "")
    assert right_choices(CHOOSE, RUN, NAMES) == [1]


def test_choose_where_nothing_holds():
    gap = asked("choose", measure="step()", choices=[{"text": "a", "when": "< -1"}, {"text": "b", "when": "> 1"}])
    verdict = judge(gap, RUN, 0)
    assert (verdict.right, verdict.truth, verdict.said) == (False, None, "0")


@pytest.mark.parametrize(
    ("text", "sign", "said"), [("loss(train)", 1, "positive"), ("-step() - 1", -1, "negative"), ("step()", 0, "zero")]
)
def test_sign(text, sign, said):
    question = asked("sign", measure=text)
    for answer in (-1, 0, 1):
        verdict = judge(question, RUN, answer)
        assert (verdict.right, verdict.truth, verdict.said) == (answer == sign, sign, said)


@pytest.mark.parametrize(
    ("value", "power"),
    [
        (1.0, 0),
        (9.99, 0),
        (10.0, 1),
        (1000.0, 3),
        (999.9999999999999, 2),
        (-0.002, -3),
        (0.001, -3),
        (1e-300, -300),
        (0.0, None),
        (math.inf, None),
    ],
)
def test_power_of_ten(value, power):
    assert power_of(value) == power


def test_power():
    question = asked("power", measure="0.0034")
    assert judge(question, RUN, -3).right is True and judge(question, RUN, -2).right is False
    assert judge(asked("power", measure="0"), RUN, 0).right is False


def test_number_within_a_part_or_an_amount():
    part = asked("number", measure="200", tolerance=0.05)
    assert [judge(part, RUN, answer).right for answer in (190, 210, 189, 211, None)] == [True, True, False, False, None]
    amount = asked("number", measure="200", tolerance=3, relative=False)
    assert [judge(amount, RUN, answer).right for answer in (197, 203.5)] == [True, False]
    assert judge(amount, RUN, 197).off == 3.0
    assert judge(asked("number", measure="1 / 0"), RUN, 5).right is False


def test_order_with_ties_and_what_never_arrives():
    items = [
        {"text": name, "measure": text}
        for name, text in (("a", "arrival(1)"), ("b", "arrival(2)"), ("c", "1 / 0"), ("d", "arrival(1)"))
    ]
    question = asked("order", items=items)
    verdict = judge(question, RACE, [1, 3, 0, 2])
    assert verdict.right is True and verdict.truth == [1, 0, 3, 2] and verdict.said == "b, a, d, c"
    assert judge(question, RACE, [1, 0, 3, 2]).right is True and judge(question, RACE, [0, 1, 3, 2]).right is False


def test_place():
    question = asked("place", x="x(1) + step_x(1)", y="y(1) + step_y(1)", tolerance=0.1)
    verdict = judge(question, RACE, [0.99, 0.06])
    assert verdict.right is True and verdict.truth == pytest.approx([0.99, 0.0]) and verdict.off == pytest.approx(0.06)
    assert judge(question, RACE, [0.99, 0.11]).right is False


def test_sketch():
    heights = [loss(weights, TRAIN_X, TRAIN_Y) for weights in descent(updates=12)[0]]
    question = asked("sketch", **SKETCH)
    verdict = judge(question, RUN, heights)
    assert verdict.right is True and verdict.off < 1e-9
    assert verdict.curve[0] == list(range(13)) and verdict.curve[1] == pytest.approx(heights)
    moved = judge(question, RUN, [height + 0.09 for height in heights])
    assert moved.right is True and moved.off == pytest.approx(0.09)
    assert judge(question, RUN, [height + 0.11 for height in heights]).right is False
    rough = judge(question, RUN, [heights[0], heights[-1]])
    line = np.interp(range(13), [0, 12], [heights[0], heights[-1]])
    assert rough.off == pytest.approx(np.abs(line - heights).max())
    assert judge(question, RUN, None).curve[1] == pytest.approx(heights)


def test_a_sketch_on_a_logarithmic_axis_is_as_far_off_as_it_looks():
    question = asked("sketch", **SKETCH | {"measure": "10 ^ -step()", "steps": 4, "low": 1e-4, "high": 1, "log": True})
    assert judge(question, RUN, [1, 1e-1, 1e-2, 1e-3, 1e-4]).off == pytest.approx(0.0, abs=1e-12)
    assert judge(question, RUN, [1, 1, 1e-2, 1e-3, 1e-4]).off == pytest.approx(0.25)
    assert judge(question, RUN, [1, 1e-1, 1e-2, 1e-3, 0]).off == pytest.approx(0.0, abs=1e-12), (
        "what is below the axis is at its end"
    )


def test_long_curves_are_measured_at_some_steps():
    steps, heights = curve_of(asked("sketch", **SKETCH | {"measure": "step()", "steps": 1000}), RUN)
    assert steps == heights and len(steps) == MOST_POINTS and (steps[0], steps[-1]) == (0, 1000)


@pytest.mark.parametrize(
    ("question", "answers"),
    [
        (CHOOSE, (3, -1, 0.5, True, "0", [0])),
        (asked("sign", measure="1"), (2, 0.5, "1")),
        (asked("power", measure="1"), (0.5, 1e9, math.nan)),
        (asked("number", measure="1"), (math.inf, math.nan, "1", [1])),
        (asked("order", items=[{"text": "a", "measure": "1"}] * 2), ([0, 0], [0], [0, 1, 1], [0, 2], 1)),
        (asked("place", x="1", y="1", tolerance=1), ([1], [1, 2, 3], [1, math.nan], 1)),
        (asked("sketch", **SKETCH), ([1], [1.0] * 401, [1, math.inf], 1)),
    ],
)
def test_what_is_no_answer_is_refused(question, answers):
    check_answer(question, None)
    for answer in answers:
        with pytest.raises(AnswerError, match="allowed"):
            judge(question, RUN, answer, NAMES)


def test_what_cannot_be_measured_is_said():
    with pytest.raises(MeasureError, match="no layer 7"):
        judge(asked("sign", measure="delta(7)"), RUN, 1)
