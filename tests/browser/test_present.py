"""Presenting: the picture is the biggest thing and what matters is in view; settings in a drawer; a spotlight and a pen."""

from __future__ import annotations

import pytest
from looks import STILL, lasting
from playwright.sync_api import Page, expect
from train_page import Train
from waiting import becomes

PROJECTOR = {"width": 1280, "height": 720}
BOXES = """() => {
  const box = (selector) => {
    const found = [...document.querySelectorAll(selector)].find((each) => each.checkVisibility());
    const { left, top, right, bottom } = found.getBoundingClientRect();
    return { left, top, right, bottom };
  };
  const transport = box("[data-part=transport]");
  const pictures = ".regions .plot-place, .fit .plot, table.confusion, .answer > div p";
  return { seen: transport.top, picture: box(pictures), curve: box(".curve"),
    numbers: [...document.querySelectorAll(".right .number-box")].filter((each) => each.checkVisibility())
      .map((each) => each.getBoundingClientRect().bottom) };
}"""
BEYOND = """() => [...document.querySelectorAll(".bar *")].filter((each) => each.checkVisibility() &&
  each.getBoundingClientRect().right > innerWidth + 0.5).map((each) => each.outerHTML.slice(0, 80))"""
SMALL = """() => [...document.querySelectorAll("main *, .bar *, .transport *")].filter((each) => {
  const own = [...each.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim());
  const seen = each.checkVisibility({ visibilityProperty: true }) && !each.closest(".sr-only, option, math, .js-plotly-plot");
  return own && seen && parseFloat(getComputedStyle(each).fontSize) < 18;
}).map((each) => `${each.className} ${each.textContent.trim().slice(0, 30)}`)"""


SWEEP = pytest.mark.slow(seconds=4)
LIT = "(it) => [it.style.getPropertyValue('--x'), it.style.getPropertyValue('--y')]"


@pytest.mark.parametrize(
    "data", ["spiral", *(pytest.param(name, marks=pytest.mark.slow(seconds=4)) for name in ("digits", "wine"))]
)
def test_the_picture_the_numbers_and_the_curve_are_in_view(train: Train, data: str) -> None:
    page = train.page
    page.set_viewport_size(PROJECTOR)
    if data != "spiral":
        train.choose(data)
    train.hook("present").click()
    expect(train.hook("present")).to_have_attribute("aria-pressed", "true")
    train.hook("forward").click()
    train.settle(1)
    page.wait_for_function("() => document.querySelector('.curve')._fullLayout?.font.size === 18")
    page.evaluate(STILL)
    found = page.evaluate(BOXES)
    picture, curve = found["picture"], found["curve"]
    if data == "spiral":
        assert min(picture["right"] - picture["left"], picture["bottom"] - picture["top"]) >= 320, picture
    assert picture["bottom"] <= found["seen"] and curve["bottom"] <= found["seen"], found
    assert curve["bottom"] - curve["top"] >= 120 and len(found["numbers"]) == 3
    assert max(found["numbers"]) <= found["seen"]
    assert lasting(lambda: page.evaluate(SMALL)) == []


@pytest.mark.slow(seconds=4)
def test_the_bar_holds_all_it_has_in_every_room(train: Train, page: Page) -> None:
    page.keyboard.press("p")
    for size in (PROJECTOR, {"width": 1024, "height": 768}):
        page.set_viewport_size(size)
        for room in ("Step", "Race", "Train"):
            page.get_by_role("button", name=room, exact=True).click()
            expect(page.get_by_role("button", name=room, exact=True)).to_have_attribute("aria-current", "page")
            assert lasting(lambda: page.evaluate(BEYOND)) == [], (room, size)


def test_the_drawer_holds_what_a_class_asks_for(train: Train) -> None:
    page = train.page
    page.set_viewport_size(PROJECTOR)
    page.keyboard.press("p")
    drawer = train.hook("drawer")
    expect(train.input("optimizer.lr")).to_be_hidden()
    drawer.focus()
    page.keyboard.press("Enter")
    expect(drawer).to_have_attribute("aria-expanded", "true")
    expect(train.input("optimizer.lr")).to_be_visible()
    expect(train.field("batch_size")).to_be_visible()
    expect(page.locator("[data-dataset=circle]")).to_be_visible()
    expect(train.hook("activation-1")).to_be_visible()
    train.type(train.input("optimizer.lr"), "0.02")
    page.keyboard.press("Escape")
    expect(drawer).to_have_attribute("aria-expanded", "false")
    expect(train.input("optimizer.lr")).to_be_hidden()
    drawer.click()
    expect(train.input("optimizer.lr")).to_have_value("0.02")
    drawer.click()
    # Findings lie over the network and push nothing.
    before = page.locator(".right").bounding_box()
    page.keyboard.press("f")
    expect(train.hook("findings")).to_be_visible()
    assert page.locator(".right").bounding_box() == before


def test_a_spotlight_and_a_pen(train: Train, page: Page) -> None:
    strokes = train.hook("pen-paper").locator("path")
    page.keyboard.press("j")  # while nobody presents there is none
    page.keyboard.press("p")
    expect(train.hook("pen")).to_have_attribute("aria-pressed", "false")
    step = train.step
    page.keyboard.press("j")
    expect(train.hook("pen")).to_have_attribute("aria-pressed", "true")
    expect(train.hook("clear")).to_be_disabled()
    page.mouse.move(700, 300)
    page.mouse.down()
    page.mouse.move(800, 400, steps=4)
    page.mouse.up()
    expect(strokes).to_have_count(1)
    page.mouse.click(600, 350)  # a tap is a dot, and nothing under the pen is pressed
    expect(strokes).to_have_count(2)
    box = strokes.first.bounding_box()
    assert box is not None and box["width"] >= 99
    page.keyboard.press("ArrowRight")  # it goes on meanwhile
    train.settle(step + 1)
    page.keyboard.press("Backspace")
    expect(strokes).to_have_count(0)
    page.keyboard.press("k")
    expect(train.hook("pen")).to_have_attribute("aria-pressed", "false")
    expect(train.hook("spotlight")).to_have_attribute("aria-pressed", "true")
    page.mouse.move(500, 300)
    light = page.locator(".spotlight")
    expect(light).to_be_visible()
    becomes(page, lambda: light.evaluate(LIT), ["500px", "300px"])
    page.keyboard.press("Tab")  # by keys it goes where the focus goes; from the picture on there is nothing behind it
    page.keyboard.press("Tab")
    page.wait_for_function(
        """() => {
          const { left, width } = document.activeElement.getBoundingClientRect();
          const x = document.querySelector(".spotlight").style.getPropertyValue("--x");
          return document.activeElement !== document.body && x === `${left + width / 2}px`;
        }"""
    )
    page.keyboard.press("Escape")
    expect(light).to_be_hidden()
    train.hook("present").click()
    expect(train.hook("pen")).to_be_hidden()


@pytest.mark.slow(seconds=4)
def test_single_letters_can_be_turned_off(train: Train, page: Page) -> None:
    page.keyboard.press("?")
    letters = train.hook("letter-keys")
    expect(letters).to_be_checked()
    letters.uncheck()
    page.keyboard.press("Escape")
    theme = page.locator("html").get_attribute("data-theme")
    for key in ("t", "p", "?"):
        page.keyboard.press(key)
    assert page.locator("html").get_attribute("data-theme") == theme
    expect(page.locator("html[data-projector]")).to_have_count(0)
    expect(page.locator("dialog[open]")).to_have_count(0)
    page.keyboard.press("ArrowRight")
    train.settle(1)
    page.reload()
    expect(page.locator("main[data-ready=true]")).to_be_visible()
    page.keyboard.press("t")
    page.get_by_role("button", name="Keys and help").click()
    expect(letters).not_to_be_checked()
    letters.check()
    page.keyboard.press("Escape")
    page.keyboard.press("t")
    expect(page.locator("html")).not_to_have_attribute("data-theme", theme or "")
