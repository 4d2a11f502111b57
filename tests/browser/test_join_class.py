"""The joining page in a class that is real: the server's room, a teacher and other learners over the wire."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from complaints import Complaints
from playwright.sync_api import Page, expect
from real_server import ROOT
from waiting import becomes

sys.path.append(str(ROOT / "tests" / "server" / "room"))
from room_pages import Class


@pytest.fixture
def room(server_url: str) -> Iterator[Class]:
    port = int(server_url.rstrip("/").rpartition(":")[2])
    with Class(SimpleNamespace(port=port), learners=1) as found:  # type: ignore[arg-type]
        yield found


def screen(page: Page, name: str) -> None:
    expect(page.locator("main")).to_have_attribute("data-screen", name)


def test_a_learner_goes_through_a_question_with_a_reload_between(
    page: Page, server_url: str, room: Class, complaints: Complaints
) -> None:
    complaints.expect("WebSocket connection")
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{server_url.rstrip('/')}/join#{room.code.lower()}")
    expect(page.get_by_test_id("code")).to_have_value(room.code)
    page.get_by_test_id("join").click()
    screen(page, "follow")
    member = json.loads(page.evaluate("localStorage.getItem('chainrule.class')"))
    assert member["code"] == room.code
    expect(page.get_by_test_id("me")).to_have_text(member["name"])
    room.screen.told(lambda event: event["here"] == 2)
    page.get_by_test_id("me").click()
    page.get_by_test_id("name").fill("<b>Ada</b>")
    page.keyboard.press("Enter")
    expect(page.locator("#name-error")).not_to_be_empty()
    page.get_by_test_id("name").fill("Ada-Lovelace")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("me")).to_have_text("Ada-Lovelace")
    room.screen.do("show", view={"room": "train", "title": "Training on two bows", "words": "<i>flat</i>"})
    expect(page.locator(".lead")).to_have_text("<i>flat</i>")

    number = room.screen.do("ask", source="words", ask="Which <b>one</b>?", choices=["this", "that <x>"], right=1)
    screen(page, "vote")
    expect(page.get_by_role("heading", level=1)).to_have_text("Which <b>one</b>?")
    page.get_by_role("radio", name="this").click()
    expect(page.get_by_test_id("vote-status")).to_contain_text("Locked in.")
    page.reload()
    expect(page.get_by_role("radio", name="this")).to_be_checked()
    expect(page.get_by_test_id("vote-status")).to_contain_text("Locked in.")
    room.screen.told(lambda event: event["answered"] == 1)
    room.screen.do("close_vote")
    expect(page.get_by_test_id("mine")).to_have_text("Your answer: this")
    room.screen.do("vote_again")
    screen(page, "vote")
    page.get_by_role("radio", name="that <x>").click()
    expect(page.get_by_test_id("vote-status")).to_contain_text("Locked in.")
    room.screen.do("eyes_up", on=True, words="Look up")
    expect(page.get_by_test_id("curtain")).to_contain_text("Look up")
    room.screen.do("eyes_up", on=False)
    room.screen.do("close_vote")
    screen(page, "voted")
    room.screen.do("reveal")
    screen(page, "revealed")
    rows = page.locator(".bars li")
    expect(rows.nth(0)).to_have_text("thisfirst vote1yousecond vote0")
    expect(rows.nth(1)).to_have_text("that <x>✓ rightfirst vote0second vote1you")
    assert number is None or isinstance(number, dict)
    page.reload()
    expect(rows.nth(0)).to_have_text("thisfirst vote1yousecond vote0")
    room.screen.do("end", keep=False)
    screen(page, "ended")
    becomes(page, lambda: page.evaluate("localStorage.getItem('chainrule.class')"), None)


def test_one_waits_for_a_nod_is_let_in_and_taken_out(page: Page, server_url: str, room: Class, complaints: Complaints) -> None:
    complaints.expect("WebSocket connection")
    room.screen.do("admit", how="nod")
    page.goto(f"{server_url.rstrip('/')}/join#{room.code}")
    page.get_by_test_id("join").click()
    screen(page, "waiting")
    event = room.screen.told(lambda event: any(each["state"] == "waiting" for each in event["members"] or []))
    member = next(each["member"] for each in event["members"] if each["state"] == "waiting")
    room.screen.do("let_in", member=member)
    screen(page, "follow")
    room.screen.do("remove", member=member)
    screen(page, "removed")
    page.get_by_test_id("again").click()
    page.get_by_test_id("code").fill("ZZZZ")
    page.get_by_test_id("join").click()
    expect(page.get_by_test_id("code-error")).to_contain_text("no class with the code ZZZZ")
