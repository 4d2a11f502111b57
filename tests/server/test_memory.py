"""Memory in sum: each session's is estimated before it is built, and where it is short what nobody looks at leaves memory."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from live_server import Live, serving
from pages import Page
from test_metrics import at, scrape

from server import memory
from server.session import recorder, registry
from server.session.session import Session
from server.settings import Settings
from server.wire import budget

LARGE = {"network": {"layers": [{"units": 200}, {"units": 200}]}}
"""Some 4.5 MB."""


@pytest.fixture
def live(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Live]:
    """A server with room for one large session: 12 MB, of which 3 are left for small ones."""
    monkeypatch.setattr(budget, "resident", lambda: 0)
    monkeypatch.setattr(budget, "LEAST", 12_000_000)
    for module in (budget, registry, recorder):
        monkeypatch.setattr(module, "SMALL", 1_000_000)
    url = f"sqlite:///{(tmp_path / 'kept.sqlite3').as_posix()}"
    with serving(Settings(database_url=url, max_memory=1)) as live:
        yield live


def session_of(live: Live, page: Page) -> Session | None:
    found: Session | None = live.app.state.sessions.find(page.attached["session"])
    return found


def refused(answer: dict[str, Any]) -> None:
    assert answer["type"] == "error" and answer["code"] == "limit", answer
    assert "the server's memory is taken" in answer["message"] and "bytes in all" in answer["allowed"]


def test_what_nobody_looks_at_makes_room_and_comes_back(live: Live) -> None:
    with Page(live.socket) as first, Page(live.socket) as second:
        second.do("step", count=2)  # by now both are there
        first.do("configure", spec=LARGE)
        first.do("step", count=3)
        refused(second.ask("configure", spec=LARGE))
        assert second.do("step", count=2) and second.until_state(lambda state: state["step"] == 4), "the run is as it was"
        numbers, _ = scrape(live)
        assert at(numbers, "memory_bytes", of="run") == at(numbers, "memory_bytes", of="sessions") > 4_500_000
        assert at(numbers, "memory_bytes", of="limit") == budget.OWN + 12_000_000
        known = first.attached["session"]
        live.until(lambda: session_of(live, first).recorder.wait(session_of(live, first), 1e9) == float("inf"))  # type: ignore[union-attr, arg-type]
        first.close()
        live.until(lambda: not session_of(live, first).watched_by)  # type: ignore[union-attr]
        second.do("configure", spec=LARGE)
        assert session_of(live, first) is None, "it left memory"
        with Page(live.socket, attach=False) as again:
            refused(again.ask("attach", session=known))
            assert again.ask("attach")["type"] == "attached", "a small one finds room"
            second.close()
            with Page(live.socket, known) as back:
                back.until_state(lambda state: state["step"] == 3)
                refused(back.ask("configure", spec=LARGE))  # it would stand beside its own at first
    live.until(lambda: not any(session.watched_by for session in live.app.state.sessions))
    assert live.app.state.sessions.budget.taken == sum(session.share.total for session in live.app.state.sessions)


WIDE = {"network": {"layers": [{"units": 100}, {"units": 60}]}}
"""1.2 MB: a race of five lanes and its plane fit in, one of seven does not."""
SGD = {"optimizer": {"name": "sgd", "lr": 0.01}}


def test_races_studies_and_scripts_are_estimated_too(live: Live) -> None:
    with Page(live.socket) as page:
        page.do("configure", spec=WIDE)
        refused(page.ask("network", lanes=[SGD] * 7))
        page.do("network", lanes=[SGD] * 4)
        refused(page.ask("study_seeds", seeds=5, steps=10))
        share = session_of(live, page).share  # type: ignore[union-attr]
        lanes = share.weights["network"]
        page.do("study_seeds", seeds=1, steps=1, lanes=[1])
        live.until(lambda: share.weights["network"] == lanes)
        page.do("network_lane_add", lane=SGD)
        refused(page.ask("network_lane_add", lane=SGD))
        refused(page.ask("load", script={"spec": {"network": {"layers": [{"units": 250}, {"units": 250}]}}}))
        before = page.ask("share")["result"]["script"]
        assert '"units":100' in before


def test_where_more_is_in_memory_than_was_estimated_sessions_go_too(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "LOOK", 0.05)
    monkeypatch.setattr(budget, "give_back_now", lambda: None)
    with Page(live.socket) as watched, Page(live.socket) as left:
        left.do("step", count=1)
        left.close()
        live.until(lambda: not session_of(live, left).watched_by)  # type: ignore[union-attr]
        gone: Callable[[], bool] = lambda: session_of(live, left) is None  # noqa: E731
        monkeypatch.setattr(budget, "resident", lambda: 0 if gone() else 10**12)
        with Page(live.socket) as asking:  # which asks for room, where the server would look by itself a little later
            asking.do("step", count=1)
        live.until(gone)
        watched.do("step", count=1)


def test_the_default_is_a_part_of_the_machines_or_the_containers_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = memory.machine_memory()
    assert 0 < Settings().max_memory < whole
    (tmp_path / "v2").write_text("max\n")
    (tmp_path / "v1").write_text("100000000\n")
    monkeypatch.setattr(memory, "LIMITS", (tmp_path / "v2", tmp_path / "v1", tmp_path / "none"))
    assert memory.machine_memory() == min(whole, 100_000_000)
    assert Settings.from_environment({"CHAINRULE_MAX_MEMORY": "5000000000"}).max_memory == 5_000_000_000
    assert budget.Budget(Settings(max_memory=5_000_000_000, workers=2)).most == 2_500_000_000


MEASURED = """
import sys
from engine import RunSpec, Trainer, warm_up
from server import memory
from server.wire.sizes import memory_of
memory.give_back()
warm_up()
memory.give_back_now()
spec = RunSpec.model_validate(eval(sys.argv[1]))
before = memory.resident()
run = Trainer(spec)
run.step(3), run.loss("train"), run.gradient("train")
memory.give_back_now()
print(memory_of(spec), memory.resident() - before)
"""


@pytest.mark.slow(seconds=30)
@pytest.mark.parametrize(
    "spec",
    [
        {"network": {"layers": [{"units": 1000}, {"units": 900}]}},
        {"network": {"layers": [{"units": 1000}, {"units": 900}]}, "optimizer": {"name": "sgd"}},
        {"data": {"name": "spiral", "samples": 20_000}, "network": {"layers": [{"units": 300}] * 2}, "batch_size": "full"},
    ],
    ids=["adam", "sgd", "all at once"],
)
def test_an_estimate_is_about_what_is_taken(spec: dict[str, Any]) -> None:
    found = subprocess.run([sys.executable, "-c", MEASURED, repr(spec)], capture_output=True, text=True, check=True).stdout
    estimate, taken = (int(number) for number in found.split())
    print(f"{estimate / 1e6:.0f} MB estimated, {taken / 1e6:.0f} MB taken")
    assert 0.8 * taken <= estimate <= 3 * taken
