"""How fast the race in three dimensions is painted where the processor draws in place of a graphics card (SwiftShader):
640×480, a grid of 181×181, six lanes of 1000 steps; turned without a rest, and while the race plays.

    python tests/bench/bench_scene.py [--seconds 5] [--size 640 480]

Prints, never asserts.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "browser"), str(ROOT / "tests" / "server")]

from complaints import Complaints  # noqa: E402
from conftest import ARGUMENTS  # noqa: E402
from install_chromium import find  # noqa: E402
from live_server import serving  # noqa: E402
from playwright.sync_api import sync_playwright  # noqa: E402
from race_page import RaceRoom  # noqa: E402
from scene_page import ScenePage  # noqa: E402

from server.settings import Settings  # noqa: E402

GOAL = 30
ABOUT = """
  const gl = scene.canvas.getContext("webgl2");
  const told = gl.getExtension("WEBGL_debug_renderer_info");
  const card = gl.getParameter(told ? told.UNMASKED_RENDERER_WEBGL : gl.RENDERER);
  return [card, scene.width, scene.height, scene.relief.columns, [...scene.tracks.values()].map(({ drawn }) => drawn)];
"""
TURNED = """
  const [begin, end] = [performance.now(), performance.now() + 1000 * given];
  let [frames, worked] = [0, 0];
  while (performance.now() < end) {
    const before = performance.now();
    scene.turn(0.02, 0);
    scene.paint();
    worked += performance.now() - before;
    frames++;
    await new Promise((resolve) => requestAnimationFrame(resolve));
  }
  return [(1000 * frames) / (performance.now() - begin), worked / frames];
"""
PLAYED = """
  const [begin, before] = [performance.now(), scene.painted];
  let frames = 0;
  for (const end = begin + 1000 * given; performance.now() < end; frames++)
    await new Promise((resolve) => requestAnimationFrame(resolve));
  return [scene.painted - before, frames].map((count) => (1000 * count) / (performance.now() - begin));
"""
WORKED = """
  const [gl, pixel] = [scene.canvas.getContext("webgl2"), new Uint8Array(4)];
  for (let i = 0; i < given.times; i++) {
    if (given.turns) scene.turn(0.02, 0);
    scene.paint();
    gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, pixel); // until it is drawn
  }
"""
RESIZED = """async ([width, height]) => {
  const place = document.querySelector(".race-three");
  const size = { width: `${width}px`, height: `${height}px` };
  Object.assign(place.style, { position: "fixed", inset: "0 auto auto 0", zIndex: 9, ...size });
  for (let left = 10; left > 0; left--) await new Promise((resolve) => requestAnimationFrame(resolve));
}"""


def drawing_seconds() -> float:
    """What the processes that draw have worked so far, as Linux counts it."""
    total = 0.0
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command, counted = (process / "cmdline").read_text(), (process / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it has ended meanwhile
        if "--type=gpu-process" in command:
            total += (int(counted[11]) + int(counted[12])) / os.sysconf("SC_CLK_TCK")
    return total


def worked(scene: ScenePage, times: int, *, turns: bool) -> float:
    """Milliseconds of the drawing process for a picture: a machine that is busy with something else says the same."""
    before = drawing_seconds()
    scene.ask(WORKED, {"times": times, "turns": turns})
    return 1e3 * (drawing_seconds() - before) / times


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--size", type=int, nargs=2, default=(640, 480))
    given = parser.parse_args()
    with serving(Settings(database_url="sqlite://")) as live, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=find(), args=ARGUMENTS)
        page = chromium.new_page(viewport={"width": 1440, "height": 900})
        room = RaceRoom(page).open(f"http://127.0.0.1:{live.port}")
        page.keyboard.press("3")
        room.seek(1000)
        scene = ScenePage(page, "race-3d", Complaints())
        scene.drawn(1000)
        page.evaluate(RESIZED, given.size)
        card, width, height, side, points = scene.ask(ABOUT)
        print(f"{width}×{height} by {card}; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
        print(f"a mesh of {side}×{side}, paths of {points} points")
        rate, each = scene.ask(TURNED, given.seconds)
        print(f"turned: {rate:.0f} painted frames/s (goal {GOAL}), {each:.1f} ms of the page's work each")
        still, turned = (worked(scene, 60, turns=turns) for turns in (False, True))
        print(f"drawn: {turned:.1f} ms of the drawing process a picture while it is turned, {still:.1f} while it is not")
        for speed in ("60/s", "500/s"):
            room.seek(0)
            room.speed(speed)
            room.hook("race-play").click()
            room.status("playing")
            seconds = min(given.seconds, 0.9 * 1000 / float(speed.split("/")[0]))
            painted, frames = scene.ask(PLAYED, seconds)
            if speed == "60/s":
                room.hook("race-play").click()
            print(f"played at {speed}: {painted:.0f} painted frames/s of {frames:.0f} of the screen")
        chromium.close()


if __name__ == "__main__":
    main()
