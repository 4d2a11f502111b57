"""Under a finger: targets that it meets, fields that a phone does not zoom in to, a page that can be zoomed by two fingers."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from complaints import VIOLATIONS, Complaints
from playwright.sync_api import BrowserContext, Page, expect
from rooms import ROOMS, begun, each_page, enter
from train_page import Train

SMALL = """() => {
  // What is pressed and lies in sight across the screen. A switch and a box are pressed by their labels, too; a mark on the
  // time line has undo beside it, and a micro-step of the strip, which is dragged along, may be narrow.
  const apart = ".sr-only, .mark-edit, [type=checkbox], [type=radio], .heat *, dialog *";
  const all = [...document.querySelectorAll("button, select, summary, input, textarea")];
  const label = (each) => `${each.tagName} .${each.className} "${(each.ariaLabel ?? each.textContent ?? "").slice(0, 24)}"`;
  return all.flatMap((each) => {
    const { left, right, width, height } = each.getBoundingClientRect();
    if (!each.checkVisibility({ visibilityProperty: true }) || width === 0 || right <= 0 || left >= innerWidth) return [];
    if (each.matches(apart)) return [];
    const found = [];
    if (height < 43.5) found.push(`${label(each)} is ${Math.round(height)} px high`);
    if (width < 27.5 && !each.matches(".chip-step")) found.push(`${label(each)} is ${Math.round(width)} px wide`);
    const typed = each.matches("select, textarea, input:not([type=range])");
    if (typed && parseFloat(getComputedStyle(each).fontSize) < 16) found.push(`${label(each)} makes a phone zoom in`);
    return found;
  });
}"""


@pytest.fixture
def phone(kept: BrowserContext, complaints: Complaints) -> Iterator[Page]:
    assert kept.browser
    context = kept.browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True, color_scheme="light", reduced_motion="reduce"
    )
    context.add_init_script(VIOLATIONS)
    complaints.listen(context)
    yield context.new_page()
    context.close()


UPRIGHT, ON_ITS_SIDE = (390, 844), (844, 390)


@pytest.mark.parametrize("size", [UPRIGHT, ON_ITS_SIDE])
@pytest.mark.slow(seconds=8)
def test_a_finger_meets_what_is_pressed(phone: Page, server_url: str, size: tuple[int, int]) -> None:
    phone.set_viewport_size({"width": size[0], "height": size[1]})
    train = Train(phone).open(server_url)
    train.settle(0)
    begun(train)
    found = []
    for room in ROOMS:
        enter(phone, room)
        for part in each_page(phone):
            found += [f"{room} {part}: {each}" for each in phone.evaluate(SMALL)]
    assert not found, "\n".join(found)
    # Two fingers zoom the page, over the network as well.
    view = phone.locator("meta[name=viewport]").get_attribute("content") or ""
    assert "scalable" not in view and "maximum-scale" not in view
    for place in (".stage", ".step-strip"):
        assert "pinch-zoom" in phone.locator(place).first.evaluate("(place) => getComputedStyle(place).touchAction")


@pytest.mark.slow(seconds=6)
def test_back_goes_through_the_rooms(train: Train) -> None:
    page = train.page
    begun(train)
    page.evaluate("() => { window.same = true; }")
    enter(page, "race")
    page.locator("[data-door=step]").click()
    room = page.get_by_test_id("step-room")
    expect(room).to_be_visible()
    expect(page).to_have_url(re.compile("view=step"))
    page.keyboard.press("t")  # what was done meanwhile stays as it is
    theme = page.locator("html").get_attribute("data-theme")
    page.keyboard.press("p")
    expect(page).to_have_url(re.compile("projector=1"))
    page.go_back()
    expect(page.locator("main.race")).to_be_visible()
    expect(page).to_have_url(re.compile("view=race"))
    expect(page).to_have_url(re.compile("projector=1"))
    page.go_back()
    expect(page.locator("main.train")).to_be_visible()
    expect(page).not_to_have_url(re.compile("view="))
    page.go_forward()
    expect(page.locator("main.race")).to_be_visible()
    # Escape is the same as the browser's own button.
    page.go_forward()
    expect(room).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("main.race")).to_be_visible()
    page.keyboard.press("?")
    page.go_back()
    expect(page.locator("main.train")).to_be_visible()
    expect(page.locator("dialog[open]")).to_have_count(0)
    page.keyboard.press("Escape")  # there is nowhere to go back to
    expect(page.locator("main.train")).to_be_visible()
    assert page.evaluate("() => window.same"), "nothing was loaded anew"
    assert page.locator("html").get_attribute("data-theme") == theme
    page.keyboard.press("p")
    # An address that is loaded anew opens its room, and the history goes on from there.
    page.go_forward()
    expect(page.locator("main.race")).to_be_visible()
    page.reload()
    expect(page.locator("main.race")).to_be_visible()
    page.go_back()
    expect(page.locator("main.train")).to_be_visible()
    train.settle(1)


@pytest.mark.slow(seconds=8)
def test_what_the_page_offers_is_not_behind_the_transport(phone: Page, server_url: str) -> None:
    """Under a finger the transport is higher than under a mouse; in each room the notice stands above it."""
    train = Train(phone).open(server_url)
    train.settle(0)
    train.hook("notice").get_by_role("button", name="watch it learn").tap()
    train.status("playing")
    phone.get_by_role("button", name="Pause").tap()
    train.status("paused")
    above = """() => {
      const notice = document.querySelector(".notice");
      notice.hidden = false;
      const transport = [...document.querySelectorAll(".transport")].find((each) => each.checkVisibility());
      // The gallery of lessons has none: there the notice stands above the edge of the screen.
      return notice.getBoundingClientRect().bottom <= (transport?.getBoundingClientRect().top ?? innerHeight);
    }"""
    for room in ROOMS:
        enter(phone, room)
        phone.wait_for_function(above)
