"""What playing with a race costs on the page: a rate that is dragged, sixteen lanes, and one lane from two hundred starts.

    python tests/bench/bench_race_play.py [--seconds 5]

Printed are milliseconds from a slider's move to the lane's new numbers on the screen, and pictures a second that show another
step while a race plays, beside the screen's own frames. Nothing is asserted: a benchmark prints."""

from __future__ import annotations

import argparse
import statistics
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / name) for name in ("tests/browser", "tests/server", "")]
sys.path.append(str(ROOT / "tests"))

from conftest import ARGUMENTS  # noqa: E402
from install_chromium import find  # noqa: E402
from live_server import serving  # noqa: E402
from playwright.sync_api import Page, sync_playwright  # noqa: E402
from race_page import RaceRoom  # noqa: E402

from engine import warm_up  # noqa: E402
from server.settings import Settings  # noqa: E402

DRAGGED = """async (moves) => {
  const slider = document.querySelector("[data-part=race-tuner] input[type=range]");
  const loss = document.querySelector("[data-lane='2'] .lane-loss");
  const taken = [];
  for (let i = 0; i < moves; i++) {
    const before = loss.dataset.value;
    const begin = performance.now();
    slider.value = String(Number(slider.value) + (i % 2 ? 1 : -1));
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    while (loss.dataset.value === before) await new Promise(requestAnimationFrame);
    taken.push(performance.now() - begin);
  }
  slider.dispatchEvent(new Event("change", { bubbles: true }));
  return taken;
}"""
CONTOURS = """async () => {
  const page = document.querySelector("script[type=module]").src;
  const load = (path) => import(new URL(path, page));
  const { refined } = await load("race/ground/refine.js");
  const { bandsOf, contourLines } = await load("race/ground/contour-lines.js");
  const [side, values] = [181, [0.2, 1, 5, 10, 50, 80, 150, 200, 400, 500, 1000, 1500, 2500]];
  const at = (i) => (4 * i) / (side - 1) - 2;
  const height = (x, y) => (1 - x) ** 2 + 100 * (y - x * x) ** 2;
  const heights = Float64Array.from({ length: side * side }, (_, i) => height(at(i % side), at(Math.floor(i / side))));
  return Array.from({ length: 40 }, () => {
    const begin = performance.now();
    const grid = refined({ heights, columns: side, rows: side });
    contourLines(grid, values, bandsOf(grid, values));
    return performance.now() - begin;
  });
}"""
PAINTED = """async (seconds) => {
  // A picture counts where the heads stand at another step than in the one before.
  const heads = document.querySelector("[data-testid=race-heads]");
  const begin = performance.now();
  let [painted, frames, last] = [0, 0, heads.dataset.step];
  while (performance.now() - begin < 1000 * seconds) {
    await new Promise(requestAnimationFrame);
    frames++;
    if (heads.dataset.step !== last) painted++;
    last = heads.dataset.step;
  }
  return [painted / seconds, frames / seconds];
}"""


def playing(page: Page, room: RaceRoom, seconds: float) -> str:
    page.keyboard.press("Home")
    room.settle(0)
    page.keyboard.press("Space")
    room.status("playing")
    painted, frames = page.evaluate(PAINTED, seconds)
    page.keyboard.press("Space")
    room.settle()
    return f"{painted:.0f} painted frames/s of {frames:.0f} of the screen"


def main(seconds: float) -> None:
    warm_up()
    with serving(Settings(database_url="sqlite://")) as live, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=ARGUMENTS)
        page = browser.new_page(viewport={"width": 1280, "height": 720})
        room = RaceRoom(page).open(f"http://127.0.0.1:{live.port}")
        taken = page.evaluate(CONTOURS)
        print(f"13 contours of 181×181 heights: {statistics.median(taken):.1f} ms, the first time {taken[0]:.0f}")
        room.seek(1000)
        page.locator("[data-pick='2']").click()
        taken = page.evaluate(DRAGGED, 40)
        print(f"six lanes of 1,000 steps, a rate dragged: {statistics.median(taken):.0f} ms, worst {max(taken):.0f} (goal 50)")
        surface = page.locator(".race-surface").bounding_box()
        assert surface
        page.keyboard.press("b")
        for row in range(8):
            page.mouse.move(surface["x"] + 60, surface["y"] + 20 + 30 * row)
            page.mouse.down()
            page.mouse.move(surface["x"] + surface["width"] - 30, surface["y"] + 20 + 30 * row, steps=30)
            page.mouse.up()
        page.keyboard.press("b")
        starts = page.get_by_test_id("race-fan").get_attribute("data-paths")
        print(f"{starts} starts, played at 60/s: {playing(page, room, seconds)} (goal 25)")
        page.get_by_test_id("race-fan-clear").click()
        while page.locator(".lane").count() < 16:
            count = page.locator(".lane").count()
            page.keyboard.press("n")
            page.wait_for_function("(count) => document.querySelectorAll('.lane').length > count", arg=count)
        page.keyboard.press("Escape")
        print(f"16 lanes, played at 60/s: {playing(page, room, seconds)} (goal 50)")
        browser.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=5.0)
    main(parser.parse_args().seconds)
