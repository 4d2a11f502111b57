"""What the page says that is no longer so: numbers before there are any, a refusal that something else has overtaken."""

from __future__ import annotations

import re

from network_page import NetworkRoom
from playwright.sync_api import Page, expect


def test_no_number_is_made_up_before_the_server_has_answered(page: Page, server_url: str) -> None:
    page.route_web_socket(re.compile(".*"), lambda line: None)  # a line on which nothing comes
    for view in ("train", "race"):
        page.goto("about:blank")
        page.goto(f"{server_url}/#view={view}")
        expect(page.locator("[data-field='data.test_fraction']")).to_be_attached()
        assert not re.search(r"NaN\s*%", page.evaluate("() => document.body.textContent"))
        assert page.locator("[aria-valuetext*=NaN]").count() == 0


def test_a_refusal_goes_when_something_else_is_done(page: Page, server_url: str) -> None:
    room = NetworkRoom(page).open(server_url)
    while count := page.locator("[data-netedit]").count():
        page.locator("[data-netedit]").first.click()
        room.hook("network-remove").click()
        expect(page.locator("[data-netedit]")).to_have_count(count - 1)
    room.hook("race-play").click()
    notice = room.hook("notice")
    expect(notice).to_contain_text("the race has none")
    expect(notice).to_have_attribute("data-kind", "error")
    room.hook("network-add").click()
    expect(page.locator("[data-netlane]")).to_have_count(1)
    expect(notice).to_be_hidden()
