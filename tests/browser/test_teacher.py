"""What a teacher does: the projector, links that hide or lock, marks of what was changed, the invitation."""

from __future__ import annotations

import re

import pytest
from looks import SIZES, looks_well, walked
from playwright.sync_api import Page, expect
from train_page import Train
from waiting import becomes

RECORD = """() => {
  // Words on a canvas are no text of the page: what is written is remembered until the canvas is cleared.
  const { fillText, clearRect, drawImage } = CanvasRenderingContext2D.prototype;
  Object.assign(CanvasRenderingContext2D.prototype, {
    fillText(text, x, y, ...rest) {
      const size = this.measureText(text);
      const [left, right] = [x - size.actualBoundingBoxLeft, x + size.actualBoundingBoxRight];
      (this.canvas.written ??= []).push({
        text, left, right, top: y - size.actualBoundingBoxAscent, bottom: y + size.actualBoundingBoxDescent,
      });
      fillText.call(this, text, x, y, ...rest);
    },
    drawImage(image, ...box) {
      if (image.written) (this.canvas.written ??= []).push(...image.written);
      drawImage.call(this, image, ...box);
    },
    clearRect(...box) {
      this.canvas.written = [];
      clearRect.apply(this, box);
    },
  });
}"""
WRITTEN = """() => {
  const canvas = [...document.querySelectorAll(".answer canvas.plot")].find((each) => each.offsetParent);
  return (canvas?.written ?? []).map((word) => ({ ...word, width: canvas.clientWidth, height: canvas.clientHeight }));
}"""
APART = """(words) => {
  const found = words.filter(({ left, right, top, bottom, width, height }) =>
    left < -1 || top < -1 || right > width + 1 || bottom > height + 1).map(({ text }) => `${text} is cut`);
  words.forEach((a, i) => words.slice(i + 1).forEach((b) => {
    const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
    const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    if (across > 0 && down > 0) found.push(`${a.text} and ${b.text} overlap`);
  }));
  return found;
}"""
SIZE = "(element) => parseFloat(getComputedStyle(element).fontSize)"


@pytest.mark.slow(seconds=6)
def test_projector_enlarges_the_type_and_folds_the_settings_away(train: Train) -> None:
    step, settings = train.hook("step"), train.page.locator("#page-settings")
    before = step.evaluate(SIZE)
    train.page.keyboard.press("p")
    expect(settings).to_be_hidden()
    becomes(train.page, lambda: step.evaluate(SIZE), 1.5 * before)
    expect(train.page).to_have_url(re.compile("projector=1"))
    for place in ("#page-network", "#page-output", "[data-part=transport]"):
        box = train.page.locator(place).bounding_box()
        assert box is not None and box["x"] >= 0 and box["x"] + box["width"] <= 1440.5
    ticks = train.hook("curves").locator(".ytick text")
    expect(ticks.first).to_be_visible()
    train.page.wait_for_function("() => parseFloat(getComputedStyle(document.querySelector('.ytick text')).fontSize) === 18")
    train.page.keyboard.press("p")
    expect(settings).to_be_visible()
    expect(train.page).to_have_url(re.compile("^(?!.*projector)"))


@pytest.mark.looks(seconds=30, sweep=True)
def test_projected_words_are_whole(train: Train) -> None:
    """A beamer is often no larger than 1280×720."""
    page = train.page
    page.evaluate(RECORD)
    for dataset in ("digits", "spiral", "sine"):
        train.choose(dataset)
        train.hook("forward").click()
        train.settle(1)
        page.keyboard.press("p")
        expect(page.locator("#page-settings")).to_be_hidden()
        page.wait_for_function("() => parseFloat(getComputedStyle(document.querySelector('.ytick text')).fontSize) === 18")
        for size in walked(("desk", "laptop")):
            looks_well(page, what=f"{dataset}, projected", sizes={size: SIZES[size]})
            if dataset != "digits":
                width, height = SIZES[size]
                page.set_viewport_size({"width": width, "height": height})
                page.wait_for_function(f"() => ({WRITTEN})().length >= 6")
                assert page.evaluate(f"() => ({APART})(({WRITTEN})())") == [], (dataset, size)
        page.keyboard.press("p")
        expect(page.locator("#page-settings")).to_be_visible()


@pytest.mark.looks(seconds=30, sweep=True)
def test_a_small_window_has_room_for_all_words(train: Train) -> None:
    """At 1024×768, where the three columns are narrowest."""
    page = train.page
    page.set_viewport_size({"width": 1024, "height": 768})
    for dataset in ("spiral", "digits"):
        train.choose(dataset)
        train.hook("forward").click()
        train.settle(1)
        page.keyboard.press("d")
        expect(train.hook("unit-scale")).to_contain_text("mean |δ|")
        looks_well(page, what=dataset, sizes={"small": (1024, 768)})
        for head in (".curves .panel-title", "[data-testid=loss-axis]", "[data-testid=curve-accuracy]"):
            box = page.locator(head).bounding_box()
            assert box and box["height"] < 28, head  # one line
        page.keyboard.press("m")


def test_a_link_hides_and_locks(page: Page, server_url: str) -> None:
    train = Train(page).open(f"{server_url}/#hide=network,data.noise&lock=optimizer.lr")
    train.settle(0)
    expect(page.locator("[data-part=network]")).to_be_hidden()
    expect(train.field("data.noise")).to_be_hidden()
    expect(train.field("data.test_fraction")).to_be_visible()
    locked = train.field("optimizer.lr")
    expect(locked).to_be_visible()
    expect(locked).to_have_js_property("inert", True)
    train.input("optimizer.name").select_option("sgd")
    expect(train.hook("subject")).to_contain_text("gradient descent")
    page.wait_for_function("() => document.querySelector('[data-field=\"optimizer.lr\"]').inert")


@pytest.mark.slow(seconds=6)
def test_a_locked_network_is_read_and_not_changed(page: Page, server_url: str) -> None:
    """On the diagram as in the settings: weights, biases, units, layers, activations."""
    train = Train(page).open(f"{server_url}/#lock=network")
    train.settle(0)
    subject = train.hook("subject").inner_text()
    diagram = train.hook("diagram")
    diagram.focus()
    for key in ("ArrowLeft", "Enter"):
        diagram.press(key)
    expect(train.hook("tip")).to_contain_text("locked by this link")  # its numbers are there all the same
    before = train.hook("tip").inner_text()
    for key in ("e", "Delete", "F2"):
        diagram.press(key)
        expect(train.hook("weight-editor")).to_be_hidden()
    box = page.locator(".unit-frame.end").bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(train.hook("weight-editor")).to_be_hidden()
    tools = diagram.locator(".tool-pair")
    assert tools.count() >= 2 and tools.evaluate_all(
        "(all) => all.every((tool) => tool.inert || tool.querySelector('[inert]'))"
    )
    page.locator(".tool").evaluate_all("(all) => all.forEach((button) => button.focus())")
    assert not page.evaluate("() => document.activeElement.matches('.tool')")
    expect(diagram.locator("select")).to_have_count(0)
    expect(diagram).to_contain_text("8·tanh")
    assert page.locator("[data-part=network]").first.evaluate("(element) => element.inert")
    page.evaluate("() => document.activeElement.blur()")  # what was pointed at is forgotten
    diagram.focus()
    for key in ("ArrowLeft", "Enter"):
        diagram.press(key)
    assert train.hook("tip").inner_text() == before and train.hook("subject").inner_text() == subject


@pytest.mark.sampled(3, seconds=4)
@pytest.mark.parametrize(
    ("lock", "editable", "tools"),
    [
        pytest.param("weights", False, 2, marks=pytest.mark.slow(seconds=8)),
        ("layers", True, 1),
        pytest.param("units", True, 1, marks=pytest.mark.slow(seconds=4)),
        pytest.param("activations", True, 2, marks=pytest.mark.slow(seconds=4)),
        pytest.param("diagram", False, 0, marks=pytest.mark.slow(seconds=4)),
    ],
)
def test_a_part_of_the_network_is_locked_by_its_name(
    page: Page, server_url: str, lock: str, editable: bool, tools: int
) -> None:
    train = Train(page).open(f"{server_url}/#lock={lock}")
    train.settle(0)
    diagram = train.hook("diagram")
    diagram.focus()
    diagram.press("ArrowLeft")
    diagram.press("e")
    expect(train.hook("weight-editor")).to_be_visible(visible=editable)
    free = diagram.locator(".tool").evaluate_all(
        "(all) => new Set(all.filter((tool) => !tool.closest('[inert]')).map((tool) => tool.className)).size"
    )
    assert free == tools
    expect(diagram.locator("select")).to_have_count(0 if lock in ("activations", "diagram") else 1)
    settings = {"units": "units-1", "layers": "add-layer", "activations": "activation-1"}
    for name, control in settings.items():
        assert train.hook(control).evaluate("(control) => control.closest('[inert]') !== null") == (name == lock)


def test_a_hostile_link_is_only_a_link(page: Page, server_url: str) -> None:
    train = Train(page).open(f"{server_url}/#hide=%22%5D,*{{}}&lock=body)&theme=pink&projector=yes")
    train.settle(0)
    expect(page.locator("#page-settings")).to_be_visible()


def test_the_first_thing_offered_is_to_watch_to_break_to_step_or_a_lesson(train: Train) -> None:
    notice = train.hook("notice")
    expect(notice.get_by_role("button")).to_have_text(["watch it learn", "break it", "open one step", "guide", "first lesson"])
    notice.get_by_role("button", name="open one step").click()
    expect(train.hook("step-room")).to_have_attribute("data-update", "0")
    train.page.keyboard.press("Escape")
    train.settle(0)


def test_breaking_it_raises_the_rate_and_undo_takes_it_back(train: Train) -> None:
    train.hook("notice").get_by_role("button", name="break it").click()
    train.status("playing")
    expect(train.input("optimizer.lr").last).to_have_value("10")
    train.pass_step(0)
    train.hook("undo").click()  # that of the notice gives way to what is found, soon after
    expect(train.input("optimizer.lr").last).to_have_value("0.01")
    train.settle(0)


@pytest.mark.slow(seconds=6)
def test_edits_leave_marks_on_the_time_line(train: Train) -> None:
    for _ in range(3):
        train.hook("forward").click()
    train.settle(3)
    train.type(train.input("optimizer.lr").last, "0.05")
    mark = train.page.locator(".mark-edit")
    expect(mark).to_have_count(1)
    for _ in range(3):
        train.hook("forward").click()
    train.settle(6)
    expect(mark).to_have_attribute("aria-label", "step 3: learning rate 0.01 → 0.05")
    mark.click()
    train.settle(3)


@pytest.mark.slow(seconds=6)
def test_every_symbol_of_a_rule_is_explained(train: Train) -> None:
    """By the rows: what the catalog says of each rule stands under its formula, in either dialect."""
    rows = train.page.evaluate("async () => (await (await fetch('/api/catalog')).json()).optimizers")
    panel = train.page.locator("[data-part=optimizer]")
    panel.locator("summary").click()
    for row in rows:
        train.input("optimizer.name").select_option(row["name"])
        expect(train.hook("subject")).to_contain_text(row["title"])
        spoken = [parameter for parameter in row["parameters"] if parameter["name"] in row["defaults"]["textbook"]]
        symbols = [symbol for symbol, _ in row["symbols"]] + [each["symbol"] or each["title"] for each in spoken]
        # An index is lowered or raised, not written with a sign of its own.
        expect(panel.locator(".meanings dt")).to_have_text([symbol.replace("_", "").replace("^", "") for symbol in symbols])
        expect(train.page.locator(".difference")).to_contain_text("alike" if row["difference"] == "none" else row["difference"])
