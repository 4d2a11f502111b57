"""Questions whose answer is drawn: a curve sketched and a point placed, by mouse, by touch and by keys; things put in order."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from lesson_page import Lessons
from lesson_texts import DRAWN
from playwright.sync_api import BrowserContext, Page, expect
from test_lessons import tried
from train_page import Train
from waiting import becomes

PATHS = "(paper) => [...paper.querySelectorAll('path')].map((path) => path.getAttribute('d'))"
LIES_OVER = """() => {
  const over = document.querySelector("[data-testid=place]");
  const canvas = [...document.querySelectorAll(".race-surface canvas[data-plane]")].find((each) => each.checkVisibility());
  if (!canvas || !over) return false;
  const [, , width, height] = JSON.parse(canvas.dataset.plane);
  const inside = canvas.clientWidth > 0 && width <= canvas.clientWidth && height <= canvas.clientHeight;
  return inside && Math.abs(over.offsetWidth - width) < 1 && Math.abs(over.offsetHeight - height) < 1;
}"""
NARROWER = """(width) => {
  const canvas = [...document.querySelectorAll(".race-surface canvas[data-plane]")].find((each) => each.checkVisibility());
  if (!canvas) return false;
  canvas.closest(".race-surface").style.width = width;
  return true;
}"""
ITEMS, TRUTHS = (f"(rows) => rows.map((row) => row.dataset.{name} ?? null)" for name in ("item", "truth"))
PLACED = "(over) => [...over.querySelectorAll('circle, .place-truth, line')].map((part) => part.getAttribute('visibility'))"


def shown_over(lessons: Lessons) -> None:
    """The measured curve lies over the drawn one, which cannot be changed any more."""
    paper = lessons.hook("lesson-question").get_by_test_id("sketch")
    expect(paper).to_have_attribute("aria-disabled", "true")
    expect(paper.locator("path").nth(2)).to_have_attribute("d", re.compile("^M0.00 "))
    _, drawn, measured = paper.evaluate(PATHS)
    assert drawn.startswith("M0.00 ") and drawn != measured


def placed(lessons: Lessons) -> None:
    """The error is drawn to the measured point."""
    becomes(lessons.page, lambda: lessons.hook("place").evaluate(PLACED), [None, None, None])
    expect(lessons.hook("place-off")).to_contain_text("Measured at (1, 1)")


def order_is_dragged(lessons: Lessons) -> None:
    page = lessons.page
    rows = lessons.hook("lesson").locator("[data-item]")
    rows.nth(2).hover(position={"x": 60, "y": 5})  # where it keeps its place
    first, last = rows.nth(0).bounding_box(), rows.nth(2).bounding_box()
    assert first and last
    page.mouse.move(first["x"] + 60, first["y"] + first["height"] / 2)
    page.mouse.down()
    page.mouse.move(last["x"] + 60, last["y"] + last["height"] / 2, steps=8)
    page.mouse.up()
    expect(rows.nth(2)).to_have_attribute("data-item", "0")


@pytest.mark.slow(seconds=4)
def test_by_mouse(train: Train) -> None:
    lessons = tried(train, DRAWN)
    lessons.draw()
    lessons.hook("lesson-submit").click()
    lessons.told()
    shown_over(lessons)
    lessons.hook("lesson-next").click()
    lessons.opened(2)
    lessons.hook("place").hover()
    box = lessons.hook("place").bounding_box()
    assert box
    train.page.mouse.click(box["x"] + 0.25 * box["width"], box["y"] + 0.5 * box["height"])
    expect(lessons.hook("place-x")).not_to_have_value("")
    lessons.hook("lesson-submit").click()
    lessons.told()
    placed(lessons)
    lessons.hook("lesson-next").click()
    lessons.opened(3)
    order_is_dragged(lessons)


def test_by_keys(train: Train) -> None:
    lessons, page = tried(train, DRAWN), train.page
    lessons.tab_to("[data-testid=lesson-question] [data-testid=sketch]")
    page.keyboard.press("ArrowUp")
    expect(lessons.hook("lesson").get_by_test_id("sketch-words")).to_have_text("step 0: 0.500")
    for key in ("ArrowRight", "ArrowDown", "Shift+ArrowDown"):
        page.keyboard.press(key)
    expect(lessons.hook("lesson").get_by_test_id("sketch-words")).to_contain_text(": 0.380")
    assert train.step == 0, "an arrow that draws moves nothing else"
    lessons.tab_to("[data-testid=lesson-submit]")
    page.keyboard.press("Enter")
    lessons.told()
    shown_over(lessons)
    page.keyboard.press("PageDown")
    lessons.opened(2)
    lessons.hook("place").focus()
    for key in ("ArrowRight", "Shift+ArrowUp"):
        page.keyboard.press(key)
    expect(lessons.hook("place-x")).not_to_have_value("")
    lessons.hook("lesson-submit").focus()
    page.keyboard.press("Enter")
    lessons.told()
    placed(lessons)
    page.keyboard.press("PageDown")
    lessons.opened(3)
    rows = lessons.hook("lesson").locator("[data-item]")
    rows.nth(0).get_by_role("button", name="down").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    becomes(page, lambda: rows.evaluate_all(ITEMS), ["1", "2", "0"])
    lessons.hook("lesson-submit").focus()
    page.keyboard.press("Enter")
    lessons.told()
    becomes(page, lambda: rows.evaluate_all(TRUTHS), ["true"] * 3)


@pytest.fixture
def finger(kept: BrowserContext, context: BrowserContext) -> Iterator[Page]:
    """A phone's page: it has no mouse."""
    assert kept.browser
    phone = kept.browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, reduced_motion="reduce")
    yield phone.new_page()
    phone.close()


@pytest.mark.slow(seconds=30)
def test_by_touch(finger: Page, server_url: str) -> None:
    train = Train(finger).open(server_url)
    lessons = tried(train, DRAWN)
    touch = finger.context.new_cdp_session(finger)
    lessons.hook("lesson").get_by_test_id("sketch").scroll_into_view_if_needed()
    box = lessons.hook("lesson").get_by_test_id("sketch").bounding_box()
    assert box
    points = [
        (box["x"] + part * box["width"], box["y"] + box["height"] * (0.2 + 0.5 * part)) for part in (0.05, 0.3, 0.6, 0.95)
    ]
    for kind, at in zip(("touchStart", "touchMove", "touchMove", "touchMove"), points, strict=True):
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": at[0], "y": at[1]}]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    # A stroke made in no time is a fling to the browser, which the next tap ends and is nothing else.
    lessons.hook("lesson-heading").tap()
    lessons.hook("lesson-submit").tap()
    lessons.told()
    shown_over(lessons)
    lessons.hook("lesson-next").tap()
    lessons.opened(2)
    # The sheet is pulled down, for the picture is under it.
    lessons.hook("lesson-handle").tap()
    expect(lessons.hook("lesson")).to_have_attribute("data-up", "false")
    box = lessons.hook("place").bounding_box()
    assert box
    finger.touchscreen.tap(box["x"] + box["width"] / 4, box["y"] + box["height"] / 2)
    lessons.up()
    expect(lessons.hook("place-x")).not_to_have_value("")
    lessons.hook("lesson-submit").tap()
    lessons.told()
    placed(lessons)


@pytest.mark.slow(seconds=5)
def test_what_is_placed_keeps_to_the_picture(train: Train) -> None:
    """The picture is drawn anew with its size, with nothing else painted: what lies over it goes along."""
    lessons, page = tried(train, DRAWN), train.page
    lessons.draw()
    lessons.hook("lesson-submit").click()
    lessons.told()
    lessons.hook("lesson-next").click()
    lessons.opened(2)
    expect(lessons.hook("place")).to_be_visible()
    for width in ("70%", "50%"):
        page.wait_for_function(NARROWER, arg=width)
        page.wait_for_function(LIES_OVER)
    page.locator("[data-door=train]").click()
    expect(page.locator("canvas[data-plane]").filter(visible=True)).to_have_count(1)
    expect(page.locator(".race-surface").first).to_be_hidden()
    expect(lessons.hook("place")).to_have_count(0)  # it is no point of another room's plane
