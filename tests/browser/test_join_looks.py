"""How the joining page looks in each of its states, at the sizes of phones, tablets and laptops, in both themes: words that are
cut or lie over each other, rules of accessibility, targets for a finger; and what it weighs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from complaints import VIOLATIONS, Complaints
from join_page import CODE, Room, plane, race, reveal
from looks import looks_well
from playwright.sync_api import BrowserContext, Page, expect
from test_phone import SMALL
from waiting import until

SIZES = {
    "phone": (390, 844),
    "small": (360, 640),
    "on its side": (844, 390),
    "tablet": (768, 1024),
    "twice as large": (640, 360),  # 1280 × 720 at 200 %
    "four times": (320, 256),
    "laptop": (1440, 900),
}
MOST_BYTES = 60_000
CURVE = [0.7 * 0.9**i for i in range(25)]


@pytest.fixture
def room(page: Page, complaints: Complaints) -> Room:
    page.set_viewport_size({"width": 390, "height": 844})
    complaints.expect("WebSocket connection")
    return Room(page)


def following(room: Room) -> Iterator[str]:
    told, arrays = plane()
    seen = {"room": "train", "title": "Training on two bows", "words": "The loss has been flat for 40 steps.", "link": ""}
    room.tell(seen={**seen, "info": {}}, phase="follow", question=None, reveal=None)
    room.screen("follow")
    yield "nothing yet"
    room.picture(told, **arrays)
    expect(room.page.get_by_test_id("picture")).to_be_visible()
    yield "a map"
    told, arrays = race()
    room.picture(told, **arrays)
    expect(room.page.locator(".lanes li")).to_have_count(2)
    room.tell(line="away")
    yield "a race, the teacher away"
    room.tell(line="lead", turn={"link": "s=a", "seeds": True, "task": True}, seed=17)
    room.screen("turn")
    yield "one's turn"
    room.tell(turn=None)
    room.page.get_by_test_id("me").evaluate("(button) => button.click()")


def voting(room: Room) -> Iterator[str]:
    told, arrays = plane()
    room.picture(told, **arrays)
    for number, (kind, fields) in enumerate(KINDS.items(), 1):
        room.ask(kind, number=number, **fields)
        yield kind


KINDS: dict[str, dict[str, Any]] = {
    "choose": {},
    "sign": {},
    "power": {},
    "number": {"unit": "training loss"},
    "order": {},
    "place": {"reading": "the minimum"},
    "sketch": {"axis": [0, 240, 0.01, 1], "log": True, "unit": "training loss"},
}
OUTCOMES: dict[str, tuple[dict[str, Any], Any]] = {
    "choose": ({"counts": [5, 6, 9, 2]}, 2),
    "number": ({"histogram": {"edges": [0.001, 0.01, 0.1, 1], "counts": [3, 9, 4], "log": True, "zeros": 1}}, 0.02),
    "place": ({"points": [[0.1 * k - 0.4, 0.3 - 0.1 * k] for k in range(8)]}, [0.1, 0.2]),
    "sketch": ({"curves": [CURVE] * 9}, CURVE),
}


def revealing(room: Room) -> Iterator[str]:
    for number, (kind, (counted, own)) in enumerate(OUTCOMES.items(), 11):
        asked = room.ask(kind, number=number, **KINDS[kind])
        room.tell(phase="talk", mines=[{"round": 1, "answer": own}])
        room.screen("talk")
        yield f"{kind}: talk"
        rounds = [{"answered": 24, "unknown": 2, "right": share, **counted} for share in (0.4, 0.9)]
        curve = [[0, 120, 240], [0.7, 0.2, 0.1]] if kind == "sketch" else None
        truth = None if kind == "sketch" else own
        told = reveal(asked, value=0.03 if kind == "number" else None, truth=truth, curve=curve, rounds=rounds, changed=9)
        room.tell(phase="revealed", reveal=told, mines=[{"round": each, "answer": own} for each in (1, 2)])
        room.screen("revealed")
        yield f"{kind}: the answer"


@pytest.mark.looks(seconds=60, sweep=True)
def test_following_looks_well(room: Room, server_url: str) -> None:
    for state in following(room.joined(server_url)):
        looks_well(room.page, what=state, sizes=SIZES)
    looks_well(room.page, "dialog[open]", what="who one is", sizes=SIZES)


@pytest.mark.looks(seconds=60, sweep=True)
def test_every_kind_of_vote_looks_well(room: Room, server_url: str) -> None:
    for state in voting(room.joined(server_url)):
        looks_well(room.page, what=state, sizes=SIZES)


@pytest.mark.looks(seconds=60, sweep=True)
def test_talk_and_answer_look_well(room: Room, server_url: str) -> None:
    for state in revealing(room.joined(server_url)):
        looks_well(room.page, what=state, sizes=SIZES)


@pytest.mark.looks(seconds=60)
def test_door_curtain_and_end_look_well(room: Room, server_url: str) -> None:
    page = room.open(server_url, f"#{CODE}").page
    room.answers["enter"] = {"code": "unknown_room", "message": "no such room"}
    page.get_by_test_id("join").click()
    expect(page.get_by_test_id("code-error")).not_to_be_empty()
    looks_well(page, what="refused", sizes=SIZES)
    room.answers.clear()
    page.get_by_test_id("join").click()
    room.screen("follow")
    room.tell(eyes_up="Look at the screen, please: one thing before you go on.")
    looks_well(page, ".curtain", what="eyes up", sizes=SIZES)
    room.tell(eyes_up=None)
    room.break_line()
    expect(page.get_by_test_id("line")).to_be_visible()
    room.reachable = True
    expect(page.get_by_test_id("line")).to_be_hidden()
    for state in ("waiting", "removed"):
        room.tell(state=state)
        room.screen(state)
        looks_well(page, what=state, sizes=SIZES)


@pytest.mark.slow(seconds=8)
def test_a_finger_meets_what_is_pressed(
    kept: BrowserContext, complaints: Complaints, server_url: str, context: BrowserContext
) -> None:
    assert kept.browser
    phone = kept.browser.new_context(viewport={"width": 360, "height": 640}, has_touch=True, is_mobile=True)
    phone.add_init_script(VIOLATIONS)
    complaints.listen(phone)
    room = Room(phone.new_page()).joined(server_url)
    found = []
    for states in (voting, revealing, following):
        for state in states(room):
            found += [f"{state}: {each}" for each in room.page.evaluate(SMALL)]
    phone.close()
    assert found == []


def test_all_that_is_loaded_weighs_little(room: Room, server_url: str) -> None:
    """As sent, without headers, to a browser that has nothing yet; through votes, pictures and answers nothing more is asked
    for."""
    devtools = room.page.context.new_cdp_session(room.page)
    devtools.send("Network.enable")
    devtools.send("Network.setCacheDisabled", {"cacheDisabled": True})
    urls: dict[str, str] = {}
    heads: dict[str, int] = {}
    whole: dict[str, int] = {}
    devtools.on("Network.requestWillBeSent", lambda event: urls.update({event["requestId"]: event["request"]["url"]}))
    devtools.on(
        "Network.responseReceived", lambda event: heads.update({event["requestId"]: event["response"]["encodedDataLength"]})
    )
    devtools.on("Network.loadingFinished", lambda event: whole.update({event["requestId"]: event["encodedDataLength"]}))
    room.joined(server_url)
    told, arrays = plane()
    room.picture(told, **arrays)
    for _ in revealing(room):
        pass
    until(room.page, lambda: urls.keys() == whole.keys())
    own = server_url.rstrip("/")
    assert {url.split("/page-")[0] for url in urls.values()} == {own, f"{own}/join"}
    assert not [url for url in urls.values() if "plotly" in url] and len(urls) > 30
    weights = sorted(((whole[id] - heads[id], url) for id, url in urls.items()), reverse=True)
    assert min(weights)[0] > 50
    assert sum(weight for weight, _ in weights) <= MOST_BYTES, weights
