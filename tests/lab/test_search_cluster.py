"""Search on a real Dask cluster of two processes: the bits are a lone run's, and a lost worker costs its runs' time alone."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.lab import Subject, carried_out
from engine.lab.experiment import Result, begun
from engine.lab.search import EXPERIMENT
from engine.spec import RunSpec
from engine.trainer import Trainer

distributed = pytest.importorskip("distributed")
pytestmark = pytest.mark.slow(seconds=60)
CHOICES: dict[str, Any] = {"side": 3, "updates": 2000}


@pytest.fixture(scope="module")
def run() -> Subject:
    layers = [{"units": 24}, {"units": 24}]
    trainer = Trainer(RunSpec.model_validate({"data": {"name": "spiral"}, "network": {"layers": layers}}))
    return Subject.of(trainer.machine)


@pytest.fixture(scope="module")
def alone(run: Subject) -> Result:
    return carried_out(EXPERIMENT, run, **CHOICES)


@pytest.fixture
def workers(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Any]:
    """Two worker processes with a thread each, and the address of their scheduler in the environment."""
    options = {"n_workers": 2, "threads_per_worker": 1, "processes": True, "dashboard_address": None}
    with distributed.LocalCluster(**options, local_directory=str(tmp_path), silence_logs=50) as made:
        monkeypatch.setenv("CHAINRULE_DASK", made.scheduler_address.removeprefix("tcp://"))
        yield made


def all_of_it(making: Any, meanwhile: Any = lambda progress: None) -> Result:
    while True:
        try:
            meanwhile(next(making))
        except StopIteration as end:
            found: Result = end.value
            return found


def test_cells_on_a_cluster_are_lone_runs_bit_for_bit(run: Subject, alone: Result, workers: Any) -> None:
    ran: list[str] = []
    found = all_of_it(begun(EXPERIMENT, run, CHOICES))
    with distributed.Client(workers.scheduler_address) as client:
        done = client.run(lambda dask_worker: dask_worker.state.executed_count)
    ran += [where for where, count in done.items() if count > 0]
    assert len(ran) == 2 and sum(done.values()) >= 18, "both workers had their share"
    assert found.values == alone.values and found.table == alone.table and found.said == alone.said


def test_a_lost_worker_costs_its_cells_time_alone(run: Subject, alone: Result, workers: Any) -> None:
    pids = [worker.process.pid for worker in workers.workers.values()]
    ended = 0

    def lose(progress: Any) -> None:
        nonlocal ended
        ended = max(ended, len((progress.kept or {"cells": {}})["cells"]))
        if ended >= 3 and len(pids) == 2:
            os.kill(pids.pop(), signal.SIGKILL)

    found = all_of_it(begun(EXPERIMENT, run, CHOICES), lose)
    assert len(pids) == 1, "it was lost on the way"
    assert found.values == alone.values and found.table == alone.table


def test_where_the_whole_cluster_is_lost_the_rest_is_run_here(run: Subject, alone: Result, workers: Any) -> None:
    gone = False

    def lose(progress: Any) -> None:
        nonlocal gone
        if progress.kept and len(progress.kept["cells"]) >= 3 and not gone:
            gone = True
            workers.close()

    found = all_of_it(begun(EXPERIMENT, run, CHOICES), lose)
    assert gone and found.values == alone.values


def test_a_search_that_is_left_leaves_nothing_on_the_cluster(run: Subject, workers: Any) -> None:
    making = begun(EXPERIMENT, run, CHOICES)
    for _ in range(5):
        next(making)
    making.close()
    with distributed.Client(workers.scheduler_address) as client:
        left = client.run_on_scheduler(lambda dask_scheduler: [key for key in dask_scheduler.tasks if "chainrule" in str(key)])
    assert left == []
