"""A table is the same table however it was written: the files of the issue, and tables of all dialects, to the last bit."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from table_dialects import CHOICES, Dialect, Value, all_dialects, any_dialect, written
from workbook_files import workbook

from server.tables.columns import columns_of
from server.tables.rows import read_table

FILES = Path(__file__).parent / "tables"
READ: dict[str, tuple[list[str], list[list[Value]]]] = {
    # names, the first two rows
    "blank-then-quote.csv": (["Sell", "List", "Beds"], [[142, 160, 2], [143, 163, 3]]),
    "comment-lines.csv": (["species", "bill", "mass"], [["Adelie", 39.1, 3750], ["Gentoo", 46.1, 4500]]),
    "empty-first-name.csv": (["row", "class", "sex", "survived"], [[1, "1st", "man", "yes"], [2, "1st", "women", "yes"]]),
    "percent.csv": (["school", "share", "passed"], [["s0", 0.4, "no"], ["s1", 0.41, "no"]]),
    "pipes.csv": (["a", "b", "y"], [[1, 2, "u"], [2, 3, "v"]]),
    "row-number-leak.csv": (["row", "a", "b", "species"], [[0, 5, 2, "x"], [1, 1, 7, "x"]]),
    "sep-line.csv": (["x", "y", "klasse"], [[1.5, 2, "a"], [2.5, 3, "b"]]),
    "spaces.txt": (["mpg", "hp", "wt"], [[18, 130, 3504], [15, 165, 3693]]),
    "thousands-comma.csv": (["city", "people", "area", "big"], [["c0", 1234, 3.5, "no"], ["c1", 12345, 7.25, "no"]]),
    "two-of-many-categories.csv": (["shelf", "price", "sales"], [["Bad", 120, 4.0], ["Good", 119, 12.1]]),
}
NAMES = ["who", "größe, m", 'the "x"', "class"]


def read(body: bytes) -> tuple[list[str], list[list[Value]], list[int]]:
    """(names, rows of values, the line of each)."""
    table = read_table(body)
    columns = columns_of(table)
    assert not table.faults
    rows = [list(row) for row in zip(*(column.values for column in columns), strict=True)]
    return list(table.names), rows, [line for line, _ in table.rows]


def check(names: list[str], rows: list[list[Value]], dialect: Dialect) -> None:
    body, lines = written(names, rows, dialect)
    found = read(body)
    assert found == (names, rows, lines), (dialect, body[:400])


def some_table(source: random.Random) -> list[list[Value]]:
    """Names, decimals, numbers with thousands and classes; a hole here and there."""
    words = ["Ann Lee", "Bo", 'Cy "the" Great', "Dé, Eva", "Fü"]
    rows: list[list[Value]] = []
    for index in range(source.randrange(6, 14)):
        big = float(source.choice([source.randrange(1000), source.randrange(1000, 10**7)]))
        who, number = f"{source.choice(words)} {'abcdefghijklmnop'[index]}", source.randrange(-99999, 99999) / 100
        rows.append([who, number, big, "uv"[index % 2]])
    rows[0][1] = 0.25  # two places, which are no thousands
    rows[-1][2] = None
    return rows


def test_the_files_of_the_issue_are_there() -> None:
    assert {path.name for path in FILES.iterdir()} == set(READ)


@pytest.mark.parametrize("name", READ)
def test_real_files_and_their_variants(name: str) -> None:
    """As it came, and written again in ten dialects: every one is the same table."""
    names, first = READ[name]
    found_names, rows, _ = read((FILES / name).read_bytes())
    assert found_names == names and rows[:2] == first
    source = random.Random(name)
    shares = name == "percent.csv"
    for _ in range(10):
        dialect = any_dialect(source)
        usual = dialect.style if dialect.style != "%" or shares else "plain"
        # A whole table of whole numbers does not say what a mark in them means; two places do.
        check(names, rows, Dialect(**{**vars(dialect), "style": "%" if shares else usual}))


@settings(deadline=None, max_examples=60)
@given(
    st.randoms(use_true_random=False),
    st.builds(Dialect, **{name: st.sampled_from(values) for name, values in CHOICES.items()}),
)
def test_a_table_is_read_back_however_it_was_written(source: random.Random, dialect: Dialect) -> None:
    check(NAMES, some_table(source), dialect)


@pytest.mark.slow(seconds=30)
def test_every_dialect() -> None:
    source = random.Random(18)
    for dialect in all_dialects():
        check(NAMES, some_table(source), dialect)


def test_a_workbook_is_the_table_that_its_text_is() -> None:
    source = random.Random(3)
    rows = some_table(source)
    names, found, lines = read(workbook([("Data", [["Measurements"], [], NAMES, *rows])]))
    assert (names, found, lines) == (NAMES, rows, list(range(4, 4 + len(rows))))
