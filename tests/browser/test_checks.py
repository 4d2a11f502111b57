"""Findings, the learning-rate finder and the gradient check on the page: what a sick run shows and what heals it, that a
healthy one shows nothing, and that the numbers drawn are the engine's."""

from __future__ import annotations

import itertools
import re
from typing import Any

import numpy as np
import pytest
from held_page import Held
from looks import STILL, WORDS, lasting, show
from playwright.sync_api import Locator, Page, expect
from train_page import Train

from engine import RunSpec, Trainer

CURVE = """(name) => {
  const trace = document.querySelector("[data-testid=finder-plot]").data.find((each) => each.uid === name);
  return [Array.from(trace.x), Array.from(trace.y)];
}"""
SCRIPT = """async () => {
  // The spec the page's own run has, as the server tells a newcomer to the session of it.
  const url = `${location.origin.replace("http", "ws")}/ws`;
  const socket = new WebSocket(url);
  return await new Promise((resolve) => {
    socket.onopen = () => socket.send(JSON.stringify({ type: "attach", session: null }));
    socket.onmessage = ({ data }) => {
      const event = typeof data === "string" ? JSON.parse(data) : {};
      if (event.type === "run") { socket.close(); resolve(event.spec); }
    };
  });
}"""


LINES = "(all) => all.map((each) => each.getBoundingClientRect()).map(({ top, bottom }) => [top, bottom])"


def spec(train: Train, **changes: Any) -> RunSpec:
    """Of a new session's run, with changes."""
    return RunSpec.model_validate(train.page.evaluate(SCRIPT) | changes)


def lines(page: Page) -> list[list[float]]:
    """Of the words at the finder's marks, from above: top and bottom."""
    return sorted(page.locator("[data-testid=finder-plot] .annotation-text").evaluate_all(LINES))


def rate(train: Train, value: str) -> None:
    train.type(train.input("optimizer.lr"), value)
    expect(train.input("optimizer.lr")).to_have_value(value)


def numbers(locator: Locator) -> float:
    return float(locator.get_attribute("data-value") or "nan")


def sick(train: Train) -> None:
    """A penalty so strong that nothing can be learned."""
    train.type(train.input("regularization.l1"), "0.1")
    expect(train.input("regularization.l1")).to_have_value("0.1")
    train.speed("flat out")
    train.play()
    train.pass_step(3000)
    train.pause()
    train.settle()
    expect(train.hook("findings-open")).to_have_text("1 finding")
    expect(train.hook("notice")).to_contain_text("Underfitting: over the later half of the updates the loss fell by")


@pytest.mark.parametrize("healed", [False, pytest.param(True, marks=pytest.mark.slow(seconds=15))], ids=["at once", "learned"])
def test_a_sick_run_shows_its_finding_and_the_remedy_heals_it(train: Train, healed: bool) -> None:
    train.choose("circle")
    sick(train)
    train.hook("notice").get_by_role("button", name="what to try").click()
    panel = train.hook("findings")
    finding = panel.locator("[data-finding=underfitting]")
    expect(finding).to_be_visible()
    assert abs(numbers(finding.locator("[data-evidence=improvement] b"))) < 0.005
    expect(finding.locator("[data-evidence=penalty_share]")).to_contain_text("of the objective is penalty")
    expect(train.hook("findings-open")).to_have_text("1 finding")
    sick_loss = float(train.numbers()["train-loss"] or "nan")
    remedy = finding.get_by_role("button", name="A weaker penalty")
    remedy.focus()
    remedy.press("Enter")
    expect(train.input("regularization.l1")).to_have_value("0.001")
    expect(panel).to_contain_text("Nothing wrong found")
    if healed:
        before = train.step
        train.play()
        train.pass_step(before + 60_000)
        train.pause()
        train.settle()
        expect(panel).to_contain_text("Nothing wrong found")
        assert float(train.numbers()["train-loss"] or "nan") < sick_loss / 2
    train.page.keyboard.press("Control+z")
    expect(train.input("regularization.l1")).to_have_value("0.1")
    expect(finding).to_be_visible()


@pytest.mark.slow(seconds=6)
def test_a_healthy_run_shows_nothing(train: Train) -> None:
    train.choose("circle")
    train.speed("flat out")
    train.play()
    train.pass_step(500)
    train.pause()
    train.settle()
    expect(train.hook("findings-open")).to_have_text("no findings")
    expect(train.hook("notice")).to_be_hidden()
    train.page.keyboard.press("f")
    expect(train.hook("findings")).to_contain_text("Nothing wrong found")
    train.page.keyboard.press("Escape")
    expect(train.hook("findings")).to_be_hidden()


@pytest.mark.slow(seconds=6)
def test_evidence_marks_its_layer_and_a_new_run_can_be_gone_back_from(train: Train) -> None:
    train.choose("circle")
    train.layers(8, 8, 8, 8, 8, 8, activation="sigmoid")
    train.hook("forward").click()
    train.settle(1)
    train.page.keyboard.press("f")
    finding = train.hook("findings").locator("[data-finding=vanishing]")
    expect(finding).to_be_visible()
    chip = finding.get_by_role("button", name="layer 1")
    chip.focus()
    chip.press("Enter")
    mark = train.page.locator("[data-highlight=pointed]")
    expect(mark).to_have_attribute("data-layer", "1")
    expect(chip).to_have_attribute("aria-pressed", "true")
    assert mark.bounding_box() is not None
    finding.get_by_role("button", name="Switch to ReLU").click()
    train.settle(0)
    expect(train.hook("notice")).to_contain_text("a new run begins")
    expect(mark).to_have_count(0)
    expect(train.hook("findings")).to_contain_text("Nothing wrong found")
    train.page.keyboard.press("Control+z")
    train.settle(1)
    expect(finding).to_be_visible()


@pytest.mark.slow(seconds=6)
def test_a_stop_marks_the_unit_where_it_began(train: Train) -> None:
    train.choose("plane")
    train.layers(8, activation="relu")
    train.input("optimizer.name").select_option("sgd")
    rate(train, "100")
    train.speed("flat out")
    train.hook("play").click()  # it stops at once
    train.status("stopped")
    expect(train.hook("notice")).to_contain_text("Stopped in update")
    expect(train.hook("notice")).to_contain_text("largest")
    mark = train.page.locator("[data-highlight=offending]")
    expect(mark).to_be_visible()
    expect(mark).to_have_attribute("data-layer", re.compile(r"^[12]$"))
    train.hook("notice").get_by_role("button", name="go back one").click()
    train.status("paused")
    expect(mark).to_have_count(0)


@pytest.mark.slow(seconds=6)
def test_the_curve_drawn_is_the_engines(train: Train) -> None:
    direct = Trainer(spec(train))
    direct.step(1)
    train.hook("forward").click()
    train.settle(1)
    losses = train.numbers()
    train.page.keyboard.press("r")
    start = train.hook("finder-start")
    expect(start).to_be_focused()
    fields = {name: train.input(f"finder.{name}") for name in ("low", "high", "updates")}
    fields["low"].fill("1e-5")
    fields["high"].fill("0.5e1")
    fields["updates"].fill("300")
    fields["updates"].press("Enter")
    found = direct.find_rate(1e-5, 5.0, 300)
    use = train.page.locator("[data-use]")
    expect(use).to_have_count(len(found.suggestions))
    train.page.wait_for_function("() => document.querySelector('[data-testid=finder-plot]').data?.[0].x.length > 0")
    for name, expected in (("losses", found.losses), ("smoothed", found.smoothed)):
        x, y = train.page.evaluate(CURVE, name)
        assert np.array_equal(x, found.rates) and np.array_equal(y, expected)
    shown = train.hook("finder-dialog").locator("li [data-value]")
    assert [numbers(each) for each in shown.all()] == [suggestion.rate for suggestion in found.suggestions]
    expect(train.hook("finder-facts")).to_contain_text("diverged at" if found.diverged else "did not diverge")
    assert train.step == 1 and train.numbers() == losses, "the run itself stands as it stood"
    use.first.press("Enter")
    expect(train.hook("finder-dialog")).to_be_hidden()
    expect(train.input("optimizer.lr")).to_have_value(f"{found.suggestions[0].rate:.2g}")
    assert train.step == 1
    expect(train.hook("notice")).to_contain_text("From step 1: ")


@pytest.mark.slow(seconds=6)
def test_options_that_do_not_fit_are_refused_beside_them(train: Train) -> None:
    train.hook("finder-open").click()
    dialog = train.hook("finder-dialog")
    low, high = train.input("finder.low"), train.input("finder.high")
    for field, text, words in ((high, "1e-7", "above low"), (low, "slow", "number is needed"), (low, "0", "above 0")):
        low.fill("1e-6")
        high.fill("10")
        field.fill(text)
        field.press("Enter")
        expect(dialog.get_by_role("alert")).to_contain_text(words)
        expect(field).to_have_attribute("aria-invalid", "true")
    low.fill("1e-6")
    low.press("Enter")
    expect(train.page.locator("[data-use]").first).to_be_visible()
    expect(dialog.get_by_role("alert")).to_be_hidden()
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_be_hidden()


@pytest.mark.slow(seconds=5)
def test_what_the_finder_marks_stands_apart_when_projected(train: Train, page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 720})
    page.keyboard.press("p")
    page.keyboard.press("r")
    expect(train.hook("finder-start")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("[data-use]").first).to_be_visible()
    page.wait_for_function("() => document.querySelectorAll('[data-testid=finder-plot] .annotation').length > 1")
    page.evaluate(STILL)
    # Of the dialog alone: how wide the page behind it is, is asked elsewhere.
    assert lasting(lambda: [wrong for wrong in page.evaluate(WORDS, "dialog[open]") if "the page" not in wrong]) == []
    # Wherever the marks are, each has a line of its own for its words.
    assert lasting(lambda: [str(pair) for pair in itertools.pairwise(lines(page)) if pair[1][0] < pair[0][1] - 4]) == []
    page.keyboard.press("Escape")


@pytest.mark.slow(seconds=12)
def test_what_was_told_gives_way_to_what_is_wrong(train: Train, page: Page) -> None:
    notice = train.hook("notice")
    train.choose("circle")
    expect(notice).to_contain_text("a new run begins")
    # A change after it is what undo takes back: the older offer goes.
    rate(train, "0.02")
    expect(notice).not_to_contain_text("a new run begins")
    sick(train)
    page.keyboard.press("y")
    expect(notice).to_contain_text("no other run to go back to")
    expect(notice).to_contain_text("Underfitting", timeout=6000)


def test_the_gradient_check_of_2_8_8_1(train: Train) -> None:
    train.choose("circle")
    train.layers(8, 8)
    train.hook("forward").click()
    train.settle(1)
    train.page.keyboard.press("c")
    expect(train.hook("gradient-start")).to_be_focused()
    train.page.keyboard.press("Enter")
    expect(train.hook("gradient-verdict")).to_contain_text("Backpropagation is right: for every parameter")
    dialog = train.hook("gradient-dialog")
    expect(dialog).to_contain_text("for 105 parameters")
    rows = train.hook("gradient-table").locator("tbody tr")
    expect(rows).to_have_count(6)
    sizes = [row.locator("td").nth(1).inner_text() for row in rows.all()]
    assert sizes == ["16", "8", "64", "8", "8", "1"]
    for row in rows.all():
        assert 0 <= numbers(row.locator("td").nth(2)) < 1e-6
        expect(row).to_contain_text("agrees")
    cells = dialog.locator("canvas[data-map=W2]")
    cells.focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowRight"):
        train.page.keyboard.press(key)
    reading = train.hook("gradient-reading")
    expect(reading).to_contain_text("W₂[3, 2]: backpropagation")
    assert 0 <= numbers(reading) < 1e-3
    train.page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    mark = train.page.locator("[data-highlight=pointed]")
    expect(mark).to_have_attribute("data-layer", "2")
    expect(mark).to_have_attribute("data-of", "3")
    assert train.step == 1
    train.page.keyboard.press("Escape")
    expect(mark).to_have_count(0)


@pytest.mark.slow(seconds=6)
def test_a_long_check_is_cancelled_by_key(train: Train) -> None:
    train.choose("digits")
    train.layers(64, 64)
    train.page.keyboard.press("c")
    expect(train.hook("gradient-start")).to_be_focused()
    train.page.keyboard.press("Enter")
    cancel = train.hook("gradient-cancel")
    expect(cancel).to_be_focused()
    expect(train.hook("gradient-dialog")).to_contain_text(re.compile(r"of 2.\d{3} parameters"))
    train.page.keyboard.press("Enter")
    expect(train.hook("gradient-start")).to_be_focused()
    expect(train.hook("gradient-verdict")).to_be_hidden()
    train.page.keyboard.press("Escape")
    train.hook("forward").click()
    train.settle(1)


@pytest.mark.looks(seconds=30, sweep=True)
def test_every_panel_is_legible(held: Held) -> None:
    page = held.page
    show(page, "output")
    held.hook("finder-open").click()
    held.looks_well("[data-testid=finder-dialog]")
    page.keyboard.press("Enter")
    expect(page.locator("[data-use]").first).to_be_visible()
    page.wait_for_function("() => document.querySelectorAll('[data-testid=finder-plot] .annotation').length > 1")
    held.looks_well("[data-testid=finder-dialog]")
    page.keyboard.press("Escape")
    page.keyboard.press("c")
    expect(held.hook("gradient-start")).to_be_focused()
    page.keyboard.press("Enter")
    expect(held.hook("gradient-verdict")).to_be_visible()
    held.looks_well("[data-testid=gradient-dialog]")
    page.keyboard.press("Escape")
    page.keyboard.press("f")
    expect(held.hook("findings")).to_be_visible()
    held.looks_well()


@pytest.mark.looks(seconds=30, sweep=True)
def test_a_finding_is_legible(held: Held) -> None:
    page = held.page
    show(page, "settings")
    sick(held)
    show(page, "network")
    held.looks_well()
    held.hook("notice").get_by_role("button", name="what to try").click()
    expect(held.hook("findings").locator("[data-finding]").first).to_be_visible()
    held.looks_well()
