"""A session comes back to whoever attaches, from memory or from the database, and lives in one process at a time."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from live_server import Live, serving
from pages import Page, parameters, same
from sqlalchemy import create_engine, text
from test_leases import closed_port, failing
from test_socket import closed_with

from engine import Trainer
from server.protocol import CLOSE_MOVED, CLOSE_SUPERSEDED
from server.settings import Settings

Serve = Callable[[Settings], Live]
SPEC: dict[str, Any] = {"data": {"name": "xor", "samples": 80}, "network": {"layers": [{"units": 4}]}, "seed": 3}


@pytest.fixture
def file(tmp_path: Path) -> str:
    return f"sqlite:///{(tmp_path / 'kept.sqlite3').as_posix()}"


def sql(url: str, statement: str) -> list[Any]:
    engine = create_engine(url)
    with engine.begin() as connection:
        done = connection.execute(text(statement))
        rows = list(done.all()) if done.returns_rows else []
    engine.dispose()
    return rows


def learn(page: Page) -> None:
    """Something that is worth keeping."""
    page.run_info()
    page.do("configure", spec=SPEC)
    page.do("step", count=40)
    page.do("edit", edit={"kind": "set", "path": "optimizer.lr", "value": 0.3})
    page.do("step", count=25)


def check(page: Page) -> None:
    """All that was learnt is there, bit for bit."""
    assert page.attached["resumed"] is True
    page.until_state(lambda state: state["step"] == 65 and state["status"] == "paused")
    page.do("subscribe", channels=["parameters"])
    script = json.loads(page.do("share")["result"]["script"])
    assert len(script["edits"]) == 1
    assert same(parameters(page), Trainer.from_script(script).named_parameters)


def test_who_comes_after_the_session_left_memory_finds_it(serve: Serve, file: str) -> None:
    live = serve(Settings(session_expiry=0.2, database_url=file))
    with Page(live.socket) as page:
        learn(page)
    live.until(lambda: len(live.app.state.sessions) == 0)
    with Page(live.socket, page.attached["session"]) as again:
        assert again.attached["generation"] == 2
        check(again)


def test_a_server_that_ended_and_was_started_again_knows_it(file: str) -> None:
    with serving(Settings(database_url=file)) as before, Page(before.socket) as page:
        learn(page)
    with serving(Settings(database_url=file)) as after, Page(after.socket, page.attached["session"]) as again:
        check(again)


def test_however_many_attach_at_once_it_comes_once(file: str) -> None:
    with serving(Settings(database_url=file)) as before, Page(before.socket) as page:
        learn(page)
    id = page.attached["session"]
    with serving(Settings(database_url=file)) as after:
        pages = [Page(after.socket, attach=False) for _ in range(8)]
        together = threading.Barrier(8)

        def attach(page: Page) -> dict[str, Any]:
            together.wait()
            return page.ask("attach", session=id)

        with ThreadPoolExecutor(8) as threads:
            answers = list(threads.map(attach, pages))
        assert sorted(answer["generation"] for answer in answers) == list(range(2, 10))
        assert len(after.app.state.sessions) == 1
        assert sql(file, "SELECT fence FROM kept_sessions") == [(2,)]
        for page in pages:
            page.close()


def test_an_attach_by_another_process_wins_as_a_newer_one_does(serve: Serve, url: str) -> None:
    one, other = serve(Settings(database_url=url)), serve(Settings(database_url=url))
    with Page(one.socket) as old:
        learn(old)
        with Page(other.socket, old.attached["session"]) as new:
            assert closed_with(old) == CLOSE_SUPERSEDED  # not "come back": two pages would take it from each other for ever
            assert len(one.app.state.sessions) == 0
            check(new)
            with Page(one.socket, old.attached["session"]) as back:
                assert closed_with(new) == CLOSE_SUPERSEDED
                assert back.attached["generation"] == 3
                check(back)


def test_a_session_that_is_kept_no_more_is_left(serve: Serve, file: str) -> None:
    live = serve(Settings(database_url=file))
    with Page(live.socket) as page:
        learn(page)
        sql(file, "DELETE FROM kept_sessions")
        assert closed_with(page) == CLOSE_MOVED
    with Page(live.socket, attach=False) as again:
        assert again.ask("attach", session=page.attached["session"])["code"] == "unknown_session"
        assert again.ask("attach")["type"] == "attached"


def test_a_page_is_told_that_its_run_waits_for_the_database(serve: Serve, file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    live = serve(Settings(database_url=file))
    with Page(live.socket) as page:
        page.run_info()
        page.do("play", speed={"unit": "steps", "rate": 100})
        with monkeypatch.context() as broken:
            broken.setattr(live.app.state.sessions._keeper, "_write", failing)
            said = page.until(lambda event: event["type"] == "error")
            assert said["code"] == "unavailable" and "goes on by itself" in said["message"]
            here = page.state["step"]
        page.until_state(lambda state: state["step"] > here + 20)
        page.do("pause")


def test_where_the_database_does_not_answer_attaching_is_refused_for_now(serve: Serve) -> None:
    live = serve(Settings(database_url=f"postgresql://nobody@127.0.0.1:{closed_port()}/none"))
    with Page(live.socket, attach=False) as page:
        for session in (None, "one"):
            answer = page.ask("attach", session=session)
            assert (answer["type"], answer["code"]) == ("error", "unavailable")
