"""A real server and a real Chromium. Whatever the page complains about on its console, in an error or against its
content-security policy fails the test it happens in.

The page's hooks, which these tests rely on and which therefore stay:

==========================  ==================================================================================================
``data-ready``, ``-warm``   on ``main``: the page knows its run and its catalog; the engine's kernels are compiled
``data-status``             on the transport: paused, playing, seeking, finished, stopped
``data-testid``             ``start back play forward step timeline epoch rate`` (transport), ``subject theme`` (bar),
                            ``notice``, ``regions fit confusion misread curves moment`` (output), ``diagram tip scale``,
                            ``unit-scale weight-editor weight-value weight-slider followed followed-answer followed-target
                            followed-loss`` (network), ``picker follow-first futures`` (output), ``undo redo`` (transport),
                            ``health spread spread-toggle spread-layer loss-axis`` (output),
                            ``share experiments export`` (bar), ``link link-dialog experiments-dialog experiment-name
                            experiment-save experiments-list branches-list experiments-error`` (dialogs), ``compared`` (curves),
                            ``own-data own-tile draw table-file`` (gallery), ``table-dialog table-facts table-error table-faults
                            table-outcome table-train`` (dialog for a file), ``draw-plane draw-status draw-train`` (drawing),
                            ``train-loss test-loss test-accuracy`` (the three numbers), ``dataset-name seed add-layer units-N
                            activation-N formula layer-N phi-N before-N shares-N alike-N`` (settings; N a layer from 1),
                            ``more-clip more-stop more-numerics rate-now schedule-formula schedule-plot schedule-reading
                            rate-present loss-toggle loss-formula delta-formula loss-match moment-z moment-y moment-mse
                            moment-bce moment-times`` (settings), ``ribbon ribbon-reading`` (a deep network)
                            ``findings-open finder-open gradient-open findings`` (check), ``finder-dialog finder-start
                            finder-cancel finder-plot finder-facts gradient-dialog gradient-start gradient-cancel
                            gradient-verdict gradient-table gradient-reading`` (trials)
``network-…``               the Race room on the network: ``network-contour -heads -tip -centre -weight-1 -weight-2 -through
                            -corner-1 … -3 -others -plane-error -explained -away -minima -climbs`` (the plane and its words),
                            ``network-curves -standings -empty -add -editor -formula -duplicate -remove`` (lanes),
                            ``network-point -bounds -bound -verdict -look -microscope`` (a place), ``network-title -preset
                            -claim -begin -waiting -share`` (what is trained); ``data-on`` what the room shows, ``data-plane`` a
                            plane, ``data-netlane -netpick -netedit -netloss -netmap`` and ``data-off`` of a lane by its id
``study-…``                 ``study-cancel-KIND study-error-KIND``, ``data-study`` and ``-state`` of a kind, ``data-studies``
                            its door; ``seeds-count -first -steps -threshold -begin -plot -table -endings``, ``rates-on -low
                            -high -count -seeds -steps -begin -plot -table -words``, ``basins-lane -side -steps -reach -begin
                            -plot -table``, ``compass-lane -first -second -batch -begin -redraw -plot -spread -table``,
                            ``phase-lane -begin -plot -words``; ``data-seeds -best -basin -compass`` the numbers in their tables
``data-finding``            a finding by its name, ``data-evidence`` and ``data-remedy`` in it; ``data-use`` a rate suggested
``data-highlight``          on the diagram: pointed or offending, with ``data-layer`` and ``data-of`` (unit), from 1
``data-map``                a tensor's cells of relative errors, by its name
``data-value``              the exact value of a number; on ``step`` the step. The three numbers have ``data-step`` beside it
``data-dataset``            a data set's button in the gallery, by the row's name; ``data-feature`` likewise
``data-unit``               the number in a unit while a sample is followed, ``layer:unit`` counted from 0 and 1
``data-skip``, ``-mark``    on the diagram: the name of a skip, by ``from:to``; norm or dropout of a layer, by its number
``data-ready``              on the race's ``main``: the page knows its race and its surface
``race-…``                  hooks of the Race room: ``race-start -back -play -forward -timeline -step -rate`` (transport),
                            ``race-share race-export`` (bar), ``race-contour race-trails race-heads race-origin race-tip
                            race-3d race-loss`` (surface and curves; the origin is the start that is dragged),
                            ``race-preset race-claim race-surface race-surface-formula race-own-formula race-formula-error
                            race-more`` (settings), ``race-standings race-empty race-rates race-add race-editor race-formula
                            race-duplicate race-remove`` (lanes), ``race-point race-bound-formula race-verdict`` (a place)
``data-lane``               a lane's row, by its id, with ``data-rank`` and ``data-diverged``; in it ``data-pick``,
                            ``data-edit`` and ``data-loss``; ``data-fact`` a fact of a place; ``data-rates``, ``data-abscissa``,
                            ``data-look`` choices; on ``race-tip`` ``data-lane -step -x -y -loss`` of the step pointed at
``data-field``              a setting, by its dotted path in the spec; its input has the path as ``name``
                            (in the Race room ``race.…``, and of a lane ``lane.…``)
==========================  ==================================================================================================
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from install_chromium import find
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright
from train_page import Train

ROOT = Path(__file__).resolve().parents[2]
ARGUMENTS = [
    "--no-sandbox",  # containers have no user namespaces to build one of
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
SIZES = {"desk": (1440, 900), "laptop": (1280, 720), "phone": (390, 844)}
THEMES = ("light", "dark")
COLD = 300.0
"""Seconds within which every kernel is compiled where no cache is warm."""


expect.set_options(timeout=20_000)  # milliseconds: a shared machine may be slow, and a test waits only as long as it must


@pytest.fixture(scope="session")
def server_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The server as a user starts it, on a free port."""
    command = [sys.executable, "-m", "server", "--port", "0", "--no-browser"]
    database = tmp_path_factory.mktemp("data") / "kept.sqlite3"
    environment = {**os.environ, "PYTHONUNBUFFERED": "1", "CHAINRULE_DATABASE_URL": f"sqlite:///{database.as_posix()}"}
    environment["CHAINRULE_MAX_EXPERIMENT_BYTES"] = "100000"
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        said = process.stdout.readline()
        url = next((word for word in said.split() if word.startswith("http://")), None)
        assert url, f"the server said {said!r} and no address"
        wait_for_health(url, process)
        yield url
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_for_health(url: str, process: subprocess.Popen[str]) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/healthz", timeout=5) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            time.sleep(0.05)
    pytest.fail("the server did not become healthy")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    executable = find()
    if executable is None:
        pytest.fail("The browser tests need a Chromium: run `python tests/browser/install_chromium.py`, then the tests again.")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        yield chromium
        chromium.close()


class Complaints:
    """What pages complain about. `expect` names words of complaints that a test brings about itself."""

    def __init__(self) -> None:
        self.all: list[str] = []
        self._expected: list[str] = []

    def expect(self, words: str) -> None:
        self._expected.append(words)

    def listen(self, page: Page) -> None:
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.all.append(f"error: {error}"))

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.all.append(f"{message.type}: {message.text} ({message.location.get('url', '')})")

    @property
    def unexpected(self) -> list[str]:
        return [complaint for complaint in self.all if not any(words in complaint for words in self._expected)]


@pytest.fixture
def complaints() -> Iterator[Complaints]:
    found = Complaints()
    yield found
    assert found.unexpected == []


@pytest.fixture
def context(browser: Browser, complaints: Complaints) -> Iterator[BrowserContext]:
    """A browser without a past: no session, no chosen theme."""
    fresh = browser.new_context(viewport={"width": 1440, "height": 900}, color_scheme="light", reduced_motion="reduce")
    fresh.set_default_timeout(20_000)
    fresh.on("page", complaints.listen)
    yield fresh
    fresh.close()


@pytest.fixture(params=[(size, theme) for size in SIZES for theme in THEMES], ids="-".join)
def bare(request: pytest.FixtureRequest, browser: Browser, complaints: Complaints) -> Iterator[Page]:
    """A page of one size and theme, not yet opened."""
    size, theme = request.param
    width, height = SIZES[size]
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=theme, reduced_motion="reduce")
    context.set_default_timeout(20_000)
    context.on("page", complaints.listen)
    yield context.new_page()
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


@pytest.fixture
def train(page: Page, server_url: str) -> Train:
    """The Train view of a new session, with its kernels compiled."""
    found = Train(page).open(server_url, COLD)
    found.settle(0)
    return found
