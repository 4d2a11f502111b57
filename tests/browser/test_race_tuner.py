"""Sliders beside the picture: a lane runs again from the start while its rate or its momentum is dragged."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from race_page import RaceRoom

from engine.race import Race

RATE = "() => Number(document.querySelector(\"[data-lane='2'] .lane-how\").dataset.value)"


@pytest.mark.slow(seconds=8)
def test_a_lanes_rate_and_momentum_are_dragged(page: Page, server_url: str) -> None:
    room = RaceRoom(page).open(server_url)
    room.seek(400)
    page.locator("[data-pick='2']").click()
    tuner = page.locator("[data-part=race-tuner]")
    expect(tuner).to_have_attribute("data-of", "2")
    expect(tuner.get_by_role("heading")).to_have_text("Tune momentum")
    rate = tuner.locator("input[type=range]").first
    memory = tuner.locator("input[type=range]").nth(1)
    rate.scroll_into_view_if_needed()
    box = rate.bounding_box()
    assert box
    y = box["y"] + box["height"] / 2
    before = page.evaluate(RATE)
    page.mouse.move(box["x"] + box["width"] * 0.48, y)
    page.mouse.down()
    for hundredth in range(48, 30, -2):
        page.mouse.move(box["x"] + box["width"] * hundredth / 100, y)
    # It follows while the finger is down, and the thumb stays below it.
    page.wait_for_function(f"(before) => ({RATE})() < before / 5", arg=before)
    page.mouse.up()
    typed = float(tuner.locator("[name='race.tune.lr']").input_value())
    page.wait_for_function(f"(typed) => ({RATE})() === typed", arg=typed)
    # By keys, too; the momentum of this lane alone.
    memory.focus()
    for _ in range(5):
        page.keyboard.press("ArrowLeft")
    expect(tuner.locator("[name='race.tune.beta']")).to_have_value("0.85")
    room.settle(400)
    direct = Race({"surface": "rosenbrock", "lanes": [{"optimizer": {"name": "momentum", "lr": typed, "beta": 0.85}}]})
    direct.seek(400)
    page.wait_for_function(
        "(loss) => Number(document.querySelector(\"[data-lane='2'] .lane-loss\").dataset.value) === loss",
        arg=float(direct.losses(1)[-1]),
    )
    # The bound of the place where it stands is marked on the slider, and says what it is.
    page.wait_for_function(
        """() => {
          const mark = document.querySelector("[data-part=race-tuner] .slider-mark");
          const bound = document.querySelector("[data-fact=bound]");
          return mark.dataset.value === bound.dataset.value && mark.title.endsWith(Number(bound.dataset.value).toPrecision(3));
        }"""
    )
    # What cannot be is refused at the field, and the old value is back.
    room.set("race.tune.beta", "1.5")
    expect(tuner.locator(".field-error").nth(1)).to_be_visible()
    expect(tuner.locator("[name='race.tune.beta']")).to_have_value("0.85")


@pytest.mark.looks(seconds=20)
def test_it_looks_well(page: Page, server_url: str) -> None:
    room = RaceRoom(page).open(server_url)
    room.seek(1000)
    expect(page.locator("[data-part=race-outcome]")).to_be_visible()
    room.looks_well("the end of a race")
    page.locator("select[data-testid=race-surface]").select_option("formula")
    expect(room.hook("race-own-formula")).to_be_visible()
    room.looks_well("a formula")


BOXES = """() => {
  const all = [...document.querySelectorAll(".race-domain :is(label, input)")].map((each) => each.getBoundingClientRect());
  const drawn = all.filter(({ width, height }) => width > 0 && height > 0);
  return drawn.length === 8 && drawn.map(({ x, y, width, height }) => ({ x, y, width, height }));
}"""


@pytest.mark.parametrize("size", [(1280, 720), (390, 844)], ids=["laptop", "phone"])
def test_edges_of_a_domain_are_apart(page: Page, server_url: str, size: tuple[int, int]) -> None:
    room = RaceRoom(page).open(server_url)
    page.locator("select[data-testid=race-surface]").select_option("formula")
    expect(room.hook("race-own-formula")).to_be_attached()
    page.set_viewport_size({"width": size[0], "height": size[1]})
    tabs = page.locator(".race .race-tabs [role=tab]").filter(visible=True)
    if tabs.count():
        tabs.last.click()
    fields = page.locator(".race-domain .field")
    expect(fields).to_have_count(4)
    boxes = page.wait_for_function(BOXES).json_value()  # all at one time: they are drawn anew with the formula's first answer
    for i, one in enumerate(boxes):
        assert one["x"] >= 0 and one["x"] + one["width"] <= size[0] + 0.5
        for other in boxes[:i]:
            aside = min(one["x"] + one["width"], other["x"] + other["width"]) - max(one["x"], other["x"])
            below = min(one["y"] + one["height"], other["y"] + other["height"]) - max(one["y"], other["y"])
            assert aside <= 0.5 or below <= 0.5, f"{one} and {other} overlap"


def test_a_lane_that_finds_its_own_steps(page: Page, server_url: str) -> None:
    room = RaceRoom(page).open(server_url)
    page.keyboard.press("n")
    lane = page.locator("[data-lane='7']")
    editor = room.hook("race-editor")
    expect(editor).to_be_visible()
    choice = editor.locator("[name='lane.optimizer.name']")
    for name, parameter in (("newton", None), ("line_search", "c2"), ("lbfgs", "history")):
        choice.select_option(name)
        expect(lane.locator(".lane-how")).to_contain_text("no rate · 0 gradients so far")
        expect(editor.locator("[name='lane.optimizer.dialect']")).to_have_count(0)
        if parameter:
            expect(editor.locator(f"[data-field='lane.optimizer.{parameter}']")).to_be_visible()
    room.seek(40)
    direct = Race({"surface": "rosenbrock", "lanes": [{"optimizer": {"name": "lbfgs"}}]})
    direct.seek(40)
    standing = direct.standings()[0]
    expect(lane).to_have_attribute("data-evaluations", str(standing.evaluations))
    assert standing.evaluations > 40
    expect(lane.locator(".lane-reached")).to_have_text(str(standing.arrived))
    expect(page.locator("[data-part=race-tuner]")).to_be_hidden()
    expect(page.locator("[data-fact=rate]")).to_have_text("–")
    expect(page.locator("[data-part=race-outcome]")).to_contain_text("L-BFGS arrives")
    # Its next update is no optimizer's: that is said, and noise, which it cannot bear, is refused.
    room.hook("race-more").locator("summary").click()
    room.set("race.noise", "0.5")
    expect(page.locator("[data-field='race.noise'] .field-error")).to_contain_text("exact")
    # Back to an optimizer, with its rate.
    choice.select_option("adam")
    expect(lane.locator(".lane-how")).to_contain_text("η 0.01")
