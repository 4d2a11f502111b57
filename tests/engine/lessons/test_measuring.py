"""Measurements and conditions as text: what is read, what is refused and where, what holds."""

import math

import pytest
from stated import situation

from engine.lessons.building import build
from engine.lessons.measuring import Condition, MeasureError, Measurement
from engine.lessons.situation import Situation

BUILT = build(Situation.model_validate(situation(4)))


def of(text, names=None):
    return Measurement.read(text, names).value(BUILT)


def test_arithmetic_on_measurements():
    step, half = of("step()"), of("loss(train) / 2")
    assert step == 4.0 and half == of("loss(train)") / 2.0
    assert of("2 * step() ^ 2 - 1") == 31.0
    assert of("abs(-3) + sqrt(16) + max(1, 2, step()) + min(5, 7) + log10(1000) + exp(0) + floor(2.7) + round(2.7)") == 25.0


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 / 0", math.inf),
        ("-1 / 0", -math.inf),
        ("0 / 0", math.nan),
        ("log(0)", -math.inf),
        ("sqrt(-1)", math.nan),
        ("exp(1e4)", math.inf),
    ],
)
def test_what_is_no_finite_number_is_told_as_such(text, value):
    assert str(of(text)) == str(value)


def test_names_of_the_card_stand_for_measurements():
    names = {"half": "loss(train) / 2", "whole": "2 * half"}
    assert of("whole", names) == of("loss(train)")
    assert Measurement.read("whole", names).text == "whole"


@pytest.mark.parametrize(
    ("text", "problem", "position", "allowed"),
    [
        ("los(train)", "unknown function los", 1, "loss"),
        ("1 + loss(trian)", "split of loss is trian", 10, "train, validation or test"),
        ("loss()", "loss does not take 0", 1, "loss(split)"),
        ("weight(W1, 0, 1, 2)", "weight does not take 4", 1, "weight(parameter, row[, column])"),
        ("weight(W1, -1)", "row of weight is -1", 12, "a whole number from 0"),
        ("weight(W1, 0.5)", "row of weight is 0.5", 12, "a whole number from 0"),
        ("delta(first)", "layer of delta is first", 7, "a layer"),
        ("at(5, train)", "'train' is not known", 7, "loss"),
        ("loss", "'loss' is not known", 1, "loss(split)"),
        ("first_below(loss(train), step(), 5)", "bound of first_below is step()", 26, "a number"),
        ("loss(train", "cannot be read", 5, "loss"),
        ("__import__('os')", "unknown function __import__", 1, "loss"),
        ("loss(train).real", "something that is no arithmetic", 1, "loss"),
        ("(" * 30 + "1" + ")" * 30 + "+" + "-(" * 30 + "step()" + ")" * 30, "nested too deeply", 101, "20 levels"),
        ("1 + " * 90 + "1", "too long", 301, "300 characters"),
        ("max()", "max takes numbers", 1, "max(…)"),
    ],
)
def test_what_is_no_measurement_is_refused_where_it_stands(text, problem, position, allowed):
    with pytest.raises(MeasureError) as refused:
        Measurement.read(text)
    error = refused.value
    assert problem in error.problem and allowed in error.allowed
    assert error.position == position


def test_names_that_stand_for_themselves_or_for_too_much_are_refused():
    with pytest.raises(MeasureError, match="'b' stands for itself"):
        Measurement.read("b", {"a": "b", "b": "a + 1"})
    doubling = {"n0": "step()"} | {f"n{i}": f"n{i - 1} + n{i - 1}" for i in range(1, 12)}
    with pytest.raises(MeasureError, match="too long with all that it stands for"):
        Measurement.read("n11", doubling)
    word = {"forward": "multiplications(forward)"}
    assert Measurement.read("forward", word).value(BUILT) == 9.0
    assert "forward" in Measurement.read("forward", word).latex


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("delta(3)", "there is no layer 3; 1 to 2"),
        ("weight(W9, 0, 0)", "there is no W9; W1, b1, W2, b2"),
        ("weight(W1, 3, 0)", "there is no entry 3, 0; indices from 0 within 3 × 2"),
        ("weight(W1, 0)", "there is no entry 0; indices from 0 within 3 × 2"),
        ("loss(validation)", "there are no validation samples; train, test"),
        ("state(v, W1, 0, 0)", "this optimizer keeps no v; none"),
        ("saturated(2)", ""),
        ("on(other, step())", "there is no variant other; none"),
        ("x(1)", "this is no race on a surface; a card whose situation"),
        ("node(f)", "this is no graph; a card whose situation"),
        ("count_below(101, step(), 1)", "101 seeds are too many; up to 100"),
        ("rises(100001)", "100001 updates are too many; up to 100000"),
        ("at(1000000000, step())", ""),
    ],
)
def test_what_is_not_there_is_refused_when_it_is_measured(text, words):
    if not words:
        assert math.isfinite(of(text))
        return
    with pytest.raises(MeasureError) as refused:
        of(f"0 + {text}")
    problem, _, allowed = words.partition("; ")
    assert problem in refused.value.problem and allowed in refused.value.allowed and refused.value.position == 5


def test_what_takes_too_long_is_refused_where_it_stands():
    with pytest.raises(MeasureError, match="this takes too long to measure at character 16"):
        of("at(1000000000, loss(train))")


def test_what_a_kind_of_card_has_not_is_refused_before_it_is_built():
    Measurement.read("at(5, loss(train))").check("run")
    Measurement.read("lane(1, loss(train)) + first()").check("network")
    for text, kind in (
        ("loss(train)", "race"),
        ("at(3, x(1))", "run"),
        ("lane(1, x(1))", "network"),
        ("at(1, node(f))", "graph"),
    ):
        with pytest.raises(MeasureError, match="is no measurement of this kind of card"):
            Measurement.read(text).check(kind)


# Conditions -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("step() == 4", True),
        ("step() != 4", False),
        ("3 < step() <= 4", True),
        ("4 < step() < 9", False),
        ("step() >= 4 and loss(train) < 1", True),
        ("step() > 4 and loss(train) < 1", False),
        ("0 / 0 < 1", False),
        ("0 / 0 != 1", True),
    ],
)
def test_what_holds(text, holds):
    assert Condition.read(text).holds(BUILT) is holds


@pytest.mark.parametrize(
    ("side", "holds"),
    [
        ("< 5", True),
        ("> 5", False),
        ("== 4", True),
        ("4 .. 5", True),
        ("3 .. 4", True),
        ("0..3", False),
        ("<= 4 and step() > 3", True),
    ],
)
def test_a_right_side_is_about_what_is_asked(side, holds):
    assert Condition.read(side, of=Measurement.read("step()")).holds(BUILT) is holds


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("< 5", 1),
        ("3 .. 4", 1),
        ("step()", 1),
        ("step() > 3 and 5", 15),
        ("step() >", 9),
        ("step() => 3", 8),
        ("step() > los(train)", 10),
    ],
)
def test_what_is_no_condition_is_refused_where_it_stands(text, position):
    with pytest.raises(MeasureError) as refused:
        Condition.read(text)
    assert refused.value.position == position


@pytest.mark.parametrize(
    ("text", "bounds"),
    [
        ("< 1e-4", (-math.inf, 1e-4, False, True)),
        ("0.03 .. 0.3", (0.03, 0.3, False, False)),
        ("== 2", (2.0, 2.0, False, False)),
        ("0 < step() <= 7", (0.0, 7.0, True, False)),
        ("!= 2", None),
        ("< loss(train)", None),
    ],
)
def test_bounds_of_a_condition(text, bounds):
    assert Condition.read(text, of=Measurement.read("step()")).bounds == bounds


def test_sides_that_are_no_numbers_are_told_with_their_values():
    condition = Condition.read("0.1 < loss(train) < 10 and step() == 2 + 2")
    assert condition.values(BUILT) == [("loss(train)", of("loss(train)")), ("step()", 4.0)]
    assert condition.holds_for({"loss(train)": 0.5, "step()": 4.0}) and not condition.holds_for(
        {"loss(train)": 0.5, "step()": 5.0}
    )


def test_what_is_live_and_what_would_tell_it():
    assert Measurement.read("delta(1) / delta(10)").live and not Measurement.read("at(5, loss(train))").live
    assert {"deltas", "flow", "microscope"} <= Measurement.read("delta(1)").tells
    assert Measurement.read("at(5, loss(train))").tells == frozenset()
    condition = Condition.read("loss(train) < 0.1 and delta(1) > 0.1")
    assert condition.live and {"series", "deltas"} <= condition.tells


def test_it_is_written_as_a_formula():
    assert Measurement.read("delta(1) / delta(10)").latex == r"\|\delta_{1}\| / \|\delta_{10}\|"
    assert Measurement.read("loss(train) - (1 - 2)", {}).latex == r"\mathcal{L}_{\text{train}} - (1 - 2)"
    assert Condition.read("loss(test) <= 1e-4").latex == r"\mathcal{L}_{\text{test}} \le 0.0001"
    assert Measurement.read("weight(W1, 0, 1) + weight(b1, 2)").latex == r"W_{1}[1,\, 2] + b_{1}[3]", "formulas count from 1"
    assert Measurement.read("signal(2, 0, 3)").latex == r"\delta_{2}[1,\, 4]"
    assert Measurement.read("gradient_norm(gamma1)").latex == r"\|\nabla_{\gamma_{1}} J\|"
