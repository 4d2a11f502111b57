"""A formula that makes the data: typed by keyboard, drawn while it is typed, refused in words, shared with the same bits."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from looks import looks_well
from playwright.sync_api import BrowserContext, Page, expect
from train_page import Train

NAME = "data.formula"


def typed(train: Train, text: str) -> None:
    field = train.input(NAME)
    field.focus()
    field.press("Control+a")
    field.press_sequentially(text)


def test_a_formula_is_typed_drawn_at_once_and_learned(train: Train, page: Page) -> None:
    tile = page.locator("[data-dataset=formula]")
    tile.focus()
    tile.press("Enter")
    expect(tile).to_have_attribute("aria-pressed", "true")
    train.settle(0)
    field, status, sketch = train.input(NAME), train.hook("formula-status"), train.hook("formula-sketch")
    expect(field).to_have_value("y = 2 * sin(x)")
    expect(sketch).to_be_hidden()
    expect(page.locator(".regions .point-key").filter(visible=True)).to_contain_text("border")
    # What is typed is drawn, and the run is left alone until it is entered.
    train.hook("forward").click()
    train.settle(1)
    typed(train, "x^2 + y^2 < 9")
    expect(sketch).to_be_visible()
    expect(status).to_have_text(re.compile(r"^outside \d+, inside \d+\. Enter begins a run with it\.$"))
    train.paints("formula-sketch", 20)
    assert train.step == 1
    typed(train, "y = 2 * sin(z)")
    alert = train.field(NAME).get_by_role("alert")
    expect(alert).to_contain_text("'z' is not known at character 13; allowed: numbers, x, y, pi, e")
    expect(sketch).to_have_class(re.compile("stale"))  # the last one stays while what is typed is none
    expect(field).to_have_attribute("aria-invalid", "true")
    field.press("Escape")
    expect(field).to_have_value("y = 2 * sin(x)")
    expect(sketch).to_be_hidden()
    expect(alert).to_be_hidden()
    # Refused when it is entered: what was typed stays, and so does the run.
    typed(train, "y = 9")
    field.press("Enter")
    expect(alert).to_contain_text("one class only: all 500 points are 'below'")
    expect(field).to_have_value("y = 9")
    assert train.step == 1
    typed(train, "y = log(x) * 2")
    field.press("Enter")
    train.settle(0)
    expect(alert).to_be_hidden()
    expect(status).to_have_text(re.compile(r"^\d+ of \d+ points were left out: the formula has no value there\.$"))
    # Back to the curve with one key, and learned.
    page.keyboard.press("Escape")
    page.get_by_role("button", name="inside", exact=True).click()
    expect(field).to_have_value("x^2 + y^2 < 9")
    train.settle(0)
    train.speed("flat out")
    train.play()
    assert train.reach("test-accuracy", 0.93) >= 0.93
    train.pause()
    train.settle()


@pytest.mark.slow(seconds=6)
def test_a_formula_is_in_the_link_and_in_what_is_taken_along(
    train: Train, page: Page, stranger: Callable[[], BrowserContext]
) -> None:
    train.choose("formula")
    page.get_by_role("button", name="inside", exact=True).click()
    expect(train.input(NAME)).to_have_value("x^2 + y^2 < 9")
    train.settle(0)
    for step in (1, 2, 3):
        train.hook("forward").click()
        train.settle(step)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    train.hook("share").click()
    expect(train.hook("notice")).to_contain_text("The link is copied")
    other = Train(stranger().new_page()).open(str(page.evaluate("navigator.clipboard.readText()")))
    other.settle(3)
    expect(other.input(NAME)).to_have_value("x^2 + y^2 < 9")
    assert other.numbers() == train.numbers()
    train.hook("export").click()
    with page.expect_download() as download:
        page.get_by_role("menuitem", name="Experiment").click()
    script = json.loads(Path(download.value.path()).read_text(encoding="utf-8"))
    assert script["spec"]["data"]["formula"] == "x^2 + y^2 < 9"


@pytest.mark.looks(seconds=12, sweep=True)
def test_a_formula_looks_well_and_is_a_regression_too(train: Train, page: Page) -> None:
    train.choose("formula")
    page.get_by_role("button", name="a value", exact=True).click()
    expect(train.input(NAME)).to_have_value("sin(x) * y / 6")
    train.settle(0)
    expect(train.hook("test-accuracy")).to_be_hidden()
    expect(page.locator(".regions .point-key").filter(visible=True)).not_to_contain_text("border")
    typed(train, "y = 1 / x")
    expect(train.hook("formula-sketch")).to_be_visible()
    looks_well(page)
    typed(train, "y = 1 / (x + ")
    expect(train.field(NAME).get_by_role("alert")).to_contain_text("cannot be read")
    looks_well(page)
