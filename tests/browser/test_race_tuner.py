"""Sliders beside the picture: a lane runs again from the start while its rate or its momentum is dragged."""

from __future__ import annotations

import json
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect
from race_page import RaceRoom
from waiting import painted

from engine.race import Race

RATE = "() => Number(document.querySelector(\"[data-lane='2'] .lane-how\").dataset.value)"


class SlowLine:
    """Between page and server: what is told while it holds, the page hears when it is let. `done`: lanes that ran again, as far
    as the page knows."""

    def __init__(self, page: Page) -> None:
        self.holding, self.done = False, 0
        self.page, self._held = page, list[str | bytes]()
        page.route_web_socket("**/ws", self._join)

    def _join(self, line: WebSocketRoute) -> None:
        self._line = line
        line.connect_to_server().on_message(self._pass)

    def _pass(self, message: str | bytes) -> None:
        if self.holding and isinstance(message, str):
            self._held.append(message)
        else:
            self._send(message)

    def _send(self, message: str | bytes) -> None:
        self._line.send(message)
        if isinstance(message, str):
            told = json.loads(message)
            self.done += told["type"] == "done" and told["command"] == "race_lane_replace"

    def until_done(self, count: int) -> None:
        self._until(lambda: self.done >= count)

    def _until(self, condition: Callable[[], object]) -> None:
        end = time.monotonic() + 20
        while not condition():
            assert time.monotonic() < end, (self.done, self._held)
            self.page.wait_for_timeout(10)

    def let(self, last: Callable[[dict[str, object]], bool]) -> None:
        """All up to the first message that is so."""
        while True:
            self._until(lambda: self._held)
            message = self._held.pop(0)
            self._send(message)
            if last(json.loads(message)):
                return

    def let_all(self) -> None:
        self.holding = False
        while self._held:
            self._send(self._held.pop(0))


HELD_PAINTING = """() => {
  const all = [], real = window.requestAnimationFrame;
  window.requestAnimationFrame = (wish) => all.push(wish);
  window.paintAgain = () => { window.requestAnimationFrame = real; all.forEach((wish) => real(wish)); };
}"""


def test_a_slider_is_never_behind_its_thumb(page: Page, server_url: str) -> None:
    """However late answers and screen are: what is shown is what was wished for last, and the next key counts from it."""
    line = SlowLine(page)
    room = RaceRoom(page).open(server_url)
    room.seek(10)
    page.locator("[data-pick='2']").click()
    tuner = page.locator("[data-part=race-tuner]")
    expect(tuner).to_have_attribute("data-of", "2")
    memory, shown = tuner.locator("input[type=range]").nth(1), tuner.locator("[name='race.tune.beta']")
    expect(shown).to_have_value("0.9")
    memory.focus()
    line.holding = True
    for _ in range(3):
        page.keyboard.press("ArrowLeft")
    line.let(lambda told: told["type"] == "race" and told["lanes"][1]["optimizer"]["beta"] == 0.89)  # the first wish alone
    painted(page)
    assert shown.input_value() == "0.87"
    line.let_all()
    line.until_done(2)  # of the first wish and of the last
    room.settle(10)
    # The answer is there, and nothing of it is painted.
    page.evaluate(HELD_PAINTING)
    line.holding = True
    page.keyboard.press("ArrowLeft")
    for _ in range(2):  # of `input` and of `change`
        line.let(lambda told: told["type"] == "done" and told["command"] == "race_lane_replace")
    page.evaluate("() => 0")  # after what it was told
    page.keyboard.press("ArrowLeft")
    line.let_all()
    page.evaluate("() => window.paintAgain()")
    line.until_done(6)
    room.settle(10)
    expect(shown).to_have_value("0.85")
    # Dragged away and back nothing is wished for, and the thumb follows what comes after.
    box = memory.bounding_box()
    assert box
    x, y = box["x"] + 7 + 0.84 * (box["width"] - 14), box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 40, y)
    page.mouse.move(x, y)
    page.mouse.up()
    room.set("race.tune.beta", "0.5")
    expect(memory).to_have_js_property("value", "50")


@pytest.mark.slow(seconds=5)
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
    painted(page)
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


@pytest.mark.looks(seconds=20, sweep=True)
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


@pytest.mark.parametrize(
    "size", [pytest.param((1280, 720), id="laptop"), pytest.param((390, 844), id="phone", marks=pytest.mark.slow(seconds=5))]
)
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


@pytest.mark.slow(seconds=6)
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
