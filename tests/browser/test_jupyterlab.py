"""In a real JupyterLab: what a cell shows is the object that the notebook has in hand."""

from __future__ import annotations

import re
import socket
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from complaints import Complaints
from jupyter_lab import CannotBeHadError, Lab
from playwright.sync_api import BrowserContext, Page, expect
from test_network import open_editor, value
from train_page import Train
from waiting import until
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from engine import warm_up

pytestmark = pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="reads who listens from /proc")

FIRST = """\
import engine
from engine import RunSpec, Trainer
from server.notebook import show

def begun(seed):
    return Trainer(RunSpec.model_validate({"data": {"name": "moons"}, "network": {"layers": [{"units": 3}]}, "seed": seed}))

one, other = begun(1), begun(2)
shown = show(one)
"""
FRAME = "iframe.chainrule-frame"
GONE = "The kernel that this was shown from is gone"
LISTENS = "0A"


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    warm_up()
    try:
        begun = Lab(tmp_path_factory.mktemp("lab"))
    except CannotBeHadError as problem:
        pytest.skip(str(problem))
    yield begun
    begun.end()


@pytest.fixture
def heard() -> Complaints:
    return Complaints()


@pytest.fixture
def desk(kept: BrowserContext, heard: Complaints) -> Iterator[Page]:
    """A page for a notebook, whose complaints are Jupyter's own affair but for those of our frames."""
    assert kept.browser
    context = kept.browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    context.set_default_timeout(60_000)
    heard.listen(context)
    yield context.new_page()
    context.close()
    assert [complaint for complaint in heard.unexpected if re.search(r"/\w{30,}/\d+/", complaint)] == []


def run_cells(page: Page, address: str, count: int) -> None:
    """Open a notebook and run its first cells, one after the other."""
    page.goto(address)
    expect(page.get_by_text("| Idle")).to_be_visible()  # a cell that is run before there is a kernel is not run at all
    run_from_the_first(page, count, 0)


def run_from_the_first(page: Page, count: int, before: int) -> None:
    """So many cells, of which so many were run before, by this kernel."""
    page.locator(".jp-Notebook .jp-Cell .cm-content").first.click()
    for number in range(before + 1, before + count + 1):
        page.keyboard.press("Shift+Enter")
        expect(page.locator(".jp-InputPrompt", has_text=f"[{number}]:")).to_be_visible()


def framed(page: Page, place: int = 0) -> Train:
    """What the frame of that place shows."""
    box = page.locator(FRAME).nth(place)
    box.scroll_into_view_if_needed()
    handle = box.element_handle()
    assert handle is not None
    frame = handle.content_frame()
    assert frame is not None
    train = Train(frame)  # type: ignore[arg-type]  # all that is asked of it here a frame has, too
    expect(frame.locator("main[data-ready=true]")).to_be_visible()
    expect(frame.locator("main[data-warm=true]")).to_be_visible()
    return train


def listening(port: int) -> set[str]:
    """The addresses at which anybody on this machine listens to a port, as the system writes them."""
    found = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        if Path(table).exists():
            for line in Path(table).read_text().splitlines()[1:]:
                _, local, _, state, *_ = line.split()
                address, _, number = local.rpartition(":")
                if state == LISTENS and int(number, 16) == port:
                    found.add(address)
    return found


@pytest.mark.slow(seconds=35)
def test_a_run_is_played_and_changed_from_both_sides(lab: Lab, desk: Page) -> None:
    address = lab.write("both.ipynb", FIRST, "shown", "show(other, height=500)")
    run_cells(desk, address, 3)
    train, second = framed(desk), framed(desk, 1)
    kernel = lab.kernel("both.ipynb")
    # Played there, it plays here.
    train.play()
    train.pass_step(20)
    train.pause()
    step = train.settle()
    assert kernel.does("print(one.steps_done, other.steps_done)") == f"{step} 0"
    assert float(str(train.numbers()["train-loss"])) == float(kernel.does("print(float(one.loss('train')))"))
    # A step made in Python is on the picture.
    kernel.does("one.step(5)")
    train.settle(step + 5)
    # A weight changed in Python is on the picture …
    open_editor(train, "Enter")
    name = train.hook("weight-editor").get_attribute("aria-label") or ""
    layer, row, column = (int(found) for found in re.findall(r"[\d₁₂]+", name.translate(str.maketrans("₁₂", "12"))))
    place = f"'name': 'W{layer}', 'index': [{row - 1}, {column - 1}]"
    kernel.does(f"one.edit({{'kind': 'weight', {place}, 'value': 0.625}})")
    until(desk, lambda: value(train) == 0.625)
    assert float(str(train.numbers()["train-loss"])) == float(kernel.does("print(float(one.loss('train')))"))
    # … and the reverse.
    field = train.hook("weight-value")
    field.fill("-1.75")
    field.press("Enter")
    read = f"print(float(one.named_parameters['W{layer}'][{row - 1}, {column - 1}]))"
    until(desk, lambda: kernel.does(read) == "-1.75")
    field.press("Escape")
    # The other one is another one.
    assert second.step == 0
    second.hook("forward").click()
    second.settle(1)
    assert kernel.does("print(one.steps_done, other.steps_done)") == f"{step + 5} 1"
    assert train.step == step + 5


@pytest.mark.slow(seconds=35)
def test_nobody_else_comes_in_and_a_restarted_kernel_is_told(lab: Lab, desk: Page, heard: Complaints) -> None:
    heard.expect("ERR_")
    heard.expect("WebSocket connection")
    run_cells(desk, lab.write("restart.ipynb", FIRST, "shown"), 2)
    train = framed(desk)
    train.hook("forward").click()
    train.settle(1)
    kernel = lab.kernel("restart.ipynb")
    address = kernel.does("print(shown.address)")
    port, key = re.fullmatch(r"http://127\.0\.0\.1:(\d+)/([\w-]{30,})/\d+/.*", address).groups()  # type: ignore[union-attr]
    assert listening(int(port)) == {"0100007F"}, "this machine's own address, and no other"
    wrong = key[:-2] + ("aa" if key[-2:] != "aa" else "bb")
    for other in (f"/{wrong}/1/", "/", f"/{wrong}/1/api/catalog"):
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(f"http://127.0.0.1:{port}{other}", timeout=30)
        assert refused.value.code == 403 and "without its key" in refused.value.read().decode()
        with pytest.raises(InvalidStatus) as closed:
            connect(f"ws://127.0.0.1:{port}{other}ws")
        assert closed.value.response.status_code == 403
    # A kernel that is begun again has nothing of it, and the widget says so.
    desk.get_by_role("button", name="Restart the kernel", exact=True).click()
    desk.locator(".jp-Dialog .jp-mod-accept").click()
    expect(desk.get_by_text(GONE)).to_be_visible()
    expect(desk.locator(FRAME)).to_be_hidden()
    with pytest.raises(OSError):
        socket.create_connection(("127.0.0.1", int(port)), 5)
    expect(desk.get_by_text("| Idle")).to_be_visible()
    run_from_the_first(desk, 2, 0)
    expect(desk.get_by_text(GONE)).to_have_count(0)
    again = framed(desk)
    again.settle(0)
    again.play()
    again.pass_step(3)
    again.pause()
    assert kernel.does("print(one.steps_done)") == str(again.settle())


@pytest.mark.slow(seconds=35)
def test_a_race_by_the_proxy_and_the_launcher(lab: Lab, desk: Page) -> None:
    cells = (
        "from engine.race import Race\nfrom server.notebook import show\n"
        "race = Race({'surface': {'name': 'rosenbrock'}, 'lanes': [{'optimizer': {'name': 'adam'}}]})",
        "show(race, through='proxy')",
    )
    run_cells(desk, lab.write("race.ipynb", *cells), 2)
    frame = desk.frame_locator(FRAME)
    expect(frame.locator("main.race[data-ready=true]")).to_be_visible()
    assert f"{lab.url}/proxy/" in (desk.locator(FRAME).get_attribute("src") or "")
    frame.get_by_test_id("race-forward").click()
    expect(frame.get_by_test_id("race-step")).to_have_attribute("data-value", "1")
    kernel = lab.kernel("race.ipynb")
    assert kernel.does("print(race.step)") == "1"
    # Its tile in the launcher begins a server behind Jupyter.
    desk.goto(f"{lab.url}/lab/workspaces/launcher")
    expect(desk.locator(".jp-LauncherCard", has_text="chainrule")).to_be_visible()
    desk.goto(f"{lab.url}/chainrule/")
    expect(desk.locator("main[data-ready=true]")).to_be_visible()
