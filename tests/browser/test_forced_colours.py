"""Colours that the system forces, and those that an eye does not tell apart: what is pressed, current or filled is seen."""

from __future__ import annotations

from typing import Any

import pytest
from looks import WORDS, lasting, violations
from playwright.sync_api import Locator, Page, expect
from rooms import ROOMS, begun, enter
from step_page import Step
from train_page import Train
from waiting import until

DEFICIENCIES = ("protanopia", "deuteranopia", "tritanopia", "achromatopsia")

STYLE = """(each, pseudo) => {
  const { backgroundColor, color, borderTopStyle, borderTopWidth, outlineStyle, outlineWidth, backgroundImage } =
    getComputedStyle(each, pseudo);
  const edge = (style, width) => style !== "none" && parseFloat(width) >= 1;
  return { ground: backgroundColor, ink: color, filled: backgroundImage,
    edge: edge(borderTopStyle, borderTopWidth) || edge(outlineStyle, outlineWidth) };
}"""


def style(locator: Locator, pseudo: str | None = None) -> dict[str, Any]:
    return dict(locator.first.evaluate(STYLE, pseudo))


def apart(page: Page, name: str, chosen: str) -> None:
    """Of a group, the chosen one has another ground than the others, and each has an edge or a ground."""
    these = page.locator(name).filter(visible=True)
    one = style(these.and_(page.locator(chosen)))
    other = style(these.and_(page.locator(f":not({chosen})")))
    assert (one["ground"], one["ink"]) != (other["ground"], other["ink"]), name
    assert other["edge"], f"{name} has no edge"


@pytest.fixture
def forced(train: Train) -> Train:
    begun(train)
    train.page.emulate_media(forced_colors="active")
    return train


def test_what_is_chosen_is_told_from_what_is_not(forced: Train) -> None:
    page = forced.page
    for name, chosen in (
        (".rung", "[aria-checked=true]"),
        (".door", "[aria-current=page]"),
        (".text-tab", "[aria-selected=true]"),
        (".chip[data-feature]", "[aria-pressed=true]"),
    ):
        apart(page, name, chosen)
    outline = forced.page.locator(".tile[aria-pressed=true]").evaluate("(tile) => getComputedStyle(tile).outlineWidth")
    assert float(outline.removesuffix("px")) >= 3
    # Sliders and the time line have a track with an edge, of which a part is filled.
    line = forced.hook("timeline")
    drawn = line.screenshot()
    line.evaluate("(line) => line.style.setProperty('--fill', '30%')")
    assert line.screenshot() != drawn, "how far one is cannot be seen"
    line.evaluate("(line) => line.style.removeProperty('--fill')")
    # The signs keep their colours in the legend.
    signs = [style(page.locator(f".swatch.{sign}"))["ground"] for sign in ("positive", "negative")]
    assert len(set(signs)) == 2 and "rgba(0, 0, 0, 0)" not in signs, signs
    # A switch shows which of two it is.
    switch = page.locator("input.switch").filter(visible=True).first
    knob = style(switch, "::after")["ground"]
    assert style(switch)["edge"]
    switch.click()
    until(page, lambda: style(switch, "::after")["ground"] != knob)
    switch.click()
    page.emulate_media(forced_colors="none")
    assert not style(page.locator(".rung[aria-checked=false]"))["edge"], "it is for forced colours alone"


@pytest.mark.slow(seconds=6)
def test_a_micro_step_is_seen(forced: Train) -> None:
    page = forced.page
    Step.enter(forced)
    for name, chosen in (
        (".chip-step", "[aria-current]"),
        (".depth", "[aria-checked=true]"),
        (".panel-tab", "[aria-selected=true]"),
    ):
        apart(page, name, chosen)
    picked = page.locator(".heat .picked").first
    expect(picked).to_be_visible()
    expect(picked).to_have_css("outline-style", "solid")
    assert lasting(lambda: violations(page)) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.slow(seconds=20)
def test_every_room_reads_in_forced_colours(train: Train, scheme: Any) -> None:
    page, found = train.page, []
    begun(train)
    page.emulate_media(forced_colors="active", color_scheme=scheme)
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", scheme)  # as the system has it
    expect(page.locator("main[data-ready=true]")).to_be_visible()
    for room in ROOMS:
        enter(page, room)
        found += [f"{room}: {each}" for each in lasting(lambda: page.evaluate(WORDS, None) + violations(page))]
    page.emulate_media(forced_colors="none", color_scheme="light")
    assert not found, "\n".join(found)


@pytest.mark.slow(seconds=20)
def test_words_stay_whatever_colours_an_eye_sees(train: Train) -> None:
    page, found = train.page, []
    begun(train)
    devtools = page.context.new_cdp_session(page)
    for room in ROOMS:
        enter(page, room)
        for kind in DEFICIENCIES:
            devtools.send("Emulation.setEmulatedVisionDeficiency", {"type": kind})
            found += [f"{room}, {kind}: {each}" for each in page.evaluate(WORDS, None)]
            assert page.locator(".door[aria-current=page]").evaluate("(door) => getComputedStyle(door).fontWeight") == "600"
    devtools.send("Emulation.setEmulatedVisionDeficiency", {"type": "none"})
    devtools.detach()
    assert not found, "\n".join(found)
