"""The frame: theme, keys, help, and a layout in which nothing lies over anything or runs out of its place."""

from __future__ import annotations

import pytest
from looks import SIZES, lasting, show
from playwright.sync_api import Page, expect
from train_page import Train


def test_theme(train: Train) -> None:
    root = train.page.locator("html")
    expect(root).to_have_attribute("data-theme", "light")
    train.hook("theme").click()
    expect(root).to_have_attribute("data-theme", "dark")
    train.page.reload()
    expect(root).to_have_attribute("data-theme", "dark")
    expect(train.page.locator("main[data-ready=true]")).to_be_visible()
    train.page.keyboard.press("t")
    expect(root).to_have_attribute("data-theme", "light")


@pytest.mark.slow(seconds=3)
def test_theme_follows_the_system_and_the_link(page: Page, server_url: str) -> None:
    page.emulate_media(color_scheme="dark")
    page.goto(server_url)
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.goto(f"{server_url}/#view=train&theme=light")  # it is opened anew by itself
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    expect(page.locator("main[data-ready=true]")).to_be_visible()


def test_keys(train: Train) -> None:
    press = train.page.keyboard.press
    press("ArrowRight")
    train.settle(1)
    press("PageDown")
    train.settle(2)
    press("PageUp")
    train.settle(1)
    press("End")
    train.settle(2)
    press("Home")
    train.settle(0)
    press("?")
    dialog = train.page.get_by_role("dialog")
    expect(dialog).to_contain_text("Space")
    press("ArrowRight")  # a dialog keeps the keys to itself
    press("Escape")
    expect(dialog).to_be_hidden()
    assert train.step == 0


def test_keys_belong_to_the_field_that_is_typed_in(train: Train) -> None:
    units = train.hook("units-1")
    units.click()
    for key in ("Home", "ArrowRight", "Space", "t", "?"):
        train.page.keyboard.press(key)
    expect(train.page.locator("html")).to_have_attribute("data-theme", "light")
    expect(train.page.get_by_role("dialog")).to_be_hidden()
    train.status("paused")
    assert train.step == 0
    units.fill("8")


def test_space_after_a_click_means_play(train: Train) -> None:
    train.choose("xor")
    train.page.keyboard.press("Space")
    train.status("playing")
    train.page.keyboard.press("Space")
    train.status("paused")


def test_what_one_came_to_by_keys_keeps_its_own(train: Train) -> None:
    page = train.page
    summary = page.locator(".settings summary").filter(visible=True).first
    summary.focus()
    page.keyboard.press("Space")
    expect(summary.locator("xpath=..")).to_have_attribute("open", "")
    train.status("paused")
    rungs = page.get_by_role("radiogroup", name="Speed").get_by_role("radio")
    chosen = rungs.evaluate_all("(all) => all.findIndex((each) => each.ariaChecked === 'true')")
    rungs.nth(chosen).focus()
    page.keyboard.press("ArrowRight")
    expect(rungs.nth(chosen + 1)).to_have_attribute("aria-checked", "true")
    page.keyboard.press("ArrowLeft")
    expect(rungs.nth(chosen)).to_have_attribute("aria-checked", "true")
    assert train.step == 0
    rungs.nth(chosen).click()  # after a click the arrows are the run's
    page.keyboard.press("ArrowRight")
    train.settle(1)


def test_an_empty_run_invites(train: Train) -> None:
    notice = train.hook("notice")
    expect(notice).to_have_attribute("data-kind", "invite")
    notice.get_by_role("button", name="watch it learn").click()
    train.status("playing")
    train.pause()


@pytest.mark.parametrize(
    "dataset", ["spiral", *(pytest.param(name, marks=pytest.mark.slow(seconds=4)) for name in ("digits", "wine", "sine"))]
)
def test_nothing_overlaps_or_is_cut(train: Train, dataset: str) -> None:
    if dataset != "spiral":
        train.choose(dataset)
    train.layers(64, 32, activation="tanh")
    train.hook("forward").click()
    train.settle(1)
    for size, (width, height) in SIZES.items():
        train.page.set_viewport_size({"width": width, "height": height})
        for tab in ("settings", "network", "output") if size == "phone" else ("",):
            if tab:
                show(train.page, tab)
            assert train.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "the page scrolls sideways"
            for faults in (CUT, OVERLAPS):
                assert lasting(lambda faults=faults: train.page.evaluate(faults)) == [], (size, tab)


CUT = """() => {
  const seen = (each) => {
    const box = each.getBoundingClientRect();
    return each.offsetParent !== null && box.left < innerWidth && box.right > 0;
  };
  const names = [".big", ".big-label", ".panel-title", ".step", ".rung", ".name", ".moment", ".legend", ".field label",
    ".value", ".tab", ".numbers", ".page", ".transport", ".bar"].join();
  return [...document.querySelectorAll(names)]
    .filter((each) => seen(each) && each.scrollWidth > each.clientWidth + 1 && getComputedStyle(each).display !== "inline")
    .map((each) => `${each.className}: ${each.scrollWidth} in ${each.clientWidth}`);
}"""
"""Blocks whose content is wider than they are."""

OVERLAPS = """() => {
  const groups = [
    [".bar", "main", ".transport"],
    [".settings", ".network", ".right"],
    [".buttons", ".ladder", ".timeline", ".where"],
    [".right .number-box"],
    [".settings .field"],
    [".output > *:not([hidden])"],
    [".bar > *"],
    [".layer-tools > .tool-pair"],
  ];
  const found = [];
  for (const group of groups) {
    const boxes = group.flatMap((name) => [...document.querySelectorAll(name)])
      .filter((each) => each.offsetParent !== null && !each.closest("[hidden]"))
      .map((each) => ({ each, name: each.className || each.tagName, box: each.getBoundingClientRect() }))
      .filter(({ box }) => box.width > 0 && box.height > 0);
    for (let i = 0; i < boxes.length; i++) for (let j = 0; j < i; j++) {
      if (boxes[i].each.contains(boxes[j].each) || boxes[j].each.contains(boxes[i].each)) continue;
      const [a, b] = [boxes[i].box, boxes[j].box];
      const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (across > 1 && down > 1) found.push(`${boxes[j].name} and ${boxes[i].name}`);
    }
  }
  return found;
}"""
"""Pairs of neighbours that lie over each other."""


@pytest.mark.slow(seconds=8)
def test_what_was_just_said_gives_way_to_what_is_wrong(train: Train) -> None:
    """A line that has been glanced at does not lie over a finding until it would have faded by itself."""
    page, notice = train.page, train.hook("notice")
    page.clock.install()
    train.type(train.input("optimizer.lr"), "3")
    train.speed("flat out")
    train.play()
    train.pass_step(500)
    train.pause()
    train.settle()
    expect(notice).to_have_attribute("data-kind", "finding")
    train.type(train.input("optimizer.lr"), "0.01")
    expect(notice).to_contain_text("learning rate 3 → 0.01")
    page.clock.fast_forward(3100)
    expect(notice).to_have_attribute("data-kind", "finding")
