"""Fair by default on the network: rates are tuned where a race begins, within a budget that is told; a tuning can be ended."""

from __future__ import annotations

import re

import pytest
from network_page import NetworkRoom
from playwright.sync_api import Page, expect
from train_page import Train
from waiting import becomes

from engine.race.sweep import NETWORK_RATES

RATES = """(rows) => rows.map((row) =>
  [row.querySelector(".lane-name").textContent, Number(row.querySelector(".lane-rate").dataset.value)])"""
BOUND = "({ dataset }) => [dataset.bound, dataset.value, dataset.beyond]"


def shown(room: NetworkRoom) -> dict[str, float]:
    """Every lane's rate by its name."""
    return dict(room.page.locator("[data-netlane]").evaluate_all(RATES))


def test_rates_are_tuned_told_and_chosen_anew(page: Page, server_url: str) -> None:
    room = NetworkRoom(page).open(server_url, "tuned")
    expect(room.hook("network-rates")).to_have_text("rates: 16 rates × 1 seed, 500 steps")
    room.settle(0)
    page.wait_for_function("() => new Set([...document.querySelectorAll('.lane-rate')].map((e) => e.dataset.value)).size > 1")
    assert all(rate in NETWORK_RATES for rate in shown(room).values())
    # A lane's own bound beside its rate, once it has been looked at where it stands.
    page.wait_for_function("() => document.querySelectorAll('.lane-rate[data-bound]').length > 0")
    bound, value, beyond = page.locator(".lane-rate[data-bound]").first.evaluate(BOUND)
    assert beyond == str(float(value) > float(bound)).lower() and float(bound) > 0
    # The same for all; a lane of its own; their defaults.
    field = page.locator('[name="network.lr"]')
    field.fill("0.02")
    field.press("Enter")
    expect(page.locator("[data-netrates=same]")).to_have_attribute("aria-pressed", "true")
    expect(room.hook("network-rates")).to_have_text("rates: the same η for all, 0.02")
    page.wait_for_function("() => [...document.querySelectorAll('.lane-rate')].every((each) => each.dataset.value === '0.02')")
    field.fill("-1")
    field.press("Enter")
    expect(page.locator("[data-part=network-standings]").get_by_role("alert").filter(visible=True)).to_contain_text("above 0")
    room.hook("network-add").click()
    expect(room.hook("network-rates")).to_have_text("rates set in more than one way: each lane says how")
    expect(page.locator("[data-netlane] .lane-rate").filter(has_text="· default")).to_have_count(1)
    room.rates("defaults")
    page.wait_for_function("() => [...document.querySelectorAll('.lane-rate')].every((each) => each.dataset.value === '0.01')")
    assert len(shown(room)) == 5


@pytest.mark.slow(seconds=6)
def test_a_tuning_is_ended_by_escape_and_by_its_button(page: Page, server_url: str) -> None:
    """Digits take too long to be tuned unasked."""
    train = Train(page).open(server_url)
    train.choose("digits")
    page.locator("[data-door=race]").click()
    room = NetworkRoom(page)
    room.show("network")
    expect(page.locator("[data-netlane]")).to_have_count(4)
    expect(room.hook("network-rates")).to_have_text("rates: each optimizer's default")
    before = shown(room)
    for end in (lambda: page.keyboard.press("Escape"), room.hook("network-rates-stop").click):
        page.locator("[data-netrates=tuned]").click()
        expect(room.hook("network-rates")).to_contain_text(re.compile(r"tuning lane \d of 4"))
        end()
        expect(room.hook("network-rates-stop")).to_be_hidden()
        expect(room.hook("notice")).to_contain_text("The tuning was ended before all lanes were known")
        expect(page.locator("[data-netrates=defaults]")).to_have_attribute("aria-pressed", "true")
        becomes(page, lambda: shown(room), before)
    expect(page.locator("main.network-race")).to_be_visible()
