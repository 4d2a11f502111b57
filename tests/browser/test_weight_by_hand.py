"""A weight changed by hand in the middle of a run: what is told of it, what the edges show, whose the keys are."""

from __future__ import annotations

from playwright.sync_api import expect
from test_network import MINUS
from train_page import Train

MIDDLE = """(path) => {
  const middle = path.getPointAtLength(path.getTotalLength() / 2);
  const { x, y } = middle.matrixTransform(path.getScreenCTM());
  return [x, y];
}"""


def test_a_weight_is_dragged_typed_and_taken_back(train: Train) -> None:
    train.choose("moons")
    train.layers(4, 3)
    for step in (1, 2):
        train.hook("forward").click()
        train.settle(step)
    page, notice, scale = train.page, train.hook("notice"), train.hook("scale")
    step, at_first = train.step, scale.inner_text()
    page.mouse.click(*page.locator(".edges path").last.evaluate(MIDDLE))
    slider = train.hook("weight-slider")
    slider.hover()  # where it keeps its place
    box = slider.bounding_box()
    assert box
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] * 0.6, y)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.7, y)
    expect(notice).to_contain_text(f"From step {step}: ")
    for twentieth in range(15, 20):
        page.mouse.move(box["x"] + box["width"] * twentieth / 20, y)
    page.mouse.up()
    # What is told is where it was let go, not where the hand began.
    value = float(slider.input_value())
    expect(notice).to_contain_text(f"{value:.4g}".replace("-", MINUS))
    # The scale grows with a weight that is much larger, and is as before when that is taken back.
    field = train.hook("weight-value")
    field.fill("40")
    field.press("Enter")
    expect(scale).not_to_have_text(at_first)
    page.keyboard.press("Escape")
    expect(train.hook("weight-editor")).to_be_hidden()
    # It was opened by a click: the arrows are the transport's, not the diagram's.
    page.keyboard.press("ArrowRight")
    train.settle(step + 1)
    page.keyboard.press("Control+z")
    expect(scale).to_have_text(at_first)


def test_a_scale_is_the_same_however_the_weights_came_to_it(train: Train) -> None:
    script = """async (sizes) => {
      const { scales } = await import("/src/train/diagram/wires.js");
      const kept = scales();
      return sizes.map((size) => kept.fit("weights", size, 7));
    }"""
    first, large, again = train.page.evaluate(script, [1.2, 40, 1.2])
    assert first == again == 0.25
    assert large == 8
