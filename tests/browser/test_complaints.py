"""What pages complain about is gathered wherever they are opened; a test that hears of it fails."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from complaints import Complaints
from playwright.sync_api import BrowserContext, Page, expect

PLANTED = {
    "script-src": "() => document.head.append(Object.assign(document.createElement('script'), { textContent: '1' }))",
    "img-src": "() => { new Image().src = 'http://127.0.0.1:9/elsewhere.png'; }",
    "worker-src": "() => { try { new Worker(URL.createObjectURL(new Blob(['1']))); } catch { /* some versions throw */ } }",
    "script-src-attr": "() => { const frame = document.body; frame.setAttribute('onclick', '1'); frame.click(); }",
}
POLICY = "content-security policy: "


def forgive(complaints: Complaints) -> None:
    """What was planted, in the browser's words and in ours; a bare answer has no icon."""
    for words in (POLICY, "Content Security Policy", "planted", "favicon.ico"):
        complaints.expect(words)


@pytest.mark.parametrize("kind", PLANTED)
def test_a_violation_is_a_complaint(page: Page, server_url: str, complaints: Complaints, kind: str) -> None:
    page.goto(f"{server_url}/healthz")  # no page of ours, and the same policy
    with page.expect_console_message(lambda message: message.text.startswith(POLICY)):
        page.evaluate(PLANTED[kind])
    assert any(POLICY in complaint for complaint in complaints.unexpected)
    forgive(complaints)


def test_errors_and_other_browsers_are_listened_to(
    page: Page, stranger: Callable[[], BrowserContext], server_url: str, complaints: Complaints
) -> None:
    for other in (page.context, stranger()):
        opened = other.new_page()
        opened.goto(f"{server_url}/healthz")
        with opened.expect_event("pageerror"):
            opened.evaluate("() => void setTimeout(() => { throw new Error('planted'); })")
        with opened.expect_popup() as popup:
            opened.evaluate("() => void window.open(location.href)")
        expect(popup.value.locator("body")).to_contain_text("ok")
        with popup.value.expect_console_message(lambda message: message.text.startswith(POLICY)):
            popup.value.evaluate(PLANTED["img-src"])
    assert len([complaint for complaint in complaints.unexpected if "planted" in complaint]) == 2
    assert len([complaint for complaint in complaints.unexpected if POLICY in complaint]) == 2
    forgive(complaints)
