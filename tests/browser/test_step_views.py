"""The Step room on networks of three kinds: what lights up together, how deep one looks, whose numbers, in which writing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from looks import SIZES, looks_well
from playwright.sync_api import expect
from step_page import Step, configure, number
from train_page import Train

from engine import RunSpec, Trainer
from engine.microscope import NOTATIONS, Update, next_update

SPIRAL = {"network": {"layers": [{"units": 8}, {"units": 8}]}}
DIGITS = {"data": {"name": "digits"}, "network": {"layers": [{"units": 32}]}}
NORMED = {
    "network": {"layers": [{"units": 6, "norm": "batch"}, {"units": 6, "skip": 1, "dropout": 0.1}]},
    "regularization": {"l2": 1e-3},
    "clip": {"norm": 1.0},
}
VANISHING = {"network": {"layers": [{"units": 3, "activation": "sigmoid"}] * 5}}
BROKEN = {
    "data": {"name": "sine"},
    "network": {"layers": [{"units": 4, "activation": "relu"}]},
    "optimizer": {"name": "sgd", "lr": 1e6},
}


def update_of(spec: dict) -> Update:
    return next_update(Trainer(RunSpec.model_validate(spec)))


LIT = """(wanted) => Object.entries(wanted).every(([part, places]) => {
  const lit = [...document.querySelectorAll(`[data-testid=${part}] .lit`)];
  const found = new Set(lit.map((each) => each.dataset.at ?? each.dataset.unit ?? each.tagName));
  return found.size === places.length && places.every((place) => found.has(place));
})"""
WIDER = """(flow) => [...flow.querySelectorAll(".flow-unit")].flatMap((unit) => {
  const [text, box] = [unit.querySelector(".main").getBBox(), unit.querySelector("rect").getBBox()];
  return text.width > box.width - 1 ? [unit.textContent] : [];
})"""
CHIPS_APART = """(strip) => {
  const boxes = [...strip.querySelectorAll(".chip-step")].map((chip) => chip.getBoundingClientRect());
  return boxes.every(({ left, right }, i) => left >= (boxes[i - 1]?.right ?? 0) - 0.5 && right <= innerWidth);
}"""


def shines(step: Step, **parts: str | None) -> None:
    """Until in each part of the room this is lit, and nothing else: an entry by its name and place, a unit by layer and place,
    an edge as it is drawn."""
    step.page.wait_for_function(LIT, arg={part: [place] if place else [] for part, place in parts.items()})


@contextmanager
def asked(step: Step, unit: str) -> Iterator[None]:
    """The number that is picked, asked for: a question mark in matrices, equation and diagram, and nowhere on the page until it
    is told."""
    matrices = step.hook("matrices")
    at = matrices.locator(".picked").get_attribute("data-at") or ""
    cell = matrices.locator(f"[data-at='{at}']").last
    exact = cell.get_attribute("data-value") or ""
    assert exact
    cell.hover()
    step.page.keyboard.press("h")
    expect(cell).to_have_text("?")
    expect(step.page.locator("[data-question]")).to_have_count(1)
    expect(step.hook("outcome")).to_contain_text("?")
    expect(step.page.locator(f"[data-unit='{unit}']")).to_contain_text("?")
    assert exact.lstrip("\u2212-")[:12] not in step.page.content()
    yield
    expect(cell).to_have_text("?")
    step.hook("reveal").click()
    expect(cell).to_have_attribute("data-value", exact)
    expect(step.page.locator("[data-question]")).to_have_count(0)


@pytest.mark.looks(seconds=30, sweep=True)
def test_a_spiral_in_three_depths_with_one_highlight(train: Train) -> None:
    configure(train, SPIRAL)
    update = update_of(SPIRAL)
    step = Step.enter(train)
    affine = update.find("affine", 2)
    step.go("Forward into layer 2: weighted sums")
    step.at(affine.index)
    column = update.samples.index(int(step.room.get_attribute("data-sample") or -1))
    assert column == 0

    # A weight pointed at in the matrix: its factor in the equation, and its edge.
    step.hook("matrices").locator("[data-at='W2:0:2']").hover()
    shines(step, written="W2:0:2", matrices="W2:0:2", flow="path")
    # A unit pointed at in the diagram: its activation in both.
    step.page.locator("[data-unit='1:4']").hover()
    shines(step, written="h1:4:0", matrices="h1:4:0", flow="1:4")
    # A factor of the equation, and by keys a cell.
    step.hook("written-numbers").locator("[data-at='h1:1:0']").hover()
    shines(step, written="h1:1:0", matrices="h1:1:0", flow="1:1")
    step.page.mouse.move(5, 5)
    shines(step, written=None, matrices=None, flow=None)
    cell = step.hook("matrices").locator("[data-at='W2:0:0']")
    cell.focus()
    step.page.keyboard.press("ArrowDown")
    expect(step.hook("matrices").locator("[data-at='W2:1:0']")).to_be_focused()
    shines(step, matrices="W2:1:0", flow="path")
    step.at(affine.index)
    step.page.keyboard.press("Enter")
    expect(step.hook("written-what")).to_contain_text("layer 2, unit 2")
    step.page.evaluate("document.activeElement.blur()")

    # Picked in the diagram, three depths deep: layer, unit with every term, one product.
    step.page.locator("[data-unit='2:5']").click()
    expect(step.hook("written-what")).to_contain_text("layer 2, unit 6")
    equation = affine.equation(5, 0, sample=0)
    outcome = step.hook("outcome").locator(".number")
    expect(outcome).to_have_attribute("title", re.compile(re.escape(f"{abs(equation.result.value):.6f}"[:6])))
    assert number(outcome.get_attribute("data-value") or "") == equation.result.value
    # What is copied has all digits.
    step.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    outcome.evaluate("(number) => getSelection().selectAllChildren(number)")
    step.page.keyboard.press("Control+c")
    assert number(str(step.page.evaluate("navigator.clipboard.readText()"))) == equation.result.value
    step.page.evaluate("getSelection().removeAllRanges()")
    # By keys from unit to unit; the arrows are the diagram's own while it has the focus.
    step.page.mouse.move(5, 5)
    shines(step, flow=None)
    step.hook("flow").focus()
    step.page.keyboard.press("ArrowRight")
    expect(step.page.locator("[data-unit='0:0']")).to_have_class(re.compile("lit"))
    step.page.keyboard.press("ArrowRight")
    step.page.keyboard.press("ArrowDown")
    expect(step.page.locator("[data-unit='1:1']")).to_have_class(re.compile("lit"))
    shines(step, matrices="h1:1:0", flow="1:1")
    step.at(affine.index)
    step.page.evaluate("document.activeElement.blur()")
    step.page.keyboard.press("ArrowDown")
    expect(step.room).to_have_attribute("data-depth", "unit")
    terms = step.hook("terms").locator(".number")
    expect(terms).to_have_count(9)
    values = [number(each) for each in terms.evaluate_all("(all) => all.map((each) => each.dataset.value)")]
    assert values == [affine.equation(5, 0, depth="edge", term=k, sample=0).expression.value for k in range(9)]
    step.page.locator("[data-unit='1:3']").click()
    expect(step.room).to_have_attribute("data-depth", "edge")
    expect(step.hook("term-count")).to_have_text("term 5 of 9")
    assert number(outcome.get_attribute("data-value") or "") == values[4]
    step.page.get_by_role("button", name="The next term").click()
    expect(step.hook("term-count")).to_have_text("term 6 of 9")
    for depth in ("unit", "layer"):
        step.page.keyboard.press("ArrowUp")
        expect(step.room).to_have_attribute("data-depth", depth)

    # Each symbol answers.
    step.hook("symbols").get_by_role("button").nth(1).hover()
    expect(step.hook("symbol-words")).to_contain_text("the weights that lead from layer 1 into layer 2")
    step.hook("where-am-i").locator("summary").click()
    expect(step.hook("where-am-i").locator("li")).to_have_text(
        [re.compile(re.escape(each.title)) for each in update.steps[affine.index - 2 : affine.index + 1]]
    )
    step.hook("where-am-i").locator("summary").click()

    # The whole mini-batch, and another sample of it, by keys.
    step.page.keyboard.press("b")
    expect(step.hook("step-where")).to_contain_text("whole mini-batch of 10")
    assert len({place.split(":")[2] for place, _, _ in step.cells() if place.startswith("h1:")}) > 1
    step.page.keyboard.press("]")
    step.page.keyboard.press("]")
    expect(step.room).to_have_attribute("data-sample", str(update.samples[1]))
    assert {place for place, _, _ in step.cells() if place.startswith("h1:")} == {f"h1:{unit}:1" for unit in range(8)}
    with asked(step, "2:5"):
        looks_well(step.page, what="layer, a number hidden")
    # Every micro-step can be touched on a phone: none lies over another.
    step.page.set_viewport_size({"width": 390, "height": 844})
    step.page.wait_for_function(f"() => ({CHIPS_APART})(document.querySelector('[data-testid=strip]'))")
    step.page.set_viewport_size({"width": 1440, "height": 900})

    # Five notations: other symbols, the same numbers.
    cells = [cell[1:] for cell in step.cells()]
    rules = set()
    for name in NOTATIONS:
        step.hook("notation").select_option(name)
        expect(step.room).to_have_attribute("data-notation", name)
        assert [cell[1:] for cell in step.cells()] == cells
        rules.add(step.hook("rule").text_content())
    assert len(rules) >= 3
    step.hook("notation").select_option("theory")
    step.depth("edge")
    step.go("Error signal back to layer 1, through the weights into layer 2")
    expect(step.hook("flow-caption")).to_contain_text("edges show W·δ, flowing left")
    looks_well(step.page, what="edge, backward")
    step.depth("layer")

    # A light that plays, and loops in its phase.
    step.page.keyboard.press("End")
    step.page.keyboard.press("l")
    expect(step.hook("loop")).to_have_attribute("aria-pressed", "true")
    first = next(each.index for each in update.steps if each.phase == "update")
    step.hook("pace").fill("0")  # four seconds a micro-step: it is seen where it begins
    step.page.keyboard.press("Space")
    step.at(first)
    step.page.keyboard.press("Space")
    expect(step.hook("step-play")).to_have_attribute("aria-label", "Play the micro-steps")
    # Dragging along the strip.
    box = step.hook("strip").locator(".chip-step").nth(4).bounding_box()
    assert box
    step.page.mouse.move(box["x"] + 4, box["y"] + 8)
    step.page.mouse.down()
    step.at(4)
    step.page.mouse.move(box["x"] + box["width"] * 3 + 20, box["y"] + 8)
    step.page.mouse.up()
    expect(step.room).not_to_have_attribute("data-micro", "4")


@pytest.mark.looks(seconds=30, sweep=True)
def test_digits_are_folded_and_a_unit_is_found(train: Train) -> None:
    configure(train, DIGITS)
    update = update_of(DIGITS)
    step = Step.enter(train)
    affine = update.find("affine", 1)
    step.go(affine.title)
    rows = {place.split(":")[1] for place, _, _ in step.cells() if place.startswith("z1:")}
    assert len(rows) == 12 and "31" not in rows
    assert step.page.locator("[data-unit^='0:']").count() <= 12
    search = step.hook("unit-search-1")
    search.fill("99")
    search.press("Enter")
    expect(step.hook("notice")).to_contain_text("allowed: 1 to 32")
    search.fill("31")
    search.press("Enter")
    unit = step.page.locator("[data-unit='1:30']")
    expect(unit).to_be_visible()
    unit.click()
    expect(step.hook("written-what")).to_contain_text("layer 1, unit 31")
    assert number(step.hook("outcome").locator(".number").get_attribute("data-value") or "") == affine.results[0].array[30, 0]
    step.page.get_by_role("button", name="Dismiss").click()
    with asked(step, "1:30"):
        looks_well(step.page, what="digits, a number hidden")
    step.go(update.find("output delta").title)
    expect(step.hook("rule").locator("math")).to_be_visible()
    step.press("End", len(update.steps) - 1)
    # Several arrays are made by Adam's update; one is chosen.
    made = step.hook("results").get_by_role("button")
    expect(made).to_have_count(len(update.steps[-1].results))
    made.nth(1).click()
    expect(made.nth(1)).to_have_attribute("aria-pressed", "true")
    expect(step.hook("matrices").locator(".picked")).to_have_attribute("data-at", f"{update.steps[-1].results[1].name}:0:0")
    # One symbol, two moments.
    made.nth(0).click()
    captions = step.hook("matrices").locator("figcaption")
    expect(captions.first).to_contain_text("before")
    expect(captions.last).to_contain_text("after")
    made.nth(1).click()
    looks_well(step.page, what="digits, update")
    # On a beamer: larger type, and nothing over anything else.
    step.page.keyboard.press("p")
    looks_well(step.page, what="digits, update, projected", sizes={"laptop": SIZES["laptop"]})


@pytest.mark.looks(seconds=30, sweep=True)
def test_a_followed_sample_comes_along_into_a_normed_network_with_a_skip(train: Train) -> None:
    configure(train, NORMED)
    update = update_of(NORMED)
    train.play()
    train.pass_step(0)
    train.page.keyboard.press("s")
    step = Step(train.page)
    expect(step.room).to_have_attribute("data-micro", "0")
    # The run stands where it was opened.
    stood = step.hook("step-update").get_attribute("data-value")
    step.page.keyboard.press("Escape")
    expect(train.hook("step")).to_have_attribute("data-value", stood or "")
    train.hook("start").click()
    train.settle(0)
    picker = train.hook("picker").filter(visible=True)
    picker.focus()
    told = picker.locator("[role=status]")
    picker.press("ArrowRight")
    while "train" not in told.inner_text():
        before = told.inner_text()
        picker.press("ArrowRight")
        expect(told).not_to_have_text(before)
    followed = int(told.inner_text().split()[1]) - 1
    picker.press("Enter")
    expect(train.hook("followed")).to_be_visible()
    train.page.get_by_role("button", name="Step", exact=True).click()
    step.at(0, 0)
    # It may well lie in another mini-batch: then the samples of this one are offered.
    if followed in update.samples:
        expect(step.room).to_have_attribute("data-sample", str(followed))
    else:
        expect(step.hook("step-absent")).to_contain_text(f"Sample {followed + 1} is not in this mini-batch")
        offered = step.hook("step-absent").get_by_role("button").first
        row = int(offered.inner_text()) - 1
        assert row in update.samples
        offered.click()
        expect(step.room).to_have_attribute("data-sample", str(row))
    skip = next(each for each in update.steps if each.kind == "skip")
    step.go(skip.title)
    expect(step.page.locator(".flow-skip[data-skip='1:2']")).to_have_class(re.compile("running"))
    with asked(step, "2:0"):
        looks_well(step.page, what="skip, a number hidden")
    for kind in ("norm", "delta", "penalty", "clip", "running statistics"):
        told = next(each for each in update.steps if each.kind == kind)
        step.go(told.title)
        step.at(told.index)
        values = {float(entry) for value in (*told.operands, *told.results) for entry in value.array.ravel()}
        assert {number(exact) for _, _, exact in step.cells()} <= values
    looks_well(step.page, what="running statistics")
    step.page.keyboard.press("Escape")
    train.settle(0)

    # Blame that has all but vanished is a power of ten, and has its place within its unit all the same.
    configure(train, VANISHING)
    step = Step.enter(train)
    step.hook("strip").locator("[data-phase=backward] .chip-step").last.evaluate("(chip) => chip.click()")
    expect(step.hook("flow").get_by_text("·10⁻")).not_to_have_count(0)
    assert step.hook("flow").evaluate(WIDER) == []
    step.page.keyboard.press("Escape")
    train.settle(0)

    # A run that met what is not finite can be opened all the same, as far as it went.
    configure(train, BROKEN)
    train.speed("flat out")
    train.hook("play").click()
    train.status("stopped")
    step = Step.enter(train)
    expect(step.hook("step-state")).to_contain_text("not finite: it ends with “")
    expect(step.hook("step-loss")).to_have_text("batch loss not finite")
    expect(step.hook("right")).to_contain_text("This update cannot be made")
    expect(step.hook("step-title")).to_have_text("The mini-batch")
    step.page.keyboard.press("End")
    expect(step.room).not_to_have_attribute("data-micro", "0")
    ended = step.micro
    step.page.keyboard.press("ArrowRight")
    expect(step.hook("notice")).to_contain_text("The run has stopped")
    step.press("ArrowLeft", ended - 1)
    looks_well(step.page, what="stopped")
