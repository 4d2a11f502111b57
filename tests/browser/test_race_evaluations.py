"""The losses over gradient evaluations: an optimizer's one an update, a line search's as many as it asked for."""

from __future__ import annotations

from playwright.sync_api import Page, expect
from race_page import RaceRoom

from engine.race import Race

ENDS = """() => {
  const plot = [...document.querySelectorAll(".race-loss *")].find((each) => each.data?.length && each.layout);
  return plot ? Object.fromEntries(plot.data.filter(({ name, x }) => name && x?.length > 1)
    .map(({ name, x, y }) => [name, [x[x.length - 1], x.length]])) : {};
}"""


def test_a_curve_goes_as_far_as_its_lane_has_evaluated(page: Page, server_url: str) -> None:
    room = RaceRoom(page).open(server_url)
    page.keyboard.press("n")
    room.hook("race-editor").locator("[name='lane.optimizer.name']").select_option("lbfgs")
    expect(page.locator("[data-lane='7'] .lane-how")).to_contain_text("no rate")
    room.seek(80)
    start = [float(value) for value in (room.hook("race-origin").get_attribute("data-value") or "").split(",")]
    direct = Race({"surface": "rosenbrock", "start": start, "lanes": [{"optimizer": {"name": "lbfgs"}}]})
    direct.seek(80)
    counts = direct.evaluations(1)[:, 1]
    assert 40 < counts[-1] < 60, "at rest before the others are through"
    page.wait_for_function(f"() => ({ENDS})()['L-BFGS']?.[0] === 80")
    page.locator("[data-abscissa=evaluations]").click()
    page.wait_for_function(f"(end) => ({ENDS})()['L-BFGS']?.[0] === end", arg=int(counts[-1]))
    drawn = page.evaluate(ENDS)
    assert drawn["Adam"] == drawn["momentum"] == [80, 81] and drawn["L-BFGS"][1] == 81
