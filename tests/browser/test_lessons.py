"""Lessons in the page: a card asks before anything moves, the answer is measured, a task is told live, progress stays."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from lesson_page import Lessons
from lesson_texts import DRAWN, SHORT
from looks import SIZES, looks_well
from playwright.sync_api import BrowserContext, Page, expect
from train_page import Train
from waiting import becomes


def kept(train: Train, text: str) -> str:
    """The lesson kept on the server, by the editor; its link. The page is then in the editor."""
    lessons = Lessons(train.page)
    train.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    lessons.enter().write(text)
    expect(lessons.hook("lesson-fine")).to_contain_text("It can be read")
    lessons.hook("lesson-keep").click()
    expect(lessons.hook("notice")).to_contain_text("its link is copied")
    link: str = train.page.evaluate("() => navigator.clipboard.readText()")
    return link


def opened(page: Page, link: str, card: int = 1) -> Lessons:
    """A link in a page of its own."""
    page.goto(link)
    lessons = Lessons(page)
    lessons.opened(card)
    return lessons


def tried(train: Train, text: str) -> Lessons:
    """The first card of a text, opened from the editor."""
    lessons = Lessons(train.page).enter()
    lessons.write(text)
    expect(lessons.hook("lesson-fine")).to_contain_text("It can be read")
    lessons.hook("lesson-try").click()
    lessons.opened(1)
    return lessons


def test_nothing_moves_before_the_prediction(train: Train) -> None:
    lessons, page = tried(train, SHORT), train.page
    transport = page.locator(".room-transport > :visible")
    expect(transport).to_have_attribute("inert", "")
    expect(transport).to_have_attribute("title", "play opens after the prediction")
    expect(lessons.hook("lesson-locked")).to_have_text("Play opens after the prediction.")
    for key in ("Space", "ArrowRight", "End"):
        page.keyboard.press(key)
    assert page.locator("[data-field='optimizer.lr']").evaluate("(field) => field.closest('[inert]') !== null")
    expect(lessons.hook("lesson-why")).to_be_hidden()
    lessons.answer_by_mouse()
    assert train.step == 0
    expect(lessons.hook("lesson-why").locator("[data-value]")).to_be_visible()
    expect(lessons.hook("lesson-verdict").locator(".lesson-measured [data-value]")).to_be_visible()
    # What the card names can be changed, and nothing else; arrows step, and the task is told live.
    locked = "(field) => field.closest('[inert]')?.title ?? ''"
    becomes(page, lambda: page.locator("[data-field='optimizer.lr']").first.evaluate(locked), "")
    assert page.locator("[data-field='data.noise']").first.evaluate(locked) == "locked by this card"
    expect(lessons.hook("task-state")).to_have_text("not yet")
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    expect(lessons.hook("task-state")).to_have_text("met")
    with page.expect_download() as download:
        lessons.hook("receipt").click()
    assert "lesson" in json.loads(Path(download.value.path()).read_text())
    lessons.hook("lesson-leave").click()
    expect(lessons.hook("lesson")).to_be_hidden()
    becomes(page, lambda: page.locator("[data-field='data.noise']").first.evaluate(locked), "")


def test_a_lesson_by_keys_alone(train: Train) -> None:
    lessons, page = tried(train, SHORT), train.page
    lessons.answer_by_keys()
    page.keyboard.press("PageDown")
    lessons.opened(2)
    lessons.answer_by_keys()
    expect(lessons.hook("lesson-verdict").locator("[data-value]")).to_be_visible()
    expect(lessons.hook("lesson-said")).to_have_count(0)  # the number measured is said once
    page.keyboard.press("PageDown")
    page.keyboard.press("PageUp")
    lessons.opened(1)


def test_i_do_not_know_is_an_answer(train: Train) -> None:
    lessons = tried(train, SHORT)
    lessons.hook("lesson-unknown").click()
    lessons.told()
    expect(lessons.hook("lesson-verdict")).to_contain_text("You did not know.")
    expect(lessons.hook("lesson-question").locator("[data-truth]")).to_have_attribute("data-choice", "1")


def test_the_picture_is_there_while_the_answer_is_withheld(page: Page, server_url: str) -> None:
    opened(page, f"{server_url}/#l=downhill/the-promise.1")
    expect(page.locator(".lesson-question math")).not_to_have_count(0)
    expect(page.locator("[data-room=race] [data-contours], .race [data-contours]").first).to_be_visible()
    page.goto("about:blank")  # and formulas stand in the line of what is asked
    opened(page, f"{server_url}/#l=backpropagation/the-chain.2", 2)
    shown = "(math) => getComputedStyle(math).display.split(' ')"
    assert page.locator(".lesson-ask math").first.evaluate(shown) == ["math"]


WITHHELD = "(part) => getComputedStyle(part, '::after').content"
IN_VIEW = """() => {
  const [card, task] = ["#lesson-card", "[data-testid=lesson-task]"].map((each) => document.querySelector(each));
  const { top, bottom } = card.getBoundingClientRect();
  const told = document.querySelector("[data-testid=lesson-verdict]").getBoundingClientRect();
  return task.querySelector("[data-value]") !== null && task.getBoundingClientRect().bottom <= bottom && told.top >= top;
}"""


@pytest.mark.slow(seconds=5)
def test_what_stays_empty_before_the_answer_says_why(page: Page, server_url: str) -> None:
    page.set_viewport_size({"width": 1280, "height": 720})
    says = '"Shown after the prediction"'
    lessons = opened(page, f"{server_url}/#l=downhill/momentum.1")
    for part in ("main.race [data-part=point]", "main.race .race-loss"):
        expect(page.locator(part)).to_have_attribute("data-withheld", says.strip('"'))
        assert page.locator(part).evaluate(WITHHELD) == says
    expect(lessons.hook("race-point")).to_be_hidden()
    lessons.answer_by_mouse()
    expect(page.locator("[data-withheld]")).to_have_count(0)
    expect(lessons.hook("race-point").locator("[data-fact=gradient]")).not_to_be_empty()
    page.goto("about:blank")
    opened(page, f"{server_url}/#l=backpropagation/the-chain.3", 3)
    expect(lessons.hook("lesson-locked")).to_have_text("The graph opens after the prediction.")
    expect(lessons.hook("graph-state")).to_have_text(says.strip('"'))
    expect(page.locator(".graph-top")).to_have_attribute("inert", "")
    page.goto("about:blank")
    opened(page, f"{server_url}/#l=deep/ten-sigmoids.2", 2)
    becomes(page, lambda: page.locator(".ribbon").evaluate(WITHHELD), says)
    expect(page.locator(".ribbon-rows")).to_be_hidden()
    # What comes with the answer is in view, though the card is longer than the screen is high.
    lessons.answer_by_mouse()
    expect(page.locator(".ribbon-rows")).to_be_visible()
    page.wait_for_function(IN_VIEW)
    lessons.hook("lesson-twin").click()
    lessons.opened(4)
    lessons.hook("lesson-unknown").click()
    lessons.told()
    page.keyboard.press("PageUp")
    lessons.opened(3)


@pytest.mark.slow(seconds=3)
def test_a_card_beside_step_and_powers_of_ten_have_room(page: Page, server_url: str) -> None:
    page.set_viewport_size({"width": 1280, "height": 720})
    lessons = opened(page, f"{server_url}/#l=backpropagation/the-chain.1")
    expect(lessons.hook("lesson-locked")).to_have_text("Play and Step open after the prediction.")
    lessons.answer_by_mouse()
    expect(page.locator(".flow-unit")).to_have_count(5)
    page.wait_for_function("() => ((place) => place.scrollWidth <= place.clientWidth)(document.querySelector('.flow-stage'))")
    page.goto("about:blank")
    opened(page, f"{server_url}/#l=backpropagation/confidently-wrong.2", 2)
    choices = lessons.hook("lesson-question").locator(".lesson-powers button")
    tops = "(all) => new Set(all.map((each) => Math.round(each.getBoundingClientRect().top))).size"
    expect(choices).to_have_count(14)
    becomes(page, lambda: choices.evaluate_all(tops), 2)
    page.get_by_role("button", name="larger powers of ten").click()
    expect(choices).to_have_count(18)


@pytest.mark.slow(seconds=20)
def test_a_lesson_of_ones_own_is_opened_by_its_link(train: Train, stranger: Callable[[], BrowserContext]) -> None:
    link = kept(train, SHORT)
    assert "#l=" in link
    page = stranger().new_page()
    lessons = opened(page, link)
    expect(lessons.hook("lesson-foreign")).to_have_text("This lesson is not from chainrule.")
    lessons.answer_by_mouse()
    lessons.hook("lesson-next").click()
    lessons.opened(2)
    page.go_back()
    lessons.opened(1)
    page.go_forward()
    lessons.opened(2)
    # Loaded anew it is the same card of the same session, answered or not.
    session = page.evaluate("() => sessionStorage.getItem('chainrule.session')")
    page.reload()
    lessons.opened(2)
    assert page.evaluate("() => sessionStorage.getItem('chainrule.session')") == session
    lessons.enter()
    expect(page.locator(".lessons-row", has_text="A short lesson")).to_be_visible()


@pytest.mark.slow(seconds=20)
def test_progress_is_kept_taken_along_and_cleared(train: Train, stranger: Callable[[], BrowserContext], tmp_path: Path) -> None:
    page = stranger().new_page()
    link = kept(train, SHORT)
    lessons = opened(page, link)
    lessons.answer_by_mouse()
    lessons.enter()
    expect(lessons.hook("lesson-go-on")).to_have_text("Go on with A short lesson, card 1")
    with page.expect_download() as download:
        lessons.hook("progress-save").click()
    file = tmp_path / "progress.json"
    file.write_bytes(Path(download.value.path()).read_bytes())
    (done,) = json.loads(file.read_text())["lessons"].values()
    assert done["cards"]["0"] == {"seen": True, "answer": 1, "right": True}
    lessons.hook("progress-clear").click()
    lessons.hook("progress-keep").click()
    expect(page.locator(".lessons-row", has_text="A short lesson")).to_be_visible()
    lessons.hook("progress-clear").click()
    lessons.hook("progress-clear-sure").click()
    expect(page.locator(".lessons-row", has_text="A short lesson")).to_have_count(0)
    with page.expect_file_chooser() as chooser:
        lessons.hook("progress-load").click()
    chooser.value.set_files(file)
    expect(page.locator(".lessons-row", has_text="A short lesson")).to_be_visible()
    # A card that was answered asks nothing again.
    page.goto(link)
    lessons.opened(1)
    expect(lessons.hook("lesson-locked")).to_be_hidden()
    expect(lessons.hook("lesson-question").locator("[aria-checked=true]")).to_have_attribute("data-choice", "1")


LINE = """() => {
  const { value, selectionStart } = document.activeElement;
  return value.slice(0, selectionStart).split("\\n").length;
}"""
"""Where one writes."""

HOSTILE = """
<script>window.caught = 1</script><img src=x onerror="window.caught = 2">
[a link](javascript:window.caught=3) <a href="javascript:window.caught=4" onclick="window.caught=5">another</a>
"""


@pytest.mark.slow(seconds=20)
def test_its_hostile_twin_does_nothing(train: Train) -> None:
    lessons, page = Lessons(train.page), train.page
    lessons.enter().write(SHORT.replace("Some words.", HOSTILE))
    if lessons.hook("lesson-try").is_enabled():
        lessons.hook("lesson-try").click()
        lessons.opened(1)
        assert page.locator(".lesson-rail :is(script, img, iframe, [onclick], [href^='javascript'])").count() == 0
        page.locator("[data-door=lessons]").click()
    # What is no lesson is refused where it is wrong.
    for broken in (
        SHORT.replace("view: train", "view: !!python/object:os.system train"),
        SHORT.replace("kind: choose", "kind: x"),
    ):
        lessons.write(broken)
        expect(lessons.hook("lesson-problems").locator("button").first).to_contain_text("line ")
        expect(lessons.hook("lesson-keep")).to_be_disabled()
    lessons.hook("lesson-problems").locator("button").first.click()
    line = int(lessons.hook("lesson-problems").locator("button").first.get_attribute("data-line") or 0)
    assert page.evaluate(LINE) == line
    # The server refuses what a page would not have sent.
    lessons.write("x" * 70_000)
    expect(lessons.hook("lesson-problems").locator("button").first).to_be_visible()
    assert page.evaluate("() => window.caught") is None


@pytest.mark.looks(seconds=60, sweep=True)
def test_how_lessons_look(train: Train) -> None:
    page = train.page
    lessons = Lessons(page).enter()
    looks_well(page, what="gallery")
    lessons.write(SHORT)
    expect(lessons.hook("lesson-fine")).to_contain_text("It can be read")
    looks_well(page, what="editor")
    lessons.hook("lesson-try").click()
    lessons.opened(1)
    card_looks_well(page, "asked")
    lessons.answer_by_mouse()
    card_looks_well(page, "answered")
    lessons.hook("lesson-leave").click()
    page.locator("[data-door=lessons]").click()  # back at the text
    lessons.write(DRAWN)
    expect(lessons.hook("lesson-shown").locator("option")).to_have_count(3)
    lessons.hook("lesson-try").click()
    for card in (1, 2, 3):
        lessons.opened(card)
        lessons.answer_by_mouse()
        card_looks_well(page, f"card {card}")
        if card < 3:
            lessons.hook("lesson-next").click()


def card_looks_well(page: Page, what: str) -> None:
    """Beside the room on a screen; on a phone it lies over the room, and is looked at alone."""
    looks_well(page, what=what, sizes={size: SIZES[size] for size in ("desk", "laptop")})
    looks_well(page, "[data-testid=lesson]", what, {"phone": SIZES["phone"]})
