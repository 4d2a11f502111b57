"""The guide as it is come to and read: from the first line and from the help, on a screen, a telephone and on paper; and what
it names is on the pages that it leads to."""

from __future__ import annotations

import re
from html import unescape

from conftest import SHOWN
from looks import SIZES, THEMES, violations
from playwright.sync_api import Page, expect
from train_page import Train

from server.guide import document

IN_A_VOTE = {"Vote again", "Reveal"}
"""They come with a question, which the tests of a class ask."""
NAMED = {unescape(label) for label in re.findall(r"<em>(.*?)</em>", document.body())}


def test_from_the_first_line_to_a_lesson(train: Train, page: Page, server_url: str) -> None:
    seen = set(page.evaluate(SHOWN))
    with page.context.expect_page() as opened:
        train.hook("notice").get_by_role("button", name="guide", exact=True).click()
    guide = opened.value
    expect(guide.get_by_role("heading", name="How each number is checked", exact=True)).to_be_visible()
    page.keyboard.press("?")
    link = page.get_by_test_id("guide")
    expect(link).to_be_visible()
    assert link.evaluate("(link) => link.href") == f"{server_url}/guide"
    page.keyboard.press("Escape")
    page.locator("[data-door=lessons]").click()
    expect(page.get_by_role("link", name="handout").first).to_be_visible()
    seen |= set(page.evaluate(SHOWN))
    # Its contents lead to a place, and its words into the page.
    guide.get_by_role("navigation").get_by_role("link", name="Privacy", exact=True).click()
    expect(guide.locator("#privacy")).to_be_in_viewport()
    guide.get_by_role("main").get_by_role("link", name="Ten sigmoids").first.click()
    expect(guide.get_by_test_id("lesson")).to_be_visible()
    expect(guide.get_by_role("button", name="Submit")).to_be_visible()
    assert NAMED - IN_A_VOTE - seen - set(guide.evaluate(SHOWN)) == set()


def test_it_is_read_at_every_size_in_both_themes_and_printed(page: Page, server_url: str) -> None:
    page.goto(f"{server_url}/guide")
    for theme in THEMES:
        page.evaluate("(theme) => localStorage.setItem('chainrule.theme', theme)", theme)
        page.reload()
        expect(page.locator("html")).to_have_attribute("data-theme", theme)
        assert violations(page) == []
        for width, height in (*SIZES.values(), (320, 256)):
            page.set_viewport_size({"width": width, "height": height})
            expect(page.locator("nav details[open]")).to_have_count(1 if width > 800 else 0)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (width, theme)
    assert violations(page) == []
    page.emulate_media(media="print")
    expect(page.get_by_role("navigation")).to_be_hidden()
    expect(page.get_by_role("heading", name="Privacy", exact=True)).to_be_visible()
    page.emulate_media(media="screen")
