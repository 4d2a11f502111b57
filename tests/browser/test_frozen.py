"""Connections held and removed on the diagram, by keys and by mouse: seen, undone, on the time line, in the link and in the
PyTorch script."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect
from test_network import aim, open_editor
from test_share_and_keep import exported, link, steps, weights
from train_page import Train


def wires(train: Train, held: str) -> Locator:
    return train.page.locator(f".edges .wire.{held}")


def test_a_connection_is_held_by_keys_and_a_unit_removed_by_mouse(train: Train) -> None:
    steps(train, 3)
    start = train.step
    diagram, tip, words = train.hook("diagram"), train.hook("tip"), train.hook("held-words")
    aim(train, "Enter", "Enter")
    expect(tip).to_contain_text("W₂[1,2]")
    expect(words).to_be_hidden()
    diagram.press("h")
    lock = train.page.locator("[data-lock='W2:1']")
    expect(lock).to_have_count(1)
    expect(wires(train, "frozen")).to_have_count(1)
    assert wires(train, "frozen").evaluate("(path) => getComputedStyle(path).strokeDasharray") != "none"  # not by colour alone
    expect(words).to_contain_text("dashed, with a lock: 1 frozen")
    expect(tip).to_contain_text("frozen: no update changes it")
    told = tip.locator("strong").inner_text()
    exact = re.search(r"exactly (\S+),", tip.inner_text())
    assert exact and told.startswith("W₂[1,2] = ")

    # With the mouse: all that leads out of the first unit of layer 1 is removed, its bias is held.
    unit = train.page.locator(".unit-frame:not(.end)").nth(2)
    box = unit.bounding_box()
    assert box
    train.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    sheet = train.hook("weight-editor")
    expect(sheet).to_have_attribute("aria-label", "Edit b₁[1]")
    expect(train.hook("freeze-state")).to_have_text("trained")
    expect(sheet.get_by_role("button", name="release")).to_be_disabled()
    which = train.hook("freeze-which")
    which.select_option("outgoing")
    sheet.get_by_role("button", name="remove").click()
    expect(train.hook("freeze-state")).to_have_text("removed: 0, and stays 0")
    which.select_option("bias")
    sheet.get_by_role("button", name="hold").click()
    expect(train.hook("freeze-state")).to_have_text("frozen: no update changes it")
    expect(train.page.locator("[data-lock='b1:0']")).to_have_count(1)
    train.page.keyboard.press("Escape")
    expect(wires(train, "removed")).to_have_count(1)
    expect(words).to_contain_text("2 frozen, dotted: 1 removed")

    # Training leaves them alone; a mark on the time line says what was done.
    steps(train, start + 2)
    aim(train, "Enter", "Enter")
    expect(tip.locator("strong")).to_have_text(told)
    expect(tip).to_contain_text(f"exactly {exact[1]}, after step")
    mark = train.page.locator(".mark-edit").first
    for part in ("W2[1, 2] frozen at", "W2[all, 1] removed", "b1[1] frozen at"):
        expect(mark).to_have_attribute("title", re.compile(re.escape(part)))


@pytest.mark.slow(seconds=8)
def test_what_is_held_is_in_the_link_and_in_torch_and_is_released(train: Train, stranger: Callable[[], BrowserContext]) -> None:
    steps(train, 3)
    diagram, tip = train.hook("diagram"), train.hook("tip")
    for keys, key in ((("Enter", "Enter"), "h"), (("Enter",), "x")):
        aim(train, *keys)
        diagram.press(key)
        expect(tip).to_contain_text("no update changes it")
        diagram.press("Escape")  # no longer aimed at
        diagram.blur()
    lock = train.page.locator("[data-lock='W2:1']")
    steps(train, 7)

    # The link opens to the same bits, and to the same picture; so does a seek to before it, without any.
    address = link(train)
    other = Train(stranger().new_page()).open(address)
    other.settle(7)
    assert other.numbers() == train.numbers() and weights(other) == weights(train)
    expect(other.page.locator("[data-lock]")).to_have_count(1)
    _, script = exported(train, "PyTorch")
    assert b"frozen = {" in script and b"put_back()" in script
    for _ in range(5):
        train.hook("back").click()
    train.settle(2)
    expect(train.page.locator("[data-lock]")).to_have_count(0)
    expect(train.hook("held-words")).to_be_hidden()
    train.hook("timeline").press("End")
    train.settle(7)

    # Released by the same key, and that undone.
    aim(train, "Enter", "Enter")
    diagram.press("h")
    expect(lock).to_have_count(0)
    expect(tip).not_to_contain_text("frozen")
    train.page.keyboard.press("Control+z")
    expect(lock).to_have_count(1)

    # In the sheet by its keys: removed, and released.
    diagram.press("Escape")  # no longer aimed at
    open_editor(train, "Enter", "Enter")
    train.page.keyboard.press("x")
    expect(train.hook("freeze-state")).to_contain_text("removed")
    expect(train.hook("weight-value")).to_have_value("0")
    train.page.keyboard.press("h")
    expect(train.hook("freeze-state")).to_have_text("trained")
    train.page.keyboard.press("Escape")
    steps(train, 8)
    aim(train, "Enter", "Enter")
    expect(tip.locator("strong")).not_to_have_text("W₂[1,2] = 0")


def test_what_a_link_locks_is_neither_held_nor_removed(page: Page, server_url: str) -> None:
    train = Train(page).open(f"{server_url}/#lock=weights")
    train.settle(0)
    diagram = train.hook("diagram")
    aim(train, "Enter")
    expect(train.hook("tip")).to_contain_text("locked by this link")
    for key in ("h", "x"):
        diagram.press(key)
    train.hook("forward").click()  # whatever was sent before is done by then
    train.settle(1)
    expect(page.locator(".wire.frozen, .wire.removed, [data-lock], .mark-edit")).to_have_count(0)
