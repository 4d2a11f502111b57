"""Tables to take away: names are never formulas, numbers are never touched, and both read back as they were."""

from __future__ import annotations

import csv
import io
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.export.csv_table import csv_text, unguarded

FORMULAS = [
    *('=HYPERLINK("http://x","y")', "+1", "-1+2", "@SUM(A1)", "＝1", "'=1"),
    *("\t=1", "\r=1", "\n=1", "  =1", "\x00=1", "\u3000=1"),
]
NAMES = st.text(st.characters(exclude_categories=["Cs"]))
PLAIN = ["", "a=b", "rate 0.1", "don't", "μ+1", "1-2", "§"]


def read(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("name", FORMULAS)
def test_no_text_is_a_formula(name: str) -> None:
    header, row = read(csv_text([name], [[name]]))
    assert header == row == [f"'{name}"] and unguarded(row[0]) == name


@given(
    name=st.sampled_from(FORMULAS + PLAIN) | st.text(st.characters(exclude_categories=["Cs"])),
    number=st.floats(allow_nan=False),
)
def test_all_reads_back(name: str, number: float) -> None:
    _, [cell, value, whole, none] = read(csv_text(["name", "loss", "step", "none"], [[name, number, -3, None]]))
    assert unguarded(cell) == name and (cell == name or name not in PLAIN)
    assert math.copysign(1, float(value)) == math.copysign(1, number) and float(value) == number and value == repr(number)
    assert (whole, none) == ("-3", "")
