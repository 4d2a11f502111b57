"""What the told lane's next update is made of: arrows at its head, and their numbers beside them."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from race_page import RaceRoom

from engine.race import Race
from engine.race.path.arrows import update_arrows

PICTURE = "() => document.querySelector('[data-testid=race-heads]').toDataURL()"


@pytest.mark.slow(seconds=5)
def test_gradient_memory_scale_and_step_are_told_and_drawn(page: Page, server_url: str) -> None:
    room = RaceRoom(page).open(server_url)
    room.seek(40)
    panel = page.locator("[data-part=race-components]")
    expect(panel).to_be_hidden()
    page.locator("[data-pick='6']").click()
    bare = page.evaluate(PICTURE)
    page.keyboard.press("a")
    expect(panel).to_have_attribute("data-of", "6")
    expect(panel).to_have_attribute("data-step", "40")
    spec = {"surface": "rosenbrock", "lanes": [{"optimizer": {"name": "adam", "lr": 1.0}}]}
    race = Race(spec)
    race.seek(40)
    rows = panel.locator("tbody tr")
    arrows = update_arrows(race, 1)
    expect(rows).to_have_count(len(arrows))
    for row, arrow in zip(rows.all(), arrows, strict=True):
        expect(row).to_have_attribute("data-role", arrow.role)
        for cell, value in zip(row.locator("td").all(), arrow.vector, strict=True):
            assert float(cell.get_attribute("data-value") or "nan") == value
    expect(room.hook("race-legend")).to_contain_text("thin: memory · cross: divisor")
    assert page.evaluate(PICTURE) != bare
    # Another lane, another rule: plain descent remembers nothing.
    page.locator("[data-pick='1']").click()
    expect(panel).to_have_attribute("data-of", "1")
    expect(rows).to_have_count(2)
    expect(room.hook("race-legend")).not_to_contain_text("memory")
    # At the race's end there is no next one, and that is said.
    page.keyboard.press("End")
    room.seek(1000)
    expect(room.hook("race-components-why")).to_contain_text("the race is at its end")
    page.keyboard.press("a")
    expect(panel).to_be_hidden()
