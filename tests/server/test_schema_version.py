"""A database says its schema version: one without is of the first, one of a newer schema is refused with words, untouched."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import logging
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from live_server import Live
from pages import Page
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.exc import DatabaseError

from server.keeping import database as module
from server.keeping import schema
from server.keeping.database import Database, refusal
from server.keeping.experiments import Experiments
from server.keeping.keeper import Keeper
from server.keeping.schema import SCHEMA, SchemaError
from server.keeping.tables import Base
from server.settings import Settings
from server.wire.errors import CommandError

NEWER = SCHEMA + 2
WORDS = f"kept by a newer chainrule (schema {NEWER}; this one reads {SCHEMA})"
OTHERS = {"experiments", "kept_sessions", "kept_parts", "kept_pieces"}


@contextlib.contextmanager
def engine_of(url: str) -> Iterator[Any]:
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    try:
        yield engine
    finally:
        engine.dispose()


def sql(url: str, *statements: str) -> list[Any]:
    """The rows of the last statement."""
    with engine_of(url) as engine, engine.begin() as connection:
        done = [connection.execute(text(statement)) for statement in statements][-1]
        return [tuple(row) for row in done.all()] if done.returns_rows else []


def tables(url: str) -> set[str]:
    with engine_of(url) as engine:
        return set(inspect(engine).get_table_names())


def open_and_close(url: str) -> None:
    database = Database(Settings(database_url=url))
    try:
        database.open()
        assert database.lasting
    finally:
        database.close()
        database._threads[0].shutdown()  # which disposes of it


def made(url: str, *statements: str) -> None:
    """A database of the present schema, and what is then done to it."""
    open_and_close(url)
    if statements:
        sql(url, *statements)


def state(url: str) -> Any:
    """All there is to see of a database: the bytes of every file in its folder, or every table with its rows."""
    if url.startswith("sqlite"):
        folder = Path(url.removeprefix("sqlite:///")).parent
        return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}
    names = sorted(tables(url))
    return names, [sql(url, f"SELECT *, xmin::text FROM {name} ORDER BY 1") for name in names]  # xmin: who wrote the row


def set_to(version: int | str) -> str:
    return f"UPDATE chainrule_schema SET version = {version}"


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
    assert sql(url, "SELECT id, version FROM chainrule_schema") == [(1, 1)]
    assert sql(url, "SELECT id, digest FROM experiments") == [("one", "d")]


def test_processes_that_make_one_database_together_make_one_version(url: str) -> None:
    with ThreadPoolExecutor(4) as threads:
        for done in [threads.submit(open_and_close, url) for _ in range(4)]:
            done.result()
    assert sql(url, "SELECT id, version FROM chainrule_schema") == [(1, SCHEMA)] and tables(url) == OTHERS | {
        "chainrule_schema"
    }


TABLES = {
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


def test_the_tables_of_a_schema_stay_as_they_are() -> None:
    assert SCHEMA in TABLES, f"write the tables of schema {SCHEMA} down here"
    found = {table.name: {column.name: str(column.type) for column in table.columns} for table in Base.metadata.tables.values()}
    assert found == TABLES[SCHEMA], "the tables changed: raise SCHEMA (server/keeping/schema.py), and bring older ones up to it"


# A newer one ----------------------------------------------------------------------------------------------------------


def refused(url: str, words: str) -> None:
    """By every way in, and each time; nothing is another afterwards."""
    before = state(url)
    for _ in range(2):
        assert words in (refusal(Settings(database_url=url)) or ""), "before it serves"
        assert state(url) == before
        for workers in (1, 2):
            database = Database(Settings(database_url=url, workers=workers))
            with pytest.raises(SchemaError) as caught:
                database.open()
            database.close()
            assert words in caught.value.message and "CHAINRULE_DATABASE_URL" in caught.value.message
            assert state(url) == before


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
    folder = tmp_path / "a folder, 100 % #1"
    folder.mkdir()
    return f"sqlite:///{(folder / 'kept.sqlite3').as_posix()}"


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


def test_one_that_became_newer_after_it_was_looked_at_is_refused_all_the_same(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made(url, set_to(NEWER), *(f"DROP TABLE {name}" for name in OTHERS))
    monkeypatch.setattr(schema, "look", lambda engine: None)
    with pytest.raises(SchemaError):
        module.opened(module._url(url))
    assert tables(url) == {"chainrule_schema"} and sql(url, "SELECT version FROM chainrule_schema") == [(NEWER,)]


# Damaged --------------------------------------------------------------------------------------------------------------


def anew(columns: str, value: str | None = None) -> tuple[str, ...]:
    insert = () if value is None else (f"INSERT INTO chainrule_schema VALUES (1, {value})",)
    return ("DROP TABLE chainrule_schema", f"CREATE TABLE chainrule_schema (id integer, {columns})", *insert)


DAMAGED: dict[str, tuple[str, ...]] = {
    "text": anew("version text", "'one'"),
    "a number as text": anew("version text", "'1'"),
    "a fraction": anew("version double precision", "1.5"),
    "nothing": anew("version integer", "NULL"),
    "no such column": anew("number integer"),
    "negative": (set_to(-1),),
    "zero": (set_to(0),),
    "two rows": (f"INSERT INTO chainrule_schema VALUES (2, {SCHEMA})",),
    "no row": ("DELETE FROM chainrule_schema",),
}


@pytest.mark.parametrize("damage", DAMAGED)
def test_a_version_that_makes_no_sense_is_refused_and_not_touched(url: str, damage: str) -> None:
    made(url, *DAMAGED[damage])
    refused(url, "says no schema version that makes sense")


def test_a_file_that_is_no_database_is_left_as_it_is(file: str) -> None:
    """What else is wrong is no matter of versions, and no memory stands in for a file that is named."""
    path = Path(file.removeprefix("sqlite:///"))
    path.write_bytes(b"no database at all, but long enough to be taken for one" * 100)
    before = state(file)
    assert refusal(Settings(database_url=file)) is None
    database = Database(Settings(database_url=file))
    with pytest.raises(DatabaseError):
        database.open()
    assert state(file) == before
    database.close()


def test_looking_makes_no_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "user_data_path", lambda *_, **__: tmp_path / "data" / "chainrule")
    assert refusal(Settings()) is None and not (tmp_path / "data").exists()


@pytest.mark.parametrize("url_in_memory", ["sqlite://", "sqlite:///:memory:"])
def test_memory_is_of_the_present_schema(url_in_memory: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert refusal(Settings(database_url=url_in_memory)) is None
    database = Database(Settings(database_url=url_in_memory))
    with database.reading() as connection:
        assert schema.check(connection) == SCHEMA
    database.close()
    assert not list(tmp_path.iterdir())


def test_a_file_named_by_a_uri_is_looked_at_too(file: str) -> None:
    made(file, set_to(NEWER))
    before = state(file)
    uri = Path(file.removeprefix("sqlite:///")).as_uri()
    assert WORDS in (refusal(Settings(database_url=f"sqlite:///{uri}?uri=true")) or "")
    assert state(file) == before


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
