"""Where an update's time goes: the parts of a frame, of a small update, and of the recorded series, with the share of each.

    python tests/bench/bench_parts.py [--rounds 15]

Medians of some rounds, each part many times over on the same buffers; what the parts leave of the whole is said. Nothing is
asserted: a benchmark prints.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))

from engine import RunSpec, Trainer, fingerprint, warm_up
from engine.evaluation.evaluator import Pictures
from engine.kernels import codes
from engine.machine.machine import Machine

NEVER = 1_000_000_000
PLANE_FEATURES = ["x", "y", "x2", "y2", "xy", "sin_x", "sin_y"]
GRID = 100


def trainer_of(**fields: Any) -> Trainer:
    trainer = Trainer(RunSpec.model_validate({"stop": {"max_steps": NEVER}} | fields))
    trainer.step(50)
    return trainer


def layers(*units: int, activation: str = "tanh") -> dict[str, Any]:
    return {"layers": [{"units": count, "activation": activation} for count in units]}


def microseconds(action: Callable[[], object], rounds: int, calls: int) -> float:
    """Of one call: the median of some rounds of several calls."""
    taken = []
    for _ in range(rounds):
        begin = time.perf_counter()
        for _ in range(calls):
            action()
        taken.append(1e6 * (time.perf_counter() - begin) / calls)
    return statistics.median(taken)


def show(title: str, whole: float, parts: dict[str, float], rest: str) -> None:
    """A line for each part, with its share of the whole."""
    print(f"\n{title:<64}{whole:>12.3f} µs")
    for name, taken in (parts | {rest: whole - sum(parts.values())}).items():
        print(f"    {name:<60}{taken:>12.3f}{taken / whole:>9.1%}")
    sys.stdout.flush()


def frame(rounds: int) -> None:
    """An epoch of 25 updates with a point of the series, and maps of all units; the inputs, whose maps stay, are none."""
    spec = {"data": {"name": "spiral", "features": PLANE_FEATURES}, "network": layers(8, 8, 8)}
    trainer, bare = trainer_of(**spec), trainer_of(**spec, eval_every=NEVER)
    evaluator = trainer.evaluator
    assert trainer.tape.sizes == (7, 8, 8, 8, 1) and trainer.steps_per_epoch == 25

    def whole() -> None:
        trainer.step(25)
        trainer.unit_maps(GRID, slice(1, None))

    plane, sizes = evaluator.plane(trainer.dataset, GRID), trainer.tape.sizes
    first = {layer: sum(sizes[1:layer]) for layer in range(1, len(sizes))}
    count = sum(sizes[1:])
    pictures = Pictures(np.tile([-1.0, 1.0], (count, 1)), np.empty((count, GRID * GRID), dtype=np.uint8))
    updates = microseconds(lambda: bare.step(25), rounds, 40)
    passes = microseconds(lambda: evaluator.stacked(plane, []), rounds, 40)
    parts = {
        "25 updates": updates,
        "a point of the series: losses of 250 and 250 samples": microseconds(lambda: trainer.step(25), rounds, 40) - updates,
        f"activations of {count} units over {GRID}² points": passes,
        "their shades": microseconds(lambda: evaluator.stacked(plane, [], first, pictures), rounds, 40) - passes,
    }
    show(
        f"a frame of [7,8,8,8,1]: an epoch, both losses, maps of {GRID}²",
        microseconds(whole, rounds, 40),
        parts,
        "room, ranges, names of units",
    )


def ops(machine: Machine, rounds: int, times: int) -> dict[str, float]:
    """Each op of the tape, those of the same kind together: what it adds to the ops before it, run again and again."""
    taken: dict[str, float] = {}
    before = 0.0
    for index, word in enumerate(machine.tape.words):
        if machine.tape.ops[index, codes.CODE] == codes.UPDATE:
            break
        begin = np.tile(machine.tape.ops[: index + 1], (times, 1))
        until = microseconds(lambda begin=begin: machine.run_apart(begin), rounds, 1) / times
        name = word.name.rstrip("0123456789 ")
        taken[name] = taken.get(name, 0.0) + until - before
        before = until
    return taken


def update(rounds: int, **fields: Any) -> None:
    """One update of a small network, op by op; what is left of it is the update of the parameters."""
    trainer = trainer_of(network=layers(4, 2), eval_every=NEVER, **fields)
    title = f"[2,4,2,1], batch 10, {trainer.spec.optimizer.name}"
    trainer.step(10_000)
    whole = microseconds(lambda: trainer.machine.updates(20_000), rounds, 1) / 20_000
    recorded = trainer_of(network=layers(4, 2), **fields)
    series = microseconds(lambda: recorded.step(20_000), rounds, 1) / 20_000
    parts = ops(trainer.machine, 3 * rounds, 1000)
    show(f"an update of {title}", whole, parts, "parameters, clocks, the order of an epoch")
    show(f"an update of {title}, as it comes", series, {"the update": whole}, "the recorded series, every 25 updates")


def series(rounds: int) -> None:
    """A run on many inputs: the whole training set is measured every 8 updates."""
    random = np.random.default_rng(0)
    x, y = random.normal(size=(1024, 784)), np.arange(1024) % 10
    fields = {
        "data": {"name": "inline", "task": "classification", "train_x": x.tolist(), "train_y": y.tolist()},
        "network": layers(256, 128, activation="relu"),
        "batch_size": 128,
    }
    run, bare = trainer_of(**fields), trainer_of(**fields, eval_every=NEVER)
    plain = microseconds(lambda: bare.step(8), rounds, 1)
    whole = microseconds(lambda: run.step(8), rounds, 1)
    title = "8 updates of [784,256,128,10] relu, batch 128, adam"
    show(title, whole, {"the updates": plain}, "the recorded series: 1,024 samples")
    parts = {name: 8 * taken for name, taken in ops(bare.machine, max(3, rounds // 3), 2).items()}
    show("the updates of these", plain, parts, "parameters, clocks, the order of an epoch")
    evaluator = run.evaluator
    chunks = list(evaluator.passes("forward_ops", *evaluator.rows("train")))
    point = microseconds(lambda: list(evaluator.passes("forward_ops", *evaluator.rows("train"))), rounds, 1)
    parts = {}
    for index, word in enumerate(evaluator.tape.words):
        if word.phase in ("forward", "loss") and evaluator.tape.ops[index, codes.CODE] != codes.RATE:
            op, count = np.ascontiguousarray(evaluator.tape.ops[index : index + 1]), chunks[0][1]
            name = word.name.rstrip("0123456789 ") if word.layer != 1 else word.name
            taken = microseconds(lambda op=op, count=count: evaluator.rerun(op, count), rounds, 4) * len(chunks)
            parts[name] = parts.get(name, 0.0) + taken
    show(f"an evaluation of 1,024 samples, in chunks of {chunks[0][1]}", point, parts, "the rest")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--rounds", type=int, default=15)
    given = parser.parse_args()
    warm_up()
    print(f"engine {fingerprint()}; medians of {given.rounds} rounds")
    frame(given.rounds)
    update(given.rounds, optimizer={"name": "sgd"})
    series(given.rounds)
