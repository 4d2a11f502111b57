"""Votes on the joining page, in the seven kinds: what is touched, what is sent for it, what is said of it, and the reveal."""

from __future__ import annotations

import re

import pytest
from complaints import Complaints
from join_page import CHOICES, Room, plane, reveal
from playwright.sync_api import Page, expect

LOCKED = "Locked in. You can change it until this vote closes."


@pytest.fixture
def room(page: Page, complaints: Complaints, server_url: str) -> Room:
    page.set_viewport_size({"width": 390, "height": 844})
    complaints.expect("WebSocket connection")
    return Room(page).joined(server_url)


def lock(room: Room, count: int) -> object:
    """What is put together is locked in; what was sent for it."""
    room.page.get_by_test_id("lock").click()
    expect(room.page.get_by_test_id("vote-status")).to_have_text(LOCKED)
    return room.heard("vote", count)["answer"]


def test_a_choice_is_voted_changed_talked_over_voted_again_and_revealed(room: Room) -> None:
    page, status = room.page, room.page.get_by_test_id("vote-status")
    asked = room.ask("choose", ask="<b>Which?</b> <img src=x><script>alert(1)</script>", texts=["<i>a</i>", *CHOICES[1:]])
    expect(page.get_by_role("heading", level=1)).to_have_text("Which?")
    assert page.locator("main img").count() == 0, "what was not sanitized is inert still"
    expect(page.get_by_test_id("vote")).to_contain_text(re.compile(r"First vote · 3 of 27 answered · [01]:\d\d left"))
    expect(page.get_by_test_id("aloud")).to_have_text("First vote is open.")
    radios = page.get_by_role("radio")
    expect(status).to_have_text("Tap one to lock it in.")
    # By keyboard: one stop, arrows choose nothing, space does.
    radios.first.focus()
    page.keyboard.press("ArrowDown")
    expect(radios.nth(1)).to_be_focused()
    assert not room.of("vote")
    page.keyboard.press(" ")
    expect(status).to_have_text(LOCKED)
    assert room.heard("vote")["answer"] == 1
    # The newest counts, however slowly the first is answered; the line breaks under the last.
    page.get_by_test_id("unknown").click()
    assert room.heard("vote", 2)["answer"] is None
    expect(page.get_by_test_id("unknown")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("radio", checked=True)).to_have_count(0)
    room.break_line()
    expect(page.get_by_test_id("line")).to_be_visible()
    radios.nth(2).click()
    expect(status).to_contain_text("Not sent yet")
    room.reachable = True
    assert room.heard("vote", 3)["answer"] == 2
    expect(status).to_have_text(LOCKED)
    room.tell(phase="talk", mines=[{"round": 1, "answer": 2}])
    expect(page.get_by_test_id("talk")).to_have_text("Talk to your neighbour")
    expect(page.get_by_test_id("mine")).to_have_text("Your answer: a thousandth")
    room.tell(phase="vote", round=2)
    expect(page.get_by_role("radio", checked=True)).to_have_count(0)
    expect(page.locator("main")).to_contain_text("In the first vote you said: a thousandth.")
    radios.nth(3).click()
    vote = room.heard("vote", 4)
    assert (vote["answer"], vote["round"], vote["question"]) == (3, 2, 1)
    room.answers["vote"] = {"code": "closed", "message": "The vote is closed."}
    radios.nth(0).click()
    expect(status).to_have_text("The vote is closed.")
    room.tell(phase="voted", mines=[{"round": 1, "answer": 2}, {"round": 2, "answer": 3}])
    expect(page.get_by_test_id("talk")).to_have_text("The vote is closed")
    rounds = [{"answered": 9, "unknown": 1, "right": 0.25, "counts": [2, 3, 2, 1]}]
    rounds.append({"answered": 10, "unknown": 0, "right": 0.9, "counts": [0, 1, 0, 9]})
    told = reveal(asked, value=1.8e-6, truth=3, said="a millionth", rounds=rounds, changed=7)
    room.tell(phase="revealed", reveal=told)
    expect(page.get_by_test_id("truth")).to_have_text("1.80·10⁻⁶  measureda millionth")
    rows = page.locator(".bars li")
    expect(rows.nth(3)).to_have_text("a millionth✓ rightfirst vote1second vote9you")
    expect(rows.nth(2)).to_have_text("a thousandthfirst vote2yousecond vote0")
    expect(rows.nth(4)).to_have_text("I don’t knowfirst vote1second vote0")
    expect(page.get_by_test_id("shares")).to_contain_text("7 changed their answer")
    page.reload()
    expect(rows.nth(2)).to_contain_text("2you")
    twin = {**asked, "number": 2, "twin": True, "votes": 1}
    room.tell(phase="vote", round=1, question=twin, reveal=None, mines=[])
    expect(page.get_by_test_id("vote")).to_contain_text("Twin question")


def test_signs_powers_numbers_and_orders(room: Room) -> None:
    page = room.page
    room.ask("sign", number=1)
    page.get_by_role("radio", name="negative").click()
    assert room.heard("vote", 1)["answer"] == -1
    room.ask("power", number=2)
    expect(page.get_by_test_id("lock")).to_be_disabled()
    for _ in range(4):
        page.get_by_test_id("power-1").click()
    page.get_by_test_id("power").press("PageDown")
    expect(page.get_by_test_id("power")).to_have_attribute("aria-valuetext", "ten to the -6, 0.000001")
    assert lock(room, 2) == -6
    asked = {**room.room["question"]}
    rounds = [{"answered": 3, "powers": [(-6, 1), (-2, 2)], "right": 0.0, "unknown": 0}]
    room.tell(phase="revealed", reveal=reveal(asked, value=3.1e-8, truth=-7, rounds=rounds), mines=[{"round": 1, "answer": -6}])
    expect(page.locator(".bars li").nth(0)).to_have_text("10⁻⁷✓ right0")
    expect(page.locator(".bars li").nth(1)).to_have_text("10⁻⁶1you")
    room.ask("number", number=3, unit="test loss")
    page.get_by_test_id("number").fill("three")
    expect(page.locator("main")).to_contain_text("This is not a number")
    expect(page.get_by_test_id("lock")).to_be_disabled()
    page.get_by_test_id("number").fill("3e4")
    page.get_by_test_id("number-minus").click()
    expect(page.get_by_test_id("number")).to_have_value("3e−4")
    page.get_by_test_id("number").press("Home")
    page.get_by_test_id("number-minus").click()
    expect(page.locator("main")).to_contain_text("= −0.000300")
    assert lock(room, 3) == -3e-4
    page.get_by_test_id("number").fill("2")
    expect(page.get_by_test_id("lock")).to_have_text("Lock in the change")
    assert lock(room, 4) == 2
    room.ask("order", number=4)
    page.get_by_role("button", name="a millionth: up").click()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="about all: down").click()
    assert lock(room, 5) == [3, 0, 1, 2]


def test_a_place_is_tapped_typed_or_moved(room: Room) -> None:
    page = room.page
    told, arrays = plane()
    room.picture(told, **arrays)
    expect(page.get_by_test_id("picture")).to_be_visible()
    asked = room.ask("place", reading="the minimum")
    area = page.get_by_test_id("place")
    box = area.bounding_box()
    assert box is not None
    area.click(position={"x": box["width"] * 0.75, "y": box["height"] * 0.25})
    x, y = lock(room, 1)  # type: ignore[misc]
    assert abs(x - 0.5) < 0.02 and abs(y - 0.5) < 0.02
    area.press("ArrowLeft")
    assert lock(room, 2) == pytest.approx([x - 0.04, y], abs=2e-3)
    page.get_by_test_id("place-x").fill("-0.3")
    page.get_by_test_id("place-y").fill("0.125")
    assert lock(room, 3) == [-0.3, 0.125]
    rounds = [{"answered": 3, "points": [(0.1, 0.2), (-0.3, 0.125)], "unknown": 1, "right": 0.5}]
    room.tell(
        phase="revealed", mines=[{"round": 1, "answer": [-0.3, 0.125]}], reveal=reveal(asked, truth=[0, 0.1], rounds=rounds)
    )
    expect(page.get_by_role("img", name="vote: 2 places, measured at 0, 0.100")).to_be_visible()
    expect(page.locator(".cloud-own")).to_have_count(1)
    # Without a picture there are the fields.
    page.reload()
    room.ask("place", number=2)
    expect(page.get_by_test_id("place")).to_have_count(0)
    page.get_by_test_id("place-x").fill("1")
    expect(page.get_by_test_id("lock")).to_be_disabled()
    page.get_by_test_id("place-y").fill("2")
    assert lock(room, 4) == [1, 2]


def test_a_curve_is_drawn_described_or_typed(room: Room) -> None:
    page = room.page
    asked = room.ask("sketch", axis=[0, 240, 0.01, 1], log=True, unit="training loss")
    paper = page.get_by_test_id("sketch")
    box = paper.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 9, box["y"] + 9)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 9, box["y"] + box["height"] - 9)
    page.mouse.up()
    curve = lock(room, 1)
    assert isinstance(curve, list) and len(curve) == 25
    assert curve[0] == pytest.approx(0.84, rel=0.05) and curve[12] == pytest.approx(0.1, rel=0.05)
    page.get_by_role("button", name="stays about the same").click()
    assert lock(room, 2) == pytest.approx([0.1] * 25)
    page.locator("summary").click()
    page.get_by_test_id("sketch-24").fill("0.01")
    assert lock(room, 3) == pytest.approx([0.1] * 19 + [0.1 * 10 ** -(k / 6) for k in range(1, 7)], rel=1e-6)
    paper.press("ArrowUp")
    expect(paper).to_have_attribute("aria-valuetext", "step 230: 0.0161")  # a fiftieth of two decades higher
    reveal_of = reveal(asked, curve=[[0, 120, 240], [1.0, 0.2, 0.05]], rounds=[{"answered": 2, "curves": [curve, curve]}])
    room.tell(phase="revealed", mines=[{"round": 1, "answer": curve}], reveal=reveal_of)
    expect(page.get_by_role("img", name="vote: 2 curves")).to_be_visible()
    assert (page.locator(".curve-right").get_attribute("d") or "").startswith("M0.0 0.0L150.0 52.4")
    assert page.locator(".curve-one").count() == 2 and page.locator(".curve-own").count() == 1
