"""How fast a race on a surface is: lane-steps a second with every optimizer row, trails recorded, one core.

    python tests/bench/bench_race.py [--steps 20000] [--rounds 5]

Nothing is asserted: a benchmark prints.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from engine.optimizers import OPTIMIZERS
from engine.race import Race
from engine.race_spec import MOST_LANES

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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    print(
        f"{MOST_LANES} lanes, {len(OPTIMIZERS)} rules, {given.steps} steps, trails recorded; goal on Rosenbrock: {GOAL / 1e6:g}"
    )
    print(f"{'surface':<34}{'noise':>7}{'best, M/s':>14}{'median':>10}")
    own = {"name": "formula", "formula": "(1 - x)**2 + 100*(y - x**2)**2"}
    for surface, noise in (("rosenbrock", 0.0), ("rosenbrock", 0.1), ("himmelblau", 0.0), ("rastrigin", 0.0), (own, 0.0)):
        measure(surface, noise, given.steps, given.rounds)


if __name__ == "__main__":
    main()
