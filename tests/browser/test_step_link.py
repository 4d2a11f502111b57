"""The microscope's place is in the address: it survives a reload, and a link opens it for another."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from step_page import Step
from train_page import Train
from waiting import becomes

from engine import Trainer
from engine.microscope import PRESETS, next_update

PLACE = "() => new URLSearchParams(location.hash.slice(1)).get('at')"


def place(step: Step) -> tuple[str | None, ...]:
    names = ("micro", "update", "depth", "notation")
    return (*(step.room.get_attribute(f"data-{name}") for name in names), step.hook("step-sample").input_value())


@pytest.fixture
def there(train: Train) -> Step:
    """After an update, in the middle of the next one: a unit of its own, another sample, another notation, a hidden number."""
    train.hook("forward").click()
    train.settle(1)
    train.page.keyboard.press("s")
    step = Step(train.page)
    expect(step.room).to_have_attribute("data-micro", "0")
    for micro in range(1, 4):
        train.page.keyboard.press("ArrowRight")
        step.at(micro)
    train.page.keyboard.press("ArrowDown")
    expect(step.room).to_have_attribute("data-depth", "unit")
    step.hook("notation").select_option("lecture")
    expect(step.room).to_have_attribute("data-notation", "lecture")
    train.page.keyboard.press("]")
    train.page.keyboard.press("]")
    step.hook("hide").click()
    expect(train.page.locator("[data-question]")).to_have_count(1)
    return step


def test_it_is_in_the_address_and_survives_a_reload(there: Step, page: Page) -> None:
    page.wait_for_function("() => new URLSearchParams(location.hash.slice(1)).get('hidden')?.startsWith('3:h1:')")
    page.wait_for_function("() => new URLSearchParams(location.hash.slice(1)).get('at')?.includes('~unit~lecture~')")
    before = place(there)
    page.reload()
    expect(there.room).to_have_attribute("data-depth", "unit")
    expect(there.room).to_have_attribute("data-notation", "lecture")
    expect(there.room).to_have_attribute("data-micro", "3")
    becomes(page, lambda: place(there), before)
    expect(page.locator("[data-question]")).to_have_count(1)


@pytest.mark.slow(seconds=3)
def test_a_page_loaded_anew_before_its_address_says_so_is_where_it_was(there: Step, page: Page) -> None:
    page.wait_for_function("() => new URLSearchParams(location.hash.slice(1)).get('hidden')?.startsWith('3:h1:')")
    # From here on the address comes too late.
    page.evaluate(
        """() => {
          const { setTimeout } = window;
          window.setTimeout = (act, pause, ...others) => (pause === 400 ? 0 : setTimeout(act, pause, ...others));
        }"""
    )
    page.locator("[data-question]").get_by_test_id("reveal").click()
    expect(page.locator("[data-question]")).to_have_count(0)
    page.keyboard.press("ArrowLeft")
    there.at(2)
    page.wait_for_function("() => sessionStorage.getItem('chainrule.place')?.includes('2~')")
    assert "hidden" in page.evaluate("() => location.hash")
    page.reload()
    there.at(2)
    expect(page.locator("[data-question]")).to_have_count(0)
    # Once: what a link says of another place is gone to.
    page.wait_for_function(f"() => ({PLACE})()?.startsWith('2~')")
    page.wait_for_function("() => sessionStorage.getItem('chainrule.place') === null")


@pytest.mark.slow(seconds=6)
def test_a_link_opens_it_for_another(there: Step, page: Page, stranger: Callable[[], BrowserContext]) -> None:
    page.wait_for_function("() => new URLSearchParams(location.hash.slice(1)).has('hidden')")
    page.wait_for_function("() => new URLSearchParams(location.hash.slice(1)).get('at')?.includes('~unit~lecture~')")
    before = place(there)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_test_id("share").click()
    expect(page.get_by_test_id("notice")).to_contain_text("The link is copied")
    link = page.evaluate("() => navigator.clipboard.readText()")
    other = stranger().new_page()
    other.goto(link)
    found = Step(other)
    expect(found.room).to_have_attribute("data-notation", "lecture")
    expect(found.room).to_have_attribute("data-micro", "3")
    expect(other.locator("[data-question]")).to_have_count(1)
    becomes(other, lambda: place(found), before)


def copied(step: Step, page: Page, name: str) -> str:
    """What a card of the examples puts on the clipboard."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator(f"[data-link={name}]").click()
    expect(step.hook("examples-dialog")).to_contain_text("The link is copied")
    return str(page.evaluate("() => navigator.clipboard.readText()"))


@pytest.mark.slow(seconds=8)
def test_a_card_of_an_example_has_a_link(train: Train, page: Page, stranger: Callable[[], BrowserContext]) -> None:
    step = Step.enter(train)
    step.hook("examples").click()
    link = copied(step, page, "chain")
    assert link.endswith("#view=step&example=chain")
    other = stranger().new_page()
    other.goto(link)
    found = Step(other)
    update = next_update(Trainer.from_script(PRESETS["chain"].script))
    found.at(update.find(*PRESETS["chain"].look).index)
    expect(found.hook("step-title")).to_have_text(update.steps[update.find(*PRESETS["chain"].look).index].title)
    other.wait_for_function("() => !location.hash.includes('example') && location.hash.includes('at=')")
    found.hook("examples").click()
    expect(found.hook("examples-back")).to_be_hidden()  # it took nothing away
    graph = copied(found, other, "several")
    other.keyboard.press("Escape")
    other.goto(graph)
    expect(found.hook("graph-room")).to_be_visible()
    assert "view=graph" in graph and "f=" in graph


@pytest.mark.slow(seconds=3)
def test_a_link_to_no_example_says_so(page: Page, server_url: str) -> None:
    page.goto(f"{server_url}/#view=step&example=nothing")
    expect(page.get_by_test_id("notice")).to_contain_text("cannot be opened: there is none of that name")
    page.wait_for_function("() => !location.hash.includes('example')")
    expect(Step(page).room).to_have_attribute("data-micro", "0")


@pytest.mark.sampled(6, seconds=3)
@pytest.mark.parametrize(
    "at", ["x", "", "3~first~unit~theory", "-1~0~unit~theory~-~0~0~0", "3~0~deep~theory~-~0~0~0", "9" * 400]
)
def test_an_address_that_makes_no_sense_is_left(page: Page, server_url: str, at: str) -> None:
    page.goto(f"{server_url}/#view=step&at={at}&hidden=1:<b>:0:0,,x")
    step = Step(page)
    expect(step.room).to_have_attribute("data-micro", "0")
    expect(page.locator("[data-question]")).to_have_count(0)
    page.wait_for_function(f"() => ({PLACE})()?.startsWith('0~first~layer~theory~')")
