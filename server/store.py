"""What outlives the server: experiments kept under an unguessable id, in a database that SQLAlchemy reaches by a URL."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import logging
import secrets
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any, ParamSpec, TypeVar

from platformdirs import user_data_path
from sqlalchemy import Engine, LargeBinary, String, create_engine, event, func, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from sqlalchemy.pool import StaticPool

from server.errors import CommandError
from server.limits import beyond
from server.settings import Settings

log = logging.getLogger("chainrule")
P = ParamSpec("P")
R = TypeVar("R")

FILE = "chainrule.sqlite3"
IN_MEMORY = "sqlite://"
BUSY = 5000
"""Milliseconds that SQLite waits for another process to finish writing."""
UNFOLDED = 64_000_000
"""Bytes that a kept script may unfold to."""


class Base(DeclarativeBase):
    pass


class Experiment(Base):
    """A script as it was kept: never changed, so the same script is kept once."""

    __tablename__ = "experiments"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    created: Mapped[datetime]
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    script: Mapped[bytes] = mapped_column(LargeBinary)


class Store:
    """One thread talks to the database, so the event loop never waits for a disk; the file is opened at the first use."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="store")
        self._engine: Engine | None = None
        self.lasting = True
        """Whether what is kept outlives the server; known after the first use."""

    async def keep(self, script: str) -> str:
        """The id under which a script is kept; raises `CommandError` where there is no room for it."""
        return await self._call(self._keep, script)

    async def script(self, id: str) -> str:
        """The script kept under an id; raises `CommandError` where there is none."""
        return await self._call(self._script, id)

    def close(self) -> None:
        """Let go of the database when what is under way is done."""
        self._thread.submit(lambda: self._engine.dispose() if self._engine is not None else None)
        self._thread.shutdown(wait=False)

    async def _call(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        return await asyncio.get_running_loop().run_in_executor(self._thread, lambda: function(*args, **kwargs))

    # In the thread ----------------------------------------------------------------------------------------------------

    def _keep(self, script: str) -> str:
        whole = script.encode()
        packed = zlib.compress(whole)
        most = self._settings.max_experiment_bytes
        if len(packed) > most or len(whole) > UNFOLDED:
            allowed = f"at most {most} bytes packed"
            raise CommandError("too_large", "The run is too long to be kept on this server", allowed=allowed)
        digest = hashlib.sha256(whole).hexdigest()
        with Session(self._open()) as session, session.begin():
            known = session.scalar(select(Experiment.id).where(Experiment.digest == digest))
            if known is not None:
                return known
            room = self._settings.max_experiments
            if (session.scalar(select(func.count()).select_from(Experiment)) or 0) >= room:
                words = "This server keeps as many experiments as it may"
                raise beyond("max_experiments", words, None, f"at most {room} experiments")
            kept = Experiment(id=secrets.token_urlsafe(16), created=datetime.now(UTC), digest=digest, script=packed)
            session.add(kept)
            return kept.id

    def _script(self, id: str) -> str:
        with Session(self._open()) as session:
            found = session.get(Experiment, id)
        if found is None:
            message = "There is no such experiment on this server: it was made on another one, or is no longer kept"
            raise CommandError("unknown_experiment", message, "experiment")
        unfolding = zlib.decompressobj()
        return unfolding.decompress(found.script, UNFOLDED).decode()

    def _open(self) -> Engine:
        """The database, made where it is not there yet; one in memory where it cannot be."""
        if self._engine is None:
            try:
                self._engine = _opened(self._settings.database_url or _default_url())
            except (SQLAlchemyError, ImportError, OSError) as error:
                log.warning("No database can be written (%s): experiments are kept until the server stops.", _cause(error))
                self._engine = _opened(IN_MEMORY)
            self.lasting = self._engine.url.database not in (None, "", ":memory:") or self._engine.dialect.name != "sqlite"
        return self._engine


def _default_url() -> str:
    """A file in the user's data folder, which is made where there is none; OSError where that may not be."""
    folder = user_data_path("chainrule", appauthor=False)
    folder.mkdir(parents=True, exist_ok=True)
    return f"sqlite:///{(folder / FILE).as_posix()}"


def _opened(url: str) -> Engine:
    """A database that can be written, with its tables; raises where it cannot."""
    engine = _engine(url)
    try:
        Base.metadata.create_all(engine)
        if engine.dialect.name == "sqlite":
            with engine.begin() as connection:  # a file that may only be read is found out here
                version = connection.scalar(text("PRAGMA user_version"))
                connection.execute(text(f"PRAGMA user_version = {version}"))
    except BaseException:
        engine.dispose()
        raise
    return engine


def _engine(url: str) -> Engine:
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return create_engine(parsed, pool_pre_ping=True)
    if parsed.database in (None, "", ":memory:"):
        # Every connection in memory is a database of its own: there is one.
        return create_engine(parsed, poolclass=StaticPool, connect_args={"check_same_thread": False})
    engine = create_engine(parsed)
    event.listen(engine, "connect", _prepare)
    return engine


def _prepare(connection: Any, record: Any) -> None:
    """A write-ahead log: readers and one writer do not wait for each other, and a crash loses nothing that was kept."""
    with contextlib.closing(connection.cursor()) as cursor:
        cursor.execute(f"PRAGMA busy_timeout={BUSY}")
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=NORMAL")


def _cause(error: Exception) -> str:
    """What went wrong, without the statement that SQLAlchemy quotes."""
    return str(getattr(error, "orig", None) or error)
