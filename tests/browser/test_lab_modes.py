"""Forward or reverse, and the price of a gradient, in the page: pass by pass, with the engine's own numbers."""

from __future__ import annotations

import numpy as np
import pytest
from lab_page import Lab
from playwright.sync_api import expect
from train_page import Train

from engine.lab import EXPERIMENTS, carried_out

CELLS = """(table) => [...table.rows].map((row) => [...row.querySelectorAll(".cell")]
  .map((cell) => [cell.classList.contains("filled"), cell.textContent !== ""])).filter((row) => row.length)"""
TOLD = """(table) => [...table.rows].map((row) => [...row.querySelectorAll("td[data-value]")]
  .map((cell) => Number(cell.dataset.value.replace("−", "-")))).filter((row) => row.length)"""


@pytest.fixture
def lab(train: Train) -> Lab:
    return Lab(train.page).enter()


def filled(lab: Lab, mode: str) -> np.ndarray:
    return np.array(lab.hook(f"modes-{mode}").evaluate(CELLS))[:, :, 0]


def at(lab: Lab, step: int) -> None:
    expect(lab.hook("modes")).to_have_attribute("data-step", str(step))


def test_both_modes_fill_the_same_jacobian_pass_by_pass(lab: Lab) -> None:
    lab.open("modes").done()
    page, found = lab.page, carried_out(EXPERIMENTS["modes"])
    at(lab, 0)
    assert filled(lab, "forward").any(axis=0).tolist() == [True] + 7 * [False]
    assert filled(lab, "reverse").any(axis=1).tolist() == [True, False, False]
    for mode, figure in zip(("forward", "reverse"), found.figures, strict=True):
        np.testing.assert_array_equal(lab.hook(f"modes-{mode}").evaluate(TOLD), figure.values)
    page.keyboard.press("ArrowRight")
    at(lab, 1)
    # The numbers that the pass carries along, station by station, are the engine's.
    carried = np.concatenate(lab.hook("modes-forward-pass").evaluate(TOLD))
    np.testing.assert_array_equal(carried, found.arrays["forward_passes"][1])
    carried = np.concatenate(lab.hook("modes-reverse-pass").evaluate(TOLD))
    np.testing.assert_array_equal(carried, found.arrays["reverse_passes"][1])
    page.keyboard.press("ArrowRight")
    at(lab, 2)
    expect(lab.hook("modes-reverse-count")).to_have_text("done after 3 passes")
    expect(lab.hook("modes-forward-count")).to_have_text("3 of 8 passes")
    # A click on what is blank goes to the pass that makes it.
    lab.hook("modes-forward").locator(".cell[data-line='5']").first.click()
    at(lab, 5)
    assert filled(lab, "forward").all(axis=0).tolist() == 6 * [True] + 2 * [False]
    assert filled(lab, "reverse").all()
    # And by keys: arrows from cell to cell, Enter.
    lab.hook("modes-forward").locator(".cell").first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    at(lab, 1)


@pytest.mark.slow(seconds=4)
def test_a_larger_jacobian_is_drawn_without_numbers(lab: Lab) -> None:
    lab.open("modes").done()
    number = lab.number
    lab.show_choices()
    field = lab.field("outputs").locator("input[type=text]")
    field.fill("12")
    field.press("Enter")
    lab.begun_after(number)
    lab.done()
    expect(lab.hook("modes-reverse-count")).to_have_text("1 of 12 passes")
    cells = np.array(lab.hook("modes-reverse").evaluate(CELLS))
    assert cells.shape == (12, 8, 2) and not cells[:, :, 1].any()


@pytest.mark.slow(seconds=5)
def test_the_price_changes_between_time_and_operations(lab: Lab) -> None:
    lab.open("price").done()
    time = lab.figures()[0]
    lab.page.locator("[data-figure=operations]").click()
    lab.page.wait_for_function("() => document.querySelector('[data-figure=operations]').ariaChecked === 'true'")
    lab.page.wait_for_function(
        """(before) => document.querySelector("[data-testid=price] .js-plotly-plot").data[0].y[0] !== before""",
        arg=time[0]["y"][0],
    )
    shown = lab.figures()[0]
    weights = [64 * w + w * w + 10 * w for w in (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)]
    first = [64 * w for w in (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)]
    np.testing.assert_allclose(shown[0]["y"], weights)
    np.testing.assert_allclose(shown[1]["y"], 2 * np.array(weights) - first)
