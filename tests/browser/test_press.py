"""A press is whole: what a frame of the server rebuilds between a button's going down and up does not swallow the click."""

from __future__ import annotations

from playwright.sync_api import Page, expect

PAGE = """async () => {
  const { Store } = await import("/src/store.js");
  const place = document.createElement("main");
  document.body.replaceChildren(place);
  const store = new Store({ n: 0, clicks: 0 });
  store.onPaint(({ n, clicks }) => {
    const button = document.createElement("button");
    button.textContent = `rebuilt ${n}`;
    button.addEventListener("click", () => store.set({ clicks: store.state.clicks + 1 }));
    place.replaceChildren(button);
    place.dataset.clicks = clicks;
  });
  window.told = (n) => new Promise((done) => {
    store.set({ n });
    requestAnimationFrame(() => requestAnimationFrame(() => done(place.textContent)));
  });
}"""


def test_a_click_is_not_lost_to_what_is_told_meanwhile(page: Page, server_url: str) -> None:
    page.goto(f"{server_url}/join")
    page.evaluate(PAGE)
    assert page.evaluate("() => window.told(1)") == "rebuilt 1"
    page.get_by_role("button").hover()
    page.mouse.down()
    first = page.evaluate("() => window.told(2)")
    page.mouse.up()
    expect(page.locator("main")).to_have_attribute("data-clicks", "1")
    assert first == "rebuilt 1"
    # What was told while it was held is painted after it.
    expect(page.get_by_role("button")).to_have_text("rebuilt 2")
    # One who keeps it down does not hold the page for ever, nor does one who drags.
    page.mouse.down()
    page.evaluate("() => window.told(3)")
    expect(page.get_by_role("button")).to_have_text("rebuilt 3")
    page.mouse.up()
    page.mouse.down()
    page.mouse.move(400, 400)
    assert page.evaluate("() => window.told(4)") == "rebuilt 4"
    page.mouse.up()
