"""Every row says where it is from, with a link, and shows a use that is true: found by walking the rows."""

import doctest

import numpy as np
import pytest

import engine
from engine.catalog import ROWS
from engine.optimizers.standalone import StandaloneOptimizer
from engine.rows import latex
from engine.rows import row as rows
from engine.spec import OptimizerSpec

KINDS = (
    "datasets",
    "features",
    "activations",
    "norms",
    "losses",
    "initializers",
    "optimizers",
    "schedules",
    "solvers",
    "surfaces",
)
EVERY = [pytest.param(row, id=f"{kind}-{row.name}") for kind in KINDS for row in ROWS[kind].values()]
NAMES = {name: getattr(engine, name) for name in engine.__all__} | {"np": np, "OptimizerSpec": OptimizerSpec}
NAMES |= {"StandaloneOptimizer": StandaloneOptimizer}
"""What an example may use without an import of its own."""


@pytest.mark.parametrize("row", EVERY)
def test_a_row_says_what_it_is_and_where_it_is_from(row):
    assert row.title and row.summary.endswith("."), f"{row.name}: a title, and a summary that is a sentence"
    assert bool(row.source) == bool(row.link), f"{row.name}: `source` names a paper or a text, `link` leads there"
    assert not row.link or row.link.startswith("https://"), row.link


@pytest.mark.parametrize("row", EVERY)
def test_the_example_of_a_row_is_true(row):
    examples = doctest.DocTestParser().get_doctest(row.example, dict(NAMES), row.name, None, 0)
    assert examples.examples, f"{row.name}: its `example` shows a use (>>> …) and what comes of it"
    said: list[str] = []
    doctest.DocTestRunner(optionflags=doctest.ELLIPSIS, verbose=False).run(examples, out=said.append)
    assert not said, "".join(said)


def test_the_row_of_rows_shows_how():
    assert doctest.testmod(rows).failed == 0


def test_symbols_are_written_in_latex_as_its_example_says():
    assert doctest.testmod(latex) == (0, 1)
