"""The Code panel of Step: the update as a listing, lit where one stands and a way to get anywhere; what its names are lights up
with them, both ways."""

from __future__ import annotations

from typing import Any

import pytest
from panels_page import Panels, beside_looks_well
from playwright.sync_api import Locator, expect
from step_page import configure
from train_page import Train

from engine import RunSpec, Trainer
from engine.microscope import Line, listing, next_update

SPEC: dict[str, Any] = {"network": {"layers": [{"units": 3}]}, "batch_size": 6, "optimizer": {"name": "adam", "lr": 0.02}}


def texts(lines: tuple[Line, ...]) -> list[str]:
    """As the page has them: an empty line keeps its height."""
    return [line.text or "\u00a0" for line in lines]


def at(lines: tuple[Line, ...], micro: int) -> list[str]:
    """The lines of a micro-step."""
    return [line.text for line in lines if micro in line.steps]


@pytest.mark.looks(seconds=30)
def test_the_update_as_code(train: Train) -> None:
    page = train.page
    configure(train, SPEC)
    direct = Trainer(RunSpec.model_validate(SPEC))
    update = next_update(direct)
    code = listing(direct, update)
    step = Panels.enter(train)
    page.locator("[data-panel=step]").focus()
    page.keyboard.press("End")
    expect(page.locator("[data-panel=code]")).to_be_focused()
    step.settled("code")
    lines = step.hook("code-lines").locator(".code-line")
    lit = step.hook("code-lines").locator("[aria-current=step]")
    expect(lines).to_have_text(texts(code.numpy))
    expect(lit).to_have_text(at(code.numpy, 0))
    # A line leads to its micro-step, by a click and by keys; the line follows the micro-step.
    affine, delta = update.find("affine", 1).index, update.find("delta", 1).index
    lines.filter(has_text="z1 = W1 @ h0 + b1").click()
    step.at(affine)
    expect(lit).to_have_text(["z1 = W1 @ h0 + b1"])
    step.press("ArrowRight", affine + 1)
    expect(lit).to_have_text(at(code.numpy, affine + 1))
    step.press("ArrowLeft", affine)
    expect(lit).to_have_text(["z1 = W1 @ h0 + b1"])
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    step.at(affine + 1)
    lights_both_ways(step, lines, affine)
    # The same in PyTorch, where backward is one call.
    step.hook("libraries").get_by_role("radio", name="PyTorch").click()
    expect(lines).to_have_text(texts(code.torch))
    expect(lit).to_have_text(["z1 = h0 @ W1.T + b1"])
    step.go(update.steps[delta].title)
    expect(lit).to_have_text(["loss.backward()"])
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    step.hook("code-copy").click()
    expect(step.hook("code-said")).to_have_text("Copied.")
    assert page.evaluate("navigator.clipboard.readText()") == "".join(f"{line.text}\n" for line in code.torch)
    # Of the next update it is the same, and is not sent again.
    page.keyboard.press("End")
    step.press("ArrowRight", 0, update=1)
    expect(lit.first).to_have_text(at(code.torch, 0)[0])
    expect(step.hook("code")).to_have_attribute("data-state", "done")
    beside_looks_well(step, "the code")


def lights_both_ways(step: Panels, lines: Locator, affine: int) -> None:
    page = step.page
    lines.filter(has_text="z1 = W1 @ h0 + b1").click()
    step.at(affine)
    name = lines.locator("[data-array=W1]").first
    cells = step.hook("matrices").locator("[data-at^='W1:']")
    name.hover()
    expect(name).to_have_class("code-name lit")
    expect(page.locator(".heat .lit")).to_have_count(6)
    expect(cells).to_have_count(6)
    expect(page.locator(".flow-edge.lit")).to_have_count(6)
    expect(page.locator(".rule-box .lit")).to_have_count(1)
    expect(page.locator(".written-line:visible .leaf.lit")).to_have_count(4)  # two products, in symbols and in numbers
    step.hook("step-title").hover()
    expect(page.locator(".lit")).to_have_count(0)
    cells.first.hover()
    expect(name).to_have_class("code-name lit")
    expect(step.hook("code-lines").locator(".lit")).to_have_count(1)
    page.locator(".flow-unit[data-unit='1:0']").hover()
    expect(lines.locator("[data-array=z1]").first).to_have_class("code-name lit")
    expect(name).to_have_class("code-name")
