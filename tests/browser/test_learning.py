"""The main job, from the page's own controls: a network that really learns, and what it answers, on the screen."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from train_page import Train

from engine.rows.datasets import DATASETS

SIGNS = "() => ['positive', 'negative'].map((sign) => document.querySelectorAll(`.edges path.${sign}`).length)"


def test_spiral_is_learned(train: Train) -> None:
    train.choose("spiral")
    train.feature("sin_x")
    train.feature("sin_y")
    train.layers(8, 8, activation="tanh")
    train.input("optimizer.name").select_option("adam")
    expect(train.hook("subject")).to_have_text("spiral · 4–8–8–1 · Adam")
    train.speed("flat out")
    train.play()
    assert train.reach("test-accuracy", 0.95) >= 0.95
    train.pause()
    train.settle()
    train.paints("regions", 20)
    signs = train.page.evaluate(SIGNS)
    assert min(signs) > 0 and sum(signs) == 4 * 8 + 8 * 8 + 8
    expect(train.hook("curves").locator(".scatterlayer .trace")).not_to_have_count(0)
    expect(train.hook("moment")).to_contain_text("after step")


def test_there_is_a_curve_before_any_epoch_has_ended(train: Train) -> None:
    """Each mini-batch's loss, faint behind the recorded curves; the accuracy has none."""
    drawn = """() => document.querySelector(".curve").data?.find(({ uid }) => uid === "batch_loss")?.y?.length ?? 0"""
    legend = train.hook("mini-batch")
    expect(legend).to_be_hidden()
    for _ in range(3):
        train.hook("forward").click()
    train.settle(3)
    expect(train.hook("epoch")).to_have_text("epoch 0")
    expect(legend).to_be_visible()
    train.page.wait_for_function(f"() => ({drawn})() === 3")
    expect(train.hook("curves").locator(".scatterlayer .trace").first).to_be_visible()
    train.hook("curve-accuracy").click()
    expect(legend).to_be_hidden()
    train.hook("curve-loss").click()
    train.choose("circle")  # another run begins without any
    expect(legend).to_be_hidden()
    train.page.wait_for_function(f"() => ({drawn})() === 0")


@pytest.mark.slow(seconds=6)
def test_digits_are_learned(train: Train) -> None:
    train.choose("digits")
    train.layers(64, activation="relu")
    train.speed("flat out")
    train.play()
    assert train.reach("test-accuracy", 0.95) >= 0.95
    train.pause()
    train.settle()
    counts = train.hook("confusion").locator("td.count")
    expect(counts).to_have_count(100)
    right = sum(int(counts.nth(i * 11).inner_text()) for i in range(10))
    assert right > 800
    misread = train.hook("misread").locator("figure")
    expect(misread).not_to_have_count(0)
    first, second = misread.first.locator("figcaption").inner_text().split(" as ")
    assert first != second
    pixels = misread.first.locator("canvas").evaluate("(canvas) => [canvas.width, canvas.height]")
    assert pixels == [8, 8]


@pytest.mark.slow(seconds=6)
def test_every_data_set_is_drawn_and_stepped(train: Train) -> None:
    for dataset, row in DATASETS.items():
        train.choose(dataset)
        train.hook("forward").click()
        train.settle(1)
        numbers = train.numbers()
        assert numbers["train-loss"] is not None and float(numbers["train-loss"]) > 0
        kind = train.page.locator(".output").get_attribute("data-kind")
        if kind == "plane":
            train.paints("regions", 20)
        elif kind == "line":
            train.paints("fit", 5)
        else:
            expect(train.hook("confusion").locator("td.count").first).not_to_have_text("")
        assert kind == row.kind
        expect(train.hook("test-accuracy")).to_be_visible(visible=row.task == "classification")


def test_the_gallery_shows_every_data_set_of_the_catalog(train: Train) -> None:
    rows = train.page.evaluate("async () => (await (await fetch('/api/catalog')).json()).datasets.map((row) => row.name)")
    shown = train.page.locator("[data-dataset]").evaluate_all("(tiles) => tiles.map((tile) => tile.dataset.dataset)")
    assert shown == [name for name in rows if name != "inline"]
    assert set(shown) == set(DATASETS)
