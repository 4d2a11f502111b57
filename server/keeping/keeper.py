"""The keeper: holds this process's leases, and writes what its sessions offer, all together, a few times a second."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from server.keeping import leases, shelf
from server.keeping.database import Database, cause, damaged
from server.keeping.leases import Held, Holder, Renewed
from server.keeping.process import clock, gone, this_process
from server.keeping.records import Kept, Record
from server.keeping.versions import unreadable
from server.keeping.waiting import Lease, Waiting
from server.wire.errors import CommandError

log = logging.getLogger("chainrule")
R = TypeVar("R")
Check = Callable[[bytes, bytes], None]
"""Raises `CommandError` where this server cannot read a kept session's script and place."""

BEAT = 0.25
"""Seconds between two looks at what is to be written, and at who wants a session of this process …"""
RENEWED = 0.8
"""… between two renewals of the leases where nothing is to be written …"""
VALID = 3.0
"""… that a lease is good for, by the database's clock …"""
MARGIN = 0.5
"""… and by how much less its owner counts on: time enough to end the stretch of training it is in."""
GATHERED = 0.004
"""Seconds that one who waits for its record to be written waits for others to join."""
PATIENCE = 10.0
"""Seconds that one who attaches waits for another process to let go of the session."""
GOODBYE = 1.0
"""Seconds that a beat under way is given when the server ends."""
SWEPT = 600.0
"""Seconds between two looks for sessions that nobody has held for long."""


class _Unwritable(Exception):  # noqa: N818  it is answered by going on
    """The database cannot be written, and only this process uses it."""


class Lost(NamedTuple):
    """A lease that another process has now, or had (`taken`), or whose session is no longer kept."""

    lease: Lease
    taken: bool


class Keeper:
    """Belongs to one event loop. Where the database does not last, nothing is written and every lease is good for ever."""

    def __init__(
        self, database: Database, expiry: float, most: int, *, valid: float = VALID, check: Check = lambda script, place: None
    ) -> None:
        self._database, self._expiry, self._most, self._check = database, expiry, most, check
        self._holder = Holder(secrets.token_urlsafe(12), this_process(), valid)
        self._leases: dict[str, Lease] = {}
        self._waiting = Waiting()
        self._renewed, self._swept = -1e9, -1e9
        self._tasks: list[asyncio.Task[None]] = []
        self._closing = asyncio.Event()
        self._wake = asyncio.Event()
        self._troubled = False
        self.trouble: str | None = None
        """Why nothing can be written though the runs go on, in words; None where all is kept."""
        self._owed: dict[str, int | None] = {}
        """Sessions begun or taken up meanwhile: the fence to take them from, None of those that are to be added."""
        self._told: Callable[[str | None], None] = lambda trouble: None
        self._lost: Callable[[Lost], None] = lambda lost: None
        self._wanted: Callable[[Lease], None] = lambda lease: None

    def start(
        self,
        lost: Callable[[Lost], None],
        wanted: Callable[[Lease], None],
        told: Callable[[str | None], None] = lambda trouble: None,
    ) -> None:
        """Begin to beat. `lost` is told of a session that is not this process's any more, `wanted` of one to let go of, `told`
        that nothing can be written, and that it can again."""
        self._lost, self._wanted, self._told = lost, wanted, told
        self._tasks = [asyncio.create_task(self._beats(), name="keeper"), asyncio.create_task(self._sweeps(), name="sweeper")]

    async def close(self) -> None:
        """After the last session was let go of."""
        self._closing.set()
        self._wake.set()
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=GOODBYE)
            for task in late:
                task.cancel()

    # Leases -----------------------------------------------------------------------------------------------------------

    async def create(self, id: str) -> Lease:
        """For a new session; raises `CommandError` where the database does not answer."""
        sent = clock()
        try:
            return self._have(id, await self._asked(self._add, id), sent)
        except _Unwritable:
            self._owed[id] = None
            return self._have(id, 1, sent)

    async def claim(self, id: str) -> tuple[Lease, Kept | None] | None:
        """Take over a session, and find what is kept of it; None where there is no such session. One that another process runs
        is asked for; raises `CommandError` where that does not let go of it in time, and where what is kept cannot be read:
        that stays as it is, whoever's it is."""
        deadline = time.monotonic() + PATIENCE
        while True:
            sent = clock()
            try:
                found = await self._asked(self._take, id)
            except _Unwritable:
                found = await self._asked(self._take_unwritten, id)
                if found is not None and not isinstance(found, Held):
                    self._owed[id] = found[0] - 1
            if found is None:
                return None
            if not isinstance(found, Held):
                fence, kept = found
                return self._have(id, fence, sent), kept
            if time.monotonic() > deadline:
                raise CommandError("busy", "Another process of this server holds the session; try again", "session")
            await asyncio.sleep(BEAT / 2)

    def holds(self, lease: Lease) -> bool:
        """Whether the session is surely this process's, so that it may run: also where nobody can take it from here."""
        return clock() < lease.until or self.trouble is not None

    @property
    def well(self) -> bool:
        """Whether what is let go of can be written, as far as is known."""
        return not self._troubled

    def writes(self, lease: Lease) -> bool:
        """Whether anything of the session is written at all."""
        return math.isfinite(lease.until)

    async def permit(self, lease: Lease) -> None:
        """Wait until it is; for ever where it was lost."""
        while not self.holds(lease):
            lease.held.clear()
            await lease.held.wait()

    def put(self, lease: Lease, record: Record) -> None:
        """To be written, soon. Of a lease that was lost it is not."""
        if self._leases.get(lease.id) is lease:
            if self.trouble is not None:
                record = record.told()
            self._waiting.put(lease, record)
            if record.written:
                self._wake.set()

    async def release(self, lease: Lease) -> None:
        """Write what waits, and let go."""
        if self._leases.get(lease.id) is not lease:
            return
        del self._leases[lease.id]
        record = self._waiting.pop(lease)
        try:
            if lease.id in self._owed:
                await self._database.beat(self._write, [lease.id], {})
            await self._database.beat(self._let_go, lease.id, lease.fence, record)
        except SQLAlchemyError as error:
            log.error("A session was let go of and could not be written: %s", cause(error))

    # The beat ---------------------------------------------------------------------------------------------------------

    async def _beats(self) -> None:
        while not self._closing.is_set():
            self._wake.clear()
            begun = time.monotonic()
            try:
                await self._beat()
                self._troubled = False
            except SQLAlchemyError as error:
                trouble = self._database.trouble(error)
                if trouble is not None:
                    self._tell(trouble, error)
                elif not self._troubled:
                    log.error("The database does not answer, runs wait for it: %s", cause(error))
                self._troubled = True
            except Exception:
                log.exception("the keeper stumbled")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), BEAT)
            await asyncio.sleep(min(BEAT, time.monotonic() - begun) if self._troubled else GATHERED)

    def _tell(self, trouble: str | None, error: Exception | None = None) -> None:
        """Nothing can be written from now on, or it can again."""
        if trouble == self.trouble:
            return
        self.trouble = trouble
        if trouble is None:
            log.warning("What is done is kept again.")
        else:
            log.error("%s: runs go on, and nothing of them is kept (%s)", trouble, None if error is None else cause(error))
            for lease in self._leases.values():
                lease.held.set()
            self._waiting.told()
        self._told(trouble)

    async def _beat(self) -> None:
        held = dict(self._leases)
        if not held:
            return
        sent = clock()
        if not self._waiting and sent - self._renewed < RENEWED:
            for id, fence in (await self._database.beat(self._look)).items():
                self._ask(held.get(id), fence)
            return
        batch = self._waiting.due()
        records = {lease.id: (lease.fence, record) for lease, record in batch.items()}
        try:
            renewed = await self._database.beat(self._write, list(held), records)
        except BaseException:
            for lease, record in batch.items():
                if self._leases.get(lease.id) is lease:
                    self._waiting.put_back(lease, record)
            raise
        self._renewed = sent
        self._tell(None)
        for record in batch.values():
            record.told()
        for id, lease in held.items():
            if self._leases.get(id) is not lease:
                continue  # let go of meanwhile
            now = renewed.get(id)
            if now is None or now.fence != lease.fence:
                await self._lose(lease)
                continue
            lease.until = sent + self._holder.valid - MARGIN
            lease.held.set()
            if now.wanted:
                self._ask(lease, now.fence)

    def _ask(self, lease: Lease | None, fence: int) -> None:
        if lease is not None and lease.fence == fence and self._leases.get(lease.id) is lease:
            self._wanted(lease)

    async def _lose(self, lease: Lease) -> None:
        del self._leases[lease.id]
        self._waiting.pop(lease)
        lease.until = -1e9
        found = None
        with contextlib.suppress(SQLAlchemyError):
            found = await self._database.beat(self._find, lease.id)
        log.warning("A session is not this process's any more; it was dropped, nothing of it was written.")
        self._lost(Lost(lease, found is not None and found.owner is not None))

    def _have(self, id: str, fence: int | None, sent: float) -> Lease:
        if fence is None:
            return Lease(id, 0, float("inf"))
        lease = Lease(id, fence, sent + self._holder.valid - MARGIN)
        self._leases[id] = lease
        return lease

    async def _sweeps(self) -> None:
        """Forget sessions that nobody has held for as long as the settings say, or that are too many."""
        while not self._closing.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._closing.wait(), SWEPT)
                return
            await self.sweep()

    async def sweep(self) -> None:
        try:
            while await self._database.call(self._forget) >= leases.AT_A_TIME:
                pass
        except (SQLAlchemyError, CommandError) as error:
            log.error("Old sessions could not be deleted: %s", cause(error))

    # In the threads ---------------------------------------------------------------------------------------------------

    async def _asked(self, function: Callable[[str], R], id: str) -> R:
        try:
            return await self._database.call(function, id)
        except SQLAlchemyError as error:
            if damaged(error) and function == self._take:
                log.error("A session cannot be read: %s", cause(error))
                raise unreadable(
                    "What was kept of this session cannot be read, since the server's database is damaged"
                ) from error
            trouble = self._database.trouble(error)
            if trouble is not None and function in (self._add, self._take):
                self._tell(trouble, error)
                raise _Unwritable from error
            log.error("The database does not answer: %s", cause(error))
            message = "The server's database does not answer; try again in a moment"
            raise CommandError("unavailable", message, "session") from error

    def _lasts(self) -> bool:
        self._database.open()
        return self._database.lasting

    def _add(self, id: str) -> int | None:
        if not self._lasts():
            return None
        with self._database.writing() as connection:
            return leases.add(connection, id, self._holder)

    def _take(self, id: str) -> tuple[int, Kept | None] | Held | None:
        if not self._lasts():
            return None
        with self._database.writing() as connection:
            fence = leases.take(connection, id, self._holder)
            if fence is None:
                held = leases.look(connection, id)
                if held is None:
                    return None
                if held.owner == self._holder.owner or gone(held.process):
                    fence = leases.take(connection, id, self._holder, held.fence)
                if fence is None:
                    words = shelf.words(connection, id)
                    if words is not None:
                        self._check(*words)
                    leases.want(connection, id, self._holder, held.fence)
                    return held
            kept = shelf.find(connection, id)
            if kept is not None:
                self._check(kept.script, kept.place)  # where it raises, nothing of this transaction has been
            return fence, kept

    def _take_unwritten(self, id: str) -> tuple[int, Kept | None] | Held | None:
        """What is kept of a session of a file that cannot be written; it is taken when it can be."""
        with self._database.reading() as connection:
            held = leases.look(connection, id)
            if held is None or not (held.owner in (None, self._holder.owner) or gone(held.process)):
                return held
            kept = shelf.find(connection, id)
            if kept is not None:
                self._check(kept.script, kept.place)
            return held.fence + 1, kept

    def _look(self) -> dict[str, int]:
        with self._database.reading() as connection:
            return leases.wanted(connection, self._holder)

    def _write(self, ids: Sequence[str], records: Mapping[str, tuple[int, Record]]) -> dict[str, Renewed]:
        """Renew all leases, and write the records of those that are this process's: until the end of the transaction nobody
        else can take them."""
        owed = {id: fence for id, fence in list(self._owed.items()) if id in ids}
        with self._database.writing() as connection:
            for id, fence in owed.items():
                if fence is None:
                    leases.add(connection, id, self._holder)
                else:
                    leases.take(connection, id, self._holder, fence)
            renewed = leases.renew(connection, ids, self._holder)
            own = {id: record for id, (fence, record) in records.items() if id in renewed and renewed[id].fence == fence}
            shelf.write(connection, own)
        for id in owed:
            self._owed.pop(id, None)
        return renewed

    def _let_go(self, id: str, fence: int, record: Record | None) -> None:
        with self._database.writing() as connection:
            if leases.let_go(connection, id, fence, self._holder) and record is not None:
                shelf.write(connection, {id: record})

    def _find(self, id: str) -> Held | None:
        with self._database.reading() as connection:
            return leases.look(connection, id)

    def _forget(self) -> int:
        if not self._lasts():
            return 0
        with self._database.writing() as connection:
            return leases.forget(connection, self._expiry, self._most, lambda id: self._newer(connection, id))

    def _newer(self, connection: Connection, id: str) -> bool:
        """Whether another server than this one reads what is kept of a session: it is not this one's to delete before its
        time."""
        words = shelf.words(connection, id)
        try:
            if words is not None:
                self._check(*words)
        except CommandError:
            return True
        return False
