"""The joining page at a phone's size: the door, following, the line, eyes up, one's turn, and how it ends."""

from __future__ import annotations

import json
import re

import pytest
from complaints import Complaints
from join_page import CODE, Room, plane, race
from playwright.sync_api import Page, expect
from test_without_storage import WITHOUT
from waiting import becomes, until

SEEN = {
    "room": "train",
    "title": "Training on two bows",
    "words": "The loss has been flat for 40 steps.",
    "link": "",
    "info": {},
}


@pytest.fixture
def room(page: Page, complaints: Complaints) -> Room:
    page.set_viewport_size({"width": 390, "height": 844})
    complaints.expect("WebSocket connection")
    return Room(page)


def stored(page: Page) -> object:
    return json.loads(page.evaluate("localStorage.getItem('chainrule.class')") or "null")


def test_the_door_says_why_it_stays_shut(room: Room, server_url: str) -> None:
    page, why = room.page, room.page.get_by_test_id("code-error")
    room.open(server_url, "#k7fq")
    expect(page.get_by_test_id("code")).to_have_value(CODE)
    page.get_by_test_id("code").fill("k7")
    page.get_by_test_id("join").click()
    expect(why).to_contain_text("has 4 characters; this one has 2")
    expect(page.get_by_test_id("code")).to_be_focused()
    page.get_by_test_id("code").fill("k7 fq")
    expect(why).to_be_empty()
    for code, words in [
        ("unknown_room", "no class with the code K7FQ"),
        ("limit", "Too many tries: wait 7 s."),
        ("closed", "lets nobody in"),
    ]:
        room.answers["enter"] = {"code": code, "message": "Too many tries: wait 7 s."}
        page.get_by_test_id("join").click()
        expect(why).to_contain_text(words)
        expect(page.get_by_test_id("code")).to_have_attribute("aria-invalid", "true")
    assert stored(page) is None
    room.answers.clear()
    page.keyboard.press("Enter")
    room.screen("follow")
    assert room.heard("enter")["code"] == CODE and "key" not in room.heard("enter")
    assert stored(page) == {"code": CODE, "key": "k" * 22, "name": "calm otter"}


def test_one_follows_and_only_the_newest_picture_is_painted(room: Room, server_url: str) -> None:
    page = room.joined(server_url).page
    expect(page.get_by_test_id("where")).to_have_text("K7FQ · following the teacher")
    expect(page.get_by_test_id("aloud")).to_have_text("You are following the teacher.")
    expect(page.locator(".lead")).to_have_text("The picture comes in a moment.")
    page.evaluate(
        """() => { window.painted = 0; const put = CanvasRenderingContext2D.prototype.putImageData;
        CanvasRenderingContext2D.prototype.putImageData = function (...all) { window.painted += 1; put.apply(this, all); };
        window.asked = window.requestAnimationFrame; window.held = []; window.requestAnimationFrame = (f) => held.push(f); }"""
    )
    room.tell(seen=SEEN)
    for step in range(1, 30):
        told, arrays = plane(step=step, train_loss=0.5 if step < 29 else "NaN")
        room.picture(told, **arrays)
    page.wait_for_function("() => held.length > 0")
    assert page.evaluate("() => painted") == 0
    page.evaluate("() => { window.requestAnimationFrame = window.asked; for (const f of held.splice(0)) f(); }")
    expect(page.get_by_test_id("numbers")).to_contain_text("step29")
    assert page.evaluate("() => painted") <= 2
    expect(page.get_by_test_id("numbers")).to_contain_text("training lossNaN")
    expect(page.get_by_role("heading", level=1)).to_have_text(SEEN["title"])
    expect(page.get_by_test_id("picture")).to_have_attribute("aria-label", "Decision regions over the plane, step 29")
    expect(page.get_by_test_id("status")).to_have_text("training")
    becomes(page, lambda: colours(page), ["blue", "orange"])
    room.picture(*race()[:1], **race()[1])
    expect(page.get_by_test_id("picture")).to_have_attribute("aria-label", "The race on the loss surface, step 120")
    expect(page.locator(".lanes")).to_contain_text("Momentumarrived at step 102")
    assert not room.of("acknowledge")
    # A race on a network has a curve for each lane, and no plane.
    told, arrays = race()
    losses = plane()[1]
    room.picture({**told, "step": 390}, train_0=losses["train"], train_1=losses["test"])
    expect(page.get_by_test_id("curve")).to_be_visible()
    expect(page.get_by_test_id("picture")).to_be_hidden()
    expect(page.locator(".picture-key")).to_be_hidden()


def colours(page: Page) -> list[str]:
    """Of the map's highest and lowest row, in the middle."""
    return page.get_by_test_id("picture").evaluate(
        """(canvas) => {
          const read = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
          read.drawImage(canvas, 0, 0, 50, 50);
          return [1, 48].map((y) => read.getImageData(25, y, 1, 1).data).map(([r, , b]) => (b > r ? "blue" : "orange")); }"""
    )


def test_a_line_that_is_lost_comes_back_to_the_same_place(room: Room, server_url: str) -> None:
    page, line = room.joined(server_url).page, room.page.get_by_test_id("line")
    room.tell(seen=SEEN, line="away")
    expect(line).to_contain_text("The teacher’s line is lost. You see the last state")
    room.tell(line="lead")
    expect(line).to_be_hidden()
    room.break_line()
    expect(line).to_contain_text(re.compile(r"Line lost\. You see the last state\. Trying again"))
    expect(page.get_by_role("heading", level=1)).to_have_text(SEEN["title"])
    expect(page.get_by_test_id("own")).to_be_disabled()
    room.reachable = True
    expect(line).to_be_hidden()
    assert room.heard("enter", 2)["key"] == "k" * 22
    page.reload()
    room.screen("follow")
    assert room.heard("enter", 3)["key"] == "k" * 22
    expect(page.get_by_test_id("me")).to_have_text("calm otter")


def test_without_storage_a_reload_comes_back_too(room: Room, server_url: str) -> None:
    room.page.add_init_script(WITHOUT["blocked"])
    room.joined(server_url).page.reload()
    room.screen("follow")
    assert room.heard("enter", 2)["key"] == "k" * 22


def test_a_name_is_changed_and_a_run_offered(room: Room, server_url: str) -> None:
    page = room.joined(server_url).page
    page.get_by_test_id("me").click()
    room.answers["rename"] = {"code": "invalid", "message": "Somebody goes by that name.", "field": "name"}
    page.get_by_test_id("name").fill("Ada")
    page.keyboard.press("Enter")
    expect(page.locator("#name-error")).to_have_text("Somebody goes by that name.")
    room.answers.clear()
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("sheet")).to_be_hidden()
    expect(page.get_by_test_id("me")).to_have_text("Ada")
    expect(page.get_by_test_id("me")).to_be_focused()
    page.get_by_test_id("me").click()
    page.get_by_test_id("offer").check()
    assert room.heard("offer")["offered"] is True
    page.get_by_test_id("leave").click()
    room.screen("code")
    until(page, lambda: room.of("leave") and stored(page) is None)


def test_eyes_up_takes_the_input_and_gives_it_back(room: Room, server_url: str) -> None:
    page, curtain = room.joined(server_url).page, room.page.get_by_test_id("curtain")
    room.ask("number")
    page.get_by_test_id("number").focus()
    room.tell(eyes_up="Look at the screen.")
    expect(curtain).to_contain_text("Look at the screen.")
    expect(curtain).to_be_focused()
    page.keyboard.type("5")
    page.keyboard.press("Tab")
    assert page.evaluate("() => !document.querySelector('main').contains(document.activeElement)")
    for part in ("header", "main", "footer"):
        assert page.locator(part).evaluate("(each) => each.inert")
    room.tell(eyes_up=None)
    expect(curtain).to_be_hidden()
    expect(page.get_by_test_id("number")).to_be_focused()
    expect(page.get_by_test_id("number")).to_have_value("")


def test_a_screen_of_ones_own_is_one_tap_away_and_locked_while_a_vote_is_open(room: Room, server_url: str) -> None:
    page, own = room.joined(server_url).page, room.page.get_by_test_id("own")
    room.ask("choose")
    expect(own).to_be_disabled()
    expect(page.get_by_test_id("own-words")).to_contain_text("after the answer")
    room.tell(phase="follow", question=None)
    expect(own).to_be_enabled()
    room.answers["own"] = {"code": "away", "message": "The teacher’s page does not answer."}
    own.click()
    expect(page.get_by_test_id("own-words")).to_have_text("The teacher’s page does not answer.")
    room.tell(turn={"link": "s=abc&class=K7FQ", "seeds": True, "task": True}, seed=17)
    room.screen("turn")
    expect(page.get_by_test_id("seed")).to_contain_text("17")
    expect(page.get_by_test_id("take-turn")).to_have_attribute("href", re.compile("^http.*/#s=abc&class=K7FQ$"))
    room.answers["own"] = {"result": {"link": "#view=train&class=K7FQ"}}
    own.click()
    page.wait_for_url("**/#view=train&class=K7FQ")


@pytest.mark.parametrize("how", ["waiting", "removed", "ended"])
def test_who_waits_or_is_out_is_told_so(room: Room, server_url: str, how: str) -> None:
    room.me["state"] = how
    room.open(server_url, f"#{CODE}")
    room.page.get_by_test_id("join").click()
    room.screen(how)
    words = {"waiting": "lets you in", "removed": "no longer in this class", "ended": "has ended"}[how]
    expect(room.page.get_by_test_id("standing")).to_contain_text(words)
    if how == "waiting":
        room.tell(state="in")
        room.screen("follow")
    else:
        assert stored(room.page) is None
        room.page.get_by_test_id("again").click()
        room.screen("code")


def test_a_place_that_is_no_more_leads_to_the_door(room: Room, server_url: str) -> None:
    page = room.joined(server_url).page
    room.answers["enter"] = {"code": "unknown_room", "message": "no such room"}
    page.reload()
    room.screen("code")
    expect(page.get_by_test_id("code-error")).to_contain_text("The class K7FQ is over")
    assert stored(page) is None
