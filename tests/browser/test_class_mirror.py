"""A laptop of the class shows the teacher's page as it is, wherever the teacher goes, and can change nothing of it."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from typing import Any

import pytest
from looks import looks_well
from playwright.sync_api import BrowserContext, Locator, Page, TimeoutError, expect
from test_class_lesson import Learner, Teacher
from train_page import Train

STEP = ".room-transport > :not([hidden]) [data-testid=step]"
LAPTOP = {"width": 1280, "height": 720}
TRIES = 20
"""Of three seconds each, as the teacher's page may not stand yet."""
SEEN = """() => {
  const shown = (element) => element.checkVisibility();
  const room = document.querySelector(".room-view > :not([hidden])");
  const text = [...room.querySelectorAll("h2, td, th, text, output, .legend, [data-testid]")]
    .filter((element) => shown(element) && element.childElementCount === 0)
    .map((element) => element.textContent.trim()).filter(Boolean);
  const curves = [...room.querySelectorAll(".js-plotly-plot")].filter(shown)
    .map(({ data }) => data.map(({ name, x, y }) => [name ?? "", [...(x ?? [])], [...(y ?? [])]]));
  const step = document.querySelector(".room-transport > :not([hidden]) [data-testid=step]")?.textContent ?? "";
  const pixels = [...room.querySelectorAll("canvas")].filter((canvas) => shown(canvas) && canvas.width <= 120)
    .map((canvas) => canvas.toDataURL());
  return { text, curves, step, pixels };
}"""


def seen(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = page.evaluate(SEEN)
    return found


def alike(teacher: Page, follower: Page) -> dict[str, Any]:
    """Both show the same, soon, at a state that stands."""
    script = "(wanted) => JSON.stringify((" + SEEN + ")()) === JSON.stringify(wanted)"
    for _ in range(TRIES):
        shown = seen(teacher)
        try:
            follower.wait_for_function(script, arg=shown, timeout=3000)
        except TimeoutError:
            continue
        if seen(teacher) == shown:
            return shown
    one, other = seen(teacher), seen(follower)
    for part in one:
        assert one[part] == other[part], [pair for pair in zip(one[part], other[part], strict=False) if pair[0] != pair[1]]
    return one


def told(teacher: Page, follower: Page) -> None:
    """The follower shows the same micro-step, soon; what the teacher's page asked for by itself it has not."""
    title = "document.querySelector('[data-testid=step-title]')?.textContent"
    for _ in range(TRIES):
        shown = teacher.evaluate(title)
        try:
            follower.wait_for_function(f"(wanted) => {title} === wanted", arg=shown, timeout=3000)
        except TimeoutError:
            continue
        if teacher.evaluate(title) == shown:
            return
    expect(follower.get_by_test_id("step-title")).to_have_text(teacher.get_by_test_id("step-title").inner_text())


class Follower:
    def __init__(self, page: Page, url: str, code: str) -> None:
        self.page = page
        Learner(page, url, code)
        page.set_viewport_size(LAPTOP)
        page.goto("about:blank")
        page.goto(f"{url}/#follow={code}")
        expect(self.hook("follow-words")).to_have_text("This is the teacher’s page as it is.")

    def hook(self, name: str) -> Locator:
        return self.page.get_by_test_id(name)


@pytest.fixture
def follower(stranger: Callable[[], BrowserContext]) -> Callable[[str, str], Follower]:
    return lambda url, code: Follower(stranger().new_page(), url, code)


def shot(name: str, *pages: Page) -> None:
    if folder := os.environ.get("SHOTS"):
        for number, page in enumerate(pages):
            page.screenshot(path=f"{folder}/{name}{number}.png")


def door(page: Page, name: str) -> None:
    page.locator(f"[data-door={name}]").click()


def test_a_follower_sees_what_the_teacher_shows(page: Page, server_url: str, follower: Callable[[str, str], Follower]) -> None:
    page.set_viewport_size(LAPTOP)
    teacher = Teacher(page, server_url)
    teacher.begin()
    looks = follower(server_url, teacher.code)
    # The card that is open, with its question, which is not to be answered here.
    expect(looks.hook("lesson-heading")).to_have_text("How many of fifty?")
    expect(looks.hook("lesson-question")).to_have_attribute("inert", "")
    # A vote: nothing moves, and the way to it is told.
    teacher.ask()
    expect(looks.hook("follow-vote")).to_be_visible()
    expect(looks.hook("follow-words")).to_contain_text("vote on your phone or here")
    expect(looks.hook("follow-own")).to_be_disabled()
    shot("vote", page, looks.page)


class Lecturer(Teacher):
    """Who opens a room on the page that there is, without a card."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.hook("teach").click()
        self.hook("teach-open").click()
        expect(self.hook("class-code")).to_have_text(re.compile(r"^\w{4}$"))
        self.code = self.hook("class-code").text_content() or ""
        self.begin()


@pytest.mark.slow(seconds=15)
def test_wherever_the_teacher_goes(train: Train, server_url: str, follower: Callable[[str, str], Follower]) -> None:
    page = train.page
    page.set_viewport_size(LAPTOP)
    teacher = Lecturer(page)
    looks = follower(server_url, teacher.code)
    first = alike(page, looks.page)
    assert first["step"] and first["pixels"], first
    shot("train", page, looks.page)
    # It trains, and stands still.
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.locator(STEP)).to_have_text(re.compile("2"))
    trained = alike(page, looks.page)
    assert trained["step"] != first["step"] and trained["text"] != first["text"]
    # Micro-step by micro-step.
    door(page, "step")
    expect(looks.page.locator("[data-door=step]")).to_have_attribute("aria-current", "page")
    told(page, looks.page)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    told(page, looks.page)
    shot("step", page, looks.page)
    # A race.
    door(page, "race")
    expect(looks.page.locator("[data-door=race]")).to_have_attribute("aria-current", "page")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("heading", name="Standings at step 1")).to_be_visible()
    stands = alike(page, looks.page)
    assert stands["curves"]
    shot("race", page, looks.page)
    # What a follower does changes nothing.
    for key in (" ", "ArrowRight", "Home", "s"):
        looks.page.keyboard.press(key)
    expect(looks.hook("notice")).to_contain_text("You see the teacher’s page as it is")
    expect(looks.page.locator(".doors")).to_have_attribute("inert", "")
    now = alike(page, looks.page)
    assert now["curves"] == stands["curves"]
    # The teacher comes back after a reload, and all goes on.
    page.reload()
    page.keyboard.press("ArrowRight")
    alike(page, looks.page)
    # A screen of one's own, with the run as it stands.
    looks.hook("follow-own").click()
    expect(looks.hook("own-strip")).to_be_visible()


SIZES = {"desk": (1440, 900), "laptop": (1280, 720), "tablet": (768, 1024)}


@pytest.mark.looks(seconds=30, sweep=True)
def test_the_page_of_one_who_follows_is_in_order(
    train: Train, server_url: str, follower: Callable[[str, str], Follower]
) -> None:
    page = train.page
    page.set_viewport_size(LAPTOP)
    teacher = Lecturer(page)
    looks = follower(server_url, teacher.code)
    page.keyboard.press("ArrowRight")
    alike(page, looks.page)
    for room in ("train", "step", "race"):
        door(page, room)
        expect(looks.page.locator(f"[data-door={room}]")).to_have_attribute("aria-current", "page")
        looks_well(looks.page, what=f"following in {room}", sizes=SIZES)
