"""The gallery of studies: looked at it runs nothing; a study that is opened begins by itself, and says what to try."""

from __future__ import annotations

import pytest
from looks import problems
from network_page import NetworkRoom
from playwright.sync_api import Page, expect

KINDS = ["seeds", "rates", "edge", "point", "basins", "compass"]


@pytest.fixture
def room(page: Page, server_url: str) -> NetworkRoom:
    page.goto(f"{server_url}/#view=race")
    expect(page.locator("main.race[data-ready=true]")).to_be_visible(timeout=300_000)
    room = NetworkRoom(page)
    room.show("studies")
    return room


def focused(page: Page) -> str | None:
    return page.evaluate("() => document.activeElement.dataset.studies ?? document.activeElement.dataset.testid ?? null")


@pytest.mark.slow(seconds=4)
def test_the_gallery_is_walked_by_keys_and_runs_nothing(room: NetworkRoom) -> None:
    page = room.page
    cards = page.locator("[data-studies]")
    assert cards.evaluate_all("(all) => all.map((each) => each.dataset.studies)") == KINDS
    assert cards.locator("svg").count() == len(KINDS)
    columns = 3
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 720 if width == 1280 else 844})
        tops = cards.evaluate_all("(all) => all.map((each) => Math.round(each.getBoundingClientRect().top))")
        columns = tops.count(tops[0])
        assert columns == (1 if width == 390 else 3)
        found = problems(page)
        assert found == [], f"the gallery {width}: {found}"
        cards.first.focus()
        page.keyboard.press("ArrowRight")
        assert focused(page) == "rates"
        page.keyboard.press("ArrowDown")
        assert focused(page) == KINDS[1 + columns]
        page.keyboard.press("ArrowUp")
        page.keyboard.press("ArrowLeft")
        page.keyboard.press("ArrowLeft")
        assert focused(page) == "seeds"
        page.keyboard.press("End")
        assert focused(page) == "compass"
    # No race was begun for somebody who only looks, and no study.
    assert page.locator("[data-netlane]").count() == 0
    assert page.locator(".studies [data-study]:not([data-state=empty])[data-state]").count() == 0
    # Enter opens one, Escape comes back to its card, and once more to the network.
    page.set_viewport_size({"width": 1280, "height": 720})
    cards.nth(KINDS.index("edge")).focus()
    page.keyboard.press("Enter")
    expect(room.hook("edge-begin")).to_be_visible()
    page.wait_for_function("() => document.activeElement.dataset.testid === 'studies-back'")
    page.keyboard.press("Escape")
    expect(cards.first).to_be_visible()
    page.wait_for_function("() => document.activeElement.dataset.studies === 'edge'")
    page.keyboard.press("Escape")
    expect(page.locator("main.network-race")).to_be_visible()


def test_a_study_begins_where_it_is_opened_and_says_what_to_try(room: NetworkRoom) -> None:
    page = room.page
    # The edge of stability: λ_max comes to 2/η of η = 0.2, and stays about it.
    room.open_study("edge")
    room.page.wait_for_function("() => document.querySelector('[data-testid=edge-plot]').dataset.limit === '10'")
    assert 0 < room.value("[data-testid=edge-plot]", "crossed") < 200
    expect(room.hook("edge-words")).to_contain_text("first above the limit at step")
    expect(room.hook("study-advice-edge")).to_be_hidden()
    for hook, text in (("edge-rate", "0.02"), ("edge-steps", "20")):
        room.type(hook, text)
    room.study("edge", "edge-begin")
    expect(room.hook("study-advice-edge")).to_contain_text("not come to the edge in 20 steps: raise the rate or the steps")
    # Opened again it stands as it was left: it is not run once more.
    number = page.locator(".studies [data-study=edge]").get_attribute("data-number")
    page.keyboard.press("Escape")
    expect(page.locator("[data-studies=edge]")).to_contain_text("has run")
    page.locator("[data-studies=edge]").click()
    expect(room.hook("study-advice-edge")).to_be_visible()
    expect(page.locator(".studies [data-study=edge]")).to_have_attribute("data-number", number or "")
    # A surface's race is there already: most starts are not home after five steps.
    room.open_study("basins")
    for hook, text in (("basins-steps", "5"), ("basins-side", "4")):
        room.type(hook, text)
    room.study("basins", "basins-begin")
    expect(room.hook("study-advice-basins")).to_contain_text(
        "not converged in 5 steps: raise the rate of the lane, or the steps"
    )


@pytest.mark.slow(seconds=8)
def test_many_seeds_are_ended_and_a_lane_is_measured(room: NetworkRoom) -> None:
    page = room.page
    page.locator("[data-studies=seeds]").click()
    expect(room.hook("study-cancel-seeds")).to_be_visible()
    room.hook("study-cancel-seeds").click()
    expect(page.locator(".studies [data-study=seeds]")).to_have_attribute("data-state", "cancelled")
    for hook, text in (("seeds-count", "2"), ("seeds-steps", "3")):
        room.type(hook, text)
    room.study("seeds", "seeds-begin")
    expect(room.hook("study-advice-seeds")).to_contain_text("No run came below 0.05 in 3 steps")
    # The edge of a lane of the race, as far as it has run.
    room.hook("race-forward").click()
    expect(room.hook("race-step")).to_have_attribute("data-value", "1")
    room.open_study("edge")
    room.hook("edge-lane").select_option(label="momentum, in the race")
    expect(room.hook("edge-rate")).to_be_hidden()
    room.study("edge", "edge-begin")
    expect(room.hook("edge-words")).to_contain_text("momentum at η")
