"""Clones of a machine to try things on: the run itself is left alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from engine.dataset import Dataset
from engine.evaluation.evaluator import Evaluator
from engine.kernels import codes
from engine.machine.machine import Machine
from engine.spec import RunSpec, ScheduleSpec


def clone_machine(machine: Machine) -> Machine:
    """A machine in the same state, which records no series. An update that is under way is completed in the clone."""
    made = Machine(machine.spec, machine.dataset)
    made.equal(machine)
    made.record_nothing()
    while made.next_op:
        if made.one_op() not in (codes.RUNNING, codes.SERIES_FULL):
            made.abandon_update()
    return made


def without_schedule(spec: RunSpec) -> RunSpec:
    """`spec` with the rate constant at its base."""
    return spec.model_copy(update={"schedule": ScheduleSpec()})


def clone_on_rows(machine: Machine, rows: NDArray[np.int64]) -> Evaluator:
    """The evaluator of a clone with the same parameters whose training set is these `rows` (n,); it has no other split."""
    made = Machine(machine.spec, only_rows(machine.dataset, rows))
    made.theta[...] = machine.theta
    made.state[...] = machine.state
    return Evaluator(made)


def only_rows(dataset: Dataset, rows: NDArray[np.int64]) -> Dataset:
    """The data whose training set is these `rows` of it (n,), and which has no other split."""
    splits = {}
    for name, split in dataset.splits.items():
        kept = rows if name == "train" else np.zeros(0, dtype=np.int64)
        labels = None if split.labels is None else split.labels[kept]
        splits[name] = replace(split, raw=split.raw[kept], x=split.x[kept], y=split.y[kept], labels=labels)
    return replace(dataset, splits=splits)
