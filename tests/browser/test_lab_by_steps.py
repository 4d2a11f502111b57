"""Experiments whose pictures go by steps: at each, what is drawn is the engine's row of it."""

from __future__ import annotations

import numpy as np
import pytest
from lab_page import Lab
from playwright.sync_api import expect
from train_page import Train

from engine.lab import EXPERIMENTS, carried_out

DRAWN = """([testid, part, expected]) => {
  const plot = document.querySelector(`[data-testid=${testid}] ${part} .js-plotly-plot`);
  const y = plot?.data?.find(({ type }) => type === "bar" || type === "scatter")?.y;
  const near = (value, i) => Math.abs(value - expected[i]) <= 1e-9 * Math.abs(expected[i]);
  return y?.length === expected.length && [...y].every(near);
}"""
"""Whether the first series of a place's plot is this one."""


@pytest.fixture
def lab(train: Train) -> Lab:
    return Lab(train.page).enter()


def drawn(lab: Lab, testid: str, part: str, expected: np.ndarray) -> None:
    lab.page.wait_for_function(DRAWN, arg=[testid, part, expected.tolist()])


@pytest.mark.slow(seconds=8)
def test_half_precision_shows_the_sizes_of_each_point(lab: Lab) -> None:
    arrays = carried_out(EXPERIMENTS["half"]).arrays
    lab.open("half").done()
    sizes = "[data-testid=lab-switched-deltas]"
    expect(lab.hook("lab-where")).to_have_text("1 of 40")
    drawn(lab, "half", sizes, arrays["deltas"][0])
    lab.page.keyboard.press("End")
    expect(lab.hook("lab-where")).to_have_text("40 of 40")
    drawn(lab, "half", sizes, arrays["deltas"][-1])
    lab.page.locator(f"{sizes} [data-figure=gradients]").click()
    drawn(lab, "half", sizes, arrays["gradients"][-1])
    lab.page.keyboard.press("Escape")
    lab.in_gallery()


@pytest.mark.slow(seconds=40)
def test_shattered_gradients_end_at_the_deepest_networks_and_go_back(lab: Lab) -> None:
    slopes = carried_out(EXPERIMENTS["shattered"]).arrays["slopes"]
    lab.open("shattered").done()
    expect(lab.hook("lab-where")).to_have_text("6 of 6")
    for kind, part in enumerate(("plain", "batch", "skips")):
        drawn(lab, "shattered", f"[data-part={part}]", slopes[kind, -1])
    lab.page.keyboard.press("Home")
    expect(lab.page.locator("[data-part=batch] h3")).to_have_text("batch norm, 2 layers")
    for kind, part in enumerate(("plain", "batch", "skips")):
        drawn(lab, "shattered", f"[data-part={part}]", slopes[kind, 0])
