"""A database says its schema version: one without is of the first, one of a newer schema is refused with words, untouched."""

from __future__ import annotations

import asyncio
import logging
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from kept_databases import NEWER, OTHERS, ROOMS, WORDS, in_a_folder, made, open_and_close, refused, set_to, sql, state, tables
from live_server import Live
from pages import Page

from server.keeping import database as module
from server.keeping import schema
from server.keeping.database import Database, refusal
from server.keeping.experiments import Experiments
from server.keeping.keeper import Keeper
from server.keeping.schema import SCHEMA, SchemaError
from server.keeping.tables import Base
from server.settings import Settings
from server.wire.errors import CommandError

pytestmark = pytest.mark.sqlite_first(seconds=6)


def test_a_new_database_says_its_version(url: str) -> None:
    made(url)
    assert sql(url, "SELECT id, version FROM chainrule_schema") == [(1, SCHEMA)]
    open_and_close(url)
    assert sql(url, "SELECT id, version FROM chainrule_schema") == [(1, SCHEMA)]


def test_one_without_a_version_is_of_the_first_and_is_given_its_number(url: str) -> None:
    kept = "INSERT INTO experiments (id, created, digest, script) VALUES ('one', '2026-01-01 00:00:00', 'd', 'abc')"
    made(url, "DROP TABLE chainrule_schema", kept)
    assert tables(url) == OTHERS
    assert refusal(Settings(database_url=url)) is None and tables(url) == OTHERS, "looking makes nothing"
    open_and_close(url)
    assert sql(url, "SELECT id, version FROM chainrule_schema") == [(1, SCHEMA)]
    assert sql(url, "SELECT id, digest FROM experiments") == [("one", "d")]


def test_one_of_the_first_schema_gets_a_table_of_lessons(url: str) -> None:
    kept = "INSERT INTO experiments (id, created, digest, script) VALUES ('one', '2026-01-01 00:00:00', 'd', 'abc')"
    made(url, *(f"DROP TABLE {name}" for name in ("own_lessons", *ROOMS)), set_to(1), kept)
    assert refusal(Settings(database_url=url)) is None
    open_and_close(url)
    assert sql(url, "SELECT id, version FROM chainrule_schema") == [(1, SCHEMA)] and "own_lessons" in tables(url)
    assert sql(url, "SELECT id, digest FROM experiments") == [("one", "d")]


def test_one_of_the_second_schema_gets_the_tables_of_rooms(url: str) -> None:
    kept = "INSERT INTO own_lessons (id, created, digest, text) VALUES ('one', '2026-01-01 00:00:00', 'd', 'abc')"
    gone = [f"DROP TABLE {name}" for name in ROOMS]
    made(url, *gone, set_to(2), kept)
    assert refusal(Settings(database_url=url)) is None and not ROOMS & tables(url), "looking makes nothing"
    open_and_close(url)
    assert sql(url, "SELECT id, version FROM chainrule_schema") == [(1, SCHEMA)] and tables(url) >= ROOMS
    assert sql(url, "SELECT id, digest FROM own_lessons") == [("one", "d")]


def test_processes_that_make_one_database_together_make_one_version(url: str) -> None:
    with ThreadPoolExecutor(4) as threads:
        for done in [threads.submit(open_and_close, url) for _ in range(4)]:
            done.result()
    assert sql(url, "SELECT id, version FROM chainrule_schema") == [(1, SCHEMA)] and tables(url) == OTHERS | {
        "chainrule_schema"
    }


TABLES: dict[int, dict[str, dict[str, str]]] = {
    1: {
        "chainrule_schema": {"id": "INTEGER", "version": "INTEGER"},
        "experiments": {"id": "VARCHAR(32)", "created": "DATETIME", "digest": "VARCHAR(64)", "script": "BLOB"},
        "kept_sessions": {
            "id": "VARCHAR(64)",
            "owner": "VARCHAR(32)",
            "process": "VARCHAR(160)",
            "fence": "BIGINT",
            "expires": "DOUBLE",
            "wanted": "VARCHAR(32)",
        },
        "kept_parts": {"session": "VARCHAR(64)", "name": "VARCHAR(16)", "content": "BLOB"},
        "kept_pieces": {
            "session": "VARCHAR(64)",
            "branch": "INTEGER",
            "start": "BIGINT",
            "revision": "BIGINT",
            "points": "BLOB",
        },
    }
}
TABLES[2] = TABLES[1] | {
    "own_lessons": {"id": "VARCHAR(32)", "created": "DATETIME", "digest": "VARCHAR(64)", "text": "BLOB"},
}
TABLES[3] = TABLES[2] | {
    "rooms": {
        "id": "VARCHAR(32)",
        "code": "VARCHAR(8)",
        "key_digest": "VARCHAR(64)",
        "version": "BIGINT",
        "state": "BLOB",
        "info": "BLOB",
        "lead_until": "DOUBLE",
        "remote_until": "DOUBLE",
        "created": "DOUBLE",
        "used": "DOUBLE",
        "expires": "DOUBLE",
    },
    "room_members": {
        "room": "VARCHAR(32)",
        "member": "INTEGER",
        "key_digest": "VARCHAR(64)",
        "name": "VARCHAR(32)",
        "status": "VARCHAR(8)",
        "offered": "BOOLEAN",
        "here_until": "DOUBLE",
    },
    "room_questions": {"room": "VARCHAR(32)", "number": "INTEGER", "content": "BLOB"},
    "room_votes": {"room": "VARCHAR(32)", "question": "INTEGER", "round": "INTEGER", "member": "INTEGER", "answer": "BLOB"},
    "room_pieces": {"room": "VARCHAR(32)", "member": "INTEGER", "content": "BLOB", "written": "DOUBLE"},
}


def test_the_tables_of_a_schema_stay_as_they_are() -> None:
    assert SCHEMA in TABLES, f"write the tables of schema {SCHEMA} down here"
    found = {table.name: {column.name: str(column.type) for column in table.columns} for table in Base.metadata.tables.values()}
    assert found == TABLES[SCHEMA], "the tables changed: raise SCHEMA (server/keeping/schema.py), and bring older ones up to it"


# A newer one ----------------------------------------------------------------------------------------------------------


def test_a_newer_one_is_refused_and_not_touched(url: str) -> None:
    made(url, set_to(NEWER))
    refused(url, WORDS)


def test_nothing_is_made_in_a_newer_one(url: str) -> None:
    """Its tables may have other names."""
    made(url, set_to(NEWER), *(f"DROP TABLE {name}" for name in OTHERS))
    refused(url, WORDS)
    assert tables(url) == {"chainrule_schema"}


def left_by(url: str, *, ending: str, first: str = "PRAGMA journal_mode=WAL") -> subprocess.Popen[str]:
    """Another program that makes an SQLite database newer, and then ends or waits as is said."""
    file = url.removeprefix("sqlite:///")
    code = (
        f"import os, sqlite3, sys; c = sqlite3.connect({file!r}, isolation_level=None); c.execute({first!r});"
        f"c.execute({set_to(NEWER)!r}); {ending}"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    process.stdout.readline()
    return process


@pytest.fixture
def file(tmp_path: Path) -> str:
    return in_a_folder(tmp_path)


def parts(url: str) -> set[str]:
    return {name.removeprefix("kept.sqlite3") for name in state(url)}


@pytest.mark.parametrize("index", ["there", "gone"])
def test_a_newer_one_whose_log_was_left_behind_is_not_touched(file: str, index: str) -> None:
    """The version stands in the write-ahead log alone: the program that wrote it was killed."""
    made(file)
    left_by(file, ending="os._exit(0)").wait()
    if index == "gone":
        Path(f"{file.removeprefix('sqlite:///')}-shm").unlink()
    assert parts(file) == {"", "-wal", "-shm"} - ({"-shm"} if index == "gone" else set())
    with sqlite3.connect(f"file:{Path(file.removeprefix('sqlite:///')).as_uri()[7:]}?immutable=1", uri=True) as without_log:
        assert without_log.execute("SELECT version FROM chainrule_schema").fetchone() == (SCHEMA,)
    refused(file, WORDS)


def test_a_newer_one_that_is_in_use_is_not_touched(file: str) -> None:
    made(file)
    busy = "c.execute('BEGIN IMMEDIATE'); c.execute('DELETE FROM kept_parts'); print('ready', flush=True); sys.stdin.read()"
    process = left_by(file, ending=busy)
    try:
        assert parts(file) == {"", "-wal", "-shm"}
        refused(file, WORDS)
    finally:
        process.communicate()


@pytest.mark.parametrize("mode", ["DELETE", "TRUNCATE"])
def test_a_newer_one_without_a_log_keeps_its_journal_mode(file: str, mode: str) -> None:
    made(file)
    left_by(file, ending="c.close()", first=f"PRAGMA journal_mode={mode}").wait()
    refused(file, WORDS)
    assert sql(file, "PRAGMA journal_mode") == [("delete",)]  # "truncate" is no property of the file


def test_a_rollback_that_is_due_is_left_to_the_newer_one(file: str) -> None:
    """A journal beside the file says that it is to be rolled back; looking at it does not."""
    made(file)
    hot = (
        "c.execute('PRAGMA cache_size=1'); c.execute('BEGIN'); c.execute('UPDATE chainrule_schema SET version = 1');"
        "c.executemany('INSERT INTO kept_parts VALUES (?, ?, ?)', [(str(i), '', bytes(4000)) for i in range(200)]);"
        "os._exit(0)"
    )
    left_by(file, ending=hot, first="PRAGMA journal_mode=DELETE").wait()
    assert parts(file) == {"", "-journal"}
    refused(file, WORDS)


@pytest.mark.parametrize("vanishes", ["before it is weighed", "before it is copied"])
def test_a_rollback_that_another_process_ends_meanwhile_stops_no_start(
    file: str, vanishes: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It begins with SQLite's own journal of another process, gone between two looks at it."""
    made(file)
    journal = Path(f"{file.removeprefix('sqlite:///')}-journal")
    journal.write_bytes(bytes(512))
    stat, copyfile = Path.stat, schema.shutil.copyfile

    def gone_when_weighed(path: Path, **options: Any) -> Any:
        if path == journal:
            journal.unlink(missing_ok=True)
        return stat(path, **options)

    def gone_when_copied(source: Path, target: Path) -> Any:
        if source == journal:
            journal.unlink()
        return copyfile(source, target)

    if vanishes == "before it is weighed":
        monkeypatch.setattr(Path, "exists", lambda path: True if path == journal else os.path.exists(path))
        monkeypatch.setattr(Path, "stat", gone_when_weighed)
    else:
        monkeypatch.setattr(schema.shutil, "copyfile", gone_when_copied)
    open_and_close(file)
    assert not os.path.lexists(journal)


def test_one_that_became_newer_after_it_was_looked_at_is_refused_all_the_same(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made(url, set_to(NEWER), *(f"DROP TABLE {name}" for name in OTHERS))
    monkeypatch.setattr(schema, "look", lambda engine: None)
    with pytest.raises(SchemaError):
        module.opened(module._url(url))
    assert tables(url) == {"chainrule_schema"} and sql(url, "SELECT version FROM chainrule_schema") == [(NEWER,)]


# What is said ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("workers", [1, pytest.param(2, marks=pytest.mark.slow(seconds=6))])
def test_the_command_ends_with_the_words_before_it_serves(url: str, workers: int) -> None:
    made(url, set_to(NEWER))
    before = state(url)
    command = [sys.executable, "-m", "server", "--port", "0", "--no-browser", "--workers", str(workers)]
    environment = os.environ | {"CHAINRULE_DATABASE_URL": url}
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 2 and ended.stdout == "", ended
    assert WORDS in ended.stderr and "CHAINRULE_DATABASE_URL" in ended.stderr and url.rpartition("/")[2] in ended.stderr
    assert ended.stderr.count("\n") == 1 and "Traceback" not in ended.stderr, ended.stderr
    assert state(url) == before


def test_a_password_is_not_told(cluster: Any) -> None:
    url = cluster.database(f"newer_{os.urandom(4).hex()}")
    made(url, set_to(NEWER))
    told = refusal(Settings(database_url=url.replace("tests@", "tests:a-secret@")))
    assert told is not None and "127.0.0.1" in told and "a-secret" not in told


def test_a_page_is_told_and_the_server_goes_on(
    serve: Callable[[Settings], Live], url: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The database became newer, or is named by settings that no command looked at."""
    made(url, set_to(NEWER))
    before = state(url)
    with caplog.at_level(logging.ERROR):
        live = serve(Settings(database_url=url))
        with Page(live.socket, attach=False) as page:
            for session in (None, "one", None):
                answer = page.ask("attach", session=session)
                assert (answer["type"], answer["code"]) == ("error", "unavailable") and WORDS in answer["message"]
        assert state(url) == before
        assert WORDS in caplog.text and "Traceback" not in caplog.text
        sql(url, set_to(SCHEMA))  # somebody put it right: no new start is needed
        with Page(live.socket) as page:
            assert page.attached["resumed"] is False


def test_every_use_is_refused_with_the_words(url: str) -> None:
    made(url, set_to(NEWER))
    before = state(url)

    async def play() -> None:
        settings = Settings(database_url=url)
        database = Database(settings)
        keeper, experiments = Keeper(database, 1000.0, 1000), Experiments(settings, database)
        for use in (
            lambda: keeper.create("one"),
            lambda: keeper.claim("one"),
            lambda: experiments.keep("{}"),
            lambda: experiments.script("one"),
        ):
            with pytest.raises(CommandError, match="newer chainrule"):
                await use()
        await keeper.sweep()  # says so, and goes on
        await keeper.close()
        database.close()

    asyncio.run(play())
    assert state(url) == before
