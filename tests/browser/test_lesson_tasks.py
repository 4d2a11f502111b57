"""Tasks of lessons, met by what a learner does on the page: the settings that a card leaves open are enough."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from lesson_page import Lessons
from playwright.sync_api import Page, expect
from train_page import Train

MIDDLE = """path => {
  const point = path.getPointAtLength(path.getTotalLength() / 2).matrixTransform(path.getScreenCTM());
  return [point.x, point.y];
}"""


def typed(page: Page, field: str, text: str) -> None:
    box = page.locator(f"[data-field='{field}'] input[type=text]").first
    box.fill(text)
    box.press("Enter")


def weigh(page: Page, edge: int, weight: str) -> None:
    page.mouse.click(*page.locator(".edges path").nth(edge).evaluate(MIDDLE))
    page.get_by_test_id("weight-value").fill(weight)
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("weight-editor")).to_be_hidden()


def silence(page: Page) -> None:
    weigh(page, -1, "0")
    weigh(page, -2, "0")


def free(page: Page) -> None:
    weigh(page, 0, "4")
    page.get_by_text("flat out").first.click()
    page.keyboard.press("Space")


def schedule(page: Page) -> None:
    page.locator("button:text-is('edit')").first.click()
    page.locator("[data-field='lane.schedule.name'] select").select_option("cosine")
    typed(page, "lane.schedule.length", "1500")


TASKS: dict[str, Callable[[Page], None]] = {
    "downhill/the-speed-limit.6": lambda page: typed(page, "race.tune.lr", "0.0195"),
    "downhill/schedules.6": schedule,
    "downhill/saddles.6": lambda page: typed(page, "race.start.1", "0.1"),
    "backpropagation/the-price.6": lambda page: typed(page, "network.layer_count", "1"),
    "backpropagation/input-times-error.5": silence,
    "downhill/fifty-starts.4": free,
}


@pytest.mark.slow(seconds=40)
def test_a_learner_meets_them(train: Train) -> None:
    page, lessons = train.page, Lessons(train.page)
    base = page.url.partition("#")[0]
    for card, act in TASKS.items():
        page.goto("about:blank")
        page.goto(f"{base}#l={card}")
        lessons.opened(int(card.rpartition(".")[2]))
        expect(lessons.hook("task-state")).to_have_text("not yet")
        expect(lessons.hook("task-values")).not_to_be_empty()
        act(page)
        expect(lessons.hook("lesson-task")).to_have_attribute("data-met", "true")
    train.pause()
