"""What the numbers of a kept snapshot mean stays as it is recorded, or the layout number rises: shapes alone would not tell."""

from __future__ import annotations

import json

import pytest
from record_layout import PLACES, RECORDED, moved, places, table

from engine.kernels import codes
from engine.recording import rules

TABLES = json.loads(RECORDED.read_text(encoding="utf-8"))


def test_no_number_means_something_else_under_the_same_layout() -> None:
    number = str(codes.LAYOUT)
    assert number in TABLES, f"layout {number} is not recorded yet: python tests/engine/record_layout.py"
    told = moved(TABLES[number], table())
    advice = (
        "codes moved: raise LAYOUT in engine/kernels/codes.py and record the new table (of a mere rename: rename it there). "
    )
    assert not told, advice + "; ".join(told)


def test_layouts_are_told_by_a_number_each() -> None:
    numbers = [int(number) for number in TABLES]
    assert numbers == list(range(1, codes.LAYOUT + 1)), "each layout has one number more than the last"


def test_every_place_is_in_the_table() -> None:
    """Sections are found by their headings: each has as many places as its buffer, or as are used of it."""
    sizes = {"counters": codes.N_COUNTERS, "hyper": codes.N_HYPER, "clock": codes.N_CLOCK, "rules": rules.N_STATE}
    for key, heading in PLACES.items():
        found = places(rules if key == "rules" else codes, heading)
        count = found.pop(next(name for name, index in found.items() if name.startswith("N_") and index == sizes[key]))
        used = [index for name, index in found.items() if not name.startswith("N_")]
        assert len(used) >= 4 and len(set(used)) == len(used) and max(used) == count - 1, key


@pytest.mark.parametrize(
    ("name", "index", "said"),
    [("L1", codes.L2, "places hyper: L1 was 10, is 11"), ("EPOCH", 2, "EPOCH was 1, is 2"), ("STATISTICS", 1, "was 2, is 1")],
)
def test_a_code_that_moves_is_found_out(name: str, index: int, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(codes, name, index)
    found = table()
    assert any(said in told for told in moved(TABLES["1"], found)), moved(TABLES["1"], found)
