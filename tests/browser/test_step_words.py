"""What Step says in words: never a formula's source, never "all 1 samples", and of rounding only where there is a sum."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from step_page import Step, configure
from test_step_views import NORMED
from train_page import Train

SOURCES = r"""() => [...document.querySelectorAll("[data-testid=step-room] *")].flatMap((each) =>
  [each.getAttribute("title"), each.getAttribute("aria-label"), each.getAttribute("aria-valuetext"),
   ...(each.closest("math, svg") ? [] : [...each.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE))
     .map((node) => node.textContent)]
    .filter((words) => words && /\\[a-zA-Z]|\$|[_^]\{/.test(words)))"""

ONE = {"data": {"name": "xor"}, "network": {"layers": [{"units": 2}]}, "batch_size": 1, "optimizer": {"name": "adam"}}


@pytest.mark.slow(seconds=8)
def test_no_tip_or_title_is_a_formulas_source(train: Train) -> None:
    configure(train, NORMED)
    step, found = Step.enter(train), {}
    for micro in range(step.hook("strip").locator("[data-micro]").count()):
        if micro:
            step.press("ArrowRight", micro)
        if sources := train.page.evaluate(SOURCES):
            found[micro] = sources
    assert found == {}


def test_a_mini_batch_of_one_sample_and_a_sum_of_one_term(train: Train) -> None:
    configure(train, ONE)
    step, told, rounded = Step.enter(train), [], {}
    step.depth("unit")
    for micro in range(step.hook("strip").locator("[data-micro]").count()):
        if micro:
            step.press("ArrowRight", micro)
        told.append(step.hook("step-where").inner_text())
        what = step.hook("written-what").text_content() or ""
        rounded[micro] = "but for rounding" in what and step.hook("terms").locator("button").count() < 2
    assert not any(" 1 samples" in words or " of 1 " in words.split("·")[1] for words in told), told
    assert any("the one sample" in words for words in told), told
    assert not any(rounded.values()), rounded
    expect(step.hook("step-where")).to_contain_text("before update 1")
