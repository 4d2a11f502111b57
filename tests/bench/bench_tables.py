"""How long own data take to be understood: `describe` over files of as many bytes and rows as a table may have.

    python tests/bench/bench_tables.py [--rounds 5]

Medians of some rounds, by the clock and of the processor (where others are at work, only that tells). Nothing is asserted: a
benchmark prints. The reading process does the same work, with what a file takes to get there and back besides (some 20 ms).
"""

from __future__ import annotations

import argparse
import gzip
import random
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))
sys.path.insert(0, str(Path(__file__).parents[1] / "server"))

from workbook_files import workbook

from server.tables.limits import MAX_BYTES, MAX_ROWS
from server.tables.training_data import describe

Cell = Callable[[random.Random], str]
NAMES = ("Ada", "Grace", "Emmy", "Sofja", "Mileva", "Lise")
KINDS: dict[str, tuple[str, Cell]] = {
    "numbers": (",", lambda random: f"{random.gauss(0, 1000):.4f}"),
    "whole numbers": ("\t", lambda random: str(random.randrange(10**6))),
    "numbers, some missing": (",", lambda random: "" if random.random() < 0.05 else f"{random.gauss(0, 10):.3f}"),
    "decimal commas": (";", lambda random: f"{random.gauss(0, 1000):.4f}".replace(".", ",")),
    "thousands": ("\t", lambda random: f"{random.randrange(10**7):,}"),
    "money": (",", lambda random: f'"${random.randrange(10**7) / 100:,.2f}"'),
    "percent": (",", lambda random: f"{random.random() * 100:.2f}%"),
    "units": (",", lambda random: f"{random.random() * 100:.2f} kg"),
    "categories": (",", lambda random: random.choice(NAMES)),
    "text": (",", lambda random: f"{random.choice(NAMES)} {random.random():.6f}"),
    "blanks": (" ", lambda random: f" {random.gauss(0, 1000):9.3f}"),
}


def file_of(separator: str, cell: Cell) -> bytes:
    """As many columns as make 5 MB of 20,000 rows; the first is numbers, so that there is something to learn."""
    source = random.Random(0)
    columns = int(MAX_BYTES / MAX_ROWS / (2 + statistics.mean(len(cell(source)) for _ in range(200))))
    lines = [separator.join(f"c{index}" for index in range(columns + 1))]
    lines += [separator.join([str(row), *(cell(source) for _ in range(columns))]) for row in range(MAX_ROWS)]
    return "\n".join(lines).encode()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    files = {name: file_of(*kind) for name, kind in KINDS.items()}
    files["numbers, by gzip"] = gzip.compress(files["numbers"])
    files["numbers, .xlsx"] = workbook([("Data", [[row, *(row / 7 for _ in range(19))] for row in range(MAX_ROWS)])])
    for name, body in files.items():
        taken, worked = [], []
        for _ in range(rounds):
            begin, busy = time.perf_counter(), time.process_time()
            found = describe(body)
            taken.append(time.perf_counter() - begin)
            worked.append(time.process_time() - busy)
        size = f"{len(body) / 1e6:.2f} MB, {found['rows']:,} rows × {len(found['columns'])} columns"
        print(
            f"{name:<24}{size:<44}{statistics.median(taken):>8.3f} s, {statistics.median(worked):.3f} s of it work", flush=True
        )


if __name__ == "__main__":
    main()
