"""A whole lesson led, on a real server: one teacher, three learners with phones; somebody reloads, and the server is killed and
begun anew in the midst. All go on, and no vote is lost or counted twice."""

from __future__ import annotations

import re
import signal
from collections.abc import Callable

import pytest
from complaints import Complaints
from mortal_server import Mortal
from playwright.sync_api import BrowserContext, Locator, Page, expect
from train_page import Train
from waiting import becomes

PHONE = {"width": 390, "height": 844}
CARD = "#l=downhill/fifty-starts.1"
WRONG, RIGHT = 0, 1
"""Choices of the card's question: all 50, about 35."""


class Teacher:
    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        page.set_viewport_size({"width": 1280, "height": 720})
        page.goto(f"{url}/{CARD}")
        expect(self.hook("lesson-heading")).to_have_text("How many of fifty?")
        self.hook("teach").click()
        self.hook("teach-open").click()
        expect(self.hook("class-strip")).to_be_attached()
        expect(self.hook("class-code")).to_have_text(re.compile(r"^\w{4}$"))
        self.code = self.hook("class-code").text_content() or ""

    def hook(self, name: str) -> Locator:
        return self.page.get_by_test_id(name)

    def press(self, name: str) -> None:
        """In the row above the bar."""
        self.hook("class-strip").get_by_test_id(f"class-{name}").click()

    def begin(self) -> None:
        """From the way in, in large letters, to the page."""
        aside = self.hook("class-aside")
        if aside.is_visible():
            aside.click()
        expect(self.hook("class-stage")).to_be_hidden()

    def ask(self) -> None:
        self.press("ask")
        self.hook("class-ask-go").click()
        expect(self.hook("class-round")).to_be_visible()

    def answered(self, count: int) -> None:
        expect(self.hook("class-stage-here")).to_have_text(f"3 here · {count} answered")

    def counts(self) -> list[list[int]]:
        """Of the choices, of each vote."""
        rows = self.hook("class-choices").locator("li")
        found: list[list[int]] = rows.evaluate_all(
            "(rows) => rows.map((row) => [...row.querySelectorAll('[data-count]')].map(({ dataset }) => Number(dataset.count)))"
        )
        return [list(vote) for vote in zip(*found, strict=True)]


class Learner:
    def __init__(self, page: Page, url: str, code: str) -> None:
        self.page = page
        page.set_viewport_size(PHONE)
        page.goto(f"{url}/join")
        self.hook("code").fill(code)
        self.hook("join").click()
        self.screen("follow")

    def hook(self, name: str) -> Locator:
        return self.page.get_by_test_id(name)

    def screen(self, name: str) -> None:
        expect(self.page.locator("main#main")).to_have_attribute("data-screen", name)

    def vote(self, choice: int) -> None:
        button = self.page.locator(f"[data-choice='{choice}']")
        button.click()
        expect(button).to_have_attribute("aria-checked", "true")
        expect(self.hook("vote-status")).to_contain_text("Locked in")

    def back(self) -> None:
        self.hook("own-back").click()
        expect(self.page.locator("main#main")).to_be_visible()


@pytest.fixture
def learners(stranger: Callable[[], BrowserContext]) -> Callable[[str, str], list[Learner]]:
    return lambda url, code: [Learner(stranger().new_page(), url, code) for _ in range(3)]


@pytest.mark.slow(seconds=60)
def test_a_whole_lesson(
    page: Page, mortal: Mortal, learners: Callable[[str, str], list[Learner]], complaints: Complaints
) -> None:
    complaints.expect("WebSocket")  # the server is killed under its pages
    complaints.expect("ERR_CONNECTION")
    teacher = Teacher(page, mortal.url)
    all_of_them = one, two, three = learners(mortal.url, teacher.code)
    expect(teacher.hook("class-here")).to_have_text("3 here")
    teacher.begin()

    # They follow; one has a screen of its own, and comes back.
    for learner in all_of_them:
        expect(learner.hook("numbers")).to_be_visible()
    one.hook("own").click()
    expect(one.hook("own-words")).to_have_text("your own screen")
    expect(one.page.locator("main[data-ready=true]")).to_be_visible()
    one.back()
    one.screen("follow")

    # A vote; they talk; one changes its mind.
    teacher.ask()
    for learner, choice in zip(all_of_them, (WRONG, RIGHT, WRONG), strict=True):
        learner.screen("vote")
        learner.vote(choice)
    teacher.answered(3)
    assert teacher.counts() == [], "nothing is told before the reveal"
    two.page.reload()
    two.screen("vote")
    expect(two.page.locator(f"[data-choice='{RIGHT}']")).to_have_attribute("aria-checked", "true")
    teacher.answered(3)
    teacher.hook("class-close-vote").click()
    for learner in all_of_them:
        learner.screen("talk")
    teacher.hook("class-vote-again").click()
    one.screen("vote")
    one.vote(RIGHT)
    two.vote(RIGHT)
    teacher.answered(2)

    # The server is killed, and begun anew: nobody does anything about it.
    mortal.end(signal.SIGKILL)
    expect(three.hook("line")).to_be_visible()
    mortal.start()
    teacher.answered(2)
    three.vote(WRONG)
    three.vote(RIGHT)
    three.vote(WRONG)
    teacher.answered(3)
    teacher.hook("class-close-vote").click()
    three.screen("voted")
    teacher.hook("class-reveal").click()
    for learner in all_of_them:
        learner.screen("revealed")
    becomes(page, teacher.counts, [[2, 1, 0], [1, 2, 0]])
    expect(teacher.hook("class-choices").locator("[data-right]")).to_contain_text("about 35")

    # Their turn, each with a seed of its own.
    teacher.hook("class-drop").click()
    expect(teacher.hook("class-stage")).to_be_hidden()
    teacher.press("turn")
    teacher.hook("class-seeds").check()
    teacher.hook("class-turn-start").click()
    expect(teacher.hook("class-turn-told")).to_have_text("It is their turn.")
    page.keyboard.press("Escape")
    seeds = set()
    for learner in all_of_them:
        learner.screen("turn")
        learner.hook("take-turn").click()
        expect(learner.hook("own-seed")).to_have_text(re.compile(r"^your seed: \d+$"))
        seeds.add(learner.hook("own-seed").inner_text())
    assert len(seeds) == 3
    Train(one.page).settle()
    one.page.keyboard.press("ArrowRight")
    one.hook("own-offer").check()

    # Everybody's runs; the one that its owner offered is put on the screen.
    teacher.press("wall")
    pieces = teacher.page.locator(".wall-piece")
    expect(pieces).to_have_count(3)
    offered = teacher.page.locator(".wall-piece[data-offered=true]")
    expect(offered).to_have_count(1)
    offered.click()
    expect(teacher.hook("put-up")).to_be_visible()

    # Eyes up, on their own screens, too; then they are free again.
    teacher.page.keyboard.press("Escape")
    teacher.press("eyes")
    for learner in all_of_them:
        expect(learner.hook("own-curtain")).to_be_visible()
    teacher.press("eyes")
    for learner in all_of_them:
        expect(learner.hook("own-curtain")).to_be_hidden()
    two.back()
    two.screen("turn")

    # The end.
    teacher.press("menu")
    teacher.hook("class-end").click()
    teacher.hook("class-end").click()
    two.screen("ended")
    expect(one.hook("own-words")).to_have_text("the class has ended: this screen stays yours")
    with page.expect_download() as download:
        teacher.hook("class-csv").click()
    assert download.value.suggested_filename.endswith(".csv")


def test_a_vote_on_what_is_in_view(page: Page, server_url: str, stranger: Callable[[], BrowserContext]) -> None:
    teacher = Teacher(page, server_url)
    learner = Learner(stranger().new_page(), server_url, teacher.code)
    expect(teacher.hook("class-here")).to_have_text("1 here")
    teacher.begin()
    teacher.ask()
    learner.vote(RIGHT)
    expect(teacher.hook("class-stage-here")).to_have_text("1 here · 1 answered")
    # What could compute the answer is locked meanwhile.
    expect(learner.hook("own")).to_be_disabled()
    teacher.hook("class-close-vote").click()
    learner.screen("talk")
    teacher.hook("class-reveal").click()
    learner.screen("revealed")
    becomes(page, teacher.counts, [[0, 1, 0]])
