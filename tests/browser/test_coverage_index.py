"""The index of what the documents say, in the help: two presses from anywhere to the place that shows it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from complaints import Complaints
from lesson_page import Lessons
from playwright.sync_api import Page, expect
from train_page import Train
from waiting import answered_here

from server.coverage.document import document

ROWS = document()["rows"]
PLACES = [pytest.param(row["row"], place, id=f"{row['row']}-{i}") for row in ROWS for i, place in enumerate(row["places"])]
DOORS = {"graph": "step"}
"""A room that is entered from within another."""


def opened(page: Page, row: str, place: dict[str, Any]) -> None:
    """By the key of the help and the link of the row."""
    page.keyboard.press("?")
    page.locator(f"[data-row={row}] a[href='./{place['href']}']").press("Enter")
    expect(page.locator("dialog[open]")).to_have_count(0)
    if place["room"] != "lessons":  # a card stands beside the room that it is about
        expect(page.locator(f"[data-door={DOORS.get(place['room'], place['room'])}][aria-current=page]")).to_be_visible()


def shows(page: Page, place: dict[str, Any]) -> None:
    """What the link names is there, and nothing complains."""
    room, title = place["room"], place["title"]
    if room == "lessons":
        number = place["href"].rpartition(".")[2]
        Lessons(page).opened(int(number))
        expect(page.get_by_test_id("lesson-heading")).to_have_text(title.partition(": ")[2])
    elif room == "step":
        expect(page.locator("[data-testid=step-room][data-micro]")).to_be_visible()
    elif room == "race":
        on = "network-race" if "&n=" in place["href"] else "race"
        expect(page.locator(f"main.{on}[data-ready=true]")).to_be_visible()
    elif room == "lab":
        expect(page.get_by_test_id("lab")).to_contain_text(title)
    elif room == "train":
        Train(page).settle(100)
    else:
        expect(page.locator("[data-testid=graph-room]")).to_be_visible()


def test_it_is_two_presses_away(train: Train) -> None:
    page = train.page
    page.keyboard.press("?")
    expect(page.locator("[data-testid=coverage] .covered > li")).to_have_count(len(ROWS))
    expect(page.locator("[data-row=A3] .covered-but")).to_contain_text("The notes")
    expect(page.locator("[data-row=A3] > a math")).to_have_count(0)
    expect(page.locator("[data-row=A1] > a math")).to_have_count(2)
    page.keyboard.press("Escape")
    place = next(row["places"][0] for row in ROWS if row["row"] == "A1")
    opened(page, "A1", place)
    shows(page, place)
    expect(page.get_by_test_id("subject")).to_contain_text("2–2–2")


@pytest.mark.slow(seconds=5)
def test_it_says_that_it_cannot_be_loaded_and_is_loaded_the_next_time(train: Train, complaints: Complaints) -> None:
    complaints.expect("503")
    page = train.page
    answered_here(page, "**/api/coverage", lambda route: route.fulfill(status=503))
    page.keyboard.press("?")
    expect(page.get_by_test_id("coverage-state")).to_have_text(re.compile("cannot be loaded: the server answered 503"))
    page.keyboard.press("Escape")
    page.unroute("**/api/coverage")
    page.keyboard.press("?")
    expect(page.locator("[data-testid=coverage] .covered > li")).to_have_count(len(ROWS))
    expect(page.get_by_test_id("coverage-state")).to_be_empty()


@pytest.mark.slow(seconds=6)
@pytest.mark.parametrize(("row", "place"), PLACES)
def test_each_place_opens(train: Train, row: str, place: dict[str, Any]) -> None:
    opened(train.page, row, place)
    shows(train.page, place)
