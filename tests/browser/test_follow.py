"""A sample followed through the network: chosen with mouse or keys, its numbers held against a forward pass in plain NumPy."""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect
from train_page import Train
from waiting import until

from engine import RunSpec, Trainer

MINUS = "\u2212"
SQUASH = {
    "tanh": np.tanh,
    "relu": lambda z: np.maximum(z, 0.0),
    "sigmoid": lambda z: 1.0 / (1.0 + np.exp(-z)),
    "softmax": lambda z: np.exp(z - z.max()) / np.exp(z - z.max()).sum(),
    "identity": lambda z: z,
}

INKED = """(canvas) => {
  // Pixels of the full positive colour in the first quarter of the width, where the inputs are.
  const hex = getComputedStyle(document.documentElement).getPropertyValue("--pos").trim();
  const full = [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
  const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", { willReadFrequently: true });
  copy.drawImage(canvas, 0, 0);
  const { data } = copy.getImageData(0, 0, Math.round(canvas.width / 4), canvas.height);
  let count = 0;
  for (let i = 0; i < data.length; i += 4) count += full.every((each, c) => Math.abs(each - data[i + c]) < 12) ? 1 : 0;
  return count;
}"""


class Following(Train):
    """The page, and the spec of its newest run as it came over the wire."""

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self.run: dict[str, Any] = {}
        page.on("websocket", lambda socket: socket.on("framereceived", self._received))

    def _received(self, payload: str | bytes) -> None:
        if isinstance(payload, str) and (event := json.loads(payload))["type"] == "run":
            self.run = event

    def trained(self, step: int) -> Trainer:
        """The same run, trained here."""
        trainer = Trainer(RunSpec.model_validate(self.run["spec"]))
        trainer.step(step)
        return trainer

    def picker(self) -> Locator:
        return self.page.locator(".answer > figure:not([hidden]) [data-testid=picker]")

    def follows(self, split: str, index: int, step: int) -> None:
        expect(self.hook("followed")).to_contain_text(f"sample {index + 1} of the {split} set")
        expect(self.hook("followed-loss")).to_have_attribute("data-step", str(step))

    def value(self, name: str) -> float:
        return float(self.hook(name).get_attribute("data-value") or "nan")


@pytest.fixture
def follow(page: Page, server_url: str) -> Following:
    found = Following(page)
    found.open(server_url)
    found.settle(0)
    return found


def forward(trainer: Trainer, activations: list[str], x: np.ndarray) -> list[np.ndarray]:
    """h_0 … h_L of one sample."""
    layers = [x]
    for (weights, bias), name in zip(trainer.parameters, activations, strict=True):
        layers.append(SQUASH[name](weights @ layers[-1] + bias))
    return layers


def check(follow: Following, split: str, index: int, step: int) -> list[np.ndarray]:
    """Every number in the diagram, whole and as far as its digits go."""
    follow.follows(split, index, step)
    trainer = follow.trained(step)
    activations = [layer["activation"] for layer in follow.run["layers"]]
    layers = forward(trainer, activations, trainer.dataset.splits[split].x[index])
    numbers = follow.page.locator(".unit-number")
    script = "(texts) => texts.map((text) => [text.dataset.unit, text.dataset.value, text.textContent])"
    least = sum(min(len(values), 6) for values in layers[1:])

    def whole() -> bool:
        """The diagram may be drawn a little later than what is told beside it."""
        now = numbers.evaluate_all(script)
        return len(now) >= least and all(exact is not None and float(exact) == at(place) for place, exact, _ in now)

    def at(place: str) -> Any:
        layer, unit = (int(part) for part in place.split(":"))
        return pytest.approx(layers[layer][unit - 1], rel=1e-9, abs=1e-12)

    until(follow.page, whole)
    for place, _, text in numbers.evaluate_all(script):
        layer, unit = (int(part) for part in place.split(":"))
        expected = layers[layer][unit - 1]
        if text:
            decimals = len(text.partition(".")[2])
            assert float(text.replace(MINUS, "-")) == pytest.approx(expected, abs=0.5000001 * 10**-decimals), place
    return layers


def train_a_while(follow: Following, steps: int) -> int:
    follow.speed("100 epochs/s")  # flat out it may be at its last step before it is paused
    follow.play()
    follow.pass_step(steps)
    follow.pause()
    return follow.settle()


def test_a_click_follows_the_point_and_it_stays_live(follow: Following) -> None:
    follow.choose("moons")
    follow.layers(4, 3)
    step = train_a_while(follow, 30)
    raw = follow.trained(0).dataset.splits["train"].raw
    canvas = follow.hook("regions")
    box = canvas.bounding_box()
    assert box
    # Inside the axes: 30 pixels on the left, 22 below, 6 above, 5 on the right.
    places = np.column_stack([30 + (raw[:, 0] + 6) / 12 * (box["width"] - 35), 6 + (6 - raw[:, 1]) / 12 * (box["height"] - 28)])
    index = int(places[:, 1].argmin())
    canvas.click(position={"x": places[index, 0], "y": places[index, 1]})
    layers = check(follow, "train", index, step)
    label = int(follow.trained(0).dataset.splits["train"].labels[index])
    expect(follow.hook("followed")).to_contain_text(f"truth {label}")
    assert follow.value("followed-target") == label
    p = layers[-1][0]
    assert follow.value("followed-answer") == pytest.approx(p, rel=1e-9)
    assert follow.value("followed-loss") == pytest.approx(-np.log(p if label else 1 - p), rel=1e-6)
    # It goes on with the run.
    follow.play()
    follow.page.wait_for_function(
        "(step) => Number(document.querySelector('[data-testid=followed-loss]').dataset.step) > step", arg=step
    )
    follow.pause()
    check(follow, "train", index, follow.settle())
    follow.page.keyboard.press("Escape")
    expect(follow.hook("followed")).to_be_hidden()
    expect(follow.page.locator(".unit-number")).to_have_count(0)
    expect(follow.page.get_by_role("radio", name="map")).to_have_attribute("aria-checked", "true")


@pytest.mark.slow(seconds=6)
def test_keys_choose_a_sample_of_a_line(follow: Following) -> None:
    follow.choose("sine")
    step = train_a_while(follow, 50)
    picker = follow.picker()
    picker.focus()
    picker.press("ArrowRight")
    expect(picker.locator("[role=status]")).to_contain_text(re.compile("sample.*target"))
    first = picker.locator("[role=status]").inner_text()
    picker.press("ArrowRight")
    expect(picker.locator("[role=status]")).not_to_have_text(first)
    assert follow.step == step  # an arrow is the plot's own while it has the focus
    words = picker.locator("[role=status]").inner_text().split()
    picker.press("Enter")
    split, index = words[4], int(words[1]) - 1
    layers = check(follow, split, index, step)
    target = follow.trained(0).dataset.splits[split].y[index, 0]
    assert follow.value("followed-answer") == pytest.approx(layers[-1][0], rel=1e-9)
    assert follow.value("followed-target") == pytest.approx(target)
    assert follow.value("followed-loss") == pytest.approx((layers[-1][0] - target) ** 2 / 2, rel=1e-9)
    follow.page.get_by_role("button", name="Follow the next sample").click()
    check(follow, split, (index + 1) % follow.run["samples"][split], step)
    follow.page.get_by_role("button", name="Stop following").click()
    expect(follow.hook("followed")).to_be_hidden()


@pytest.mark.slow(seconds=6)
def test_a_misread_digit_is_followed(follow: Following) -> None:
    follow.choose("digits")
    step = train_a_while(follow, 300)
    tile = follow.hook("misread").get_by_role("button").first
    truth, _, _, answer = (tile.get_attribute("aria-label") or "").split(":")[0].split()
    tile.click()
    expect(follow.page.locator(".followed-name")).to_contain_text("of the test set")
    name = follow.page.locator(".followed-name").inner_text().split()
    layers = check(follow, "test", int(name[1]) - 1, step)
    assert layers[-1].argmax() == int(answer)
    expect(follow.hook("followed")).to_contain_text(f"truth {truth}")
    assert follow.value("followed-loss") == pytest.approx(-np.log(layers[-1][int(truth)]), rel=1e-6)
    # The digit is drawn in full ink, whatever the activations' scale.
    assert follow.page.locator("canvas.units").evaluate(INKED) > 20


@pytest.mark.slow(seconds=6)
def test_a_cell_of_the_confusion_follows_one_after_the_other(follow: Following) -> None:
    follow.choose("wine")
    step = train_a_while(follow, 100)
    trainer = follow.trained(step)
    told, labels = trainer.evaluate("test").predicted, trainer.dataset.splits["test"].labels
    members = np.flatnonzero((told == 1) & (labels == 1))
    first = follow.hook("confusion").locator("td.count").first
    first.focus()
    for key in ("ArrowDown", "ArrowRight"):
        follow.page.keyboard.press(key)
    for index in members[:2]:
        follow.page.keyboard.press("Enter")
        check(follow, "test", int(index), step)
    diagram = follow.hook("diagram")
    diagram.focus()
    diagram.press("ArrowLeft")
    expect(follow.hook("tip")).to_contain_text("target")
    expect(follow.hook("tip")).to_contain_text("exactly")


@pytest.mark.slow(seconds=6)
def test_another_network_keeps_the_sample_and_other_data_do_not(follow: Following) -> None:
    follow.picker().focus()
    follow.picker().press("ArrowUp")
    follow.picker().press("Enter")
    expect(follow.page.locator(".followed-name")).to_contain_text("sample")
    name = follow.page.locator(".followed-name").inner_text()
    follow.page.get_by_role("button", name="one unit more in layer 1").click()
    expect(follow.page.locator("[data-unit='1:9']")).to_have_text(re.compile(r"\d"))
    expect(follow.page.locator(".followed-name")).to_have_text(name)
    follow.choose("circle")
    expect(follow.hook("followed")).to_be_hidden()
