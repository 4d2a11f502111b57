"""What a page must look like whatever its state: the rules of accessibility (axe), no clipped or overlapping words.

Opening a page is the dearest part of such a test, so it is opened once and led through sizes and both themes:

    @pytest.mark.looks(seconds=20)  # what every size takes
    def test_a_state(train: Train) -> None:
        train.hook("forward").click()
        train.settle(1)
        looks_well(train.page)  # all of the page; on a phone every tab of it
        looks_well(train.page, "dialog[open]")  # what lies over it, on its own

A test marked `looks` runs twice: for every change each look takes one size in one theme, the next look of the test the next
one; the slow sweep takes every size in both (`tests/slow.py`). With `sweep=True` it is in the slow sweep alone: what it leads
the page to is much like what another test does.
"""

from __future__ import annotations

import itertools
import time
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TypeVar

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

SIZES = {"desk": (1440, 900), "laptop": (1280, 720), "phone": (390, 844)}
THEMES = ("light", "dark")
T = TypeVar("T")
PATIENCE = 30.0
"""Seconds within which a page must be in order after its size or theme has changed: some of it is drawn a little later."""

WORDS = """(within) => {
  // Every line of visible text as the box that can be seen of it: what panels scroll away or pages hide is left out.
  const found = [];
  const problems = [];
  const root = within ? document.querySelector(within) : document.body;
  // An open dialog lies over everything; it is looked at on its own.
  const apart = `.sr-only, option, .hoverlayer, script, noscript, .tip${within ? "" : ", dialog, .menu, .weight-editor"}`;
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const text = node.textContent.trim();
    const element = node.parentElement;
    if (!text || !element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
    if (element.closest(apart)) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const { left, top, right, bottom } of range.getClientRects()) {
      const seen = { left, top, right, bottom };
      let scrolls = false;
      for (let box = element; box && box !== document.documentElement; box = box.parentElement) {
        const style = getComputedStyle(box);
        if (style.overflowX === "visible" || box instanceof SVGElement) continue;
        const outer = box.getBoundingClientRect();
        const cut = style.overflowX === "hidden" && style.textOverflow !== "ellipsis" && !scrolls;
        if (cut && right - left > 1 && (left < outer.left - 1.5 || right > outer.right + 1.5)) {
          problems.push(`"${text}" is clipped by .${box.className}`);
        }
        scrolls ||= ["auto", "scroll"].includes(style.overflowX) || style.textOverflow === "ellipsis";
        seen.left = Math.max(seen.left, outer.left);
        seen.right = Math.min(seen.right, outer.right);
        seen.top = Math.max(seen.top, outer.top);
        seen.bottom = Math.min(seen.bottom, outer.bottom);
      }
      if (seen.right - seen.left < 2 || seen.bottom - seen.top < 4) continue;
      if (seen.left < -1 || seen.right > innerWidth + 1) problems.push(`"${text}" leaves the screen`);
      found.push({ text, element, ...seen });
    }
  }
  for (let i = 0; i < found.length; i++) {
    for (let j = i + 1; j < found.length; j++) {
      const [a, b] = [found[i], found[j]];
      if (a.element === b.element || a.element.closest("math") || b.element.closest("math")) continue;
      // The notice lies over what is behind it, on a ground of its own.
      if (!a.element.closest(".notice") !== !b.element.closest(".notice")) continue;
      const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (across > 2 && down > 4) problems.push(`"${a.text}" and "${b.text}" overlap`);
    }
  }
  if (document.documentElement.scrollWidth > innerWidth) problems.push("the page scrolls sideways");
  return [...new Set(problems)];
}"""

STILL = """() => new Promise((resolve) => {
  // Until what is drawn keeps its place for three screen frames and every plot has the size of its place.
  let [last, same, left] = ["", 0, 60];
  const look = () => {
    const plots = [...document.querySelectorAll(".js-plotly-plot")].filter((plot) => plot.offsetParent && plot._fullLayout);
    const fits = plots.every((plot) => Math.abs(plot._fullLayout.width - plot.clientWidth) < 1.5);
    const boxes = [...document.querySelectorAll("main, main [data-testid], dialog[open], .transport *, .bar *, text, canvas")];
    const now = boxes.map((each) => { const b = each.getBoundingClientRect(); return [b.x, b.y, b.width, b.height]; }).join();
    same = fits && now === last ? same + 1 : 0;
    last = now;
    if (same >= 3 || --left <= 0) resolve(null);
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})"""

BESIDE = """(tabs) => tabs.filter((tab) => document.getElementById(tab.getAttribute("aria-controls")).checkVisibility())
  .map((tab) => tab.dataset.tab)"""

COLOURS = ("color-contrast", "link-in-text-block")
"""The rules that go by the theme; all others go by what is there, which is the same in both."""


_turns: Iterator[int] | None = None
"""Whose turn it is among the sizes; None while every size is walked through."""
_marked = False


@contextmanager
def sweep(test: str, whole: bool | None) -> Iterator[None]:
    """While a test runs that is marked `looks` (`whole` is then told): through every size, or one a look."""
    global _marked, _turns
    _marked, _turns = whole is not None, None if whole else itertools.count(zlib.crc32(test.encode()))
    try:
        yield
    finally:
        _marked = False


def walked(sizes: Sequence[T]) -> list[T]:
    """The sizes that this look takes."""
    assert _marked, "a test that looks at sizes is marked: @pytest.mark.looks(seconds=…)"
    return list(sizes) if _turns is None else [sizes[next(_turns) % len(sizes)]]


def violations(page: Page, within: str | None = None, rules: tuple[str, ...] = ()) -> list[str]:
    """What breaks axe's rules: all of them, or those named."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(Axe().axe_script)
    found = page.evaluate(
        """async ([within, rules]) => {
          const options = { resultTypes: ["violations"], ...(rules.length ? { runOnly: rules } : {}) };
          const { violations } = await axe.run(within ?? document, options);
          return violations.flatMap(({ id, nodes }) =>
            nodes.map(({ html, failureSummary }) => [id, html.slice(0, 120), failureSummary.slice(0, 200)]));
        }""",
        [within, list(rules)],
    )
    return [": ".join(words) for words in found]


def problems(page: Page, within: str | None = None, rules: tuple[str, ...] = ()) -> list[str]:
    """All that is wrong with what is on the screen now, in words; empty where nothing is. Of what opens over the page only
    what is `within` it."""
    return violations(page, within, rules) + page.evaluate(WORDS, within)


def looks_well(
    page: Page,
    within: str | None = None,
    what: str = "",
    sizes: Mapping[str, tuple[int, int]] = SIZES,
    places: Sequence[str] = (),
) -> None:
    """At the sizes and in the themes whose turn it is: no words clipped or overlapping, no rule of accessibility broken. The
    page is then as it was before.

    `within` names what lies over the page and is looked at alone; `what` is said where something is wrong; `places` are hooks
    of what must be scrolled to, to be seen.
    """
    before = page.viewport_size
    chosen = page.evaluate("() => document.documentElement.dataset.theme")
    other = next(theme for theme in THEMES if theme != chosen)
    every = [(size, chosen) for size in sizes] + [(size, other) for size in reversed(sizes)]
    taken = walked(every)
    for size, theme in taken:
        _in_theme(page, theme)
        _resize(page, sizes[size])
        _each_tab(page, within, f"{what} {size} {theme}", places, colours_only=theme == other and (size, chosen) in taken)
    _in_theme(page, chosen)
    if before:
        _resize(page, (before["width"], before["height"]))


def _resize(page: Page, size: tuple[int, int]) -> None:
    now = page.viewport_size
    if now and (now["width"], now["height"]) != size:
        page.set_viewport_size({"width": size[0], "height": size[1]})


def _in_theme(page: Page, theme: str) -> None:
    """By the page's own button, which is pressed from within so that nothing loses its focus and no dialog is in the way."""
    if page.locator("html").get_attribute("data-theme") == theme:
        return
    page.get_by_test_id("theme").evaluate("(button) => button.click()")
    expect(page.locator("html")).to_have_attribute("data-theme", theme)


def _each_tab(page: Page, within: str | None, where: str, places: Sequence[str], colours_only: bool) -> None:
    """On a phone the columns are pages: look at each."""
    tabs = page.locator("[role=tab][data-tab]").filter(visible=True)
    names = [] if within else tabs.evaluate_all("(all) => all.map((tab) => tab.dataset.tab)")
    if not names:
        _in_order(page, within, where, COLOURS if colours_only else ())
    shown = tabs.and_(page.locator("[aria-selected=true]")).get_attribute("data-tab") if names else None
    seen: list[str] = []
    for name in names:
        show(page, name)
        # Pages of a swipe lie side by side: what goes by colours alone is asked where they are in sight, all else once.
        _in_order(page, None, f"{where} {name}", COLOURS if colours_only or name in seen else ())
        seen += tabs.evaluate_all(BESIDE)
    for place in places:
        holder = page.get_by_test_id(place).evaluate("(place) => place.closest('[data-page]')?.dataset.page ?? ''")
        if holder in names:
            show(page, holder)
        page.get_by_test_id(place).scroll_into_view_if_needed()
        _in_order(page, None, f"{where} {place}", COLOURS)
    if shown:
        show(page, shown)


def _in_order(page: Page, within: str | None, where: str, rules: tuple[str, ...]) -> None:
    page.evaluate(STILL)
    for check in (lambda: page.evaluate(WORDS, within), lambda: violations(page, within, rules)):
        found = lasting(check)
        assert found == [], f"{where}: {found}"


def lasting(check: Callable[[], list[str]]) -> list[str]:
    """What is wrong still when a page had the time to draw itself anew."""
    end = time.monotonic() + PATIENCE
    while (found := check()) and time.monotonic() < end:
        pass
    return found


def show(page: Page, tab: str) -> None:
    """On a phone, the page of that name; elsewhere all of them are in sight."""
    button = page.locator(f"[data-tab={tab}]").filter(visible=True)
    if not button.count():
        return
    button.evaluate("(button) => button.click()")
    expect(button).to_have_attribute("aria-selected", "true")
    page.wait_for_function(
        "(tab) => Math.abs(document.getElementById(tab.getAttribute('aria-controls')).getBoundingClientRect().left) < 1",
        arg=button.element_handle(),
    )
