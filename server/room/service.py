"""The rooms of a server, as one of its processes has them: in the database, which any process changes; the bus tells the
others.

A socket opens or enters a room and gives commands (`server.room.commands`); the teacher's and the learners' sessions look on
and answer (`watch`, `seen`, `lead_beat`, `server.room.asking`).
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError, OperationalError, SQLAlchemyError

from server.bus.bus import Bus
from server.bus.choice import missing
from server.keeping.database import Database, cause
from server.room import topics
from server.room.asking import PATIENCE, ask
from server.room.kept import deleting, keys, store
from server.room.kept.answers import Ballot
from server.room.kept.gathering import Gathered
from server.room.kept.snapshot import Snapshot
from server.room.state import RoomState
from server.room.telling.hub import Hub, Watcher
from server.room.telling.reader import Reader
from server.room.tries import Tries
from server.settings import Settings
from server.wire.errors import CommandError
from server.wire.limits import Bucket

log = logging.getLogger("chainrule")

R = TypeVar("R")
RETRIES = 20
"""Of a change that others came before."""
HERE, BEAT = 20.0, 7.0
"""Seconds that a page which was heard of is held to be open, and after which those that are say so again."""
LEAD = 6.0
"""The same of the teacher's session."""
FIRST_SWEPT, SWEPT = 60.0, 600.0
"""Seconds to the first look at rooms that are to be deleted, and between two."""
UNKNOWN = "There is no room with this code, or it has ended"


def unknown_room() -> CommandError:
    return CommandError("unknown_room", UNKNOWN, "code", "the four characters on the teacher's screen")


class Rooms:
    """Belongs to one event loop."""

    def __init__(self, settings: Settings, database: Database, bus: Bus) -> None:
        self.settings, self.bus, self.database = settings, bus, database
        self.sockets: Counter[str] = Counter()
        """Open ones of rooms, by address."""
        self.tries = Tries(settings)
        self.opened: dict[str, Bucket] = {}
        """How many rooms an address may still open."""
        self.votes: Gathered[Ballot, CommandError | None] = Gathered(database, store.vote, self._voted)
        self._presence: Gathered[tuple[str, int, float], None] = Gathered(database, _present, self._came_and_went)
        self._hubs: dict[str, Hub] = {}
        self._tasks: set[asyncio.Task[Any]] = set()

    def start(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.background(self._beats())
        self.background(self._sweeps())

    async def close(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        for hub in list(self._hubs.values()):
            hub.close()
        self._hubs.clear()

    @property
    def refused(self) -> str | None:
        """Why no class can be taught on this server."""
        return missing(self.settings)

    # What the sessions' side uses -------------------------------------------------------------------------------------

    async def check_lead(self, code: str, key: str) -> str:
        """The id of the room whose teacher's key this is; raises `CommandError`."""
        found = await self.reading(lambda connection: store.find(connection, key=keys.digest(key)))
        if found is None or found.state.ended:
            raise unknown_room()
        return found.id

    async def check_member(self, code: str, key: str) -> tuple[str, int]:
        """The room and the number of the learner whose key this is; raises `CommandError`."""
        found = await self.reading(lambda connection: store.member_of(connection, keys.digest(key)))
        if found is None:
            raise unknown_room()
        room, member = found
        if member.status != "in":
            raise CommandError("not_entered", "You are not in this room: wait to be let in, or enter anew")
        return room, member.member

    def watch(self, room: str, callback: Watcher) -> Callable[[], None]:
        """Be told of each change, on the event loop, until what is returned is called."""
        hub, mark = self.hub(room), object()
        hub.watchers[mark] = callback
        if hub.snapshot is not None:
            callback(hub.snapshot)

        def stop() -> None:
            hub.watchers.pop(mark, None)
            self.let_go(hub)

        return stop

    def seen(self, room: str) -> Snapshot | None:
        """As it was read last; kept fresh while anybody here reads or watches it."""
        hub = self._hubs.get(room)
        return None if hub is None else hub.snapshot

    async def lead_beat(self, room: str, info: dict[str, Any] | None = None) -> None:
        """The teacher's session is there; said every two seconds, good for six."""
        if await self.writing(lambda connection: store.say(connection, room, LEAD, info)):
            await self.changed(room)

    async def lead_gone(self, room: str) -> None:
        if await self.writing(lambda connection: store.say(connection, room, 0.0, None)):
            await self.changed(room)

    async def keep_piece(self, room: str, member: int, content: bytes) -> None:
        await self.writing(lambda connection: store.put_piece(connection, room, member, content))

    async def pieces(self, room: str) -> dict[int, bytes]:
        return await self.reading(lambda connection: store.pieces(connection, room))

    async def set_offered(self, room: str, member: int, offered: bool) -> None:
        await self.writing(lambda connection: store.set_member(connection, room, member, "in", offered=offered))
        await self.changed(room)

    def here(self, room: str, member: int) -> None:
        """A learner's page is open, though it has no socket of the room: said every few seconds."""
        self.background(self._presence.put((room, member, HERE)))

    # What commands use ------------------------------------------------------------------------------------------------

    async def ask(
        self, room: str, what: str, about: dict[str, Any] | None = None, patience: float = PATIENCE
    ) -> dict[str, Any]:
        """Of the teacher's session."""
        return await ask(self.bus, room, what, about, patience)

    async def reading(self, function: Callable[[Connection], R]) -> R:
        def run() -> R:
            with self.database.reading() as connection:
                return function(connection)

        with _answering():
            return await self.database.call(run)

    async def writing(self, function: Callable[[Connection], R]) -> R:
        """A transaction, tried again where another process was first."""

        def run() -> R:
            with deleting.erasing(self.database) as connection:
                return function(connection)

        for left in reversed(range(RETRIES)):
            try:
                with _answering():
                    return await self.database.call(run)
            except store.ConflictError:
                if not left:
                    raise CommandError("busy", "Others change this room at the same time; try again") from None
                await asyncio.sleep(0)
        raise AssertionError

    async def change(self, room: str, how: Callable[[RoomState, float], RoomState], **columns: Any) -> RoomState:
        """Another state; the room's readers are told."""
        state = await self.writing(lambda connection: store.change(connection, room, how, **columns))
        await self.changed(room)
        return state

    async def changed(self, room: str) -> None:
        """Say that something of it was written."""
        await self.bus.publish(topics.changed(room), b"")

    async def delete(self, room: str) -> None:
        """It and all that is kept of it, from the disk too."""
        with _answering():
            await self.database.call(deleting.delete, self.database, [room])
        await self.changed(room)

    def background(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._over)

    # Readers ----------------------------------------------------------------------------------------------------------

    def hub(self, room: str) -> Hub:
        if room not in self._hubs:
            self._hubs[room] = Hub(room, self.bus, self._read)
        return self._hubs[room]

    async def join(self, reader: Reader) -> None:
        """One who has entered is told how the room stands, as soon as that is known, and everything from then on."""
        assert reader.room is not None
        if reader.member is not None:
            await self._presence.put((reader.room, reader.member, HERE))
        elif reader.role == "remote":
            room = reader.room
            await self.writing(lambda connection: store.remote_here(connection, room, HERE))
        hub = self.hub(reader.room)
        hub.readers.add(reader)
        if reader.member is None:
            hub.joined_by = reader.joined_by
        hub.tell_at_once(reader)
        await self.changed(reader.room)

    def part(self, reader: Reader) -> None:
        """A socket is gone."""
        hub = self._hubs.get(reader.room or "")
        if hub is None or reader not in hub.readers:
            return
        hub.readers.discard(reader)
        if reader.member is not None and reader.member not in hub.members_here():
            self.background(self._presence.put((hub.room, reader.member, 0.0)))
        elif reader.role == "remote" and not hub.remote_here():
            room = hub.room
            self.background(self.writing(lambda connection: store.remote_here(connection, room, 0.0)))
        self.let_go(hub)

    def let_go(self, hub: Hub) -> None:
        if not hub.wanted and self._hubs.get(hub.room) is hub:
            del self._hubs[hub.room]
            hub.close()

    async def _read(self, room: str) -> Snapshot | None:
        return await self.reading(lambda connection: store.read(connection, room))

    # By itself --------------------------------------------------------------------------------------------------------

    def _over(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None and not isinstance(error, CommandError):
            log.error("a room's task failed", exc_info=error)

    def _voted(self, ballots: list[Ballot]) -> None:
        for room in {each.room for each in ballots}:
            self.background(self.changed(room))

    def _came_and_went(self, told: list[tuple[str, int, float]]) -> None:
        for room in {room for room, _, _ in told}:
            self.background(self.changed(room))

    async def _beats(self) -> None:
        while True:
            await asyncio.sleep(BEAT)
            there = {hub.room: hub.members_here() for hub in self._hubs.values()}
            remotes = [hub.room for hub in self._hubs.values() if hub.remote_here()]
            if not there:
                continue
            with contextlib.suppress(CommandError):
                await self.writing(partial(_beat, there=there, remotes=remotes))

    async def _sweeps(self) -> None:
        pause = FIRST_SWEPT
        while True:
            await asyncio.sleep(pause)
            pause = SWEPT
            with contextlib.suppress(CommandError):
                await self.sweep()

    async def sweep(self) -> int:
        """Delete the rooms whose time has come; how many."""
        with _answering():
            return await self.database.call(deleting.sweep, self.database, self.settings.room_expiry)


def _present(connection: Connection, told: list[tuple[str, int, float]]) -> list[None]:
    for seconds in (HERE, 0.0):
        there: dict[str, set[int]] = {}
        last = {(room, member): until for room, member, until in told}
        for (room, member), until in last.items():
            if until == seconds:
                there.setdefault(room, set()).add(member)
        store.present(connection, there, seconds)
    return [None] * len(told)


def _beat(connection: Connection, there: dict[str, set[int]], remotes: list[str]) -> None:
    store.present(connection, there, HERE)
    for room in remotes:
        store.remote_here(connection, room, HERE)


@contextlib.contextmanager
def _answering() -> Any:
    """A database that does not answer is no fault of who asks; a room that is gone is told."""
    try:
        yield
    except LookupError:
        raise unknown_room() from None
    except (IntegrityError, OperationalError) as error:
        if isinstance(error, IntegrityError) or getattr(error.orig, "sqlstate", None) in ("40001", "40P01"):
            raise store.ConflictError from error
        log.error("A room was neither read nor written: %s", cause(error))
        raise CommandError("unavailable", "The server's database does not answer; try again") from error
    except SQLAlchemyError as error:
        log.error("A room was neither read nor written: %s", cause(error))
        raise CommandError("unavailable", "The server's database does not answer; try again") from error
