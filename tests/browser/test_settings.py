"""Settings: what is refused is said beside its field, and the session goes on; what changes a run says so."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect
from train_page import Train


def test_a_bad_rate_is_refused_beside_its_field(train: Train) -> None:
    rate = train.input("optimizer.lr")
    before = rate.input_value()
    field = train.field("optimizer.lr")
    train.type(rate, "fast")
    expect(field.get_by_role("alert")).to_contain_text("not a number")
    expect(rate).to_have_value(before)
    train.type(rate, "-1")
    expect(field.get_by_role("alert")).to_contain_text("0")
    expect(rate).to_have_value(before)
    expect(rate).to_have_attribute("aria-invalid", "true")
    train.hook("forward").click()
    train.settle(1)
    train.type(rate, "0.02")
    expect(field.get_by_role("alert")).to_be_hidden()
    expect(rate).to_have_value("0.02")


@pytest.mark.slow(seconds=3)
def test_what_is_being_typed_outlives_the_form_around_it(train: Train) -> None:
    """Another rule, whose form is another, comes while a rate is typed: on a slow line, or by an undo."""
    rate = train.input("optimizer.lr")
    rate.focus()
    train.page.keyboard.type("0.37")
    first = rate.get_attribute("id")
    train.input("optimizer.name").evaluate(
        "(select) => { select.value = 'sgd'; select.dispatchEvent(new Event('change', { bubbles: true })); }"
    )
    expect(rate).not_to_have_attribute("id", first or "")
    expect(train.hook("subject")).to_contain_text("descent")
    expect(rate).to_be_focused()
    train.page.keyboard.type("5")
    expect(rate).to_have_value("0.375")
    train.page.keyboard.press("Enter")
    expect(train.field("optimizer.lr").get_by_role("slider")).to_have_attribute("aria-valuetext", "0.375")
    # What has come meanwhile is what Escape goes back to; what nobody typed follows at once.
    rate.focus()
    train.page.keyboard.type("7")
    train.page.keyboard.press("Escape")
    expect(rate).to_have_value("0.375")


@pytest.mark.slow(seconds=6)
def test_a_network_that_cannot_be_is_refused_beside_the_layers(train: Train) -> None:
    subject = train.hook("subject").inner_text()
    train.type(train.hook("units-1"), "0")
    expect(train.field("network.layers").get_by_role("alert")).to_be_visible()
    expect(train.hook("units-1")).not_to_have_value("0")
    expect(train.hook("subject")).to_have_text(subject)
    train.type(train.hook("units-1"), "5")
    expect(train.field("network.layers").get_by_role("alert")).to_be_hidden()
    expect(train.hook("subject")).to_contain_text("2–5–1")


@pytest.mark.slow(seconds=6)
def test_a_loss_that_does_not_fit_is_refused(train: Train) -> None:
    train.choose("plane")
    train.input("loss").select_option("cross_entropy")
    expect(train.page.locator(".field-error:visible")).to_be_visible()
    expect(train.input("loss")).to_have_value("auto")


def test_changes_of_a_run_and_new_runs_are_told_apart(train: Train) -> None:
    for step in (1, 2):
        train.hook("forward").click()
        train.settle(step)
    train.type(train.input("regularization.l2"), "0.001")
    expect(train.input("regularization.l2")).to_have_value("0.001")
    assert train.step == 2
    train.page.get_by_role("button", name="one unit more in layer 1").click()
    train.settle(0)
    expect(train.hook("notice")).to_contain_text("a new run begins")
    expect(train.input("regularization.l2")).to_have_value("0.001")


@pytest.mark.slow(seconds=6)
def test_a_step_pressed_right_after_changes_is_of_the_run_they_begin(train: Train) -> None:
    train.page.evaluate(
        """() => {
          const choice = document.querySelector("[data-testid=activation-1]");
          for (const name of ["relu", "sigmoid"]) {
            choice.value = name;
            choice.dispatchEvent(new Event("change", { bubbles: true }));
          }
          document.querySelector("[data-testid=forward]").click();
        }"""
    )
    train.settle(1)
    train.hook("forward").click()
    train.settle(2)
    expect(train.hook("activation-1")).to_have_value("sigmoid")


@pytest.mark.slow(seconds=6)
def test_settings_changed_around_a_new_run_are_in_it(train: Train) -> None:
    train.page.evaluate(
        """() => {
          const change = (field, value) => {
            field.value = value;
            field.dispatchEvent(new Event("change", { bubbles: true }));
          };
          change(document.querySelector("[name='regularization.l2']"), "0.001");
          change(document.querySelector("[data-testid=activation-1]"), "relu");
          change(document.querySelector("[name='optimizer.name']"), "sgd");
        }"""
    )
    expect(train.hook("subject")).to_contain_text("gradient descent")
    train.settle(0)
    expect(train.hook("activation-1")).to_have_value("relu")
    expect(train.input("regularization.l2")).to_have_value("0.001")
    expect(train.input("optimizer.name")).to_have_value("sgd")
    train.hook("forward").click()
    train.settle(1)
    expect(train.input("optimizer.name")).to_have_value("sgd")
    expect(train.input("regularization.l2")).to_have_value("0.001")


@pytest.mark.slow(seconds=6)
def test_new_data_are_other_data(train: Train) -> None:
    before = train.numbers()["train-loss"]
    train.hook("new-data").click()
    expect(train.hook("seed")).to_have_text("1")
    train.settle(0)
    assert train.numbers()["train-loss"] != before


@pytest.mark.parametrize("share", [5, pytest.param(1, id="all", marks=pytest.mark.slow(seconds=8))])
def test_optimizers_and_dialects_come_from_the_catalog(train: Train, share: int) -> None:
    rows = train.page.evaluate("async () => (await (await fetch('/api/catalog')).json()).optimizers")[::share]
    choice = train.input("optimizer.name")
    for row in rows:
        for dialect in row["dialects"]:
            choice.select_option(row["name"])
            train.input("optimizer.dialect").select_option(dialect)
            expect(choice).to_have_value(row["name"])
            expect(train.hook("formula").locator("math")).to_be_visible()
            expect(train.input("optimizer.lr")).to_have_value(f"{row['defaults'][dialect]['lr']:g}")
    expect(train.hook("notice")).not_to_contain_text("refused")


@pytest.mark.slow(seconds=5)
def test_a_pair_is_two_numbers_with_one_refusal(train: Train) -> None:
    train.input("optimizer.name").select_option("rprop")
    shrink, grow = train.input("optimizer.etas.0"), train.input("optimizer.etas.1")
    expect(shrink).to_have_value("0.5")
    expect(grow).to_have_value("1.2")
    train.type(grow, "1.5")
    expect(grow).to_have_value("1.5")
    train.type(shrink, "3")
    alert = train.field("optimizer.etas").get_by_role("alert")
    expect(alert).to_have_count(1)
    expect(alert).to_contain_text("in (0, 1)")
    expect(shrink).to_have_value("0.5")
    train.type(shrink, "0.25")
    expect(alert).to_have_count(0)
    train.hook("forward").click()
    train.settle(1)


@pytest.mark.slow(seconds=5)
def test_a_dialects_own_parameters_come_and_go_with_it(train: Train) -> None:
    train.input("optimizer.name").select_option("nadam")
    expect(train.input("optimizer.beta1")).to_be_visible()
    expect(train.input("optimizer.psi")).to_have_count(0)
    train.input("optimizer.dialect").select_option("pytorch")
    expect(train.input("optimizer.psi")).to_have_value("0.004")
    train.hook("more-clip").locator("summary").click()
    train.type(train.input("clip.value"), "0.01")
    expect(train.input("clip.value")).to_have_value("0.01")
    train.hook("forward").click()
    train.settle(1)


@pytest.mark.slow(seconds=6)
def test_batch_is_changed_while_the_run_lasts(train: Train) -> None:
    slider = train.page.locator('input[type=range][data-path="batch_size"]')
    slider.focus()
    slider.press("End")
    expect(train.field("batch_size").locator("output")).to_contain_text("all 250")
    train.hook("forward").click()
    train.settle(1)
    expect(train.hook("epoch")).to_have_text("epoch 1")


@pytest.mark.slow(seconds=15)
def test_words_on_an_edge_and_a_unit(train: Train) -> None:
    train.hook("forward").click()
    train.settle(1)
    stage = train.hook("diagram")
    stage.focus()
    tip = train.hook("tip")
    train.page.keyboard.press("ArrowDown")
    expect(tip).to_contain_text("b₂[1] =")
    train.page.keyboard.press("Enter")
    expect(tip).to_contain_text("W₂[1,1] =")
    expect(tip).to_contain_text("from unit 1, layer 1, to unit 1, layer 2")
    expect(tip).to_contain_text("∂𝓛/∂W")
    expect(tip).to_contain_text("mini-batch of update 1")
    train.page.keyboard.press("Escape")
    expect(tip).to_be_hidden()
    assert train.step == 1, "arrows on the diagram go from unit to unit, not through time"


STRAY = """(canvas) => {
  // Coloured pixels under the plane, where the axis has its numbers.
  const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", { willReadFrequently: true });
  copy.drawImage(canvas, 0, 0);
  const rows = Math.round((16 * canvas.width) / canvas.clientWidth);
  const { data } = copy.getImageData(0, canvas.height - rows, canvas.width, rows);
  let count = 0;
  for (let i = 0; i < data.length; i += 4) {
    const rgb = [data[i], data[i + 1], data[i + 2]];
    count += Math.max(...rgb) - Math.min(...rgb) > 60 ? 1 : 0;
  }
  return count;
}"""


def test_full_noise_leads_samples_out_of_the_plane_and_that_is_told(train: Train) -> None:
    train.choose("moons")
    key = train.page.locator(".regions .point-key").filter(visible=True)
    expect(key).not_to_contain_text("outside")
    train.page.locator("[data-path='data.noise']").evaluate(
        """(slider) => {
          slider.value = slider.max;
          for (const kind of ["input", "change"]) slider.dispatchEvent(new Event(kind));
        }"""
    )
    expect(key).to_contain_text(re.compile(r"\d+ outside"))
    assert train.hook("regions").evaluate(STRAY) < 10
