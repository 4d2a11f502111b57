"""Two knobs of the present run, tried over a grid and at random, selected on validation; the test split is looked at once."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Mapping
from typing import Any

from engine.lab.experiment import Choices, Experiment, Making, Progress
from engine.lab.search import cluster
from engine.lab.search.plan import Plan
from engine.lab.search.runs import Outcome, here
from engine.lab.search.telling import Tested, selected, told
from engine.lab.subject import Subject
from engine.parts import give_way, giving_way_between
from engine.rows.row import Parameter
from engine.spec import RunSpec
from engine.trainer import Trainer

TOLD = 0.15
"""Seconds between two pictures of what is found so far."""
VERSION = 1


def make(subject: Subject | None, choices: Choices) -> Making:
    return resume(subject, choices, {})


def resume(subject: Subject | None, choices: Choices, kept: Mapping[str, Any]) -> Making:
    """From the cells that were kept; none of them is run again. Kept of another search, it begins anew."""
    assert subject is not None
    plan = Plan.chosen(subject.spec, choices)
    same = kept.get("version") == VERSION and kept.get("of") == plan.digest
    found = {int(number): Outcome.read(dict(cell)) for number, cell in kept["cells"].items()} if same else {}
    left = [(number, plan.spec(cell)) for number, cell in giving_way_between(enumerate(plan.cells), 8) if number not in found]
    where = cluster.address() if left else None
    client = None if where is None else cluster.connected(where)
    try:
        yield from _carried_out(plan, found, here(left) if client is None else cluster.spread(client, left))
    finally:
        if client is not None:
            client.close()
    best = selected(plan, found)
    if best is None:
        return told(plan, found)
    tested = yield from _tested(plan.spec(plan.cells[best]), found[best], len(found) / (len(plan.cells) + 1))
    return told(plan, found, tested)


def _carried_out(plan: Plan, found: dict[int, Outcome], runs: Iterator[tuple[int, Outcome] | None]) -> Iterator[Progress]:
    """All runs, each put into `found` as it ends."""
    yield Progress(len(found) / (len(plan.cells) + 1), told(plan, found), _kept(plan, found))
    next_look = 0.0
    for ended in runs:
        if ended is None:
            yield Progress(len(found) / (len(plan.cells) + 1))
            continue
        found[ended[0]] = ended[1]
        now = time.perf_counter()
        news = now >= next_look
        yield Progress(len(found) / (len(plan.cells) + 1), told(plan, found) if news else None, _kept(plan, found))
        next_look = now + TOLD if news else next_look


def _kept(plan: Plan, found: Mapping[int, Outcome]) -> dict[str, Any]:
    return {"version": VERSION, "of": plan.digest, "cells": {str(number): cell.as_plain() for number, cell in found.items()}}


def _tested(spec: RunSpec, before: Outcome, share: float) -> Generator[Progress, None, Tested | None]:
    """The selected run once more: it must end as before, and only now its test split is looked at."""
    run = Trainer(spec)
    while run.steps_done < run.max_steps and run.stopped is None:
        run.advance(min(512, run.max_steps - run.steps_done))
        yield Progress(share)
    for _ in run.returning():
        yield Progress(share)
    if Outcome.of(run) != before:
        raise RuntimeError("the selected run did not end as it did before")
    give_way()
    if not run.dataset.rows[2]:
        return None
    test = run.evaluate("test")
    return Tested(float(test.loss), test.accuracy, run.dataset.rows[2])


def _updates(subject: Subject | None, choices: Choices) -> int:
    """Of all runs, the selected one twice; at most, where whole numbers coincide."""
    own = choices["updates"] if subject is None else min(choices["updates"], subject.spec.stop.max_steps)
    return int((choices["side"] ** 2 * (2 if choices["random"] else 1) + 1) * own)


def _size(subject: Subject | None, choices: Choices) -> int:
    if subject is None:
        return 1_000_000
    own = subject.dataset.splits["train"].x.nbytes * 4 + subject.snapshot.bytes * 24
    return int(5 * own + 4_000_000)


def _knob(axis: str, path: str, low: float, high: float, scale: str, symbol: str) -> tuple[Parameter, ...]:
    return (
        Parameter(axis, f"{axis} knob", "", path, "text", summary="any number of the run's spec, by its path"),
        Parameter(f"{axis}_low", f"{axis} from", symbol, low),
        Parameter(f"{axis}_high", f"{axis} to", symbol, high),
        Parameter(f"{axis}_scale", f"{axis} scale", "", scale, "choice", choices=("log", "linear")),
    )


EXPERIMENT = Experiment(
    "search",
    "Search",
    "Two knobs of the run over a grid, cell by cell, and as many random draws beside it.",
    "Bergstra and Bengio 2012, Random search for hyper-parameter optimization",
    r"\lambda^* = \operatorname{argmin}_{\lambda \in \Lambda} \mathcal{L}_{\text{validation}}(\theta_T(\lambda)), \quad"
    r" \text{then once: } \mathcal{L}_{\text{test}}(\theta_T(\lambda^*))",
    (
        Parameter("side", "cells a side", "", 8, "int", minimum=2, maximum=24),
        Parameter("updates", "updates of each run", "", 500, "int", minimum=10, maximum=20_000, scale="log"),
        *_knob("x", "optimizer.lr", 1e-3, 1.0, "log", ""),
        *_knob("y", "regularization.l2", 1e-6, 0.1, "log", ""),
        Parameter("random", "random search too", "", True, "bool", summary="as many runs as the grid has cells"),
        Parameter("by", "selected by", "", "loss", "choice", choices=("loss", "accuracy"), summary="on the validation split"),
        Parameter(
            "validation",
            "validation share",
            "",
            0.2,
            minimum=0.05,
            maximum=0.5,
            summary="of all samples, taken from those for training, where the run has no validation split",
        ),
        Parameter("seed", "seed", "", 0, "int", minimum=0, maximum=1_000_000, summary="of the random draws and the order"),
    ),
    link="https://www.jmlr.org/papers/v13/bergstra12a.html",
    make=make,
    resume=resume,
    why="A grid of $n^2$ runs tries each knob at only $n$ values; as many random draws try $n^2$ values of each, which pays"
    " where one knob matters little. The best of many validation losses is too good by luck, so the run is selected on"
    " validation and the test split is looked at once, at the end, for that run alone.",
    coverage="N3",
    on_run=True,
    updates=_updates,
    size=_size,
)
