"""The diagram: what edges and units show, by switches; a weight edited by click, by keys and by dragging, and taken back."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from looks import SIZES
from playwright.sync_api import Locator, expect
from test_frame import CUT, OVERLAPS
from train_page import Train

MINUS = "\u2212"
NOTHING_HERE = "back to the run before (Ctrl+Z)"
"""No change of this run is left to undo; there was another run."""


def widths(train: Train) -> list[str | None]:
    """The drawn width and sign of every connection."""
    script = "(paths) => paths.map((path) => `${path.getAttribute('class')} ${path.getAttribute('stroke-width')}`)"
    found: list[str | None] = train.page.locator(".edges path").evaluate_all(script)
    return found


def radio(train: Train, name: str) -> Locator:
    return train.hook("diagram").locator("xpath=..").get_by_role("radio", name=name, exact=True)


def trained(train: Train, dataset: str = "moons", steps: int = 60) -> None:
    train.choose(dataset)
    train.layers(4, 3)
    train.page.keyboard.press("Escape")
    for _ in range(2):
        train.hook("forward").click()
    train.settle(2)
    train.speed("flat out")
    train.play()
    train.pass_step(steps)
    train.pause()
    train.settle()


def aim(train: Train, *keys: str) -> None:
    """With the keys on the diagram: from the output, as it begins, to what is meant."""
    diagram = train.hook("diagram")
    diagram.focus()
    for key in ("ArrowLeft", *keys):
        diagram.press(key)


def value(train: Train) -> float:
    return float(train.hook("weight-value").input_value().replace(MINUS, "-"))


def open_editor(train: Train, *keys: str) -> Locator:
    aim(train, *keys)
    train.hook("diagram").press("e")
    editor = train.hook("weight-editor")
    expect(editor).to_be_visible()
    return editor


@pytest.mark.slow(seconds=4)
def test_switches_change_what_edges_show_and_print_the_scale(train: Train) -> None:
    train.choose("moons")
    train.page.keyboard.press("g")
    expect(train.hook("scale")).to_have_text("no update made yet")  # an honest nothing before the first update
    train.page.keyboard.press("w")
    trained(train)
    weights = widths(train)
    expect(train.hook("scale")).to_contain_text("line width 1 px = |w|")
    radio(train, "gradients").click()
    expect(radio(train, "gradients")).to_have_attribute("aria-checked", "true")
    expect(train.hook("scale")).to_contain_text("line width 1 px = |∂𝓛/∂w|")
    gradients = widths(train)
    assert gradients != weights
    train.page.keyboard.press("u")
    expect(radio(train, "last update")).to_have_attribute("aria-checked", "true")
    expect(train.hook("scale")).to_contain_text("line width 1 px = |Δw|")
    # The picture of the updates is asked for only now, and comes.
    train.page.wait_for_function(
        "() => [...document.querySelectorAll('.edges path')].some((p) => +p.getAttribute('stroke-width') > 1)"
    )
    updates = widths(train)
    assert updates not in (weights, gradients)
    printed = train.hook("scale").inner_text()
    train.hook("forward").click()
    train.settle()
    assert train.hook("scale").inner_text() == printed  # fixed while it is looked at
    train.page.keyboard.press("Home")
    train.settle(0)
    expect(train.hook("scale")).to_have_text("no update made yet")
    assert len(set(widths(train))) == 1  # nothing of another step is left
    train.page.keyboard.press("w")
    expect(train.hook("scale")).to_contain_text("|w|")


@pytest.mark.slow(seconds=6)
def test_a_scale_gives_way_where_next_to_nothing_of_it_is_used(train: Train) -> None:
    train.choose("wine")
    train.hook("forward").click()
    train.settle(1)
    train.page.keyboard.press("d")
    scale = train.hook("unit-scale")
    expect(scale).to_contain_text("mean |δ|")
    at_first = scale.inner_text()
    train.speed("flat out")
    train.play()
    train.pass_step(2000)
    train.pause()
    train.settle()
    late = scale.inner_text()
    assert late != at_first
    train.hook("forward").click()
    train.settle()
    assert scale.inner_text() == late  # fixed while it is looked at
    train.page.keyboard.press("w")
    train.page.keyboard.press("d")
    expect(scale).to_contain_text("mean |δ|")


def subscribed(payload: str | bytes) -> set[str] | None:
    """The channels that a message asks for; None where it is no subscription."""
    message = json.loads(payload)
    return set(message["channels"]) if message["type"] == "subscribe" else None


def test_what_is_not_shown_is_not_asked_for(page: Any, server_url: str) -> None:
    extra = {"updates", "deltas", "weights"}
    asked: list[set[str] | None] = []
    sockets: list[Any] = []

    def connected(socket: Any) -> None:
        sockets.append(socket)
        socket.on("framesent", lambda payload: asked.append(subscribed(payload)))

    page.on("websocket", connected)
    train = Train(page).open(server_url)
    train.settle(0)
    plain = [channels for channels in asked if channels is not None]
    assert plain and not any(extra & channels for channels in plain)
    (socket,) = sockets
    for key, channel in (("u", "updates"), ("d", "deltas")):
        with socket.expect_event("framesent", lambda payload, channel=channel: channel in (subscribed(payload) or ())):
            page.keyboard.press(key)
    with socket.expect_event("framesent", lambda payload: extra <= (subscribed(payload) or set())):
        train.hook("spread-toggle").click()
    page.keyboard.press("w")
    page.keyboard.press("m")
    with socket.expect_event("framesent", lambda payload: not extra & (subscribed(payload) or extra)):
        train.hook("spread-toggle").click()


@pytest.mark.slow(seconds=6)
def test_units_show_delta(train: Train) -> None:
    trained(train)
    train.page.keyboard.press("d")
    expect(radio(train, "δ")).to_have_attribute("aria-checked", "true")
    expect(train.hook("unit-scale")).to_contain_text("mean |δ|")
    expect(train.hook("unit-scale")).to_contain_text("train set")
    aim(train)
    tip = train.hook("tip")
    expect(tip).to_contain_text("δ of unit 1, layer 3")
    expect(tip).to_contain_text("training samples, after step")
    train.page.keyboard.press("m")
    expect(train.hook("unit-scale")).to_be_hidden()
    expect(tip).to_contain_text("b₃[1]")


def test_a_weight_is_edited_by_keys_and_undone_to_the_same_numbers(train: Train) -> None:
    trained(train)
    before = train.numbers()
    editor = open_editor(train, "Enter", "Enter")
    expect(editor).to_have_attribute("aria-label", "Edit W₃[1,2]")
    expect(editor).to_contain_text("from unit 2, layer 2, to unit 1, layer 3")
    exact = value(train)
    field = train.hook("weight-value")
    expect(field).to_be_focused()
    field.fill("abc")
    field.press("Enter")
    expect(editor.get_by_role("alert")).to_contain_text("is no number")
    field.fill("-2.5")
    field.press("Enter")
    expect(editor.get_by_role("alert")).to_be_hidden()
    expect(train.hook("undo")).to_be_enabled()
    expect(field).to_have_value(f"{MINUS}2.5")
    train.page.wait_for_function(
        "(old) => document.querySelector('[data-testid=train-loss]').dataset.value !== old", arg=before["train-loss"]
    )
    changed = train.numbers()
    field.press("Escape")
    expect(editor).to_be_hidden()
    expect(train.hook("diagram")).to_be_focused()
    expect(train.hook("tip")).to_contain_text(f"W₃[1,2] = {MINUS}2.500")
    train.page.keyboard.press("Control+z")
    expect(train.hook("undo")).to_have_attribute("title", NOTHING_HERE)
    expect(train.hook("train-loss")).to_have_attribute("data-value", str(before["train-loss"]))
    assert train.numbers() == before
    train.hook("redo").click()
    expect(train.hook("train-loss")).to_have_attribute("data-value", str(changed["train-loss"]))
    assert train.numbers() == changed
    train.page.keyboard.press("Control+z")
    open_editor(train, "Enter", "Enter")
    expect(field).to_have_value(str(exact).replace("-", MINUS))


@pytest.mark.slow(seconds=5)
def test_one_key_goes_back_to_the_run_before_another_network(train: Train) -> None:
    trained(train)
    subject, before, step = train.hook("subject").inner_text(), train.numbers(), train.step
    train.page.get_by_role("button", name="one unit more in layer 1").click()
    expect(train.hook("subject")).to_contain_text("–5–3–")
    train.hook("diagram").get_by_role("button", name="+ layer").click()
    expect(train.hook("subject")).not_to_contain_text("–5–3–1")
    expect(train.hook("notice").get_by_role("button", name="undo")).to_be_visible()
    train.settle(0)
    train.page.keyboard.press("Control+z")
    expect(train.hook("subject")).to_contain_text("–5–3–1")
    train.settle(0)
    train.page.keyboard.press("Control+z")
    expect(train.hook("subject")).to_have_text(subject)
    train.settle(step)
    assert train.numbers() == before


@pytest.mark.slow(seconds=5)
def test_delete_sets_zero(train: Train) -> None:
    trained(train)
    open_editor(train, "Enter")
    train.hook("weight-value").press("Delete")  # all of it is selected
    expect(train.hook("weight-value")).to_have_value("0")
    expect(train.hook("tip")).to_be_hidden()
    train.page.keyboard.press("Escape")
    expect(train.hook("tip")).to_contain_text("W₃[1,1] = 0")
    aim(train, "ArrowDown")
    train.hook("diagram").press("Delete")
    expect(train.hook("tip")).to_contain_text("b₂[2] = 0")


@pytest.mark.slow(seconds=5)
def test_a_bias_is_edited_by_a_click_and_by_dragging(train: Train) -> None:
    trained(train)
    before = train.numbers()
    frame = train.page.locator(".unit-frame.end").bounding_box()
    assert frame
    train.page.mouse.click(frame["x"] + frame["width"] / 2, frame["y"] + frame["height"] / 2)
    editor = train.hook("weight-editor")
    expect(editor).to_have_attribute("aria-label", "Edit b₃[1]")
    slider = train.hook("weight-slider")
    ends = [slider.get_attribute(name) for name in ("min", "max")]
    box = slider.bounding_box()
    assert box
    y = box["y"] + box["height"] / 2
    train.page.mouse.move(box["x"] + box["width"] / 2, y)
    train.page.mouse.down()
    for tenth in range(5, 10):
        train.page.mouse.move(box["x"] + box["width"] * tenth / 10, y)
    train.page.mouse.up()
    wanted = slider.input_value()
    expect(train.hook("weight-value")).to_have_value(wanted)
    assert math.isclose(value(train), float(wanted)) and value(train) > 0
    assert [slider.get_attribute(name) for name in ("min", "max")] == ends  # the range stood still
    expect(train.hook("undo")).to_be_enabled()
    train.page.keyboard.press("Escape")
    train.hook("undo").click()  # one drag at one step is one change
    expect(train.hook("undo")).to_have_attribute("title", NOTHING_HERE)
    expect(train.hook("train-loss")).to_have_attribute("data-value", str(before["train-loss"]))
    assert train.numbers() == before


@pytest.mark.slow(seconds=6)
def test_a_drag_while_it_trains_is_one_change_and_the_run_goes_on(train: Train) -> None:
    train.choose("moons")
    train.speed("1 epoch/s")
    train.play()
    open_editor(train)
    slider = train.hook("weight-slider")
    box = slider.bounding_box()
    assert box
    y = box["y"] + box["height"] / 2
    train.page.mouse.move(box["x"] + box["width"] / 2, y)
    train.page.mouse.down()
    for tenth in range(5, 10):
        train.page.mouse.move(box["x"] + box["width"] * tenth / 10, y)
    train.status("paused")
    train.page.mouse.up()
    train.status("playing")
    train.pause()
    train.hook("undo").click()
    expect(train.hook("undo")).to_have_attribute("title", NOTHING_HERE)


@pytest.mark.slow(seconds=5)
def test_nothing_is_cut_while_delta_is_shown_and_a_bias_is_edited(train: Train) -> None:
    train.page.keyboard.press("u")
    train.page.keyboard.press("d")
    expect(train.hook("unit-scale")).to_contain_text("mean |δ|")
    for dataset in ("digits", "sine"):
        train.choose(dataset)
        train.hook("forward").click()
        train.settle(1)
        for size, (width, height) in SIZES.items():
            train.page.set_viewport_size({"width": width, "height": height})
            open_editor(train)
            for faults in (CUT, OVERLAPS):
                train.page.wait_for_function(f"() => ({faults})().length === 0")
            sheet, diagram = (train.page.locator(name).bounding_box() for name in (".weight-editor", ".diagram"))
            assert sheet and diagram, (dataset, size)
            assert diagram["x"] <= sheet["x"] and sheet["x"] + sheet["width"] <= diagram["x"] + diagram["width"], size
            assert diagram["y"] <= sheet["y"] and sheet["y"] + sheet["height"] <= diagram["y"] + diagram["height"], size
            train.page.keyboard.press("Escape")
            expect(train.hook("weight-editor")).to_be_hidden()
            train.hook("diagram").press("Escape")  # no longer aimed at
        train.page.set_viewport_size({"width": 1440, "height": 900})


@pytest.mark.slow(seconds=3)
def test_a_connection_is_edited_by_a_click(train: Train) -> None:
    trained(train)
    path = train.page.locator(".edges path").last
    point = path.evaluate(
        """(path) => {
          const middle = path.getPointAtLength(path.getTotalLength() / 2);
          const { x, y } = middle.matrixTransform(path.getScreenCTM());
          return [x, y];
        }"""
    )
    train.page.mouse.move(*point)
    expect(train.hook("tip")).to_contain_text("W₃[1,3]")
    train.page.mouse.click(*point)
    expect(train.hook("weight-editor")).to_have_attribute("aria-label", "Edit W₃[1,3]")
    train.page.mouse.click(point[0], train.hook("diagram").bounding_box()["y"] + 60)  # type: ignore[index]
    expect(train.hook("weight-editor")).to_be_hidden()


@pytest.mark.slow(seconds=6)
def test_units_of_a_line_show_their_responses(train: Train) -> None:
    trained(train, "sine")
    expect(radio(train, "response")).to_have_attribute("aria-checked", "true")
    colours = """(canvas) => {
      const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", { willReadFrequently: true });
      copy.drawImage(canvas, 0, 0);
      const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
      return new Set(new Uint32Array(data.buffer)).size;
    }"""
    assert train.page.locator("canvas.units").evaluate(colours) > 20
    aim(train, "ArrowLeft")
    expect(train.hook("tip")).to_contain_text("over the line from")


def test_health_and_histogram(train: Train) -> None:
    health = train.hook("health")
    expect(health.locator("td").first).to_have_text("–")  # nothing before the first update
    trained(train)
    cells = health.locator("tbody td")
    expect(cells).to_have_count(6)
    numbers = [float(cells.nth(i).get_attribute("data-value") or "nan") for i in range(6)]
    assert all(number > 0 for number in numbers)
    train.hook("spread-toggle").click()
    train.page.wait_for_function("() => document.querySelector('.spread-place .title-row').innerText.includes('up to')")
    assert train.painted("spread") > 3
    train.hook("spread-layer").select_option("2")
    expect(train.hook("spread")).to_have_attribute("aria-label", "Histogram of the weights of layer 2")


@pytest.mark.slow(seconds=6)
def test_recall_stands_beside_the_confusion(train: Train) -> None:
    train.choose("iris")
    train.speed("flat out")
    train.play()
    train.pass_step(200)
    train.pause()
    train.settle()
    counts = [
        [int(text) if text.isdigit() else 0 for text in row.locator("td.count").all_inner_texts()]
        for row in train.hook("confusion").locator("tbody tr").all()
    ]
    shown = train.hook("confusion").locator("td.recall")
    for index, row in enumerate(counts):
        assert float(shown.nth(index).get_attribute("data-value") or "nan") == pytest.approx(row[index] / sum(row))


@pytest.mark.slow(seconds=5)
def test_the_axis_of_the_loss_is_switched_and_remembered(train: Train) -> None:
    trained(train)
    axis = train.hook("loss-axis")
    expect(axis).to_have_attribute("aria-pressed", "true")
    kind = "() => document.querySelector('[data-testid=curves] .js-plotly-plot')._fullLayout.yaxis.type"
    train.page.wait_for_function(f"() => document.querySelector('.js-plotly-plot') && ({kind})() === 'log'")
    axis.click()
    expect(axis).to_have_attribute("aria-pressed", "false")
    train.page.wait_for_function(f"() => ({kind})() === 'linear'")
    train.page.reload()
    expect(train.hook("loss-axis")).to_have_attribute("aria-pressed", "false")
    train.page.keyboard.press("l")
    expect(train.hook("loss-axis")).to_have_attribute("aria-pressed", "true")
