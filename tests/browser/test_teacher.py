"""What a teacher does: the projector, links that hide or lock, marks of what was changed, the invitation."""

from __future__ import annotations

import pytest
from looks import problems
from playwright.sync_api import Page, expect
from train_page import Train

SIZE = "(element) => parseFloat(getComputedStyle(element).fontSize)"


def test_projector_enlarges_the_type_and_folds_the_settings_away(train: Train) -> None:
    step, settings = train.hook("step"), train.page.locator("#page-settings")
    before = step.evaluate(SIZE)
    train.page.keyboard.press("p")
    expect(settings).to_be_hidden()
    assert step.evaluate(SIZE) == 1.5 * before
    assert "projector=1" in train.page.url
    for place in ("#page-network", "#page-output", ".transport"):
        box = train.page.locator(place).bounding_box()
        assert box is not None and box["x"] >= 0 and box["x"] + box["width"] <= 1440.5
    ticks = train.hook("curves").locator(".ytick text")
    expect(ticks.first).to_be_visible()
    train.page.wait_for_function("() => parseFloat(getComputedStyle(document.querySelector('.ytick text')).fontSize) === 18")
    train.page.keyboard.press("p")
    expect(settings).to_be_visible()
    assert "projector" not in train.page.url


@pytest.mark.parametrize("dataset", ["digits", "spiral"])
def test_projected_words_are_whole(train: Train, dataset: str) -> None:
    train.choose(dataset)
    train.hook("forward").click()
    train.settle(1)
    train.page.keyboard.press("p")
    expect(train.page.locator("#page-settings")).to_be_hidden()
    train.page.wait_for_function("() => parseFloat(getComputedStyle(document.querySelector('.ytick text')).fontSize) === 18")
    assert problems(train.page) == []


def test_a_link_hides_and_locks(page: Page, server_url: str) -> None:
    train = Train(page).open(f"{server_url}/#hide=network,data.noise&lock=optimizer.lr")
    train.settle(0)
    expect(page.locator("[data-part=network]")).to_be_hidden()
    expect(train.field("data.noise")).to_be_hidden()
    expect(train.field("data.test_fraction")).to_be_visible()
    locked = train.field("optimizer.lr")
    expect(locked).to_be_visible()
    assert locked.evaluate("(element) => element.inert")
    train.input("optimizer.name").select_option("sgd")
    expect(train.hook("subject")).to_contain_text("gradient descent")
    page.wait_for_function("() => document.querySelector('[data-field=\"optimizer.lr\"]').inert")


def test_a_hostile_link_is_only_a_link(page: Page, server_url: str) -> None:
    train = Train(page).open(f"{server_url}/#hide=%22%5D,*{{}}&lock=body)&theme=pink&projector=yes")
    train.settle(0)
    expect(page.locator("#page-settings")).to_be_visible()


def test_the_first_thing_offered_is_to_watch_to_break_or_to_step(train: Train) -> None:
    notice = train.hook("notice")
    expect(notice.get_by_role("button")).to_have_text(["watch it learn", "break it", "take one step"])
    notice.get_by_role("button", name="take one step").click()
    train.settle(1)
    train.hook("start").click()
    train.settle(0)


def test_breaking_it_raises_the_rate_and_undo_takes_it_back(train: Train) -> None:
    train.hook("notice").get_by_role("button", name="break it").click()
    train.status("playing")
    expect(train.input("optimizer.lr").last).to_have_value("10")
    train.pass_step(0)
    train.hook("notice").get_by_role("button", name="undo").click()
    expect(train.input("optimizer.lr").last).to_have_value("0.01")
    train.settle(0)


def test_edits_leave_marks_on_the_time_line(train: Train) -> None:
    for _ in range(3):
        train.hook("forward").click()
    train.settle(3)
    train.type(train.input("optimizer.lr").last, "0.05")
    mark = train.page.locator(".mark-edit")
    expect(mark).to_have_count(1)
    for _ in range(3):
        train.hook("forward").click()
    train.settle(6)
    expect(mark).to_have_attribute("aria-label", "step 3: optimizer.lr 0.01 → 0.05")
    mark.click()
    train.settle(3)


def test_every_symbol_of_a_rule_is_explained(train: Train) -> None:
    """By the rows: what the catalog says of each rule stands under its formula, in either dialect."""
    rows = train.page.evaluate("async () => (await (await fetch('/api/catalog')).json()).optimizers")
    train.page.locator(".why summary").click()
    for row in rows:
        train.input("optimizer.name").select_option(row["name"])
        expect(train.hook("subject")).to_contain_text(row["title"])
        expect(train.page.locator(".meanings dt")).to_have_text(
            [symbol for symbol, _ in row["symbols"]] + [parameter["symbol"] for parameter in row["parameters"]]
        )
        expect(train.page.locator(".difference")).to_contain_text("alike" if row["difference"] == "none" else row["difference"])
