"""Random specs in the engine and in PyTorch, or random exports run by PyTorch: how many agree.

    python tests/fuzz/fuzz_specs.py --seed 0 --count 2000
    python tests/fuzz/fuzz_specs.py --seed 0 --count 500 --exports

Needs torch. Ends with 1 where numbers disagree, or where more than a tenth of the specs are conditioned (`comparison.py` says
what that is); each of these is told by its number, which `--first N --count 1` runs again.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "engine"), str(HERE.parent / "golden"), str(HERE.parents[1])]

import torch  # noqa: E402
from comparison import compare  # noqa: E402
from exports import compare_export  # noqa: E402
from random_specs import random_spec  # noqa: E402

CONDITIONED_AT_MOST = 0.1
Outcome = tuple[int, str, dict, float]


def specs(seed: int, numbers: range) -> Iterator[Outcome]:
    """Of each number: "right", "conditioned" or "wrong", what is wrong, the largest distance."""
    for number in numbers:
        yield number, *compare(random_spec(seed, number))


def exports(seed: int, numbers: range) -> Iterator[Outcome]:
    """The same of exports, taken along after 0 to 7 updates; "none" where a run ends before."""
    for number in numbers:
        yield number, *compare_export(random_spec(seed, number), number % 8)


def tally(outcomes: Iterator[Outcome], report: Callable[[str], None] = print) -> Counter:
    """How many of each kind; what is not right is reported."""
    counts: Counter = Counter()
    for number, kind, wrong, off in outcomes:
        counts[kind] += 1
        if kind in ("wrong", "conditioned"):
            report(f"{number}: {kind}, {off:.1e} {dict(list(wrong.items())[:4]) or ''}")
    return counts


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--first", type=int, default=0, help="the number to begin with")
    parser.add_argument("--exports", action="store_true", help="exports in place of runs")
    parser.add_argument("--show", action="store_true", help="print the specs, too")
    options = parser.parse_args()
    torch.set_num_threads(1)
    numbers = range(options.first, options.first + options.count)
    if options.show:
        for number in numbers:
            print(number, json.dumps(random_spec(options.seed, number)))
    counts = tally((exports if options.exports else specs)(options.seed, numbers))
    made = sum(counts.values()) - counts["none"]
    print(f"{'exports' if options.exports else 'specs'} of seed {options.seed}: {made}, {dict(counts)}")
    return int(counts["wrong"] > 0 or counts["conditioned"] > CONDITIONED_AT_MOST * made)


if __name__ == "__main__":
    sys.exit(main())
