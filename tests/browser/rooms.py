"""The rooms and their main dialogs, as one is led through them: what every walk over the whole page takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from looks import show
from playwright.sync_api import Page, expect
from train_page import Train

ROOMS = ("train", "step", "race", "lessons", "lab")
READY = {
    "train": "main.train",
    "step": "[data-testid=step-room][data-micro]",
    "race": "main.race[data-ready=true]",
    "lessons": ".lessons-row >> nth=0",
    "lab": ".lab-card >> nth=0",
}

DIALOGS: dict[str, dict[str, Callable[[Page], None]]] = {
    "train": {
        "keys": lambda page: page.keyboard.press("?"),
        "learning-rate finder": lambda page: _found(page),
        "gradient check": lambda page: page.keyboard.press("c"),
        "experiments": lambda page: page.get_by_test_id("experiments").click(),
    },
    "step": {
        "examples": lambda page: page.get_by_test_id("examples").click(),
        "take it away": lambda page: page.get_by_test_id("take").click(),
    },
    "lessons": {
        "keys": lambda page: page.keyboard.press("?"),
        "embed": lambda page: page.get_by_test_id("embed").click(),
    },
    "lab": {"keys": lambda page: page.keyboard.press("?")},
    "race": {"keys": lambda page: page.keyboard.press("?"), "next update": lambda page: page.keyboard.press("o")},
}
"""What opens over each room."""


def _found(page: Page) -> None:
    """The finder with what it found."""
    page.keyboard.press("r")
    expect(page.locator("dialog[open]")).to_be_visible()
    if page.locator("[data-use]").count() == 0:
        page.keyboard.press("Enter")
    expect(page.locator("[data-use]").first).to_be_visible()
    page.wait_for_function("() => document.querySelectorAll('[data-testid=finder-plot] .annotation').length > 0")


def begun(train: Train) -> None:
    """A run with something to show: after an update."""
    train.hook("forward").click()
    train.settle(1)


def enter(page: Page, room: str) -> None:
    """By its door, until it is drawn."""
    page.locator(f"[data-door={room}]").evaluate("(door) => door.click()")
    expect(page.locator(READY[room])).to_be_visible()
    if room == "race":
        expect(page.locator(".race-surface[data-drawn]")).to_be_attached()


@contextmanager
def opened(page: Page, room: str, dialog: str) -> Iterator[None]:
    """With a dialog of the room open."""
    page.evaluate("() => document.activeElement?.blur()")
    DIALOGS[room][dialog](page)
    expect(page.locator("dialog[open]")).to_be_visible()
    yield
    page.keyboard.press("Escape")
    expect(page.locator("dialog[open]")).to_have_count(0)


def each_page(page: Page) -> Iterator[str]:
    """On a narrow screen, each of the pages that the room is in; else all of it at once."""
    tabs = page.locator("main .tabs [role=tab]").filter(visible=True)
    if tabs.count() == 0:
        yield ""
    for index in range(tabs.count()):
        tab = tabs.nth(index)
        name = tab.get_attribute("data-tab")
        if name is not None:
            show(page, name)
        else:
            tab.evaluate("(tab) => tab.click()")
            expect(tab).to_have_attribute("aria-selected", "true")
        yield tab.inner_text()
