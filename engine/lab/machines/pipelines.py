"""The third picture: layers over devices, and how long they wait for each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from engine.array import Array
from engine.lab.charts import Axis, Chart, Heat, Mark, Series
from engine.lab.experiment import Cell, ChoiceError, Choices, Column, Making, Progress, Result, Table
from engine.lab.machines.pipeline import Stage, Task, bubble, cut, equal_stages, layer_work, of_stages, slots
from engine.lab.machines.shards import LEAST, MOST_ROWS, Sharded, sharded
from engine.machine.machine import Machine

MOST_MICRO = 32
COLUMNS = (
    Column("what", "Of"),
    Column("layers", "Layers"),
    Column("micro", "Micro-batches"),
    Column("time", "Time", "forward passes of a stage"),
    Column("busy", "Busy", "forward passes of a stage"),
    Column("bubble", "Bubble: share of the time spent waiting"),
    Column("formula", "(K−1)/(M+K−1)"),
)


def made(machine: Machine, choices: Choices) -> Making:
    devices, micro = choices["machines"], choices["micro"]
    rows = min(MOST_ROWS, machine.dataset.rows[0])
    if rows < LEAST * micro:
        raise ChoiceError("micro", f"{rows} training samples are too few for {micro}", f"1 to {max(1, rows // LEAST)}")
    yield Progress(0.0)
    steps = sharded(machine, [len(part) for part in np.array_split(np.arange(rows), micro)])
    while True:
        try:
            next(steps)
        except StopIteration as end:
            added: Sharded = end.value
            break
        yield Progress(0.4)
    tasks = equal_stages(devices, micro)
    work = layer_work(machine.tape)
    stages = cut(work, devices) if len(work) >= devices else []
    real = of_stages(stages, micro) if stages else []
    sweep = [bubble(equal_stages(devices, each)) for each in range(1, MOST_MICRO + 1)]
    yield Progress(0.5)
    sweep_real = [bubble(of_stages(stages, each)) for each in range(1, MOST_MICRO + 1)] if stages else []
    values = {
        "part": "pipeline",
        "machines": devices,
        "micro": micro,
        "layers": len(work),
        "time": max(task.end for task in tasks),
        "bubble": bubble(tasks),
        "formula": formula(devices, micro),
        "bubble_real": bubble(real) if real else None,
        "samples": rows,
        "accumulated": added.error(added.weighted),
        "stages": [[stage.first, stage.last] for stage in stages],
    }
    arrays = {"tasks": plain(tasks)} | ({"tasks_real": plain(real)} if real else {})
    figures = (gantt(tasks), by_micro(devices, micro, sweep, sweep_real))
    return Result(_said(values, machine.tape.coupled), table(tasks, real, stages, sweep, micro), figures, values, arrays)


def formula(devices: int, micro: int) -> float:
    return (devices - 1) / (micro + devices - 1)


def plain(tasks: Sequence[Task]) -> Array:
    """(tasks, 5): device, micro-batch, kind, start, end."""
    return np.array([[task.device, task.micro, task.kind, task.start, task.end] for task in tasks], dtype=float)


def _said(values: dict[str, Any], coupled: bool) -> str:
    same = abs(values["bubble"] - values["formula"]) < 1e-12
    told = "as the formula says" if same else f"the formula says {values['formula']:.1%}"
    found = (
        f"With $K = {values['machines']}$ devices and $M = {values['micro']}$ micro-batches the devices wait "
        f"{values['bubble']:.1%} of the time, counted from the schedule, {told}. All micro-batches use the same weights, and "
        f"their gradients added up are off the whole's by {values['accumulated']:.1e} of its length"
        + (", for batch norm takes each one's own statistics." if coupled else ".")
    )
    if values["bubble_real"] is None:
        return f"{found} This network has {values['layers']} layers, fewer than devices: its own cut is not drawn."
    return (
        f"{found} The formula takes stages of equal length: with this network's layers cut as evenly as they go the devices "
        f"wait {values['bubble_real']:.1%} of the time, for all go at the slowest one's pace."
    )


def gantt(tasks: Sequence[Task]) -> Heat:
    values = slots(tasks)
    axis = Axis("device", labels=tuple(str(device + 1) for device in range(len(values))))
    title = "Micro-batch on each device: forward m, backward −m"
    at = np.arange(float(values.shape[1])) + 0.5
    written = values.shape[1] <= 60
    return Heat("schedule", title, Axis("time"), axis, values, at_x=at, measure="micro-batch", signed=True, written=written)


def by_micro(devices: int, micro: int, counted: Sequence[float], real: Sequence[float]) -> Chart:
    x = np.arange(1.0, MOST_MICRO + 1.0)
    said = np.array([formula(devices, int(each)) for each in x])
    series = [Series("formula", x, said, "line", dashed=True), Series("counted", x, np.array(counted), "points", colour=0)]
    if real:
        series.append(Series("this network's layers", x, np.array(real), "line+points", colour=1))
    axis = Axis("bubble", range=(0.0, 1.0))
    return Chart("bubble", "Bubble by micro-batches", Axis("micro-batches M"), axis, tuple(series), (Mark("x", micro, "M"),))


def table(tasks: Sequence[Task], real: Sequence[Task], stages: Sequence[Stage], sweep: Sequence[float], micro: int) -> Table:
    rows: list[tuple[Cell, ...]] = []
    devices = 1 + max(task.device for task in tasks)
    for name, each in (("equal stages", tasks), ("this network's", real)):
        if not each:
            continue
        end = max(task.end for task in each)
        for device in range(devices):
            busy = sum(task.end - task.start for task in each if task.device == device)
            layers = f"{stages[device].first} to {stages[device].last}" if each is real else ""
            rows.append((f"{name}, device {device + 1}", layers, micro, end, busy, 1.0 - busy / end, None))
        own = formula(devices, micro) if each is tasks else None
        rows.append((f"{name}, all devices", "", micro, end, sum(task.end - task.start for task in each), bubble(each), own))
    for count, share in enumerate(sweep, 1):
        rows.append((f"equal stages, M = {count}", "", count, None, None, share, formula(devices, count)))
    return Table(COLUMNS, tuple(rows))
