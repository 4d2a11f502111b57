"""From the one press of a first visit to 95 % of the test samples, in headless Chromium: seconds, and different maps painted.

Prints, never asserts: python tests/bench/bench_first_minute.py
"""

from __future__ import annotations

import statistics
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "browser"), str(ROOT / "tests" / "server")]

from conftest import ARGUMENTS  # noqa: E402
from install_chromium import find  # noqa: E402
from live_server import serving  # noqa: E402
from playwright.sync_api import Browser, sync_playwright  # noqa: E402
from test_first_minute import ACCURACY, PAINTED  # noqa: E402
from train_page import Train  # noqa: E402

from engine import warm_up  # noqa: E402
from server.settings import Settings  # noqa: E402

TIMES = 5
SIZES = {"projector": (1280, 720), "phone": (390, 844)}


def visit(browser: Browser, url: str, size: tuple[int, int]) -> tuple[float, int, float]:
    """Seconds, maps, and the accuracy that it began with, of a browser that was never here."""
    context = browser.new_context(viewport={"width": size[0], "height": size[1]})
    page = context.new_page()
    train = Train(page).open(url)
    if size[0] < 900:
        page.locator("[data-tab=output]").click()
    train.settle(0)
    page.evaluate(PAINTED)
    button = train.hook("notice").get_by_role("button", name="watch it learn")
    began = page.evaluate("() => performance.now()")
    button.click()
    page.wait_for_function(f"() => ({ACCURACY})() >= 0.95", timeout=60_000)
    ended, maps, first = page.evaluate("() => [performance.now(), window.seen.maps.size, window.seen.first]")
    context.close()
    return (ended - began) / 1000, maps, first


def main() -> None:
    warm_up()
    with serving(Settings(database_url="sqlite://")) as live, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=ARGUMENTS)
        for name, size in SIZES.items():
            found = [visit(browser, f"http://127.0.0.1:{live.port}/", size) for _ in range(TIMES)]
            seconds, maps, first = zip(*found, strict=True)
            each = ", ".join(f"{value:.1f}" for value in seconds)
            print(
                f"{name}: from {100 * max(first):.0f} % to 95 % in {statistics.median(seconds):.1f} s ({each}),"
                f" {int(statistics.median(maps))} maps"
            )


if __name__ == "__main__":
    main()
