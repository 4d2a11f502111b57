"""Lessons as a person uses them: the gallery, the card beside a room, its question and its task.

Its hooks:

==========================  ==================================================================================================
``data-lesson``             in the gallery: a lesson, by its id; on ``html``: a card is open
``data-testid``             ``lessons lesson-go-on lesson-write lesson-file progress-save progress-load progress-clear
                            progress-clear-sure progress-keep`` (gallery), ``lesson lesson-heading lesson-words lesson-count
                            lesson-locked lesson-why lesson-foreign lesson-back lesson-next lesson-leave lesson-text
                            lesson-handle lesson-twin`` (card), ``lesson-question lesson-submit lesson-unknown
                            lesson-verdict lesson-said lesson-number sketch sketch-words place place-x place-y
                            place-off`` (question), ``lesson-task task-values task-state receipt lesson-reset``
                            (task), ``lesson-text-area lesson-problems
                            lesson-fine lesson-shown lesson-preview lesson-try lesson-keep lesson-save lesson-gallery``
                            (writing one)
``data-choice``             a choice by its index, a sign or a power of ten by itself; ``data-truth`` on what was measured
``data-item``               of an order, what stands there: its index as it was given
``data-up``                 on the card, where it is a sheet: whether it is up
``data-lit``                what a card points at
``data-plane``              on a picture: where it shows a plane
==========================  ==================================================================================================
"""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

KIND = """() => {
  const asked = document.querySelector("[data-testid=lesson-question]");
  if (!asked || !asked.checkVisibility()) return "";
  const signs = { "[data-testid=sketch]": "sketch", "[data-testid=place-x]": "place", "[data-item]": "order",
    "[data-testid=lesson-number]": "number", "[data-choice]": "choose" };
  return Object.entries(signs).find(([sign]) => asked.querySelector(sign))?.[1] ?? "";
}"""


class Lessons:
    """A page with the Lessons room, or a card beside another room."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def hook(self, name: str) -> Locator:
        return self.page.get_by_test_id(name)

    def enter(self) -> Lessons:
        """The gallery, by its door."""
        self.page.locator("[data-door=lessons]").click()
        expect(self.page.locator(".lessons-row").first).to_be_visible()
        return self

    def begin(self, lesson: str) -> Lessons:
        self.page.locator(f"[data-lesson='{lesson}'] .lessons-open").click()
        self.opened(1)
        return self

    def opened(self, card: int) -> None:
        """Until a card is there, counted from 1."""
        expect(self.hook("lesson")).to_be_visible()
        expect(self.hook("lesson-count")).to_have_text(re.compile(rf"^card {card} of "))

    @property
    def count(self) -> int:
        expect(self.hook("lesson-heading")).to_be_attached()
        expect(self.hook("lesson-count")).not_to_be_empty()
        return int(self.hook("lesson-count").inner_text().split()[-1])

    @property
    def card(self) -> int:
        return int(self.hook("lesson-count").inner_text().split()[1])

    @property
    def kind(self) -> str:
        """Of the question; empty where the card asks none."""
        found: str = self.page.evaluate(KIND)
        return found

    def up(self) -> None:
        """On a phone: pulls the sheet up."""
        if self.hook("lesson").get_attribute("data-up") != "true":
            self.hook("lesson-handle").click()

    # Answers ----------------------------------------------------------------------------------------------------------

    def answer_by_mouse(self) -> None:
        kind = self.kind
        if kind == "choose":
            self.hook("lesson-question").locator("[data-choice]").last.click()
        elif kind == "number":
            self.hook("lesson-number").fill("1")
        elif kind == "sketch":
            self.draw()
        elif kind == "place":
            self.hook("place-x").fill("0.5")
            self.hook("place-y").fill("0.5")
        self.hook("lesson-submit").click()
        self.told()

    def answer_by_keys(self) -> None:
        """From the heading on, by Tab alone."""
        kind, keys = self.kind, self.page.keyboard
        if kind == "choose":
            self.tab_to("[data-testid=lesson-question] [data-choice]")
            keys.press("ArrowRight")
        elif kind == "number":
            self.tab_to("[data-testid=lesson-number]")
            keys.type("1")
        elif kind == "order":
            self.tab_to("[data-testid=lesson-question] [data-item] button")
            keys.press("Enter")
        elif kind == "sketch":
            self.tab_to("[data-testid=lesson-question] [data-testid=sketch]")
            keys.press("ArrowDown")
            keys.press("ArrowRight")
            keys.press("ArrowDown")
        elif kind == "place":
            self.tab_to("[data-testid=place-x]")
            keys.type("0.5")
            self.tab_to("[data-testid=place-y]")
            keys.type("0.5")
        self.tab_to("[data-testid=lesson-submit]")
        keys.press("Enter")
        self.told()

    def told(self) -> None:
        """Until the answer is judged."""
        expect(self.hook("lesson-submit")).to_be_hidden()
        expect(self.hook("lesson-locked")).to_be_hidden()

    def tab_to(self, wanted: str, most: int = 60) -> None:
        for _ in range(most):
            if self.page.evaluate("(wanted) => document.activeElement?.matches(wanted) ?? false", wanted):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"Tab does not lead to {wanted}")

    def draw(self, *points: tuple[float, float]) -> None:
        """A curve with the mouse, in parts of the paper from its lower left."""
        self.hook("lesson").get_by_test_id("sketch").hover()  # once it keeps its place
        box = self.hook("lesson").get_by_test_id("sketch").bounding_box()
        assert box
        for index, (x, y) in enumerate(points or ((0.02, 0.9), (0.5, 0.5), (0.98, 0.3))):
            self.page.mouse.move(box["x"] + x * box["width"], box["y"] + (1 - y) * box["height"], steps=4)
            if index == 0:
                self.page.mouse.down()
        self.page.mouse.up()

    # Writing one ------------------------------------------------------------------------------------------------------

    def write(self, text: str) -> None:
        """The editor with a text in it, read."""
        if self.hook("lesson-write").is_visible():
            self.hook("lesson-write").click()
        self.hook("lesson-text-area").fill(text)
        expect(self.hook("lesson-editor")).not_to_have_attribute("aria-busy", "true")
