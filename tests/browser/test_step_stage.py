"""Step as a lecturer projects it, at 1280×720: what a micro-step does, its rule and its sum are in sight without scrolling."""

from __future__ import annotations

from typing import Any

import pytest
from looks import lasting
from playwright.sync_api import expect
from step_page import Step, configure
from test_step_views import NORMED, SPIRAL
from train_page import Train

NETWORKS: dict[str, dict[str, Any]] = {
    "two units": {"network": {"layers": [{"units": 2}]}},
    "eight and eight": SPIRAL,
    "a chain": {"network": {"layers": [{"units": 1, "activation": "sigmoid"}] * 3}},
    "digits": {"data": {"name": "digits"}, "network": {"layers": [{"units": 16}]}},
    "norms and a skip": NORMED,
}
FIRST = "eight and eight"
"""For every change; the others in the slow set."""

STAGE = """() => {
  // What is wrong with the column of numbers now: out of sight, with a blank band in it, or type too small.
  const column = document.querySelector(".step-right").getBoundingClientRect();
  const found = [];
  const seen = (element) => element && element.checkVisibility() && element.getBoundingClientRect().height > 0;
  const hook = (name) => document.querySelector(`[data-testid=${name}]`);
  const bands = [];
  for (const name of ["step-title", "rule", "written", "outcome"]) {
    const element = hook(name);
    if (!seen(element)) continue;
    const { top, bottom, left, right } = element.getBoundingClientRect();
    if (top < column.top - 1 || bottom > column.bottom + 1) found.push(`${name} is not in sight: ${top} to ${bottom}`);
    if (left < column.left - 1 || right > column.right + 1) found.push(`${name} is cut: ${left} to ${right}`);
  }
  const names = ["step-title", "step-where", "step-why", "rule-box", "rule-why", "written-what", "numbers-line", "matrix-row"];
  const within = names.map((name) => `.${name}`)
    .map((name) => document.querySelector(name)).filter(seen)
    .sort((a, b) => a.getBoundingClientRect().top - b.getBoundingClientRect().top);
  // What is kept free so that nothing jumps lies below the matrices.
  const last = within.findIndex((element) => element.matches(".matrix-row"));
  within.slice(0, last < 0 ? undefined : last + 1).reduce((above, below) => {
    const blank = below.getBoundingClientRect().top - above.getBoundingClientRect().bottom;
    if (blank > 48) bands.push(`${blank} px between ${above.className} and ${below.className}`);
    return below;
  });
  return found.concat(bands);
}"""


@pytest.mark.parametrize(
    "network", [n if n == FIRST else pytest.param(n, marks=pytest.mark.slow(seconds=12)) for n in NETWORKS]
)
@pytest.mark.parametrize("projected", [False, pytest.param(True, marks=pytest.mark.slow(seconds=12), id="projected")])
def test_every_micro_step_is_in_sight(train: Train, network: str, projected: bool) -> None:
    train.page.set_viewport_size({"width": 1280, "height": 720})
    configure(train, NETWORKS[network])
    if projected:
        train.page.keyboard.press("p")
        expect(train.page.locator("html")).to_have_attribute("data-projector", "")
    step = Step.enter(train)
    found = []
    for micro in range(step.hook("strip").locator("[data-micro]").count()):
        if micro:
            step.press("ArrowRight", micro)
        found += [
            f"{micro}, {step.hook('step-title').text_content()}: {wrong}"
            for wrong in lasting(lambda: train.page.evaluate(STAGE))
        ]
    assert not found, "\n".join(found)
