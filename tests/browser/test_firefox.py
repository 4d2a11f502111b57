"""A walk through all rooms in Firefox, as a person takes it: everything is drawn, and nothing is complained of."""

from __future__ import annotations

from pathlib import Path

import bidi
import pytest

RIGHT, ESCAPE = "\ue014", "\ue00c"
STEP = "Number(document.querySelector('[data-testid=step]').dataset.value)"
PAINTED = """(() => {
  const canvas = document.querySelector("[data-testid=regions]");
  const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d");
  copy.drawImage(canvas, 0, 0);
  return new Set(new Uint32Array(copy.getImageData(0, 0, canvas.width, canvas.height).data.buffer)).size;
})()"""
SIDEWAYS = "document.documentElement.scrollWidth > innerWidth"


@pytest.mark.slow(seconds=50)
@pytest.mark.skipif(bidi.find() is None, reason="no Firefox here: `apt-get install firefox-esr`")
def test_a_walk_through_all_rooms(server_url: str, tmp_path: Path) -> None:
    with bidi.firefox(bidi.find() or "", tmp_path) as browser:
        browser.size(1280, 720)
        browser.open(server_url)
        browser.until("document.querySelector('main[data-ready=true][data-warm=true]') !== null")
        browser.click("[data-testid=forward]")
        browser.until(f"{STEP} === 1")
        browser.until(f"{PAINTED} > 20")
        browser.press(" ")
        browser.until(f"{STEP} > 5")
        browser.press(" ")
        browser.until("document.querySelector('[data-status]').dataset.status === 'paused'")
        # A dialog with a plot in it.
        browser.press("r")
        browser.click("[data-testid=finder-start]")
        browser.until("document.querySelectorAll('[data-testid=finder-plot] .annotation').length > 0")
        browser.press(ESCAPE)
        # Step: an update in formulas, and one micro-step on.
        browser.press("s")
        browser.until("document.querySelector('[data-testid=step-room]')?.dataset.micro === '0'")
        browser.press(RIGHT)
        browser.until("document.querySelector('[data-testid=step-room]').dataset.micro === '1'")
        browser.until("document.querySelector('[data-testid=rule] math').getBoundingClientRect().width > 20")
        # Race: on a surface and on the network.
        browser.click("[data-door=race]")
        browser.until("document.querySelector('.race-surface[data-drawn]') !== null")
        browser.click("[data-testid=race-forward]")
        browser.until("document.querySelector('[data-testid=race-step]').dataset.value === '1'")
        browser.evaluate("history.back()")
        browser.until("document.querySelector('[data-testid=step-room]').checkVisibility()")
        for width, height in ((390, 844), (1920, 1080)):
            browser.size(width, height)
            assert not browser.evaluate(SIDEWAYS), width
        assert browser.complaints == []
