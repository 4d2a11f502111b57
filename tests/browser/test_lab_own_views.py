"""Own views of the lab: the plane bent layer by layer, a search whose cells open their runs, and two ways side by side."""

from __future__ import annotations

import re

import pytest
from lab_page import Lab
from playwright.sync_api import expect
from train_page import Train
from waiting import until

PAINTED = """() => {
  const canvas = document.querySelector("[data-testid=layers-canvas]");
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return data.filter((byte, i) => i % 4 === 3 && byte > 0).length;
}"""
SIDE_BY_SIDE = """() => {
  const figures = document.querySelectorAll("[data-testid=uncertainty] .lab-figure");
  const all = [...figures].map((each) => each.getBoundingClientRect());
  return all.length === 2 && all[0].y === all[1].y && all[0].height > 250;
}"""
BETWEEN = """async () => {
  const { between } = await import("/src/lab/views/layers/positions.js");
  const [from, to] = [[new Float64Array([0.1, 0.2])], [new Float64Array([0.5, 1 / 3])]];
  const half = between(from, to, 0.5)[0];
  return [between(from, to, 0) === from, between(from, to, 1) === to, [...half]];
}"""


@pytest.fixture
def lab(train: Train) -> Lab:
    return Lab(train.page).enter()


def begun(lab: Lab, link: str) -> Lab:
    lab.page.evaluate("(link) => { location.hash = link; }", f"#view=lab&lab={link}")
    expect(lab.stage).to_have_attribute("data-experiment", link.split("&")[0])
    return lab.done()


def test_the_arrows_lead_from_layer_to_layer_and_the_numbers_are_told(lab: Lab) -> None:
    page = lab.page
    lab.open("layers").done()
    plane, title = lab.hook("layers"), lab.hook("layers-title")
    expect(plane).to_have_attribute("data-stop", "0")
    expect(title).to_have_text(re.compile(r"^Input: 2 units$"))
    stops = lab.hook("lab-table").locator("tbody tr").count()
    page.keyboard.press("ArrowRight")
    expect(plane).to_have_attribute("data-stop", "1")
    expect(plane).to_have_attribute("data-moving", "false")  # motion is reduced here
    expect(title).to_have_text(re.compile(r"^Layer 1: 8 tanh units, 2 components, \d+ % of the variance$"))
    expect(lab.hook("lab-where")).to_have_text(f"2 of {stops}")
    page.keyboard.press("End")
    expect(plane).to_have_attribute("data-stop", str(stops - 1))
    expect(title).to_have_text(re.compile("^Output: 1 "))
    page.keyboard.press("ArrowLeft")
    expect(plane).to_have_attribute("data-stop", str(stops - 2))
    expect(lab.hook("layers-canvas")).to_have_attribute("aria-label", re.compile("^Layer "))
    until(page, lambda: page.evaluate(PAINTED) > 1000)
    assert page.evaluate(BETWEEN) == [True, True, [pytest.approx(0.3), pytest.approx((0.2 + 1 / 3) / 2)]]


def test_from_layer_to_layer_it_moves_where_motion_is_welcome(lab: Lab) -> None:
    page = lab.page
    page.emulate_media(reduced_motion="no-preference")
    lab.open("layers").done()
    plane = lab.hook("layers")
    page.evaluate("""() => {
      window.moved = [];
      const plane = document.querySelector("[data-testid=layers]");
      new MutationObserver(() => window.moved.push(plane.dataset.moving)).observe(plane, { attributes: true });
    }""")
    page.keyboard.press("ArrowRight")
    expect(plane).to_have_attribute("data-stop", "1")
    expect(plane).to_have_attribute("data-moving", "false")
    assert page.evaluate("window.moved")[0] == "true"


def test_a_cell_of_a_search_opens_its_run(lab: Lab) -> None:
    page = lab.page
    begun(lab, "search&x=side:3,updates:100")
    cells = lab.hook("search").locator("[data-cell]")
    expect(cells).to_have_count(18)
    first = lab.hook("search").locator("[data-cell][tabindex='0']")
    first.focus()
    expect(lab.hook("search-about")).to_contain_text("validation loss")
    corner = lab.hook("search").locator(".grid").first
    corner.focus()
    for key in ("ArrowLeft", "ArrowLeft", "ArrowDown", "ArrowDown"):
        page.keyboard.press(key)
    expect(lab.hook("search-about")).to_contain_text("grid: learning rate 0.00100, L2 penalty 1.00·10⁻⁶: validation loss")
    loss = re.search(r"validation loss ([\d.]+)", lab.hook("search-about").inner_text())
    assert loss is not None
    page.keyboard.press("ArrowRight")
    expect(lab.hook("search-about")).to_contain_text("learning rate 0.0316")
    page.keyboard.press("Enter")
    expect(page.locator("[data-door=train]")).to_have_attribute("aria-current", "page")
    expect(page.locator("[data-field='optimizer.lr'] input[type=text]")).to_have_value(re.compile(r"^0\.0316"))


def test_what_is_asked_both_ways_stands_side_by_side(lab: Lab) -> None:
    begun(lab, "uncertainty&x=members:2,updates:200,masks:10")
    view = lab.hook("uncertainty")
    titles = view.locator(".lab-figure h3")
    expect(titles).to_have_text([re.compile("^Dropout p = 0.1"), re.compile("^Ensemble: 2 networks")])
    lab.page.wait_for_function(SIDE_BY_SIDE)
    view.get_by_role("radio", name="answers").focus()
    lab.page.keyboard.press("ArrowRight")
    expect(view.get_by_role("radio", name="coverage, spread")).to_be_focused()
    expect(titles).to_have_text([re.compile("^Coverage of 600"), re.compile("^Standard deviation")])
