"""Small writes of many, gathered: while one transaction is under way the next ones wait, and go together. A class votes within
two seconds; with a transaction each its database would be the bottleneck."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from sqlalchemy.exc import SQLAlchemyError

from server.keeping.database import Database, cause
from server.wire.errors import CommandError

log = logging.getLogger("chainrule")

T = TypeVar("T")
R = TypeVar("R")
MOST = 1000
"""In one transaction."""


class Gathered(Generic[T, R]):
    """Writes `all_of` a list at a time, in a thread, and hands each its result. `after` is told of what was written."""

    def __init__(
        self,
        database: Database,
        all_of: Callable[[Any, list[T]], list[R]],
        after: Callable[[list[T]], None] = lambda items: None,
    ) -> None:
        self._database, self._all_of, self._after = database, all_of, after
        self._waiting: list[tuple[T, asyncio.Future[R]]] = []
        self._task: asyncio.Task[None] | None = None

    async def put(self, item: T) -> R:
        """Its result, once it is written; raises `CommandError` where it cannot be."""
        found: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, found))
        if self._task is None:
            self._task = asyncio.create_task(self._write(), name="gathered writes")
        return await found

    async def _write(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
                items = [item for item, _ in batch]
                try:
                    results = await self._database.call(self._written, items)
                except Exception as error:
                    log.error("Votes could not be written: %s", cause(error))
                    why = "does not answer, or has no room left" if isinstance(error, SQLAlchemyError) else "failed"
                    for _, found in batch:
                        if not found.done():
                            found.set_exception(CommandError("unavailable", f"The server's database {why}; try again"))
                    continue
                for (_, found), result in zip(batch, results, strict=True):
                    if not found.done():
                        found.set_result(result)
                self._after(items)
        finally:
            self._task = None

    def _written(self, items: list[T]) -> list[R]:
        with self._database.writing() as connection:
            return self._all_of(connection, items)
