"""A database that cannot be written, is gone or damaged stops no learner, and each is told what is kept; a server that is told
to end does so at once, whatever it is in the middle of."""

from __future__ import annotations

import contextlib
import resource
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from live_server import Live, serving
from pages import Page
from processes import ServerProcess
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from engine import warm_up
from server.keeping import shelf
from server.keeping.database import TROUBLE, Database
from server.settings import Settings

Serve = Callable[[Settings], Live]
SPEC = {"data": {"name": "xor", "samples": 60}, "network": {"layers": [{"units": 3}]}}
RATE = {"kind": "set", "path": "optimizer.lr", "value": 0.125}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "kept.sqlite3"


def settings(file: Path) -> Settings:
    return Settings(database_url=f"sqlite:///{file.as_posix()}")


def keeping(page: Page) -> dict[str, Any]:
    """What the page was told last of whether anything is kept."""
    told = [event for event in page.events if event["type"] == "keeping"]
    return told[-1] if told else {"kept": True}


def until_kept(page: Page, kept: bool) -> dict[str, Any]:
    if keeping(page)["kept"] is not kept:
        page.until(lambda event: event["type"] == "keeping" and event["kept"] is kept)
    return keeping(page)


def found(file: Path, *pages: Page) -> list[tuple[int, list[float]]]:
    """Seed and learning rates of each page's run, as whoever comes next finds them."""
    runs = []
    with serving(settings(file)) as live:
        for page in pages:
            with Page(live.socket, page.attached["session"]) as again:
                run, script = again.run_info(), again.until(lambda event: event["type"] == "script")
                runs.append((run["spec"]["seed"], [edit["edit"]["value"] for edit in script["edits"]]))
    return runs


# What was said to be done ---------------------------------------------------------------------------------------------


def test_what_was_said_to_be_done_is_kept_by_then(serve: Serve, file: Path) -> None:
    live = serve(settings(file))
    database = Database(settings(file))
    try:
        with Page(live.socket) as page:
            page.run_info()

            def script() -> bytes:
                with database.reading() as connection:
                    words = shelf.words(connection, page.attached["session"])
                return b"" if words is None else words[0]

            written = [script()]
            for seed in range(3):
                page.do("configure", spec={**SPEC, "seed": seed})
                written.append(script())
                for value in (0.1, 0.2, 0.3):  # as a slider that is dragged
                    page.do("edit", edit={**RATE, "value": value + seed})
                    written.append(script())
            page.do("race")
            written.append(script())
            assert len(set(written)) == len(written), "a change was said to be done, and was not there yet"
    finally:
        database.close()


@pytest.mark.slow(seconds=40)
def test_a_run_that_was_begun_is_there_after_a_kill(file: Path) -> None:
    warm_up()
    database = f"sqlite:///{file.as_posix()}"
    with ServerProcess(database) as server, Page(server.socket) as page:
        page.run_info()
        page.do("configure", spec={**SPEC, "seed": 7})
        page.do("edit", edit=RATE)
        server.kill()
    assert found(file, page) == [(7, [0.125])]


# Nothing can be written -----------------------------------------------------------------------------------------------


class Full:
    """A database whose disk is full while `now` is one of SQLite's codes."""

    now: int | None = None

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        writing = Database.writing

        @contextlib.contextmanager
        def may_be_full(database: Database) -> Iterator[Connection]:
            if self.now is not None:
                cause = sqlite3.OperationalError("database or disk is full")
                cause.sqlite_errorcode = self.now
                raise OperationalError("INSERT", {}, cause)
            with writing(database) as connection:
                yield connection

        monkeypatch.setattr(Database, "writing", may_be_full)


def test_runs_go_on_where_nothing_can_be_written_and_are_kept_when_it_can(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    full = Full(monkeypatch)
    with serving(settings(file)) as live, Page(live.socket) as page:
        page.run_info()
        page.do("configure", spec={**SPEC, "seed": 3})
        page.do("play", speed={"unit": "flat", "rate": 1})
        full.now = sqlite3.SQLITE_FULL
        assert "disk is full" in until_kept(page, False)["message"]
        step = page.state["step"]
        page.do("edit", edit=RATE)
        page.until_state(lambda state: state["step"] > step + 100)
        refused = page.ask("keep")
        assert (refused["type"], refused["code"]) == ("error", "unavailable") and "disk is full" in refused["message"]
        with Page(live.socket) as new, Page(live.socket) as other:  # who comes now can learn, and is told
            for each, seed in ((new, 5), (other, 6)):
                assert until_kept(each, False)["message"]
                each.do("configure", spec={**SPEC, "seed": seed})
            full.now = None
            for each in (page, new, other):
                assert until_kept(each, True) == {"type": "keeping", "kept": True, "message": None}
            other.do("edit", edit=RATE)
            assert page.do("keep")["result"]["lasting"] is True
    assert found(file, page, new, other) == [(3, [0.125]), (5, []), (6, [0.125])]


def test_a_session_that_was_kept_is_found_though_nothing_can_be_written(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    full = Full(monkeypatch)
    with serving(settings(file)) as live, Page(live.socket) as page:
        page.run_info()
        page.do("configure", spec={**SPEC, "seed": 8})
    with serving(settings(file)) as live, Page(live.socket) as first:
        first.run_info()
        full.now = sqlite3.SQLITE_IOERR
        with Page(live.socket, page.attached["session"]) as again:
            assert again.run_info()["spec"]["seed"] == 8 and until_kept(again, False)["message"]
            again.do("edit", edit=RATE)
            full.now = None
            until_kept(again, True)
    assert found(file, page) == [(8, [0.125])]


def test_what_passes_by_itself_is_waited_for_and_so_is_what_is_shared(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def trouble(code: int, **more: Any) -> str | None:
        cause = sqlite3.OperationalError("words")
        cause.sqlite_errorcode = code
        database = Database(Settings(database_url=f"sqlite:///{tmp_path}/kept.sqlite3", **more))
        try:
            database.open()
            return database.trouble(OperationalError("INSERT", {}, cause))
        finally:
            database.close()

    assert trouble(sqlite3.SQLITE_BUSY) is None and trouble(sqlite3.SQLITE_LOCKED) is None
    assert trouble(sqlite3.SQLITE_FULL, workers=2) is None
    assert trouble(sqlite3.SQLITE_IOERR | (3 << 8)) == TROUBLE[sqlite3.SQLITE_IOERR], "its extended codes, too"


@pytest.mark.slow(seconds=40)
def test_a_file_that_may_not_grow_and_may_again(file: Path) -> None:
    """A limit of the system's on the size of files stands for a disk that is full, and is lifted again."""
    warm_up()
    with ServerProcess(f"sqlite:///{file.as_posix()}") as server, Page(server.socket) as page:
        page.run_info()
        page.do("configure", spec={**SPEC, "seed": 3})
        page.do("play", speed={"unit": "flat", "rate": 1})
        before = resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (1, before[1]))
        assert "write to its disk" in until_kept(page, False)["message"]
        page.do("edit", edit=RATE)
        step = page.state["step"]
        page.until_state(lambda state: state["step"] > step + 1000)
        with Page(server.socket) as new:
            new.run_info()
            new.do("configure", spec={**SPEC, "seed": 4})
            resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, before)
            until_kept(page, True)
            until_kept(new, True)
            new.do("edit", edit=RATE)
        server.kill()
    assert found(file, page, new) == [(3, [0.125]), (4, [0.125])]


# Gone, or damaged -----------------------------------------------------------------------------------------------------


def test_a_file_that_was_removed_is_told_and_one_that_is_brought_back_is_written(serve: Serve, file: Path) -> None:
    live = serve(settings(file))
    with Page(live.socket) as page:
        page.run_info()
        page.do("configure", spec={**SPEC, "seed": 3})
        file.rename(file.with_name("elsewhere"))
        assert "was removed" in until_kept(page, False)["message"]
        refused = page.ask("keep")
        assert refused["code"] == "unavailable" and "was removed" in refused["message"]
        page.do("step", count=3)
        assert not file.exists(), "another one lies in its place"
        file.with_name("elsewhere").rename(file)
        until_kept(page, True)
        assert page.do("keep")["result"]["lasting"] is True


def test_a_session_on_a_damaged_page_is_given_up_and_the_next_one_begins(file: Path) -> None:
    with serving(settings(file)) as live, Page(live.socket) as page:
        page.run_info()
        page.do("configure", spec={**SPEC, "seed": 3})
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (root,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'kept_parts'").fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    connection.close()
    with file.open("r+b") as opened:
        opened.seek((root - 1) * size)
        opened.write(b"\xa5" * size)
    with serving(settings(file)) as live:
        with Page(live.socket, attach=False) as again:
            for _ in range(2):
                refused = again.ask("attach", session=page.attached["session"])
                assert (refused["code"], refused["field"]) == ("unreadable_session", "session")
                assert "damaged" in refused["message"] and "try again" not in refused["message"]
        with Page(live.socket) as new:
            new.run_info()
            assert "damaged" in until_kept(new, False)["message"]
            new.do("configure", spec=SPEC)
            new.do("step", count=3)
            assert new.until_state(lambda state: state["step"] == 3)


# Told to end ----------------------------------------------------------------------------------------------------------

BUSY = """
import pathlib, sys, time
from server.session.scheduler import Scheduler

submit, busy = Scheduler.submit, pathlib.Path({flag!r})

def stuck(self, account, function, **how):
    def call():
        if busy.exists():
            busy.unlink()
            time.sleep(600)
        return function()
    return submit(self, account, call, **how)

Scheduler.submit = stuck
from server.__main__ import main
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.slow(seconds=40)
@pytest.mark.parametrize("times", [1, 3])
def test_ctrl_c_ends_a_server_whose_engine_is_busy_and_its_runs_are_kept(times: int, file: Path, tmp_path: Path) -> None:
    warm_up()
    flag = tmp_path / "busy"
    program = ("-c", BUSY.format(flag=str(flag)))
    with ServerProcess(f"sqlite:///{file.as_posix()}", program=program) as server, Page(server.socket) as page:
        page.run_info()
        page.do("configure", spec={**SPEC, "seed": 9})
        page.do("edit", edit=RATE)
        flag.touch()
        page.send("step", count=1)
        while flag.exists():
            time.sleep(0.01)
        asked = time.monotonic()
        for _ in range(times):
            server.send(signal.SIGINT)
            time.sleep(0.05)
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.process.wait(30)
        print(f"\nended {time.monotonic() - asked:.2f} s after Ctrl+C")
        assert server.process.returncode == 0 and "Traceback" not in server.said, server.said
    assert found(file, page) == [(9, [0.125])]
