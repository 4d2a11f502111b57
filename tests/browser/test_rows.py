"""Every kind of row is reached by keyboard during a live run, and what it does is drawn with the engine's numbers."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from held_page import Held
from looks import show
from playwright.sync_api import Locator, expect
from train_page import Train
from waiting import becomes, painted

from engine import RunSpec, Trainer
from engine.evaluation.curves import output_delta
from engine.spec import MAX_LAYERS

# By keyboard ----------------------------------------------------------------------------------------------------------


def choose_next(field: Locator) -> str:
    """The choice below, by one key; its name."""
    following = field.evaluate("(select) => select.options[select.selectedIndex + 1].value")
    field.focus()
    field.press("ArrowDown")
    expect(field).to_have_value(following)
    return str(following)


def type_in(field: Locator, text: str) -> None:
    field.focus()
    field.press("Control+a")
    field.press_sequentially(text)
    field.press("Enter")
    expect(field).to_have_value(text.replace("-", "\u2212"))


def goes_on(train: Train) -> None:
    """The run goes on: three more updates of a run that plays."""
    if train.transport.get_attribute("data-status") != "playing":
        train.hook("play").focus()
        train.page.keyboard.press("Enter")
        train.status("playing")
    train.pass_step(train.step + 2)
    expect(train.page.locator(".field-error:visible")).to_have_count(0)


def open_layer(train: Train, layer: int) -> None:
    toggle = train.hook(f"layer-{layer}")
    toggle.focus()
    toggle.press("Enter")
    expect(toggle).to_have_attribute("aria-expanded", "true")


def unfold(train: Train, name: str) -> None:
    place = train.hook(name)
    summary = place.locator("summary")
    summary.focus()
    summary.press("Enter")
    expect(place).to_have_attribute("open", "")


def new_run(train: Train) -> None:
    """What is changed now begins a new run: it is told, and plays."""
    expect(train.hook("notice")).to_contain_text("a new run begins")
    train.settle(0)
    goes_on(train)


@pytest.mark.slow(seconds=40)
def test_each_kind_is_changed_once_by_keyboard_during_a_live_run(train: Train) -> None:
    train.speed("10 epochs/s")
    train.layers(4, 3)
    goes_on(train)
    expected: dict[str, Any] = {}
    # What begins a new run.
    open_layer(train, 2)
    layer = "network.layers.1"
    expected[f"{layer}.activation"] = choose_next(train.hook("activation-2"))
    new_run(train)
    expected[f"{layer}.norm"] = choose_next(train.input(f"{layer}.norm"))
    new_run(train)
    type_in(train.input(f"{layer}.dropout"), "0.25")
    expected[f"{layer}.dropout"] = 0.25
    new_run(train)
    expected[f"{layer}.skip"] = int(choose_next(train.input(f"{layer}.skip")))
    new_run(train)
    expected["network.initializer.name"] = choose_next(train.input("network.initializer.name"))
    new_run(train)
    type_in(train.input("network.bias"), "0.01")
    expected["network.bias"] = 0.01
    new_run(train)
    expected["loss"] = choose_next(train.input("loss"))
    new_run(train)
    expected["network.output_activation"] = choose_next(train.input("network.output_activation"))
    new_run(train)
    expected["data.validation_fraction"] = 0.1
    slide(train, "data.validation_fraction", "10\u202f%")
    new_run(train)
    # What is changed while the run lasts.
    begun = train.step
    for path in ("optimizer.name", "optimizer.dialect", "schedule.name", "schedule.unit"):
        expected[path] = choose_next(train.input(path))
        goes_on(train)
    for name in ("more-clip", "more-stop", "more-numerics"):
        unfold(train, name)
    typed = {"schedule.warmup": "3", "schedule.gamma": "0.9", "regularization.l1": "0.0001", "regularization.l2": "0.0002"}
    typed |= {"regularization.jitter": "0.05", "clip.norm": "5", "clip.value": "2", "stop.patience": "900"}
    typed |= {"stop.min_change": "1e-30", "stop.max_steps": "900000"}
    for path, text in typed.items():
        type_in(train.input(path), text)
        expected[path] = float(text)
        goes_on(train)
    naive = train.input("numerics")
    naive.focus()
    for key in ("Shift+Tab", "Tab", "Space"):  # after a click elsewhere Space means play, but not where one came by keys
        train.page.keyboard.press(key)
    expect(naive).to_be_checked()
    expected["numerics"] = "naive"
    goes_on(train)
    expected["batch_size"] = 16
    slide(train, "batch_size", "16 of 200")
    goes_on(train)
    assert train.step > begun
    train.pause()
    # The run's own script says so, replayed by the engine.
    train.hook("export").click()
    with train.page.expect_download() as download:
        train.page.get_by_role("menuitem", name="Experiment").click()
    spec = Trainer.from_script(download.value.path().read_text()).effective_spec.model_dump()
    for path, value in expected.items():
        assert read(spec, path) == value, path


def slide(train: Train, path: str, shown: str) -> None:
    """One step of a slider to the right."""
    slider = train.page.locator(f'input[type=range][data-path="{path}"]')
    slider.focus()
    slider.press("ArrowRight")
    expect(train.field(path).locator("output")).to_have_text(shown)


def read(spec: dict[str, Any], path: str) -> Any:
    found: Any = spec
    for key in path.split("."):
        found = found[int(key)] if key.isdigit() else found[key]
    return found


@pytest.mark.slow(seconds=12)
def test_a_layer_like_another_and_as_many_as_are_wished(train: Train) -> None:
    train.layers(5, 4, 3)
    open_layer(train, 3)
    train.input("network.layers.2.skip").select_option("2")
    expect(train.page.locator("[data-skip='1:3']")).to_have_text("+ h₁layer 3 adds what layer 1 gives")
    train.input("network.layers.2.norm").select_option("layer")
    train.type(train.input("network.layers.2.dropout"), "0.1")
    marks = train.page.locator("[data-mark='3']")
    expect(marks).to_have_text(["layer normlayer norm", "drop 0.1drop 0.1"])
    # The skip stays with the layer it comes from while others go.
    train.page.get_by_role("button", name="Remove layer 2").click()
    expect(train.page.locator("[data-skip='1:2']")).to_be_visible()
    open_layer(train, 2)
    train.hook("alike-2").click()
    expect(train.page.locator("[data-mark='1']")).to_have_count(2)
    train.page.get_by_role("button", name="delete layer 1").click()
    expect(train.hook("subject")).to_contain_text("2–3–1")
    train.type(train.input("network.layer_count"), str(MAX_LAYERS + 1))
    expect(train.field("network.layers").get_by_role("alert")).to_contain_text(f"0 to {MAX_LAYERS}")
    train.type(train.input("network.layer_count"), str(MAX_LAYERS))
    expect(train.hook("ribbon")).to_be_visible()
    expect(train.page.get_by_role("button", name="Remove layer")).to_have_count(MAX_LAYERS)
    expect(train.hook("add-layer")).to_be_disabled()
    train.type(train.input("network.layer_count"), "2")
    expect(train.hook("diagram")).to_be_visible()


@pytest.mark.slow(seconds=6)
def test_early_stopping_without_a_validation_part_is_refused_at_its_field(train: Train) -> None:
    unfold(train, "more-stop")
    patience = train.input("stop.patience")
    train.type(patience, "5")
    expect(train.field("stop.patience").get_by_role("alert")).to_contain_text("needs a validation split")
    expect(patience).to_have_value("off")
    train.hook("forward").click()
    train.settle(1)


@pytest.mark.slow(seconds=6)
def test_initializers_show_their_own_parameters(train: Train) -> None:
    for name, parameter in (("orthogonal", "gain"), ("constant", "value"), ("normal", "scale")):
        train.input("network.initializer.name").select_option(name)
        field = train.input(f"network.initializer.{parameter}")
        train.type(field, "0.5")
        expect(field).to_have_value("0.5")
    expect(train.page.locator(".field-error:visible")).to_have_count(0)


# Drawn with the engine's numbers --------------------------------------------------------------------------------------


def test_the_schedule_is_drawn_ahead_with_the_engines_rates(train: Train) -> None:
    train.input("schedule.name").select_option("warm_restarts")
    train.type(train.input("schedule.warmup"), "40")
    train.type(train.input("schedule.length"), "30")
    expect(train.input("schedule.length")).to_have_value("30")
    for step in range(1, 4):
        train.hook("forward").click()
        train.settle(step)
    spec = {"data": {"samples": 500}, "schedule": {"name": "warm_restarts", "warmup": 40, "length": 30}}
    direct = Trainer(RunSpec.model_validate(spec))
    reading, plot = train.hook("schedule-reading"), train.hook("schedule-plot")
    expect(reading).to_have_attribute("data-step", "3")
    expect(reading).to_contain_text("now")
    direct.step(3)
    for place in (reading, train.hook("rate-now")):
        becomes(train.page, lambda place=place: float(place.get_attribute("data-value") or "nan"), direct.rate)
    plot.focus()
    for key, times in (("Home", 1), ("ArrowRight", 7), ("PageDown", 3), ("PageUp", 5), ("End", 1)):
        for _ in range(times):
            plot.press(key)
        painted(train.page)
        at, value = reading.evaluate("({ dataset }) => [dataset.step, dataset.value].map(Number)")
        step = int(at)
        assert value == direct.rates(np.array([step]))[0]
    assert step >= 40 + 7 * 30 and train.step == 3, "its keys read the plot and leave time alone"
    dot = train.hook("rate-present").evaluate("(dot) => parseFloat(dot.style.left)")
    assert dot == pytest.approx(100 * 3 / step)


@pytest.mark.slow(seconds=6)
def test_confidently_wrong(train: Train) -> None:
    toggle = train.hook("loss-toggle")
    toggle.focus()
    toggle.press("Enter")
    z, times = train.hook("moment-z"), train.hook("moment-times")
    expect(train.hook("moment-mse")).to_have_text("δ = \u22120.0066")
    expect(train.hook("moment-bce")).to_have_text("δ = \u22120.9933")
    expect(times).to_contain_text("150.4 times")
    expect(train.hook("loss-formula").locator("math")).to_be_visible()
    expect(train.hook("loss-match")).to_contain_text("sigmoid")
    for key, count, at in (("ArrowRight", 3, -4.7), ("End", 1, 8.0), ("ArrowLeft", 15, 6.5)):
        for _ in range(count):
            z.press(key)
        for loss in ("mse", "bce"):
            shown = float(train.hook(f"moment-{loss}").get_attribute("data-value") or "nan")
            assert shown == output_delta(loss, "sigmoid", [at], 1.0).delta[0]
    train.hook("moment-y").select_option("0")
    shown = float(train.hook("moment-bce").get_attribute("data-value") or "nan")
    assert shown == output_delta("bce", "sigmoid", [6.5], 0.0).delta[0]
    train.input("loss").select_option("mse")
    expect(train.hook("loss-match")).to_contain_text("the error signal is lost")


@pytest.mark.slow(seconds=6)
def test_what_an_activation_is_fed(train: Train) -> None:
    train.layers(6, 5, activation="sigmoid")
    open_layer(train, 1)
    shares = train.hook("shares-1")
    expect(shares).to_contain_text("saturated")
    layers = [{"units": units, "activation": "sigmoid"} for units in (6, 5)]
    direct = Trainer(RunSpec.model_validate({"network": {"layers": layers}}))
    spread = direct.preactivation_histograms()[0]
    script = "([shares, ...spread]) => spread.join() === [shares.dataset.saturated, shares.dataset.dead].map(Number).join()"
    train.page.wait_for_function(script, arg=[shares.element_handle(), spread.saturated, spread.dead])
    train.paints("phi-1", 10)
    expect(train.hook("before-1")).to_be_hidden()
    train.input("network.layers.0.norm").select_option("batch")
    expect(train.hook("before-1")).to_be_visible()
    train.paints("before-1", 1)


@pytest.mark.slow(seconds=6)
def test_a_deep_network_is_a_ribbon_of_the_engines_norms(train: Train) -> None:
    train.hook("activation-1").select_option("sigmoid")
    train.type(train.input("network.layer_count"), "10")
    ribbon, reading = train.hook("ribbon"), train.hook("ribbon-reading")
    expect(ribbon).to_be_visible()
    expect(train.hook("diagram")).to_be_hidden()
    expect(reading).to_have_attribute("data-delta", NUMBER)
    layers = [{"units": 8, "activation": "sigmoid"}] * 10
    direct = Trainer(RunSpec.model_validate({"network": {"layers": layers}}))
    flow = direct.flow()
    ribbon.focus()
    ribbon.press("Home")
    assert float(reading.get_attribute("data-h") or "nan") == flow.h[0]
    for layer in range(1, 12):
        ribbon.press("ArrowRight")
        assert float(reading.get_attribute("data-h") or "nan") == flow.h[layer]
        assert float(reading.get_attribute("data-delta") or "nan") == flow.delta[layer - 1]
    ratio = train.page.locator(".ribbon [data-ratio]").get_attribute("data-ratio")
    assert float(ratio or "nan") == pytest.approx(flow.delta[0] / flow.delta[-1]) and float(ratio or "nan") < 1e-4
    assert train.step == 0, "its keys read the layers and leave time alone"
    # It lives: other numbers after another update.
    train.hook("forward").click()
    train.settle(1)
    direct.step(1)
    expect(reading).to_have_attribute("data-h", str(float(direct.flow().h[-1])))


NUMBER = re.compile(r"^\d")


# Looks ----------------------------------------------------------------------------------------------------------------


@pytest.mark.looks(seconds=30, sweep=True)
def test_the_panels_look_well_when_all_is_open(held: Held) -> None:
    show(held.page, "settings")
    held.layers(6, 5, 4)
    open_layer(held, 3)
    held.input("network.layers.2.norm").select_option("batch")
    held.input("network.layers.2.skip").select_option("2")
    held.type(held.input("network.layers.2.dropout"), "0.2")
    expect(held.hook("before-3")).to_be_visible()
    held.input("optimizer.name").select_option("radam")
    held.input("schedule.name").select_option("one_cycle")
    unfold(held, "more-stop")
    unfold(held, "more-clip")
    unfold(held, "more-numerics")
    held.type(held.input("stop.patience"), "5")
    expect(held.field("stop.patience").get_by_role("alert")).to_be_visible()
    held.hook("loss-toggle").click()
    expect(held.hook("moment-times")).to_contain_text("150.4")
    held.looks_well(what="all open", places=("schedule-plot", "phi-3", "moment-times", "more-numerics"))
    expect(held.field("stop.patience").get_by_role("alert")).to_be_visible()
    show(held.page, "settings")
    held.type(held.input("network.layer_count"), "50")
    expect(held.hook("ribbon")).to_be_attached()
    expect(held.hook("ribbon-reading")).to_have_attribute("data-delta", NUMBER)
    held.looks_well(what="deep")
