"""Click anywhere: a start. A stroke with the brush: many starts of one lane."""

from __future__ import annotations

import json

import numpy as np
from playwright.sync_api import Page, expect
from race_page import RaceRoom

from engine.race import Race
from engine.race.fan import fan


def test_a_click_is_a_start_and_a_stroke_many(page: Page, server_url: str) -> None:
    room = RaceRoom(page).open(server_url)
    page.locator("select[data-testid=race-surface]").select_option("himmelblau")
    room.settle(0)
    room.seek(100)
    surface = page.locator(".race-surface")
    box = surface.bounding_box()
    assert box
    origin = room.hook("race-origin")
    before = origin.get_attribute("data-value") or ""
    page.mouse.click(box["x"] + box["width"] * 0.6, box["y"] + box["height"] * 0.6)
    expect(origin).not_to_have_attribute("data-value", before)
    placed = origin.bounding_box()
    assert placed
    middle = (placed["x"] + placed["width"] / 2, placed["y"] + placed["height"] / 2)
    assert abs(middle[0] - box["x"] - box["width"] * 0.6) < 3 and abs(middle[1] - box["y"] - box["height"] * 0.6) < 3
    room.settle(100)
    # The brush: the chosen lane from everywhere that the stroke goes.
    page.locator("[data-pick='6']").press("Enter")  # by its key: the lanes change places while the race comes to rest
    brush = room.hook("race-brush")
    page.keyboard.press("b")
    expect(brush).to_have_attribute("aria-pressed", "true")
    start = origin.get_attribute("data-value")
    page.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + box["height"] * 0.3)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.7, box["y"] + box["height"] * 0.5, steps=12)
    page.mouse.up()
    paths = room.hook("race-fan")
    page.wait_for_function("() => Number(document.querySelector('[data-testid=race-fan]').dataset.paths) >= 12")
    expect(room.hook("race-legend")).to_contain_text("starts of Adam:")
    assert origin.get_attribute("data-value") == start, "the start of all lanes stays"
    # By keys, from where the start is; and the words are the engine's counts.
    count = int(paths.get_attribute("data-paths") or 0)
    origin.focus()
    page.keyboard.press("Enter")
    expect(paths).to_have_attribute("data-paths", str(count + 1))
    told = room.hook("race-legend").inner_text()
    assert told.startswith(f"{count + 1} starts of Adam: ")
    spec = json.loads(json.dumps({"surface": "himmelblau", "start": [float(x) for x in (start or "").split(",")]}))
    race = Race(spec | {"lanes": [{"optimizer": {"name": "adam", "lr": 0.5}}]})
    lone = fan(race.spec, race.lanes[0].spec, [race.start])
    assert lone.arrived[0] >= 0 and np.isfinite(lone.points).all()
    # As far as the race stands, and anew where it goes back.
    drawn = int(paths.get_attribute("data-points") or 0)
    assert drawn == int((lone.steps <= 100).sum())
    room.seek(30)
    expect(paths).to_have_attribute("data-points", str(int((lone.steps <= 30).sum())))
    # Taken away again, and strokes move the plane as before.
    room.hook("race-fan-clear").click()
    expect(paths).to_have_attribute("data-paths", "0")
    expect(room.hook("race-fan-clear")).to_be_hidden()
    brush.click()
    expect(brush).to_have_attribute("aria-pressed", "false")
    assert page.evaluate("() => document.querySelector('.race-surface').classList.contains('is-brushed')") is False
