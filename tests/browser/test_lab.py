"""The lab in the page: each experiment is opened, runs to its end, is ended, changed, taken along, linked; none is listed here,
all are rows."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable

import pytest
from complaints import Complaints
from lab_page import Lab
from looks import looks_well
from playwright.sync_api import BrowserContext, Page, Route, expect
from train_page import Train
from waiting import answered_here

from engine.lab import EXPERIMENTS, carried_out
from engine.lab.charts import Chart
from engine.lab.experiment import chosen

ROWS = {name: row.as_json() for name, row in EXPERIMENTS.items()}
FIRST, *OTHERS = EXPERIMENTS


def _updates(name: str) -> int:
    row = EXPERIMENTS[name]
    return row.updates(None, chosen(row, {}))


LONGEST = max(EXPERIMENTS, key=lambda name: 0 if EXPERIMENTS[name].on_run else _updates(name))
"""The experiment with most to do, so that there is time to end it."""
COUNTED = "memory"
"""An experiment that counts and times nothing: the same twice."""
LIGHT = "modes"
"""One that is soon done."""
ADDRESS = "() => location.href"
NO_EXPERIMENT = re.compile(r"^(?!.*\blab=)")
BIGGEST = """() => {
  const { width, height } = document.querySelector(".lab-plot").getBoundingClientRect();
  return height >= 320 && width >= 600;
}"""
"""While presenting, the picture is the biggest thing."""
EACH = [FIRST, *(pytest.param(name, marks=pytest.mark.slow(seconds=40)) for name in OTHERS)]


@pytest.fixture
def lab(train: Train) -> Lab:
    return Lab(train.page).enter()


def test_the_gallery_has_a_card_for_every_row(lab: Lab) -> None:
    page = lab.page
    told = page.request.get(page.url.split("#")[0] + "api/lab").json()["experiments"]
    cards = page.locator(".lab-card").evaluate_all("(cards) => cards.map((card) => card.dataset.experiment)")
    assert sorted(cards) == sorted(row["name"] for row in told) == sorted(EXPERIMENTS)
    for row in told:
        expect(lab.card(row["name"])).to_contain_text(row["title"])
        expect(lab.card(row["name"]).locator("svg")).to_be_visible()
        expect(lab.card(row["name"]).locator("svg > *")).not_to_have_count(0)  # a picture of its own
    # Arrows walk the cards, Enter opens one, and Escape leads back to it.
    lab.card(cards[0]).focus()
    page.keyboard.press("ArrowRight")
    expect(lab.card(cards[1])).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(lab.card(cards[1])).not_to_be_focused()
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    lab.done()
    page.keyboard.press("Escape")
    lab.in_gallery()
    expect(lab.card(cards[0])).to_be_focused()
    expect(lab.card(cards[0])).to_contain_text("has run")


@pytest.mark.parametrize("name", EACH)
def test_an_experiment_runs_to_its_end_is_changed_and_taken_along(lab: Lab, name: str) -> None:
    row = ROWS[name]
    lab.open(name).done()
    expect(lab.hook("lab-title")).to_have_text(row["title"])
    expect(lab.hook("lab-why")).not_to_be_empty()
    expect(lab.hook("lab-status")).to_contain_text("Done in")
    # What is taken along has the table's numbers, a page of its own, a picture.
    table = list(csv.reader(io.StringIO(lab.export("CSV").read_text(encoding="utf-8"))))
    shown = lab.hook("lab-table").locator("tbody tr").count()
    assert len(table) - 1 >= shown > 0 or shown == 200
    page = lab.export("HTML").read_text(encoding="utf-8")
    assert "Plotly.newPlot" in page and row["title"] in page
    png = lab.export("PNG").read_bytes()
    assert png[:8] == b"\x89PNG\r\n\x1a\n" and len(png) > 20_000
    # A changed choice begins it again; what was seen stays until there is something new, and the address tells of it.
    parameter, number = row["parameters"][0], lab.number
    lab.change(parameter)
    lab.begun_after(number)
    expect(lab.stage).to_have_attribute("data-found", "true")
    expect(lab.page).to_have_url(re.compile(rf"[#&]lab={name}&x={parameter['name']}:"))
    lab.done()


@pytest.mark.parametrize(
    "name", [LONGEST, *(pytest.param(n, marks=pytest.mark.slow(seconds=20)) for n in EXPERIMENTS if n != LONGEST)]
)
def test_an_experiment_is_ended_half_way(lab: Lab, name: str) -> None:
    page = lab.page
    lab.open(name)
    lab.until("running", "done")
    page.keyboard.press("Escape")
    if name != LONGEST:  # it may be there before anybody can end it; then Escape leads back
        page.wait_for_function("() => document.querySelector('[data-testid=lab-stage]').dataset.status !== 'running'")
        return
    lab.until("cancelled")
    expect(lab.hook("lab-status")).to_contain_text("It was ended at")
    expect(lab.hook("lab-cancel")).to_be_hidden()
    number = lab.number
    lab.hook("lab-run").click()
    lab.begun_after(number)
    expect(lab.hook("lab-progress")).to_be_visible()
    expect(lab.stage).to_have_attribute("data-found", "true")  # the first is there while it runs
    lab.hook("lab-cancel").click()
    lab.until("cancelled")
    page.keyboard.press("Escape")
    lab.in_gallery()


def test_what_is_drawn_is_what_the_engine_found(lab: Lab) -> None:
    """Bit for bit: a frame has the doubles, and nothing is made of them on the way to Plotly."""
    charts = [figure for figure in carried_out(EXPERIMENTS[COUNTED]).figures if isinstance(figure, Chart)]
    lab.open(COUNTED).done()
    drawn = [[trace["x"], trace["y"]] for plot in lab.figures() for trace in plot]
    assert charts and all([each.x.tolist(), each.y.tolist()] in drawn for chart in charts for each in chart.series)


@pytest.mark.slow(seconds=4)
def test_choices_are_refused_at_their_control_and_in_a_drawer_where_there_is_no_room(lab: Lab) -> None:
    name, parameter = next(
        (row["name"], each)
        for row in ROWS.values()
        for each in row["parameters"]
        if each["kind"] in ("int", "float") and each["maximum"] is not None and not row["on_run"]
    )
    lab.open(name).done()
    number, field = lab.number, lab.field(parameter["name"])
    before = field.locator("input[type=text]").input_value()
    field.locator("input[type=text]").fill(str(parameter["maximum"] * 2 + 1))
    field.locator("input[type=text]").press("Enter")
    expect(field.locator(".field-error")).to_contain_text("must be")
    expect(field.locator("input[type=text]")).to_have_value(before)
    expect(lab.stage).to_have_attribute("data-status", "done")  # what there is stays
    assert lab.number == number
    field.locator("input[type=text]").fill("much")
    field.locator("input[type=text]").press("Enter")
    expect(field.locator(".field-error")).to_contain_text("is not a number")
    lab.hook("lab-run").click()
    lab.begun_after(number)
    expect(field.locator(".field-error")).to_be_hidden()
    lab.done()
    # Where there is no room for them, choices are a drawer.
    page = lab.page
    page.set_viewport_size({"width": 390, "height": 844})
    expect(lab.hook("lab-choices")).to_be_hidden()
    lab.hook("lab-drawer").click()
    expect(lab.hook("lab-choices")).to_be_visible()
    expect(lab.hook("lab-drawer")).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Escape")
    expect(lab.hook("lab-choices")).to_be_hidden()
    expect(lab.stage).to_be_visible()
    page.set_viewport_size({"width": 1280, "height": 720})
    page.keyboard.press("p")
    expect(lab.hook("lab-drawer")).to_be_visible()
    page.wait_for_function(BIGGEST)
    page.keyboard.press("p")
    expect(lab.hook("lab-choices")).to_be_visible()


@pytest.mark.slow(seconds=5)
def test_an_experiment_has_a_place_in_the_history_and_a_link(lab: Lab, server_url: str) -> None:
    page = lab.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    parameter = ROWS[LIGHT]["parameters"][0]
    lab.open(LIGHT).done()
    number = lab.number
    lab.change(parameter)
    lab.begun_after(number)
    lab.done()
    address = str(page.evaluate(ADDRESS))
    assert f"lab={LIGHT}" in address and f"x={parameter['name']}:" in address
    page.go_back()
    lab.in_gallery()
    expect(page).to_have_url(NO_EXPERIMENT)
    page.go_forward()
    expect(lab.stage).to_be_visible()
    lab.done()
    expect(page).to_have_url(address)
    assert lab.number == number + 1  # it was there still
    # Another room, and back by the browser; loaded anew, it is the same experiment of the same session.
    page.locator("[data-door=train]").click()
    expect(page.locator("main.train")).to_be_visible()
    expect(page).to_have_url(NO_EXPERIMENT)
    page.go_back()
    expect(lab.stage).to_be_visible()
    expect(page).to_have_url(address)
    page.reload()
    lab.done()
    assert lab.number == number + 1
    lab.hook("lab-share").click()
    expect(lab.hook("notice")).to_contain_text("The link is copied")
    link = page.evaluate("() => navigator.clipboard.readText()")
    other = Lab(page.context.new_page())
    other.page.goto(link)
    other.done()
    expect(other.stage).to_have_attribute("data-experiment", LIGHT)
    expect(other.page).to_have_url(re.compile(rf"x={parameter['name']}:[^&]+"))
    # Pressed by keys: again, and Escape to the gallery, which the link had not come from.
    number = other.number
    other.page.keyboard.press("r")
    other.begun_after(number)
    other.done()
    other.page.keyboard.press("Escape")
    other.in_gallery()


@pytest.mark.slow(seconds=3)
def test_a_link_to_what_there_is_not_leads_to_the_gallery(page: Page, server_url: str) -> None:
    page.goto(f"{server_url}/#view=lab&lab=alchemy")
    lab = Lab(page)
    lab.in_gallery()
    expect(lab.hook("notice")).to_contain_text("no experiment named alchemy")
    page.goto("about:blank")
    page.goto(f"{server_url}/#view=lab&lab={FIRST}&x=nothing:1")
    expect(lab.stage).to_be_visible()
    expect(lab.hook("lab-status")).to_contain_text("no such choice")
    lab.hook("lab-run").click()
    lab.done()


@pytest.mark.slow(seconds=3)
def test_experiments_that_cannot_be_loaded_can_be_tried_again(train: Train, complaints: Complaints) -> None:
    page = train.page
    complaints.expect("503")

    def fails(route: Route) -> None:
        route.fulfill(status=503, body="")

    answered_here(page, "**/api/lab", fails)
    page.locator("[data-door=lab]").click()
    lab = Lab(page)
    expect(lab.hook("lab")).to_contain_text("could not be loaded: the server answered 503")
    page.unroute("**/api/lab", fails)
    lab.hook("lab-again").click()
    lab.in_gallery()


@pytest.mark.slow(seconds=12)
def test_an_experiment_about_the_run_takes_it_as_it_stands(train: Train, stranger: Callable[[], BrowserContext]) -> None:
    """And its link brings the run along."""
    page = train.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    name = next(name for name, row in EXPERIMENTS.items() if row.on_run)
    for _ in range(3):
        train.hook("forward").click()
    train.settle(3)
    lab = Lab(page).enter()
    lab.open(name).done()
    expect(lab.hook("lab-about")).to_contain_text("as it stood after update 3")
    lab.hook("lab-share").click()
    expect(lab.hook("notice")).to_contain_text("The link is copied")
    link = page.evaluate("() => navigator.clipboard.readText()")
    assert "s=" in link
    other = Lab(stranger().new_page())
    other.page.goto(link)
    other.done()
    expect(other.hook("lab-about")).to_contain_text("as it stood after update 3")


@pytest.mark.looks(seconds=40, sweep=True)
def test_the_lab_looks_well(lab: Lab) -> None:
    looks_well(lab.page, what="gallery")
    lab.open(FIRST).done()
    looks_well(lab.page, what=FIRST)


@pytest.mark.looks(seconds=60, sweep=True)
@pytest.mark.parametrize("name", OTHERS)
def test_every_experiment_looks_well(lab: Lab, name: str) -> None:
    lab.open(name).done()
    looks_well(lab.page, what=name)
