"""A database that SQLAlchemy reaches by a URL: SQLite in the user's data folder, or PostgreSQL for several machines."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, ParamSpec, TypeVar

from platformdirs import user_data_path
from sqlalchemy import URL, Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.pool import StaticPool

from server.keeping import schema
from server.keeping.schema import SchemaError
from server.settings import Settings

log = logging.getLogger("chainrule")
P = ParamSpec("P")
R = TypeVar("R")

FILE = "chainrule.sqlite3"
IN_MEMORY = "sqlite://"
BUSY = 5000
"""Milliseconds that SQLite waits for another process to finish writing."""
ANSWERING = {"connect_timeout": "5", "tcp_user_timeout": "5000"}
"""PostgreSQL that does not answer is given up after so long (seconds, milliseconds), unless its URL says otherwise."""


class Database:
    """Opened at the first use. Its threads talk to it, so the event loop never waits for a disk: one for what somebody asks,
    one for the `beat` of the keeper, which may not wait behind the others."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._threads = ThreadPoolExecutor(1, thread_name_prefix="database"), ThreadPoolExecutor(1, thread_name_prefix="keeper")
        self._engine: Engine | None = None
        self._opening = threading.Lock()
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
        with self.open().begin() as connection:
            yield connection

    def open(self) -> Engine:
        """The database, made where it is not there yet. One in memory where it cannot be; but a server that does not answer now
        is asked again the next time, and so is a file that several workers share."""
        with self._opening:
            if self._engine is None:
                self._engine = self._opened()
                self.lasting = lasts(self._engine)
            return self._engine

    def _opened(self) -> Engine:
        try:
            url = _url(self._settings.database_url or _default_url())
            return opened(url)
        except SchemaError as refused:
            log.error("%s (%s)", refused.message, url.render_as_string(hide_password=True))
            raise
        except (SQLAlchemyError, ImportError, OSError) as error:
            served = not isinstance(error, ArgumentError | ImportError | OSError) and url.get_backend_name() != "sqlite"
            if served or self._settings.workers > 1:
                raise
            log.warning("No database can be written (%s): what is kept is kept until the server stops.", cause(error))
            return opened(make_url(IN_MEMORY))


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
    with contextlib.suppress(SQLAlchemyError, ImportError, OSError):
        url = _url(settings.database_url or _default_url(make=False))
        engine = _engine(url)
        try:
            schema.look(engine)
        except SchemaError as refused:
            return f"{refused.message} ({url.render_as_string(hide_password=True)})"
        finally:
            engine.dispose()
    return None


def _default_url(*, make: bool = True) -> str:
    """A file in the user's data folder, which is made where there is none; OSError where that may not be."""
    folder = user_data_path("chainrule", appauthor=False)
    if make:
        folder.mkdir(parents=True, exist_ok=True)
    return f"sqlite:///{(folder / FILE).as_posix()}"


def _url(text: str) -> URL:
    """PostgreSQL is spoken to by psycopg 3, whose name need not be given."""
    url = make_url(text)
    return url.set(drivername="postgresql+psycopg") if url.drivername in ("postgresql", "postgres") else url


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
