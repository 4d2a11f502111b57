"""The race tells its story: ranked while it runs, a podium and a reason at its end, a new surface with sensible lanes."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from race_page import RaceRoom

from engine.race import Race
from engine.race.presets import PRESETS
from server.race.surface.opening import opening


def ranks(room: RaceRoom) -> list[int]:
    return [row["rank"] for row in room.lanes()]


def test_it_is_ranked_while_it_runs_and_says_why_at_its_end(page: Page, server_url: str) -> None:
    room = RaceRoom(page).open(server_url)
    room.settle()
    why = page.locator("[data-part=race-outcome]")
    expect(why).to_be_hidden()
    first = [row["id"] for row in room.lanes()]
    page.mouse.move(400, 300)
    room.speed("60/s")  # slowly until it has been seen, however late the first pictures come
    room.hook("race-play").click()
    # The order changes while it plays, and is that of the ranks whenever it does.
    page.wait_for_function(
        """(first) => {
          const rows = [...document.querySelectorAll(".lane")].map((row) => Number(row.dataset.lane));
          const status = document.querySelector("[data-part=race-transport]").dataset.status;
          return status === "playing" && String(rows) !== String(first);
        }""",
        arg=first,
    )
    room.speed("flat out")
    room.status("finished")
    room.settle(1000)
    assert ranks(room) == [1, 2, 3, 4, 5, 6]
    spec, _, threshold = opening(None, 16, 1000)
    race = Race(spec)
    race.seek(1000)
    ranked = race.standings(threshold)
    assert [row["id"] for row in room.lanes()] == [standing.id for standing in ranked]
    there = [standing for standing in ranked if standing.arrived is not None]
    for standing in ranked:
        reached = page.locator(f"[data-lane='{standing.id}'] .lane-reached")
        expect(reached).to_have_text(str(standing.arrived) if standing.arrived is not None else "–")
    expect(why).to_be_visible()
    podium = page.locator("[data-podium]")
    expect(podium).to_have_count(3)
    for row, standing in enumerate(there[:3]):
        expect(podium.nth(row)).to_have_attribute("data-podium", str(standing.id))
        expect(podium.nth(row)).to_contain_text(f"step {standing.arrived}")
    expect(room.hook("race-why-title")).to_have_text("Why momentum arrives first")
    assert (there[0].id, there[1].id) == (2, 6)
    expect(room.hook("race-why")).to_contain_text(f"at step {there[0].arrived}, Adam at step {there[1].arrived}.")
    page.keyboard.press("Home")
    room.settle(0)
    expect(why).to_be_hidden()


@pytest.mark.slow(seconds=5)
def test_a_new_surface_has_its_own_rates_and_a_preset_takes_its_lanes_with_it(page: Page, server_url: str) -> None:
    room = RaceRoom(page).open(server_url)
    room.seek(200)
    surface = page.locator("select[data-testid=race-surface]")
    surface.select_option("goldstein_price")
    room.settle(0)
    spec, _, _ = opening("goldstein_price", 16, 1000)
    for number, lane in enumerate(spec["lanes"], 1):
        page.wait_for_function(
            "([number, rate]) => Number(document.querySelector(`[data-lane='${number}'] .lane-how`)?.dataset.value) === rate",
            arg=[number, lane["optimizer"]["lr"]],
        )
    expect(page.locator("[data-rates=tuned]")).to_have_attribute("aria-pressed", "true")
    room.settle(0)
    told = {row["id"]: float(row["rate"]) for row in room.lanes()}
    assert told == {number: lane["optimizer"]["lr"] for number, lane in enumerate(spec["lanes"], 1)}
    # A guided race begins at the speed that shows it.
    room.hook("race-preset").select_option("bias_correction")
    expect(page.locator(".lane")).to_have_count(2)
    room.status("playing")
    expect(room.transport.get_by_role("radio", name="10/s")).to_have_attribute("aria-checked", "true")
    surface.select_option("booth")
    expect(page.locator(".lane")).to_have_count(6)
    expect(room.hook("race-preset")).to_have_value("")
    room.settle(0)
    names = {row["name"] for row in room.lanes()}
    assert "Adam" in names and "not corrected" not in names
    # A formula's minimum is searched for, and what came of it is said.
    surface.select_option("formula")
    expect(room.hook("race-formula-minimum")).to_contain_text("Least minimum found in the domain: f = ")
    formula = room.hook("race-own-formula")
    formula.fill("x")
    formula.press("Enter")
    minimum = room.hook("race-formula-minimum")
    expect(minimum).to_contain_text("No minimum is known in the domain: the finish is f ≤ 0.01")
    # Where it is looked for, and drawn, is the domain: four fields, one refusal.
    formula.fill("sin x")
    formula.press("Enter")
    expect(room.hook("race-formula-error")).to_contain_text("write sin(…) with brackets")
    formula.fill("x^2 - y^2 + y^4/4")
    formula.press("Enter")
    expect(minimum).to_contain_text("f = −1.00")
    page.get_by_test_id("race-equal").click()  # the panel then shows the domain and no more
    room.set("race.surface.domain.0.1", "4")
    page.wait_for_function("() => document.querySelector('.race-surface').dataset.drawn?.startsWith('-3,4,')")
    room.set("race.surface.domain.1.0", "9")
    expect(page.locator("[data-part=race-choice]")).to_contain_text("must be two ranges")
    expect(page.locator('[name="race.surface.domain.1.0"]')).to_have_value("−3")


def test_guided_races_last_no_longer_than_twenty_seconds() -> None:
    for preset in PRESETS.values():
        assert preset.kind == "seeds" or preset.steps / preset.pace <= 20.0, preset.name


@pytest.mark.slow(seconds=8)
def test_removing_a_lane_leaves_the_settings_of_another_open(page: Page, server_url: str) -> None:
    """Whose settings are opened before the answer has come."""
    room = RaceRoom(page).open(server_url)
    page.locator("[data-edit='1']").click()
    expect(room.hook("race-editor")).to_be_visible()
    page.evaluate(
        """() => {
          document.querySelector("[data-testid=race-remove]").click();
          document.querySelector("[data-edit='2']").click();
        }"""
    )
    expect(page.locator("[data-lane='1']")).to_have_count(0)
    expect(page.locator("[data-lane='2'] [data-testid=race-editor]")).to_be_visible()
    page.keyboard.press("n")
    expect(page.locator("[data-lane='7'] [data-testid=race-editor]")).to_be_visible()
