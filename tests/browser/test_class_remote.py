"""The teacher's phone: counts and advice, every control of the room, and what is said where something does not go."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from complaints import Complaints
from looks import looks_well
from playwright.sync_api import Locator, Page, expect
from room_in_hand import MEMBERS, QUESTION, VOTED, FakeRoom
from waiting import until

PHONE = {"phone": (390, 844), "small": (320, 640), "side": (844, 390)}


class Remote:
    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        page.set_viewport_size({"width": 390, "height": 844})
        self.room = FakeRoom(page, "remote")
        page.goto(f"{url}/join#remote=K7FQ.{'k' * 22}")
        expect(self.hook("remote-here")).to_have_text("2 here")

    def hook(self, name: str) -> Locator:
        return self.page.get_by_test_id(name)

    def press(self, name: str) -> None:
        self.hook(f"remote-{name}").click()

    def said(self, name: str, times: int = 1) -> list[dict[str, object]]:
        """The fields of a command, once it came so often."""
        until(self.page, lambda: len(self.room.of(name)) >= times)
        expect(self.hook("remote-status")).to_have_text("")
        self.page.wait_for_function("() => !document.querySelector('.remote-button:disabled')")
        found = self.room.of(name)
        assert len(found) == times, self.room.said
        return found


@pytest.fixture
def remote(page: Page, server_url: str) -> Remote:
    return Remote(page, server_url)


def vote(room: FakeRoom, phase: str = "vote", **more: object) -> None:
    room.tell(
        **{"phase": phase, "round": 1, "question": QUESTION, "answered": 1, "closes_in": 60.0 if phase == "vote" else None}
        | more
    )


def test_a_vote_is_led(remote: Remote) -> None:
    room, hook = remote.room, remote.hook
    expect(hook("remote-vote")).to_be_hidden()
    remote.press("ask-card")
    assert remote.said("ask") == [{"source": "card"}]
    vote(room, counts={"round": 1, "of": VOTED})
    expect(hook("remote-question")).to_have_text(QUESTION["ask"])
    expect(hook("remote-phase")).to_have_text("vote one is open · 1 of 2 answered")
    expect(hook("remote-clock")).to_have_text(re.compile(r"^(1:00|0:\d\d)$"))
    expect(hook("remote-advice")).to_be_hidden()
    expect(hook("remote-counts").locator("dd b")).to_have_text(["5", "6", "10", "0", "3"])
    expect(hook("remote-ask")).to_be_hidden()
    remote.press("more-time")
    assert remote.said("more_time") == [{"seconds": 30}]
    remote.press("close-vote")
    remote.said("close_vote")
    counts = {"round": 1, "of": VOTED}
    for advice, words in (("hint", "give a hint"), ("talk", "talk to a neighbour"), ("reveal", "reveal")):
        vote(room, "talk", counts=counts, advice=advice)
        expect(hook("remote-advice")).to_contain_text(words)
        # What is advised is what stands out.
        main = "remote-reveal" if advice == "reveal" else "remote-vote-again"
        expect(remote.page.locator("[data-testid=remote-vote] .primary:visible")).to_have_attribute("data-testid", main)
    expect(hook("remote-right")).to_contain_text("42")
    remote.press("vote-again")
    remote.said("vote_again")
    vote(room, "voted", round=2)
    remote.press("twin")
    remote.said("twin")
    remote.press("reveal")
    remote.said("reveal")
    vote(
        room,
        "revealed",
        round=2,
        reveal={"question": QUESTION, "said": "less than a thousandth: 1.6e-6", "rounds": [VOTED, VOTED]},
    )
    expect(hook("remote-said")).to_have_text("less than a thousandth: 1.6e-6")
    expect(hook("remote-ask")).to_be_visible()
    remote.press("drop-question")
    remote.said("drop_question")


def test_the_room_is_led(remote: Remote) -> None:
    room, hook = remote.room, remote.hook
    for button, name, fields in (
        ("card-next", "next", {"by": 1}),
        ("play", "play", {"on": True}),
        ("eyes-up", "eyes_up", {"on": True}),
        ("wall", "wall", {"on": True, "sort": "joined"}),
        ("collect", "collect", {"on": True}),
    ):
        remote.press(button)
        assert remote.said(name) == [fields]
    remote.press("card-back")
    assert remote.said("next", 2)[1] == {"by": -1}
    remote.press("pause")
    assert remote.said("play", 2)[1] == {"on": False}
    hook("remote-seeds").check()
    remote.press("your-turn")
    assert remote.said("your_turn") == [{"on": True, "seeds": True}]
    # What is on stays pressed, and is taken back by the same button.
    room.tell(eyes_up="", turn={"link": "#e=1", "seeds": True}, wall={"sort": "best"}, put_up={"member": 1})
    for name in ("eyes-up", "your-turn", "wall"):
        expect(hook(f"remote-{name}")).to_have_attribute("aria-pressed", "true")
    remote.press("eyes-up")
    assert remote.said("eyes_up", 2)[1] == {"on": False}
    hook("remote-wall-sort").select_option("worst")
    assert remote.said("wall", 2)[1] == {"on": True, "sort": "worst"}
    remote.press("take-down")
    assert remote.said("put_up") == [{"member": None}]
    # What cannot be taken back is pressed twice.
    remote.press("end")
    expect(hook("remote-end")).to_have_text("Press again to end")
    assert room.of("end") == []
    remote.press("end")
    assert remote.said("end") == [{"keep": True}]
    room.tell(state="ended")
    expect(hook("remote-state")).to_contain_text("The class has ended")


def test_a_question_in_words_and_of_a_number(remote: Remote) -> None:
    hook = remote.hook
    hook("remote-in-words").locator("summary").click()
    hook("remote-words-ask").fill("Which one?")
    remote.press("ask-words")
    expect(hook("remote-status")).to_contain_text("at least 2 choices")
    for place, words in ((1, "one"), (3, "three")):
        hook(f"remote-choice-{place}").fill(words)
    remote.page.get_by_label("Choice 3 is right").check()
    remote.press("ask-words")
    assert remote.said("ask") == [{"source": "words", "ask": "Which one?", "choices": ["one", "three"], "right": 1}]
    hook("remote-a-number").locator("summary").click()
    remote.room.refusals["ask"] = {
        "code": "invalid",
        "field": "of",
        "message": "of: unknown measurement los",
        "allowed": "loss, accuracy",
    }
    hook("remote-number-of").fill("los(test)")
    remote.press("ask-number")
    expect(hook("remote-status")).to_have_text("Unknown measurement los. Allowed: loss, accuracy.")
    expect(hook("remote-number-of")).to_have_value("los(test)")


def test_members_are_let_in_and_removed(remote: Remote) -> None:
    room, hook = remote.room, remote.hook
    expect(hook("members-count")).to_have_text("1 here · 1 at the door")
    expect(hook("members-list").locator("li").first).to_contain_text("<b>Brave</b> Heron")
    assert hook("members-list").locator("li b").count() == 0, "what a learner types is text"
    remote.page.get_by_role("button", name="let in <b>Brave</b> Heron").click()
    assert remote.said("let_in") == [{"member": 2}]
    room.tell(members=[MEMBERS[0], MEMBERS[1] | {"state": "in"}, MEMBERS[2]])
    expect(hook("members-count")).to_have_text("2 here")
    remote.page.get_by_role("button", name="remove Slow Fox").click()
    assert remote.said("remove") == [{"member": 3}]
    hook("admit").select_option("nod")
    assert remote.said("admit") == [{"how": "nod"}]
    room.refusals["names"] = {"code": "invalid", "message": "the room has ended"}
    hook("names-on").click()
    expect(hook("members-error")).to_have_text("The room has ended")
    expect(hook("names-on")).not_to_be_checked()
    room.tell(members=[])
    expect(hook("members-empty")).to_be_visible()


def test_hands_are_counted(remote: Remote) -> None:
    room, hook = remote.room, remote.hook
    expect(hook("hand-counts")).to_be_hidden()
    vote(room)
    expect(hook("hand-send")).to_be_disabled()
    fields = hook("hand-counts").locator("input")
    expect(fields).to_have_count(5)
    fields.nth(1).fill("x")
    expect(hook("hand-error")).to_have_text("“a tenth” is a whole number. Allowed: 0 to 2000.")
    fields.nth(1).fill("7")
    fields.nth(4).fill("2")
    expect(hook("hand-total")).to_have_text("9 hands")
    hook("hand-send").click()
    expect(hook("hand-error")).to_have_text("Counted, beside the votes from devices.")
    assert remote.said("counts_by_hand") == [{"round": 1, "counts": [0, 7, 0, 0, 2]}]
    vote(room, question=QUESTION | {"kind": "sign", "texts": [], "ask": "Which sign?"})
    expect(fields).to_have_count(4)
    vote(room, question=QUESTION | {"kind": "number", "texts": [], "ask": "How much?"})
    expect(hook("hand-counts")).to_be_hidden()


def test_a_lost_line_and_a_link_that_leads_nowhere(remote: Remote, complaints: Complaints) -> None:
    remote.room.cut()
    expect(remote.hook("remote-line")).to_contain_text("this phone tries again by itself")
    remote.room.refusals["enter"] = {"code": "unknown_room", "message": "There is no such room."}
    expect(remote.hook("remote-state")).to_contain_text("This link leads to no class")
    expect(remote.hook("remote-lead")).to_be_hidden()


@pytest.mark.looks(seconds=12, sweep=True)
def test_it_looks_well(remote: Remote, complaints: Complaints) -> None:
    looks: list[Callable[[], None]] = [
        lambda: None,
        lambda: vote(remote.room, counts={"round": 1, "of": VOTED}),
        lambda: vote(remote.room, "talk", counts={"round": 1, "of": VOTED}, advice="talk"),
        lambda: remote.room.tell(state="ended"),
    ]
    for look in looks:
        look()
        looks_well(remote.page, None, "remote", PHONE)
