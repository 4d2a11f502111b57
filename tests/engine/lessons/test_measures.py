"""Every measurement of the vocabulary against a witness, found by walking the rows: one without is named."""

import doctest
import math

import pytest
from race_measures import RACE_WITNESSES
from run_measures import LIVE, RUN_WITNESSES

from engine.lessons.measuring import measured
from engine.lessons.vocabulary import MEASURES

WITNESSES = {name: [*RUN_WITNESSES.get(name, ()), *RACE_WITNESSES.get(name, ())] for name in [*RUN_WITNESSES, *RACE_WITNESSES]}
LOOSE = {"sharpness": 1e-6, "updated": 2e-9, "in_place": 5e-8, "difference_error": 1e-6, "difference": 1e-8}
"""What the witness itself is good to, where that is less: differences, and what is in print."""


CASES = [
    pytest.param(row, text, situation, expected, id=f"{name}-{number}")
    for name, row in MEASURES.items()
    for number, (text, situation, expected) in enumerate(WITNESSES.get(name, ()))
]


@pytest.mark.parametrize("name", MEASURES)
def test_every_row_has_a_witness(name):
    assert name in WITNESSES, f"{name} has no witness"
    texts = [text for text, _, _ in WITNESSES[name]]
    assert all(f"{name}(" in text for text in texts)


def test_no_witness_without_a_row():
    assert set(WITNESSES) <= set(MEASURES)


@pytest.mark.parametrize(("row", "text", "situation", "expected"), CASES)
def test_as_its_witness_says(row, text, situation, expected):
    found, wanted = measured(text, LIVE, **situation), float(expected())
    if math.isnan(wanted) or math.isinf(wanted):
        assert str(found) == str(wanted)
    else:
        assert found == pytest.approx(wanted, rel=LOOSE.get(row.name, 1e-9), abs=1e-12)


@pytest.mark.parametrize("name", MEASURES)
def test_what_it_is_is_told_with_an_example(name):
    row = MEASURES[name]
    example = doctest.DocTestParser().get_doctest(row.docstring, {"measured": measured}, name, None, 0)
    assert example.examples, "there is no example"
    assert example.examples[0].lineno > 0, "there are no words"
    assert doctest.DocTestRunner(verbose=False).run(example).failed == 0
