"""A real server and a real Chromium. Whatever the page complains about on its console, in an error or against its
content-security policy fails the test it happens in; so do errors in the server's log, and words that the glossary says
otherwise.

How to keep these tests few, fast and steady:

- A page that opens costs seconds, a click a tenth of one. Open one (fixture `train`, or `page` where something must be done
  before) and lead it through all that is to be seen; use a parameter only where a fresh page is the point.
- How a state looks is asked by `looks_well(page)` of looks.py, which leads the page through sizes and themes by itself, in a
  test that is marked `looks`.
- Wait for what is on the screen (`settle`, `expect`), never for time.
- Pause what plays before the test ends.

The page's hooks, which these tests rely on and which therefore stay, are listed where a room is described as a person uses it:
`train_page`, `step_page`, `race_page`, `network_page`, `scene_page`.
"""

from __future__ import annotations

import os
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TextIO

import pytest
from complaints import VIOLATIONS, Complaints
from glossary import unfit
from held_page import Held
from install_chromium import find
from looks import SIZES, sweep
from mortal_server import Mortal
from playwright.sync_api import BrowserContext, Error, Page, expect, sync_playwright
from real_server import ROOT, end_process, wait_for_health
from train_page import Train

from engine import warm_up

ARGUMENTS = [
    "--no-sandbox",  # containers have no user namespaces to build one of
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--enable-features=NetworkServiceInProcess2",  # hundreds of small files a page: no second process hands them on
    "--no-first-run",
]
ON_A_SCREEN, IN_A_HAND = ("desk", "laptop"), ("phone",)
OPTIONS = {"viewport": {"width": 1440, "height": 900}, "color_scheme": "light", "reduced_motion": "reduce"}


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers",
        "looks(seconds, sweep): leads pages through sizes, one a look, or all (with sweep=True only so), which takes so long",
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    mark = metafunc.definition.get_closest_marker("looks")
    if mark is not None:
        whole = pytest.param(True, id="every_size", marks=pytest.mark.slow(seconds=mark.kwargs["seconds"]))
        quick = [] if mark.kwargs.get("sweep") else [pytest.param(False, id="one_size")]
        metafunc.parametrize("sizes", [*quick, whole], indirect=True)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test that looks, on a screen and in a hand, is for every change on one of the two; on both in the slow sweep."""
    for item in items:
        mark = item.get_closest_marker("looks")
        case = getattr(item, "callspec", None)  # of a test with parameters
        if mark and case and "held" in case.params and not item.get_closest_marker("slow"):
            turn = zlib.crc32(getattr(item, "originalname", item.name).encode()) % 2
            if case.params["held"] != (ON_A_SCREEN, IN_A_HAND)[turn]:
                item.add_marker(pytest.mark.slow(seconds=mark.kwargs["seconds"]))


@pytest.fixture(autouse=True)
def sizes(request: pytest.FixtureRequest) -> Iterator[None]:
    """Of a test marked `looks`: whether every size is walked through."""
    with sweep(request.node.nodeid, getattr(request, "param", None)):
        yield


PATIENCE = 60_000
"""Milliseconds: a shared machine may be slow, and a test waits only as long as it must."""
OPENS = 300_000
"""For a page to be there: a process's first one is compiled while others start servers and browsers of their own."""
expect.set_options(timeout=PATIENCE)


def patient(context: BrowserContext) -> None:
    context.set_default_timeout(PATIENCE)
    context.set_default_navigation_timeout(OPENS)


@pytest.fixture(scope="session")
def server_log(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TextIO]:
    """What the server logs, as far as nobody has read it."""
    path = tmp_path_factory.mktemp("log") / "server.jsonl"
    path.touch()
    with path.open(encoding="utf-8") as read:
        yield read


@pytest.fixture(scope="session")
def server_url(tmp_path_factory: pytest.TempPathFactory, server_log: TextIO) -> Iterator[str]:
    """The server as a user starts it, on a free port, with kernels that are compiled: no test waits for that."""
    warm_up()
    command = [sys.executable, "-m", "server", "--port", "0", "--no-browser"]
    database = tmp_path_factory.mktemp("data") / "kept.sqlite3"
    environment = {**os.environ, "PYTHONUNBUFFERED": "1", "CHAINRULE_DATABASE_URL": f"sqlite:///{database.as_posix()}"}
    environment["CHAINRULE_MAX_EXPERIMENT_BYTES"] = "100000"
    environment["CHAINRULE_MAX_SESSIONS"] = "10000"  # a page each: more in a minute than a class opens
    with open(server_log.name, "a", encoding="utf-8") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=log, text=True)
    try:
        assert process.stdout is not None
        said = process.stdout.readline()
        url = next((word for word in said.split() if word.startswith("http://")), None)
        assert url, f"the server said {said!r} and no address"
        wait_for_health(url, process)
        yield url
    finally:
        end_process(process)


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrowserContext]:
    """One Chromium with a folder of its own, in which it keeps scripts as compiled: a page then opens at half the cost."""
    executable = find()
    if executable is None:
        pytest.fail("The browser tests need a Chromium: run `python tests/browser/install_chromium.py`, then the tests again.")
    with sync_playwright() as playwright:
        folder = tmp_path_factory.mktemp("chromium")
        context = playwright.chromium.launch_persistent_context(folder, executable_path=executable, args=ARGUMENTS, **OPTIONS)
        context.add_init_script(VIOLATIONS)
        yield context
        context.close()


PAUSE = "() => document.querySelector('[data-status=playing] [data-testid=play]')?.click()"
"""What a test leaves playing would take the processor from those after it."""


SHOWN = """() => {
  const texts = new Set();
  for (const element of document.querySelectorAll("body *")) {
    for (const node of element.childNodes) if (node.nodeType === Node.TEXT_NODE) texts.add(node.textContent.trim());
    for (const name of ["title", "aria-label", "placeholder"]) texts.add(element.getAttribute(name) ?? "");
  }
  return [...texts];
}"""
"""All the words that a page has, seen or not."""


def left(page: Page) -> list[str]:
    """The words of a page that a test is done with; one that is on its way elsewhere is asked once it is there."""
    for _ in range(10):
        try:
            page.evaluate(PAUSE)
            return list(page.evaluate(SHOWN))
        except Error:
            page.wait_for_load_state()
    return list(page.evaluate(SHOWN))


@pytest.fixture
def complaints() -> Iterator[Complaints]:
    found = Complaints()
    yield found
    assert found.unexpected == []


@pytest.fixture
def context(kept: BrowserContext, complaints: Complaints, server_url: str, server_log: TextIO) -> Iterator[BrowserContext]:
    """A browser without a past: no session, no chosen theme. What it goes on to open is closed after the test."""
    patient(kept)
    complaints.listen(kept)
    yield kept
    complaints.all += [line for line in server_log.read().splitlines() if '"level": "error"' in line]
    blank, *opened = kept.pages
    for page in opened:
        complaints.all += unfit(left(page))
        page.close()
    complaints.leave(kept)
    kept.clear_permissions()
    devtools = kept.new_cdp_session(blank)
    devtools.send("Storage.clearDataForOrigin", {"origin": server_url, "storageTypes": "cookies,local_storage,indexeddb"})
    devtools.detach()


@pytest.fixture
def stranger(kept: BrowserContext, complaints: Complaints) -> Iterator[Callable[[], BrowserContext]]:
    """A second person's browser, which shares nothing with the page."""
    contexts: list[BrowserContext] = []

    def opened() -> BrowserContext:
        assert kept.browser
        context = kept.browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
        context.add_init_script(VIOLATIONS)
        patient(context)
        complaints.listen(context)
        contexts.append(context)
        return context

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def mortal(tmp_path: Path) -> Iterator[Mortal]:
    """A server of this test's own, which it may kill."""
    warm_up()
    server = Mortal(tmp_path)
    yield server
    server.process.kill()
    server.process.wait()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


@pytest.fixture
def train(page: Page, server_url: str) -> Train:
    """The Train view of a new session, with its kernels compiled."""
    found = Train(page).open(server_url)
    found.settle(0)
    return found


@pytest.fixture(params=[ON_A_SCREEN, IN_A_HAND], ids=["screen", "phone"])
def held(request: pytest.FixtureRequest, page: Page, server_url: str) -> Held:
    found = Held(page, {size: SIZES[size] for size in request.param})
    found.open(server_url)
    found.settle(0)
    return found
