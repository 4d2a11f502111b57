"""How long the lab's experiments take with their defaults: to the first thing to see, to the end, and between two turns.

    python tests/bench/bench_lab.py [NAME …] [--rounds 1]

Wanted: something to see within a second, the end within twenty, a turn for others every 20 ms. What is about a run is carried
out on the default one after 200 updates. Kernels are compiled and the modules loaded before. Nothing is asserted: a benchmark
prints.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from engine import RunSpec, warm_up
from engine.dataset import prepare
from engine.lab import EXPERIMENTS, Experiment, Subject
from engine.lab.experiment import begun
from engine.machine.machine import Machine
from engine.parts import giving_way


@dataclass
class Times:
    """Seconds to the first result and to the end; the longest and the median time between two turns."""

    first: float
    end: float
    longest: float
    usual: float


def timed(experiment: Experiment, subject: Subject) -> Times:
    start = last = time.perf_counter()
    first, turns = None, []

    def turn() -> None:
        nonlocal last
        now = time.perf_counter()
        turns.append(now - last)
        last = now

    with giving_way(turn):
        for progress in begun(experiment, subject, {}):
            turn()
            if first is None and progress.so_far is not None:
                first = last - start
    end = time.perf_counter() - start
    return Times(end if first is None else first, end, max(turns, default=end), statistics.median(turns) if turns else end)


def present() -> Subject:
    """The default run, after some updates."""
    spec = RunSpec()
    machine = Machine(spec, prepare(spec))
    machine.updates(200)
    return Subject.of(machine)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="experiments; all of them without a name")
    parser.add_argument("--rounds", type=int, default=1)
    options = parser.parse_args()
    for name in options.names:
        if name not in EXPERIMENTS:
            parser.error(f"{name} is no experiment; there are {', '.join(EXPERIMENTS)}")
    warm_up()
    subject = present()
    print(f"{'':14}{'first':>9}{'end':>9}{'longest turn':>15}{'median turn':>14}")
    for name in options.names or EXPERIMENTS:
        found = [timed(EXPERIMENTS[name], subject) for _ in range(options.rounds)]
        middle = [statistics.median(getattr(each, field) for each in found) for field in ("first", "end", "longest", "usual")]
        first, end, longest, usual = middle
        late = " late" if first > 1.0 or end > 20.0 else ""
        print(f"{name:14}{first:8.2f}s{end:8.2f}s{longest * 1e3:13.1f}ms{usual * 1e3:12.1f}ms{late}", flush=True)


if __name__ == "__main__":
    main()
