"""A room that is deleted is gone from the disk: what it held is written over with zeros, and the write-ahead log is emptied."""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Callable, Iterable, Iterator

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from server.keeping.database import Database, cause
from server.keeping.tables import Room
from server.room.kept import store

log = logging.getLogger("chainrule")

TRIES = 20
"""To empty the log, which somebody who reads at the moment keeps from it."""
APART = 0.05
AT_A_TIME = 50


@contextlib.contextmanager
def erasing(database: Database) -> Iterator[Connection]:
    """A transaction that leaves nothing of what it writes over, or deletes, in SQLite's file: all that writes to a room is
    one."""
    with database.writing() as connection:
        if connection.dialect.name != "sqlite":
            yield connection
            return
        connection.exec_driver_sql("PRAGMA secure_delete=ON")
        try:
            yield connection
        finally:
            connection.exec_driver_sql("PRAGMA secure_delete=OFF")


def delete(database: Database, rooms: Iterable[str]) -> None:
    """At once, with all that is kept of them."""
    with erasing(database) as connection:
        store.forget(connection, rooms)
    _sweep_up(database.open())


def sweep(database: Database, unused: float) -> int:
    """Those whose time has come; how many."""
    gone = 0
    while True:
        with erasing(database) as connection:
            rooms = store.due(connection, unused, AT_A_TIME)
            if rooms:
                store.forget(connection, rooms)
        gone += len(rooms)
        if len(rooms) < AT_A_TIME:
            break
    if gone:
        _sweep_up(database.open())
    return gone


def _sweep_up(engine: Engine) -> None:
    """SQLite: the log still holds pages as they were. PostgreSQL: rows that are deleted lie there until their place is free."""
    try:
        with _bare(engine) as run:
            if engine.dialect.name != "sqlite":
                run(f"VACUUM {', '.join(table.__tablename__ for table in (*store.OF_A_ROOM, Room))}")
                return
            for _ in range(TRIES):
                if run("PRAGMA wal_checkpoint(TRUNCATE)")[0] == 0:
                    return
                time.sleep(APART)
            log.warning("The log of the database could not be emptied of a deleted room; it is, by and by.")
    except SQLAlchemyError as error:
        log.error("The database could not be swept up after a deleted room: %s", cause(error))


@contextlib.contextmanager
def _bare(engine: Engine) -> Iterator[Callable[[str], list[int]]]:
    """Statements outside of any transaction."""
    connection = engine.raw_connection()
    try:
        driver = connection.driver_connection
        assert driver is not None
        if engine.dialect.name != "sqlite":
            driver.autocommit = True
        cursor = connection.cursor()

        def run(statement: str) -> list[int]:
            cursor.execute(statement)
            return list(cursor.fetchone() or ()) if cursor.description else []

        try:
            yield run
        finally:
            cursor.close()
            if engine.dialect.name != "sqlite":
                driver.autocommit = False
    finally:
        connection.close()
