"""The schema version of a database, and how one of a newer schema is found out without touching it.

The version is a table of one row: a statement that SQLite and PostgreSQL have in common reads it, and it is written in the
transaction that makes the other tables. (SQLite's own ``PRAGMA user_version`` has no equal in PostgreSQL.) A database without
the table is of schema 1, which had none.
"""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from sqlalchemy import URL, Connection, Engine, Inspector, create_engine, inspect, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from server.keeping.tables import Base, Schema
from server.wire.errors import CommandError

SCHEMA = 3
"""The second brought a table of lessons, the third those of rooms. Raise it by one with any change of the tables that an older
chainrule would misread, or write over; and bring databases of the versions before up to it in `make`."""


class SchemaError(CommandError):
    """A database that this chainrule must not use: a newer one made it, or its version makes no sense. It was not touched."""

    def __init__(self, what: str) -> None:
        advice = "or name another database with CHAINRULE_DATABASE_URL"
        super().__init__("unavailable", f"The server's database {what}, {advice}")


def check(connection: Connection) -> int | None:
    """The version of the database, None of one that says none; reads only. Raises `SchemaError`."""
    inspector = inspect(connection)
    version = _version(connection, inspector)
    there, own = set(inspector.get_table_names()), Base.metadata.tables
    for name in there & own.keys():
        if not {column.name for column in own[name].columns} <= {column["name"] for column in inspector.get_columns(name)}:
            raise SchemaError(f"holds a table {name} of another program and was not touched: empty it")
    if there and not there & own.keys():
        raise SchemaError("is another program's and was not touched: let it be an empty one")
    return version


def _version(connection: Connection, inspector: Inspector) -> int | None:
    if not inspector.has_table(Schema.__tablename__):
        return None
    columns = {column["name"] for column in inspector.get_columns(Schema.__tablename__)}
    found = list(connection.scalars(select(Schema.version))) if Schema.version.key in columns else []
    if len(found) != 1 or type(found[0]) is not int or found[0] < 1:
        told = ", ".join(repr(version) for version in found[:3]) or "none"
        raise SchemaError(f"says no schema version that makes sense ({told}); it was not touched: restore it from a copy")
    if found[0] > SCHEMA:
        newer = f"was kept by a newer chainrule (schema {found[0]}; this one reads {SCHEMA}) and was not touched"
        raise SchemaError(f"{newer}: update chainrule")
    return found[0]


def make(connection: Connection) -> None:
    """All tables, where they are not there yet, and the version; within the caller's transaction. Raises `SchemaError`. One of
    an older schema lacks tables, and is of this one once it has them."""
    known = check(connection)
    Base.metadata.create_all(connection)
    if known is not None and known < SCHEMA:
        connection.execute(update(Schema).where(Schema.version == known).values(version=SCHEMA))
    if known is None:  # an empty database, or one of schema 1
        insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
        connection.execute(insert(Schema).values(id=1, version=SCHEMA).on_conflict_do_nothing())


def look(engine: Engine) -> None:
    """Raise `SchemaError` where the database that an engine leads to must not be used; nothing is written, and nothing made.
    What else may be wrong with an SQLite file is found out by opening it."""
    if engine.dialect.name != "sqlite":
        with engine.connect() as connection:
            check(connection)
        return
    file = file_of(engine.url)
    while file is not None and file.is_file():
        before = _log_of(file).exists(), file.stat().st_mtime_ns
        try:
            with _reading(file) as connection:
                check(connection)
        except (sqlite3.Error, SQLAlchemyError):
            return
        except SchemaError:
            if before != (_log_of(file).exists(), file.stat().st_mtime_ns):
                continue  # another process wrote to it meanwhile
            raise
        return


def file_of(url: URL) -> Path | None:
    """The file of an SQLite database; None of one in memory."""
    name = url.database or ""
    if name.startswith("file:"):
        name = "" if "mode=memory" in str(url) else unquote(urlsplit(name).path)
    return Path(name).resolve() if name not in ("", ":memory:") else None


def _log_of(file: Path) -> Path:
    return file.with_name(f"{file.name}-wal")


def _size(file: Path) -> int:
    """Bytes; 0 where there is no such file."""
    try:
        return file.stat().st_size
    except FileNotFoundError:
        return 0


@contextlib.contextmanager
def _reading(file: Path) -> Iterator[Connection]:
    """An SQLite file, read so that neither it nor anything in its folder is another afterwards.

    Opened to be read only, SQLite still makes a write-ahead log and its index beside a file that has none, and brings an index
    up to date. A file without a log is nobody's at the moment, and is read as one that does not change. One with a log is read
    with its index as it is. Where that cannot be (a log without an index, a rollback that is due) a copy is read.
    """
    log, rollback = _log_of(file), file.with_name(f"{file.name}-journal")
    with contextlib.ExitStack() as stack:
        connection = None
        if not _size(rollback):
            how = "readonly_shm=1" if log.exists() else "immutable=1"
            with contextlib.suppress(sqlite3.OperationalError):
                connection = _connected(f"{file.as_uri()}?mode=ro&{how}")
        if connection is None:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="chainrule-")))
            for part in (file, log, rollback):
                # What is not there, or is no longer: another process has ended its transaction meanwhile.
                with contextlib.suppress(FileNotFoundError):
                    shutil.copyfile(part, folder / part.name)
            connection = _connected((folder / file.name).as_uri())
        stack.callback(connection.close)
        yield stack.enter_context(_engine_on(connection).connect())


def _connected(uri: str) -> sqlite3.Connection:
    """A connection that has read the file: what is in its way is raised here."""
    connection = sqlite3.connect(uri, uri=True)
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except BaseException:
        connection.close()
        raise
    return connection


def _engine_on(connection: sqlite3.Connection) -> Engine:
    def given() -> Any:
        return connection

    return create_engine("sqlite://", creator=given, poolclass=NullPool)
