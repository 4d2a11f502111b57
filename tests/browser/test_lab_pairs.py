"""Views of the lab with several charts in one place: words change between them, by a click and by arrows; and a batch size's
run goes on in Train."""

from __future__ import annotations

import pytest
from lab_page import Lab
from playwright.sync_api import Locator, Page, expect
from train_page import Train
from waiting import becomes


def begun(page: Page, server_url: str, name: str, choices: str) -> Lab:
    page.goto(f"{server_url}/#view=lab&lab={name}&x={choices}")
    return Lab(page).done()


def chosen(place: Locator, figure: str, title: str) -> None:
    """It is marked as chosen and its chart is drawn, the others are not."""
    expect(place.get_by_role("radio", checked=True)).to_have_count(1)
    expect(place.locator(f"[data-figure='{figure}']")).to_have_attribute("aria-checked", "true")
    expect(place.locator(".lab-figure-title")).to_have_text(title)
    expect(place.locator(".js-plotly-plot")).to_be_visible()
    expect(place.locator(".lab-empty")).to_be_hidden()


def test_the_race_is_shown_by_passes_by_time_and_as_it_was_tuned(page: Page, server_url: str) -> None:
    lab = begun(page, server_url, "evolution", "pairs:5,budget:300,seeds:2,draws:3")
    place = lab.hook("lab-switched-evaluations")
    chosen(place, "evaluations", "Train loss by forward passes")
    place.locator("[data-figure=time]").click()
    chosen(place, "time", "Train loss by time")
    page.keyboard.press("ArrowRight")
    chosen(place, "tuning", "Tuning: loss at the budget's end by rate")
    expect(place.locator("[data-figure=tuning]")).to_be_focused()
    page.keyboard.press("ArrowRight")
    chosen(place, "evaluations", "Train loss by forward passes")
    page.keyboard.press("ArrowLeft")
    chosen(place, "tuning", "Tuning: loss at the budget's end by rate")
    expect(lab.hook("evolution").get_by_text("Cosine with the gradient")).to_be_visible()


@pytest.mark.slow(seconds=3)
def test_a_batch_sizes_run_is_opened_with_its_tuned_rate(page: Page, server_url: str) -> None:
    lab = begun(page, server_url, "batch", "budget:300,seeds:1,finish:0.7")
    place = lab.hook("lab-switched-updates")
    place.locator("[data-figure=time]").click()
    chosen(place, "time", place.locator(".lab-figure-title").inner_text())
    expect(place.locator(".lab-figure-title")).to_contain_text("Time to a train loss of")
    row = lab.hook("lab-table").locator("tbody tr", has=page.get_by_role("rowheader", name="64", exact=True))
    rate = float(row.locator("td").nth(4).inner_text())
    lab.hook("batch-runs").get_by_role("button", name="Train at batch size 64 ").click()
    expect(page.locator("[data-door=train]")).to_have_attribute("aria-current", "page")
    train = Train(page)
    expect(train.field("batch_size")).to_contain_text("64")
    becomes(page, lambda: float(train.input("optimizer.lr").input_value() or "nan"), pytest.approx(rate))


def test_what_is_not_measured_yet_is_said_so(page: Page, server_url: str) -> None:
    page.goto(f"{server_url}/#view=lab&lab=batch&x=budget:10000,seeds:9")
    lab = Lab(page)
    lab.until("running")
    expect(lab.stage).to_have_attribute("data-found", "true")
    place = lab.hook("lab-switched-speed")
    place.locator("[data-figure=products]").click()
    expect(place.locator(".lab-empty")).to_have_text("Not measured yet.")
    expect(lab.hook("batch-runs")).to_have_text("Each size's run can be opened once all are measured.")
    lab.hook("lab-cancel").click()
    lab.until("cancelled")
