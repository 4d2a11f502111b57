"""How fast races are: lane-steps a second of every rule on a surface, one core; pictures of the loss; many seeds;
what Chromium paints of a race.

    python tests/bench/bench_race.py [--steps 20000] [--rounds 5] [--no-browser]
    python tests/bench/bench_race.py --against OTHER_TREE [--steps 20000] [--rounds 5]

The second holds this tree against another checkout, in turns, so that what else the machine does falls on both alike.
Nothing is asserted: a benchmark prints.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))

from engine import RunSpec, Trainer
from engine.landscape.planes import random_directions
from engine.landscape.slices import Landscape
from engine.optimizers import OPTIMIZERS
from engine.race.on_surface import Race
from engine.race.seeds import SeedRace
from engine.race.spec import MOST_LANES

GOAL = 8e6


def lanes() -> list[dict]:
    """Every rule once, and some again in the other dialect, at rates that keep them on the surface."""
    names = [(name, dialect) for dialect in ("textbook", "pytorch") for name in OPTIMIZERS]
    return [{"optimizer": {"name": name, "dialect": dialect, "lr": 2e-4}} for name, dialect in names[:MOST_LANES]]


def measure(surface: str | dict, noise: float, steps: int, rounds: int) -> None:
    race = Race({"surface": surface, "noise": noise, "lanes": lanes(), "max_steps": steps})
    race.seek(steps)  # room is made, kernels are compiled
    taken = []
    for _ in range(rounds):
        race.seek(0)
        race.change(seed=race.spec.seed + 1)  # everything begins again
        begin = time.perf_counter()
        race.seek(steps)
        taken.append(time.perf_counter() - begin)
        assert all(race.diverged(lane.id) is None for lane in race.lanes)
    made = len(race.lanes) * steps
    best, median = made / min(taken), made / statistics.median(taken)
    name = surface if isinstance(surface, str) else surface["formula"]
    print(f"{name:<34}{noise:>7g}{best / 1e6:>14.1f}{median / 1e6:>10.1f}")


def pictures(rounds: int) -> None:
    """A surface over a plane of [7,8,8,8,1], 250 samples: 101×101 points, coarse to fine."""
    random = np.random.default_rng(0)
    x = random.normal(size=(250, 7))
    spec = {
        "data": {
            "name": "inline",
            "task": "classification",
            "train_x": x.tolist(),
            "train_y": (x[:, 0] > x[:, 1]).astype(int).tolist(),
        },
        "network": {"layers": [{"units": 8}] * 3},
    }
    trainer = Trainer(RunSpec.model_validate(spec))
    landscape = Landscape(trainer.machine)
    plane = random_directions(trainer.machine.theta, trainer.tape.slots, 0)
    taken = []
    for _ in range(rounds):
        begin, times = time.perf_counter(), []
        for _ in landscape.pictures(plane, (-1.0, 1.0), (-1.0, 1.0)):
            times.append(1e3 * (time.perf_counter() - begin))
        taken.append(times)
    coarse, middle, fine = (statistics.median(column) for column in zip(*taken, strict=True))
    print(
        f"\n101×101 over 250 samples of [7,8,8,8,1]: 26×26 {coarse:.0f} ms (goal 40), 51×51 {middle:.0f}, all {fine:.0f} (150)"
    )


def seeds(steps: int) -> None:
    """8 lanes × 32 seeds of [2,8,8,1], batch 10."""
    names = ("sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw", "lion")
    run = {"data": {"name": "spiral"}, "network": {"layers": [{"units": 8}, {"units": 8}]}}
    race = SeedRace(run, [{"optimizer": {"name": name, "lr": 1e-3}} for name in names], 32, steps, points=steps // 20 + 1)
    slices = race.slices()
    next(slices)
    begin = time.perf_counter()
    for _ in slices:
        pass
    rate = steps / (time.perf_counter() - begin)
    print(f"8 lanes × 32 seeds of [2,8,8,1], batch 10, losses measured every 20 steps: {rate:.0f} steps/s a run (goal 200)")


RULES = ("sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw", "lion")
RACES: tuple[tuple[str | dict[str, str], float], ...] = (
    ("rosenbrock", 0.0),
    ("rosenbrock", 0.1),
    ("rastrigin", 0.0),
    ({"name": "formula", "formula": "x**2 + 10*y**2 + sin(x*y)"}, 0.0),
)
MEASURED = """
import json, sys, time
from engine.race.on_surface import Race
rules, races, steps = json.loads(sys.argv[1])
lanes = [{"optimizer": {"name": name, "dialect": dialect, "lr": 2e-4}} for dialect in ("textbook", "pytorch") for name in rules]
found = []
for surface, noise in races:
    race = Race({"surface": surface, "noise": noise, "lanes": lanes, "max_steps": steps})
    race.seek(steps)  # room is made, kernels are compiled
    best = 0.0
    for turn in range(3):
        race.seek(0)
        race.change(seed=turn + 1)  # everything begins again
        begin = time.process_time()
        race.seek(steps)
        best = max(best, len(lanes) * steps / (time.process_time() - begin))
    found.append(best)
print(json.dumps(found))
"""
"""What every tree understands that knows these optimizers."""


def lane_steps(tree: Path, steps: int) -> list[float]:
    """Lane-steps a second of a core, a number a race, at best of three."""
    command = [sys.executable, "-c", MEASURED, json.dumps([RULES, RACES, steps])]
    surroundings = os.environ | {"PYTHONPATH": str(tree)}
    told = subprocess.run(command, cwd=tree, env=surroundings, check=True, capture_output=True, text=True).stdout
    found: list[float] = json.loads(told)
    return found


def against(other: Path, steps: int, pairs: int) -> None:
    here = Path(__file__).resolve().parents[2]
    ratios: list[list[float]] = [[] for _ in RACES]
    for pair in range(pairs):
        found = {tree: lane_steps(tree, steps) for tree in ((here, other), (other, here))[pair % 2]}
        for ratio, new, old in zip(ratios, found[here], found[other], strict=True):
            ratio.append(new / old)
            print(f"{new / 1e6:8.1f} and {old / 1e6:8.1f} million lane-steps/s of a core: {new / old:.2f}", flush=True)
    for (surface, noise), ratio in zip(RACES, ratios, strict=True):
        name = surface if isinstance(surface, str) else surface["formula"]
        spread = f"{min(ratio):.2f} to {max(ratio):.2f}"
        print(f"{name}, noise {noise:g}: {statistics.median(ratio):.2f} times the other tree ({spread})")


FRAMES = """async (seconds) => {
  // A frame counts as painted where the heads stand at another step than in the one before.
  const heads = document.querySelector("[data-testid=race-heads]");
  const end = performance.now() + 1000 * seconds;
  let [painted, frames, before] = [0, 0, ""];
  while (performance.now() < end) {
    await new Promise((resolve) => requestAnimationFrame(resolve));
    frames++;
    if (heads.dataset.step !== before) painted++;
    before = heads.dataset.step;
  }
  return [painted / seconds, frames / seconds];
}"""


def painted(seconds: float = 5.0) -> None:
    """16 lanes in the Race room, 5 seconds each: pictures a second that show another step, beside the screen's own."""
    sys.path[:0] = [str(Path(__file__).parents[1] / part) for part in ("browser", "server")]
    from conftest import ARGUMENTS
    from install_chromium import find
    from live_server import serving
    from playwright.sync_api import expect, sync_playwright
    from race_page import RaceRoom

    from server.settings import Settings

    with serving(Settings(database_url="sqlite://")) as live, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=find(), args=ARGUMENTS)
        page = chromium.new_page(viewport={"width": 1440, "height": 900})
        room = RaceRoom(page).open(f"http://127.0.0.1:{live.port}")
        for count in range(page.locator(".lane").count() + 1, MOST_LANES + 1):
            room.hook("race-add").click()
            expect(page.locator(".lane")).to_have_count(count)
        page.keyboard.press("Escape")
        room.hook("race-more").locator("summary").click()
        room.set("race.max_steps", "100000")
        devtools = page.context.new_cdp_session(page)
        devtools.send("Performance.enable", {"timeDomain": "threadTicks"})

        def busy() -> float:
            """Seconds that the page's thread has worked: on a machine that is shared it says more than the frames do."""
            found = devtools.send("Performance.getMetrics")["metrics"]
            return float(next(each["value"] for each in found if each["name"] == "TaskDuration"))

        for speed in ("60/s", "500/s"):
            room.seek(0)
            room.speed(speed)
            room.hook("race-play").click()
            room.status("playing")
            before = busy()
            shown, frames = page.evaluate(FRAMES, seconds)
            each = 1e3 * (busy() - before) / max(1.0, shown * seconds)
            room.hook("race-play").click()
            room.status("paused")
            words = f"{shown:.0f} painted frames/s of {frames:.0f} of the screen (goal 25), {each:.0f} ms of work each"
            print(f"16 lanes in Chromium at {speed}: {words}")
        chromium.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--no-browser", action="store_true")
    parser.add_argument("--against", type=Path, metavar="OTHER_TREE")
    given = parser.parse_args()
    if given.against is not None:
        return against(given.against.resolve(), given.steps, given.rounds)
    print(
        f"{MOST_LANES} lanes, {len(OPTIMIZERS)} rules, {given.steps} steps, trails recorded; goal on Rosenbrock: {GOAL / 1e6:g}"
    )
    print(f"{'surface':<34}{'noise':>7}{'best, M/s':>14}{'median':>10}")
    own = {"name": "formula", "formula": "(1 - x)**2 + 100*(y - x**2)**2"}
    for surface, noise in (("rosenbrock", 0.0), ("rosenbrock", 0.1), ("himmelblau", 0.0), ("rastrigin", 0.0), (own, 0.0)):
        measure(surface, noise, given.steps, given.rounds)
    pictures(given.rounds)
    seeds(400)
    if not given.no_browser:
        painted()


if __name__ == "__main__":
    main()
