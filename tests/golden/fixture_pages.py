"""What the fixtures take from a real browser: links as the page makes them, and its storage after a real use."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any

from install_chromium import find
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from train_page import Train

SESSION = "chainrule.session"
TEACHER = "hide=data.noise,health&lock=optimizer.lr&projector=1"
STORED = "(storage) => Object.fromEntries(Object.entries(storage === 'local' ? localStorage : sessionStorage))"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run"]


@contextlib.contextmanager
def browser() -> Iterator[Browser]:
    executable = find()
    assert executable is not None, "Run tests/browser/install_chromium.py first"
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        yield opened
        opened.close()


@contextlib.contextmanager
def visitor(opened: Browser, url: str, session: str | None = None) -> Iterator[Page]:
    """A page of a browser without a past, at an empty address; it comes back to a session, if one is given."""
    context: BrowserContext = opened.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(f"{url}/healthz")
    if session is not None:
        page.evaluate("([key, value]) => sessionStorage.setItem(key, value)", [SESSION, session])
    yield page
    context.close()


def links(opened: Browser, url: str, sessions: Mapping[str, str]) -> dict[str, str]:
    """The fragments that "Share link" puts on the clipboard, by what they open."""
    with visitor(opened, url, sessions["history"]) as page:
        found = {"run": _shared(_train(page, url), "share")}
    with visitor(opened, url, sessions["history"]) as page:
        found["teacher"] = _shared(_train(page, f"{url}/#{TEACHER}"), "share")
    with visitor(opened, url, sessions["own_data"]) as page:
        found["experiment"] = _shared(_train(page, url), "share")
    for name in ("surface", "formula"):
        with visitor(opened, url, sessions[name]) as page:
            found[name] = _shared(_race(page, url), "race-share")
    with visitor(opened, url, sessions["network"]) as page:
        _race(page, url)
        page.locator("[data-on=network]").click()
        expect(page.locator("main.network-race[data-ready=true]")).to_be_visible()
        found["network"] = _shared(page, "network-share")
    beginnings = {"experiment": "#e=", "surface": "#view=race&r=", "formula": "#view=race&r=", "network": "#view=race&n="}
    for name, fragment in found.items():
        assert beginnings.get(name, "s=") in fragment, (name, fragment)
    return found


def _train(page: Page, url: str) -> Page:
    train = Train(page).open(url)
    train.settle()
    return page


def _race(page: Page, url: str) -> Page:
    page.goto(f"{url}/#view=race")
    expect(page.locator("main.race[data-ready=true]")).to_be_visible()
    return page


def _shared(page: Page, hook: str) -> str:
    page.get_by_test_id(hook).click()
    expect(page.get_by_test_id("notice")).to_contain_text("The link is copied")
    address = str(page.evaluate("navigator.clipboard.readText()"))
    return "#" + address.partition("#")[2]


def storage(opened: Browser, url: str) -> dict[str, dict[str, str]]:
    """What a person leaves behind: a theme and an axis chosen, two experiments kept, a session."""
    with visitor(opened, url) as page:
        train = Train(page).open(url)
        train.settle(0)
        train.choose("xor")
        for step in range(1, 6):
            train.hook("forward").click()
            train.settle(step)
        _keep(train, "five steps")
        train.type(train.input("optimizer.lr"), "0.05")
        train.hook("forward").click()
        train.settle(6)
        _keep(train, "quicker")
        train.hook("theme").click()
        expect(page.locator("html")).to_have_attribute("data-theme", "dark")
        train.hook("loss-axis").click()
        page.wait_for_function("() => localStorage.getItem('chainrule.loss-axis') === 'linear'")
        found: dict[str, Any] = {name: page.evaluate(STORED, name) for name in ("local", "session")}
    assert len(found["local"]) == 4 and list(found["session"]) == [SESSION], found
    return found


def _keep(train: Train, name: str) -> None:
    train.hook("experiments").click()
    train.hook("experiment-name").fill(name)
    train.page.keyboard.press("Enter")
    expect(train.hook("experiments-list")).to_contain_text(name)
    train.page.keyboard.press("Escape")
