"""What the pages of earlier versions left behind opens in today's: a browser's storage, and the links that people kept."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from live_server import Live, serving
from playwright.sync_api import BrowserContext, Locator, Page, expect
from recorded import FOR_EVER, VERSIONS, Recorded
from train_page import Train

from engine import warm_up
from server.settings import Settings

LAST_DIGITS = "last digits"
"""Said wherever a run or a race was recorded under another fingerprint."""
EMPTY = "<link rel=icon href=data:,>"
STORE = """([local, session]) => {
  for (const [key, value] of Object.entries(local)) localStorage.setItem(key, value);
  for (const [key, value] of Object.entries(session)) sessionStorage.setItem(key, value);
}"""


@pytest.fixture(scope="module", params=VERSIONS)
def recorded(request: pytest.FixtureRequest) -> Recorded:
    return Recorded(request.param)


@pytest.fixture(scope="module")
def served(recorded: Recorded, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """A server that knows the sessions and experiments of then."""
    file = recorded.unfold("kept.sqlite3", tmp_path_factory.mktemp("kept") / "kept.sqlite3")
    warm_up()
    with serving(Settings(database_url=f"sqlite:///{file.as_posix()}", kept_session_expiry=FOR_EVER)) as live:
        yield live


@pytest.fixture
def visitor(served: Live, stranger: Callable[[], BrowserContext]) -> Page:
    """A page at an address of the server where nothing is shown yet."""
    page = stranger().new_page()
    empty = f"{address(served)}/empty"
    page.route(empty, lambda route: route.fulfill(content_type="text/html", body=EMPTY))
    page.goto(empty)
    return page


def address(live: Live) -> str:
    return f"http://127.0.0.1:{live.port}"


def link(live: Live, recorded: Recorded, name: str) -> str:
    return f"{address(live)}/{recorded.json('links.json')[name]}"


def settled(page: Page, recorded: Recorded, step: int, clock: str = "step") -> None:
    """Until the step of then is on the screen; on the way there the page has said whether the last digits may differ."""
    notice = page.get_by_test_id("notice")
    if not recorded.same_fingerprint:
        expect(notice).to_contain_text(LAST_DIGITS)  # it fades after a while
    expect(page.get_by_test_id(clock)).to_have_attribute("data-value", str(step))
    if clock == "step":
        Train(page).settle(step)
    if recorded.same_fingerprint:
        expect(notice).not_to_contain_text(LAST_DIGITS)


def shows(train: Train, recorded: Recorded, numbers: dict[str, Any]) -> None:
    """The losses on the screen are those that were recorded."""
    shown = {name: float(value) for name, value in train.numbers().items() if value is not None}
    wanted = {"train-loss": numbers["train_loss"], "test-loss": numbers["test_loss"], "test-accuracy": numbers["test_accuracy"]}
    recorded.agrees(shown, wanted)


def scores(numbers: dict[str, Any]) -> dict[str, Any]:
    return {f"{split}_{name}": value for split, found in numbers["scores"].items() for name, value in found.items()}


def test_what_a_browser_kept_is_there(visitor: Page, served: Live, recorded: Recorded) -> None:
    """Its session where it stood, the theme, the axis; and the experiments, which open to their numbers."""
    stored = recorded.json("storage.json")
    visitor.evaluate(STORE, [stored["local"], stored["session"]])
    experiments = [json.loads(value) for key, value in stored["local"].items() if key.startswith("chainrule.experiment.")]
    earlier, later = sorted(experiments, key=lambda entry: entry["step"])
    train = Train(visitor).open(address(served))
    settled(visitor, recorded, later["step"])
    shows(train, recorded, later["final"])
    assert visitor.evaluate("() => ({ ...sessionStorage })") == stored["session"], "the session of then"
    expect(visitor.locator("html")).to_have_attribute("data-theme", stored["local"]["chainrule.theme"])
    assert visitor.evaluate("() => localStorage.getItem('chainrule.loss-axis')") == "linear"
    expect(train.hook("loss-axis")).to_have_attribute("aria-pressed", "false")
    train.hook("experiments").click()
    listed = train.hook("experiments-list").get_by_role("listitem")
    expect(listed).to_have_count(2)
    visitor.get_by_role("button", name=f"open {earlier['name']}", exact=True).click()
    settled(visitor, recorded, earlier["step"])
    shows(train, recorded, earlier["final"])


@pytest.mark.slow(seconds=6)
def test_a_teachers_link_opens_its_run_and_hides_and_locks(visitor: Page, served: Live, recorded: Recorded) -> None:
    train = Train(visitor).open(link(served, recorded, "teacher"))
    numbers = recorded.told["link"]
    settled(visitor, recorded, numbers["step"])
    shows(train, recorded, scores(numbers))
    assert train.hook("undo").is_enabled()
    expect(visitor.locator("html")).to_have_attribute("data-projector", "")
    expect(visitor.locator("#page-settings")).to_be_hidden()
    visitor.keyboard.press("p")
    expect(train.field("data.test_fraction")).to_be_visible()
    expect(train.field("data.noise")).to_be_hidden()
    expect(visitor.locator("[data-part~=health]").first).to_be_hidden()
    rate = train.field("optimizer.lr")
    expect(rate).to_be_visible()
    assert rate.evaluate("(element) => element.inert")
    expect(visitor).to_have_url(re.compile(r"/#hide=[^&]+&lock=optimizer\.lr$"))


@pytest.mark.slow(seconds=6)
def test_a_link_opens_an_experiment_that_the_server_keeps(visitor: Page, served: Live, recorded: Recorded) -> None:
    train = Train(visitor).open(link(served, recorded, "experiment"))
    numbers = recorded.told["own_data"]["here"]
    settled(visitor, recorded, numbers["step"])
    shown = float(train.hook("train-loss").get_attribute("data-value") or "nan")
    recorded.agrees(shown, numbers["scores"]["train"]["loss"])


@pytest.mark.slow(seconds=5)
@pytest.mark.parametrize("name", ["surface", "network"])
def test_a_link_opens_a_race(visitor: Page, served: Live, recorded: Recorded, name: str) -> None:
    told = recorded.told[name]
    visitor.goto(link(served, recorded, name))
    expect(visitor.locator("main[data-ready=true]:not([hidden])")).to_be_visible()
    settled(visitor, recorded, told["where"]["step"], "race-step")
    table = told["table"]
    losses = table["loss"] if name == "surface" else table["train_loss"]
    rows = zip(table["lane"], table["step"], losses, strict=True)
    heads = {int(lane): loss for lane, step, loss in rows if step == told["where"]["step"]}
    assert len(heads) == len(told["lanes"])
    for lane, loss in heads.items():
        cell = visitor.locator(f"[data-lane='{lane}'] .lane-loss" if name == "surface" else f"[data-netloss='{lane}']")
        recorded.agrees(value_of(cell), loss, f"lane {lane}")


def value_of(cell: Locator) -> float:
    expect(cell).to_have_attribute("data-value", re.compile(r"\d"))
    return float(cell.get_attribute("data-value") or "nan")
