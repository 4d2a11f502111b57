"""The engine's own texts, as they are shown, say what the field says (`tests/server/glossary.py`)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from glossary import PATTERNS, unfit
from witness_cases import CASES, PICTURES

from engine import catalog
from engine.diagnostics.findings import TITLES
from engine.microscope import PRESETS, next_update


def texts(data: Any) -> Iterator[str]:
    """All the strings of plain data."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        for value in data.values():
            yield from texts(value)
    elif isinstance(data, list | tuple):
        for value in data:
            yield from texts(value)


def test_the_glossarys_left_column_is_found() -> None:
    """So that a pattern that finds nothing is none; and what stands in the right column is no offence."""
    left = (
        "Blame reaches layer 1",
        "Forward: the bend",
        "What each sample asks of the weights",
        "held out risen",
        "made here:",
    )
    left += ("4.15 baselines higher", "a way around every layer", "units drop out while it trains", "a slope below zero too")
    left += (
        "slopes of 1 in place of at most 1/4",
        "weights drawn to the layers' sizes",
        "weights are pulled to zero: L2 0.001",
    )
    left += (
        "inputs of one size, one rate fits all",
        "optimizer.lr 0.01 → 0.1",
        "Test part",
        "Misread",
        "none, the surest first",
    )
    left += ("first line", "width 1 = |w| 0.25", "differences agree to", "as it came", "that is it", "its size lies", "draw 0")
    left += ("one of the next step", "tell classes apart", "cells parted by semicolons", "cannot be mended", "v₂ hands to v₁")
    left += ("network.train_bias is false", "chosen: each lane's own", "not critical: a Newton step leads away", "it diverged")
    left += ("variance of the ways", "Under Adam’s feet", "races that make a point", "steps to 0.01", "no minimum yet")
    left += ("The whole set's gradient goes down", "take its next update apart", "foo is no function here", "colour the starts")
    left += ("Slow connection",)
    assert [text for text in left if not unfit([text])] == []
    found = {pattern for pattern in PATTERNS for text in left if re.search(pattern, text)}
    assert found == set(PATTERNS)
    right = (
        "how much this unit is to blame for the loss",
        "finite differences agree to",
        "Error signal at the output",
        "Test share",
    )
    assert unfit(right) == []


def test_the_catalog() -> None:
    assert unfit(texts(catalog())) == []


def test_titles_of_findings() -> None:
    assert unfit(TITLES.values()) == []


def test_micro_steps() -> None:
    """Of every kind of layer, loss and optimizer."""
    shown: dict[str, None] = {}
    for case in (*CASES, PICTURES):
        for step in next_update(case.trainer()).steps:
            symbols = [symbol.words for symbol in step.symbols]
            values = [value.words for value in (*step.operands, *step.results)]
            shown |= dict.fromkeys([step.title, step.why, step.note, *symbols, *values])
    assert len(shown) > 200 and unfit(shown) == []


@pytest.mark.parametrize("name", PRESETS)
def test_examples(name: str) -> None:
    preset = PRESETS[name]
    assert unfit([preset.title, preset.summary, *preset.words]) == []
