"""One step forward shows its cause: over the numbers, which stand there at once, and gone with the next key."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Page, expect
from step_page import Step, open_script
from train_page import Train

from engine import Trainer
from engine.microscope import PRESETS, next_update

MOVED = """() => {
  // Everything that ever moved, by the micro-step at which it began.
  window.moved = [];
  const group = document.querySelector(".flow-motion");
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes)
      for (const node of addedNodes) {
        const micro = document.querySelector("[data-testid=step-room]").dataset.micro;
        const known = document.querySelectorAll(".flow-unit.known .main").length;
        window.moved.push([node.getAttribute("class"), micro, known]);
      }
  }).observe(group, { childList: true });
}"""


DOTS = """() => {
  // Of each curve that is drawn where its dot comes from, where it meets the curve, and how far the curve is from there.
  window.dots = [];
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes)
      for (const node of addedNodes) {
        const [dot, path] = [node.querySelector?.("circle"), node.querySelector?.("path:not(.axis)")];
        if (!dot || !path) continue;
        const [animation] = dot.getAnimations();
        const places = animation.effect.getKeyframes().map(({ transform }) => transform.match(/-?[\\d.e-]+(?=px)/g));
        const frames = places.map((place) => place.map(Number));
        const [left, top] = path.getAttribute("transform").match(/-?[\\d.]+/g).map(Number);
        const length = path.getTotalLength();
        const away = Array.from({ length: 501 }, (_, i) => path.getPointAtLength((length * i) / 500))
          .map(({ x, y }) => Math.hypot(left + x - frames[1][0], top + y - frames[1][1]));
        const duration = animation.effect.getTiming().duration;
        window.dots.push({ frames, away: Math.min(...away), duration, left, width: path.getBBox().width });
      }
  }).observe(document.querySelector(".flow-motion"), { childList: true });
}"""


def test_the_sum_passes_through_the_curve_of_the_activation(train: Train, page: Page) -> None:
    """It meets the curve at its own z, and goes on into the unit."""
    page.emulate_media(reduced_motion="no-preference")
    preset = PRESETS["two_two_two"]
    open_script(train, json.dumps(preset.script))
    update = next_update(Trainer.from_script(preset.script))
    through = update.find("activation", 1).index
    step = Step.enter(train)
    for micro in range(1, through):
        page.keyboard.press("ArrowRight")
        step.at(micro)
    page.evaluate(DOTS)
    page.keyboard.press("ArrowRight")
    step.at(through)
    page.wait_for_function("() => window.dots.length > 1")
    dots, sums = page.evaluate("() => window.dots"), update.steps[through].operands[0].array[:, 0]
    assert len(dots) == len(sums) == 2 and max(dot["duration"] for dot in dots) <= 400
    for dot, z in zip(dots, sums, strict=True):
        (from_x, _), (met_x, _), (to_x, _) = dot["frames"]
        assert from_x == met_x == pytest.approx(dot["left"] + dot["width"] * (z / 4 + 1) / 2, abs=0.2)
        assert dot["away"] < 0.5 and to_x > dot["left"] + dot["width"]


def moved(page: Page) -> list[list[str]]:
    return page.evaluate("() => window.moved.splice(0)")


def test_what_flows_slides_into_what_it_makes(train: Train, page: Page) -> None:
    page.emulate_media(reduced_motion="no-preference")
    step = Step.enter(train)
    tokens = page.locator(".flow-motion > *")
    page.evaluate(MOVED)
    page.keyboard.press("ArrowRight")
    step.at(1)
    page.keyboard.press("ArrowRight")
    step.at(2)  # weighted sums of the first layer
    page.wait_for_function("() => window.moved.length > 0")
    expect(tokens).to_have_count(0)
    seen = moved(page)
    assert {look.split()[0] for look, _, _ in seen} == {"token"} and len(seen) <= 24, seen
    assert all(known > 0 for _, _, known in seen), "the numbers stand there before anything moves"
    page.keyboard.press("ArrowRight")
    step.at(3)  # through the activation
    page.wait_for_function("() => window.moved.length > 0")
    assert {look for look, _, _ in moved(page)} == {"token-curve"}
    # Back, and to another sample, nothing flows.
    page.keyboard.press("ArrowLeft")
    step.at(2)
    page.keyboard.press("]")
    assert moved(page) == []
    # The next key ends what moves.
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    step.at(3)
    expect(tokens).to_have_count(0)


def test_who_wants_no_motion_has_none(train: Train, page: Page) -> None:
    step = Step.enter(train)
    page.evaluate(MOVED)
    for micro in range(1, 5):
        page.keyboard.press("ArrowRight")
        step.at(micro)
    assert moved(page) == []
