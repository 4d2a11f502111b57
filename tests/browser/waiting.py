"""Waiting for what is not on the screen, or not in one piece: `expect` is for all else."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from playwright.sync_api import Page, Route

T = TypeVar("T")
PATIENCE = 60.0
"""Seconds, on a machine that is busy."""

PAINTED = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())))"
ROUTED = "async () => (await (await fetch('/healthz?routed')).text()) === 'routed'"


def until(page: Page, condition: Callable[[], object]) -> None:
    """Until it is so; the browser's messages come in meanwhile."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "it did not come"
        page.wait_for_timeout(25)


def becomes(page: Page, read: Callable[[], T], wanted: T) -> None:
    """Until what is read is what is wanted; says what it is where that does not come."""
    end = time.monotonic() + PATIENCE
    while (found := read()) != wanted and time.monotonic() < end:
        page.wait_for_timeout(25)
    assert found == wanted


def painted(page: Page) -> None:
    """Until what has been pressed is painted, where it is the page alone that answers."""
    page.evaluate(PAINTED)


def answered_here(page: Page, url: str, handler: Callable[[Route], object]) -> None:
    """Routes what a page asks for. Chromium says that a page's requests are taken before its renderer knows of it: what a busy
    one asks for at once would still come from the server."""
    page.route(url, handler)
    page.route("**/healthz?routed", lambda route: route.fulfill(body="routed"))
    page.wait_for_function(ROUTED)
