"""How fast many seeds run while they are watched: 8 lanes × 32 seeds of [2, 8, 8, 1], batch 10, bands and all, in Chromium.

Prints, never asserts: python tests/bench/bench_seeds_page.py
A frame counts as painted where it shows something new of the study: bands up to another step, or more of the runs done.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "browser"), str(ROOT / "tests" / "server")]

from conftest import ARGUMENTS  # noqa: E402
from install_chromium import find  # noqa: E402
from live_server import serving  # noqa: E402
from network_page import NetworkRoom  # noqa: E402
from playwright.sync_api import expect, sync_playwright  # noqa: E402
from train_page import Train  # noqa: E402

from server.settings import Settings  # noqa: E402

LANES, SEEDS, STEPS = 8, 32, 2000
WATCH = """async () => {
  const [plot, study] = ["[data-testid=seeds-plot]", ".studies [data-study=seeds]"].map((each) => document.querySelector(each));
  const begun = performance.now();
  const bar = study.querySelector("progress");
  let [painted, drawn, frames, before, done] = [0, 0, 0, plot.dataset.drawn, bar.value];
  while (study.dataset.state === "running") {
    await new Promise((resolve) => requestAnimationFrame(resolve));
    frames++;
    if (plot.dataset.drawn !== before) drawn++;
    if (plot.dataset.drawn !== before || bar.value !== done) painted++;
    [before, done] = [plot.dataset.drawn, bar.value];
  }
  return [painted, drawn, frames, (performance.now() - begun) / 1000];
}"""


def main() -> None:
    with serving(Settings(database_url="sqlite://")) as live, sync_playwright() as playwright:
        page = playwright.chromium.launch(executable_path=find(), args=ARGUMENTS).new_page(
            viewport={"width": 1440, "height": 900}
        )
        url = f"http://127.0.0.1:{live.port}"
        Train(page).open(url).layers(8, 8)
        page.locator("[data-door=race]").click()
        room = NetworkRoom(page)
        room.show("network")
        room.ready()
        for count in range(page.locator("[data-netlane]").count() + 1, LANES + 1):
            room.hook("network-add").click()
            expect(page.locator("[data-netlane]")).to_have_count(count)
        page.keyboard.press("Escape")
        room.show("studies")
        room.type("seeds-count", str(SEEDS))
        room.type("seeds-steps", str(STEPS))
        devtools = page.context.new_cdp_session(page)
        devtools.send("Performance.enable", {"timeDomain": "threadTicks"})

        def busy() -> float:
            """Seconds that the page's thread has worked: on a machine that is shared it says more than the frames do."""
            found = devtools.send("Performance.getMetrics")["metrics"]
            return float(next(each["value"] for each in found if each["name"] == "TaskDuration"))

        begun, before = time.perf_counter(), busy()
        room.hook("seeds-begin").click()
        expect(page.locator(".studies [data-study=seeds]")).to_have_attribute("data-state", "running")
        painted, drawn, frames, seconds = page.evaluate(WATCH)
        rate = STEPS / (time.perf_counter() - begun)
        screen = f"{painted / seconds:.0f} painted frames/s of {frames / seconds:.0f} of the screen (goal 25)"
        print(f"{LANES} lanes × {SEEDS} seeds of [2, 8, 8, 1], batch 10, in Chromium: {rate:.0f} steps/s a run (goal 200),")
        print(f"{screen}, {drawn / seconds:.0f} with longer bands,")
        print(f"{1e3 * (busy() - before) / max(1, painted):.0f} ms of the page's work each")


if __name__ == "__main__":
    main()
