"""A search of four hundred cells whose server is killed goes on where it stood; over a cluster it has the same bits."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from lab_pages import begun, ended, found, told
from pages import Page
from processes import ServerProcess
from session_runs import SPEC, trainer

from engine.lab import EXPERIMENTS, Subject, carried_out

pytestmark = pytest.mark.slow(seconds=60)
CELLS = 400
CHOICES: dict[str, Any] = {"side": 20, "random": False, "updates": 1000}


@pytest.fixture(scope="module")
def alone() -> Any:
    """What a search finds that nobody disturbs, as plain data."""
    result = carried_out(EXPERIMENTS["search"], Subject.of(trainer().machine), **CHOICES)
    return json.loads(json.dumps(dict(result.values)))


def test_a_search_goes_on_after_its_server_was_killed(tmp_path: Path, alone: Any) -> None:
    database = f"sqlite:///{(tmp_path / 'kept.sqlite3').as_posix()}"
    with ServerProcess(database) as first, Page(first.socket) as page:
        page.run_info()
        page.do("configure", spec=SPEC)
        number = begun(page, "search", **CHOICES)
        before = told(page, lambda event: event["number"] == number and event["share"] > 0.5)
        assert before["status"] == "running"
        session = page.attached["session"]
        first.process.kill()
        first.process.wait()
    with ServerProcess(database) as again, Page(again.socket, session) as page:
        page.do("subscribe", channels=["lab"])
        gone_on = told(page, lambda event: event["share"] > 0)
        assert gone_on["share"] > 0.1, "what was done is not done again"
        assert ended(page, number)["status"] == "done"
        header, _ = found(page, number)
    values = header["meta"]["values"]
    assert len(values["cells"]) == CELLS and values == alone


def test_over_a_cluster_it_has_the_same_bits(tmp_path: Path, alone: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    distributed = pytest.importorskip("distributed")
    options = {"n_workers": 2, "threads_per_worker": 1, "processes": True, "dashboard_address": None}
    with distributed.LocalCluster(**options, local_directory=str(tmp_path), silence_logs=50) as cluster:
        monkeypatch.setenv("CHAINRULE_DASK", cluster.scheduler_address.removeprefix("tcp://"))
        result = carried_out(EXPERIMENTS["search"], Subject.of(trainer().machine), **CHOICES)
        with distributed.Client(cluster.scheduler_address) as client:
            done = client.run(lambda dask_worker: dask_worker.state.executed_count)
    assert len(done) == 2 and min(done.values()) > CELLS // 10, "both workers had their share"
    assert json.loads(json.dumps(dict(result.values))) == alone
