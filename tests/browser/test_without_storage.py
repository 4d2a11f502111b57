"""A browser that keeps nothing for the page, since it may not or has no room: the page does all it does, for as long as it is
open."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from agreement import shown
from complaints import Complaints
from cuttable_line import Line
from playwright.sync_api import Page, expect
from train_page import Train

STORAGES = '["localStorage", "sessionStorage"]'
WITHOUT = {
    "blocked": f"""for (const name of {STORAGES}) Object.defineProperty(window, name, {{
      get() {{ throw new DOMException("Access is denied for this document.", "SecurityError"); }} }})""",
    "absent": f"for (const name of {STORAGES}) Object.defineProperty(window, name, {{ value: null }})",
    "full": """Storage.prototype.setItem = () => { throw new DOMException("full", "QuotaExceededError"); }""",
    "broken": """for (const name of ["getItem", "setItem", "removeItem", "key"])
      Storage.prototype[name] = () => { throw new Error("disk I/O"); }""",
}


@pytest.mark.slow(seconds=8)
@pytest.mark.parametrize("how", WITHOUT)
def test_a_page_that_can_keep_nothing(how: str, page: Page, server_url: str, complaints: Complaints) -> None:
    complaints.expect("WebSocket connection")
    complaints.expect("ERR_")
    page.add_init_script(WITHOUT[how])
    parts = urlsplit(server_url)
    with Line(parts.hostname or "", parts.port or 0) as line:
        train = Train(page).open(line.url)
        marks = page.locator(".room-transport .mark-edit").filter(visible=True)
        train.type(train.input("optimizer.lr"), "0.02")
        train.play()
        train.pass_step(3)
        train.pause()
        train.hook("theme").click()
        expect(page.locator("html")).to_have_attribute("data-theme", "dark")
        page.keyboard.press("l")
        page.keyboard.press("s")
        expect(page.get_by_test_id("step-room")).to_have_attribute("data-micro", "0")
        page.locator("[data-door=race]").click()
        expect(page.locator("main.race[data-ready=true]")).to_be_visible()
        page.get_by_test_id("race-forward").click()
        expect(page.get_by_test_id("race-step")).to_have_attribute("data-value", "1")
        page.locator("[data-door=train]").click()
        train.hook("experiments").click()
        page.get_by_test_id("experiment-save").click()
        words = "no room left" if how == "full" else "does not let the page keep anything"
        expect(page.locator("dialog[open]")).to_contain_text(words)
        page.keyboard.press("Escape")
        before = (train.settle(), shown(page)["values"])
        line.cut()
        expect(train.hook("notice")).to_contain_text("The connection is lost")
        line.mend()
        expect(train.hook("notice")).not_to_contain_text("The connection is lost")
        expect(marks).to_have_count(1)
        assert (train.settle(), shown(page)["values"]) == before
        # The tab's place in the history keeps the session through a reload.
        page.reload()
        expect(marks).to_have_count(1)
        assert train.settle() == before[0]
