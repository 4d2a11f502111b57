"""A link that is opened in a tab with a run of its own: nothing of that run is lost, and it stays one press away."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import Page, expect
from train_page import Train

OTHER = {"data": {"name": "circle", "samples": 60}, "network": {"layers": [{"units": 3}]}}
PACK = "(text) => import('/src/link.js').then((link) => link.pack(text))"
TO_THE_OTHER = "const here = tab.present(); tab.goBack();"
RACE = {"spec": {"surface": {"name": "himmelblau"}, "lanes": [{"optimizer": {"name": "lion"}}]}, "step": 7}


def paste(page: Page, fragment: str) -> None:
    """As a person pastes an address that differs in its fragment alone."""
    with page.expect_navigation(url=lambda url: True), page.expect_event("load"):
        page.evaluate("(fragment) => void (location.hash = fragment)", fragment)


@pytest.mark.slow(seconds=7)
def test_the_way_back_to_ones_run(train: Train) -> None:
    page, back = train.page, train.hook("back-to-run")
    marks = page.locator(".room-transport .mark-edit").filter(visible=True)
    expect(back).to_be_hidden()
    page.keyboard.press("y")
    expect(train.hook("notice")).to_contain_text("no other run to go back to")
    train.hook("forward").click()
    train.settle(1)
    train.type(train.input("optimizer.lr"), "0.02")
    expect(marks).to_have_count(1)
    own = train.hook("subject").text_content() or ""
    # A teacher's link: another run, with a part of the page locked.
    link = page.evaluate(PACK, json.dumps({"version": 1, "spec": OTHER}))
    paste(page, f"s={link}&lock=optimizer.lr")
    expect(train.hook("subject")).to_contain_text("–3–")
    expect(page.locator('[data-field="optimizer.lr"]')).to_have_attribute("inert", "")
    expect(back).to_be_visible()
    expect(back).to_have_attribute("title", "Back to your run (y)")
    for width in (390, 360):  # phones: the bar is at its fullest now
        page.set_viewport_size({"width": width, "height": 780})
        expect(page.locator(".bar > :last-child")).to_be_in_viewport(ratio=1)
    page.set_viewport_size({"width": 1280, "height": 720})
    train.hook("forward").click()
    train.settle(1)
    # Nor is that lost when another link is opened.
    link = f"#view=race&r={page.evaluate(PACK, json.dumps(RACE))}"
    paste(page, link[1:])
    expect(page.get_by_test_id("race-step")).to_have_attribute("data-value", "7")
    expect(page).not_to_have_url(re.compile("[#&]r="))
    # Loaded anew before the link had been followed, the page goes on with it where it was.
    page.evaluate("(link) => history.replaceState(null, '', link)", link)
    page.reload()
    expect(page.get_by_test_id("race-step")).to_have_attribute("data-value", "7")
    expect(page).not_to_have_url(re.compile("[#&]r="))
    expect(back).to_have_attribute("title", "Back to the run of the link (y)")
    back.click()
    expect(train.hook("subject")).to_contain_text("–3–")
    expect(page.locator('[data-field="optimizer.lr"]')).to_have_attribute("inert", "")
    train.settle(1)
    expect(back).to_have_attribute("title", "Back to your run (y)")
    page.keyboard.press("y")
    expect(train.hook("subject")).to_have_text(own)
    expect(marks).to_have_count(1)
    expect(train.input("optimizer.lr")).to_have_value("0.02")
    expect(page.locator('[data-field="optimizer.lr"]')).not_to_have_attribute("inert", "")
    train.settle(1)


@pytest.mark.slow(seconds=5)
def test_what_comes_late_does_not_hold_one_back(train: Train) -> None:
    """The session that is left answers while the page is on its way to the other one: that it is here, or is no more."""
    page = train.page
    own = train.hook("subject").text_content() or ""
    paste(page, f"s={page.evaluate(PACK, json.dumps({'version': 1, 'spec': OTHER}))}")
    for late in ("tab.attachedTo(here)", "tab.forget()"):
        expect(train.hook("subject")).to_contain_text("–3–")
        expect(train.hook("back-to-run")).to_be_visible()
        with page.expect_event("load"):
            page.evaluate(f"() => import('/src/wire/tab-sessions.js').then((tab) => {{ {TO_THE_OTHER} {late}; }})")
        expect(train.hook("subject")).to_have_text(own)
        train.hook("back-to-run").click()


def test_what_an_address_says_of_the_page_holds_in_the_run_that_is_there(train: Train) -> None:
    train.hook("forward").click()
    train.settle(1)
    paste(train.page, "hide=data")
    expect(train.page.locator("[data-part~=data]").first).to_be_hidden()
    train.settle(1)
    expect(train.hook("back-to-run")).to_be_hidden()
