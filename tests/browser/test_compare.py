"""Two runs side by side: one kept as it stands, the live one beside it, on one scale; taken back, shared, presented."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from looks import looks_well
from playwright.sync_api import BrowserContext, expect
from test_present import SMALL as SMALL_TYPE
from test_share_and_keep import link, steps
from train_page import Train
from waiting import until

TABLE = """() => [...document.querySelectorAll("[data-testid=compare-table] tr")]
  .map((row) => [...row.cells].map((each) => each.innerText))"""
TRACES = """() => document.querySelector(".curve").data?.filter(({ y }) => y?.length)
  .map(({ uid, line }) => [uid, line?.dash ?? ""])"""
DELTAS = """() => [...document.querySelectorAll(".layer-delta-value")]
  .map(({ dataset }) => [dataset.side, Number(dataset.value)])"""
SAME = "(picture) => document.querySelector('[data-testid=kept-regions]').toDataURL() === picture"
PICTURE = "(canvas) => canvas.toDataURL()"


def kept(train: Train, key: str = "b") -> None:
    """The run as it stands, by its key."""
    train.page.locator("body").press(key)
    expect(train.hook("live-side")).to_be_visible()


def table(train: Train) -> dict[str, list[str]]:
    return {name: values for name, *values in train.page.evaluate(TABLE) if name}


@pytest.mark.slow(seconds=4)
def test_what_was_kept_stays_and_what_differs_is_told(train: Train) -> None:
    page = train.page
    steps(train, 3)
    kept(train)
    expect(train.hook("compare-table")).to_contain_text("The same settings")
    expect(train.hook("diagram")).to_be_hidden()
    numbers = train.numbers()
    train.paints("kept-regions", 20)
    before = train.hook("kept-regions").evaluate(PICTURE)
    train.hook("start").click()
    train.settle(0)
    train.type(train.input("optimizer.lr"), "0.3")
    steps(train, 2)
    until(page, lambda: table(train).get("learning rate") == ["0.01", "0.3"])
    told = table(train)
    assert told["changed while it ran"] == [
        "nothing",
        "at step 0: learning rate 0.01 → 0.3",
    ]
    assert told["loss, test set"][0] == f"{float(numbers['test-loss'] or 0):.3g}".ljust(4, "0")
    until(page, lambda: train.hook("live-regions").evaluate(PICTURE) != before)
    assert train.hook("kept-regions").evaluate(PICTURE) == before
    expect(train.hook("kept-side")).to_contain_text("after step 3")
    page.wait_for_function(f"() => ({TRACES})()?.some(([uid]) => uid === 'compared-train_loss')")
    assert ["compared-train_loss", "dash"] in page.evaluate(TRACES)
    # δ of both in each of the two layers, from one zero: the widest bar is that of the largest.
    until(page, lambda: [side for side, _ in page.evaluate(DELTAS)] == ["kept", "live"] * 2)
    sizes = page.evaluate(DELTAS)
    widths = page.locator(".layer-delta-bar").evaluate_all("(bars) => bars.map((bar) => bar.getBoundingClientRect().width)")
    assert min(size for _, size in sizes) > 0
    most = max(size for _, size in sizes)
    assert widths == pytest.approx([max(widths) * size / most for _, size in sizes], abs=2.5)
    train.hook("to-kept-step").click()
    train.settle(3)
    expect(train.hook("to-kept-step")).to_be_hidden()


def test_keeping_and_removing_are_taken_back(train: Train) -> None:
    two, diagram, undo = train.hook("compare-runs"), train.hook("diagram"), train.hook("undo")
    steps(train, 1)
    expect(undo).to_be_disabled()
    train.hook("compare").click()
    expect(train.hook("notice")).to_contain_text("This run is kept at step 1")
    expect(train.hook("compared")).to_contain_text("kept run")
    undo.click()
    expect(two).to_be_hidden()
    expect(train.hook("compared")).to_be_hidden()
    kept(train)
    train.page.keyboard.press("Escape")
    expect(two).to_be_hidden()
    expect(diagram).to_be_visible()
    kept(train)  # which is kept still: shown, not kept anew
    train.hook("forward").click()
    train.settle(2)
    expect(train.hook("kept-side")).to_contain_text("after step 1")
    train.hook("remove-kept").click()
    expect(two).to_be_hidden()
    expect(train.hook("notice")).to_contain_text("The kept run is removed")
    train.page.locator("body").press("Control+z")
    expect(train.hook("kept-side")).to_contain_text("after step 1")
    expect(train.hook("compared")).to_be_visible()
    train.hook("keep-anew").click()
    expect(train.hook("kept-side")).to_contain_text("after step 2")


@pytest.mark.slow(seconds=8)
def test_a_link_has_both(train: Train, stranger: Callable[[], BrowserContext]) -> None:
    steps(train, 2)
    kept(train)
    train.type(train.input("optimizer.lr"), "0.2")
    steps(train, 5)
    address = link(train)
    expect(train.hook("notice")).to_contain_text("The kept run is in it")
    told, picture = table(train), train.hook("kept-regions").evaluate(PICTURE)
    other = Train(stranger().new_page()).open(address)
    other.settle(5)
    expect(other.hook("kept-side")).to_contain_text("after step 2")
    assert other.numbers() == train.numbers()
    assert table(other) == told and "learning rate" in told
    other.page.wait_for_function(SAME, arg=picture)
    assert "kept=" not in other.page.url and "s=" not in other.page.url
    other.page.goto(address.split("&kept=")[0] + "&kept=AAAA")
    expect(other.hook("notice")).to_contain_text("The run to compare with cannot be opened: it is damaged")


@pytest.mark.slow(seconds=10)
def test_a_run_that_plays_is_kept_and_goes_on(train: Train) -> None:
    train.speed("10 epochs/s")
    train.play()
    kept(train)
    train.status("playing")
    step = train.step
    train.pass_step(step + 50)
    train.pause()
    train.settle()
    expect(train.hook("to-kept-step")).to_be_visible()


@pytest.mark.slow(seconds=12)
def test_other_data_have_their_own_pictures(train: Train) -> None:
    train.choose("sine")
    kept(train)
    train.choose("digits")
    expect(train.hook("kept-fit")).to_be_visible()
    expect(train.hook("live-confusion")).to_be_visible()
    assert table(train)["data"] == ["sine", "digits"]
    train.choose("plane")  # a regression: its scale reaches as far as the farther of the two
    train.hook("keep-anew").click()
    train.choose("multi_gaussian")
    expect(train.hook("kept-regions")).to_be_visible()
    keys = train.page.locator(".compare-side .ramp-words").all_inner_texts()
    assert len(keys) == 2 and keys[0] == keys[1], keys


@pytest.mark.looks(seconds=30, sweep=True)
def test_it_looks_well(train: Train) -> None:
    steps(train, 2)
    kept(train)
    train.type(train.input("optimizer.lr"), "0.3")
    steps(train, 3)
    looks_well(train.page)


@pytest.mark.slow(seconds=6)
def test_presenting_both_pictures_are_large_and_the_curve_is_in_view(train: Train) -> None:
    page = train.page
    page.set_viewport_size({"width": 1280, "height": 720})
    steps(train, 2)
    kept(train)
    page.keyboard.press("p")
    page.wait_for_function("() => document.querySelector('.curve')._fullLayout?.font.size === 18")
    seen = train.transport.bounding_box()
    for name in ("kept-regions", "live-regions"):
        box = train.hook(name).bounding_box()
        assert box and seen and min(box["width"], box["height"]) >= 320 and box["y"] + box["height"] <= seen["y"]
    curve = page.locator(".curve").bounding_box()
    assert curve and seen and curve["height"] >= 120 and curve["y"] + curve["height"] <= seen["y"]
    assert page.evaluate(SMALL_TYPE) == []
    page.keyboard.press("p")


@pytest.mark.slow(seconds=6)
def test_on_a_phone_they_are_below_each_other(train: Train) -> None:
    steps(train, 1)
    kept(train)
    train.page.set_viewport_size({"width": 390, "height": 844})
    first, second = train.hook("kept-side").bounding_box(), train.hook("live-side").bounding_box()
    assert first and second and first["y"] + first["height"] <= second["y"] and first["x"] == second["x"]
