"""Points placed by hand: by pointer and by keys, taken back, and learned."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect
from train_page import Train

LEFT, TOP, RIGHT, BOTTOM = 30, 6, 5, 22
"""The margins of a plot, in pixels."""


class Plane:
    """The plane that is drawn on, by its own coordinates."""

    def __init__(self, train: Train) -> None:
        self.train = train
        self.canvas: Locator = train.hook("draw-plane")

    def open(self) -> Plane:
        self.train.hook("draw").click()
        expect(self.canvas).to_be_visible()
        expect(self.canvas).to_be_focused()
        return self

    def at(self, x: float, y: float) -> dict[str, float]:
        box = self.canvas.bounding_box()
        assert box is not None
        width, height = box["width"] - LEFT - RIGHT, box["height"] - TOP - BOTTOM
        return {"x": LEFT + (x + 6) / 12 * width, "y": TOP + (6 - y) / 12 * height}

    def place(self, x: float, y: float, button: str = "left") -> None:
        self.canvas.click(position=self.at(x, y), button=button)  # type: ignore[arg-type]

    def count(self, *counts: int) -> None:
        for label, count in enumerate(counts):
            chip = self.train.page.locator(f"[data-label='{label}']")
            expect(chip).to_have_text(re.compile(rf": {count}$"))

    def button(self, name: str) -> Locator:
        return self.train.page.get_by_role("button", name=name, exact=True)


@pytest.fixture
def plane(train: Train) -> Plane:
    """An empty one."""
    found = Plane(train).open()
    found.button("Clear").click()
    expect(train.hook("draw-status")).to_contain_text("No point")
    return found


def test_two_clusters_are_drawn_and_learned(train: Train, plane: Plane) -> None:
    offsets = [(0, 0), (0.7, 0.2), (-0.6, 0.5), (0.3, -0.8), (-0.5, -0.6)]
    for dx, dy in offsets:
        plane.place(-3 + dx, -3 + dy)
    expect(train.hook("draw-status")).to_contain_text("One class only")
    expect(train.hook("draw-train")).to_be_disabled()
    train.page.keyboard.press("2")
    for dx, dy in offsets:
        plane.place(3 + dx, 3 + dy)
    plane.count(5, 5)
    expect(train.hook("draw-status")).to_have_text("8 points to train on, 2 to test.")
    train.hook("draw-train").click()
    expect(plane.canvas).to_be_hidden()
    expect(train.hook("subject")).to_contain_text("drawn points · 2–")
    expect(train.hook("dataset-name")).to_contain_text("10 points")
    train.settle(0)
    train.speed("flat out")
    train.play()
    assert train.reach("test-accuracy", 1.0) == 1.0
    train.pause()
    train.settle()
    train.paints("regions", 20)
    expect(train.hook("own-tile").locator("canvas")).to_be_visible()


@pytest.mark.slow(seconds=6)
def test_points_are_taken_away_and_back(train: Train, plane: Plane) -> None:
    plane.place(0, 0)
    plane.place(2, 2)
    plane.place(0.1, 0, "right")
    plane.count(1, 0)
    plane.button("Undo").click()
    plane.count(2, 0)
    plane.button("Eraser").click()
    plane.place(2, 2)
    plane.count(1, 0)
    plane.button("Clear").click()
    plane.count(0, 0)
    for _ in range(2):
        plane.button("Undo").click()
    plane.count(2, 0)
    train.page.mouse.move(0, 0)
    box = plane.canvas.bounding_box()
    assert box is not None
    start, end = plane.at(-4, -4), plane.at(4, -4)
    train.page.locator("[data-label='2']").click()
    train.page.mouse.move(box["x"] + start["x"], box["y"] + start["y"])
    train.page.mouse.down()
    train.page.mouse.move(box["x"] + end["x"], box["y"] + end["y"], steps=40)
    train.page.mouse.up()
    status = train.hook("draw-status")
    expect(status).to_contain_text("points to train on")
    train.page.keyboard.press("z")
    plane.count(2, 0, 0, 0)


def test_the_keyboard_suffices_and_cancel_changes_nothing(train: Train, plane: Plane) -> None:
    subject = train.hook("subject").inner_text()
    keys = train.page.keyboard
    plane.canvas.focus()
    keys.press("Enter")
    for _ in range(8):
        keys.press("Shift+ArrowRight")
    keys.press("ArrowUp")
    keys.press("4")
    keys.press("Enter")
    plane.count(1, 0, 0, 1)
    keys.press("Delete")
    plane.count(1, 0, 0, 0)
    keys.press("z")
    plane.count(1, 0, 0, 1)
    assert train.step == 0, "arrows move the cursor, not the clock"
    keys.press("Escape")
    expect(plane.canvas).to_be_hidden()
    expect(train.hook("subject")).to_have_text(subject)
    train.settle(0)


@pytest.mark.slow(seconds=6)
def test_drawing_begins_with_the_points_there_are(train: Train) -> None:
    train.choose("blobs")
    plane = Plane(train).open()
    expect(train.page.locator("[data-label='2']")).not_to_have_text(re.compile(": 0$"))
    plane.place(5, 5)
    expect(plane.button("Undo")).to_be_enabled()
    train.choose("iris")
    expect(plane.canvas).to_be_hidden()
    plane.open()
    expect(train.hook("draw-status")).to_contain_text("No point")
