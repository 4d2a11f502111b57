"""A database that sessions are kept in, as somebody else sees and changes it."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, inspect, text

from server.keeping.database import Database, refusal
from server.keeping.schema import SCHEMA, SchemaError
from server.settings import Settings

NEWER = SCHEMA + 2
WORDS = f"kept by a newer chainrule (schema {NEWER}; this one reads {SCHEMA})"
ROOMS = {"rooms", "room_members", "room_questions", "room_votes", "room_pieces"}
OTHERS = {"experiments", "own_lessons", "kept_sessions", "kept_parts", "kept_pieces"} | ROOMS


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


def in_a_folder(parent: Path) -> str:
    """The address of a file in a folder whose name an address has to quote."""
    folder = parent / "a folder, 100 % #1"
    folder.mkdir()
    return f"sqlite:///{(folder / 'kept.sqlite3').as_posix()}"
