"""Everything that opens over the page, at three sizes and in both themes, by the rules that hold for the page itself."""

from __future__ import annotations

import pytest
from complaints import Complaints
from held_page import Held
from looks import show
from playwright.sync_api import expect
from test_own_data import damaged_table, send

LONG = "The second attempt, with a rate ten times lower and far more patience than the first"


def dialog(opened: Held, name: str) -> None:
    """The dialog that is open is in order; then it is closed by its key."""
    page = opened.page
    expect(page.locator("dialog[open]")).to_be_visible()
    opened.looks_well("dialog[open]", name)
    page.keyboard.press("Escape")
    expect(page.locator("dialog[open]")).to_have_count(0)


@pytest.mark.looks(seconds=30, sweep=True)
def test_everything_that_opens_over_the_page_is_in_order(held: Held, complaints: Complaints) -> None:
    """One after the other on one page, which is the dearest part of it."""
    complaints.expect("422")  # of the table that is none
    help_share_and_export(held)
    experiments_branches_and_what_is_compared(held)
    a_weight_and_a_sample(held)
    a_table_and_points_by_hand(held)


def help_share_and_export(opened: Held) -> None:
    page = opened.page
    page.keyboard.press("?")
    dialog(opened, "help")
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('no')); }")
    opened.hook("share").click()
    dialog(opened, "share link")
    opened.hook("export").click()
    expect(page.get_by_role("menu")).to_be_visible()
    opened.looks_well(".menu")
    page.keyboard.press("Escape")


def experiments_branches_and_what_is_compared(opened: Held) -> None:
    page = opened.page
    opened.hook("experiments").click()
    dialog(opened, "no experiments")
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
    dialog(opened, "experiments")
    opened.hook("experiments").click()
    page.get_by_role("button", name=f"compare with {LONG[:80]}").click()
    show(page, "output")
    expect(opened.hook("compared")).to_be_visible()
    expect(opened.hook("futures")).to_be_visible()
    opened.looks_well(what="compared")


def a_table_and_points_by_hand(opened: Held) -> None:
    page = opened.page
    send(opened, "cells with a rather long name, as they come.csv", damaged_table())
    expect(opened.hook("table-faults").locator("li")).to_have_count(10)
    dialog(opened, "a table")
    send(opened, "one.csv", "a")
    expect(opened.hook("table-error")).to_be_visible()
    dialog(opened, "no table")
    show(page, "settings")
    opened.hook("draw").click()
    expect(opened.hook("draw-plane")).to_be_visible()
    show(page, "output")
    opened.looks_well(what="drawing")


def a_weight_and_a_sample(opened: Held) -> None:
    page = opened.page
    show(page, "output")
    picker = page.locator(".answer > figure:not([hidden]) [data-testid=picker]")
    picker.focus()
    for key in ("ArrowUp", "ArrowLeft", "Enter"):
        picker.press(key)
    show(page, "network")
    expect(opened.hook("followed-loss")).to_have_attribute("data-step", str(opened.step))
    opened.looks_well(what="followed")
    diagram = opened.hook("diagram")
    diagram.focus()
    diagram.press("ArrowLeft")
    diagram.press("e")
    expect(opened.hook("weight-editor")).to_be_visible()
    opened.looks_well(".weight-editor")
    page.keyboard.press("Escape")
    expect(opened.hook("weight-editor")).to_be_hidden()
    expect(opened.hook("followed")).to_be_visible()  # one Escape closes one thing
