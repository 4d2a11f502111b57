"""A lane's curvature along its path: λ_max beside its limit, and its error by the directions of curvature, in a dialog."""

from __future__ import annotations

import pytest
from looks import lasting, looks_well, problems
from playwright.sync_api import Page, expect
from race_page import SIZES, RaceRoom

from engine.race import Race
from engine.race.path.components import components
from engine.race.path.sharpness import surface_sharpness

DRAWN = """(name) => {
  const place = document.querySelector(`[data-testid=${name}]`);
  return Object.fromEntries((place.data ?? []).map(({ name, x, y }) => [name, [x.length, x[x.length - 1], y[y.length - 1]]]));
}"""


@pytest.mark.slow(seconds=6)
def test_of_a_lane_that_is_chosen(page: Page, server_url: str) -> None:
    room = RaceRoom(page).open(server_url)
    room.seek(200)
    page.locator("[data-pick='2']").click()
    expect(page.locator("[data-part=point]")).to_have_attribute("data-of", "2")
    rate = float(next(row for row in room.lanes() if row["id"] == 2)["rate"])
    lane = {"name": "momentum", "lr": rate, "beta": 0.9}
    room.hook("race-curvature").click()
    dialog = room.hook("race-curvature-dialog")
    expect(dialog.get_by_role("heading", level=2)).to_have_text("momentum: curvature along the path")
    start = [float(value) for value in (room.hook("race-origin").get_attribute("data-value") or "").split(",")]
    direct = Race({"surface": "rosenbrock", "start": start, "lanes": [{"optimizer": lane}]})
    direct.seek(200)
    sharp, parts = surface_sharpness(direct, 1), components(direct, 1)
    page.wait_for_function(f"() => ({DRAWN})('race-sharpness')['λ_max']?.[1] === 200")
    drawn = page.evaluate(DRAWN, "race-sharpness")
    assert drawn["λ_max"] == [100, 200, pytest.approx(sharp.felt[-1], rel=1e-12)]
    assert drawn["stable up to"][2] == pytest.approx(3.8 / lane["lr"], rel=1e-9)
    page.wait_for_function(f"() => ({DRAWN})('race-parts')['steepest direction']?.[1] === 200")
    drawn = page.evaluate(DRAWN, "race-parts")
    assert drawn["flattest direction"][2] == pytest.approx(abs(parts.error[-1, 0]), rel=1e-9)
    assert drawn["steepest direction"][2] == pytest.approx(abs(parts.error[-1, 1]), rel=1e-9)
    expect(dialog).to_contain_text("is stable up to")
    expect(dialog).to_contain_text("On that quadratic an update multiplies the error along them by")
    assert lasting(lambda: problems(page)) == []
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    # By its key, and of a lane without a rate.
    page.keyboard.press("n")
    room.hook("race-editor").locator("[name='lane.optimizer.name']").select_option("newton")
    expect(page.locator("[data-part=point]")).to_have_attribute("data-of", "7")
    room.hook("race-editor").get_by_role("button", name="close").click()
    page.keyboard.press("v")
    expect(dialog).to_contain_text("nothing limits it")
    expect(dialog.get_by_role("heading", level=2)).to_contain_text("Newton's method")


@pytest.mark.looks(seconds=20, sweep=True)
def test_it_looks_well(page: Page, server_url: str) -> None:
    room = RaceRoom(page).open(server_url)
    room.seek(300)
    page.keyboard.press("v")
    expect(room.hook("race-curvature-dialog")).to_contain_text("is stable up to")
    looks_well(page, "dialog[open]", sizes=SIZES)
