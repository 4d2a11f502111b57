"""What a page must look like whatever its state: the rules of accessibility (axe), no clipped or overlapping words."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

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


def problems(page: Page, within: str | None = None) -> list[str]:
    """All that is wrong with what is on the screen, in words; empty where nothing is. Of what opens over the page only
    what is `within` it."""
    violations = Axe().run(page, context=within).response["violations"]
    broken = [(rule["id"], node["html"][:120], node["failureSummary"][:200]) for rule in violations for node in rule["nodes"]]
    return [": ".join(words) for words in broken] + page.evaluate(WORDS, within)


def walk(page: Page) -> None:
    """On a phone the three columns are three pages: look at each."""
    tabs = page.get_by_role("tab").filter(visible=True)
    pages = [tab for tab in ("settings", "network", "output") if page.locator(f"[data-tab={tab}]").is_visible()]
    if not pages:
        assert problems(page) == []
        return
    for tab in pages:
        page.locator(f"[data-tab={tab}]").click()
        expect(page.locator(f"[data-tab={tab}]")).to_have_attribute("aria-selected", "true")
        page.wait_for_function(
            "(tab) => Math.abs(document.querySelector(`#page-${tab}`).getBoundingClientRect().left) < 1", arg=tab
        )
        assert problems(page) == [], tab
    assert tabs.count() >= len(pages)
