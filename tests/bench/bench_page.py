"""How fast the page paints while the engine trains flat out: [7, 8, 8, 8, 1] with every unit's map, in headless Chromium; then
with two runs side by side.

Prints, never asserts: python tests/bench/bench_page.py
A frame counts when the page has acknowledged it, which it does after painting; several painted as one count as one.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "browser"), str(ROOT / "tests" / "server")]

from conftest import ARGUMENTS  # noqa: E402
from install_chromium import find  # noqa: E402
from live_server import serving  # noqa: E402
from playwright.sync_api import Page, expect, sync_playwright  # noqa: E402
from train_page import Train  # noqa: E402

from server.settings import Settings  # noqa: E402

SECONDS = 10
GOAL = 30
"""Maps painted a second."""
STEPS = 900_000  # a run of a million updates is not to end while it is watched
COUNT = """
window.painted = {};
const send = WebSocket.prototype.send;
WebSocket.prototype.send = function (text) {
  const command = JSON.parse(text);
  if (command.type === "acknowledge") painted[command.channel] = (painted[command.channel] ?? 0) + 1;
  return send.call(this, text);
};
window.arrived = {};
const listen = Object.getOwnPropertyDescriptor(WebSocket.prototype, "onmessage");
Object.defineProperty(WebSocket.prototype, "onmessage", {
  ...listen,
  set(handler) {
    listen.set.call(this, (message) => {
      if (message.data instanceof ArrayBuffer) {
        const length = new DataView(message.data).getUint32(0, true);
        const { channel } = JSON.parse(new TextDecoder().decode(new Uint8Array(message.data, 4, length)));
        const { frames = 0, bytes = 0 } = arrived[channel] ?? {};
        arrived[channel] = { frames: frames + 1, bytes: bytes + message.data.byteLength };
      }
      handler.call(this, message);
    });
  },
});
window.screenFrames = 0;
const tick = () => { window.screenFrames++; requestAnimationFrame(tick); };
requestAnimationFrame(tick);
"""
LOOK = """() => ({
  painted: { ...painted },
  arrived: { ...arrived },
  frames: screenFrames,
  now: performance.now(),
  step: Number(document.querySelector("[data-testid=step]").dataset.value),
})"""


def measured(page: Page, what: str) -> None:
    """Prints what is painted for a while."""
    before = page.evaluate(LOOK)
    end = [before["now"] + SECONDS * 1000, STEPS]
    page.wait_for_function(f"([time, step]) => performance.now() > time || ({LOOK})().step > step", arg=end, polling=100)
    after = page.evaluate(LOOK)
    seconds = (after["now"] - before["now"]) / 1000
    print(f"[7, 8, 8, 8, 1] tanh, batch 10, flat out, {what}, {seconds:.1f} s in headless Chromium")
    print(f"updates a second, recorded series included   {(after['step'] - before['step']) / seconds:12,.0f}")
    print(f"screen frames a second                       {(after['frames'] - before['frames']) / seconds:12.1f}")
    for channel, count in sorted(after["painted"].items()):
        rate = (count - before["painted"].get(channel, 0)) / seconds
        sent = after["arrived"][channel]
        size = f"{sent['bytes'] / sent['frames']:12,.0f} bytes a frame"
        goal = f"   at least {GOAL} wanted" if channel == "maps" else ""
        print(f"{channel:<12} painted a second               {rate:12.1f}{size}{goal}")


def main() -> None:
    with serving(Settings()) as live, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=ARGUMENTS)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.add_init_script(COUNT)
        train = Train(page).open(f"http://127.0.0.1:{live.port}")
        for feature in ("x2", "y2", "xy", "sin_x", "sin_y"):
            train.feature(feature)
        train.layers(8, 8, 8)
        train.speed("flat out")
        train.play()
        train.pass_step(5000)
        measured(page, "the network")
        page.keyboard.press("b")
        expect(train.hook("kept-side")).to_be_visible()
        train.status("playing")
        measured(page, "two runs side by side")
        browser.close()


if __name__ == "__main__":
    main()
