"""Every size that LOOK asks for, and pages at 200 % and 400 %: nothing covered, cut or flat, nothing sideways."""

from __future__ import annotations

import pytest
from looks import PATIENCE, STILL, WORDS, violations
from playwright.sync_api import Page
from rooms import DIALOGS, ROOMS, begun, each_page, enter, opened
from train_page import Train

SIZES = {
    "hand": [(390, 844), (844, 390), (820, 1180)],
    "screen": [(1024, 768), (1280, 720), (1440, 900), (1920, 1080)],
    # Of 1280 × 720 at 200 %; of windows of that width at 400 %.
    "zoomed": [(640, 360), (320, 512), (320, 256), (320, 180)],
}

PLACES = """(within) => {
  // What has no height worth looking at, what is cut across its lines, what cannot be pressed where it is.
  const root = within ? document.querySelector(within) : document.body;
  const problems = [];
  const seen = (each) => {
    const { left, right, width } = each.getBoundingClientRect();
    const there = width > 0 && left < innerWidth && right > 0;
    return there && each.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  };
  const LEAST = { ".stage": 140, ".flow-stage": 140, ".race-stage": 100, ".race-loss-stage": 80, ".curve-place": 80,
    ".regions .plot": 140, ".fit .plot": 140, ".page": 140, ".step-page": 140, ".sheet-body": 1 };
  for (const [name, least] of Object.entries(LEAST)) {
    for (const each of root.querySelectorAll(name)) {
      if (each.matches(":empty, .step-right") || !each.checkVisibility() || !each.offsetParent) continue;
      const { height } = each.getBoundingClientRect();
      if (height < least) problems.push(`${name} is ${Math.round(height)} px high`);
    }
  }
  const apart = within ? ".sr-only" : ".sr-only, dialog, .menu, .weight-editor";
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const [text, element] = [node.textContent.trim(), node.parentElement];
    if (!text || element.closest(apart) || element.closest("option, script, math, svg") || !seen(element)) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const { top, bottom } = range.getBoundingClientRect();
    for (let box = element; box && box !== document.body; box = box.parentElement) {
      const style = getComputedStyle(box);
      if (["auto", "scroll"].includes(style.overflowY)) break;
      if (style.overflowY !== "hidden" || style.webkitLineClamp !== "none") continue;
      const outer = box.getBoundingClientRect();
      if (top < outer.top - 4 || bottom > outer.bottom + 4) problems.push(`"${text}" is cut by .${box.className}`);
    }
  }
  const [x, y] = [scrollX, scrollY];
  for (const each of root.querySelectorAll("button, select, summary, input")) {
    if (!seen(each) || each.closest(apart) || each.disabled || each.closest("[inert]")) continue;
    each.scrollIntoView({ block: "center", inline: "nearest" });
    const { left, top, right, bottom } = each.getBoundingClientRect();
    const [across, down] = [(left + right) / 2, (top + bottom) / 2];
    if (across < 0 || across > innerWidth || down < 0 || down > innerHeight) {
      if (each.closest(".bar, .transport, .tabs")) problems.push(`${each.className} is out of reach`);
      continue;
    }
    const hit = document.elementFromPoint(across, down);
    const same = hit && (each.contains(hit) || hit.contains(each) || hit.closest("label")?.contains(each));
    const over = hit?.closest(".notice, .mark-edit, .race-start, .slider-mark");
    if (!same && !over) problems.push(`${each.className || each.tagName} "${each.textContent.slice(0, 20)}" is covered by `
      + `${hit?.className?.baseVal ?? hit?.className ?? hit}`);
  }
  scrollTo(x, y);
  if (document.documentElement.scrollWidth > innerWidth) problems.push("the page scrolls sideways");
  return [...new Set(problems)];
}"""

PATIENT = f"""async (within) => {{
  // What is wrong still when the page had the time to draw itself anew.
  const all = [{WORDS}, {PLACES}];
  let found = [];
  for (const end = performance.now() + {1000 * PATIENCE}; performance.now() < end; ) {{
    found = all.flatMap((check) => check(within));
    if (found.length === 0) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }}
  return found;
}}"""


def resize(page: Page, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.evaluate(STILL)
    # A transport that stays lies over what is scrolled under it; at the end everything has its own place.
    page.evaluate("() => scrollTo(0, document.documentElement.scrollHeight)")


def wrong(page: Page, where: str, within: str | None = None, axe: bool = True) -> list[str]:
    found = page.evaluate(PATIENT, within)
    return [f"{where}: {each}" for each in found + (violations(page, within) if axe else [])]


def test_a_page_at_four_times_its_size_scrolls_down_and_not_sideways(train: Train) -> None:
    begun(train)
    found = []
    for room in ROOMS:
        enter(train.page, room)
        resize(train.page, (320, 256))
        found += wrong(train.page, room, axe=False)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("group", SIZES)
@pytest.mark.parametrize("room", ROOMS)
@pytest.mark.slow(seconds=60)
def test_nothing_is_covered_cut_or_flat(train: Train, room: str, group: str) -> None:
    page, found = train.page, []
    begun(train)
    if room != "train":
        enter(page, room)
    for size in SIZES[group]:
        resize(page, size)
        for part in each_page(page):
            page.evaluate(STILL)
            found += wrong(page, f"{size} {part}")
        for dialog in DIALOGS[room]:
            with opened(page, room, dialog):
                page.evaluate(STILL)
                found += wrong(page, f"{size} {dialog}", "dialog[open]")
    assert not found, "\n".join(found)
