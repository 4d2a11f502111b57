"""A teacher leads a class from the page, on a projector's screen; the learners and the teacher's phone are programs."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from typing import Any, cast
from urllib.parse import urlsplit

import pytest
import zxingcpp
from looks import violations
from pixels import pixels
from playwright.sync_api import Locator, Page, expect
from room.room_pages import RoomPage
from train_page import Train
from waiting import becomes

PROJECTOR = {"width": 1280, "height": 720}
SEEN = """(counts) => {
  // Every word and every attribute of the page: a count that is only hidden can be found by whoever looks.
  const stage = document.querySelector("[data-testid=class-stage]");
  return counts.filter((count) => stage.outerHTML.includes(`>${count}<`) || stage.querySelector("[data-count]"));
}"""
CONTROLS = """() => [...document.querySelectorAll(
    "[data-testid=class-stage] :is(button, input, a, select), [data-testid=class-strip] :is(button, input, a, select)")]
  .filter((each) => each.checkVisibility({ visibilityProperty: true })).map((each) => each.textContent)"""


class Teacher:
    """The page of who teaches, with pages of others on the same server."""

    def __init__(self, page: Page, url: str) -> None:
        self.page, self.keys = page, page.keyboard
        port = urlsplit(url).port
        self.live = cast(Any, type("Port", (), {"port": port}))
        self._open = contextlib.ExitStack()
        self.learners: list[RoomPage] = []

    def hook(self, name: str) -> Locator:
        return self.page.get_by_test_id(name)

    @property
    def code(self) -> str:
        return self.hook("class-corner-code").inner_text()

    @property
    def key(self) -> str:
        return str(self.page.evaluate("() => JSON.parse(localStorage.getItem('chainrule.teach')).key"))

    def open(self) -> None:
        """By keys alone."""
        self.keys.press("i")
        expect(self.hook("teach-dialog")).to_be_visible()
        self.keys.type("Deep networks")
        self.keys.press("Enter")
        expect(self.hook("class-corner-code")).to_be_visible()

    def joined(self, count: int, role: str = "learner", **how: Any) -> list[RoomPage]:
        pages = [self._open.enter_context(RoomPage(self.live)) for _ in range(count)]
        for page in pages:
            page.do("enter", code=self.code, **how, **{"as": role})
        return pages

    def vote(self, round: int, *answers: int | None) -> None:
        """Each of the learners; the last ones, where there are fewer answers, say nothing."""
        for page, answer in zip(self.learners, answers, strict=False):
            number = page.told(lambda room: room["phase"] == "vote" and room["round"] == round)["question"]["number"]
            page.do("vote", question=number, round=round, answer=answer)

    def close(self) -> None:
        self._open.close()


@pytest.fixture
def teacher(train: Train, server_url: str) -> Iterator[Teacher]:
    train.page.set_viewport_size(PROJECTOR)  # type: ignore[arg-type]
    found = Teacher(train.page, server_url)
    yield found
    found.close()


def test_a_question_is_asked_twice_and_its_answer_revealed(teacher: Teacher) -> None:
    teacher.open()
    code, page, hook = teacher.code, teacher.page, teacher.hook
    # The code that is projected is read by another's program from the very picture of the screen.
    expect(hook("class-qr").first).to_be_visible()
    page.wait_for_function("() => document.querySelector('.class-stage [data-testid=class-qr]').naturalWidth > 0")
    box = page.locator(".class-corner").bounding_box()
    assert box
    [read] = zxingcpp.read_barcodes(pixels(page.screenshot(clip=box)))
    assert read.text.endswith(f"/join#{code}") and hook("class-address").first.inner_text() in read.text
    teacher.learners = teacher.joined(5)
    expect(hook("class-stage-here")).to_have_text("5 here")
    teacher.keys.press("PageDown")
    expect(hook("class-stage")).to_be_hidden()
    expect(hook("class-code")).to_have_text(code)

    # Asked by keys alone.
    teacher.keys.press("q")
    hook("class-ask-source").get_by_text("In my own words").click()
    hook("class-ask-go").press("Enter")
    expect(hook("class-ask-error")).to_have_text("The question is empty.")
    hook("class-words-ask").fill("How much <b>reaches</b> layer 1?")
    for i, words in enumerate(("about all", "a tenth", "a millionth")):
        hook(f"class-choice-{i}").fill(words)
    hook("class-right-2").press("Space")
    hook("class-choice-2").press("Enter")
    expect(hook("class-question")).to_have_text("How much <b>reaches</b> layer 1?")
    expect(hook("class-round")).to_contain_text("first vote · 0 of 5")
    expect(hook("class-told").locator("[data-testid=class-clock]")).to_have_text(re.compile(r"^(1:00|0:\d\d)$"))
    teacher.vote(1, 0, 0, 1, 1, 2)
    expect(hook("class-round")).to_contain_text("5 of 5")
    assert page.evaluate(SEEN, ["2", "1"]) == []
    assert violations(page, "[data-testid=class-stage]") == []

    teacher.keys.press("PageDown")
    expect(hook("class-told")).to_contain_text("Talk to your neighbours")
    assert page.evaluate(SEEN, ["2", "1"]) == []
    teacher.keys.press("PageDown")
    teacher.vote(2, 2, 2, 2, 1, None)
    expect(hook("class-round")).to_contain_text("second vote · 5 of 5")
    assert page.evaluate(SEEN, ["3", "1"]) == []

    # A reload in the midst of it: the same room, the same question.
    page.reload()
    expect(hook("class-question")).to_have_text("How much <b>reaches</b> layer 1?")
    expect(hook("class-round")).to_contain_text("second vote · 5 of 5")
    teacher.keys.press("PageDown")
    expect(hook("class-reveal")).to_be_visible()
    assert page.evaluate(SEEN, ["3", "1"]) == []
    teacher.keys.press("PageDown")
    bars = hook("class-choices").locator("[data-count]")
    expect(bars).to_have_count(6)
    counts = "(bars) => bars.map(({ dataset }) => dataset.count)"
    becomes(page, lambda: bars.evaluate_all(counts), ["2", "0", "2", "1", "1", "3"])
    right = hook("class-choices").locator("li[data-right]")
    expect(right).to_have_count(1)
    expect(right).to_contain_text("a millionth")
    expect(hook("class-legend")).to_contain_text("20\u202f% right")
    expect(hook("class-legend")).to_contain_text("1 did not know")
    teacher.keys.press("PageDown")
    expect(hook("class-stage")).to_be_hidden()


@pytest.mark.slow(seconds=10)
def test_while_a_phone_has_the_controls_the_screen_has_none(teacher: Teacher) -> None:
    teacher.open()
    [remote] = teacher.joined(1, "remote", key=teacher.key)
    page, hook = teacher.page, teacher.hook
    expect(hook("class-remote")).to_be_visible()
    assert page.evaluate(CONTROLS) == []
    remote.do("ask", source="words", ask="Which?", choices=["this", "that"])
    expect(hook("class-question")).to_have_text("Which?")
    assert page.evaluate(CONTROLS) == []
    for command in ("close_vote", "vote_again", "close_vote", "reveal", "drop_question"):
        remote.do(command)
        phase = remote.told(lambda room: True)["phase"]
        expect(
            page.locator(f"[data-testid=class-stage][data-phase={phase}], html:not([data-class-stage])").first
        ).to_be_attached()
        assert page.evaluate(CONTROLS) == []
    expect(hook("class-strip-remote")).to_be_visible()
    remote.close()
    expect(hook("class-strip-remote")).to_be_hidden()
    expect(hook("class-menu")).to_be_visible()


def test_the_class_is_led_and_ended_from_its_menu(teacher: Teacher) -> None:
    teacher.open()
    page, hook = teacher.page, teacher.hook
    teacher.learners = teacher.joined(2)
    [first, _] = teacher.learners
    teacher.keys.press("Escape")
    hook("class-eyes").click()
    assert first.told(lambda room: room["eyes_up"] is not None)
    expect(hook("class-eyes")).to_have_attribute("aria-pressed", "true")
    hook("class-eyes").click()
    first.told(lambda room: room["eyes_up"] is None)
    teacher.keys.press("i")
    hook("names-on").press("Space")
    expect(hook("names-on")).to_be_checked()
    hook("admit").select_option("nod")
    before = hook("class-menu-code").inner_text()
    hook("class-new-code").click()
    expect(hook("class-menu-code")).not_to_have_text(before)
    # Only on demand is there a link that holds the key; it goes with the dialog.
    assert teacher.key not in page.content()
    hook("class-remote-show").click()
    expect(hook("class-remote-link")).to_have_value(re.compile(rf"/join#remote=[A-Z0-9]{{4}}\.{re.escape(teacher.key)}$"))
    teacher.keys.press("Escape")
    expect(hook("class-remote-link")).to_have_value("")
    teacher.keys.press("i")
    with page.expect_download() as told:
        hook("class-csv").click()
    assert told.value.suggested_filename.endswith(".csv")
    hook("class-end").click()
    assert first.room["state"] == "in"
    hook("class-end").click()
    first.told_me(lambda me: me["state"] == "ended")
    expect(hook("class-menu-told")).to_have_text("The class has ended.")
    hook("class-delete").click()
    hook("class-delete").click()
    expect(hook("class-strip")).to_be_hidden()
    becomes(page, lambda: page.evaluate("() => localStorage.getItem('chainrule.teach')"), None)
    expect(hook("teach")).to_be_visible()
