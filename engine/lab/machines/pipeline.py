"""Layers over devices: micro-batches go through one device after the other, and all of them back (Huang et al. 2019, GPipe)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.array import Array
from engine.kernels import codes
from engine.machine.tape import Tape

FORWARD, BACKWARD = range(2)
BACKWARD_PRICE = 2.0
"""A backward pass in forward ones: it makes two products by each weight, δ h^T and W^T δ."""


@dataclass(frozen=True)
class Task:
    """A micro-batch on a device, forward or backward, and when."""

    device: int
    micro: int
    kind: int
    start: float
    end: float


def scheduled(micro: int, forward: Sequence[float], backward: Sequence[float]) -> list[Task]:
    """When each task runs if every device takes its own in order, all forward ones, then all backward ones, the last
    micro-batch first, each as soon as what it needs is there. `forward` and `backward`: how long each device takes."""
    devices = len(forward)
    free = [0.0] * devices
    done: dict[tuple[int, int, int], float] = {}
    tasks = []
    order = [(m, FORWARD) for m in range(micro)] + [(m, BACKWARD) for m in reversed(range(micro))]
    for m, kind in order:
        for device in range(devices) if kind == FORWARD else reversed(range(devices)):
            before = device - 1 if kind == FORWARD else device + 1
            start = max(free[device], done.get((before, m, kind), 0.0))
            end = start + (forward, backward)[kind][device]
            free[device] = done[device, m, kind] = end
            tasks.append(Task(device, m, kind, start, end))
    return tasks


def bubble(tasks: Sequence[Task]) -> float:
    """The share of all devices' time in which they wait, counted from the tasks."""
    devices = 1 + max(task.device for task in tasks)
    busy = sum(task.end - task.start for task in tasks)
    return 1.0 - busy / (devices * max(task.end for task in tasks))


def equal_stages(devices: int, micro: int) -> list[Task]:
    return scheduled(micro, [1.0] * devices, [BACKWARD_PRICE] * devices)


def slots(tasks: Sequence[Task]) -> Array:
    """The schedule as a table (devices, time): m for the forward pass of micro-batch m, −m for its backward pass, NaN: idle.
    For tasks of whole length."""
    found = np.full((1 + max(task.device for task in tasks), int(max(task.end for task in tasks))), np.nan)
    for task in tasks:
        found[task.device, int(task.start) : int(task.end)] = (task.micro + 1) * (1 if task.kind == FORWARD else -1)
    return found


@dataclass(frozen=True)
class Stage:
    """Consecutive layers on one device, with the multiplications of a sample forward and backward."""

    first: int
    last: int
    forward: int
    backward: int


def layer_work(tape: Tape) -> list[tuple[int, int]]:
    """Of each layer the multiplications by its weights for one sample, forward and backward, counted on the tape."""
    found = [[0, 0] for _ in tape.sizes[1:]]
    for op, word in zip(tape.ops, tape.words, strict=True):
        code = int(op[codes.CODE])
        along_skip = code in (codes.SKIP, codes.BACK_SKIP) and op[codes.KIND] == 1
        if along_skip or code in (codes.AFFINE, codes.BACK_PRODUCT, codes.GRADIENT, codes.SKIP_GRADIENT):
            found[word.layer - 1][word.phase == "backward"] += int(op[codes.ROWS] * op[codes.COLS])
    return [(forward, backward) for forward, backward in found]


def cut(work: Sequence[tuple[int, int]], devices: int) -> list[Stage]:
    """Layers over so many devices, so that the one with most to do has as little as may be."""
    layers = len(work)
    sums = np.concatenate([[0], np.cumsum([forward + backward for forward, backward in work])])
    best = np.full((devices + 1, layers + 1), np.inf)
    at = np.zeros((devices + 1, layers + 1), dtype=np.int64)
    best[0, 0] = 0.0
    for parts in range(1, devices + 1):
        for end in range(parts, layers + 1):
            for begin in range(parts - 1, end):
                most = max(best[parts - 1, begin], float(sums[end] - sums[begin]))
                if most < best[parts, end]:
                    best[parts, end], at[parts, end] = most, begin
    found: list[Stage] = []
    end = layers
    for parts in range(devices, 0, -1):
        begin = int(at[parts, end])
        own = work[begin:end]
        found.append(Stage(begin + 1, end, sum(each[0] for each in own), sum(each[1] for each in own)))
        end = begin
    return found[::-1]


def of_stages(stages: Sequence[Stage], micro: int) -> list[Task]:
    """In units of the mean stage's forward pass."""
    unit = sum(stage.forward for stage in stages) / len(stages)
    return scheduled(micro, [stage.forward / unit for stage in stages], [stage.backward / unit for stage in stages])
