"""Experiments of the tests' own, small and real, and what a page does that carries one out."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
from pages import Frame, Page

from engine.lab import EXPERIMENTS, ChoiceError, Choices, Experiment, Subject
from engine.lab.charts import Axis, Chart, Heat, Mark, Series
from engine.lab.experiment import Column, Making, Progress, Result, Table
from engine.rows.row import Parameter, by_name

AT = 1.0


def errors(kind: str, sizes: np.ndarray) -> np.ndarray:
    """Of a difference quotient of tanh at 1, for each size of its step."""
    low = AT if kind == "forward" else AT - sizes
    high = AT + sizes
    return np.abs((np.tanh(high) - np.tanh(low)) / (high - low) - (1 - np.tanh(AT) ** 2))


def _found(kind: str, sizes: np.ndarray) -> Result:
    found = errors(kind, sizes)
    best = float(sizes[found.argmin()])
    series = (Series(kind, sizes, found, "line+points", low=found / 2, high=found * 2), Series("h", sizes, sizes, dashed=True))
    axes = Axis("step $h$", scale="log"), Axis("error", scale="log")
    chart = Chart("errors", "Error by step", *axes, series, marks=(Mark("x", best, "least"),))
    heat = Heat("map", "A map", Axis("a"), Axis("b", labels=("u", "v")), np.array([[1.0, np.nan], [3.0, 4.0]]), written=True)
    rows = tuple((i, float(size), float(error)) for i, (size, error) in enumerate(zip(sizes, found, strict=True)))
    columns = Column("place", "Place"), Column("step", "=Step"), Column("error", "Error", "1")
    values = {"best": best, "nothing": float("nan")}
    arrays = {"sizes": sizes, "odd": np.arange(len(sizes), dtype=np.int64) % 2 == 1}
    return Result(f"Least at $h={best:.1e}$ & <so> on", Table(columns, rows), (chart, heat), values, arrays)


def _differences(subject: Subject | None, choices: Choices) -> Making:
    kind, points = choices["kind"], choices["points"]
    if points % 2:
        raise ChoiceError("points", "must be even", "an even number")
    sizes = 10.0 ** -np.linspace(0.0, 12.0, points)
    for done in range(1, points + 1):
        if done == choices["fails_at"]:
            raise ArithmeticError("on purpose")
        if done == choices["refuses_at"]:
            raise ChoiceError("refuses_at", "this far and no further", "0")
        for _ in range(choices["repeats"]):
            found = _found(kind, sizes[:done])
        yield Progress(done / points, found if done % 2 == 0 else None)
    return _found(kind, sizes)


DIFFERENCES = Experiment(
    "differences",
    "Differences",
    "How small a step $h$ may be.",
    "Any book on numbers",
    r"\frac{f(x+h)-f(x)}{h}",
    (
        Parameter("kind", "Kind", "", "central", "choice", choices=("forward", "central")),
        Parameter("points", "Points", "n", 20, "int", 2, 100_000),
        Parameter("repeats", "Repeats", "", 1, "int", 1, 1000),
        Parameter("fails_at", "Fails at", "", 0, "int", 0, 100_000),
        Parameter("refuses_at", "Refuses at", "", 0, "int", 0, 100_000),
    ),
    make=_differences,
    why="Rounding divides by $h$.",
    coverage="A8",
    updates=lambda subject, choices: choices["points"] * choices["repeats"],
)


COUNTED: list[int] = []
"""The cells that were computed, in their order."""


def _cells(subject: Subject | None, choices: Choices, kept: Mapping[str, Any] | None = None) -> Making:
    """Roots by Newton's method, a cell each, kept as they come."""
    roots: list[float] = [] if kept is None else list(kept["roots"])
    for cell in range(len(roots), choices["cells"]):
        COUNTED.append(cell)
        root = 1.0
        for _ in range(choices["repeats"]):
            root = 0.5 * (root + (cell + 1) / root)
        roots.append(root)
        yield Progress((cell + 1) / choices["cells"], kept={"roots": list(roots)})
    table = Table((Column("cell", "Cell"), Column("root", "Root")), tuple(enumerate(roots)))
    return Result("Roots.", table, (), {"resumed": kept is not None}, {"roots": np.array(roots)})


CELLS = Experiment(
    "cells",
    "Cells",
    "Roots, one after the other.",
    "Newton",
    "",
    (Parameter("cells", "Cells", "", 10, "int", 1, 10_000), Parameter("repeats", "Repeats", "", 20, "int", 1, 1_000_000)),
    make=_cells,
    why="It converges.",
    coverage="N3",
    resume=_cells,
)


def _descent(subject: Subject | None, choices: Choices) -> Making:
    assert subject is not None
    machine = subject.machine()
    norms = [float(np.linalg.norm(machine.theta))]
    for done in range(1, choices["steps"] + 1):
        machine.updates(1)
        norms.append(float(np.linalg.norm(machine.theta)))
        yield Progress(done / choices["steps"])
    columns = Column("step", "Step"), Column("norm", "Norm")
    rows = tuple((subject.step + i, norm) for i, norm in enumerate(norms))
    return Result("Went on.", Table(columns, rows), (), {"step": subject.step}, {"theta": machine.theta.copy()})


DESCENT = Experiment(
    "descent",
    "Descent",
    "A run goes on.",
    "Here",
    "",
    (Parameter("steps", "Steps", "", 10, "int", 1, 1_000_000),),
    make=_descent,
    why="It is a run.",
    coverage="D",
    on_run=True,
    updates=lambda subject, choices: choices["steps"],
)


@contextlib.contextmanager
def registered() -> Iterator[None]:
    """Within, they are in the lab, before its own."""
    own = dict(EXPERIMENTS)
    EXPERIMENTS.clear()
    EXPERIMENTS.update(by_name((DIFFERENCES, DESCENT, CELLS)), **own)
    try:
        yield
    finally:
        EXPERIMENTS.clear()
        EXPERIMENTS.update(own)


def newest(page: Page) -> dict[str, Any]:
    return next(event for event in reversed(page.events) if event["type"] == "lab")


def told(page: Page, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """The first event `lab` that is as wanted, whenever it came."""

    def is_it(event: dict[str, Any]) -> bool:
        return event["type"] == "lab" and wanted(event)

    return next((event for event in page.events if is_it(event)), None) or page.until(is_it)


def ended(page: Page, number: int) -> dict[str, Any]:
    """What is told of an experiment when it is over."""
    return told(page, lambda event: event["number"] == number and event["status"] != "running")


def found(page: Page, number: int, status: str = "done") -> Frame:
    return page.frame("lab", lambda h: h["run"] == number and h["meta"]["lab"]["status"] == status)


def begun(page: Page, experiment: str, /, **choices: Any) -> int:
    number: int = page.do("lab_begin", experiment=experiment, choices=choices)["result"]["number"]
    return number
