"""A link for a class: what a teacher chooses in its dialog is what students find, and nothing else."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from held_page import Held
from playwright.sync_api import BrowserContext, expect
from test_share_and_keep import open_file, own_data
from train_page import Train
from waiting import becomes

OFFERED = "(rows) => rows.map((row) => [row.dataset.link, row.querySelector('th').textContent])"
SAID = """([name, title]) => {
  // What the part of the page says of itself, seen or not.
  const all = [...document.querySelectorAll(`[data-part~="${name}"], [data-field="${name}"], [data-field^="${name}."]`)];
  const said = (each) => [each.textContent, ...["aria-label", "title"].map((key) => each.getAttribute(key) ?? "")].join(" ");
  return all.map((each) => [each, ...each.querySelectorAll("*")].map(said).join(" ")).join(" ").toLowerCase();
}"""
FOUND = """(names) => Object.fromEntries(names.map((name) => {
  const all = [...document.querySelectorAll(`[data-part~="${name}"], [data-field="${name}"], [data-field^="${name}."]`)];
  const inside = (way) => all.length > 0 && all.every((each) => each.closest(way));
  return [name, inside("[data-part][hidden], [data-field][hidden]") ? "hidden" : inside("[inert]") ? "locked" : "shown"];
}))"""


def choose(train: Train, title: str, choice: str) -> None:
    train.page.get_by_role("radio", name=f"{title}: {choice}", exact=True).check()


def opened(train: Train) -> None:
    train.hook("class-link").click()
    expect(train.hook("class-url")).to_have_value(re.compile("#s="))


def test_what_is_offered_is_on_the_page_under_that_name(train: Train) -> None:
    opened(train)
    offered = train.hook("class-dialog").locator("tbody tr").evaluate_all(OFFERED)
    assert len(offered) >= 20
    for name, title in offered:
        if name == "weights":  # drawn; `EDITABLE` in restrict.js
            continue
        said = train.page.evaluate(SAID, [name, title])
        assert said, f"nothing of the page is called {name}"
        word = title.lower().removesuffix("s").split()[-1]  # the page says "rate" where it stands under the optimizer
        assert word in said, (name, title, said[:200])


@pytest.mark.slow(seconds=9)
def test_a_class_finds_what_its_link_leaves(train: Train, stranger: Callable[[], BrowserContext]) -> None:
    train.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    train.hook("forward").click()
    train.settle(1)
    opened(train)
    expect(train.hook("class-words")).to_have_text("Students see and can change everything.")
    for title in ("Noise", "Along the run", "Findings"):
        choose(train, title, "hidden")
    for title in ("Rate η", "Network"):
        choose(train, title, "locked")
    # Of what lies in a locked part nothing is open, but it may be hidden.
    expect(train.page.get_by_role("radio", name="Units: shown")).to_be_disabled()
    expect(train.page.get_by_role("radio", name="Units: locked")).to_be_checked()
    choose(train, "Hidden layers", "hidden")
    expect(train.hook("class-words")).to_have_text(
        "Hidden: Noise, Hidden layers, Along the run, Findings. Locked: Rate η, Network."
    )
    train.hook("class-dialog").get_by_label("Theme").select_option("dark")
    train.hook("class-copy").click()
    expect(train.hook("class-note")).to_have_text("The link is copied.")
    url = train.page.evaluate("navigator.clipboard.readText()")
    assert url == train.hook("class-url").input_value() == train.hook("class-try").get_attribute("href")
    names = [name for name, _ in train.hook("class-dialog").locator("tbody tr").evaluate_all(OFFERED)]

    student = Train(stranger().new_page()).open(url)
    student.settle(1)
    expect(student.page.locator("html")).to_have_attribute("data-theme", "dark")
    student.page.keyboard.press("f")
    expect(student.hook("findings")).to_be_hidden()
    expect(student.hook("findings-open")).to_be_hidden()
    expected = dict.fromkeys(names, "shown")
    expected |= dict.fromkeys(("data.noise", "curves", "layers"), "hidden")
    expected |= dict.fromkeys(("optimizer.lr", "network", "units", "activations", "network.initializer", "loss"), "locked")
    del expected["findings"], expected["weights"]  # closed to begin with; drawn
    becomes(student.page, lambda: student.page.evaluate(FOUND, list(expected)), expected)
    student.input("optimizer.name").select_option("sgd")  # all else is theirs
    expect(student.hook("subject")).to_contain_text("gradient descent")


def test_a_link_opens_in_a_room_and_begins_where_the_last_one_was(train: Train, stranger: Callable[[], BrowserContext]) -> None:
    opened(train)
    choose(train, "Data", "hidden")
    dialog = train.hook("class-dialog")
    dialog.get_by_label("Opens in").select_option(label="Step")
    dialog.get_by_role("switch", name="Present").check()
    student = stranger().new_page()
    student.goto(train.hook("class-url").input_value())
    expect(student.get_by_test_id("step-room")).to_have_attribute("data-micro", "0")
    expect(student.locator("html")).to_have_attribute("data-projector", "")
    student.keyboard.press("p")
    student.locator("[data-door=train]").click()
    expect(student.locator("[data-part=data]").first).to_be_hidden()
    # What this page's own link leaves out is what its next one begins with; one press takes all of it back.
    student.get_by_test_id("class-link").click()
    expect(student.get_by_role("radio", name="Data: hidden")).to_be_checked()
    expect(student.get_by_role("radio", name="Noise: shown")).to_be_disabled()
    student.get_by_role("button", name="Show everything").click()
    expect(student.get_by_test_id("class-url")).to_have_value(re.compile("^(?!.*hide=).*#s="))


def test_it_is_chosen_by_keys_and_copied_by_hand(train: Train) -> None:
    page = train.page
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('no')); }")
    train.hook("class-link").press("Enter")
    expect(train.hook("class-url")).to_have_value(re.compile("#s="))
    page.get_by_role("radio", name="Schedule: shown").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(train.hook("class-url")).to_have_value(re.compile("hide=schedule"))
    assert train.step == 0, "the arrows are the dialog's"
    train.hook("class-copy").press("Enter")
    expect(train.hook("class-note")).to_contain_text("Copy it from the field")
    assert page.evaluate("() => document.activeElement.dataset.testid") == "class-url"
    page.keyboard.press("Escape")
    expect(train.hook("class-dialog")).to_be_hidden()


@pytest.mark.slow(seconds=10)
def test_a_run_that_has_no_link_is_offered_as_a_file(train: Train, tmp_path: Path) -> None:
    file = tmp_path / "experiment.json"
    file.write_text(json.dumps(own_data(8000)))
    open_file(train, file)
    expect(train.hook("subject")).to_contain_text("2–4")
    train.hook("class-link").click()
    expect(train.hook("class-error")).to_contain_text("too long to be kept on this server")
    expect(train.hook("class-copy")).to_be_disabled()
    expect(train.hook("class-try")).to_be_hidden()
    with train.page.expect_download():
        train.hook("class-dialog").get_by_role("button", name="Save as a file").click()


@pytest.mark.looks(seconds=15, sweep=True)
def test_the_dialog_is_in_order(held: Held) -> None:
    opened(held)
    choose(held, "Network", "hidden")
    held.looks_well("dialog[open]", "a link for a class")
