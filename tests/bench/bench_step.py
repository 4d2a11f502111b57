"""How soon a change of micro-step is on the screen: from the key to the painted frame, in headless Chromium.

Prints, never asserts: python tests/bench/bench_step.py
Every micro-step of an update is walked through by →, one after the other is painted; then the depths, samples and notations.
A change counts as painted in the first task after the animation frame that it was written in, or that followed: by then that
frame is laid out and painted.
"""

from __future__ import annotations

import json
import statistics
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "browser"), str(ROOT / "tests" / "server")]

from conftest import ARGUMENTS  # noqa: E402
from install_chromium import find  # noqa: E402
from live_server import serving  # noqa: E402
from playwright.sync_api import Page, sync_playwright  # noqa: E402
from train_page import Train  # noqa: E402

from server.settings import Settings  # noqa: E402

SPECS: dict[str, tuple[float, dict[str, Any]]] = {
    "[8, 8, 8] spiral": (50, {"network": {"layers": [{"units": 8}, {"units": 8}, {"units": 8}]}}),
    "digits 64-32-10": (150, {"data": {"name": "digits"}, "network": {"layers": [{"units": 32}]}}),
}
WATCH = """
window.socketOf = null;
const send = WebSocket.prototype.send;
WebSocket.prototype.send = function (text) { window.socketOf = this; return send.call(this, text); };
const frame = requestAnimationFrame;
let within = false; // a frame's own callbacks; what they have written is observed before it ends
window.requestAnimationFrame = (callback) =>
  frame((time) => {
    within = true;
    callback(time);
    queueMicrotask(() => (within = false));
  });
window.walk = async (keys) => {
  const room = () => document.querySelector("[data-testid=step-room]");
  const shown = () => ["micro", "update", "depth", "notation", "sample"].map((name) => room().dataset[name]).join();
  const times = [];
  for (const key of keys) {
    const before = shown();
    const began = performance.now();
    const written = new Promise((resolve) => {
      const watch = new MutationObserver(() => {
        if (shown() === before) return;
        watch.disconnect();
        resolve(within);
      });
      watch.observe(room(), { attributes: true });
    });
    dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
    const inside = await written;
    await new Promise((resolve) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = resolve;
      const post = () => port2.postMessage(0);
      if (inside) post();
      else frame(post);
    });
    times.push(performance.now() - began);
  }
  return times;
};
"""


def open_step(page: Page, url: str, spec: dict[str, Any]) -> int:
    """The number of micro-steps of the run's next update."""
    Train(page).open(url)
    page.evaluate("(spec) => socketOf.send(JSON.stringify({ type: 'configure', spec }))", spec)
    shape = "–".join(str(layer["units"]) for layer in spec["network"]["layers"])
    page.get_by_test_id("subject").filter(has_text=shape).wait_for()
    page.keyboard.press("s")
    page.locator("[data-testid=step-room][data-micro='0']").wait_for()
    return page.locator("[data-micro][type=button]").count()


class Work:
    """CPU seconds of the page's main thread: they do not depend on what else the machine is doing."""

    PARTS = ("TaskDuration", "ScriptDuration", "RecalcStyleDuration", "LayoutDuration")

    def __init__(self, page: Page) -> None:
        self._session = page.context.new_cdp_session(page)
        self._session.send("Performance.enable", {"timeDomain": "threadTicks"})
        self._before = self._now()

    def _now(self) -> dict[str, float]:
        return {metric["name"]: metric["value"] for metric in self._session.send("Performance.getMetrics")["metrics"]}

    def words(self, changes: int) -> str:
        now = self._now()
        all_, script, style, layout = (1000 * (now[part] - self._before[part]) / changes for part in self.PARTS)
        return f"main thread {all_:.1f} ms of CPU a change: script {script:.1f}, style {style:.1f}, layout {layout:.1f}"


def told(name: str, times: list[float], goal: float | None = None) -> None:
    middle, worst = statistics.median(times), max(times)
    against = ""
    if goal is not None:
        within = sum(time <= goal for time in times)
        against = f"   within the goal {within}, median / goal {middle / goal:.2f}, worst / goal {worst / goal:.2f}"
    print(f"  {name:<28} {len(times):3d} changes   median {middle:6.1f} ms   worst {worst:6.1f} ms{against}")


def main() -> None:
    with serving(Settings(database_url="sqlite://")) as live, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=ARGUMENTS)
        for motion in ("no-preference", "reduce"):
            for name, (goal, spec) in SPECS.items():
                context = browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion=motion)
                page = context.new_page()
                page.add_init_script(WATCH)
                count = open_step(page, f"http://127.0.0.1:{live.port}", json.loads(json.dumps(spec)))
                print(f"{name}, {count} micro-steps, motion {motion}")
                walk = lambda keys: page.evaluate("walk(%s)" % json.dumps(keys))  # noqa: E731, B023, UP031
                told("on, first time", walk(["ArrowRight"] * (count - 1)), goal)
                told("back", walk(["ArrowLeft"] * (count - 1)), goal)
                work = Work(page)
                told("on again", walk(["ArrowRight"] * (count - 1)), goal)
                print(f"  {work.words(count - 1)}")
                told("depths", walk(["ArrowDown", "ArrowDown", "ArrowUp", "ArrowUp"]), goal)
                told("samples", walk(["]"] * 5), goal)
                told("to the next update and back", walk(["ArrowRight", "ArrowLeft"] * 3))
                context.close()
        browser.close()


if __name__ == "__main__":
    main()
