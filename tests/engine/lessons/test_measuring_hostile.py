"""Whatever stands in a text: it is measured, or refused as a MeasureError, within its budget."""

import math

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from race_measures import DESCENT, GRAPH, NETWORK
from run_measures import XOR

from engine.lessons.building import Budget, build
from engine.lessons.measuring import Condition, MeasureError, Measurement
from engine.lessons.situation import Situation
from engine.lessons.vocabulary import MEASURES

NUMBERS = ["0", "1", "2", "3", "-1", "0.5", "1e-12", "1e300", "1e9", "100001"]
WORDS = ["train", "test", "validation", "W1", "b1", "W2", "v", "forward", "vanishing", "x", "f", "v1", "nobody", "slow"]
ATOMS = st.sampled_from([*NUMBERS, *WORDS])


def calls(inner):
    """Calls of rows with arguments of any kind, and arithmetic on them."""
    some = st.lists(inner, max_size=4).map(", ".join)
    called = st.tuples(st.sampled_from(sorted(MEASURES)), some).map(lambda each: f"{each[0]}({each[1]})")
    signed = st.tuples(inner, st.sampled_from("+-*/^"), inner).map(lambda each: f"({each[0]}) {each[1]} ({each[2]})")
    return st.one_of(called, signed)


TEXTS = st.recursive(ATOMS, calls, max_leaves=6)
BUILTS = [Situation.model_validate(given) for given in ({"run": XOR, "step": 3}, DESCENT, NETWORK, GRAPH)]


def taken(text, situation):
    built = build(situation)
    built.budget = Budget(2e7)
    try:
        return Measurement.read(text).value(built)
    except MeasureError as problem:
        assert problem.position >= 1 and problem.problem and problem.allowed
        return math.nan


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(TEXTS, st.sampled_from(BUILTS))
def test_any_text_is_measured_or_refused(text, situation):
    assert isinstance(taken(text, situation), float)


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="loss(train)<>=!. and12+-*/^W[]{}\"';:é_", max_size=60))
def test_any_letters_are_read_or_refused(text):
    for read in (Measurement.read, Condition.read):
        try:
            read(text)
        except MeasureError as problem:
            assert problem.position >= 1


@pytest.mark.parametrize("kind", range(4), ids=["run", "race", "network", "graph"])
def test_every_row_of_every_kind_of_situation(kind):
    """With arguments that are fitting, whether or not the situation is."""
    fitting = {"Split": "train", "Parameter": "W1", "Variant": "none", "Word": "x", "Layer": "1", "Lane": "1", "Index": "0"}
    fitting |= {"Count": "2", "Step": "4", "float": "0.5", "Measured": "1"}
    for name, row in MEASURES.items():
        text = ", ".join(fitting[each.kind.__name__] for each in row.arguments)
        assert isinstance(taken(f"{name}({text})", BUILTS[kind]), float)
