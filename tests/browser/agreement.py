"""Whether a page shows what is so: held against a page that comes anew, and against what the server tells another client."""

from __future__ import annotations

from typing import Any

import numpy as np
from pages import Page as Client
from pages import parameters
from playwright.sync_api import Page, TimeoutError, expect

SESSION = "sessionStorage.getItem('chainrule.session')"

SHOWN = """() => {
  const told = ({ dataset, name, ariaLabel }) => dataset.testid ?? dataset.at ?? name ?? ariaLabel;
  const name = (element) => told(element) ?? element.getAttribute("class");
  const seen = (element) => element.offsetParent !== null;
  const plain = (values) => Array.from(values ?? [], String).join(" ");
  const kept = ({ uid }) => uid !== "batch_loss"; // each mini-batch's is drawn and not kept
  const all = (selector) => [...document.querySelectorAll(selector)].filter(seen);
  return {
    values: all("[data-value]").map((element) => [name(element), element.dataset.value, element.textContent]),
    fields: all("input, select").map((element) => [name(element), element.value, element.checked ?? null, element.disabled]),
    buttons: all(".room-transport button").map((element) => [name(element), element.disabled, element.ariaPressed]),
    marks: all(".mark-edit").map((element) => element.ariaLabel),
    plots: all(".js-plotly-plot").map(({ data }) => data.filter(kept).map(({ uid, x, y }) => [uid, plain(x), plain(y)])),
  };
}"""
"""Every number, every field and every curve that is seen."""

STILL = f"""() => {{
  const now = JSON.stringify(({SHOWN})());
  const before = (window.still ??= {{ now: "", times: 0 }});
  before.times = before.now === now ? before.times + 1 : 0;
  before.now = now;
  return before.times >= 8;
}}"""
"""Whether nothing has changed for longer than the page waits between two drawings of a curve."""

THE_SAME = f"(shown) => JSON.stringify(({SHOWN})()) === JSON.stringify(shown)"


def shown(page: Page) -> dict[str, Any]:
    """What is on the screen once it holds still."""
    page.evaluate("() => delete window.still")
    page.wait_for_function(STILL, polling=100)
    found: dict[str, Any] = page.evaluate(SHOWN)
    return found


def agrees_with_a_new_page(page: Page, before: dict[str, Any] | None = None) -> None:
    """The page, come anew, shows what it showed, to the last digit."""
    before = before or shown(page)
    session = page.evaluate(SESSION)
    page.reload()
    expect(page.locator("main[data-ready=true]")).to_be_visible()
    try:
        page.wait_for_function(THE_SAME, arg=before)
    except TimeoutError:
        now = page.evaluate(SHOWN)
        raise AssertionError("\n".join(differences(before, now))) from None
    assert page.evaluate(SESSION) == session


def differences(before: Any, now: Any, where: str = "") -> list[str]:
    if isinstance(before, dict) and before.keys() == now.keys():
        return [line for key in before for line in differences(before[key], now[key], f"{where}.{key}")]
    if isinstance(before, list) and len(before) == len(now):
        pairs = enumerate(zip(before, now, strict=True))
        return [line for index, pair in pairs for line in differences(*pair, f"{where}[{index}]")]
    return [] if before == now else [f"{where}: {str(before)[:300]} is now {str(now)[:300]}"]


def agrees_with_the_server(page: Page, socket: str) -> Client:
    """Another client takes the session over and is told what the page shows."""
    seen: dict[str, Any] = page.evaluate(SHOWN)
    told = dict[str, str](
        page.evaluate(
            "() => Object.fromEntries([...document.querySelectorAll('[data-testid][data-value]')].map("
            "(element) => [element.dataset.testid, element.dataset.value]))"
        )
    )
    status = page.locator("[data-status]").first.get_attribute("data-status")
    can_undo = page.get_by_test_id("undo").is_enabled()
    client = Client(socket, page.evaluate(SESSION))
    client.do("subscribe", channels=["series", "evaluation", "parameters"])
    state = client.until_state(lambda state: True)
    script = [event for event in client.events if event["type"] == "script"][-1]
    assert (str(state["step"]), state["status"]) == (told["step"], status)
    place = (state["run"], state["branch"], state["step"])
    meta = client.frame("evaluation", lambda header: (header["run"], header["branch"], header["step"]) == place)[0]["meta"]
    assert float(told["train-loss"]) == meta["train"]["loss"] and float(told["test-loss"]) == meta["test"]["loss"]
    series = client.frame("series", lambda header: header["meta"]["from"] == 0)[1]
    curves = {uid: (x, y) for plot in seen["plots"] for uid, x, y in plot}
    ours = [y for x, y in curves.values() if len(y.split()) == len(series["train_loss"])]
    assert ours and any(np.array_equal(np.array(y.split(), float), series["train_loss"]) for y in ours), "the curve of the loss"
    assert len(seen["marks"]) == len({edit["step"] for edit in script["edits"]}) and can_undo == script["can_undo"]
    assert all(np.isfinite(values).all() for values in parameters(client).values())
    return client
