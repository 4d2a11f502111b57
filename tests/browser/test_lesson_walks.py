"""Three lessons from the first card to the last: by keys, by mouse, on a phone; and their cards at every size."""

from __future__ import annotations

import time

import pytest
from lesson_page import Lessons
from looks import PATIENCE, STILL, THEMES, problems
from playwright.sync_api import Page, expect
from test_sizes import SIZES, resize, wrong
from train_page import Train

WALKS = {"keys": "backpropagation/forward", "mouse": "downhill/the-speed-limit", "phone": "deep/ten-sigmoids"}


def lasting(page: Page, within: str | None) -> list[str]:
    """What is wrong still when the page had the time to draw itself anew."""
    end = time.monotonic() + PATIENCE
    while (found := problems(page, within)) and time.monotonic() < end:
        page.evaluate(STILL)
    return found


@pytest.mark.slow(seconds=60)
@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("how", WALKS)
def test_from_the_first_card_to_the_last(train: Train, how: str, theme: str) -> None:
    page = train.page
    if page.locator("html").get_attribute("data-theme") != theme:
        train.hook("theme").click()
    if how == "phone":
        page.set_viewport_size({"width": 390, "height": 844})
    else:
        page.set_viewport_size({"width": 1280, "height": 720})
    lessons = Lessons(page).enter()
    if how == "keys":
        page.locator(f"[data-lesson='{WALKS[how]}'] .lessons-open").focus()
        page.keyboard.press("Enter")
        lessons.opened(1)
    else:
        lessons.begin(WALKS[how])
    found = []
    for card in range(1, (count := lessons.count) + 1):
        lessons.opened(card)
        assert lessons.kind == "" or lessons.hook("lesson-locked").is_visible()
        if lessons.kind and how == "keys":
            lessons.answer_by_keys()
        elif lessons.kind:
            lessons.up()
            lessons.answer_by_mouse()
            expect(lessons.hook("lesson-verdict")).to_be_visible()
        # A sheet lies over the view, on a ground of its own: it is looked at alone.
        over = "[data-testid=lesson]" if how == "phone" else None
        found += [f"card {card}: {each}" for each in lasting(page, over)]
        if card < count:
            if how == "keys":
                page.keyboard.press("PageDown")
            else:
                lessons.up()
                lessons.hook("lesson-next").click()
    assert not found, "\n".join(found)


@pytest.mark.slow(seconds=60)
@pytest.mark.parametrize("group", SIZES)
def test_a_card_at_every_size(train: Train, group: str) -> None:
    page, found = train.page, []
    lessons = Lessons(page).enter().begin(WALKS["phone"])
    for size in SIZES[group]:
        resize(page, size)
        if lessons.hook("lesson-handle").is_visible():
            if lessons.hook("lesson").get_attribute("data-up") == "true":
                found += wrong(page, f"{size} up", "[data-testid=lesson]")
                lessons.hook("lesson-handle").click()
            found += wrong(page, f"{size} down")
            lessons.up()
        else:
            found += wrong(page, f"{size}")
    assert found == [], "\n".join(found)
