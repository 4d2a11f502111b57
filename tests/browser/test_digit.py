"""A digit is drawn, by mouse, finger and keys, and read while it is drawn; drawn ones join the data."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
from looks import looks_well
from playwright.sync_api import Page, expect
from train_page import Train

from engine.rows.datasets import DATASETS

RING = [(0.5 + 0.26 * math.sin(turn), 0.5 - 0.38 * math.cos(turn)) for turn in np.linspace(0, 2 * math.pi, 33)]
SEVEN = [(0.25, 0.15), (0.75, 0.15), (0.45, 0.9)]
PICTURE = """async ([strokes, fit]) => {
  const { brought, picture } = await import("/src/train/digit/ink.js");
  return picture(fit ? brought(strokes) : strokes);
}"""


class Pad:
    """The pad, by shares of its width and height."""

    def __init__(self, train: Train) -> None:
        self.train, self.canvas = train, train.hook("digit-pad")

    def open(self) -> Pad:
        self.train.hook("draw-digit").focus()
        self.train.page.keyboard.press("Enter")
        expect(self.canvas).to_be_focused()
        return self

    def draw(self, stroke: list[tuple[float, float]]) -> None:
        box, mouse = self.canvas.bounding_box(), self.train.page.mouse
        assert box is not None
        for i, (x, y) in enumerate(stroke):
            mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"], steps=6)
            if i == 0:
                mouse.down()
        mouse.up()

    def read(self, name: str) -> None:
        expect(self.train.hook("digit-answer")).to_have_attribute("data-value", name)

    def outputs(self) -> list[float]:
        """As the bars show them."""
        values = self.train.hook("digit-bars").locator("li").evaluate_all("(bars) => bars.map((bar) => bar.dataset.value)")
        return [float(value) for value in values]


@pytest.fixture
def pad(train: Train) -> Pad:
    """The pad of a run that is not trained yet."""
    train.choose("digits")
    return Pad(train).open()


def test_a_digit_is_read_while_it_is_drawn(train: Train, page: Page) -> None:
    train.choose("digits")
    train.layers(32, activation="relu")
    train.speed("flat out")
    train.play()
    train.reach("test-accuracy", 0.95)
    train.pause()
    train.settle()
    pad = Pad(train).open()
    expect(train.hook("digit-answer")).to_contain_text("Draw a digit")
    expect(train.hook("confusion")).to_be_hidden()
    box = pad.canvas.bounding_box()
    assert box is not None
    # Read before the button is let go.
    page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 0.12 * box["height"])
    page.mouse.down()
    for x, y in RING:
        page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"])
    pad.read("0")
    page.mouse.up()
    outputs = pad.outputs()
    assert sum(outputs) == pytest.approx(1.0) and int(np.argmax(outputs)) == 0
    expect(train.hook("digit-answer")).to_contain_text(re.compile(r"^Read as 0, output [\d.]+\s%, after step [\d\s]+\.$"))
    # Small and in a corner it is read all the same, since it is brought to the set's size.
    page.keyboard.press("Delete")
    expect(train.hook("digit-answer")).not_to_have_attribute("data-value", "0")
    pad.draw([(0.05 + x / 3, 0.05 + y / 3) for x, y in SEVEN])
    pad.read("7")
    # By keys: down a column, then back.
    page.keyboard.press("Delete")
    for _ in range(7):
        page.keyboard.press("Shift+ArrowDown")
    pad.read("1")
    step = train.step
    page.keyboard.press("Backspace")
    expect(train.hook("digit-answer")).to_contain_text("Draw a digit")
    page.keyboard.press("Space")
    expect(train.hook("digit-answer")).to_have_attribute("data-value", re.compile(r"\d"))
    assert train.step == step, "keys draw, and neither play nor step"
    # What the network has learned since is in the answer, though nothing is drawn anew.
    train.hook("forward").click()
    train.settle(step + 1)
    expect(train.hook("digit-answer")).to_contain_text(re.compile(rf"after step {step + 1:,}\.".replace(",", r"\s")))
    page.keyboard.press("Escape")
    expect(pad.canvas).to_be_hidden()
    expect(train.hook("confusion")).to_be_visible()
    # Where the run has another input it is not offered.
    train.choose("iris")
    expect(train.hook("draw-digit")).to_be_hidden()


def test_a_picture_is_made_as_the_sets_are(train: Train, page: Page) -> None:
    """Blocks of a bitmap are counted; there is as much ink as in the set, as high and in the middle."""

    def picture(*strokes: list[tuple[float, float]], fit: bool = False) -> np.ndarray:
        drawn = [[[32 * x, 32 * y] for x, y in stroke] for stroke in strokes]
        return np.array(page.evaluate(PICTURE, [drawn, fit])).reshape(8, 8)

    dot = picture([(0.5, 0.5)])
    assert np.array_equal(dot, dot.T) and np.array_equal(dot, dot[::-1]) and np.count_nonzero(dot) == 4
    assert 16 * dot.sum() == sum(math.hypot(x - 15.5, y - 15.5) <= 2.25 for x in range(32) for y in range(32))
    line = picture([(0.5, 0.0), (0.5, 1.0)])
    assert np.all(line[:, 3:5] == 0.5) and np.all(np.delete(line, [3, 4], axis=1) == 0)
    x, y, _ = DATASETS["digits"].load()  # type: ignore[misc]
    for label, stroke in ((0, RING), (7, SEVEN)):
        small = [(0.1 + across / 3, 0.6 + down / 3) for across, down in stroke]
        fitted = picture(small, fit=True)
        assert fitted == pytest.approx(picture(stroke, fit=True), abs=0.2)
        own = x[y == label]
        assert own.sum(axis=1).min() < fitted.sum() < own.sum(axis=1).max()
        assert fitted[0].any() and fitted[-1].any() and not fitted[:, 0].any() and not fitted[:, 7].any()
        mean = [x[y == each].mean(axis=0) for each in range(10)]
        assert int(np.argmax([np.corrcoef(each, fitted.ravel())[0, 1] for each in mean])) == label
    assert np.array_equal(picture([(0.1, 0.1)], fit=True), dot), "a dot is no digit to be enlarged"


@pytest.mark.slow(seconds=8)
def test_drawn_digits_join_the_data(train: Train, page: Page, pad: Pad) -> None:
    expect(train.hook("digit-train")).to_be_disabled()
    expect(train.hook("digit-add")).to_be_disabled()
    for label, stroke in (("0", RING), ("7", SEVEN)):
        pad.draw(stroke)
        train.hook("digit-label").select_option(label)
        train.hook("digit-add").click()
        expect(train.hook("digit-answer")).to_contain_text("Draw a digit")
    expect(train.hook("digit-kept")).to_have_text("2 drawn")
    train.hook("digit-train").click()
    expect(train.hook("subject")).to_contain_text("digits with 2 drawn · 64–")
    expect(train.hook("dataset-name")).to_contain_text(re.compile(r"1\s799 pictures of 8 × 8 pixels"))
    expect(train.hook("notice")).to_contain_text("2 drawn joined the data")
    train.settle(0)
    expect(pad.canvas).to_be_visible()
    expect(train.hook("digit-kept")).to_have_text("")
    pad.draw(SEVEN)
    train.hook("digit-add").click()
    train.hook("digit-train").click()
    expect(train.hook("subject")).to_contain_text("digits with 3 drawn")
    train.settle(0)


@pytest.mark.looks(seconds=15, sweep=True)
def test_the_pad_looks_well(train: Train, page: Page, pad: Pad) -> None:
    looks_well(page)
    pad.draw(RING)
    expect(train.hook("digit-answer")).to_have_attribute("data-value", re.compile(r"\d"))
    train.hook("digit-add").click()
    pad.canvas.focus()
    pad.train.page.keyboard.press("Space")
    expect(train.hook("digit-answer")).to_have_attribute("data-value", re.compile(r"\d"))
    looks_well(page)


@pytest.mark.slow(seconds=6)
def test_a_finger_draws_as_a_mouse_does(train: Train, page: Page, pad: Pad) -> None:
    """The page does not scroll under it, a second finger draws nothing, and what is drawn is what a mouse draws."""
    box = pad.canvas.bounding_box()
    assert box is not None
    drawn = "() => document.querySelector('[data-testid=digit-seen]').toDataURL()"
    blank = page.evaluate(drawn)

    def at(x: float, y: float) -> dict[str, float]:
        return {"x": box["x"] + x * box["width"], "y": box["y"] + y * box["height"], "id": 0}

    devtools = page.context.new_cdp_session(page)
    devtools.send("Emulation.setTouchEmulationEnabled", {"enabled": True})

    def touch(kind: str, *points: dict[str, float]) -> None:
        devtools.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": list(points)})

    path = [(0.3 + 0.4 * part, 0.15 + 0.7 * part) for part in np.linspace(0, 1, 15)]
    touch("touchStart", at(*path[0]))
    for place in path[1:]:
        touch("touchMove", at(*place))
    expect(train.hook("digit-answer")).to_have_attribute("data-value", re.compile(r"\d"))
    touch("touchStart", at(*path[-1]), at(0.9, 0.1) | {"id": 1})
    touch("touchMove", at(*path[-1]), at(0.9, 0.9) | {"id": 1})
    touch("touchEnd")
    by_finger, outputs = page.evaluate(drawn), pad.outputs()
    assert page.evaluate("() => [scrollX, scrollY]") == [0, 0]
    page.keyboard.press("Delete")
    devtools.send("Emulation.setTouchEmulationEnabled", {"enabled": False})
    pad.draw(path)
    expect(train.hook("digit-answer")).to_have_attribute("data-value", re.compile(r"\d"))
    assert by_finger != blank and page.evaluate(drawn) == by_finger and pad.outputs() == outputs
