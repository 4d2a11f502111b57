"""Click anywhere: a start. A stroke with the brush: many starts of one lane."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest
from playwright.sync_api import Page, WebSocketRoute, expect
from race_page import RaceRoom
from waiting import painted, until

from engine.race import Race
from engine.race.fan import fan

LIES_AT = """([x, y]) => {
  const { left, top, width, height } = document.querySelector("[data-testid=race-origin]").getBoundingClientRect();
  return Math.abs(left + width / 2 - x) < 3 && Math.abs(top + height / 2 - y) < 3;
}"""


class Between:
    """Between page and server: counts what is asked and answered of many starts, and can hold pictures back."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.asked = self.answered = self.starts = 0
        self.holding = False
        self._held: list[str | bytes] = []
        page.route_web_socket("**/ws", self._join)

    def _join(self, line: WebSocketRoute) -> None:
        self._line = line
        server = line.connect_to_server()

        def up(message: str | bytes) -> None:
            command = json.loads(message)
            if command["type"] == "race_fan":
                self.asked += 1
                self.starts = len(command["starts"])
            server.send(message)

        def down(message: str | bytes) -> None:
            if self.holding and isinstance(message, bytes):
                self._held.append(message)
                return
            line.send(message)
            self.answered += isinstance(message, str) and json.loads(message).get("command") == "race_fan"

        line.on_message(up)
        server.on_message(down)

    def rests(self) -> bool:
        """Whether all is answered, and the page, which knows so, asks for nothing more."""
        before = self.asked, self.answered
        painted(self.page)
        return before == (self.asked, self.asked) == (self.asked, self.answered)

    def let(self) -> None:
        self.holding = False
        while self._held:
            self._line.send(self._held.pop(0))


def test_a_click_is_a_start_and_a_stroke_many(page: Page, server_url: str) -> None:
    line = Between(page)
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
    room.settle(100)
    page.wait_for_function(LIES_AT, arg=[box["x"] + box["width"] * 0.6, box["y"] + box["height"] * 0.6])
    # The brush: the chosen lane from everywhere that the stroke goes.
    page.locator("[data-pick='6']").press("Enter")  # by its key: the lanes change places while the race comes to rest
    expect(page.locator("[data-part=point]")).to_have_attribute("data-of", "6")
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
    until(page, line.rests)
    count = line.starts  # all that the stroke has set
    expect(paths).to_have_attribute("data-paths", str(count))
    expect(room.hook("race-legend")).to_contain_text("starts of Adam:")
    assert origin.get_attribute("data-value") == start, "the start of all lanes stays"
    # By keys, from where the start is; and the words are the engine's counts.
    origin.focus()
    page.keyboard.press("Enter")
    expect(paths).to_have_attribute("data-paths", str(count + 1))
    expect(room.hook("race-legend")).to_have_text(re.compile(rf"^{count + 1} starts of Adam: "))
    spec = json.loads(json.dumps({"surface": "himmelblau", "start": [float(x) for x in (start or "").split(",")]}))
    race = Race(spec | {"lanes": [{"optimizer": {"name": "adam", "lr": 0.5}}]})
    lone = fan(race.spec, race.lanes[0].spec, [race.start])
    assert lone.arrived[0] >= 0 and np.isfinite(lone.points).all()
    # As far as the race stands, and anew where it goes back.
    expect(paths).to_have_attribute("data-points", str(int((lone.steps <= 100).sum())))
    room.seek(30)
    expect(paths).to_have_attribute("data-points", str(int((lone.steps <= 30).sum())))
    # Taken away again, and strokes move the plane as before.
    room.hook("race-fan-clear").click()
    expect(paths).to_have_attribute("data-paths", "0")
    expect(room.hook("race-fan-clear")).to_be_hidden()
    brush.click()
    expect(brush).to_have_attribute("aria-pressed", "false")
    expect(surface).not_to_have_class(re.compile("is-brushed"))


@pytest.mark.slow(seconds=4)
def test_starts_stay_whose_picture_comes_late(page: Page, server_url: str) -> None:
    line = Between(page)
    room = RaceRoom(page).open(server_url)
    room.settle(0)
    page.keyboard.press("b")
    expect(room.hook("race-brush")).to_have_attribute("aria-pressed", "true")
    surface, paths = page.locator(".race-surface"), room.hook("race-fan")
    width, height = surface.evaluate("({ clientWidth, clientHeight }) => [clientWidth, clientHeight]")
    surface.click(position={"x": width * 0.3, "y": height * 0.6})
    expect(paths).to_have_attribute("data-paths", "1")
    room.hook("race-fan-clear").click()
    expect(paths).to_have_attribute("data-paths", "0")
    line.holding = True
    surface.click(position={"x": width * 0.3, "y": height * 0.3})
    until(page, lambda: line.answered == 3)
    room.hook("theme").click()
    painted(page)  # with the answer, and without the picture
    line.let()
    expect(paths).to_have_attribute("data-paths", "1")
    surface.click(position={"x": width * 0.6, "y": height * 0.5})
    expect(paths).to_have_attribute("data-paths", "2")
