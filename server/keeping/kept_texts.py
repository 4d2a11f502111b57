"""Texts kept under an unguessable id: a link names one. None is deleted, unless one address has more than its share of all that
there may be, and others have no room left."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import logging
import zlib
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, ClassVar

from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from server.keeping.database import Database, cause
from server.keeping.givers import Given, giver, new_id, surplus
from server.settings import Settings
from server.wire.errors import CommandError
from server.wire.limits import Bucket, beyond

log = logging.getLogger("chainrule")

ID = 16
"""Bytes of an id."""
SHARES = 4
"""One part in so many of all texts of a kind an address has for sure."""
USED = 3600.0
"""Seconds from one use to the next that is noted."""
ADDRESSES = 10_000
"""Whose pace is known at a time."""
UNFOLDED = 64_000_000
"""Bytes that a kept text may unfold to."""


class KeptTexts:
    """Of one kind: its table, what one of them and all are called, and the settings that limit them."""

    table: ClassVar[Any]
    """With the columns id, created, digest and that of the text."""
    column: ClassVar[str]
    one: ClassVar[str]
    many: ClassVar[str]
    content: ClassVar[str]
    """What is kept of one, in words."""
    limit: ClassVar[str]
    bytes_limit: ClassVar[str]
    unknown: ClassVar[str]
    """The code of one that is not there."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self._settings, self._database = settings, database
        self._paces: dict[str, Bucket] = {}

    @property
    def lasting(self) -> bool:
        """Whether what is kept outlives the server; known after the first use."""
        return self._database.lasting

    async def keep(self, text: str, address: str = "") -> str:
        """The id under which a text is kept; raises `CommandError` where there is no room for it, and where the address that
        it comes from keeps too many in too short a time."""
        self._pace(address)
        packed, digest = await asyncio.to_thread(self._packed, text)
        with self._answering(f"the {self.content} cannot be kept for a link now"):
            try:
                return await self._database.call(self._keep, packed, digest, address)
            except IntegrityError:  # another process kept the same one at the same time
                return await self._database.call(self._keep, packed, digest, address)

    @contextlib.contextmanager
    def _answering(self, what: str) -> Iterator[None]:
        """A database that cannot be reached, or has no room, is no fault of who asks."""
        try:
            yield
        except SQLAlchemyError as error:
            log.error("%s was neither kept nor found: %s", self.one.capitalize(), cause(error))
            why = self._database.trouble(error) or "The server's database does not answer, or has no room left"
            raise CommandError("unavailable", f"{why}: {what}", self.one) from error

    def _pace(self, address: str) -> None:
        most = self._settings.max_keeps
        if len(self._paces) > ADDRESSES:
            self._paces.clear()
        if address and not self._paces.setdefault(address, Bucket(most / 60, most)).take():
            words = f"Your address has kept as many {self.many} within a minute as it may; try again soon"
            raise beyond("max_keeps", words, None, f"at most {most} a minute")

    async def text(self, id: str) -> str:
        """What is kept under an id; raises `CommandError` where there is nothing."""
        with self._answering(f"this {self.one} cannot be opened now"):
            packed = await self._database.call(self._text, id)
        return await asyncio.to_thread(_unfolded, packed)

    # In a thread ------------------------------------------------------------------------------------------------------

    def _packed(self, text: str) -> tuple[bytes, str]:
        whole = text.encode()
        packed = zlib.compress(whole)
        most = getattr(self._settings, self.bytes_limit)
        if len(packed) > most or len(whole) > UNFOLDED:
            allowed = f"at most {most} bytes packed"
            raise CommandError("too_large", f"The {self.content} is too long to be kept on this server", allowed=allowed)
        return packed, hashlib.sha256(whole).hexdigest()

    def _keep(self, packed: bytes, digest: str, address: str) -> str:
        table = self.table
        with self._database.writing() as connection:
            known: str | None = connection.scalar(select(table.id).where(table.digest == digest))
            if known is not None:
                return known
            id = new_id(ID, address)
            most = getattr(self._settings, self.limit)
            if (connection.scalar(select(func.count()).select_from(table)) or 0) >= most:
                self._make_room(connection, giver(id, ID))
            values = {"id": id, "created": datetime.now(UTC), "digest": digest, self.column: packed}
            connection.execute(insert(table).values(**values))
            return id

    def _make_room(self, connection: Connection, whose: str | None) -> None:
        """Of the giver of most, where these are more than its share, the one that was used longest ago goes. Nobody makes room
        for more of its own: a flood pushes out nothing that a link names but its own, and that only for others."""
        table, most = self.table, getattr(self._settings, self.limit)
        kept = [Given(row.id, row.created.timestamp()) for row in connection.execute(select(table.id, table.created))]
        counts = Counter(giver(each.id, ID) for each in kept)
        del counts[None]
        greediest = max(counts.values(), default=0)
        if whose is None or greediest <= most // SHARES or counts[whose] >= greediest:
            words = f"This server keeps as many {self.many} as it may"
            raise beyond(self.limit, words, None, f"at most {most} {self.many}")
        gone = list(surplus(kept, 1 + len(kept) - most, ID))
        connection.execute(delete(table).where(table.id.in_(gone)))
        log.warning("%s deleted to make room, of the address that has most: %d", self.many, len(gone))

    def _text(self, id: str) -> bytes:
        table = self.table
        with self._database.reading() as connection:
            columns = getattr(table, self.column).label("text"), table.created
            found = connection.execute(select(*columns).where(table.id == id)).one_or_none()
        if found is None:
            message = f"There is no such {self.one} on this server: it was made on another one, or is no longer kept"
            raise CommandError(self.unknown, message, self.one)
        now = datetime.now(UTC)
        if (now.replace(tzinfo=None) - found.created.replace(tzinfo=None)).total_seconds() > USED:
            with contextlib.suppress(SQLAlchemyError), self._database.writing() as connection:  # it opens in any case
                connection.execute(update(table).where(table.id == id).values(created=now))
        text: bytes = found.text
        return text


def _unfolded(packed: bytes) -> str:
    return zlib.decompressobj().decompress(packed, UNFOLDED).decode()
