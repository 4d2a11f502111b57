"""What a first visitor sees: one press, and two classes that no line separates come apart; a run that is done says so."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from train_page import Train

PAINTED = """() => {
  // Every different picture that the output has shown, and the accuracies beside them.
  const seen = (window.seen = { maps: new Set(), first: null });
  const canvas = document.querySelector("canvas[data-testid=regions], [data-testid=regions] canvas");
  const small = new OffscreenCanvas(24, 24).getContext("2d", { willReadFrequently: true });
  const look = () => {
    small.drawImage(canvas, 0, 0, 24, 24);
    seen.maps.add(small.getImageData(0, 0, 24, 24).data.join());
    seen.first ??= Number(document.querySelector("[data-testid=test-accuracy]").dataset.value);
    requestAnimationFrame(look);
  };
  look();
}"""
ACCURACY = "() => Number(document.querySelector('[data-testid=test-accuracy]').dataset.value)"


def test_one_press_and_the_classes_come_apart(train: Train, page: Page) -> None:
    train.page.evaluate(PAINTED)
    train.hook("notice").get_by_role("button", name="watch it learn").click()
    page.wait_for_function(f"() => ({ACCURACY})() >= 0.95", timeout=90_000)
    train.pause()
    train.settle()
    maps, first = page.evaluate("() => [window.seen.maps.size, window.seen.first]")
    assert first <= 0.65 and maps >= 8, (first, maps)  # where nothing else is to be done there are forty
    # The invitation is gone, and its data are those that stood there.
    expect(train.hook("notice").get_by_role("button", name="watch it learn")).to_have_count(0)
    expect(train.hook("dataset-name")).to_contain_text("spiral")
    expect(train.hook("subject")).to_contain_text("2–8–8–1")
    # What was there before comes back.
    train.hook("undo").click()
    expect(train.hook("subject")).to_contain_text("2–8–1")


@pytest.mark.slow(seconds=6)
def test_what_somebody_has_set_up_is_watched_as_it_is(train: Train) -> None:
    train.choose("circle")
    train.page.keyboard.press("Home")
    subject = train.hook("subject").inner_text()
    expect(train.hook("notice").get_by_role("button", name="watch it learn")).to_be_visible()
    train.hook("notice").get_by_role("button", name="watch it learn").click()
    train.status("playing")
    assert train.hook("subject").inner_text() == subject
    train.pause()


@pytest.mark.slow(seconds=5)
def test_flat_out_slows_down_where_nothing_changes_and_says_so(train: Train) -> None:
    layers = train.page.get_by_role("button", name="Remove layer")
    for left in reversed(range(layers.count())):  # without a hidden layer there is not much to learn
        layers.first.click()
        expect(layers).to_have_count(left)
        train.settle(0)
    train.speed("flat out")
    train.play()
    expect(train.hook("notice")).to_contain_text("Nothing has changed since step", timeout=90_000)
    slow = train.page.get_by_role("radio", name="flat out")
    expect(slow).to_have_attribute("aria-checked", "false")
    train.status("playing")
    # Whoever wants it flat out all the same has it, and is not slowed down again.
    train.speed("flat out")
    train.pass_step(train.step + 20_000)
    expect(slow).to_have_attribute("aria-checked", "true")
    train.pause()
