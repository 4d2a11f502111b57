"""One room in a frame of another site's page: it works without storage and keeps to its box; who may not is told why.

Its hooks: ``embed-open`` (the way to the whole page), ``embed-refused sandboxed`` (why there is nothing), ``embed-dialog
embed-may embed-size embed-width embed-height embed-size-error embed-theme embed-title embed-code embed-copy embed-look
embed-note embed-error`` (the dialog).
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

import pytest
from complaints import Complaints
from course_page import Course
from live_server import serving
from playwright.sync_api import FrameLocator, Page, expect
from train_page import Train

from engine import warm_up
from server.settings import Settings

SIDEWAYS = "() => [document.documentElement.scrollWidth - innerWidth, document.querySelector('.bar').offsetHeight]"


@pytest.fixture
def course() -> Iterator[Course]:
    with Course() as found:
        yield found


@pytest.fixture
def framed(course: Course, page: Page) -> Iterator[str]:
    """A server that the course page may frame."""
    warm_up()
    with serving(Settings(database_url="sqlite://", frame_ancestors=(course.origin,))) as live:
        yield f"http://127.0.0.1:{live.port}"
        page.goto("about:blank")  # no frame of it is left to look for the server


def ready(train: FrameLocator) -> None:
    expect(train.locator("main.train[data-ready=true][data-warm=true]")).to_be_attached()


def code_of(page: Page) -> str:
    expect(page.get_by_test_id("embed-code")).to_have_value(re.compile("^<iframe"))
    return page.get_by_test_id("embed-code").input_value()


@pytest.mark.slow(seconds=25)
def test_three_embeds_in_one_page(page: Page, framed: str, course: Course) -> None:
    course.open(page)
    before = course.around(page)
    train = course.add(page, f"{framed}/?embed=train")
    step = course.add(page, f"{framed}/?embed=step&theme=dark")
    lesson = course.add(page, f"{framed}/?embed=lesson#l=deep/ten-sigmoids")
    ready(train)
    expect(step.get_by_test_id("step-room")).to_have_attribute("data-micro", "0")
    expect(lesson.get_by_test_id("lesson-count")).to_have_text("card 1 of 5")
    for frame in (train, step, lesson):
        expect(frame.locator(".doors")).to_have_count(0)
        expect(frame.get_by_test_id("embed-open")).to_be_visible()
    expect(step.locator("html")).to_have_attribute("data-theme", "dark")
    # None took the focus, scrolled the page around it, or kept anything for the tab, which all three share.
    page.keyboard.type("s p")
    assert course.around(page) == {**before, "written": "s p"}
    for frame in page.frames[1:]:
        assert frame.evaluate("() => [Object.keys(sessionStorage), document.hasFocus()]") == [[], False]
        sideways, strip = frame.evaluate(SIDEWAYS)
        assert sideways <= 0 and 24 <= strip <= 30
    # Keys go to the one that is pressed, and each has a run of its own.
    train.get_by_test_id("forward").click()
    expect(train.get_by_test_id("step")).to_have_attribute("data-value", "1")
    page.keyboard.press("ArrowRight")
    expect(train.get_by_test_id("step")).to_have_attribute("data-value", "2")
    expect(step.get_by_test_id("step-room")).to_have_attribute("data-micro", "0")
    step.get_by_test_id("step-forward").click()
    expect(step.get_by_test_id("step-room")).to_have_attribute("data-micro", "1")
    page.keyboard.press("ArrowRight")
    expect(step.get_by_test_id("step-room")).to_have_attribute("data-micro", "2")
    expect(train.get_by_test_id("step")).to_have_attribute("data-value", "2")
    lesson.get_by_test_id("lesson-unknown").click()
    lesson.get_by_test_id("lesson-next").click()
    expect(lesson.get_by_test_id("lesson-count")).to_have_text("card 2 of 5")
    # One room is one room; a lesson that is left leads to all of them.
    train.get_by_test_id("start").click()
    page.keyboard.press("s")
    expect(train.get_by_test_id("notice")).to_contain_text("This frame shows Train alone")
    lesson.get_by_test_id("lesson-leave").click()
    expect(lesson.locator("[data-lesson]").first).to_be_visible()
    assert course.around(page)["entries"] == before["entries"], "the history is that of the page around them"
    # All of it survives what a frame can be sure of: being loaded anew.
    train.get_by_test_id("forward").click()
    expect(train.get_by_test_id("step")).to_have_attribute("data-value", "1")
    page.frames[1].evaluate("location.reload()")
    expect(train.get_by_test_id("step")).to_have_attribute("data-value", "1")


def test_a_page_that_may_not_is_shown_nothing(page: Page, server_url: str, course: Course, complaints: Complaints) -> None:
    complaints.expect("frame-ancestors")
    course.open(page)
    with page.expect_console_message(lambda message: "frame-ancestors 'none'" in message.text):
        course.add(page, f"{server_url}/?embed=train")
    expect(page.frame_locator("iframe").locator(".frame")).to_have_count(0)


@pytest.mark.slow(seconds=5)
def test_a_frame_that_cannot_work_says_what_is_missing(page: Page, framed: str, course: Course, complaints: Complaints) -> None:
    complaints.expect("NotSameOrigin")
    complaints.expect("from origin 'null'")
    complaints.expect("ERR_FAILED")
    course.open(page)
    told = course.add(page, f"{framed}/?embed=train", "allow-scripts").get_by_test_id("sandboxed")
    expect(told).to_contain_text('sandbox="allow-scripts allow-same-origin"')
    join = course.add(page, f"{framed}/join", "allow-scripts").get_by_test_id("sandboxed")
    expect(join).to_contain_text("cannot run in this frame")
    complaints.expect("Blocked script execution")
    scripts = course.add(page, f"{framed}/?embed=train", "allow-same-origin").locator("noscript")
    assert 'sandbox="allow-scripts allow-same-origin"' in scripts.evaluate("(told) => told.textContent.replace(/\\s+/g, ' ')")
    refused = course.add(page, f"{framed}/?embed=trains#hide=data").get_by_test_id("embed-refused")
    expect(refused).to_contain_text("?embed=trains")
    expect(refused.get_by_role("link")).to_have_text([f"?embed={name}" for name in ("train", "step", "race", "lesson")])
    expect(refused.get_by_role("link").first).to_have_attribute("href", "/?embed=train#hide=data")


def test_the_dialog_gives_a_frame_of_what_is_shown(train: Train, course: Course) -> None:
    page = train.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    train.hook("forward").click()
    train.settle(1)
    train.hook("export").click()
    page.get_by_role("menuitem", name="Embed in a page").click()
    # This server may not be framed: how that is turned on is said, and by what name.
    expect(train.hook("embed-may")).to_contain_text("CHAINRULE_FRAME_ANCESTORS=https://")
    first = code_of(page)
    assert 'width="800" height="500"' in first and 'title="chainrule: Train, spiral' in first and "theme=" not in first
    assert "allow-scripts allow-same-origin" in first and 'allow="clipboard-write"' in first
    train.hook("embed-size").select_option("own")
    train.hook("embed-width").fill("12")
    expect(train.hook("embed-size-error")).to_have_text("Width and height are 320 to 4000 pixels.")
    expect(train.hook("embed-copy")).to_be_disabled()
    train.hook("embed-width").fill("700")
    train.hook("embed-theme").select_option("dark")
    train.hook("embed-title").fill('A "spiral" & <more>')
    train.hook("embed-copy").click()
    expect(train.hook("embed-note")).to_have_text("The code is copied.")
    code = page.evaluate("navigator.clipboard.readText()")
    assert code == code_of(page) and 'width="700"' in code and "A &quot;spiral&quot; &amp; &lt;more>" in code
    # What the code says is that run, alone, at its step; what a link hides is hidden there, too.
    source = re.search('src="([^"]+)"', code)
    assert source is not None
    url = html.unescape(source[1])
    assert "/?embed=train&theme=dark#" in url and "#s=" in url
    shown = Train(page.context.new_page()).open(f"{url}&hide=findings,curves")
    shown.settle(1)
    expect(shown.page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(shown.page.locator(".doors")).to_have_count(0)
    expect(shown.hook("curves")).to_be_hidden()
    with shown.page.expect_popup() as opened:
        shown.hook("embed-open").click()
    whole = Train(opened.value)
    whole.settle(1)
    expect(whole.page.locator(".doors")).to_be_visible()
    expect(whole.hook("curves")).to_be_hidden()
