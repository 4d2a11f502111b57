"""A real server and a real Chromium. Whatever the page complains about on its console, in an error or against its
content-security policy fails the test it happens in.

How to keep these tests few, fast and steady:

- A page that opens costs seconds, a click a tenth of one. Open one (fixture `train`, or `page` where something must be done
  before) and lead it through all that is to be seen; use a parameter only where a fresh page is the point.
- How a state looks is asked by `looks_well(page)` of looks.py, which leads the page through sizes and themes by itself.
- Wait for what is on the screen (`settle`, `expect`), never for time.
- Pause what plays before the test ends.

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
                            ``examples examples-dialog examples-back graph-dialog graph graph-text graph-read graph-next
                            graph-caption graph-error take take-dialog take-copy take-latex take-sheet take-json taken``
                            (Step: its tools), ``next-step right right-check right-error right-entries change-linear
                            change-predicted change-actual hide hide-next questions judged score dont-know reveal samples
                            contributions chain-mean chain-penalty chain-penalized chain-clipped anatomy wrong wrong-switch
                            factors factor-list factors-value``, ``samples- anatomy- factors-`` with ``name row column``
                            (Step: its panels)
``data-panel``, ``-state``  a panel's tab by its name; of what a panel shows: empty, loading, done, old, refused, failed
``data-question``           a number asked for, with its ``data-stage``; ``data-sign`` on the buttons of the first
``data-quantity``           of an optimizer's anatomy, by its name; ``data-entry`` of the wrong way, ``W1:0,1`` from 0
``data-example``, ``graph`` a ready run, an expression, by its name; in the graph ``data-node``, ``-adjoint``, ``-edge``
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
                            ``step-room step-title step-where step-why step-absent step-state strip step-sample notation depths
                            where-am-i rule symbols symbol-words matrices results written written-what written-symbols
                            written-numbers outcome terms term-count flow flow-caption unit-search-N step-panels`` (Step; N a
                            layer from 0), ``step-start step-back step-play step-forward pace loop step-update step-loss
                            step-sample-loss`` (its transport)
``data-micro``, ``-update`` on ``step-room``: what is painted, with ``data-depth``, ``-notation`` and ``-sample``; from 0. On a
                            chip of the strip its micro-step
``data-at``                 an entry in matrices and equation, ``name:row:column``; ``data-term`` a term, ``data-result`` what
                            is made, ``data-panel`` a panel's tab. In ``flow`` a unit is ``data-unit``; all from 0
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
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from install_chromium import find
from looks import SIZES, looks_well
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright
from train_page import Train

from engine import warm_up

ROOT = Path(__file__).resolve().parents[2]
ARGUMENTS = [
    "--no-sandbox",  # containers have no user namespaces to build one of
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
OPTIONS = {"viewport": {"width": 1440, "height": 900}, "color_scheme": "light", "reduced_motion": "reduce"}


expect.set_options(timeout=20_000)  # milliseconds: a shared machine may be slow, and a test waits only as long as it must


@pytest.fixture(scope="session")
def server_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The server as a user starts it, on a free port, with kernels that are compiled: no test waits for that."""
    warm_up()
    command = [sys.executable, "-m", "server", "--port", "0", "--no-browser"]
    database = tmp_path_factory.mktemp("data") / "kept.sqlite3"
    environment = {**os.environ, "PYTHONUNBUFFERED": "1", "CHAINRULE_DATABASE_URL": f"sqlite:///{database.as_posix()}"}
    environment["CHAINRULE_MAX_EXPERIMENT_BYTES"] = "100000"
    environment["CHAINRULE_MAX_SESSIONS"] = "10000"  # a page each: more in a minute than a class opens
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
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrowserContext]:
    """One Chromium with a folder of its own, in which it keeps scripts as compiled: a page then opens at half the cost."""
    executable = find()
    if executable is None:
        pytest.fail("The browser tests need a Chromium: run `python tests/browser/install_chromium.py`, then the tests again.")
    with sync_playwright() as playwright:
        folder = tmp_path_factory.mktemp("chromium")
        context = playwright.chromium.launch_persistent_context(folder, executable_path=executable, args=ARGUMENTS, **OPTIONS)
        yield context
        context.close()


@pytest.fixture
def browser(kept: BrowserContext) -> Browser:
    """For a test that needs a second person's browser: `new_context` shares nothing with the page."""
    assert kept.browser
    return kept.browser


PAUSE = "() => document.querySelector('[data-status=playing] [data-testid=play]')?.click()"
"""What a test leaves playing would take the processor from those after it."""


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
def context(kept: BrowserContext, complaints: Complaints, server_url: str) -> Iterator[BrowserContext]:
    """A browser without a past: no session, no chosen theme. What it goes on to open is closed after the test."""
    kept.set_default_timeout(20_000)
    kept.on("page", complaints.listen)
    yield kept
    kept.remove_listener("page", complaints.listen)
    blank, *opened = kept.pages
    for page in opened:
        page.evaluate(PAUSE)
        page.close()
    kept.clear_permissions()
    devtools = kept.new_cdp_session(blank)
    devtools.send("Storage.clearDataForOrigin", {"origin": server_url, "storageTypes": "cookies,local_storage,indexeddb"})
    devtools.detach()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


@pytest.fixture
def train(page: Page, server_url: str) -> Train:
    """The Train view of a new session, with its kernels compiled."""
    found = Train(page).open(server_url)
    found.settle(0)
    return found


class Held(Train):
    """A Train view on a screen or in a hand, and how it looks there. For what a person must be able to get to on either; for
    looks alone a page led through all sizes will do."""

    def __init__(self, page: Page, sizes: dict[str, tuple[int, int]]) -> None:
        super().__init__(page)
        self.sizes = sizes
        width, height = next(iter(sizes.values()))
        page.set_viewport_size({"width": width, "height": height})

    def looks_well(self, within: str | None = None, what: str = "", places: Sequence[str] = ()) -> None:
        looks_well(self.page, within, what, self.sizes, places)


@pytest.fixture(params=[("desk", "laptop"), ("phone",)], ids=["screen", "phone"])
def held(request: pytest.FixtureRequest, page: Page, server_url: str) -> Held:
    found = Held(page, {size: SIZES[size] for size in request.param})
    found.open(server_url)
    found.settle(0)
    return found
