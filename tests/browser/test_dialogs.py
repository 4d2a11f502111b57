"""Everything that opens over the page, at three sizes and in both themes, by the rules that hold for the page itself."""

from __future__ import annotations

from conftest import COLD, Complaints
from looks import problems
from playwright.sync_api import Page, expect
from test_own_data import damaged_table, send
from train_page import Train

LONG = "The second attempt, with a rate ten times lower and far more patience than the first"


def show(page: Page, tab: str) -> None:
    """On a phone, the page of that name."""
    if page.locator(f"[data-tab={tab}]").is_visible():
        page.locator(f"[data-tab={tab}]").click()
        expect(page.locator(f"[data-tab={tab}]")).to_have_attribute("aria-selected", "true")
        page.wait_for_function(
            "(tab) => Math.abs(document.querySelector(`#page-${tab}`).getBoundingClientRect().left) < 1", arg=tab
        )


def dialog(page: Page, name: str) -> None:
    """The dialog that is open is in order; then it is closed by its key."""
    expect(page.locator("dialog[open]")).to_be_visible()
    assert problems(page, "dialog[open]") == [], name
    page.keyboard.press("Escape")
    expect(page.locator("dialog[open]")).to_have_count(0)


def test_everything_that_opens_over_the_page_is_in_order(bare: Page, server_url: str, complaints: Complaints) -> None:
    """One after the other on one page, which is the dearest part of it."""
    complaints.expect("422")  # of the table that is none
    train = Train(bare).open(server_url, COLD)
    train.settle(0)
    help_share_and_export(train)
    experiments_branches_and_what_is_compared(train)
    a_weight_and_a_sample(train)
    a_table_and_points_by_hand(train)


def help_share_and_export(opened: Train) -> None:
    page = opened.page
    page.keyboard.press("?")
    dialog(page, "help")
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('no')); }")
    opened.hook("share").click()
    dialog(page, "share link")
    opened.hook("export").click()
    expect(page.get_by_role("menu")).to_be_visible()
    assert problems(page, ".menu") == []
    page.keyboard.press("Escape")


def experiments_branches_and_what_is_compared(opened: Train) -> None:
    page = opened.page
    opened.hook("experiments").click()
    dialog(page, "no experiments")
    for _ in range(4):
        opened.hook("forward").click()
    opened.settle(4)
    opened.hook("back").click()
    opened.settle(3)
    show(page, "settings")
    opened.type(opened.input("optimizer.lr").last, "0.05")
    opened.hook("forward").click()
    opened.settle(4)
    opened.hook("experiments").click()
    opened.hook("experiment-name").fill(LONG)
    opened.hook("experiment-save").click()
    expect(opened.hook("experiments-list")).to_contain_text("The second attempt")
    expect(opened.hook("branches-list")).to_be_visible()
    dialog(page, "experiments")
    opened.hook("experiments").click()
    page.get_by_role("button", name=f"compare with {LONG[:80]}").click()
    show(page, "output")
    expect(opened.hook("compared")).to_be_visible()
    expect(opened.hook("futures")).to_be_visible()
    assert problems(page) == [], "compared"


def a_table_and_points_by_hand(opened: Train) -> None:
    page = opened.page
    send(opened, "cells with a rather long name, as they come.csv", damaged_table())
    expect(opened.hook("table-faults").locator("li")).to_have_count(10)
    dialog(page, "a table")
    send(opened, "one.csv", "a")
    expect(opened.hook("table-error")).to_be_visible()
    dialog(page, "no table")
    show(page, "settings")
    opened.hook("draw").click()
    expect(opened.hook("draw-plane")).to_be_visible()
    show(page, "output")
    assert problems(page) == [], "drawing"


def a_weight_and_a_sample(opened: Train) -> None:
    page = opened.page
    show(page, "output")
    picker = page.locator(".answer > figure:not([hidden]) [data-testid=picker]")
    picker.focus()
    for key in ("ArrowUp", "ArrowLeft", "Enter"):
        picker.press(key)
    show(page, "network")
    expect(opened.hook("followed-loss")).to_have_attribute("data-step", str(opened.step))
    assert problems(page) == [], "followed"
    diagram = opened.hook("diagram")
    diagram.focus()
    diagram.press("ArrowLeft")
    diagram.press("e")
    expect(opened.hook("weight-editor")).to_be_visible()
    assert problems(page, ".weight-editor") == []
    page.keyboard.press("Escape")
    expect(opened.hook("weight-editor")).to_be_hidden()
    expect(opened.hook("followed")).to_be_visible()  # one Escape closes one thing
