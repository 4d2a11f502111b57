"""From the press that opens a card to the first picture of its situation on the screen, in headless Chromium: milliseconds.

Prints, never asserts: python tests/bench/bench_lessons.py
"""

from __future__ import annotations

import statistics
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "browser"), str(ROOT / "tests" / "server")]

from conftest import ARGUMENTS  # noqa: E402
from install_chromium import find  # noqa: E402
from lesson_page import Lessons  # noqa: E402
from lesson_texts import HEAD, RUN, card  # noqa: E402
from live_server import serving  # noqa: E402
from playwright.sync_api import Page, sync_playwright  # noqa: E402
from train_page import Train  # noqa: E402

from engine import warm_up  # noqa: E402
from server.settings import Settings  # noqa: E402

TIMES = 5
# What is asked is of a later step: at the one where the card begins nothing is withheld, so its first picture is whole.
ASKED = 'measures: {there: "at(20, loss(train))"}\nquestion: {kind: number, ask: Which loss?, measure: there}\n'
DATA = {"small": "name: xor, samples: 40", "spiral": "name: spiral", "digits": "name: digits"}

OPENED = """([heading, before]) => {
  // The card is told, and the numbers of another run than before belong to the step at which it stands.
  const hook = (name) => document.querySelector(`[data-testid=${name}]`);
  const loss = hook("train-loss").dataset;
  const there = loss.value !== undefined && loss.value !== before && loss.step === hook("step").dataset.value;
  return there && hook("lesson-heading").textContent === heading ? performance.now() : false;
}"""


def opening(page: Page, heading: str, by: str) -> float:
    """Milliseconds of one turn of the cards."""
    before = page.get_by_test_id("train-loss").get_attribute("data-value")
    began: float = page.evaluate(f"() => {{ const now = performance.now(); {by}; return now; }}")
    ended: float = page.wait_for_function(OPENED, arg=[heading, before], timeout=60_000).json_value()
    return ended - began


def main() -> None:
    warm_up()
    with serving(Settings(database_url="sqlite://")) as live, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=ARGUMENTS)
        for name, data in DATA.items():
            page = browser.new_page(viewport={"width": 1280, "height": 720})
            Train(page).open(f"http://127.0.0.1:{live.port}/").settle(0)
            lessons = Lessons(page).enter()
            blocks = [RUN.replace("name: xor, samples: 40", data) + f"{more}{ASKED}" for more in ("", "")]
            blocks[1] = blocks[1].replace("optimizer:", "seed: 3\n    optimizer:")
            lessons.write(HEAD.format(title=name) + "".join(card(f"Card {i + 1}", each) for i, each in enumerate(blocks)))
            lessons.hook("lesson-try").click()
            lessons.opened(1)
            Train(page).settle(0)
            found = []
            for _ in range(TIMES):
                for heading, button in (("Card 2", "lesson-next"), ("Card 1", "lesson-back")):
                    found.append(opening(page, heading, f"document.querySelector('[data-testid={button}]').click()"))
            each = ", ".join(f"{value:.0f}" for value in found)
            print(f"{name}: a card is open and drawn after {statistics.median(found):.0f} ms ({each})")
            page.close()


if __name__ == "__main__":
    main()
