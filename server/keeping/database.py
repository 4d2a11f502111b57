"""A database that SQLAlchemy reaches by a URL: SQLite in the user's data folder, or PostgreSQL for several machines."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from platformdirs import user_data_path
from sqlalchemy import URL, Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import StaticPool

from server.keeping import schema
from server.keeping.schema import SchemaError
from server.settings import Settings
from server.wire.errors import cut

log = logging.getLogger("chainrule")
P = ParamSpec("P")
R = TypeVar("R")

FILE = "chainrule.sqlite3"
IN_MEMORY = "sqlite://"
BUSY = 5000
"""Milliseconds that SQLite waits for another process to finish writing."""
ANSWERING = {"connect_timeout": "5", "tcp_user_timeout": "5000"}
"""PostgreSQL that does not answer is given up after so long (seconds, milliseconds), unless its URL says otherwise."""


LONGEST = 300
"""Characters of a URL, or of a driver's words, that are told."""


TROUBLE = {
    sqlite3.SQLITE_FULL: "The server's disk is full",
    sqlite3.SQLITE_IOERR: "The server cannot write to its disk",
    sqlite3.SQLITE_READONLY: "The server may not write to its database any more",
    sqlite3.SQLITE_PERM: "The server may not write to its database any more",
    sqlite3.SQLITE_CANTOPEN: "The server cannot open its database any more",
    sqlite3.SQLITE_CORRUPT: "The server's database is damaged",
    sqlite3.SQLITE_NOTADB: "The server's database is damaged",
    sqlite3.SQLITE_ERROR: "The server's database is not what it was",
}
"""What does not pass by asking again, by SQLite's codes. That another process is writing (busy, locked) does."""


class RemovedError(SQLAlchemyError):
    """The file of the database is gone, or another lies in its place: what is written now nobody finds again."""


class Database:
    """Opened at the first use. Its threads talk to it, so the event loop never waits for a disk: one for what somebody asks,
    one for the `beat` of the keeper, which may not wait behind the others."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._threads = ThreadPoolExecutor(1, thread_name_prefix="database"), ThreadPoolExecutor(1, thread_name_prefix="keeper")
        self._engine: Engine | None = None
        self._opening = threading.Lock()
        self._file: tuple[Path, int, int] | None = None
        """Of SQLite: where the file lies, and which one it is."""
        self.lasting = True
        """Whether what is kept outlives the server; known after the first use."""

    async def call(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        return await asyncio.get_running_loop().run_in_executor(self._threads[0], lambda: function(*args, **kwargs))

    async def beat(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        return await asyncio.get_running_loop().run_in_executor(self._threads[1], lambda: function(*args, **kwargs))

    def close(self) -> None:
        """Let go of the database when what is under way is done; what waits behind it is not begun."""
        asked, beat = self._threads
        beat.shutdown(wait=False, cancel_futures=True)

        def dispose() -> None:
            beat.shutdown(wait=True)
            if self._engine is not None:
                self._engine.dispose()

        asked.submit(dispose)
        asked.shutdown(wait=False)

    # In the threads ---------------------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def reading(self) -> Iterator[Connection]:
        with self.open().connect().execution_options(reading=True) as connection, connection.begin():
            yield connection

    @contextlib.contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction. What it reads and then writes, nobody else writes in between."""
        engine = self.open()
        if self._file is not None and self._file != _identity(self._file[0]):
            raise RemovedError(f"the file {self._file[0]} was removed")
        with engine.begin() as connection:
            yield connection

    def trouble(self, error: BaseException) -> str | None:
        """What keeps this process from writing to a file that only it uses, in words: nobody else can write there either, so
        runs may go on. None of what passes, and of a database that processes share, whose leases are then to be waited for."""
        if self._settings.workers > 1 or self._engine is None or self._engine.dialect.name != "sqlite":
            return None
        if isinstance(error, RemovedError):
            return "The server's database file was removed"
        code = getattr(getattr(error, "orig", None), "sqlite_errorcode", None)
        return None if code is None else TROUBLE.get(code & 0xFF)

    def open(self) -> Engine:
        """The database, made where it is not there yet. One in memory where it cannot be; but a server that does not answer now
        is asked again the next time, and so is a file that several workers share."""
        with self._opening:
            if self._engine is None:
                self._engine = self._opened()
                self.lasting = lasts(self._engine)
                file = schema.file_of(self._engine.url) if self._engine.dialect.name == "sqlite" else None
                self._file = None if file is None else _identity(file)
            return self._engine

    def _opened(self) -> Engine:
        named = self._settings.database_url
        try:
            return opened(_url(named or _default_url()))
        except SchemaError as refused:
            log.error("%s", refused.message)
            raise
        except (SQLAlchemyError, OSError) as error:
            if named or self._settings.workers > 1:
                raise
            log.warning("No database can be written (%s): what is kept is kept until the server stops.", cause(error))
            return opened(make_url(IN_MEMORY))


def damaged(error: BaseException) -> bool:
    """Whether a part of an SQLite file cannot be read, now or later."""
    code = getattr(getattr(error, "orig", None), "sqlite_errorcode", None)
    return code is not None and code & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def _identity(file: Path) -> tuple[Path, int, int]:
    try:
        about = file.stat()
    except OSError:
        return file, 0, 0
    return file, about.st_dev, about.st_ino


def lasts(engine: Engine) -> bool:
    return engine.dialect.name != "sqlite" or engine.url.database not in (None, "", ":memory:")


def cause(error: Exception) -> str:
    """What went wrong, without the statement that SQLAlchemy quotes."""
    return str(getattr(error, "orig", None) or error).strip()


def opened(url: URL) -> Engine:
    """A database that can be written, with its tables; raises where it cannot, and `SchemaError` where it may not."""
    engine = _engine(url)
    try:
        if engine.dialect.name == "sqlite":
            schema.look(engine)  # before the first connection makes a write-ahead log
        try:
            _make(engine)
        except SQLAlchemyError:  # another process was making the same tables
            _make(engine)
        if engine.dialect.name == "sqlite":
            with engine.begin() as connection:  # a file that may only be read is found out here
                version = connection.scalar(text("PRAGMA user_version"))
                connection.execute(text(f"PRAGMA user_version = {version}"))
    except BaseException:
        engine.dispose()
        raise
    return engine


def _make(engine: Engine) -> None:
    with engine.begin() as connection:
        schema.make(connection)


def refusal(settings: Settings) -> str | None:
    """Why the database of these settings must not be used: a newer chainrule's, say. None where nothing is against it, and
    where that cannot be told now. Nothing is made or written."""
    with contextlib.suppress(SQLAlchemyError, OSError, ValueError, TypeError):  # a URL's options are read as numbers, too
        url = _url(settings.database_url or _default_url(make=False))
        engine = _engine(url)
        try:
            schema.look(engine)
        except SchemaError as refused:
            return f"{refused.message} ({url.render_as_string(hide_password=True)})"
        finally:
            engine.dispose()
    return None


def unusable(settings: Settings) -> str | None:
    """Why the database that the settings name cannot be used, in a sentence; None where it can, or they name none. Tables are
    made where there are none."""
    if settings.database_url:
        try:
            opened(_url(settings.database_url)).dispose()
        except Exception as error:  # drivers have errors of their own
            return f"CHAINRULE_DATABASE_URL names no database that can be used: {_reason(error, settings.database_url)}."
    return None


def _reason(error: Exception, named: str) -> str:
    """What is wrong with a database, in words. A URL that makes no sense is not quoted: there may be a password in it."""
    try:
        url = _url(named)
    except SQLAlchemyError as wrong:
        return cause(wrong)
    words = cause(error).splitlines()[0].rstrip(".")
    if url.get_backend_name() == "sqlite":
        with contextlib.suppress(OSError, ValueError):  # of a path that no file can have
            file = schema.file_of(url)
            if file is not None and file.is_dir():
                words = "this is a folder, and should be a file"
            elif file is not None and not file.parent.is_dir():
                words = f"there is no folder {file.parent}"
    return f"{cut(url.render_as_string(hide_password=True), LONGEST)}: {cut(words, LONGEST)}"


def _default_url(*, make: bool = True) -> str:
    """A file in the user's data folder, which is made where there is none; OSError where that may not be."""
    folder = user_data_path("chainrule", appauthor=False)
    if make:
        folder.mkdir(parents=True, exist_ok=True)
    return f"sqlite:///{(folder / FILE).as_posix()}"


def _url(text: str) -> URL:
    """PostgreSQL is spoken to by psycopg 3, whose name need not be given. Raises ArgumentError, in words, of what is none."""
    write = "write sqlite:////path/of/a/file (four slashes) or postgresql://user:password@host/name"
    try:
        url = make_url(text)
        if url.drivername in ("postgresql", "postgres"):
            url = url.set(drivername="postgresql+psycopg")
        if url.get_backend_name() not in ("sqlite", "postgresql"):
            raise ArgumentError(f"sessions are kept in SQLite or PostgreSQL, not in {url.get_backend_name()!r}: {write}")
        if url.get_backend_name() == "sqlite" and url.host:
            raise ArgumentError(f"SQLite has no host: {write}")
        url.get_dialect().import_dbapi()
    except ImportError as error:
        advice = "pip install 'chainrule[postgres]'" if error.name == "psycopg" else write
        raise ArgumentError(f"its driver {error.name} is not installed: {advice}") from error
    except NoSuchModuleError as error:
        raise ArgumentError(f"there is no driver {url.drivername!r}: {write}") from error
    except ValueError as error:
        raise ArgumentError(f"its host or port makes no sense: {write}") from error
    except ArgumentError as error:
        raise ArgumentError(str(error) if str(error).endswith(write) else f"it is no URL of a database: {write}") from error
    return url


def _engine(url: URL) -> Engine:
    if url.get_backend_name() != "sqlite":
        missing = {name: value for name, value in ANSWERING.items() if name not in url.query}
        return create_engine(url, pool_pre_ping=True, connect_args=missing if url.get_driver_name() == "psycopg" else {})
    if url.database in (None, "", ":memory:"):
        # Every connection in memory is a database of its own: there is one.
        return create_engine(url, poolclass=StaticPool, connect_args={"check_same_thread": False})
    engine = create_engine(url)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: Any, record: Any) -> None:
    """A write-ahead log: readers and one writer do not wait for each other, and a crash loses nothing that was kept."""
    connection.isolation_level = None  # the driver begins no transaction of its own: `_begin` does
    with contextlib.closing(connection.cursor()) as cursor:
        cursor.execute(f"PRAGMA busy_timeout={BUSY}")
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=NORMAL")


def _begin(connection: Connection) -> None:
    """Who reads in order to write waits for the other writers before it reads: later on SQLite would not let it wait."""
    connection.exec_driver_sql("BEGIN" if connection.get_execution_options().get("reading") else "BEGIN IMMEDIATE")
